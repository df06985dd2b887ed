"""Taking in what visitors send: after `receive` or `receive_report` returns, it is on disk."""

import asyncio
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from amends.inbox import Inbox, cases, quick, rates, reports
from amends.inbox.cases import Arrival, Contact, Received
from amends.inbox.reports import Report
from amends.record import Company
from amends.submission import Submission, new_number

SALT_BYTES = 32


class KeyReusedError(ValueError):
    """The key belongs to a submission with other content. The first one is kept, this one was not stored."""


class TooManyError(ValueError):
    """So much came in during the last hour that no more is taken; nothing was stored. `seconds` until it is again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"no more is taken in for {seconds} seconds")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """How many submissions are taken in within an hour; 0 where there is no limit."""

    network: int
    company: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the visitor may know of a case just received."""

    number: str
    generation: int
    received: datetime
    reply_by: datetime
    is_private: bool


@dataclass(frozen=True, slots=True)
class _Job:
    """A submission on its way to the store."""

    company: str
    reply_by: datetime
    submission: Submission
    digest: bytes
    network: str | None
    suspicion: str
    now: datetime


class Reception:
    """Takes submissions in, those of all threads together, once per key and within the limits."""

    def __init__(self, inbox: Inbox, limits: Limits) -> None:
        self._limits = limits
        self._shard = rates.own_shard(is_shared=inbox.is_shared)
        self._group = inbox.group(self._store)

    def receive(
        self, company: Company, submission: Submission, network: str | None, suspicion: str, now: datetime
    ) -> Receipt:
        """Store a submission durably, once per key. `network` names where it came from, None where nobody counts;
        `suspicion` says why it is held back, empty where it is not.

        The same key with the same content answers with the first receipt; KeyReusedError for other content.
        TooManyError beyond the limits. StoreUnavailableError where it cannot be stored: then nothing was.
        """
        return self._group.submit(_job(company, submission, network, suspicion, now))

    def receive_soon(
        self, company: Company, submission: Submission, network: str | None, suspicion: str, now: datetime
    ) -> "asyncio.Future[Receipt]":
        """Return a future of the running event loop that ends as `receive` would."""
        return self._group.submit_soon(_job(company, submission, network, suspicion, now))

    def _store(self, connection: Connection, jobs: Sequence[_Job]) -> list[Receipt | Exception]:
        known = _sent_before(connection, jobs)
        now = max(job.now for job in jobs)
        limited = [self._scopes(job) for job in jobs]
        room = _room(connection, limited, now)
        arrivals: list[Arrival] = []
        taken: Counter[str] = Counter()
        results: list[Receipt | Exception] = []
        for job, scopes in zip(jobs, limited, strict=True):
            sent = (job.company, job.submission.key)
            if sent not in known:
                if any(taken[scope] + 1 > room[scope] for scope in scopes):
                    results.append(TooManyError(_until_next_hour(now)))
                    continue
                taken.update(scopes.keys())
                arrival = _arrival(job)
                arrivals.append(arrival)
                known[sent] = arrival.digest, arrival.received
            results.append(_answer(job, *known[sent]))
        with quick.together(connection):
            cases.add(connection, arrivals)
            rates.add(connection, taken, now, self._shard)
        return results

    def _scopes(self, job: _Job) -> dict[str, int]:
        """Return what a submission counts towards, and the limit of each."""
        limited = {f"company/{job.company}": self._limits.company}
        if job.network is not None:
            limited[f"network/{job.network}"] = self._limits.network
        return {scope: limit for scope, limit in limited.items() if limit}


def _job(company: Company, submission: Submission, network: str | None, suspicion: str, now: datetime) -> _Job:
    return _Job(company.slug, company.answer_due(now), submission, submission.digest(), network, suspicion, now)


def _room(connection: Connection, limited: Sequence[Mapping[str, int]], now: datetime) -> Mapping[str, float]:
    """Return how many more may come in of what each of these limits."""
    limits = {scope: limit for scopes in limited for scope, limit in scopes.items()}
    used = rates.used(connection, limits, now) if limits else {}
    return {scope: limit - used[scope] for scope, limit in limits.items()}


def _sent_before(connection: Connection, jobs: Sequence[_Job]) -> dict[tuple[str, str], tuple[bytes, Received]]:
    """Return what was sent before under the keys of these jobs, by company and key."""
    keys: dict[str, list[str]] = {}
    for job in jobs:
        keys.setdefault(job.company, []).append(job.submission.key)
    return {
        (company, key): (digest, received)
        for company, those in keys.items()
        for key, (digest, number) in cases.with_keys(connection, company, those).items()
        if (received := cases.get(connection, number))
    }


def _answer(job: _Job, digest: bytes, received: Received) -> Receipt | Exception:
    if digest != job.digest:
        return KeyReusedError()
    return Receipt(received.number, received.generation, received.received, received.reply_by, received.is_private)


def _arrival(job: _Job) -> Arrival:
    sent, is_private = job.submission, job.submission.publicity == "private"
    received = Received(
        number=new_number(),
        company=job.company,
        kind=sent.kind,
        topic=sent.topic,
        received=job.now,
        reply_by=job.reply_by,
        publicity=sent.publicity,
        language=sent.language,
        salt=os.urandom(SALT_BYTES),
        committed=sent.committed(job.company),
        author=sent.author,
        text=sent.text,
        page=sent.page,
        same=sent.same,
        # What only the company sees is the company's to read: the keeper, who decides, may not.
        outcome="private" if is_private else "held" if job.suspicion else "waiting",
        suspicion=job.suspicion,
        outcome_at=job.now if is_private else None,
    )
    return Arrival(received, Contact(sent.email, sent.reference), sent.key, job.digest)


def _until_next_hour(now: datetime) -> int:
    return rates.HOUR - int(now.timestamp()) % rates.HOUR


def receive_report(inbox: Inbox, new: Report, key: str, network: str | None, limit: int) -> None:
    """Store a report durably, once per key of its form, and `limit` from one network within an hour; 0: no limit.

    The same again under the same key changes nothing; KeyReusedError where it says something else. TooManyError beyond
    the limit. StoreUnavailableError where it cannot be stored: then nothing was.
    """
    try:
        _store_report(inbox, new, key, network, limit)
    except IntegrityError:
        # Another process, on a server, stored the same form meanwhile: now it is found.
        _store_report(inbox, new, key, network, limit)


def _store_report(inbox: Inbox, new: Report, key: str, network: str | None, limit: int) -> None:
    with inbox.writing() as connection:
        earlier = reports.with_key(connection, new.company, key)
        if earlier is None:
            if network and limit:
                _count_report(connection, f"report/{network}", limit, new.made, is_shared=inbox.is_shared)
            reports.add(connection, new, key)
        elif not new.says_the_same_as(earlier):
            raise KeyReusedError


def _count_report(connection: Connection, scope: str, limit: int, now: datetime, *, is_shared: bool) -> None:
    if rates.used(connection, [scope], now)[scope] + 1 > limit:
        raise TooManyError(_until_next_hour(now))
    rates.add(connection, {scope: 1}, now, rates.own_shard(is_shared=is_shared))
