"""Cases as they were received, and what has become of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from amends.inbox import quick
from amends.inbox.schema import addition, answer, case, contact, submission_key

ORIGINAL = "original"
"""Who says what the customer wrote for everyone, as it was before something in it was masked."""

KEPT_KEYS = timedelta(days=30)
"""How long a submission's key is remembered."""


@dataclass(frozen=True, slots=True)
class Received:
    """A case of the inbox. Author and text are empty once the record holds them."""

    number: str
    company: str
    kind: str
    topic: str
    received: datetime
    reply_by: datetime
    publicity: str
    language: str
    salt: bytes
    committed: bytes
    author: str = ""
    text: str = ""
    page: str = ""
    masks: str = ""
    same: str | None = None
    generation: int = 0
    outcome: str = "waiting"
    suspicion: str = ""
    reason: str | None = None
    outcome_at: datetime | None = None
    first_reply: datetime | None = None

    @property
    def is_held(self) -> bool:
        """Whether it looks like spam, and the keeper has not decided yet."""
        return self.outcome == "held"

    @property
    def is_private(self) -> bool:
        """Whether the customer chose that only the company sees it."""
        return self.publicity == "private"

    @property
    def is_answered_privately(self) -> bool:
        """Whether an answer can reach the customer only behind the private link. Nobody owes one to spam."""
        kept = self.is_private and self.outcome not in ("withdrawn", "erased")
        return kept or (self.outcome == "withheld" and self.reason != "spam")

    @property
    def is_owed_an_answer(self) -> bool:
        """Whether a private answer is still to be given."""
        return self.is_answered_privately and self.first_reply is None


@dataclass(frozen=True, slots=True)
class Contact:
    """What only the company may know of the customer."""

    email: str = ""
    reference: str = ""
    confirmed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of the two said to the other alone; `name` is empty where the customer spoke.

    `by` is company, customer, or ORIGINAL.
    """

    at: datetime
    name: str
    text: str
    by: str = "company"


_EMPTIED = {"author": "", "text": "", "page": "", "masks": ""}

_columns = [case.c[name] for name in Received.__slots__]


def _received(row: Row[tuple[object, ...]]) -> Received:
    return Received(**row._mapping)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A case as it comes in: what is stored with it, and the key under which it was sent."""

    received: Received
    contacts: Contact
    key: str
    digest: bytes


def add(connection: Connection, arrivals: Sequence[Arrival]) -> None:
    """Store cases, together; IntegrityError where a number or a key is taken, and then none of them is."""
    quick.insert(connection, case, [_case_row(arrival.received) for arrival in arrivals])
    known = [arrival for arrival in arrivals if arrival.contacts != Contact()]
    quick.insert(connection, contact, [_contact_row(arrival) for arrival in known])
    quick.insert(connection, submission_key, [_key_row(arrival) for arrival in arrivals])


_told = attrgetter(*(column.name for column in case.columns if column.name in Received.__slots__))


def _case_row(received: Received) -> Sequence[object]:
    # Whatever the case, its line in the ledger is still to be written, and it is still to be told that it came.
    return (*_told(received), True, True)


def _contact_row(arrival: Arrival) -> Sequence[object]:
    known = arrival.contacts
    return arrival.received.number, known.email, known.reference, known.confirmed, None


def _key_row(arrival: Arrival) -> tuple[object, ...]:
    received = arrival.received
    return received.company, arrival.key, arrival.digest, received.number, received.received


def with_keys(connection: Connection, company: str, keys: Collection[str]) -> dict[str, tuple[bytes, str]]:
    """Return by its key the digest and the number of each case that was sent under one of these."""
    statement = "SELECT key, digest, number FROM submission_key WHERE company = ? AND key IN ?"
    return {key: (digest, number) for key, digest, number in quick.select(connection, statement, company, list(keys))}


def forget_keys(connection: Connection, now: datetime) -> None:
    """Delete the keys that are older than `KEPT_KEYS`."""
    connection.execute(delete(submission_key).where(submission_key.c.created < now - KEPT_KEYS))


def get(connection: Connection, number: str) -> Received | None:
    """Return the case with this number."""
    row = connection.execute(select(*_columns).where(case.c.number == number)).first()
    return _received(row) if row else None


def contacts_of(connection: Connection, number: str) -> Contact:
    """Return what is known of the customer of a case."""
    columns = (contact.c.email, contact.c.reference, contact.c.confirmed)
    row = connection.execute(select(*columns).where(contact.c.number == number)).first()
    return Contact(*row) if row else Contact()


def unread_at(connection: Connection, now: datetime) -> list[Received]:
    """Return the cases that nobody has read and whose time to answer is over."""
    query = select(*_columns).where(case.c.outcome == "waiting", case.c.reply_by <= now).order_by(case.c.reply_by)
    return [_received(row) for row in connection.execute(query)]


def becoming_stubs(connection: Connection, now: datetime, until: datetime) -> dict[str, tuple[int, datetime]]:
    """Return by company how many unread cases become stubs after `now` and by `until`, and when the first does."""
    due = (case.c.reply_by > now, case.c.reply_by <= until)
    unread = (case.c.outcome == "waiting", case.c.publicity != "private", *due)
    query = select(case.c.company, func.count(), func.min(case.c.reply_by)).where(*unread).group_by(case.c.company)
    return {slug: (count, first) for slug, count, first in connection.execute(query.order_by(case.c.company))}


