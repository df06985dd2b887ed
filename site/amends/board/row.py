"""A case as the board shows it at one instant: its state, what is owed by when, and the lists in which it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from amends import text
from amends.case import (
    Case,
    State,
    answer_owed,
    clock_runs_until,
    end_of,
    has_late_promise,
    is_open,
    promises,
    state,
)
from amends.record import Company, Entry, Standing

WAITING = "(waiting)"
"""Who is owed an answer, longest waiting first: a list without a page, and not all of it is open."""


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
    def changed(self) -> datetime:
        """When something last happened to it; that time passes is no event."""
        return max([self.case.received, *(event.at for event in self.case.events)])

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


def lists_of(row: Row) -> Iterator[tuple[str, int, datetime]]:
    """Yield the lists in which a case stands, each with its place in it: a rank, and a time within the rank.

    Cases of one rank and time stand in the order of their numbers.
    """
    received = row.case.received
    yield "all", 0, received
    yield f"{received.year:04}-{received.month:02}", 0, received
    if row.case.topic:
        yield f"topic-{row.case.topic}", 0, received
    if row.open:
        yield ("open", *_waiting(row))
    if row.late:
        yield ("overdue", *_waiting(row))
    if row.waits_since is not None:
        yield WAITING, 0, row.waits_since
    if row.state in SETTLED:
        # By when the customer said so: then a new verdict, too, changes the last pages only.
        yield SETTLED[row.state], 0, row.settled or received


SETTLED = {State.CONFIRMED: "solved", State.DISPUTED: "disputed"}


def _waiting(row: Row) -> tuple[int, datetime]:
    """Order who waits for an answer before who waits for a promise, and both before who waits for nothing dated."""
    if row.waits_since is not None:
        return 0, row.waits_since
    return (1, row.due) if row.due is not None else (2, row.case.received)
