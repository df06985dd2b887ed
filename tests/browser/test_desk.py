"""The desk in a real browser: against axe-core, by the keyboard, without script, under its own policies."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from amends.inbox.schema import contact
from tests.browser.chromium import NewPage
from tests.browser.neighbours import Neighbours
from tests.browser.served import violations_on
from tests.house import PASSWORD, STAFF, House

pytestmark = pytest.mark.usefixtures("neighbours")

REPLY = {"name": "Olga", "text": "Sorry, a new one is on its way.", "topic": "delivery", "do": "send"}
PROMISE = {"what": "a new label", "due": "2026-11-09"}


def sign_in(page: Page, served: str, house: House, login: str = "olga") -> None:
    house.at_the_desk(login)
    page.goto(f"{served}/desk/sign-in")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    if STAFF[login][0] in ("admin", "keeper"):
        page.get_by_label("Code").fill(house.code_of(login))
        page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.wait_for_load_state()  # whoever signs in is slower than the script


def a_full_case(house: House) -> str:
    """A public case with all that a case can have at the desk."""
    earlier = house.receive(email="anna@customer.example")
    number = house.receive(
        text="My parcel is late. Call +49 171 2345678.", email="anna@customer.example", author="Anna"
    )
    with house.inbox.writing() as connection:
        connection.execute(contact.update().values(confirmed=house.now))
    olga, max_ = house.at_the_desk("olga"), house.at_the_desk("max")
    for what, fields in (("reply", REPLY), ("promise", PROMISE), ("inquire", {"name": "Olga", "text": "Which order?"})):
        assert olga.decide(number, what, **fields).status_code == 302
        house.work()
    olga.decide(number, "note", text="Ask the warehouse.")
    olga.decide(number, "known", text="Prefers the phone.")
    max_.decide(number, "draft", name="Max", text="We are looking for it")
    olga.decide(number, "assign", to="1")
    olga.submit("/desk/templates", name="Late", language="en", text="Sorry, {name}.")
    assert earlier in olga.get(f"/desk/acme/{number}").text
    return number


def pages(house: House) -> Mapping[str, tuple[str, str]]:
    """The kinds of pages, each with who opens it and where."""
    full, unread = a_full_case(house), house.receive(text="Write to b@customer.example.")
    private = house.receive(publicity="private")
    leaving, asked = house.receive(), house.receive()
    olga = house.at_the_desk()
    olga.decide(leaving, "publish", topic="delivery")
    olga.decide(asked, "ask", reason="hate", why="Words of hate.")
    tasks = (
        "promise",
        "give",
        "solve",
        "note",
        "inquire",
        "correct",
        "duplicate",
        "move?promise=p1",
        "break?promise=p1",
    )
    bo = house.at_the_desk("bo")
    bo.submit("/desk/webhook", url="https://bolt.example/hooks")
    bo.submit("/desk/webhook/test", page="/desk/webhook")
    return {
        "sign-in": ("", "sign-in"),
        "inbox": ("olga", ""),
        **{task: ("olga", f"acme/{full}/{task}") for task in tasks},
        "unread": ("olga", f"acme/{unread}"),
        "publish": ("olga", f"acme/{unread}/publish"),
        "ask": ("olga", f"acme/{unread}/ask"),
        "private": ("olga", f"acme/{private}"),
        "leaving": ("olga", f"acme/{leaving}"),
        "full": ("olga", f"acme/{full}"),
        "promises": ("olga", "promises"),
        "templates": ("olga", "templates"),
        "keys": ("olga", "keys"),
        "figures": ("olga", "figures"),
        "overview": ("kim", "figures"),
        "companies": ("kim", "companies"),
        "webhook": ("bo", "webhook"),
        "settings": ("kim", "acme/settings"),
        "settings-led": ("bo", "bolt/settings"),
        "mail": ("bo", "bolt/mail"),
        "team": ("kim", "team"),
        "audit": ("kim", "audit?company=acme"),
        "settings-read": ("olga", "acme/settings"),
        "asked": ("kim", f"acme/{asked}"),
        "reports": ("kim", "reports"),
    }


def test_no_page_of_the_desk_violates_wcag_light_or_dark_wide_or_narrow(
    house: House, served: str, checks: Path, new_page: NewPage
) -> None:
    axe = (checks / "axe-core" / "axe.min.js").read_text("utf-8")
    opened = {login: new_page() for login in ("", "olga", "kim", "bo")}
    found = pages(house)
    for login in ("olga", "kim", "bo"):
        sign_in(opened[login], served, house, login)
    violations = []
    for name, (login, address) in found.items():
        opened[login].goto(f"{served}/desk/{address}")
        violations += violations_on(opened[login], axe, name)
    assert violations == []


def test_a_conflict_and_a_refusal_violate_no_wcag(
    house: House, served: str, checks: Path, new_page: NewPage, problems: list[str]
) -> None:
    axe = (checks / "axe-core" / "axe.min.js").read_text("utf-8")
    number, page = house.receive(), new_page()
    sign_in(page, served, house)
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.work()
    page.goto(f"{served}/desk/acme/{number}")
    house.at_the_desk("max").decide(number, "reply", **REPLY)
    house.work()
    page.get_by_label("Public reply").fill("We sent another. Write to us at c@customer.example by Friday.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert").filter(has_text="Not sent")).to_be_visible()
    violations = violations_on(page, axe, "conflict")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="As everyone will read it")).to_be_visible()
    assert violations + violations_on(page, axe, "preview") == []
    problems.clear()  # the browser itself logs the 409


def test_the_widget_stands_on_the_page_of_its_lines_as_it_will_elsewhere(
    house: House, served: str, checks: Path, new_page: NewPage
) -> None:
    axe = (checks / "axe-core" / "axe.min.js").read_text("utf-8")
    page = new_page()
    sign_in(page, served, house)
    page.goto(f"{served}/desk/acme/snippet")
    page.get_by_role("link", name="Feedback", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    # What axe says of the widget itself is looked at on a page of a guest.
    page.evaluate("amends('destroy')")
    assert violations_on(page, axe, "snippet") == []


def test_every_single_key_does_what_its_link_does_and_can_be_turned_off(
    house: House, served: str, new_page: NewPage
) -> None:
    first = house.receive(text="The first.")
    house.pass_time(minutes=1)
    second = house.receive(text="The second.")
    page = new_page()
    sign_in(page, served, house)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(re.compile(second))
    page.keyboard.press("k")
    page.wait_for_url(re.compile(first))
    keys = {link.get_attribute("data-key"): link.get_attribute("href") for link in page.locator(".tasks a").all()}
    assert {"n", "p", "w"} <= set(keys)
    for key, address in keys.items():
        page.goto(f"{served}/desk/acme/{first}")
        page.keyboard.press(str(key))
        expect(page).to_have_url(f"{served}{address}")
    page.goto(f"{served}/desk/acme/{first}")
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Give it back")).to_be_visible()
    page.get_by_label("Public reply").fill("")
    page.get_by_label("Public reply").press_sequentially("a note?")
    expect(page.get_by_label("Public reply")).to_have_value("a note?")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    expect(page).to_have_url(f"{served}/desk/keys")
    page.get_by_role("button", name="Turn them off").click()
    expect(page.get_by_text("Single keys are off")).to_be_visible()
    page.goto(f"{served}/desk/acme/{first}")
    for key in ("n", "j", "a", "?"):
        page.keyboard.press(key)
    page.keyboard.press("Tab")
    expect(page).to_have_url(f"{served}/desk/acme/{first}")
    expect(page.get_by_role("button", name="Give it back")).to_be_visible()


def test_control_and_enter_send_what_is_typed(house: House, served: str, new_page: NewPage) -> None:
    number, page = house.receive(), new_page()
    sign_in(page, served, house)
    page.goto(f"{served}/desk/acme/{number}/note")
    page.get_by_label("Note").fill("Ask the warehouse.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"{served}/desk/acme/{number}")
    expect(page.get_by_text("Ask the warehouse.")).to_be_visible()
    page.get_by_label("Public reply").fill("Sorry.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def test_what_is_typed_is_kept_as_a_draft_and_the_coach_reads_along(
    house: House, served: str, new_page: NewPage
) -> None:
    number, page = house.receive(text="My parcel is late."), new_page()
    sign_in(page, served, house)
    page.goto(f"{served}/desk/acme/{number}")
    with page.expect_response("**/draft") as kept:
        page.get_by_label("Public reply").fill("It is your own fault. It comes by 9 November.")
        advice = page.get_by_role("list", name="Advice")
        expect(advice).to_contain_text("blames the customer")
        expect(advice).to_contain_text("taken for a promise")
    assert kept.value.status == 204
    other = new_page()
    sign_in(other, served, house, "max")
    other.goto(f"{served}/desk/acme/{number}")
    expect(other.get_by_text("is writing to this customer, too")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Public reply")).to_have_value("It is your own fault. It comes by 9 November.")


def test_the_desk_runs_no_foreign_script_and_needs_none_of_its_own(
    house: House, served: str, new_page: NewPage, neighbours: Neighbours
) -> None:
    number, page = house.receive(text="My parcel is late."), new_page(java_script_enabled=False)
    answer = page.goto(f"{served}/desk/sign-in")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "require-trusted-types-for 'script'" in policy
    assert not re.search(r"unsafe|\*|https?:|data:", policy.replace("img-src 'self' data:", ""))
    sign_in(page, served, house)
    page.get_by_role("link", name="My parcel is late.").click()
    page.get_by_role("link", name="Note for the team").click()
    page.get_by_label("Note").fill("Ask the warehouse.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Ask the warehouse.")).to_be_visible()
    page.get_by_label("Public reply").fill("Sorry.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_label("Public reply")).to_have_value("Sorry.")
    page.get_by_role("button", name="Publish case and reply").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Public reply")).to_have_value("Sorry.")
    assert set(house.numbers()) == {number, *neighbours.planted.values()}


def test_the_pages_of_news_violate_no_wcag(
    house: House, served: str, checks: Path, new_page: NewPage, problems: list[str]
) -> None:
    axe = (checks / "axe-core" / "axe.min.js").read_text("utf-8")
    number, olga = house.receive(text="My bell fell off."), house.at_the_desk("olga")
    olga.decide(number, "reply", name="Olga", text="A new one is on its way.", topic="delivery", do="send")
    house.work()
    page = new_page()
    sign_in(page, served, house)
    page.goto(f"{served}/desk/acme/{number}")
    page.keyboard.press("f")
    expect(page.get_by_label("Text")).to_have_value("A new one is on its way.")
    violations = violations_on(page, axe, "answer")
    page.get_by_label("Title").fill("My bell fell off")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("becomes public in a few seconds")).to_be_visible()
    violations += violations_on(page, axe, "leaving")
    house.work()
    page.goto(f"{served}/desk/news/answers/2026-11-02-my-bell-fell-off")
    path = house.content / "acme" / "answers" / "2026-11-02-my-bell-fell-off.md"
    path.write_text(path.read_text().replace("A new one", "A better one"))
    page.get_by_label("Text").fill("Write to anna@mail.example.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("[hidden: email]")).to_be_visible()
    violations += violations_on(page, axe, "preview")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("somebody changed this after you had opened it")).to_be_visible()
    violations += violations_on(page, axe, "overtaken")
    problems.clear()  # the browser itself logs the 409
    path.write_text(path.read_text().replace("title:", "tilte:"))
    page.goto(f"{served}/desk/news")
    assert violations + violations_on(page, axe, "news") == []
