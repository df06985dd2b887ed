"""How customers are reached: finding a case by what its customer left."""

import tomllib

from sqlalchemy import ColumnElement, Connection, func, select

from amends.inbox import cases, companies
from amends.inbox.cases import Received
from amends.inbox.schema import case, contact


def is_confirmed() -> ColumnElement[bool]:
    """Return the condition that an address was confirmed by whoever reads its mail."""
    return contact.c.confirmed.is_not(None)


def cases_with(connection: Connection, email: str, what: str, most: int) -> list[Received]:
    """Return the cases with this confirmed address that `what` names, the latest first.

    `what` is a case's number, a company's slug or its name, in letters of any case.
    """
    wanted = what.casefold().strip()
    slugs = [slug for slug, (text, _) in companies.get_all(connection).items() if wanted in _names(slug, text)]
    query = (
        select(case.c.number)
        .join(contact, contact.c.number == case.c.number)
        .where(func.lower(contact.c.email) == email.lower(), contact.c.email != "", is_confirmed())
        .where((case.c.number == wanted) | case.c.company.in_(slugs))
        .order_by(case.c.received.desc(), case.c.number)
        .limit(most)
    )
    numbers = list(connection.execute(query).scalars())
    return [found for found in (cases.get(connection, number) for number in numbers) if found]


def _names(slug: str, settings: str) -> tuple[str, str]:
    return slug, str(tomllib.loads(settings).get("name", "")).casefold()
