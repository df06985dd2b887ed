"""What readers of the board reported to the keeper, and what the keeper answered."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, func, insert, select, update

from amends.inbox.schema import report

OTHER = "other"
"""The reason of a report that has none of the record's reasons; then its words say what is wrong."""

OBJECTION = "objection"
"""The reason where the customer says that the case should not have been withheld, hidden or removed."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a reader says is wrong with a public case. It is open until `closed`; `answer` says why it was closed.

    Words and address are for the keeper alone. `id` is the store's; 0 before that.
    """

    company: str
    number: str
    reason: str
    words: str
    email: str
    made: datetime
    id: int = 0
    closed: datetime | None = None
    closed_by: int | None = None
    answer: str = ""

    def says_the_same_as(self, other: "Report") -> bool:
        """Whether both report the same, whenever they were sent."""
        facts = ("company", "number", "reason", "words", "email")
        return all(getattr(self, name) == getattr(other, name) for name in facts)


_columns = [column for column in report.columns if column.name != "key"]
_is_open = report.c.closed.is_(None)


def add(connection: Connection, new: Report, key: str) -> None:
    """Store a report under the key of its form; IntegrityError where the company has one under that key."""
    facts = {name: getattr(new, name) for name in ("company", "number", "reason", "words", "email", "made")}
    connection.execute(insert(report).values(**facts, key=_digest(new.company, key)))


def with_key(connection: Connection, company: str, key: str) -> Report | None:
    """Return the report that was sent under this key, if one was."""
    row = connection.execute(select(*_columns).where(report.c.key == _digest(company, key))).first()
    return _report(row) if row else None


def get(connection: Connection, identity: int) -> Report | None:
    """Return the report with this id."""
    row = connection.execute(select(*_columns).where(report.c.id == identity)).first()
    return _report(row) if row else None


def objection_to(connection: Connection, company: str, number: str) -> Report | None:
    """Return what the customer of a case last objected, if anything."""
    of_it = (report.c.company == company, report.c.number == number, report.c.reason == OBJECTION)
    row = connection.execute(select(*_columns).where(*of_it).order_by(report.c.id.desc()).limit(1)).first()
    return _report(row) if row else None


def open_ones(connection: Connection, limit: int) -> list[Report]:
    """Return the reports that are open, oldest first, at most so many."""
    query = select(*_columns).where(_is_open).order_by(report.c.id).limit(limit)
    return [_report(row) for row in connection.execute(query)]


def count_open(connection: Connection) -> int:
    """Count the reports that are open."""
    return connection.execute(select(func.count()).select_from(report).where(_is_open)).scalar_one()


def close(connection: Connection, identity: int, keeper: int, answer: str, now: datetime) -> bool:
    """Close a report with the keeper's words; False where it is not open, and then nothing changes."""
    query = update(report).where(report.c.id == identity, _is_open)
    return connection.execute(query.values(closed=now, closed_by=keeper, answer=answer)).rowcount > 0


def _digest(company: str, key: str) -> bytes:
    return hashlib.sha256(f"{company}\n{key}".encode()).digest()


def _report(row: Row[tuple[object, ...]]) -> Report:
    return Report(**row._mapping)
