"""Goodwill gifts: what a company gives a customer, and the code that only the customer sees."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from amends.inbox.schema import gift


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift: what it is, what it is worth, the code to redeem it, on what conditions, and until which day.

    It never depends on a verdict. `last_day` is None where it does not end.
    """

    made: datetime
    what: str
    value: str = ""
    code: str = ""
    conditions: str = ""
    last_day: date | None = None


def add(connection: Connection, number: str, given: Gift) -> None:
    """Store a gift to the customer of a case."""
    facts = {name: getattr(given, name) for name in Gift.__slots__}
    facts["last_day"] = given.last_day and given.last_day.isoformat()
    connection.execute(insert(gift).values(number=number, **facts))


def of_case(connection: Connection, number: str) -> list[Gift]:
    """Return the gifts to the customer of a case, oldest first."""
    columns = [gift.c[name] for name in Gift.__slots__]
    query = select(*columns).where(gift.c.number == number).order_by(gift.c.id)
    return [_gift(dict(row._mapping)) for row in connection.execute(query)]


def _gift(facts: dict[str, Any]) -> Gift:
    last_day = facts.pop("last_day")
    return Gift(**facts, last_day=last_day and date.fromisoformat(last_day))
