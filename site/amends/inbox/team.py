"""What staff of a company tell each other about its cases: who has one, notes, and drafts. All of it stays private."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, func, insert, select, update

from amends.inbox.schema import assignment, case, contact, customer, draft, note, staff


@dataclass(frozen=True, slots=True)
class Note:
    """Words of a member of staff to the others."""

    name: str
    made: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply that somebody is writing: the fields of its form."""

    staff: int
    name: str
    facts: Mapping[str, str]
    saved: datetime


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another case of the same customer."""

    number: str
    kind: str
    received: datetime
    outcome: str


def colleagues(connection: Connection, company: str) -> Mapping[int, str]:
    """Return the names of a company's staff, by id."""
    there = (staff.c.company == company, staff.c.removed.is_(None))
    query = select(staff.c.id, staff.c.name).where(*there).order_by(staff.c.name, staff.c.id)
    return {row.id: row.name for row in connection.execute(query)}


def assigned(connection: Connection, company: str, number: str) -> int | None:
    """Return who has a case; None where nobody has."""
    of_it = (assignment.c.company == company, assignment.c.number == number)
    return connection.execute(select(assignment.c.staff).where(*of_it)).scalar()


def assignments(connection: Connection, company: str) -> Mapping[str, int]:
    """Return who has which case of a company, by the case's number."""
    query = select(assignment.c.number, assignment.c.staff).where(assignment.c.company == company)
    return {row.number: row.staff for row in connection.execute(query)}


def assign(connection: Connection, company: str, number: str, to: int | None, now: datetime) -> None:
    """Give a case to somebody, or to nobody (None)."""
    connection.execute(delete(assignment).where(assignment.c.company == company, assignment.c.number == number))
    if to is not None:
        connection.execute(insert(assignment).values(company=company, number=number, staff=to, made=now))


def add_note(connection: Connection, company: str, number: str, author: int, text: str, now: datetime) -> None:
    """Keep what somebody tells the others about a case."""
    connection.execute(insert(note).values(company=company, number=number, staff=author, text=text, made=now))


def notes(connection: Connection, company: str, number: str) -> Sequence[Note]:
    """Return what staff told each other about a case, oldest first."""
    query = select(staff.c.name, note.c.made, note.c.text).join(staff, staff.c.id == note.c.staff)
    of_it = (note.c.company == company, note.c.number == number)
    return [Note(*row) for row in connection.execute(query.where(*of_it).order_by(note.c.id))]


def save_draft(
    connection: Connection, company: str, number: str, author: int, facts: Mapping[str, str], now: datetime
) -> None:
    """Keep what somebody has written so far, instead of what they had before."""
    drop_draft(connection, company, number, author)
    kept = {"facts": json.dumps(dict(facts), ensure_ascii=False), "saved": now}
    connection.execute(insert(draft).values(company=company, number=number, staff=author, **kept))


def drop_draft(connection: Connection, company: str, number: str, author: int) -> None:
    """Forget what somebody had written of a reply."""
    of_it = (draft.c.company == company, draft.c.number == number, draft.c.staff == author)
    connection.execute(delete(draft).where(*of_it))


def drafts(connection: Connection, company: str, number: str) -> Sequence[Draft]:
    """Return what is being written about a case, the latest first."""
    query = select(draft.c.staff, staff.c.name, draft.c.facts, draft.c.saved).join(staff, staff.c.id == draft.c.staff)
    of_it = (draft.c.company == company, draft.c.number == number)
    rows = connection.execute(query.where(*of_it).order_by(draft.c.saved.desc(), draft.c.staff))
    return [Draft(row.staff, row.name, json.loads(row.facts), row.saved) for row in rows]


def history(connection: Connection, number: str) -> Sequence[Earlier]:
    """Return the customer's other cases with the same company, the latest first.

    It is the same customer only where both gave the same address and whoever reads mail there said that it is theirs.
    """
    own = _address(connection, number)
    if own is None:
        return ()
    company, email = own
    confirmed = (contact.c.confirmed.is_not(None), func.lower(contact.c.email) == email)
    same = (case.c.company == company, case.c.number != number, *confirmed)
    query = select(case.c.number, case.c.kind, case.c.received, case.c.outcome)
    rows = connection.execute(query.join(contact).where(*same).order_by(case.c.received.desc(), case.c.number))
    return [Earlier(*row) for row in rows]


def known(connection: Connection, number: str) -> str | None:
    """Return what staff know of the customer of a case; None where there is no address by which to know them."""
    own = _address(connection, number)
    if own is None:
        return None
    text = connection.execute(select(customer.c.text).where(customer.c.company == own[0], customer.c.email == own[1]))
    return text.scalar() or ""


def know(connection: Connection, number: str, text: str) -> bool:
    """Keep what staff know of the customer of a case; False where there is no address by which to know them."""
    own = _address(connection, number)
    if own is None:
        return False
    of_them = and_(customer.c.company == own[0], customer.c.email == own[1])
    if not text:
        connection.execute(delete(customer).where(of_them))
    elif not connection.execute(update(customer).where(of_them).values(text=text)).rowcount:
        connection.execute(insert(customer).values(company=own[0], email=own[1], text=text))
    return True


def forget(connection: Connection, company: str, numbers: Collection[str]) -> None:
    """Forget all that staff said of some cases, and who had them."""
    for table in (note, draft, assignment):
        connection.execute(delete(table).where(table.c.company == company, table.c.number.in_(numbers)))


def forget_strangers(connection: Connection) -> None:
    """Forget what staff knew of customers whose address stands with none of the company's cases any more."""
    same = (case.c.company == customer.c.company, func.lower(contact.c.email) == customer.c.email)
    has_a_case = exists().where(contact.c.number == case.c.number, contact.c.confirmed.is_not(None), *same)
    connection.execute(delete(customer).where(~has_a_case))


def _address(connection: Connection, number: str) -> tuple[str, str] | None:
    """Return the company of a case and its customer's confirmed address, in lower case."""
    confirmed = (case.c.number == number, contact.c.confirmed.is_not(None), contact.c.email != "")
    row = connection.execute(select(case.c.company, contact.c.email).join(contact).where(*confirmed)).first()
    return (row.company, row.email.lower()) if row else None
