"""The board in a real browser: narrow screens, the content security policy, and what the script adds."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect
from werkzeug.serving import make_server

from amends.board import create_board
from amends.board.row import row_of
from amends.board.summary import summary
from amends.case import Case
from amends.language import LANGUAGES, language
from amends.record import Board, Entry, Record
from tests.boards import EN
from tests.browser.chromium import NewPage
from tests.factories import NUMBER, START, a_case, a_company, after, an_event

EXAMPLE = Path(__file__).parents[2] / "content"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def the_page_of(case: Case, built: datetime, language: str = "en") -> Iterator[str]:
    """Serve the page of one case as it was built at that instant, for a company of that language."""
    record = Record(Board(), (a_company(language=language),), {"acme": (Entry(case, "x.md"),)}, {})
    with served(create_board(record, built)) as address:
        yield f"{address}/acme/{case.number}/"


@pytest.mark.parametrize("minutes", [0, 1, 59, 60, 61, 8 * 60, 24 * 60, 25 * 60 + 1, 128 * 60 + 59])
def test_the_script_writes_ages_as_the_board_writes_durations(new_page: NewPage, minutes: int) -> None:
    page = new_page()
    page.clock.set_fixed_time(START + timedelta(minutes=minutes))
    with the_page_of(a_case(text="Late."), START) as address:
        page.goto(address)
        written = EN.duration(timedelta(minutes=minutes)) if minutes else "0 min"
        expect(page.locator(".running")).to_have_text(written)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_script_writes_ages_in_the_language_of_the_page(new_page: NewPage, tag: str) -> None:
    page, lang, so_far = new_page(), language(tag), 1
    page.clock.install(time=START)
    page.clock.pause_at(START + timedelta(minutes=so_far))
    with the_page_of(a_case(text="Late."), START, tag) as address:
        page.goto(address)
        for minutes in (so_far, 20, 2 * 60, 3 * 60 + 2, 12 * 60, 26 * 60, 53 * 60, 123 * 60 + 59):
            page.clock.fast_forward((minutes - so_far) * 60_000)
            so_far = minutes
            expect(page.locator(".running")).to_have_text(lang.duration(timedelta(minutes=minutes)))
            left = timedelta(hours=24) - timedelta(minutes=minutes)
            said = lang.gettext("{} left" if left > timedelta() else "{} over")
            expect(page.locator(".age")).to_have_text(said.replace("{}", lang.duration(abs(left))))


def test_a_page_that_was_not_rebuilt_says_by_itself_that_a_time_has_passed(new_page: NewPage) -> None:
    case, page = a_case(text="Late."), new_page()
    page.clock.set_fixed_time(after(26))
    with the_page_of(case, START) as address:
        page.goto(address)
        late = row_of(a_company(), Entry(case, "x.md"), after(26))
        expect(page.locator(".status")).to_have_text(EN.flat(summary(EN, late)))
        expect(page.locator(".status")).to_have_class("status late solid")
        expect(page.locator(".turn")).to_have_class("turn open opening late solid")


def test_a_promise_turns_overdue_on_a_page_that_was_not_rebuilt(new_page: NewPage) -> None:
    case, page = a_case(an_event("reply"), an_event("promise"), text="Late."), new_page()
    page.clock.set_fixed_time(after(24 * 30))
    with the_page_of(case, after(2)) as address:
        page.goto(address)
        expect(page.locator(".promise .state")).to_have_text("Overdue")


def test_before_its_time_nothing_turns_late(new_page: NewPage) -> None:
    page = new_page()
    page.clock.set_fixed_time(after(23))
    with the_page_of(a_case(text="Late."), START) as address:
        page.goto(address)
        expect(page.locator(".status")).to_have_class("status wait")
        expect(page.get_by_text("1 hr left")).to_be_visible()


def test_everything_can_be_read_without_script(new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    with the_page_of(a_case(text="Late.", number=NUMBER), START) as address:
        page.goto(address)
        expect(page.get_by_text("Waiting since 2 November 2026, 09:00")).to_be_visible()
        expect(page.locator(".running")).to_be_hidden()


def test_complaint_and_reply_stand_side_by_side_and_on_a_phone_one_under_the_other(new_page: NewPage) -> None:
    case = a_case(an_event("reply", text="We are sorry."), text="Late.")
    with the_page_of(case, after(2)) as address:
        for width, side_by_side in ((1280, True), (390, False)):
            page = new_page(viewport={"width": width, "height": 800})
            page.goto(address)
            left, right = (page.locator(side).bounding_box() for side in (".customers", ".companys"))
            assert left
            assert right
            assert (left["x"] + left["width"] < right["x"]) == side_by_side
            assert (left["y"] + left["height"] < right["y"]) != side_by_side
