"""Where replies begin: texts of a company with fields for what differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from amends.inbox.schema import template

MOST = 200
"""How many one company has at most: who has more of them copies instead of answering."""


@dataclass(frozen=True, slots=True)
class Template:
    """A text to begin with, in one language; `id` is 0 before it is stored."""

    id: int
    company: str
    name: str
    language: str
    text: str


_columns = [template.c[name] for name in Template.__slots__]


def of_company(connection: Connection, company: str) -> Sequence[Template]:
    """Return a company's templates by their names."""
    query = select(*_columns).where(template.c.company == company).order_by(template.c.name, template.c.id)
    return [Template(*row) for row in connection.execute(query)]


def put(connection: Connection, new: Template) -> bool:
    """Store a template, or change the one with its id; False where there is none, or there are too many already."""
    facts = {name: getattr(new, name) for name in Template.__slots__ if name != "id"}
    if new.id:
        of_it = (template.c.id == new.id, template.c.company == new.company)
        return connection.execute(update(template).where(*of_it).values(facts)).rowcount > 0
    if len(of_company(connection, new.company)) >= MOST:
        return False
    connection.execute(insert(template).values(facts))
    return True


def remove(connection: Connection, company: str, identity: int) -> None:
    """Remove a template; where there is none nothing happens."""
    connection.execute(delete(template).where(template.c.id == identity, template.c.company == company))
