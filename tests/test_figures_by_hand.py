"""A company that edits its own record by hand: what it writes there makes nothing on the board look better."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from lxml import etree

from amends.board import create_board
from amends.case import Case, Reason, as_of, promises
from amends.figures import ALL_TIME, Fact, Place, Share, facts, figures
from amends.generator.build import build
from amends.record import Entry, LedgerLine, LedgerOutcome
from tests.boards import a_page, a_record, read
from tests.factories import START, a_case, a_line, after, an_event, make_board

LATER = datetime(2026, 12, 22, tzinfo=UTC)


def a_fact(case: Case, line: LedgerLine | None = None) -> Fact:
    (fact,) = facts([Entry(case, "x.md")], [line] if line else [], UTC)
    return fact


def test_a_promise_moved_to_an_earlier_day_is_judged_by_that_day() -> None:
    made = an_event("promise", 1, promise="p1", what="A refund", due=date(2026, 12, 30))
    moved = an_event("moved", 1, promise="p1", due=date(2026, 11, 5), why="Sooner")
    case = a_case(an_event("reply", 1), made, moved, an_event("kept", 24 * 12, promise="p1"))
    (promise,) = promises(case)
    assert (promise.first_due, promise.due) == (date(2026, 11, 5), date(2026, 11, 5))
    assert figures([a_fact(case)], ALL_TIME, LATER, UTC).promises_kept == Share(0, 1, 1)


def test_what_is_dated_later_than_today_does_not_count_today() -> None:
    case = a_case(an_event("reply", 24 * 365 * 10))
    assert as_of(case, LATER).events == ()
    assert "has not answered" in a_page(case, LATER)
    assert as_of(case, after(24 * 365 * 10)) is case


def test_of_two_times_of_the_first_reply_the_later_one_holds() -> None:
    line = a_line(outcome=LedgerOutcome.PUBLISHED, first_reply=after(500))
    assert a_fact(a_case(an_event("reply", 1)), line).first_reply == after(500)
    assert a_fact(a_case(an_event("reply", 1)), replace(line, first_reply=None)).first_reply == after(1)
    assert a_fact(a_case(), line).first_reply is None


def test_the_tombstone_of_a_stub_that_was_withheld_counts_as_withheld() -> None:
    stub = a_case(an_event("removed", 30, reason=Reason.PERSONAL_DATA), text="")
    line = a_line(outcome=LedgerOutcome.WITHHELD, reason=Reason.PERSONAL_DATA, at=after(30))
    fact = a_fact(stub, line)
    assert (fact.place, fact.reason, fact.unseen) == (Place.WITHHELD, Reason.PERSONAL_DATA, True)


def test_the_badge_takes_no_better_window_than_the_page() -> None:
    old = [a_case(an_event("reply", 1), number=f"{place:08}", text="x") for place in range(20)]
    received = START + timedelta(days=400)
    new = [replace(a_case(number=f"{place:08}", text="x"), received=received) for place in range(30, 39)]
    new = [replace(case, reply_by=received + timedelta(hours=24)) for case in new]
    record = a_record(*old, *new)
    badge = read(create_board(record, received + timedelta(days=60)).test_client(), "/acme/badge.svg")
    assert "too few cases yet" in "".join(etree.fromstring(badge.encode()).itertext())


def test_the_curve_marks_a_promise_only_where_it_was_the_same_for_all() -> None:
    cases = [a_case(an_event("reply", 200), number=f"{place:08}", text="x") for place in range(12)]
    raised = replace(cases[0], reply_by=cases[0].received + timedelta(days=30))
    for shown, there in ((cases, True), ([raised, *cases[1:]], False)):
        record = a_record(*shown, reply_hours=720)
        page = read(create_board(record, LATER).test_client(), "/acme/figures/")
        assert ("promised: 24 hours" in page) is there
        assert "promised: 30 days" not in page


def test_what_was_taken_back_leads_nowhere_else() -> None:
    elsewhere = {"source": "Market Square", "url": "https://market.example/posts/1"}
    shown = a_case(text="Some words.", **elsewhere)
    gone = a_case(an_event("removed", 2, reason=Reason.COURT_ORDER), text="", **elsewhere)
    assert "https://market.example/posts/1" in a_page(shown, after(3))
    assert "https://market.example/posts/1" not in a_page(gone, after(3))


def test_a_reply_dated_later_neither_hides_the_deadline_before_it_nor_is_missed_when_it_is_due(tmp_path: Path) -> None:
    content = make_board(tmp_path, a_case(an_event("reply", 48), text="x"))
    for now, due in ((16, 24), (40, 48)):
        built = build(content, tmp_path / "public", tmp_path / "cache", after(now))
        assert built.next_due == after(due)
        assert len(built.warnings) == 1


def test_a_link_as_the_place_of_the_board_leads_to_the_board(tmp_path: Path) -> None:
    content = make_board(tmp_path, a_case(text="x"))
    (tmp_path / "www").mkdir()
    os.symlink(tmp_path / "www", tmp_path / "public")
    for day in (2, 3, 4):
        build(content, tmp_path / "public", tmp_path / "cache", START.replace(day=day))
        assert (tmp_path / "public").is_symlink()
        assert f"{day} November 2026" in (tmp_path / "www" / "index.html").read_text("utf-8")
