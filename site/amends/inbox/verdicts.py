"""What customers say of cases that only the company sees. It counts in no figure: the board cannot show it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from amends.case import Event, Outcome
from amends.inbox.schema import case, verdict

_facts = ("at", "outcome", "again", "score", "recommend", "text")


def add(connection: Connection, number: str, given: Event) -> None:
    """Store a verdict; the last one counts."""
    facts = {name: getattr(given, name) for name in _facts}
    connection.execute(insert(verdict).values(number=number, **{**facts, "text": given.text or ""}))


def of_case(connection: Connection, number: str) -> Sequence[Event]:
    """Return the verdicts on a case, oldest first."""
    columns = [verdict.c[name] for name in _facts]
    query = select(*columns).where(verdict.c.number == number).order_by(verdict.c.id)
    return [_event(row) for row in connection.execute(query)]


def since(connection: Connection, company: str, begin: datetime) -> Sequence[tuple[datetime, Outcome]]:
    """Return when a company's customers gave their verdicts after that time, and which."""
    of_company = (case.c.company == company, verdict.c.at > begin)
    rows = connection.execute(select(verdict.c.at, verdict.c.outcome).join(case).where(*of_company))
    return [(row.at, Outcome(row.outcome)) for row in rows]


def _event(row: Row[*tuple[Any, ...]]) -> Event:
    facts = dict(row._mapping)
    return Event(by="customer", event="verdict", **{**facts, "outcome": Outcome(row.outcome), "text": row.text or None})
