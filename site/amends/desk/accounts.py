"""What is counted of a company's record at the desk, kept for as long as record and clock leave it as it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from itertools import chain
from threading import Lock

from amends.case import Case, Owed, answer_owed, clock_runs_until, end_of, promises
from amends.figures import (
    ALL_TIME,
    Fact,
    Figures,
    Place,
    by_month,
    closed_year,
    entry_as_of,
    fact_of,
    figures_of,
    line_as_of,
    next_change,
    total,
    within,
)
from amends.record import Company, Entry, LedgerLine, Record

Moment = tuple[datetime, str]
"""When something happened, and what: received, answered, gift, kept, broken, overdue, or the outcome of a verdict."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A case received, looked at once; `until` is when its file says more than it says now, None: never.

    `case` is None where only the ledger knows it. `owed` is the answer that staff can give; `due` is when one is, of
    which the board says so. `moments` are those of a case that counts, in no order, up to the `latest`.
    """

    entry: Entry | None
    line: LedgerLine | None
    fact: Fact
    case: Case | None
    owed: Owed | None
    due: datetime | None
    moments: tuple[Moment, ...]
    latest: datetime
    until: datetime | None

    def holds(self, entry: Entry | None, line: LedgerLine | None, now: datetime) -> bool:
        """Whether a look at this file and this line would find the same."""
        return self.entry is entry and self.line == line and (self.until is None or now < self.until)

    def overdue_promise(self, now: datetime, zone: tzinfo) -> datetime | None:
        """Return since when a promise is overdue, the earliest of several; None where none is, or nobody reads it."""
        if self.case is None or self.case.is_gone:
            return None
        ends = (end_of(promise.due, zone) for promise in self.fact.promises if promise.is_running)
        return min((end for end in ends if end <= now), default=None)

    def late_since(self, now: datetime, zone: tzinfo) -> datetime | None:
        """Return since when an answer or a promise is late, as the board counts it: also of what nobody can see."""
        if not self.fact.counts:
            return None
        late = (self.due, self.overdue_promise(now, zone))
        return min((since for since in late if since is not None and since <= now), default=None)


@dataclass(frozen=True, slots=True)
class Account:
    """One company's cases, noted; `windows` are the figures that its page on the board shows, in their order.

    `open` are those of the cases that may be waiting for something. `until` is the next instant at which time alone
    changes anything here.
    """

    company: Company
    entries: Sequence[Entry]
    ledger: Sequence[LedgerLine]
    noted: Mapping[str, Noted]
    windows: tuple[Figures, ...]
    until: datetime
    open: Sequence[Noted] = field(repr=False)

    def holds(self, company: Company, record: Record, now: datetime) -> bool:
        """Whether nothing has changed since."""
        same = self.entries is _entries(record, company) and self.ledger is _ledger(record, company)
        return same and self.company == company and now < self.until

    def falling_late(self, now: datetime, until: datetime) -> tuple[list[datetime], list[datetime]]:
        """Return when answers and promises fall overdue after `now` and by `until`, as the board counts them."""
        counted = [one for one in self.open if one.fact.counts]
        answers = [one.due for one in counted if one.due and now < one.due <= until]
        read = (one for one in counted if one.case is not None and not one.case.is_gone)
        running = (promise for one in read for promise in one.fact.promises if promise.is_running)
        ends = (end_of(promise.due, self.company.zone) for promise in running)
        return answers, [end for end in ends if now < end <= until]

    def overdue(self, now: datetime) -> list[datetime]:
        """Return of each case that is late, as the board counts it, since when it is."""
        found = (one.late_since(now, self.company.zone) for one in self.open)
        return [since for since in found if since is not None]


class Accounts:
    """The accounts of all companies. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[str, Account] = {}

    def of(self, record: Record, company: Company, now: datetime) -> Account:
        """Return a company's account as it stands at `now`."""
        with self._lock:
            kept = self._kept.get(company.slug)
            if kept is None or not kept.holds(company, record, now):
                before = kept.noted if kept and kept.company == company else {}
                self._kept[company.slug] = kept = account(record, company, now, before)
            return kept


