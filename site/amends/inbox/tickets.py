"""Links with which somebody chooses a password: each is good once, for a time, and of none is its secret stored."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from amends.inbox import people
from amends.inbox.people import Person
from amends.inbox.signing_tables import ticket

INVITATION = timedelta(hours=72)
"""How long an invitation is good."""
RESET = timedelta(hours=1)
"""How long a link to choose another password is good."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a link says that is handed to one person: `token` is its secret."""

    token: str
    ends: datetime


def make(connection: Connection, person: Person, lasts: timedelta, now: datetime) -> Ticket:
    """Make a link's secret; earlier ones of the same person stay good, until one of them is used."""
    made = Ticket(secrets.token_urlsafe(24), now + lasts)
    connection.execute(delete(ticket).where(ticket.c.ends < now))
    connection.execute(insert(ticket).values(digest=_digest(made.token), staff=person.id, ends=made.ends))
    return made


def holder(connection: Connection, token: str, now: datetime) -> Person | None:
    """Return who may choose a password with this; None where it was used or is over. `choose_password` uses it."""
    query = select(ticket.c.staff).where(ticket.c.digest == _digest(token), ticket.c.ends >= now)
    identity = connection.execute(query).scalar()
    return people.get(connection, identity) if identity is not None else None


def void(connection: Connection, person: Person) -> None:
    """Let none of somebody's links be good any more."""
    connection.execute(delete(ticket).where(ticket.c.staff == person.id))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
