"""Staff are told of a promise before its day and once after it, wherever it was written down."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from amends.case import Case, end_of
from amends.generator.build import build
from amends.generator.pledged import pledged
from amends.hours import Hours
from amends.inbox.notices import LOOK_BACK, Reminder, ToCompany, reminders
from amends.inbox.schema import message
from amends.work import REMIND
from tests.factories import NUMBER, OTHER_NUMBER, START, a_case, a_company, after, an_event, make_board, put_case
from tests.house import House
from tests.postal import MailServer, fates, mail_server
from tests.postroom import deliver, hire, states, told

BERLIN = ZoneInfo("Europe/Berlin")
ALWAYS = Hours()
TEXT = "Parcel three weeks late."
SECOND = timedelta(seconds=1)


def promised(due: date, hours: float = 1, **facts: object) -> Case:
    return a_case(an_event("reply", hours), an_event("promise", hours, due=due), text=TEXT, **facts)


def kinds(case: Case, now: datetime, zone: ZoneInfo = BERLIN, hours: Hours = ALWAYS) -> list[tuple[str, ToCompany]]:
    return [(one.promise, one.kind) for one in reminders(case, a_company(zone=zone, hours=hours), now)]


# --- When ---


@pytest.mark.parametrize(
    ("due", "first"),
    [
        (date(2026, 11, 6), datetime(2026, 11, 5, 8, tzinfo=UTC)),  # a Friday: on Thursday at nine in Berlin
        (date(2026, 11, 7), datetime(2026, 11, 6, 8, tzinfo=UTC)),
        (date(2026, 11, 8), datetime(2026, 11, 6, 8, tzinfo=UTC)),
        (date(2026, 11, 9), datetime(2026, 11, 6, 8, tzinfo=UTC)),  # a Monday
        (date(2027, 3, 29), datetime(2027, 3, 26, 8, tzinfo=UTC)),  # summer time begins between
        (date(2026, 11, 3), after(1)),  # it was made later than that
        (date(2026, 11, 2), after(1)),
    ],
)
def test_a_company_is_told_in_the_morning_of_the_working_day_before_and_when_the_day_is_over(
    due: date, first: datetime
) -> None:
    case, over = promised(due), end_of(due, BERLIN)
    assert kinds(case, first - SECOND) == []
    assert kinds(case, first) == kinds(case, over - SECOND) == [("p1", ToCompany.PROMISE_DUE)]
    assert kinds(case, over) == kinds(case, over + LOOK_BACK - SECOND) == [("p1", ToCompany.PROMISE_MISSED)]
    assert kinds(case, over + LOOK_BACK) == []


def test_the_working_day_before_is_one_of_the_company() -> None:
    friday, closed = promised(date(2026, 11, 6)), Hours(holidays=("2026-11-05", "11-04"))
    first = datetime(2026, 11, 3, 8, tzinfo=UTC)
    assert kinds(friday, first - SECOND, hours=closed) == []
    assert kinds(friday, first, hours=closed) == [("p1", ToCompany.PROMISE_DUE)]
    every_day = Hours(
        holidays=tuple(f"11-{day:02}" for day in range(1, 31)) + tuple(f"10-{day:02}" for day in range(1, 32))
    )
    assert kinds(friday, after(1), hours=every_day) == [("p1", ToCompany.PROMISE_DUE)]


def test_a_promise_that_was_moved_is_told_anew_and_one_that_ended_is_not() -> None:
    case = promised(date(2026, 11, 6))
    moved = replace(case, events=(*case.events, an_event("moved", 100, due=date(2026, 11, 13))))
    kept = replace(case, events=(*case.events, an_event("kept", 90)))
    now = datetime(2026, 11, 6, 13, 1, tzinfo=UTC)
    assert kinds(moved, now) == kinds(kept, now) == []
    (before,) = reminders(case, a_company(zone=BERLIN), now)
    (again,) = reminders(moved, a_company(zone=BERLIN), datetime(2026, 11, 12, 8, tzinfo=UTC))
    assert before == Reminder("acme", NUMBER, "p1", ToCompany.PROMISE_DUE, end_of(date(2026, 11, 6), BERLIN))
    assert again == replace(before, due=end_of(date(2026, 11, 13), BERLIN))


def test_what_a_file_says_of_later_is_not_told_yet() -> None:
    assert kinds(promised(date(2026, 11, 6), hours=99), datetime(2026, 11, 5, 9, tzinfo=UTC)) == []


@given(st.dates(date(2026, 11, 2), date(2028, 1, 1)), st.sampled_from([BERLIN, ZoneInfo("America/Santiago")]))
@settings(max_examples=200, deadline=None)
def test_every_promise_is_told_before_its_day_is_over_and_by_then_as_overdue(due: date, zone: ZoneInfo) -> None:
    case, over = promised(due, 0), end_of(due, zone)
    assert kinds(case, over - SECOND, zone) == [("p1", ToCompany.PROMISE_DUE)]
    assert kinds(case, over, zone) == [("p1", ToCompany.PROMISE_MISSED)]
    assert kinds(case, max(over - timedelta(days=5), START) - SECOND, zone) == []


# --- Which cases are looked at ---


def test_the_cases_in_which_a_promise_runs_are_known_after_a_build_and_no_others(tmp_path: Path) -> None:
    running = promised(date(2026, 11, 6))
    ended = replace(running, number=OTHER_NUMBER, events=(*running.events, an_event("kept", 2)))
    gone = replace(running, number="0g0ne000", text="", events=(*running.events, an_event("withdrawn", 2)))
    bare = a_case(number="0bare000", text=TEXT)
    content, cache = make_board(tmp_path, running, ended, gone, bare), tmp_path / "cache"
    assert pledged(content, cache) == []
    build(content, tmp_path / "public", cache, after(5))
    assert pledged(content, cache) == [running]
    put_case(content, replace(running, events=(*running.events, an_event("broken", 3))))
    put_case(content, replace(bare, events=(an_event("reply", 1), an_event("claimed", 2))))
    build(content, tmp_path / "public", cache, after(6))
    assert [case.number for case in pledged(content, cache)] == ["0bare000"]


def test_what_another_record_or_a_damaged_cache_says_is_not_believed(tmp_path: Path) -> None:
    content, cache = make_board(tmp_path, promised(date(2026, 11, 6))), tmp_path / "cache"
    build(content, tmp_path / "public", cache, after(5))
    assert pledged(make_board(tmp_path / "other"), cache) == []
    for file in cache.glob("board.db*"):
        file.write_bytes(b"no database, and long enough to be taken for one" * 99)
    assert pledged(content, cache) == []


# --- Who is told ---


@pytest.fixture
def house(prompt_house: House) -> House:
    hire(prompt_house, "ida", "ida@acme.example")
    return prompt_house


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def look(house: House) -> None:
    """Let the worker see what was written, and then look at the promises."""
    house.worker._look_again = 0.0
    house.worker.turn()
    house.now += REMIND
    house.worker.turn()


def test_a_promise_written_by_hand_is_told_once_before_its_day_and_once_after(house: House, server: MailServer) -> None:
    put_case(house.content, promised(date(2026, 11, 6)))
    look(house)
    assert fates(house.inbox) == []
    for now in (datetime(2026, 11, 5, 9, tzinfo=UTC), datetime(2026, 11, 7, tzinfo=UTC)):
        house.now = now
        look(house)
        deliver(house, server)
        house.worker._reminded.clear()  # as after a new start
        look(house)
        deliver(house, server)
    assert told(server) == [
        ("ida@acme.example", "A promise is due 6 November 2026: case"),
        ("ida@acme.example", "A promise is overdue: case"),
    ]


def test_a_reminder_goes_out_in_the_morning_and_not_where_the_promise_was_kept_meanwhile(
    house: House, server: MailServer
) -> None:
    case = promised(date(2026, 11, 6))
    put_case(house.content, case)
    put_case(house.content, replace(case, number=OTHER_NUMBER))
    look(house)
    house.now = datetime(2026, 11, 5, 9, tzinfo=UTC)
    house.worker.turn()
    put_case(house.content, replace(case, number=OTHER_NUMBER, events=(*case.events, an_event("kept", 70))))
    deliver(house, server)
    assert told(server) == [("ida@acme.example", "A promise is due 6 November 2026: case")]
    assert sorted(states(house)) == ["dropped", "sent"]


def test_promises_are_looked_at_once_a_minute(house: House) -> None:
    put_case(house.content, promised(date(2026, 11, 3)))
    look(house)
    assert len(fates(house.inbox)) == 1
    put_case(house.content, promised(date(2026, 11, 3), number=OTHER_NUMBER))
    house.worker._look_again = 0.0
    house.worker.turn()
    house.now += REMIND - SECOND
    house.worker.turn()
    assert len(fates(house.inbox)) == 1
    house.now += SECOND
    house.worker.turn()
    assert len(fates(house.inbox)) == 2


def test_what_was_told_is_remembered_and_not_written_again(house: House) -> None:
    put_case(house.content, promised(date(2026, 11, 3)))
    look(house)
    with house.inbox.writing() as connection:
        connection.execute(delete(message))
    look(house)
    assert fates(house.inbox) == []


def test_a_company_that_has_left_is_reminded_of_no_promise(house: House, server: MailServer) -> None:
    put_case(house.content, promised(date(2026, 11, 6)))
    house.settle('status = "left"')
    for now in (datetime(2026, 11, 5, 9, tzinfo=UTC), datetime(2026, 11, 7, tzinfo=UTC)):
        house.now = now
        look(house)
        deliver(house, server)
    assert told(server) == []
    assert states(house) == ["dropped", "dropped"]


def test_of_two_promises_for_one_day_each_is_told(house: House) -> None:
    case = promised(date(2026, 11, 3))
    put_case(
        house.content, replace(case, events=(*case.events, an_event("claimed", 2, promise="p2", due=date(2026, 11, 3))))
    )
    look(house)
    assert len(fates(house.inbox)) == 2


def test_each_company_is_told_of_its_own_promises_by_its_own_clock(house: House) -> None:
    hire(house, "bo", "bo@bolt.example", "bolt")
    bolt = house.content / "bolt" / "company.toml"
    bolt.write_text(bolt.read_text() + 'timezone = "Pacific/Auckland"\n')
    for company, number in (("acme", NUMBER), ("bolt", OTHER_NUMBER)):
        put_case(house.content, promised(date(2026, 11, 6), company=company, number=number))
    look(house)
    house.now = datetime(2026, 11, 4, 20, tzinfo=UTC)  # Thursday morning at nine in Auckland
    house.worker.turn()
    assert [fate.recipient for fate in fates(house.inbox)] == ["bo@bolt.example"]
    house.now = datetime(2026, 11, 5, 9, tzinfo=UTC)
    house.worker.turn()
    assert [fate.recipient for fate in fates(house.inbox)] == ["bo@bolt.example", "ida@acme.example"]
