"""What the widget does after the first key: nothing that was written is lost, and nothing is sent unseen or twice."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from amends.inbox import similar
from tests.browser.chromium import NewPage
from tests.browser.guest import Guest, form, opened, opener, receipt, send_button, visit, words, write_and_send

TEXT = "The bell fell off on the first ride."
WAITING = re.compile("Not sent yet. It is saved on this device")
DENIED = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
ENTRY = "localStorage.getItem('amends:acme')"


def kept(page: Page) -> dict[str, Any]:
    """Return what the widget keeps on the device."""
    found: dict[str, Any] = json.loads(page.evaluate(ENTRY) or "{}")
    return found


def status(page: Page) -> Any:
    return form(page).get_by_role("status")


def aside(page: Page) -> Any:
    """The receipt of what was sent by itself: in the corner, where nobody waits for it."""
    return page.locator("dialog.aside")


def numbers(guest: Guest, text: str) -> list[str]:
    return [case.number for case in guest.cases() if case.text == text]


def held_back(page: Page) -> list[Route]:
    """Let submissions wait; return the list in which they are then."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/feedback", hold)
    return held


def written(page: Page, text: str) -> None:
    opened(page)
    words(page).fill(text)


# --- The draft ---


def test_a_draft_is_there_again_on_the_next_page_and_gone_when_it_was_sent(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    written(page, TEXT)
    form(page).get_by_role("radio", name="Idea").check()
    page.goto(guest.page())
    opened(page)
    expect(words(page)).to_have_value(TEXT)
    expect(form(page).get_by_role("radio", name="Idea")).to_be_checked()
    send_button(page).click()
    receipt(page)
    assert kept(page) == {}


def test_a_draft_is_forgotten_after_a_day(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    written(page, TEXT)
    page.evaluate(
        f'localStorage.setItem(\'amends:acme\', {ENTRY}.replace(/"at":\\d+/, `"at":${{Date.now() - 864e5}}`))'
    )
    page.goto(guest.page())
    opened(page)
    expect(words(page)).to_have_value("")
    assert kept(page) == {}


def test_who_wants_nothing_kept_leaves_no_word_on_the_device_and_is_asked_once(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    written(page, TEXT)
    form(page).get_by_role("checkbox").uncheck()
    assert kept(page) == {"off": True}
    words(page).press_sequentially(" Twice.")
    assert kept(page) == {"off": True}
    page.keyboard.press("Escape")
    opened(page)
    expect(words(page)).to_have_value(f"{TEXT} Twice.")  # the page still has it
    page.goto(guest.page())
    opened(page)
    expect(words(page)).to_have_value("")
    expect(form(page).get_by_role("checkbox")).not_to_be_checked()


# --- What everyone will read ---


def test_the_preview_shows_what_becomes_public_and_sends_nothing(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page(path="/orders"))
    written(page, "Nobody came. Call +49 171 2345678 or write to anna@customer.example.")
    form(page).get_by_label("Name").fill("Anna")
    form(page).get_by_role("button", name="Preview").click()
    expect(form(page).get_by_role("blockquote")).to_have_text(
        "Nobody came. Call [hidden: phone] or write to [hidden: email]."
    )
    expect(form(page).get_by_text("Anna · /orders")).to_be_visible()
    expect(form(page).get_by_text("2 places are hidden")).to_be_visible()
    assert not numbers(guest, "Nobody came. Call +49 171 2345678 or write to anna@customer.example.")
    words(page).press_sequentially("!")
    expect(form(page).get_by_role("blockquote")).to_have_count(0)  # it was of other words


def test_what_only_the_company_sees_has_no_preview_but_that(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    written(page, TEXT)
    form(page).get_by_role("radio", name="Only the company sees it").check()
    form(page).get_by_role("button", name="Preview").click()
    expect(form(page).locator("#preview")).to_have_text(re.compile("Nothing of it becomes public"))


def test_a_preview_says_what_cannot_be_sent(guest: Guest, new_page: NewPage, problems: list[str]) -> None:
    page = visit(new_page, guest.page())
    written(page, TEXT)
    form(page).get_by_label("E-mail").fill("anna")
    form(page).get_by_role("button", name="Preview").click()
    expect(form(page).get_by_text("This is no e-mail address.")).to_be_visible()
    expect(form(page).get_by_label("E-mail")).to_be_focused()
    problems.clear()  # the browser logs the 422


# --- What was answered before ---


@pytest.fixture
def answered(guest: Guest) -> Iterator[str]:
    """What the company answered before, in the store; its address on the board."""
    href = "https://board.example/acme/answers/#bell"
    terms = dict.fromkeys(("bell", "fell", "off", "ride"), 300)
    shared = {"href": href, "language": "en", "terms": terms}
    texts = [
        {"kind": "answer", "title": "The bell is loose", **shared},
        {"kind": "case", "title": "My bell <b>fell</b> off", **shared},
    ]
    with guest.inbox.writing() as connection:
        similar.put(connection, {"acme": json.dumps({"texts": texts})})
    yield href
    with guest.inbox.writing() as connection:
        similar.put(connection, {"acme": ""})


def test_what_was_answered_before_is_offered_after_a_pause_and_no_word_is_sent_for_it(
    guest: Guest, new_page: NewPage, answered: str
) -> None:
    page = visit(new_page, guest.page())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    written(page, TEXT)
    offers = form(page).get_by_role("listitem")
    expect(offers).to_have_text(["The bell is loose", "My bell <b>fell</b> off (solved, its customer said)"])
    expect(offers.first.get_by_role("link")).to_have_attribute("href", answered)
    assert asked == [f"GET {guest.service}/w/{name}.js" for name in ("form/acme/en", "more/en", "similar/acme")]
    form(page).get_by_role("radio", name="Thanks").check()  # who thanks asks for nothing
    expect(offers).to_have_count(0)
    form(page).get_by_role("radio", name="Problem").check()
    expect(offers).to_have_count(2)
    words(page).fill("Something else altogether happened at the counter.")
    expect(offers).to_have_count(0)
    send_button(page).click()
    receipt(page)


def test_what_cannot_be_compared_holds_nobody_up(guest: Guest, new_page: NewPage, problems: list[str]) -> None:
    page = visit(new_page, guest.page())
    page.route("**/w/similar/*", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        written(page, TEXT)
    send_button(page).click()
    receipt(page)
    problems.clear()


# --- Not sent yet ---


def test_without_a_connection_it_waits_on_the_device_and_is_sent_when_there_is_one(
    guest: Guest, new_page: NewPage, problems: list[str]
) -> None:
    page = visit(new_page, guest.page())
    text = f"{TEXT} Offline."
    written(page, text)
    page.context.set_offline(offline=True)
    send_button(page).click()
    expect(status(page)).to_have_text(WAITING)
    expect(words(page)).to_have_value(text)
    assert kept(page)["waiting"] is True
    page.keyboard.press("Escape")
    expect(opener(page)).to_be_focused()
    page.context.set_offline(offline=False)
    expect(aside(page)).to_contain_text("has it")
    expect(opener(page)).to_be_focused()  # nobody is torn from what they do
    assert len(numbers(guest, text)) == 1
    assert kept(page) == {}
    problems.clear()


def test_what_could_not_be_sent_is_sent_from_the_next_page_and_its_receipt_is_shown(
    guest: Guest, new_page: NewPage, problems: list[str]
) -> None:
    page = visit(new_page, guest.page())
    text = f"{TEXT} The next page."
    page.route("**/feedback", lambda route: route.abort())
    written(page, text)
    send_button(page).click()
    expect(status(page)).to_have_text(WAITING)
    page.unroute("**/feedback")
    page.goto(guest.page())
    expect(aside(page)).to_contain_text("has it")
    assert numbers(guest, text) == [aside(page).get_by_role("definition").first.inner_text()]
    assert kept(page) == {}
    problems.clear()


def test_what_arrived_although_nobody_heard_so_is_not_sent_twice(
    guest: Guest, new_page: NewPage, problems: list[str]
) -> None:
    def lost(route: Route) -> None:
        route.fetch()
        route.abort()

    page = visit(new_page, guest.page())
    text = f"{TEXT} Unheard."
    page.route("**/feedback", lost)
    written(page, text)
    send_button(page).click()
    expect(status(page)).to_have_text(WAITING)
    (number,) = numbers(guest, text)
    page.unroute("**/feedback")
    page.goto(guest.page())
    expect(aside(page)).to_contain_text(number)
    assert numbers(guest, text) == [number]
    problems.clear()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (429, "So much was sent to Acme"),
        (503, "The service cannot save anything just now."),
        (502, "There is no connection"),
        (404, "There is no connection"),
        (200, "There is no connection"),
    ],
)
def test_a_service_that_takes_nothing_just_now_is_told_in_words_and_it_waits(
    guest: Guest, new_page: NewPage, problems: list[str], code: int, told: str
) -> None:
    names = {429: "too_many", 503: "unavailable"}
    error = {"error": {"code": names.get(code), "message": "In English.", "fields": {}, "codes": {}}}
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/json"}
    body = json.dumps(error) if code in names else '{"message": "of whatever stands between"}'
    page = visit(new_page, guest.page())
    page.route("**/feedback", lambda route: route.fulfill(status=code, headers=headers, body=body))
    written(page, TEXT)
    send_button(page).click()
    expect(status(page)).to_contain_text(told)
    expect(status(page)).to_have_text(WAITING)
    expect(status(page).get_by_role("link")).to_have_attribute("href", f"{guest.service}/acme/new")
    problems.clear()


def test_who_goes_to_the_page_instead_is_not_sent_from_here_as_well(
    guest: Guest, new_page: NewPage, problems: list[str]
) -> None:
    page = visit(new_page, guest.page())
    page.route("**/feedback", lambda route: route.abort())
    written(page, TEXT)
    send_button(page).click()
    expect(status(page)).to_have_text(WAITING)
    with page.expect_popup():
        status(page).get_by_role("link").click()
    assert "waiting" not in kept(page)
    problems.clear()


def test_where_nothing_can_be_stored_it_says_so_and_the_words_stay(
    guest: Guest, new_page: NewPage, problems: list[str]
) -> None:
    page = new_page()
    page.add_init_script(DENIED)
    page.route("**/feedback", lambda route: route.abort())
    page.goto(guest.page())
    written(page, TEXT)
    send_button(page).click()
    expect(status(page)).to_contain_text("It cannot be kept on this device: leave this open")
    page.unroute("**/feedback")
    send_button(page).click()
    receipt(page)
    problems.clear()


def test_the_form_can_be_closed_while_it_is_sent(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    held = held_back(page)
    with page.expect_request("**/feedback"):
        opened(page)
        write_and_send(page, TEXT)
    page.keyboard.press("Escape")
    expect(form(page)).to_have_count(0)
    held[0].continue_()
    expect(aside(page)).to_contain_text("has it")


def test_what_is_changed_while_it_is_sent_stays_a_draft(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    held = held_back(page)
    with page.expect_request("**/feedback"):
        opened(page)
        write_and_send(page, TEXT)
    words(page).press_sequentially(" And the saddle.")
    held[0].continue_()
    receipt(page)
    form(page).get_by_role("button", name="Write another").click()
    expect(words(page)).to_have_value(f"{TEXT} And the saddle.")


def test_what_is_changed_and_sent_while_it_is_sent_is_sent_too(guest: Guest, new_page: NewPage) -> None:
    page = visit(new_page, guest.page())
    held_back(page)
    with page.expect_request("**/feedback"):
        opened(page)
        write_and_send(page, TEXT)
    write_and_send(page, " And the saddle of it.")
    page.unroute("**/feedback")  # what was held back goes on
    receipt(page)
    page.wait_for_function(f"!{ENTRY}")
    assert len(numbers(guest, f"{TEXT} And the saddle of it.")) == 1


def test_a_refusal_that_came_when_nobody_looked_is_told_when_the_form_is_opened(
    guest: Guest, new_page: NewPage, problems: list[str]
) -> None:
    page = visit(new_page, guest.page())
    page.route("**/feedback", lambda route: route.abort())
    written(page, TEXT)
    form(page).get_by_label("E-mail").fill("anna")
    send_button(page).click()
    expect(status(page)).to_have_text(WAITING)
    page.unroute("**/feedback")
    with page.expect_response("**/feedback"):
        page.goto(guest.page())
    opener(page).click()
    expect(form(page).get_by_text("This is no e-mail address.")).to_be_visible()
    expect(words(page)).to_have_value(TEXT)
    assert "waiting" not in kept(page)
    problems.clear()


def test_when_the_later_part_cannot_be_loaded_it_waits_and_the_next_try_succeeds(
    guest: Guest, new_page: NewPage, problems: list[str]
) -> None:
    page = visit(new_page, guest.page())
    page.route("**/w/more/*", lambda route: route.abort())
    opened(page)
    write_and_send(page, TEXT)
    expect(status(page)).to_have_text(WAITING)
    page.unroute("**/w/more/*")
    send_button(page).click()
    receipt(page)
    problems.clear()
