"""Referral links: with one of these a customer recommends a company, and what comes of it is counted."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from amends.inbox.schema import referral
from amends.record import Referrals

CODE_BYTES = 8
"""64 random bits: nobody counts visits of a link that they were not given."""


def make(connection: Connection, number: str, company: str, now: datetime) -> str:
    """Return the code of a case's link, which is made at the first call."""
    code = of_case(connection, number)
    if code is None:
        code = secrets.token_urlsafe(CODE_BYTES)
        connection.execute(insert(referral).values(code=code, number=number, company=company, made=now))
    return code


def of_case(connection: Connection, number: str) -> str | None:
    """Return the code of a case's link, where one was made."""
    return connection.execute(select(referral.c.code).where(referral.c.number == number)).scalar()


def is_of(connection: Connection, company: str, code: str) -> bool:
    """Whether this is the code of a link of that company."""
    of_it = (referral.c.code == code, referral.c.company == company)
    return connection.execute(select(referral.c.code).where(*of_it)).first() is not None


def visited(connection: Connection, company: str, code: str) -> None:
    """Count a visit by a link of that company."""
    of_it = (referral.c.code == code, referral.c.company == company)
    connection.execute(update(referral).where(*of_it).values(visits=referral.c.visits + 1))


def by_company(connection: Connection) -> dict[str, Referrals]:
    """Return the sums of every company with a link."""
    had_one = func.count().filter(referral.c.visits > 0)
    query = select(referral.c.company, func.count(), had_one).group_by(referral.c.company)
    return {company: Referrals(made, visited) for company, made, visited in connection.execute(query)}
