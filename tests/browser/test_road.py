"""The whole road as three people walk it: a visitor, somebody at the desk, a reader."""

import re
import time
from collections.abc import Iterator
from threading import Event

import pytest
from playwright.sync_api import Page, expect

from amends.intake.suspicion import HASTE
from tests.browser.chromium import NewPage
from tests.running import Demo, demo

WITHIN = 20_000
"""Milliseconds: four to undo, two until the board has it, and more than twice as many again for a slow machine."""


@pytest.fixture(scope="module")
def running() -> Iterator[Demo]:
    with demo(8800, AMENDS_UNDO_SECONDS="4") as started:
        yield started


def sign_in(page: Page, running: Demo) -> None:
    page.goto(running.desk)
    page.get_by_label("Login").fill(running.said["login"])
    page.get_by_label("Password").fill(running.said["password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()


def answer(page: Page, words: str, reply: str) -> None:
    """Open the case with these words and publish it with a reply."""
    page.get_by_role("link", name=re.compile(words)).first.click()
    expect(page.get_by_text(words).first).to_be_visible()
    page.get_by_label("Public reply").fill(reply)
    page.get_by_label("Your name, as everyone will read it").fill("Olga, customer care")
    page.get_by_role("button", name="Publish case and reply").click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()


def read_on_the_board(page: Page, running: Demo, number: str, words: str, reply: str) -> None:
    """Find complaint and reply in two columns, side by side, on the case's own page."""
    address = f"{running.board}radlager/{number}/"
    wait_for(page, address, reply)
    complaint, answered = page.get_by_text(words).last, page.get_by_text(reply).first
    left, right = complaint.bounding_box(), answered.bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"]
    assert abs(left["y"] - right["y"]) < 120
    expect(page.get_by_text("answered in").first).to_be_visible()


def wait_for(page: Page, address: str, words: str) -> None:
    """Ask for the page until the board has these words: it is rebuilt without anyone running a command."""
    found = page.evaluate(
        """async ([address, words, patience]) => {
            const end = Date.now() + patience;
            while (Date.now() < end) {
                const page = await (await fetch(address, {cache: 'no-store'})).text();
                if (page.includes(words)) return true;
                await new Promise(next => setTimeout(next, 100));
            }
            return false;
        }""",
        [address, words, WITHIN],
    )
    assert found, f"{address} does not have: {words}"
    page.goto(address)


def test_a_complaint_through_the_widget_stands_beside_its_reply(
    running: Demo, new_page: NewPage, problems: list[str]
) -> None:
    visitor = new_page()
    # Nobody writes as fast as this visitor; who does would wait for the keeper.
    visitor.add_init_script("const now = Date.now; Date.now = () => now() - 60000")
    visitor.goto(running.shop)
    opener = visitor.get_by_role("link", name="Tell us what went wrong")
    opener.click()
    dialog = visitor.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert visitor.url == running.shop
    expect(dialog.get_by_role("textbox").first).to_be_focused()
    visitor.keyboard.type("The bell fell off on the first ride.")
    dialog.get_by_label("E-mail").fill("anna@customer.example")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_text("Radlager has it")).to_be_visible()
    number = re.search(r"\b[0-9a-hjkmnp-tv-z]{8}\b", dialog.inner_text())
    assert number
    link = re.search(r"http://127\.0\.0\.1:\d+/c/[\w-]+/", visitor.content() + dialog_values(visitor))
    assert link
    visitor.keyboard.press("Escape")
    expect(opener).to_be_focused()

    staff = new_page()
    sign_in(staff, running)
    answer(staff, "The bell fell off", "We are sorry. A new bell is in the post.")
    staff.goto(running.desk.removesuffix("/") + "/radlager/snippet")
    opened = staff.get_by_role("listitem").filter(has_text=running.shop.rstrip("/"))
    expect(opened).to_contain_text("Feedback is taken from there.")

    reader = new_page(viewport={"width": 1280, "height": 900})
    reader.goto(running.board)
    read_on_the_board(reader, running, number[0], "The bell fell off", "A new bell is in the post.")
    problems.clear()  # 404 while the reader waited for the page
    assert "anna@customer.example" not in reader.content()

    visitor.goto(link[0])
    expect(visitor.get_by_text("A new bell is in the post.")).to_be_visible()


def dialog_values(page: Page) -> str:
    """Return what stands in the text boxes of the widget: `content` does not see into a shadow root."""
    return " ".join(
        page.evaluate(
            """() => [...document.documentElement.querySelectorAll('*')].filter(e => e.shadowRoot)
            .flatMap(e => [...e.shadowRoot.querySelectorAll('input, a')]).map(e => e.value || e.href || '')"""
        )
    )


def test_the_same_road_without_javascript(running: Demo, new_page: NewPage, problems: list[str]) -> None:
    visitor = new_page(java_script_enabled=False)
    visitor.goto(running.shop)
    visitor.get_by_role("link", name="Tell us what went wrong").click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("Radlager")
    visitor.get_by_role("textbox", name="What went wrong?").fill("The saddle squeaks since June.")
    shown = int(visitor.locator("[name=shown]").get_attribute("value") or "")
    # A form that is sent sooner looks like a robot's, and would wait for the keeper.
    Event().wait(max(0, shown + 1 + HASTE.total_seconds() - time.time()))
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("Radlager has it")
    number = re.search(r"/c/([0-9a-z]{8})-", visitor.content())
    assert number

    staff = new_page(java_script_enabled=False)
    sign_in(staff, running)
    answer(staff, "The saddle squeaks", "Sorry. Please come by on Monday, we grease it while you wait.")

    reader = new_page(viewport={"width": 1280, "height": 900})
    reader.goto(running.board)
    read_on_the_board(reader, running, number[1], "The saddle squeaks", "we grease it while you wait")
    problems.clear()
    plain = new_page(java_script_enabled=False)
    plain.goto(reader.url)
    expect(plain.get_by_text("The saddle squeaks").last).to_be_visible()
    expect(plain.get_by_text("we grease it while you wait").first).to_be_visible()


def test_what_was_refused_is_told_in_the_dialog_and_the_words_stay(
    running: Demo, new_page: NewPage, problems: list[str]
) -> None:
    page = new_page()
    page.goto(running.shop)
    page.get_by_role("link", name="Tell us what went wrong").click()
    dialog = page.get_by_role("dialog")
    words = "x" * 4001
    dialog.get_by_role("textbox").first.fill(words)
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_text("at most 4,000 characters")).to_be_visible()
    expect(dialog.get_by_role("textbox").first).to_have_value(words)
    problems.clear()  # the browser itself logs the 422


def test_the_desks_pages_and_the_form_work_at_320_pixels(running: Demo, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 320, "height": 700})
    sign_in(page, running)
    service = running.desk.removesuffix("/desk/")
    for address in (running.desk, f"{service}/radlager/new", running.board, f"{running.board}radlager/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
