"""Taking in what visitors send: after `receive` or `receive_report` returns, it is on disk."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from amends.inbox import Inbox, cases, reports
from amends.inbox.cases import Contact, Received
from amends.inbox.reports import Report
from amends.record import Company
from amends.submission import Submission, new_number

SALT_BYTES = 32
_TRIES = 5


class KeyReusedError(ValueError):
    """The key belongs to a submission with other content. The first one is kept, this one was not stored."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the visitor may know of a case just received."""

    number: str
    generation: int
    received: datetime
    reply_by: datetime
    is_private: bool


def receive(inbox: Inbox, company: Company, submission: Submission, now: datetime) -> Receipt:
    """Store a submission durably, once per key.

    The same key with the same content answers with the first receipt; KeyReusedError for other content.
    StoreUnavailableError where it cannot be stored: then nothing was.
    """
    for attempt in range(_TRIES):
        try:
            with inbox.writing() as connection:
                return _earlier(connection, company, submission) or _store(connection, company, submission, now)
        except IntegrityError:
            # Another process took the number or, on a server, the key meanwhile.
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def receive_report(inbox: Inbox, new: Report, key: str) -> None:
    """Store a report durably, once per key of its form.

    The same again under the same key changes nothing; KeyReusedError where it says something else.
    StoreUnavailableError where it cannot be stored: then nothing was.
    """
    try:
        _store_report(inbox, new, key)
    except IntegrityError:
        # Another process, on a server, stored the same form meanwhile: now it is found.
        _store_report(inbox, new, key)


def _store_report(inbox: Inbox, new: Report, key: str) -> None:
    with inbox.writing() as connection:
        earlier = reports.with_key(connection, new.company, key)
        if earlier is None:
            reports.add(connection, new, key)
        elif not new.says_the_same_as(earlier):
            raise KeyReusedError


def _earlier(connection: Connection, company: Company, submission: Submission) -> Receipt | None:
    found = cases.with_key(connection, company.slug, submission.key)
    if found is None:
        return None
    digest, number = found
    received = cases.get(connection, number)
    if digest != submission.digest() or received is None:
        raise KeyReusedError
    return _receipt(received)


def _store(connection: Connection, company: Company, submission: Submission, now: datetime) -> Receipt:
    is_private = submission.publicity == "private"
    received = Received(
        number=new_number(),
        company=company.slug,
        kind=submission.kind,
        topic=submission.topic,
        received=now,
        reply_by=now + timedelta(hours=company.reply_hours),
        publicity=submission.publicity,
        language=submission.language,
        salt=secrets.token_bytes(SALT_BYTES),
        committed=submission.committed(company.slug),
        author=submission.author,
        text=submission.text,
        page=submission.page,
        same=submission.same,
        outcome="private" if is_private else "waiting",
        outcome_at=now if is_private else None,
    )
    contacts = Contact(submission.email, submission.reference)
    cases.forget_keys(connection, now)
    cases.add(connection, received, contacts, submission.key, submission.digest())
    return _receipt(received)


def _receipt(received: Received) -> Receipt:
    return Receipt(received.number, received.generation, received.received, received.reply_by, received.is_private)
