"""Sessions of staff: one begins under a new id at each sign-in, and ends after a time whatever happens."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, not_, or_, select, update

from amends.inbox.people import Person
from amends.inbox.schema import session, staff
from amends.inbox.signing_tables import second_step

IDLE = timedelta(hours=12)
"""A session nobody uses ends after this (OWASP ASVS 5.0, 7.3.1)."""
ABSOLUTE = timedelta(days=14)
"""A session ends after this in any case (OWASP ASVS 5.0, 7.3.2)."""
HALF = timedelta(minutes=10)
"""How long there is to give the code after the password."""

_person = (staff.c.id, staff.c.login, staff.c.name, staff.c.role, staff.c.company)


@dataclass(frozen=True, slots=True)
class Session:
    """A session that runs; `browser` is in words. It is not `complete` while the code is still to come.

    `has_code` says whether the person has set up codes. `id` is a digest: with it nobody can take part.
    """

    id: bytes
    person: Person
    created: datetime
    seen: datetime
    browser: str
    complete: bool
    has_code: bool


def begin(connection: Connection, person: Person, now: datetime, browser: str = "", *, complete: bool = True) -> str:
    """Open a session and return its new id, for the person's cookie alone."""
    sid = secrets.token_urlsafe(32)
    connection.execute(delete(session).where(not_(_runs(now))))
    facts = {"staff": person.id, "created": now, "seen": now, "browser": browser, "complete": complete}
    connection.execute(insert(session).values(id=digest(sid), **facts))
    return sid


def get(connection: Connection, sid: str, now: datetime) -> Session | None:
    """Return the session with this id, if it still runs."""
    found = _sessions(connection, now, session.c.id == digest(sid))
    return found[0] if found else None


def of_person(connection: Connection, person: Person, now: datetime) -> Sequence[Session]:
    """Return somebody's sessions that run, the one used last on top."""
    return _sessions(connection, now, and_(session.c.staff == person.id, session.c.complete))


def note_use(connection: Connection, sid: str, now: datetime) -> None:
    """Note that the session is in use."""
    connection.execute(update(session).where(session.c.id == digest(sid)).values(seen=now))


def end(connection: Connection, sid: str) -> None:
    """End a session at once."""
    connection.execute(delete(session).where(session.c.id == digest(sid)))


def end_one(connection: Connection, person: Person, identity: bytes) -> bool:
    """End the one of somebody's sessions that has this digest; False where there is none."""
    of_theirs = (session.c.staff == person.id, session.c.id == identity)
    return connection.execute(delete(session).where(*of_theirs)).rowcount > 0


def end_all(connection: Connection, person: Person, but: bytes = b"") -> int:
    """End all of somebody's sessions but the one with this digest; return how many."""
    return connection.execute(delete(session).where(session.c.staff == person.id, session.c.id != but)).rowcount


def digest(sid: str) -> bytes:
    """Return what is stored of a session's id."""
    return hashlib.sha256(sid.encode()).digest()


def _runs(now: datetime) -> ColumnElement[bool]:
    return and_(
        session.c.seen >= now - IDLE,
        session.c.created >= now - ABSOLUTE,
        or_(session.c.complete, session.c.created >= now - HALF),
    )


def _sessions(connection: Connection, now: datetime, which: ColumnElement[bool]) -> list[Session]:
    has_code = exists().where(second_step.c.staff == session.c.staff, second_step.c.salt.is_not(None))
    own = (session.c.id, session.c.created, session.c.seen, session.c.browser, session.c.complete)
    query = select(*_person, *own, has_code)
    rows = connection.execute(
        query.join(session, session.c.staff == staff.c.id).where(which, _runs(now)).order_by(session.c.seen.desc())
    )
    return [Session(row[5], Person(*row[:5]), *row[6:10], bool(row[10])) for row in rows]
