"""On which sites the widget's form was opened: what shows a company that its pages are set up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from amends.inbox.schema import opening

LONGEST = 200
"""Characters of an origin that is noted."""
KEPT = 20
"""Sites that are kept of a company, those of the last openings: anybody may name any."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An origin (RFC 6454) on whose pages the form was opened, and when it was last."""

    origin: str
    seen: datetime


def note(connection: Connection, company: str, origin: str, now: datetime) -> None:
    """Note that the form was opened there. sqlalchemy.exc.IntegrityError where another process notes the same now."""
    own = opening.c.company == company
    connection.execute(delete(opening).where(own, opening.c.origin == origin))
    connection.execute(insert(opening).values(company=company, origin=origin, seen=now))
    last = select(opening.c.origin).where(own).order_by(opening.c.seen.desc(), opening.c.origin).limit(KEPT)
    connection.execute(delete(opening).where(own, opening.c.origin.not_in(last)))


def of_company(connection: Connection, company: str) -> Sequence[Opening]:
    """Return the sites on which a company's form was opened, the last one on top."""
    query = select(opening.c.origin, opening.c.seen).where(opening.c.company == company)
    return [Opening(*row) for row in connection.execute(query.order_by(opening.c.seen.desc(), opening.c.origin))]
