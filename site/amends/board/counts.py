"""What is counted of a company before there are figures: six numbers that hide nothing.

A case that has no page counts too, by its line in the ledger: what is private, withheld or unread is neither lost from
what was received nor counted as answered. Spam that the keeper confirmed is named apart: nobody owes an answer to it.
So are imported cases: they were neither received nor answered here.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from amends.board.shelf import Row, Shelf
from amends.case import Reason, State
from amends.record import LedgerLine, LedgerOutcome

_TAKEN_BACK = (LedgerOutcome.WITHDRAWN, LedgerOutcome.ERASED)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases a company received, and how many of these stand where; the rest have no page, by outcome.

    `since` is when the first one came.
    """

    received: int
    answered: int
    waiting: int
    overdue: int
    confirmed: int
    disputed: int
    on_board: int
    without_page: tuple[tuple[str, int], ...]
    spam: int
    imported: int
    since: datetime | None


def count(shelf: Shelf, now: datetime) -> Counts:
    """Count a company's cases at `now`, those on the board by their files and the others by the ledger."""
    without_file = [line for line in shelf.ledger if shelf.row(line.case) is None]
    apart = [line for line in without_file if line.reason is not Reason.SPAM]
    rows = [row for row in shelf.rows if not row.case.imported]
    found = Counter(word for row in rows for word in _of_row(row, now))
    found.update(word for line in apart for word in _of_line(line, now))
    outcomes = Counter(f"{line.outcome}:{line.reason}" if line.reason else str(line.outcome) for line in apart)
    return Counts(
        received=len(rows) + len(apart),
        answered=found["answered"],
        waiting=found["waiting"],
        overdue=found["overdue"],
        confirmed=sum(row.state is State.CONFIRMED for row in rows),
        disputed=sum(row.state is State.DISPUTED for row in rows),
        on_board=len(rows),
        without_page=tuple(sorted(outcomes.items())),
        spam=len(without_file) - len(apart),
        imported=len(shelf.rows) - len(rows),
        since=min([row.case.received for row in rows] + [line.received for line in apart], default=None),
    )


def _of_row(row: Row, now: datetime) -> tuple[str, ...]:
    answered = ("answered",) if row.case.first_reply else ()
    if row.late:
        return (*answered, "overdue")
    if row.answer_due is not None:
        return (*answered, "waiting")
    if row.state is State.REMOVED and not answered:
        # Removing a text does not answer it.
        return (_clock(row.case.reply_by, now),)
    return answered


def _of_line(line: LedgerLine, now: datetime) -> tuple[str, ...]:
    if line.first_reply is not None:
        return ("answered",)
    return () if line.outcome in _TAKEN_BACK else (_clock(line.reply_by, now),)


def _clock(due: datetime, now: datetime) -> str:
    return "overdue" if now >= due else "waiting"