def next_deadline(connection: Connection, now: datetime) -> datetime | None:
    """Return when the next unread case becomes a stub."""
    query = select(func.min(case.c.reply_by)).where(case.c.outcome == "waiting", case.c.reply_by > now)
    return connection.execute(query).scalar()


def ledger_due(connection: Connection) -> list[Received]:
    """Return the cases whose line in the ledger is still to be written."""
    query = select(*_columns).where(case.c.ledger_due.is_(True)).order_by(case.c.received, case.c.number)
    return [_received(row) for row in connection.execute(query)]


def post_due(connection: Connection, limit: int) -> list[Received]:
    """Return cases of which nobody was told yet that they came, at most so many, oldest first."""
    query = select(*_columns).where(case.c.post_due.is_(True)).order_by(case.c.received, case.c.number).limit(limit)
    return [_received(row) for row in connection.execute(query)]


def untold_since(connection: Connection) -> datetime | None:
    """Return when the first of the cases came in of which nobody was told yet."""
    return connection.execute(select(func.min(case.c.received)).where(case.c.post_due.is_(True))).scalar()


def told(connection: Connection, number: str) -> None:
    """Note that the messages about a case that came stand in the outbox."""
    connection.execute(update(case).where(case.c.number == number).values(post_due=False))


def ledger_written(connection: Connection, written: Received) -> None:
    """Note that the ledger says of this case what is said of it here, unless that has changed meanwhile."""
    connection.execute(
        update(case)
        .where(
            case.c.number == written.number,
            case.c.outcome == written.outcome,
            case.c.first_reply.is_(None) if written.first_reply is None else case.c.first_reply == written.first_reply,
        )
        .values(ledger_due=False)
    )


def close(connection: Connection, number: str, outcome: str, at: datetime, reason: str | None = None) -> None:
    """Note what has become of a case, the first time only."""
    connection.execute(
        update(case)
        .where(case.c.number == number, case.c.outcome.in_(("waiting", "held")))
        .values(outcome=outcome, reason=reason, outcome_at=at, ledger_due=True)
    )


def release(connection: Connection, number: str) -> None:
    """Let a case that was held back wait for its company like any other."""
    held = (case.c.number == number, case.c.outcome == "held")
    connection.execute(update(case).where(*held).values(outcome="waiting", ledger_due=True))


def lift(connection: Connection, number: str, at: datetime) -> None:
    """Let a case that was withheld wait for its company again: only a public reply will answer it."""
    withheld = (case.c.number == number, case.c.outcome == "withheld")
    values = {"outcome": "waiting", "reason": None, "outcome_at": at, "first_reply": None, "ledger_due": True}
    connection.execute(update(case).where(*withheld).values(values))


def empty(connection: Connection, number: str, topic: str) -> None:
    """Drop what the record now holds: it must not stand in two places."""
    connection.execute(update(case).where(case.c.number == number).values({**_EMPTIED, "topic": topic}))


def answered(connection: Connection, number: str, company: str, at: datetime) -> None:
    """Note the first reply of a person, the first time only."""
    connection.execute(
        update(case)
        .where(case.c.number == number, case.c.company == company, case.c.first_reply.is_(None))
        .values(first_reply=at, ledger_due=True)
    )


def take_back(connection: Connection, number: str, outcome: str, at: datetime) -> None:
    """Note that the customer withdrew or erased a case, and empty it. What was withheld stays counted as that."""
    stands = case.c.outcome.not_in((outcome, "withheld", "erased"))
    connection.execute(
        update(case)
        .where(case.c.number == number, stands)
        .values(outcome=outcome, reason=None, outcome_at=at, ledger_due=True)
    )
    connection.execute(delete(addition).where(addition.c.number == number))
    connection.execute(delete(answer).where(answer.c.number == number, answer.c.by == ORIGINAL))
    connection.execute(update(case).where(case.c.number == number).values({**_EMPTIED, "same": None}))


def set_masks(connection: Connection, number: str, masks: str) -> None:
    """Note what staff decided about the personal data in a text that is to become public."""
    connection.execute(update(case).where(case.c.number == number).values(masks=masks))


def hide_name(connection: Connection, number: str) -> None:
    """Forget how the customer wanted to be called."""
    connection.execute(update(case).where(case.c.number == number).values(author=""))


def keep_private(connection: Connection, number: str, at: datetime) -> None:
    """Note that only the company may see a case that nobody has read yet."""
    connection.execute(
        update(case)
        .where(case.c.number == number, case.c.outcome == "waiting")
        .values(publicity="private", outcome="private", outcome_at=at, ledger_due=True)
    )


def add_answer(connection: Connection, number: str, given: Answer) -> None:
    """Store what one of the two says to the other alone, once."""
    same = (answer.c.number == number, answer.c.at == given.at, answer.c.text == given.text, answer.c.by == given.by)
    if connection.execute(select(answer.c.id).where(*same)).first() is None:
        facts = {name: getattr(given, name) for name in Answer.__slots__}
        connection.execute(insert(answer).values(number=number, **facts))


def answers(connection: Connection, number: str) -> list[Answer]:
    """Return what was said in private about a case, oldest first."""
    columns = [answer.c[name] for name in Answer.__slots__]
    query = select(*columns).where(answer.c.number == number).order_by(answer.c.id)
    return [Answer(**row._mapping) for row in connection.execute(query)]
