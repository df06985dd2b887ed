"""What is counted of cases is a sum: it can be taken apart, kept as JSON, and added up again."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import add
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends import figures
from amends.board import counts, proof
from amends.board.edition import Edition
from amends.board.row import row_of
from amends.case import Reason
from amends.figures import ALL_TIME, Fact, Window, closed_year, fact_of, facts
from amends.figures.window import month_after, start_of
from amends.record import Entry, LedgerLine, LedgerOutcome
from tests.boards import a_record
from tests.effort import EFFORT
from tests.factories import START, a_case, a_company, a_line, after, an_event
from tests.test_figures_never_improve import LATER, NOW, ZONE, Books, books

tried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=16 * EFFORT)
INSTANTS = st.sampled_from([NOW, LATER])
MONTHS = st.dates(date(2025, 6, 1), date(2027, 2, 1)).map(lambda day: day.replace(day=1))
WINDOWS = st.sampled_from([ALL_TIME, closed_year(NOW), Window(closed_year(NOW).end, None)]) | st.builds(
    Window, st.none() | MONTHS, st.none() | MONTHS
)


def facts_of(held: Books) -> tuple[Fact, ...]:
    return facts(held.entries, held.ledger, ZONE)


def tally_of(found: Iterable[Fact], now: datetime = NOW) -> figures.Tally:
    return figures.tally(found, now, ZONE)


def checks_of(held: Books) -> list[proof.Check]:
    return [check for _, check in checks(facts_of(held), held.entries, held.ledger)]


def checks(
    found: Iterable[Fact], entries: Iterable[Entry], ledger: Iterable[LedgerLine]
) -> list[tuple[str, proof.Check]]:
    """What each case adds to the proof, with the month in which it came."""
    files = {entry.case.number: entry.case for entry in entries}
    lines = {line.case: line for line in ledger}
    return [
        (proof.month_name(fact.received), proof.checked(fact, files.get(fact.case), lines.get(fact.case)))
        for fact in found
    ]


def by_month(every: Iterable[tuple[str, proof.Check]]) -> dict[str, proof.Tally]:
    """What became of the cases of each month."""
    months: dict[str, list[proof.Check]] = {}
    for month, check in every:
        months.setdefault(month, []).append(check)
    return {month: proof.tally(found) for month, found in months.items()}


def counts_of(held: Books) -> list[counts.Counts]:
    """What each case adds to the counts, by its file or else by its line."""
    rows = {entry.case.number: row_of(a_company(), entry, NOW) for entry in held.entries}
    lines = {line.case: line for line in held.ledger}
    return [counts.counted(rows.get(number), lines.get(number), NOW) for number in held.numbers]


SUMS: tuple[tuple[Callable[[Books], Sequence[Any]], Callable[[Iterable[Any]], Any], type[Any]], ...] = (
    (facts_of, tally_of, figures.Tally),
    (checks_of, proof.tally, proof.Tally),
    (counts_of, counts.total, counts.Counts),
)
every_sum = pytest.mark.parametrize(("of_cases", "sum_of", "kind"), SUMS, ids=("figures", "proof", "counts"))


@every_sum
@given(held=books(), data=st.data())
@tried
def test_the_sum_over_all_cases_is_the_sum_of_those_over_its_parts(
    of_cases: Callable[[Books], Sequence[Any]],
    sum_of: Callable[[Iterable[Any]], Any],
    kind: type[Any],
    held: Books,
    data: st.DataObject,
) -> None:
    parts: list[list[Any]] = [[], [], []]
    for case in of_cases(held):
        parts[data.draw(st.integers(0, 2))].append(case)
    one, other, third = map(sum_of, parts)
    whole = sum_of(of_cases(held))
    assert (one + other) + third == one + (other + third) == third + (other + one) == whole
    assert reduce(add, [sum_of([case]) for case in of_cases(held)], kind()) == whole
    assert (third + (other + one)).plain() == whole.plain()


@every_sum
@given(held=books())
@tried
def test_a_sum_that_was_kept_as_json_is_the_same_sum(
    of_cases: Callable[[Books], Sequence[Any]],
    sum_of: Callable[[Iterable[Any]], Any],
    kind: type[Any],
    held: Books,
) -> None:
    whole = sum_of(of_cases(held))
    for found in (whole, whole + whole, kind()):
        assert kind.of_plain(json.loads(json.dumps(found.plain()))) == found


@every_sum
def test_what_is_no_sum_is_not_read_as_one(of_cases: object, sum_of: object, kind: type[Any]) -> None:
    plain = kind().plain()
    for wrong in ([], plain[:-1], [*plain, 0]):
        with pytest.raises((ValueError, TypeError)):
            kind.of_plain(wrong)


# --- The figures ---


@given(held=books(), now=INSTANTS, window=WINDOWS)
@tried
def test_the_figures_of_a_window_are_made_of_the_sum_of_its_months(held: Books, now: datetime, window: Window) -> None:
    found = facts_of(held)
    kept = {first: figures.Tally.of_plain(each.plain()) for first, each in figures.by_month(found, now, ZONE).items()}
    made = figures.figures_of(figures.within(kept, window), window)
    assert repr(made) == repr(figures.figures(found, window, now, ZONE))
    assert made.received == sum(fact.counts for fact in found if window.has(fact.received))


@pytest.mark.parametrize("window", [Window(date(2026, 11, 2), None), Window(None, date(2026, 11, 30))])
def test_a_window_of_part_of_a_month_is_not_made_of_months(window: Window) -> None:
    with pytest.raises(ValueError, match="whole months"):
        figures.within({}, window)


@st.composite
def turning(draw: st.DrawFn) -> Fact:
    """A case that opened and closed again and again, in an order that no file may have too."""
    (fact,) = facts([Entry(a_case(), "x.md")], [], UTC)
    instants = st.one_of(
        MONTHS.map(start_of),
        st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 31), timezones=st.just(UTC)),
    )
    return replace(fact, turns=tuple(draw(st.lists(st.tuples(instants, st.booleans()), max_size=6))))


@given(held=books(), turning=st.lists(turning(), max_size=4), now=INSTANTS)
@tried
def test_what_was_open_at_the_end_of_a_month_is_the_sum_of_what_changed_until_then(
    held: Books, turning: list[Fact], now: datetime
) -> None:
    found = [*facts_of(held), *turning]
    for month in figures.months_of(figures.by_month(found, now, ZONE), now):
        end = start_of(month_after(month.first))
        assert month.open_at_end == sum(fact.is_open_before(end) for fact in found if fact.counts)


@given(held=books())
@tried
def test_what_opened_and_closed_does_not_depend_on_the_instant_of_counting(held: Books) -> None:
    assert tally_of(facts_of(held), NOW).opened == tally_of(facts_of(held), LATER + timedelta(days=900)).opened


@given(held=books(), data=st.data())
@tried
def test_nothing_that_is_counted_of_a_case_changes_before_the_instant_named(held: Books, data: st.DataObject) -> None:
    for fact in facts_of(held):
        now = fact.received + timedelta(hours=data.draw(st.integers(0, 700)))
        change = figures.change_of(fact, now, ZONE)
        last = change - timedelta(seconds=1) if change else now + timedelta(days=4000)
        assert now <= last
        assert tally_of([fact], last) == tally_of([fact], now)


def test_a_time_promised_is_named_only_where_it_was_the_same_for_all() -> None:
    def promised(*hours: int) -> timedelta | None:
        cases = [a_case(number=f"{place:08}", reply_by=after(length)) for place, length in enumerate(hours)]
        found = facts([Entry(case, "x.md") for case in cases], [a_line(SPAM, outcome=HELD, reason=Reason.SPAM)], UTC)
        return figures.figures(found, ALL_TIME, NOW, UTC).promised

    assert promised() is None
    assert promised(48, 48) == timedelta(hours=48)
    assert promised(48, 24) is None


SPAM = "5pam5pam"
HELD = LedgerOutcome.WITHHELD


def test_a_part_of_a_second_counts_as_a_whole_one_and_lifts_nothing_over_a_limit() -> None:
    day = timedelta(hours=24)
    for length, within in ((day - timedelta(microseconds=1), 1), (day, 1), (day + timedelta(microseconds=1), 0)):
        reply = replace(an_event("reply"), at=START + length)
        found = figures.figures(facts([Entry(a_case(reply), "x.md")], [], UTC), ALL_TIME, NOW, UTC)
        assert found.within_day.part == within
        assert found.longest_wait == day + timedelta(seconds=1 - within)


def test_a_case_of_which_there_is_neither_file_nor_line_was_not_received() -> None:
    with pytest.raises(ValueError, match="neither"):
        fact_of(None, None, UTC)


# --- The proof ---


def test_what_each_case_adds_to_the_proof() -> None:
    (page,) = facts([Entry(a_case(text="x"), "x.md")], [], UTC)
    unlisted = proof.checked(page, a_case(text="x"), None)
    assert (unlisted.became, unlisted.disagreement) == (proof.Became.PUBLISHED, proof.Disagreement.UNLISTED)
    spam = a_line(outcome=HELD, reason=Reason.SPAM)
    beside = proof.checked(*facts([], [spam], UTC), None, spam)
    assert (beside.became, beside.received, beside.spam, beside.listed) == (None, None, True, "2026-11")
    assert beside.disagreement is None
    hate = a_line(outcome=HELD, reason=Reason.HATE)
    held = proof.checked(*facts([], [hate], UTC), None, hate)
    assert (held.became, held.reason, held.received) == (proof.Became.WITHHELD, Reason.HATE, START)
    gone = a_line(outcome=LedgerOutcome.PUBLISHED)
    lost = proof.checked(*facts([], [gone], UTC), None, gone)
    # Nothing in the record has its place, so that there is no page to link to.
    assert (lost.became, lost.disagreement) == (proof.Became.LOST, None)


@given(held=books())
@tried
def test_the_cases_that_are_named_are_as_many_as_are_counted(held: Books) -> None:
    edition = Edition(a_record(*held.entries, ledger=held.ledger), LATER)
    counted, shelf = edition.proof("acme").disagreements, edition.shelf("acme")
    assert shelf is not None
    assert {kind: len(shelf.differing(kind)) for kind in proof.Disagreement if shelf.differing(kind)} == counted


def test_a_line_is_counted_in_the_month_of_its_own_ledger() -> None:
    """Wherever the file says that the case came."""
    case, line = a_case(text="x", received=after(24 * 40)), a_line(outcome=LedgerOutcome.PUBLISHED)
    other = a_line("2abc4def", outcome=LedgerOutcome.PRIVATE)
    entries = [Entry(case, "x.md")]
    found = facts(entries, [line, other], UTC)
    december, november = proof.months(by_month(checks(found, entries, [line, other])))
    assert (december.name, december.tally.received, december.lines) == ("2026-12", 1, 0)
    assert (november.name, november.tally.received, november.lines) == ("2026-11", 1, 2)
    assert (december.first, november.first) == (date(2026, 12, 1), date(2026, 11, 1))


def test_a_month_of_spam_is_among_the_months_and_what_is_imported_is_in_none_of_them() -> None:
    spam = a_line(SPAM, outcome=HELD, reason=Reason.SPAM)
    old = a_case(text="x", source="Market Square", received=after(-24 * 400))
    entries = [Entry(old, "x.md"), Entry(replace(old, number="2abc4def", received=START), "y.md")]
    tallies = by_month(checks(facts(entries, [spam], UTC), entries, [spam]))
    (november,) = proof.months(tallies)
    assert (november.name, november.tally.received, november.tally.spam) == ("2026-11", 0, 1)
    assert november.tally.imported == 0
    assert proof.total(tallies.values()).imported == 2


# --- The counts ---


@given(held=books())
@tried
def test_the_counts_of_a_company_are_the_sum_of_those_of_its_cases(held: Books) -> None:
    record = a_record(*held.entries, ledger=held.ledger)
    assert Edition(record, NOW).counts("acme") == counts.total(counts_of(held))


def test_a_case_with_a_file_is_counted_by_it_alone() -> None:
    row, line = row_of(a_company(), Entry(a_case(), "x.md"), NOW), a_line(outcome=LedgerOutcome.ERASED)
    assert counts.counted(row, line, NOW) == counts.counted(row, None, NOW)
    assert counts.counted(row, line, NOW).on_board == 1
    assert counts.counted(None, line, NOW).without_page == (("erased", 1),)
    assert counts.counted(None, None, NOW) == counts.Counts()
