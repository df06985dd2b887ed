"""What is to be told, until it is: stored with what it tells of, taken by one process at a time, never told twice.

A message waits while it has a `due`. Then it was sent, dropped (nobody wants it any more) or is dead (it cannot be
delivered), and nothing but that, and the key under which it was told, is left of it for `KEPT`.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, true, update

from amends.inbox.schema import message
from amends.inbox.unique import insert_once

LEASE = timedelta(minutes=5)
"""How long a message is in the hands of the process that took it; another one has it after that."""
KEPT = timedelta(days=30)
"""How long it is remembered what was told."""
LONGEST_ERROR = 500
"""How much is kept of what a server said, in characters."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell one recipient.

    `recipient` is an address or a webhook's URL; `lane` what takes it ("mail", or the webhook's host and port);
    `facts` say what else is needed to find in the store or the record what it tells of, and are no words of anybody.
    `once` names what happened and to whom it is told, without an address; `due` is when to send it, `dead` when it was
    given up.
    """

    company: str
    number: str | None
    channel: str
    kind: str
    recipient: str
    lane: str
    once: str
    made: datetime
    due: datetime | None
    facts: dict[str, str] = field(default_factory=dict)
    attempts: int = 0
    error: str = ""
    dead: datetime | None = None
    id: int = 0


_names = [name for name in Message.__slots__ if name != "id"]
_columns = [message.c[name] for name in Message.__slots__]
_ended: dict[str, Any] = {"due": None, "taken_until": None, "recipient": "", "facts": "{}"}


def add(connection: Connection, new: Message) -> bool:
    """Store a message, in the transaction of what it tells of; False where the same is told already."""
    facts = {name: getattr(new, name) for name in _names} | {"facts": json.dumps(new.facts)}
    return insert_once(connection, message, "once", facts)


def take(connection: Connection, now: datetime, closed: Collection[str] = ()) -> Message | None:
    """Take the message that waits longest into one's hands, for `LEASE`; none of the lanes that are closed.

    It counts as an attempt at once: whoever takes it may be killed by it.
    """
    free = or_(message.c.taken_until.is_(None), message.c.taken_until <= now)
    waiting = (
        select(*_columns)
        .where(message.c.due <= now, free, message.c.lane.not_in(closed))
        .order_by(message.c.due, message.c.id)
        .limit(1)
        # On a server others look at the same time; SQLite has one writer, and leaves this out.
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(waiting).first()
    if row is None:
        return None
    values = {"taken_until": now + LEASE, "attempts": row.attempts + 1}
    connection.execute(update(message).where(message.c.id == row.id).values(values))
    return _message(row, attempts=row.attempts + 1)


def sent(connection: Connection, identity: int, now: datetime) -> None:
    """Note that a message was delivered, and forget to whom."""
    _change(connection, identity, **_ended, sent=now, error="")


def drop(connection: Connection, identity: int, now: datetime, why: str) -> None:
    """Note that a message is not to be sent any more, and forget to whom."""
    _change(connection, identity, **_ended, dropped=now, error=why)


def retry(connection: Connection, identity: int, due: datetime, why: str) -> None:
    """Give a message back after an attempt that failed, for another one."""
    _change(connection, identity, due=due, taken_until=None, error=why[:LONGEST_ERROR])


def postpone(connection: Connection, identity: int, due: datetime) -> None:
    """Give a message back that nobody tried to deliver: its time has not come."""
    _change(connection, identity, due=due, taken_until=None, attempts=message.c.attempts - 1)


def give_up(connection: Connection, identity: int, now: datetime, why: str) -> None:
    """Note that a message cannot be delivered. It keeps what is needed to put it back: see `again`."""
    _change(connection, identity, due=None, taken_until=None, dead=now, error=why[:LONGEST_ERROR])


def dead(connection: Connection, limit: int) -> list[Message]:
    """Return the messages that cannot be delivered, newest first, at most so many."""
    query = (
        select(*_columns)
        .where(message.c.dead.is_not(None))
        .order_by(message.c.dead.desc(), message.c.id.desc())
        .limit(limit)
    )
    return [_message(row) for row in connection.execute(query)]


def count_dead(connection: Connection) -> tuple[int, datetime | None]:
    """Return how many messages cannot be delivered, and since when there is one."""
    query = select(func.count(), func.min(message.c.dead)).where(message.c.dead.is_not(None))
    number, first = connection.execute(query).one()
    return number, first


def fate(connection: Connection, prefix: str) -> tuple[str, str]:
    """Return what became of the last message that is told under a name that begins so, and what a server said.

    It is `sent`, `dropped` or `dead`, or it `waits`; empty where there is none that is remembered.
    """
    ends = (message.c.sent, message.c.dropped, message.c.dead)
    query = select(*ends, message.c.error).where(message.c.once.startswith(prefix, autoescape=True))
    row = connection.execute(query.order_by(message.c.id.desc()).limit(1)).first()
    if row is None:
        return "", ""
    ended = ("sent", row.sent), ("dropped", row.dropped), ("dead", row.dead)
    return next((name for name, at in ended if at), "waits"), row.error


def due_since(connection: Connection) -> datetime | None:
    """Return since when the message is due that waits longest; None where none waits."""
    return connection.execute(select(func.min(message.c.due))).scalar()


def again(connection: Connection, identity: int | None, now: datetime) -> int:
    """Put a dead message back, as if nobody had tried to deliver it, or all (None); return how many were dead."""
    which = true() if identity is None else message.c.id == identity
    query = update(message).where(which, message.c.dead.is_not(None))
    return connection.execute(query.values(dead=None, due=now, attempts=0, error="")).rowcount


def discard(connection: Connection, identity: int, now: datetime) -> bool:
    """Drop a dead message, and forget to whom it was; False where it is not dead."""
    query = update(message).where(message.c.id == identity, message.c.dead.is_not(None))
    values = {**_ended, "dead": None, "dropped": now, "error": "the operator dropped it"}
    return connection.execute(query.values(values)).rowcount > 0


def forget(connection: Connection, number: str, now: datetime) -> None:
    """Drop whatever of a case has not been delivered, and forget to whom: for its erasure."""
    query = update(message).where(message.c.number == number, message.c.sent.is_(None), message.c.dropped.is_(None))
    connection.execute(query.values(**_ended, dead=None, dropped=now, error="the case was erased"))


def purge(connection: Connection, now: datetime) -> None:
    """Delete what was sent, was dropped or died longer than `KEPT` ago."""
    ends = (message.c.sent, message.c.dropped, message.c.dead)
    connection.execute(delete(message).where(or_(*(end < now - KEPT for end in ends))))


def _change(connection: Connection, identity: int, **values: object) -> None:
    connection.execute(update(message).where(message.c.id == identity).values(**values))


def _message(row: Row[*tuple[Any, ...]], **changed: int) -> Message:
    facts = dict(row._mapping)
    return Message(**{**facts, **changed, "facts": json.loads(facts["facts"])})
