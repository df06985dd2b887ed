"""The erasure list: whose words are not to be anywhere any more, also after an old copy was put back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from amends.inbox import cases, deeds, outbox, team
from amends.inbox.reports import OBJECTION
from amends.inbox.schema import (
    addition,
    answer,
    case,
    contact,
    erasure,
    gift,
    referral,
    report,
    submission_key,
    verdict,
)


@dataclass(frozen=True, slots=True)
class Erasure:
    """A case of which nothing of the customer is left but that it was there, and since when."""

    number: str
    company: str
    at: datetime


def add(connection: Connection, new: Erasure) -> None:
    """Put a case on the list and empty it in the store: text, name, contact, verdict, salt, and what was private.

    What the record has of it is the publisher's to empty. Doing it again changes nothing.
    """
    if not has(connection, new.company, new.number):
        facts = {name: getattr(new, name) for name in Erasure.__slots__}
        connection.execute(insert(erasure).values(facts))
    _empty(connection, new)


def has(connection: Connection, company: str, number: str) -> bool:
    """Whether a case is on the list."""
    of_it = (erasure.c.number == number, erasure.c.company == company)
    return connection.execute(select(erasure.c.number).where(*of_it)).first() is not None


def all_of_them(connection: Connection) -> list[Erasure]:
    """Return the whole list, oldest first."""
    columns = [erasure.c[name] for name in Erasure.__slots__]
    query = select(*columns).order_by(erasure.c.at, erasure.c.number)
    return [Erasure(**row._mapping) for row in connection.execute(query)]


def apply_again(connection: Connection) -> int:
    """Empty every case on the list once more, after a store was restored; return how many are on it."""
    listed = all_of_them(connection)
    for one in listed:
        _empty(connection, one)
    return len(listed)


def _empty(connection: Connection, one: Erasure) -> None:
    team.forget(connection, one.company, [one.number])
    known = connection.execute(select(case.c.company).where(case.c.number == one.number)).scalar()
    if known == one.company:
        for table in (contact, submission_key, answer, addition, verdict, gift, referral):
            connection.execute(delete(table).where(table.c.number == one.number))
        team.forget_strangers(connection)
        cases.take_back(connection, one.number, "erased", one.at)
        # The salt with which the log could prove that these were the words.
        connection.execute(update(case).where(case.c.number == one.number).values(salt=b"", committed=b""))
        outbox.forget(connection, one.number, one.at)
    deeds.silence(connection, one.number, one.company, one.at)
    objections = (report.c.number == one.number, report.c.company == one.company, report.c.reason == OBJECTION)
    connection.execute(update(report).where(*objections).values(words="", email=""))
