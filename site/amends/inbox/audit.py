"""The audit trail: who did what, and about which case or person. Rows are added and never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from amends.inbox import people
from amends.inbox.people import Person
from amends.inbox.signing_tables import audit

PAGE = 50
"""Entries on a page."""


class Act(StrEnum):
    """What is done beside decisions about cases, which go by their own kinds."""

    SIGNED_IN = "signed in"
    FAILED = "sign-in failed"
    CODE_FAILED = "wrong code"
    RECOVERED = "recovery code used"
    SIGNED_OUT = "signed out"
    PASSWORD = "password chosen"  # noqa: S105 -- what was done
    ADDRESS = "address changed"
    STEP_SET = "second step set up"
    STEP_REMOVED = "second step removed"
    RECOVERY = "recovery codes made"
    ENDED = "sessions ended"
    RESET_SENT = "link for a password sent"
    INVITED = "invited"
    ROLE = "role changed"
    REMOVED = "removed"
    UNDONE = "undone"
    CLOSED = "report closed"
    TEMPLATES = "templates changed"
    SETTINGS = "settings changed"
    COMPANY = "company added"
    WEBHOOK = "webhook changed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done. `login` is empty for what was done on the command line."""

    at: datetime
    login: str
    company: str | None
    what: str
    about: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Which entries somebody asks for: those noted under any of `companies`, a company's names; None: under all."""

    companies: tuple[str, ...] | None = None
    login: str = ""
    day: date | None = None
    page: int = 1


def note(connection: Connection, now: datetime, person: Person | None, what: str, about: str = "") -> None:
    """Note what somebody did, in the transaction in which it is done.

    `about` is the number of a case or another's login, never words or an address. `person` is None on the command line,
    where `about` is a login: whose team it is in reads it, too.
    """
    whose = person or people.with_login(connection, about)
    who = {"staff": person.id if person else None, "login": person.login if person else ""}
    company = whose.company if whose else None
    connection.execute(insert(audit).values(at=now, what=what, about=about, company=company, **who))


def decided(connection: Connection, now: datetime, person: Person, kind: str, number: str) -> None:
    """Note a decision about a case, by the kind of its deed."""
    note(connection, now, person, f"decided: {kind}", number)


def entries(connection: Connection, choice: Choice) -> Sequence[Entry]:
    """Return a page of entries, the last one on top; one more than `PAGE` where another page follows."""
    query = select(audit.c.at, audit.c.login, audit.c.company, audit.c.what, audit.c.about)
    if choice.companies is not None:
        query = query.where(audit.c.company.in_(choice.companies))
    if choice.login:
        query = query.where(audit.c.login == choice.login)
    if choice.day:
        begin = datetime.combine(choice.day, time(), UTC)
        query = query.where(audit.c.at >= begin, audit.c.at < begin + timedelta(days=1))
    query = query.order_by(audit.c.id.desc()).limit(PAGE + 1).offset((choice.page - 1) * PAGE)
    return [Entry(*row) for row in connection.execute(query)]


def logins(connection: Connection, companies: tuple[str, ...] | None) -> Sequence[str]:
    """Return who did anything that is noted under these names of a company, or at all (None)."""
    query = select(audit.c.login).distinct().where(audit.c.login != "").order_by(audit.c.login)
    of_theirs = query if companies is None else query.where(audit.c.company.in_(companies))
    return list(connection.execute(of_theirs).scalars())
