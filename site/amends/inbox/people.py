"""Staff and their sessions."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection, delete, insert, select, update

from amends.inbox.schema import session, staff

ROLES = ("agent", "moderator", "admin", "keeper")
IDLE = timedelta(hours=12)
"""A session nobody uses ends after this (OWASP ASVS 5.0, 7.3.1)."""
ABSOLUTE = timedelta(days=14)
"""A session ends after this in any case (OWASP ASVS 5.0, 7.3.2)."""
SHORTEST_PASSWORD = 8


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the staff of one company, or a keeper, who belongs to none."""

    id: int
    login: str
    name: str
    role: str
    company: str | None

    @property
    def is_keeper(self) -> bool:
        """Whether this is a maintainer of the board, above all companies."""
        return self.role == "keeper"

    def is_at_least(self, role: str) -> bool:
        """Whether this is staff of a company in that role or a higher one: agent, moderator, admin."""
        return not self.is_keeper and ROLES.index(self.role) >= ROLES.index(role)

    def may_see(self, company: str) -> bool:
        """Whether that company's cases are this person's business."""
        return self.is_keeper or self.company == company


class PersonError(ValueError):
    """Somebody cannot be added; the text says why."""


_hasher = PasswordHasher()
_person = (staff.c.id, staff.c.login, staff.c.name, staff.c.role, staff.c.company)


@cache
def _nobody() -> str:
    """Return a hash to compare with when the login is unknown, so that both refusals take as long."""
    return _hasher.hash(secrets.token_hex(16))


def add(
    connection: Connection, login: str, name: str, role: str, company: str | None, password: str, now: datetime
) -> None:
    """Add a member of staff; PersonError where login, role, company or password do not do."""
    if role not in ROLES:
        raise PersonError(f"no role {role!r}: there are {', '.join(ROLES)}")
    if (role == "keeper") != (company is None):
        raise PersonError("a keeper belongs to no company, everybody else to one")
    if len(password) < SHORTEST_PASSWORD:
        raise PersonError(f"the password is too short: {SHORTEST_PASSWORD} characters at least")
    if connection.execute(select(staff.c.id).where(staff.c.login == login)).first():
        raise PersonError(f"there is a {login!r} already")
    hashed = _hasher.hash(password)
    connection.execute(
        insert(staff).values(login=login, name=name, role=role, company=company, password=hashed, created=now)
    )


def sign_in(connection: Connection, login: str, password: str) -> Person | None:
    """Return the person with this login and password (argon2id), or None."""
    row = connection.execute(select(*_person, staff.c.password).where(staff.c.login == login)).first()
    try:
        _hasher.verify(row.password if row else _nobody(), password)
    except VerifyMismatchError:
        return None
    return Person(row.id, row.login, row.name, row.role, row.company) if row else None


def reach(connection: Connection, login: str, email: str | None) -> None:
    """Note at which address somebody is told what happens, or that they are told nothing."""
    connection.execute(update(staff).where(staff.c.login == login).values(email=email))


def reachable(connection: Connection) -> dict[str, str | None]:
    """Return the staff of all companies by their logins, each with the address at which they are told what happens."""
    query = select(staff.c.login, staff.c.email).where(staff.c.company.is_not(None)).order_by(staff.c.login)
    return {row.login: row.email for row in connection.execute(query)}


def login_of(connection: Connection, identity: int) -> str | None:
    """Return by which name somebody signs in; None where there is nobody with this id."""
    return connection.execute(select(staff.c.login).where(staff.c.id == identity)).scalar()


def addresses(connection: Connection, company: str) -> list[tuple[int, str]]:
    """Return the staff of a company who are told what happens: each one's id and address."""
    query = select(staff.c.id, staff.c.email).where(staff.c.company == company, staff.c.email.is_not(None))
    return [(row.id, row.email) for row in connection.execute(query.order_by(staff.c.id))]


def begin_session(connection: Connection, person: Person, now: datetime) -> str:
    """Open a session and return its new id, for the person's cookie alone."""
    sid = secrets.token_urlsafe(32)
    connection.execute(delete(session).where((session.c.seen < now - IDLE) | (session.c.created < now - ABSOLUTE)))
    connection.execute(insert(session).values(id=_digest(sid), staff=person.id, created=now, seen=now))
    return sid


def of_session(connection: Connection, sid: str, now: datetime) -> Person | None:
    """Return whose session this is, if it still runs."""
    query = (
        select(*_person)
        .join(session, session.c.staff == staff.c.id)
        .where(session.c.id == _digest(sid), session.c.seen >= now - IDLE, session.c.created >= now - ABSOLUTE)
    )
    row = connection.execute(query).first()
    return Person(*row) if row else None


def seen(connection: Connection, sid: str, now: datetime) -> None:
    """Note that the session is in use."""
    connection.execute(update(session).where(session.c.id == _digest(sid)).values(seen=now))


def end_session(connection: Connection, sid: str) -> None:
    """End a session at once."""
    connection.execute(delete(session).where(session.c.id == _digest(sid)))


def _digest(sid: str) -> bytes:
    return hashlib.sha256(sid.encode()).digest()