def account(record: Record, company: Company, now: datetime, before: Mapping[str, Noted]) -> Account:
    """Take a company's account; of the cases noted `before` only those are looked at again that have changed."""
    entries, ledger = _entries(record, company), _ledger(record, company)
    lines = {line.case: line for line in ledger}
    pairs = [(entry, lines.pop(entry.case.number, None)) for entry in entries]
    noted = {}
    for entry, line in chain(pairs, ((None, line) for line in lines.values())):
        number = entry.case.number if entry else line.case if line else ""
        known = before.get(number)
        holds = known is not None and known.holds(entry, line, now)
        noted[number] = known if known and holds else note(entry, line, now, company.zone)
    facts = [one.fact for one in noted.values()]
    turns = [one.until for one in noted.values() if one.until]
    may_wait = [one for one in noted.values() if _may_wait(one)]
    until = min([next_change(facts, now, company.zone), *turns])
    return Account(company, entries, ledger, noted, _windows(facts, now, company.zone), until, may_wait)


def note(entry: Entry | None, line: LedgerLine | None, now: datetime, zone: tzinfo) -> Noted:
    """Look at one case, by its file, its line of the ledger, or both."""
    shown = entry_as_of(entry, now) if entry else None
    fact = fact_of(shown, line_as_of(line, now) if line else None, zone)
    case = shown.case if shown else None
    # As in the list of what waits: nobody at the desk answers a stub, or what was imported.
    owed = answer_owed(case) if case and not case.is_stub and not case.imported else None
    moments = tuple(_moments(fact, case, zone)) if fact.counts else ()
    later = [event.at for event in entry.case.events] if entry else []
    later += [line.first_reply] if line and line.first_reply else []
    return Noted(
        entry,
        line,
        fact,
        case,
        owed,
        _answer_due(fact, case),
        moments,
        max((at for at, _ in moments), default=fact.received),
        min((at for at in later if at > now), default=None),
    )


def _answer_due(fact: Fact, case: Case | None) -> datetime | None:
    if case is None:
        is_over = fact.first_reply is not None or fact.place in (Place.WITHDRAWN, Place.ERASED)
        return None if is_over else fact.reply_by
    # Removing a text does not answer it.
    is_unanswered = case.first_reply is None and case.last("removed") is not None
    return case.reply_by if is_unanswered else clock_runs_until(case)


def _moments(fact: Fact, case: Case | None, zone: tzinfo) -> Iterator[Moment]:
    yield fact.received, "received"
    if fact.first_reply is not None:
        yield fact.first_reply, "answered"
    if case is not None:
        for event in case.events:
            if event.event == "verdict" and event.outcome:
                yield event.at, str(event.outcome)
            elif event.event in ("kept", "broken", "gift"):
                yield event.at, event.event
        yield from _falling_overdue(case, zone)


def _falling_overdue(case: Case, zone: tzinfo) -> Iterator[Moment]:
    """Yield the ends of days up to which a promise ran and had no later day; also of days still to come."""
    for end in {end_of(event.due, zone) for event in case.events if event.due}:
        before = replace(case, events=tuple(event for event in case.events if event.at < end))
        # What falls due after the customer took the case back is nobody's to keep.
        if before.last("withdrawn") is None:
            running = (promise for promise in promises(before) if promise.is_running)
            yield from ((end, "overdue") for promise in running if end_of(promise.due, zone) == end)


def _windows(facts: Iterable[Fact], now: datetime, zone: tzinfo) -> tuple[Figures, ...]:
    tallies, year = by_month(facts, now, zone), closed_year(now)
    all_time = figures_of(total(tallies.values()), ALL_TIME)
    in_year = figures_of(within(tallies, year), year)
    return (in_year, all_time) if in_year.received else (all_time,)


def _may_wait(noted: Noted) -> bool:
    is_promised = any(promise.is_running for promise in noted.fact.promises)
    return noted.due is not None or is_promised


def _entries(record: Record, company: Company) -> Sequence[Entry]:
    return record.entries.get(company.slug, ())


def _ledger(record: Record, company: Company) -> Sequence[LedgerLine]:
    return record.ledgers.get(company.slug, ())
