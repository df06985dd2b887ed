"""The shelf of a company draws from its store what a plain look at all of its cases finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.board.derive import Derived
from amends.board.edition import Edition
from amends.board.row import Row, row_of
from amends.board.shelf import ALWAYS, Listed, Shelf
from amends.case import Case, State, as_of
from amends.clock import stamp
from amends.record import Entry, LedgerLine, LedgerOutcome, Standing
from tests.boards import CASES, PROMISE, REPLY, SOLVED, TEXT, a_record
from tests.effort import EFFORT
from tests.factories import START, a_case, a_line, after

tried = settings(max_examples=30 * EFFORT, deadline=None)


EVERY = [*CASES.values(), a_case(REPLY, PROMISE, SOLVED, text=TEXT)]
"""The last one is late and no longer open: its customer is content, and a promise was not kept."""


@dataclass(frozen=True)
class Plain:
    """All cases of a company in memory, as they stand at an instant, and the lines of its ledger."""

    entries: tuple[Entry, ...]
    ledger: tuple[LedgerLine, ...]
    now: datetime

    def edition(self) -> Edition:
        return Edition(a_record(*self.entries, ledger=self.ledger), self.now)

    def shelf(self) -> Shelf:
        return shelf_of(self.edition())

    @property
    def rows(self) -> list[Row]:
        """All that have a page, in the order of receipt."""
        company = a_record().companies[0]
        rows = [row_of(company, replace(each, case=as_of(each.case, self.now)), self.now) for each in self.entries]
        return in_order(rows, lambda row: row.case.received)

    def list(self, name: str) -> list[Row]:
        """The rows of a list in its order."""
        if name in ("open", "overdue"):
            return in_order([row for row in self.rows if (row.open if name == "open" else row.late)], owed_since)
        if name in ("solved", "disputed"):
            state = State.CONFIRMED if name == "solved" else State.DISPUTED
            return in_order([row for row in self.rows if row.state is state], lambda row: row.settled)
        if name.startswith("topic-"):
            return [row for row in self.rows if f"topic-{row.case.topic}" == name]
        return [row for row in self.rows if name in ("all", f"{row.case.received:%Y-%m}")]


def in_order(rows: Iterable[Row], key: Callable[[Row], object]) -> list[Row]:
    """Sort rows; those of one place by their numbers."""
    return sorted(rows, key=lambda row: (key(row), row.case.number))


def owed_since(row: Row) -> tuple[int, datetime]:
    """Who is owed an answer before who is promised something, and last who waits for nothing dated."""
    if row.waits_since:
        return 0, row.waits_since
    return (1, row.due) if row.due else (2, row.case.received)


def shelf_of(edition: Edition) -> Shelf:
    shelf = edition.shelf("acme")
    assert shelf is not None
    return shelf


def numbers(rows: Iterable[Row]) -> list[str]:
    return [row.case.number for row in rows]


def moved(case: Case, by: timedelta, **facts: str | None) -> Case:
    """The same case so much later, with these facts."""
    events = tuple(replace(event, at=event.at + by) for event in case.events)
    received, reply_by = case.received + by, case.reply_by + by
    return replace(case, received=received, reply_by=reply_by, events=events, **facts)  # type: ignore[arg-type]


@st.composite
def plain(draw: st.DrawFn) -> Plain:
    """Up to 20 cases of every kind, many at one instant, some about another, some without a file or without a line."""
    known = [f"{number:08}" for number in draw(st.permutations(range(draw(st.integers(0, 20)))))]
    entries, ledger = [], []
    for number in known:
        by = timedelta(hours=draw(st.sampled_from([0, 1, 1, 2, 200, 700, 1500])))
        topic = draw(st.sampled_from(["delivery", "billing", ""]))
        same = draw(st.sampled_from([None, None, *known]))
        kind = draw(st.sampled_from(["file", "file", "file", "both", "line"]))
        if kind != "line":
            case = moved(draw(st.sampled_from(EVERY)), by, number=number, topic=topic, same=same)
            entries.append(Entry(case, f"{number}.md", draw(st.sampled_from([Standing.GOOD, Standing.LAST_GOOD]))))
        if kind != "file":
            outcome = draw(st.sampled_from(list(LedgerOutcome)))
            ledger.append(a_line(number, received=START + by, outcome=outcome))
    return Plain(tuple(entries), tuple(ledger), after(draw(st.sampled_from([3, 50, 95, 110, 800, 2000]))))


@given(held=plain())
@tried
def test_the_lists_are_those_that_always_are_and_those_that_have_cases(held: Plain) -> None:
    rows = held.rows
    names = {f"{row.case.received:%Y-%m}" for row in rows} | {f"topic-{row.case.topic}" for row in rows}
    lists = held.shelf().lists
    assert set(lists) == {*ALWAYS, *names} - {"topic-"}
    assert tuple(lists)[: len(ALWAYS)] == ALWAYS


@given(held=plain())
@tried
def test_a_list_holds_its_cases_in_its_order_and_counts_them(held: Plain) -> None:
    shelf = held.shelf()
    for name, listed in shelf.lists.items():
        rows = held.list(name)
        assert shelf.rows(name) == rows, name
        assert listed == Listed(
            len(rows),
            sum(row.answer_due is not None for row in rows),
            sum(row.state is State.CONFIRMED for row in rows),
            max((row.changed for row in rows), default=None),
        )
        assert len(shelf.marks(name)) == len(listed)


@given(held=plain(), start=st.integers(0, 21), size=st.integers(0, 21), most=st.integers(0, 21))
@tried
def test_any_part_of_a_list_can_be_had_alone(held: Plain, start: int, size: int, most: int) -> None:
    shelf = held.shelf()
    for name in shelf.lists:
        rows = held.list(name)
        assert shelf.rows(name, start, start + size) == rows[start : start + size]
        assert shelf.rows(name, start) == rows[start:]
        assert shelf.last(name, most) == rows[::-1][:most]
    assert shelf.just_solved(most) == held.list("solved")[::-1][:most]
    waiting = in_order([row for row in held.rows if row.waits_since], lambda row: row.waits_since)
    assert shelf.waiting_longest(most) == waiting[:most]
    for only_open in (False, True):
        newest = sorted(held.list("open" if only_open else "all"), key=lambda row: (-stamped(row), row.case.number))
        found = [(stamped(row), row.case.number) for row in newest[:most]]
        assert [place[:2] for place in shelf.newest(most, only_open=only_open)] == found


def stamped(row: Row) -> int:
    return int(row.changed.timestamp())


@given(held=plain())
@tried
def test_a_case_is_found_by_its_number_with_those_before_and_after_it_and_who_has_it_too(held: Plain) -> None:
    shelf, rows = held.shelf(), held.rows
    assert list(shelf.numbers()) == numbers(rows)
    assert list(shelf.located("%s %s")) == [f"{row.case.number} {stamp(row.changed)}" for row in rows]
    beside = [None, *rows, None]
    for place, row in enumerate(rows):
        assert shelf.row(row.case.number) == row
        assert shelf.beside(row) == (beside[place], beside[place + 2])
        others = [other for other in rows if other.case.same == row.case.number]
        assert shelf.same(row.case.number) == sum(other.case.last("duplicate") is None for other in others)
    with_page = set(numbers(rows))
    for line in held.ledger:
        if line.case not in with_page:
            assert shelf.row(line.case) is None
    assert shelf.row("zzzzzzzz") is None


@given(held=plain())
@tried
def test_everything_received_stands_there_once_whether_it_has_a_page_or_not(held: Plain) -> None:
    shelf = held.shelf()
    rows = {row.case.number: row for row in held.rows}
    lines = {line.case: line for line in held.ledger}
    found = [one for one in shelf.received("json") if isinstance(one, Derived)]
    assert sorted(one.fact.case for one in found) == sorted(rows.keys() | lines.keys())
    assert found == sorted(found, key=lambda one: (one.fact.received, one.fact.case))
    for one in found:
        assert one.row == rows.get(one.fact.case)
        assert (one.line is None) is (one.fact.case not in lines)
    months = {f"{line.received:%Y-%m}" for line in held.ledger}
    assert shelf.ledgers() == sorted(months)
    for month in months:
        of_month = [line for line in held.ledger if f"{line.received:%Y-%m}" == month]
        assert sorted(shelf.ledger(month), key=str) == sorted(of_month, key=str)


OF_ITEM = "(SELECT number FROM item WHERE item.id = kept.id)"


def keep_html(edition: Edition) -> None:
    """Let there be HTML of every case, as a build keeps it: here it says of what it is, and of which case."""
    for column in ("icon", "subject", "received", "settled", "waiting"):
        edition.store.change(f"UPDATE kept SET {column} = '{column} ' || {OF_ITEM}")


@given(held=plain(), start=st.integers(0, 21), size=st.integers(0, 21))
@tried
def test_kept_html_stands_in_the_order_of_the_rows(held: Plain, start: int, size: int) -> None:
    edition = held.edition()
    shelf = shelf_of(edition)
    keep_html(edition)
    for name in shelf.lists:
        part = numbers(held.list(name)[start : start + size])
        for kind in ("received", "settled", "waiting"):
            expected = [(f"{kind} {number}", f"icon {number}") for number in part]
            assert shelf.cells(name, start, start + size, kind) == expected


def test_where_the_html_of_one_row_is_not_kept_none_is_given() -> None:
    edition = Edition(a_record(*(a_case(number=f"{place:08}", received=after(place)) for place in range(3))), after(9))
    shelf = shelf_of(edition)
    assert shelf.cells("all", 0, 3, "received") == []
    keep_html(edition)
    edition.store.change(f"UPDATE kept SET waiting = NULL WHERE {OF_ITEM} = '00000001'")
    assert shelf.cells("open", 0, 3, "waiting") == shelf.cells("open", 1, 3, "waiting") == []
    assert shelf.cells("open", 0, 1, "waiting") == [("waiting 00000000", "icon 00000000")]
    assert len(shelf.cells("open", 0, 3, "received")) == 3


def test_the_cases_beside_one_are_named_by_kept_html_where_there_is_any() -> None:
    edition = Edition(a_record(*(a_case(number=f"{place:08}", received=after(place)) for place in range(3))), after(9))
    shelf = shelf_of(edition)
    first, row, last = shelf.rows("all")
    keep_html(edition)
    assert shelf.beside(row) == ("subject 00000000", "subject 00000002")
    edition.store.change(f"UPDATE kept SET subject = NULL WHERE {OF_ITEM} = '00000002'")
    assert shelf.beside(row) == ("subject 00000000", last)
    assert shelf.beside(first) == (None, "subject 00000001")


def test_a_company_that_is_not_there_has_no_shelf() -> None:
    assert Edition(a_record(), START).shelf("nobody") is None


def test_no_case_of_another_company_stands_on_a_shelf() -> None:
    record = a_record(a_case(number="00000001"), a_case(number="00000003"))
    (acme,) = record.companies
    bolt = replace(acme, slug="bolt")
    entry = Entry(a_case(number="00000002", company="bolt", same="00000001"), "x.md")
    both = replace(record, companies=(acme, bolt), entries={**record.entries, "bolt": (entry,)})
    shelf = shelf_of(Edition(both, after(1)))
    assert list(shelf.numbers()) == ["00000001", "00000003"]
    assert shelf.row("00000002") is None
    assert shelf.same("00000001") == 0
    first, second = shelf.rows("all")
    assert shelf.beside(first) == (None, second)


@pytest.mark.parametrize("size", [0, 1, 300])
def test_more_cases_than_are_kept_at_hand_are_all_found(size: int) -> None:
    cases = [a_case(number=f"{place:08}", received=after(place)) for place in range(size)]
    shelf = shelf_of(Edition(a_record(*cases), after(size)))
    assert numbers(shelf.rows("all")) == [case.number for case in cases]
    assert [shelf.row(case.number) is not None for case in cases] == [True] * size
