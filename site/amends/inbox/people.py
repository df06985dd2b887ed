"""Staff: who they are, how they are reached, and whether a password is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from amends.inbox import passwords
from amends.inbox.schema import assignment, draft, session, staff
from amends.inbox.signing_tables import recovery, second_step, ticket

ROLES = ("agent", "moderator", "admin", "keeper")


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

    @property
    def leads(self) -> bool:
        """Whether this person has a team to look after: a company's, or the keepers."""
        return self.role in ("admin", "keeper")

    def may_see(self, company: str) -> bool:
        """Whether that company's cases are this person's business."""
        return self.is_keeper or self.company == company


class PersonError(ValueError):
    """Somebody cannot be added, changed or removed; the text says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody as their team sees them. `seen` is when a session of theirs was last used, as far as that is known.

    `is_invited` says that no password was chosen yet.
    """

    person: Person
    email: str | None
    seen: datetime | None
    is_invited: bool
    has_code: bool


_person = (staff.c.id, staff.c.login, staff.c.name, staff.c.role, staff.c.company)


def add(
    connection: Connection, login: str, name: str, role: str, company: str | None, password: str, now: datetime
) -> None:
    """Add a member of staff; PersonError where login, role or company do not do, PasswordError for the password."""
    passwords.check(password, login, name, company or "")
    person = invite(connection, login, name, role, company, now)
    connection.execute(update(staff).where(staff.c.id == person.id).values(password=passwords.hashed(password)))


def invite(connection: Connection, login: str, name: str, role: str, company: str | None, now: datetime) -> Person:
    """Add a member of staff who is still to choose a password; PersonError where login, role or company do not do."""
    if role not in ROLES:
        raise PersonError(f"no role {role!r}: there are {', '.join(ROLES)}")
    if (role == "keeper") != (company is None):
        raise PersonError("a keeper belongs to no company, everybody else to one")
    if is_taken(connection, login):
        raise PersonError(f"there is a {login!r} already")
    facts = {"login": login, "name": name, "role": role, "company": company, "password": "", "created": now}
    key = connection.execute(insert(staff).values(**facts)).inserted_primary_key
    return Person(int(key[0]) if key else 0, login, name, role, company)


def is_taken(connection: Connection, login: str) -> bool:
    """Whether somebody has this login, or had it."""
    return connection.execute(select(staff.c.id).where(staff.c.login == login)).first() is not None


def get(connection: Connection, identity: int) -> Person | None:
    """Return somebody who is among the staff."""
    row = connection.execute(select(*_person).where(staff.c.id == identity, staff.c.removed.is_(None))).first()
    return Person(*row) if row else None


def with_login(connection: Connection, login: str) -> Person | None:
    """Return who has this login."""
    row = connection.execute(select(*_person).where(staff.c.login == login, staff.c.removed.is_(None))).first()
    return Person(*row) if row else None


def sign_in(connection: Connection, login: str, password: str) -> Person | None:
    """Return the person with this login and password, or None: both refusals take as long."""
    person = with_login(connection, login)
    return person if has_password(connection, person, password) else None


def has_password(connection: Connection, person: Person | None, password: str) -> bool:
    """Whether that is the password of this person; nobody (None) has one, and to say so takes as long."""
    query = select(staff.c.password).where(staff.c.id == (person.id if person else 0))
    return passwords.is_right(connection.execute(query).scalar() or "", password)


def choose_password(connection: Connection, person: Person, password: str) -> None:
    """Give somebody another password, and make links to choose one void; PasswordError where it does not do."""
    passwords.check(password, person.login, person.name, person.company or "")
    connection.execute(update(staff).where(staff.c.id == person.id).values(password=passwords.hashed(password)))
    connection.execute(delete(ticket).where(ticket.c.staff == person.id))


def is_invited(connection: Connection, person: Person) -> bool:
    """Whether somebody has not chosen a password yet."""
    return connection.execute(select(staff.c.password).where(staff.c.id == person.id)).scalar() == ""


def reach(connection: Connection, login: str, email: str | None) -> None:
    """Note at which address somebody is told what happens, or that they are told nothing."""
    connection.execute(update(staff).where(staff.c.login == login).values(email=email))


def address(connection: Connection, person: Person) -> str | None:
    """Return at which address somebody is reached."""
    return connection.execute(select(staff.c.email).where(staff.c.id == person.id)).scalar()


def reachable(connection: Connection) -> dict[str, str | None]:
    """Return the staff of all companies by their logins, each with the address at which they are told what happens."""
    there = (staff.c.company.is_not(None), staff.c.removed.is_(None))
    query = select(staff.c.login, staff.c.email).where(*there).order_by(staff.c.login)
    return {row.login: row.email for row in connection.execute(query)}


def login_of(connection: Connection, identity: int) -> str | None:
    """Return by which name somebody signs in, or did; None where there is nobody with this id."""
    return connection.execute(select(staff.c.login).where(staff.c.id == identity)).scalar()


def addresses(connection: Connection, company: str) -> list[tuple[int, str]]:
    """Return the staff of a company who are told what happens: each one's id and address. Not who is only invited."""
    told = (staff.c.company == company, staff.c.email.is_not(None), staff.c.password != "", staff.c.removed.is_(None))
    query = select(staff.c.id, staff.c.email).where(*told)
    return [(row.id, row.email) for row in connection.execute(query.order_by(staff.c.id))]


def members(connection: Connection) -> Sequence[Member]:
    """Return all staff: keepers first, then company by company, by their names."""
    seen = select(func.max(session.c.seen)).where(session.c.staff == staff.c.id).scalar_subquery()
    query = (
        select(*_person, staff.c.email, seen, staff.c.password, second_step.c.salt)
        .outerjoin(second_step, second_step.c.staff == staff.c.id)
        .where(staff.c.removed.is_(None))
    )
    found = [Member(Person(*row[:5]), row[5], row[6], not row[7], bool(row[8])) for row in connection.execute(query)]
    return sorted(found, key=lambda one: (one.person.company or "", one.person.name.casefold(), one.person.id))


def change_role(connection: Connection, person: Person, role: str) -> None:
    """Give somebody another role in their company; PersonError for the last admin, or where it is no such role."""
    if role not in ROLES or "keeper" in (role, person.role):
        raise PersonError("This is no role that can be given.")
    _keep_one(connection, person, role)
    connection.execute(update(staff).where(staff.c.id == person.id).values(role=role))


def remove(connection: Connection, person: Person, now: datetime) -> None:
    """Let somebody in no more; PersonError for the last admin of a company and the last keeper.

    What they decided and noted stays, and bears their name. Their cases are nobody's.
    """
    _keep_one(connection, person, "")
    gone = {"removed": now, "password": "", "email": None}
    connection.execute(update(staff).where(staff.c.id == person.id).values(**gone))
    for table in (session, second_step, recovery, ticket, assignment, draft):
        connection.execute(delete(table).where(table.c.staff == person.id))


def _keep_one(connection: Connection, person: Person, role: str) -> None:
    """Raise PersonError where nobody would be left who leads, were this person's role another."""
    if not person.leads or role == person.role:
        return
    others = (staff.c.company == person.company, staff.c.role == person.role, staff.c.id != person.id)
    can_sign_in = (staff.c.removed.is_(None), staff.c.password != "")
    if not connection.execute(select(staff.c.id).where(*others, *can_sign_in)).first():
        last = "the last keeper" if person.is_keeper else f"the last admin of {person.company}"
        raise PersonError(f"{person.name} is {last}. Nothing was changed; let somebody else be one first.")
