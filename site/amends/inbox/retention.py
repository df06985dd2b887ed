"""How long what is private is kept once nobody needs it: the worker's hourly tidying."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, not_, select, update

from amends.case import Case, Outcome
from amends.inbox import Inbox, additions, cases, team, verdicts
from amends.inbox.cases import ORIGINAL, Received
from amends.inbox.contacts import is_confirmed
from amends.inbox.schema import answer, case, contact, note, report

SILENT = timedelta(days=180)
"""A case in which nothing has happened for so long has ended."""

UNCONFIRMED = timedelta(days=14)
"""An address that nobody has confirmed by then is forgotten: it may be somebody else's."""

REPORTS = timedelta(days=90)
"""How long a closed report keeps its words and its address."""

FindCase = Callable[[str, str], Case | None]
"""Reads a company's case from the record, by slug and number."""

_AT_ONCE = 500


def forget(inbox: Inbox, now: datetime, keep_contacts: timedelta, find: FindCase) -> None:
    """Forget what only the company may know of cases that ended so long ago, and who reported what.

    That are contacts, what staff noted, and what is hidden in public words; an address that was never confirmed goes
    earlier.
    """
    before = now - keep_contacts
    with inbox.reading() as connection:
        # The record is read before anything is locked; what ends meanwhile is found an hour later.
        known = [(received, find(received.company, received.number)) for received in _with_secrets(connection, before)]
        over = [received for received, public in known if ended(received, public, connection) <= before]
    with inbox.writing() as connection:
        for first in range(0, len(over), _AT_ONCE):
            some = [received.number for received in over[first : first + _AT_ONCE]]
            connection.execute(delete(contact).where(contact.c.number.in_(some)))
            connection.execute(delete(answer).where(answer.c.number.in_(some), answer.c.by == ORIGINAL))
            connection.execute(delete(note).where(note.c.number.in_(some)))
        team.forget_strangers(connection)
        old = select(case.c.number).where(case.c.received <= now - UNCONFIRMED)
        connection.execute(update(contact).where(contact.c.number.in_(old), not_(is_confirmed())).values(email=""))
        connection.execute(update(report).where(report.c.closed <= now - REPORTS).values(words="", email=""))


def ended(received: Received, public: Case | None, connection: Connection) -> datetime:
    """Return when a case ended, or will have if nothing more happens: the record's word counts where it has one."""
    if received.outcome in ("withdrawn", "erased") and received.outcome_at:
        return received.outcome_at
    gone = public.last("withdrawn", "removed") if public else None
    if gone:
        return gone.at
    said = (public.last("verdict") if public else None) or next(
        reversed(verdicts.of_case(connection, received.number)), None
    )
    if said and said.outcome is Outcome.SOLVED:
        return said.at
    happened = [received.received, received.outcome_at, received.first_reply, said.at if said else None]
    happened += [event.at for event in public.events if event.event != "unread"] if public else []
    happened += [added.at for added in additions.of_case(connection, received.number)]
    happened += [answer.at for answer in cases.answers(connection, received.number)]
    return max(at for at in happened if at) + SILENT


def _with_secrets(connection: Connection, before: datetime) -> list[Received]:
    """Return the cases with contacts, notes, or something hidden, that are old enough to have ended by then."""
    known = select(contact.c.number).where((contact.c.email != "") | (contact.c.reference != ""))
    masked = select(answer.c.number).where(answer.c.by == ORIGINAL)
    has_one = case.c.number.in_(known) | case.c.number.in_(masked) | case.c.number.in_(select(note.c.number))
    query = select(case.c.number).where(has_one, case.c.received <= before).order_by(case.c.number)
    found = [cases.get(connection, number) for number in connection.execute(query).scalars()]
    return [received for received in found if received]
