"""The proof: what became of every case received, so that the rows add up to the sum and anybody can check them.

A row is an outcome of the ledger, because the ledger is what a reader can add up. It is overruled in one place only:
a case whose file is missing or unreadable is never counted as published. A case with a file and without a line in the
ledger is counted by its file, and named. What is received here is what is received in `amends.figures`: neither
imported cases nor spam that never had a page; both are counted beside the sum.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from amends.case import Case, Reason
from amends.figures import Fact, Place, Share
from amends.record import Company, Entry, LedgerLine, LedgerOutcome


class Became(StrEnum):
    """What became of a case that was received: the rows of the proof, in their order."""

    PUBLISHED = "published"
    LOST = "lost"
    """It has or had a page, and its file is missing or cannot be read."""
    PRIVATE = "private"
    WITHHELD = "withheld"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases by what became of them. `withheld` adds up to that row; `removed` are those of the published ones of which
    the keeper removed the words later; `spam` and `imported` are beside the sum.
    """

    rows: Mapping[Became, int]
    withheld: Mapping[Reason, int]
    removed: int
    spam: int
    imported: int

    @property
    def received(self) -> int:
        """The sum of all rows."""
        return sum(self.rows.values())

    @property
    def spam_share(self) -> Share:
        """Spam as a share of all that came in, the received ones and the spam."""
        return Share.of(self.spam, self.received + self.spam)


@dataclass(frozen=True, slots=True)
class Month:
    """The cases received in a calendar month, UTC; `lines` is how many lines its ledger has."""

    name: str
    first: datetime
    tally: Tally
    lines: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of the cases of one company, and where its files and its ledger disagree, by the cases' numbers.

    `lost` have no readable file, `unlisted` have a file and no line, of `differing` the two say different things.
    """

    company: Company
    tally: Tally
    lost: tuple[str, ...]
    unlisted: tuple[str, ...]
    differing: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether files and ledger say the same of every case."""
        return not (self.lost or self.unlisted or self.differing)


def month_name(received: datetime) -> str:
    """Return the month of a receipt as its ledger is addressed, `2026-11`; four digits for every year."""
    return f"{received.year:04}-{received.month:02}"


def proof(company: Company, facts: Iterable[Fact], entries: Iterable[Entry], ledger: Iterable[LedgerLine]) -> Proof:
    """Add up what became of the cases of a company. `facts` are those of these entries and this ledger."""
    lines = {line.case: line for line in ledger}
    files = {entry.case.number: entry.case for entry in entries}
    facts = tuple(facts)
    readable = [fact for fact in facts if fact.case in files and fact.place is not Place.LOST and fact.counts]
    return Proof(
        company,
        tally(facts, files, lines),
        # Only what has a page can be linked to.
        lost=tuple(fact.case for fact in facts if fact.place is Place.LOST and fact.case in files),
        unlisted=tuple(fact.case for fact in readable if fact.case not in lines),
        differing=tuple(
            fact.case for fact in readable if fact.case in lines and _differ(files[fact.case], lines[fact.case])
        ),
    )


def _differ(case: Case, line: LedgerLine) -> bool:
    """Whether the ledger says something else of a case than its file; of a reply it may say nothing yet."""
    replied = case.first_reply.at if case.first_reply else None
    times_differ = (case.received, case.reply_by) != (line.received, line.reply_by)
    return line.outcome not in _fitting(case) or times_differ or line.first_reply not in (None, replied)


def tally(facts: Iterable[Fact], files: Mapping[str, Case], lines: Mapping[str, LedgerLine]) -> Tally:
    """Count cases by what became of them. `files` are those of which there is one, `lines` the ledger's, by number."""
    facts = tuple(facts)
    became = [(fact, _became(fact, files.get(fact.case), lines.get(fact.case))) for fact in facts if fact.counts]
    rows = Counter(row for _, row in became)
    withheld = Counter(lines[fact.case].reason for fact, row in became if row is Became.WITHHELD)
    places = Counter(fact.place for fact in facts)
    return Tally(
        rows={row: rows[row] for row in Became},
        withheld={reason: withheld[reason] for reason in Reason if withheld[reason]},
        removed=sum(row is Became.PUBLISHED and _is_removed(files[fact.case]) for fact, row in became),
        spam=places[Place.SPAM],
        imported=places[Place.IMPORTED],
    )


def total(tallies: Iterable[Tally]) -> Tally:
    """Add up what became of the cases of several companies, or months."""
    rows: Counter[Became] = Counter()
    withheld: Counter[Reason] = Counter()
    removed = spam = imported = 0
    for each in tallies:
        rows.update(each.rows)
        withheld.update(each.withheld)
        removed, spam, imported = removed + each.removed, spam + each.spam, imported + each.imported
    return Tally(
        {row: rows[row] for row in Became},
        {reason: withheld[reason] for reason in Reason if withheld[reason]},
        removed,
        spam,
        imported,
    )


def months(facts: Iterable[Fact], entries: Iterable[Entry], ledger: Iterable[LedgerLine]) -> tuple[Month, ...]:
    """Add up what became of the cases of a company by the month of receipt, latest first; empty months have no place.

    What is imported was not received here and is left out.
    """
    lines = {line.case: line for line in ledger}
    files = {entry.case.number: entry.case for entry in entries}
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.place is not Place.IMPORTED:
            found.setdefault(month_name(fact.received), []).append(fact)
    listed = Counter(month_name(line.received) for line in lines.values())
    return tuple(
        Month(name, found[name][0].received, tally(found[name], files, lines), listed[name])
        for name in sorted(found, reverse=True)
    )


_OF_OUTCOME = {
    LedgerOutcome.PUBLISHED: Became.PUBLISHED,
    LedgerOutcome.PRIVATE: Became.PRIVATE,
    LedgerOutcome.WITHHELD: Became.WITHHELD,
    LedgerOutcome.WITHDRAWN: Became.WITHDRAWN,
    LedgerOutcome.ERASED: Became.ERASED,
    LedgerOutcome.WAITING: Became.WAITING,
}


def _became(fact: Fact, case: Case | None, line: LedgerLine | None) -> Became:
    if fact.place is Place.LOST:
        return Became.LOST
    if line is not None:
        return _OF_OUTCOME[line.outcome]
    if fact.place is Place.WITHDRAWN:
        return Became.WITHDRAWN
    return Became.WAITING if case is not None and case.is_stub else Became.PUBLISHED


def _is_removed(case: Case) -> bool:
    return case.last("removed") is not None


def _fitting(case: Case) -> frozenset[LedgerOutcome]:
    """Return the outcomes with which the ledger says of a case what its file says."""
    if _is_removed(case):
        # What was withheld after it had appeared without its text leaves a tombstone too.
        return frozenset({LedgerOutcome.PUBLISHED, LedgerOutcome.WITHHELD})
    if case.is_gone:
        return frozenset({LedgerOutcome.WITHDRAWN})
    return frozenset({LedgerOutcome.WAITING if case.is_stub else LedgerOutcome.PUBLISHED})
