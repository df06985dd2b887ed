"""Each figure by its definition, on records small enough to count by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from amends.case import Event, Kind, Outcome, Reason
from amends.figures import (
    ALL_TIME,
    Ending,
    Fact,
    Figures,
    Mean,
    Nps,
    Place,
    Pledge,
    Share,
    Wait,
    Window,
    closed_year,
    facts,
    figures,
    months,
    next_change,
    pledge_of,
)
from amends.record import Entry, LedgerLine, LedgerOutcome, Standing
from tests.factories import (
    OTHER_NUMBER,
    START,
    a_case,
    a_line,
    after,
    an_event,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REPLY = an_event("reply", 2)
BERLIN = ZoneInfo("Europe/Berlin")


def a_fact(*events: Event, standing: Standing = Standing.GOOD, line: LedgerLine | None = None, **given: Any) -> Fact:
    entry = Entry(a_case(*events, **given), "x.md", standing)
    return facts([entry], [line] if line else [], UTC)[0]


def of_line(outcome: str, **given: Any) -> Fact:
    return facts([], [a_line(outcome=LedgerOutcome(outcome), **given)], UTC)[0]


def the(*found: Fact, now: datetime = NOW) -> Figures:
    """The figures of these facts over all time."""
    return figures(found, ALL_TIME, now, UTC)


def verdict(outcome: str = "solved", hours: float = 90, **said: Any) -> Event:
    return an_event("verdict", hours, outcome=Outcome(outcome), **said)


HOUR = timedelta(hours=1)
UNSEEN = of_line("withheld", reason=Reason.HATE)
LOST = a_fact(standing=Standing.MISSING)
SILENT = a_fact()


# Where a case is, and how it ended


@pytest.mark.parametrize(
    ("fact", "place", "ending"),
    [
        (a_fact(), Place.PAGE, Ending.OPEN),
        (a_fact(REPLY), Place.PAGE, Ending.OPEN),
        (a_fact(REPLY, kind=Kind.QUESTION), Place.PAGE, Ending.OPEN),
        (a_fact(REPLY, kind=Kind.PRAISE), Place.PAGE, None),
        (a_fact(REPLY, an_event("solved", 3)), Place.PAGE, Ending.UNCONFIRMED),
        (a_fact(REPLY, verdict()), Place.PAGE, Ending.CONFIRMED),
        (a_fact(REPLY, verdict(), verdict("partly", 95)), Place.PAGE, Ending.DISPUTED),
        (a_fact(REPLY, verdict("unsolved"), an_event("solved", 95)), Place.PAGE, Ending.DISPUTED),
        (a_fact(REPLY, verdict("unsolved"), an_event("hidden", 95)), Place.PAGE, Ending.DISPUTED),
        (a_fact(REPLY, verdict("unsolved"), an_event("removed", 95)), Place.PAGE, Ending.DISPUTED),
        (a_fact(REPLY, an_event("withdrawn", 95)), Place.WITHDRAWN, Ending.GONE),
        (a_fact(REPLY, verdict(), an_event("withdrawn", 95)), Place.WITHDRAWN, Ending.CONFIRMED),
        (a_fact(REPLY, source="Market Square"), Place.IMPORTED, None),
        (a_fact(REPLY, source="Market Square", line=a_line()), Place.PAGE, Ending.OPEN),
        (a_fact(standing=Standing.MISSING), Place.LOST, Ending.UNSEEN),
        (a_fact(standing=Standing.PLACEHOLDER), Place.LOST, Ending.UNSEEN),
        (a_fact(REPLY, standing=Standing.LAST_GOOD), Place.PAGE, Ending.OPEN),
        (of_line("waiting"), Place.UNREAD, Ending.OPEN),
        (of_line("private"), Place.PRIVATE, None),
        (of_line("withheld", reason=Reason.HATE), Place.WITHHELD, Ending.UNSEEN),
        (of_line("withheld", reason=Reason.SPAM), Place.SPAM, None),
        (of_line("withdrawn", at=after(3)), Place.WITHDRAWN, Ending.GONE),
        (of_line("erased", at=after(3)), Place.ERASED, Ending.GONE),
        (of_line("published"), Place.LOST, Ending.UNSEEN),
    ],
)
def test_each_case_is_in_one_place_and_has_one_ending(fact: Fact, place: Place, ending: Ending | None) -> None:
    assert (fact.place, fact.ending) == (place, ending)
    assert fact.counts == (place not in (Place.SPAM, Place.IMPORTED))


def test_only_spam_and_what_is_imported_does_not_count() -> None:
    spam = of_line("withheld", reason=Reason.SPAM)
    imported = a_fact(REPLY, number=OTHER_NUMBER, source="Market Square")
    found = the(SILENT, UNSEEN, LOST, of_line("private"), spam, imported)
    assert found.received == 4
    assert found.spam == Share.of(1, 5)
    assert found.imported == 1
    assert found.places[Place.WITHHELD] == found.places[Place.LOST] == found.places[Place.PRIVATE] == 1
    assert found.withheld == {Reason.HATE: 1}


def test_a_file_wins_over_its_line() -> None:
    fact = a_fact(an_event("reply", 5), line=a_line(first_reply=after(1), outcome=LedgerOutcome.PRIVATE))
    assert (fact.place, fact.first_reply) == (Place.PAGE, after(5))


def test_a_lost_case_takes_its_times_from_the_ledger_and_has_no_reply() -> None:
    line = a_line(first_reply=after(1), outcome=LedgerOutcome.PUBLISHED)
    guess = START.replace(day=1)
    fact = a_fact(standing=Standing.PLACEHOLDER, line=line, received=guess)
    assert (fact.received, fact.reply_by, fact.first_reply) == (START, after(24), None)
    assert of_line("published", first_reply=after(1)).first_reply is None
    assert a_fact(standing=Standing.PLACEHOLDER, received=guess).received == guess


@pytest.mark.parametrize("outcome", ["private", "waiting", "withdrawn", "erased"])
def test_a_case_without_a_page_has_the_ledgers_reply(outcome: str) -> None:
    assert of_line(outcome, first_reply=after(3)).first_reply == after(3)
    assert of_line("withheld", reason=Reason.HATE, first_reply=after(3)).first_reply == after(3)


def test_facts_are_in_the_order_of_receipt() -> None:
    cases = [a_case(number="2abc4def"), a_case(number="1abc4def"), a_case(number="3abc4def", received=after(-1))]
    lines = [a_line("0abc4def", received=after(-1))]
    found = facts([Entry(case, "x.md") for case in cases], lines, UTC)
    assert [fact.case for fact in found] == ["0abc4def", "3abc4def", "1abc4def", "2abc4def"]


# Answers


def test_answers_are_shares_of_all_received_by_day_and_by_promise() -> None:
    answered = [
        a_fact(an_event("reply", 24)),
        a_fact(an_event("reply", 24.1)),
        a_fact(an_event("reply", 48), reply_by=after(48)),
        a_fact(an_event("reply", 3), reply_by=after(2)),
    ]
    found = the(*answered, SILENT, UNSEEN, of_line("private", first_reply=after(1)))
    assert found.answered == Share.of(5, 7)
    assert found.within_day == Share.of(3, 7)
    assert found.within_promise == Share.of(3, 7)
    assert found.first_reply.percentile(50) == timedelta(hours=24.1)
    assert found.first_reply.percentile(90) is None


def test_the_first_measure_is_a_reply_with_one_or_a_promise() -> None:
    plain, measure, promise = REPLY, an_event("reply", 6, measure="A new carrier."), an_event("promise", 4)
    assert a_fact(plain).first_measure is None
    assert a_fact(plain, measure).first_measure == after(6)
    assert a_fact(plain, promise, measure).first_measure == after(4)
    praise, private = a_fact(measure, kind=Kind.PRAISE), of_line("private", first_reply=after(1))
    assert the(a_fact(plain, measure), praise, private, LOST).first_measure == Wait.of([6 * HOUR, None])


def test_the_longest_silence_is_one_that_is_over_or_one_that_goes_on() -> None:
    answered = a_fact(an_event("reply", 50))
    assert the(answered).longest_wait == timedelta(hours=50)
    assert the(answered).longest_silence(NOW) == timedelta(hours=50)
    found = the(answered, a_fact(received=after(10)), a_fact(received=after(20)))
    assert (found.longest_wait, found.waiting_since) == (timedelta(hours=50), after(10))
    assert found.longest_silence(NOW) == NOW - after(10)
    assert the().longest_silence(NOW) is None


def test_who_took_the_case_back_waits_no_longer_but_waited_until_then() -> None:
    found = the(a_fact(an_event("withdrawn", 70)), of_line("erased", at=after(60)))
    assert (found.longest_wait, found.waiting_since) == (timedelta(hours=70), None)
    for fact in (a_fact(an_event("removed", 70)), of_line("private"), of_line("waiting"), UNSEEN, LOST):
        assert the(fact).waiting_since == START


# What is solved, and what customers say


def test_confirmed_is_a_share_of_all_but_private_cases_praise_and_ideas() -> None:
    solved = a_fact(REPLY, verdict())
    apart = [of_line("private"), a_fact(REPLY, kind=Kind.PRAISE), a_fact(kind=Kind.IDEA)]
    found = the(solved, SILENT, UNSEEN, LOST, of_line("waiting"), of_line("erased", at=after(3)), *apart)
    assert found.solved == Share.of(1, 6)
    assert {ending: count for ending, count in found.endings.items() if count} == {
        Ending.CONFIRMED: 1,
        Ending.OPEN: 2,
        Ending.GONE: 1,
        Ending.UNSEEN: 2,
    }


def satisfied(again: bool | None = True, score: int | None = 10, recommend: int | None = 9) -> Fact:
    return a_fact(REPLY, verdict(again=again, score=score, recommend=recommend))


def test_what_cannot_be_seen_speaks_against_the_company() -> None:
    answered = of_line("withheld", reason=Reason.HATE, first_reply=after(1))
    found = the(*[satisfied()] * 10, satisfied(None, None, None), answered, LOST)
    assert found.again == Share(10, 12, 11)
    assert found.score == Mean(100, 12, 11)
    assert found.recommend == Nps(10, 2, 12, 11)
    assert found.recommend.value == pytest.approx(100 * 8 / 12)


def test_a_case_left_without_an_answer_speaks_against_the_company_once_its_time_is_over() -> None:
    told = a_fact(verdict("unsolved", 2, again=True, score=5, recommend=9))
    for silent in (SILENT, told):
        assert the(satisfied(), silent, now=after(24)).again == Share(1, 2, 2)
        assert the(satisfied(), silent, now=after(24)).score == Mean(10, 2, 2)
    assert the(satisfied(), SILENT, now=after(23)).again == Share(1, 1, 1)
    # Calling a complaint praise does not take it away.
    assert the(satisfied(), a_fact(kind=Kind.PRAISE), of_line("private")).again == Share(1, 2, 2)
    assert the(satisfied(), a_fact(REPLY, kind=Kind.PRAISE), of_line("private")).again == Share(1, 1, 1)


def test_nothing_said_is_too_few_whatever_is_lost_and_withheld_cases_lift_nothing() -> None:
    assert the(*[LOST] * 20).again == Share(0, 20, 0)
    assert the(satisfied(), *[LOST] * 9).again == Share(1, 10, 10)
    assert the(satisfied(), *[UNSEEN] * 9).again == Share(1, 10, 1)
    assert the(satisfied(), *[UNSEEN] * 9).recommend.too_few


def test_what_the_customer_said_last_counts() -> None:
    fact = a_fact(REPLY, verdict("partly", 10, again=False, score=2), verdict("solved", 20, score=8))
    assert (fact.again, fact.score, fact.recommend) == (False, 8, None)
    assert fact.verdict_at == after(20)


@pytest.mark.parametrize(("points", "value"), [(10, 100), (9, 100), (8, 0), (7, 0), (6, -100), (0, -100)])
def test_promoters_say_nine_or_ten_and_detractors_six_or_less(points: int, value: float) -> None:
    assert the(satisfied(recommend=points)).recommend.value == value


# Promises

PROMISE = an_event("promise", 2, due=date(2026, 11, 6))
MOVED = an_event("moved", 60, due=date(2026, 11, 9))
DUE = datetime(2026, 11, 7, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def kept(at: datetime, promise: str = "p1") -> Event:
    return replace(an_event("kept", promise=promise), at=at)


@pytest.mark.parametrize(
    ("events", "now", "pledge"),
    [
        ([], NOW, None),
        ([PROMISE], DUE - SECOND, Pledge.RUNNING),
        ([PROMISE], DUE, Pledge.OVERDUE),
        ([PROMISE, kept(DUE - SECOND)], NOW, Pledge.ON_TIME),
        ([PROMISE, kept(DUE)], NOW, Pledge.LATE),
        ([PROMISE, MOVED], DUE - SECOND, Pledge.RUNNING),
        ([PROMISE, MOVED], DUE, Pledge.PUT_OFF),
        ([PROMISE, MOVED], DUE + timedelta(days=3), Pledge.OVERDUE),
        ([PROMISE, MOVED, kept(DUE - SECOND)], NOW, Pledge.ON_TIME),
        ([PROMISE, MOVED, kept(DUE)], NOW, Pledge.MOVED_AND_KEPT),
        ([PROMISE, MOVED, kept(DUE + timedelta(days=3))], NOW, Pledge.LATE),
        ([PROMISE, an_event("broken", 60)], after(61), Pledge.BROKEN),
        ([PROMISE, an_event("withdrawn", 60)], NOW, Pledge.RUNNING),
        ([PROMISE, replace(an_event("withdrawn"), at=DUE)], NOW, Pledge.OVERDUE),
        ([PROMISE, an_event("removed", 60)], NOW, Pledge.OVERDUE),
    ],
)
def test_a_promise_is_judged_by_its_first_date(events: list[Event], now: datetime, pledge: Pledge | None) -> None:
    assert pledge_of(a_fact(REPLY, *events), now, UTC) == pledge


def test_a_day_ends_in_the_companys_time_zone() -> None:
    fact = a_fact(REPLY, PROMISE, kept(DUE - SECOND))
    assert pledge_of(fact, NOW, UTC) == Pledge.ON_TIME
    assert pledge_of(fact, NOW, BERLIN) == Pledge.LATE


def test_a_case_with_several_promises_counts_by_the_worst_that_came_due() -> None:
    second = an_event("promise", 2, promise="p2", due=date(2026, 12, 24))
    running = a_fact(REPLY, PROMISE, second, kept(DUE - SECOND))
    assert pledge_of(running, NOW, UTC) == Pledge.ON_TIME
    assert pledge_of(running, datetime(2026, 12, 25, tzinfo=UTC), UTC) == Pledge.OVERDUE
    assert pledge_of(a_fact(REPLY, second), NOW, UTC) == Pledge.RUNNING


def test_promises_kept_is_a_share_of_the_cases_in_which_one_came_due() -> None:
    good, late = a_fact(REPLY, PROMISE, kept(after(60))), a_fact(REPLY, PROMISE, kept(DUE))
    running = a_fact(REPLY, an_event("promise", 2, due=date(2026, 12, 24)))
    found = the(*[good] * 8, late, running, a_fact(REPLY), UNSEEN, LOST, SILENT)
    assert found.promises_kept == Share(8, 12, 11)
    assert {pledge: count for pledge, count in found.promises.items() if count} == {
        Pledge.ON_TIME: 8,
        Pledge.LATE: 1,
        Pledge.RUNNING: 1,
        Pledge.UNSEEN: 2,
        Pledge.UNANSWERED: 1,
    }


# Windows, months, topics


def test_the_closed_year_is_the_twelve_months_before_this_one() -> None:
    year = closed_year(NOW)
    assert year == Window(date(2025, 11, 1), date(2026, 11, 1))
    assert year.has(datetime(2025, 11, 1, tzinfo=UTC))
    assert not year.has(datetime(2025, 10, 31, 23, 59, 59, tzinfo=UTC))
    assert year.has(datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC))
    assert not year.has(datetime(2026, 11, 1, tzinfo=UTC))
    assert closed_year(datetime(2026, 1, 1, tzinfo=UTC)) == Window(date(2025, 1, 1), date(2026, 1, 1))


def test_a_case_belongs_to_the_window_of_its_receipt() -> None:
    found = [a_fact(received=START - timedelta(days=days)) for days in (0, 30, 400)]
    assert figures(found, closed_year(NOW), NOW, UTC).received == 1
    assert the(*found).received == 3


def test_topics_are_counted_by_month_most_first() -> None:
    september = datetime(2026, 9, 30, 23, 0, tzinfo=UTC)
    found = the(a_fact(topic="billing"), a_fact(), a_fact(received=september), LOST)
    assert [(topic.topic, topic.received) for topic in found.topics] == [("delivery", 2), (None, 1), ("billing", 1)]
    assert found.topics[0].months == ((date(2026, 9, 1), 1), (date(2026, 11, 1), 1))


THEN = datetime(2027, 1, 3, tzinfo=UTC)


def test_there_are_twelve_months_oldest_first_each_with_what_came_in_it() -> None:
    december = datetime(2026, 12, 1, tzinfo=UTC)
    found = months([a_fact(REPLY), SILENT, a_fact(received=december), of_line("withheld", reason=Reason.SPAM)], THEN)
    assert [month.first for month in found][:: len(found) - 1] == [date(2026, 1, 1), date(2026, 12, 1)]
    assert len(found) == 12
    october, november, last = found[-3:]
    assert (october.received, october.median, october.open_at_end) == (0, None, 0)
    assert (november.received, november.answered, november.unanswered) == (2, 1, 1)
    assert (november.median, november.within_day) == (2 * HOUR, Share.of(1, 2))
    assert (last.received, last.open_at_end) == (1, 3)


LATE = datetime(2026, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fact", "november", "december"),
    [
        (a_fact(), True, True),
        (a_fact(REPLY), True, True),
        (a_fact(REPLY, kind=Kind.PRAISE), False, False),
        (a_fact(replace(REPLY, at=LATE), kind=Kind.PRAISE), True, False),
        (a_fact(REPLY, PROMISE, kind=Kind.PRAISE), True, True),
        (a_fact(REPLY, an_event("solved", 3)), False, False),
        (a_fact(REPLY, verdict()), False, False),
        (a_fact(verdict()), True, True),
        (a_fact(REPLY, replace(verdict(), at=LATE)), True, False),
        (a_fact(REPLY, verdict(), replace(verdict("partly"), at=LATE)), False, True),
        (a_fact(REPLY, an_event("hidden", 3)), True, True),
        (a_fact(REPLY, an_event("removed", 3)), True, True),
        (a_fact(replace(an_event("withdrawn"), at=LATE)), True, False),
        (of_line("erased", at=LATE), True, False),
        (of_line("withdrawn", at=after(3)), False, False),
        (of_line("withdrawn", first_reply=after(3), at=LATE), False, False),
        (of_line("withdrawn", received=datetime(2026, 11, 30, 12, tzinfo=UTC)), False, False),
        (of_line("private", first_reply=datetime(2026, 12, 1, tzinfo=UTC)), True, False),
        (of_line("private", first_reply=LATE), True, False),
        (of_line("waiting"), True, True),
        (of_line("withheld", reason=Reason.HATE, first_reply=after(3)), True, True),
        (LOST, True, True),
        (a_fact(REPLY, source="Market Square"), False, False),
        (a_fact(REPLY, source="Market Square", line=a_line()), True, True),
        (a_fact(received=LATE), False, True),
    ],
)
def test_open_at_the_end_of_a_month_is_what_was_open_then(fact: Fact, november: bool, december: bool) -> None:
    *_, one, other = months([fact], THEN)
    assert (one.open_at_end, other.open_at_end) == (november, december)


def test_figures_change_by_themselves_at_the_next_date_or_month() -> None:
    assert next_change([], NOW, UTC) == datetime(2026, 12, 1, tzinfo=UTC)
    assert next_change([], datetime(2026, 12, 31, tzinfo=UTC), UTC) == datetime(2027, 1, 1, tzinfo=UTC)
    assert next_change([SILENT], START, UTC) == after(24)
    assert next_change([of_line("withheld", reason=Reason.SPAM)], START, UTC) == datetime(2026, 12, 1, tzinfo=UTC)
    assert next_change([a_fact(REPLY)], START, UTC) == datetime(2026, 12, 1, tzinfo=UTC)
    moved = [a_fact(REPLY, PROMISE, MOVED)]
    assert next_change(moved, START, UTC) == DUE
    assert next_change(moved, DUE, BERLIN) == datetime(2026, 11, 9, 23, tzinfo=UTC)
