"""Addresses to which mail goes, known by a digest alone: who wants none, how many went there, whose address it is."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from amends.inbox.schema import contact, correspondent, message
from amends.inbox.unique import insert_once

DAILY = 5
"""How many mails go to one address on one day, by UTC."""
KEPT = timedelta(days=30)
"""How long a digest is kept that says nothing but how many mails went there."""

_EPOCH = date(1970, 1, 1).toordinal()


def count(connection: Connection, digest: bytes, identity: int, now: datetime) -> bool:
    """Count a message among the mails of the day to this address; False where there are `DAILY` already.

    One that was counted on this day is not counted again: another attempt is not another mail.
    """
    today = now.toordinal() - _EPOCH
    if connection.execute(select(message.c.id).where(message.c.id == identity, message.c.counted == today)).first():
        return True
    _know(connection, digest)
    of_it = correspondent.c.digest == digest
    connection.execute(update(correspondent).where(of_it, correspondent.c.day != today).values(day=today, count=0))
    query = update(correspondent).where(of_it, correspondent.c.count < DAILY)
    if connection.execute(query.values(count=correspondent.c.count + 1)).rowcount == 0:
        return False
    connection.execute(update(message).where(message.c.id == identity).values(counted=today))
    return True


def has_stopped(connection: Connection, digest: bytes) -> bool:
    """Whether no more mail is wanted at this address."""
    query = select(correspondent.c.stopped).where(correspondent.c.digest == digest)
    return connection.execute(query).scalar() is not None


def stop(connection: Connection, digest: bytes, now: datetime) -> None:
    """Note that no more mail is wanted at this address."""
    _know(connection, digest)
    connection.execute(update(correspondent).where(correspondent.c.digest == digest).values(stopped=now))


def confirm(connection: Connection, number: str, digest: bytes, now: datetime) -> None:
    """Note that the address of a case is its customer's, the first time only; mail is wanted there from now on."""
    query = update(contact).where(contact.c.number == number, contact.c.confirmed.is_(None))
    connection.execute(query.values(confirmed=now))
    connection.execute(update(correspondent).where(correspondent.c.digest == digest).values(stopped=None))


def notice(connection: Connection, number: str, identity: int) -> bool:
    """Let a message be the one besides the receipt that goes to an address nobody confirmed; False for any other."""
    first = or_(contact.c.notice.is_(None), contact.c.notice == identity)
    query = update(contact).where(contact.c.number == number, first)
    return connection.execute(query.values(notice=identity)).rowcount > 0


def purge(connection: Connection, now: datetime) -> None:
    """Delete the digests that say nothing any more."""
    last = (now - KEPT).toordinal() - _EPOCH
    connection.execute(delete(correspondent).where(correspondent.c.stopped.is_(None), correspondent.c.day < last))


def _know(connection: Connection, digest: bytes) -> None:
    insert_once(connection, correspondent, "digest", {"digest": digest})
