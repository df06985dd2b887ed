"""What is counted of a company before there are figures: six numbers that hide nothing.

A case that has no page counts too, by its line in the ledger: what is private, withheld or unread is neither lost from
what was received nor counted as answered. Spam that the keeper confirmed is named apart: nobody owes an answer to it.
So are imported cases: they were neither received nor answered here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from amends.board.row import Row
from amends.case import Reason, State
from amends.record import LedgerLine, LedgerOutcome

_TAKEN_BACK = (LedgerOutcome.WITHDRAWN, LedgerOutcome.ERASED)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases a company received, and how many of these stand where; the rest have no page, by outcome.

    `since` is when the first one came. `Counts()` are those of none.
    """

    received: int = 0
    answered: int = 0
    waiting: int = 0
    overdue: int = 0
    confirmed: int = 0
    disputed: int = 0
    on_board: int = 0
    without_page: tuple[tuple[str, int], ...] = ()
    spam: int = 0
    imported: int = 0
    since: datetime | None = None

    def __add__(self, other: "Counts") -> "Counts":
        return total((self, other))

    def plain(self) -> list[object]:
        """Return them as values that JSON has; equal counts return equal values."""
        numbers = [getattr(self, name) for name in _NUMBERS]
        since = None if self.since is None else int(self.since.timestamp())
        return [*numbers, dict(self.without_page), since]

    @classmethod
    def of_plain(cls, values: Sequence[Any]) -> "Counts":
        """Read what `plain` returned; ValueError or TypeError for anything else."""
        *numbers, without_page, since = values
        return cls(
            **dict(zip(_NUMBERS, numbers, strict=True)),
            without_page=tuple(without_page.items()),
            since=None if since is None else datetime.fromtimestamp(since, UTC),
        )


_NUMBERS = ("received", "answered", "waiting", "overdue", "confirmed", "disputed", "on_board", "spam", "imported")


def counted(row: Row | None, line: LedgerLine | None, now: datetime) -> Counts:
    """Return what one case adds to the counts at `now`: by its file where it has one, else by its line."""
    if row is not None:
        return _of_row(row, now)
    return Counts() if line is None else _of_line(line, now)


def total(counts: Iterable[Counts]) -> Counts:
    """Add up the counts of different cases."""
    every = tuple(counts)
    without_page: Counter[str] = Counter()
    for outcome, number in (found for each in every for found in each.without_page):
        without_page[outcome] += number
    return Counts(
        received=sum(each.received for each in every),
        answered=sum(each.answered for each in every),
        waiting=sum(each.waiting for each in every),
        overdue=sum(each.overdue for each in every),
        confirmed=sum(each.confirmed for each in every),
        disputed=sum(each.disputed for each in every),
        on_board=sum(each.on_board for each in every),
        without_page=tuple(sorted(without_page.items())),
        spam=sum(each.spam for each in every),
        imported=sum(each.imported for each in every),
        since=min((each.since for each in every if each.since is not None), default=None),
    )


def _of_row(row: Row, now: datetime) -> Counts:
    if row.case.imported:
        return Counts(imported=1)
    clock = _clock_of_row(row, now)
    return Counts(
        received=1,
        answered=int(row.case.first_reply is not None),
        waiting=int(clock == "waiting"),
        overdue=int(clock == "overdue"),
        confirmed=int(row.state is State.CONFIRMED),
        disputed=int(row.state is State.DISPUTED),
        on_board=1,
        since=row.case.received,
    )


def _clock_of_row(row: Row, now: datetime) -> str:
    if row.late:
        return "overdue"
    if row.answer_due is not None:
        return "waiting"
    # Removing a text does not answer it.
    unanswered = row.state is State.REMOVED and row.case.first_reply is None
    return _clock(row.case.reply_by, now) if unanswered else ""


def _of_line(line: LedgerLine, now: datetime) -> Counts:
    if line.reason is Reason.SPAM:
        return Counts(spam=1)
    answered = line.first_reply is not None
    clock = "" if answered or line.outcome in _TAKEN_BACK else _clock(line.reply_by, now)
    outcome = f"{line.outcome}:{line.reason}" if line.reason else str(line.outcome)
    return Counts(
        received=1,
        answered=int(answered),
        waiting=int(clock == "waiting"),
        overdue=int(clock == "overdue"),
        without_page=((outcome, 1),),
        since=line.received,
    )


def _clock(due: datetime, now: datetime) -> str:
    return "overdue" if now >= due else "waiting"
