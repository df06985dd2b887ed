"""One company's cases as the board shows them at one instant: each with its state, and in its lists."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from amends import text
from amends.case import Case, State, answer_owed, clock_runs_until, end_of, has_late_promise, is_open, promises, state
from amends.record import Company, Entry, Record, Standing

ALWAYS = ("all", "open", "overdue", "solved", "disputed")
"""The lists that every company has, empty or not; those of topics and months appear with their first case."""


@dataclass(frozen=True, slots=True)
class Row:
    """A case, and what time has made of it: its state, what is owed by when, and whether that is late.

    `due` is in UTC: when the answer that is owed falls due, else the next promise; None where nothing is owed. An
    imported case has no clock but that of its promises: its other times say nothing about this company.

    `shows_words` says whether the words of the people in it may stand on the page: a reply can repeat what was
    removed, so that under review or under a tombstone nobody's words are shown.
    """

    company: Company
    entry: Entry
    state: State
    open: bool
    shows_words: bool
    due: datetime | None
    late: bool

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.entry.case

    @property
    def standing(self) -> Standing:
        """How far its file can be believed."""
        return self.entry.standing

    @property
    def has_title(self) -> bool:
        """Whether the customer's own first words can stand for it."""
        return self.shows_words and bool(self.case.title or self.case.text)

    @property
    def title(self) -> str:
        """The customer's own first words; empty where there are none."""
        return self.case.title or text.title_of(self.case.text)

    @property
    def answer_due(self) -> datetime | None:
        """By when an answer is owed; None where none is."""
        return None if self.case.imported else clock_runs_until(self.case)

    @property
    def waits_since(self) -> datetime | None:
        """Since when the customer has been waiting for the answer that is owed."""
        owed = None if self.case.imported else answer_owed(self.case)
        return owed.since if owed else None

    @property
    def promised_for(self) -> date | None:
        """The day on which the next promise falls due."""
        running = (promise.due for promise in promises(self.case) if promise.is_running)
        return min(running, default=None)

    @property
    def answered_in(self) -> timedelta | None:
        """How long the first public reply took; None where there is none, or where another channel's clock ran."""
        reply = self.case.first_reply
        return None if reply is None or self.case.imported else reply.at - self.case.received

    @property
    def settled(self) -> datetime | None:
        """When the customer last said whether it is solved."""
        verdict = self.case.last("verdict")
        return verdict.at if verdict else None


def row_of(company: Company, entry: Entry, now: datetime) -> Row:
    """Derive from the clock what the board says of a case."""
    case, zone = entry.case, company.zone
    shows_words = not case.is_hidden and not case.is_gone
    row = Row(company, entry, state(case, now, zone), is_open(case, now, zone), shows_words, due=None, late=False)
    due = row.answer_due or _promise_due(row)
    late = due is not None and now >= due
    return replace(row, due=due, late=late or (not case.is_gone and has_late_promise(case, now, zone)))


def _promise_due(row: Row) -> datetime | None:
    day = None if row.case.is_gone else row.promised_for
    return end_of(day, row.company.zone) if day else None


class Shelf:
    """All cases of one company in the order of receipt, and the lists in which they stand."""

    def __init__(self, record: Record, company: Company, now: datetime) -> None:
        self.company = company
        self.rows = tuple(row_of(company, entry, now) for entry in record.entries.get(company.slug, ()))
        self.ledger = record.ledgers.get(company.slug, ())
        self.lists = _lists(self.rows)
        self._places = {row.case.number: place for place, row in enumerate(self.rows)}
        # Whom the keeper found to be the same customer twice is nobody else to whom it happened.
        self._same = Counter(row.case.same for row in self.rows if row.case.same and not row.case.last("duplicate"))

    def row(self, number: str) -> Row | None:
        """Return the case with this number, if the company has one."""
        place = self._places.get(number)
        return None if place is None else self.rows[place]

    def beside(self, number: str) -> tuple[Row | None, Row | None]:
        """Return the cases received just before and just after this one."""
        place = self._places[number]
        before = self.rows[place - 1] if place else None
        after = self.rows[place + 1] if place + 1 < len(self.rows) else None
        return before, after

    def same(self, number: str) -> int:
        """Count the customers who said that this happened to them too."""
        return self._same[number]


def waiting_longest(rows: Iterable[Row]) -> list[Row]:
    """Return those of the cases that are owed an answer, longest waiting first."""
    waiting = [(since, row.case.number, row) for row in rows if (since := row.waits_since)]
    return [row for _, _, row in sorted(waiting, key=lambda found: found[:2])]


def just_solved(rows: Iterable[Row]) -> list[Row]:
    """Return those of the cases that their customers confirmed, latest first."""
    return [row for row in reversed(_as_settled(rows)) if row.state is State.CONFIRMED]


def _as_settled(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.settled or row.case.received, row.case.number))


def _lists(rows: tuple[Row, ...]) -> dict[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = {name: [] for name in ALWAYS}
    for row in rows:
        for name in _names(row):
            found.setdefault(name, []).append(row)
    for name in ("solved", "disputed"):
        # By when the customer said so: then a new verdict, too, changes the last pages only.
        found[name] = _as_settled(found[name])
    for name in ("open", "overdue"):
        found[name] = sorted(found[name], key=_waiting)
    return {name: tuple(listed) for name, listed in found.items()}


def _waiting(row: Row) -> tuple[int, datetime, str]:
    """Order who waits for an answer before who waits for a promise, and both before who waits for nothing dated."""
    if row.waits_since is not None:
        return 0, row.waits_since, row.case.number
    return (1, row.due, row.case.number) if row.due is not None else (2, row.case.received, row.case.number)


def _names(row: Row) -> Iterator[str]:
    yield "all"
    if row.open:
        yield "open"
    if row.late:
        yield "overdue"
    if row.state is State.CONFIRMED:
        yield "solved"
    if row.state is State.DISPUTED:
        yield "disputed"
    if row.case.topic:
        yield f"topic-{row.case.topic}"
    received = row.case.received
    yield f"{received.year:04}-{received.month:02}"
