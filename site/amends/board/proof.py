"""The proof: what became of every case received, so that the rows add up to the sum and anybody can check them.

A row is an outcome of the ledger, because the ledger is what a reader can add up. It is overruled in one place only:
a case whose file is missing or unreadable is never counted as published. A case with a file and without a line in the
ledger is counted by its file, and named. What is received here is what is received in `amends.figures`: neither
imported cases nor spam that never had a page; both are counted beside the sum.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from amends.case import Case, Reason
from amends.figures import Fact, Place, Share
from amends.record import Company, LedgerLine, LedgerOutcome

Name = TypeVar("Name", bound=Hashable)


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
    HELD = "held"


class Disagreement(StrEnum):
    """How the files and the ledger disagree about a case."""

    LOST = "lost"
    """It has no file that can be read."""
    UNLISTED = "unlisted"
    """It has a file and no line in the ledger."""
    DIFFERING = "differing"
    """File and line say different things of it."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one case adds to the proof.

    `became` and `received` are None where it is beside the sum, as `spam` or as `imported`. `reason` is why it was
    withheld; `removed` says that it was published and the keeper removed its words later. Of what the customer added,
    `kept_back` is how much the keeper withheld, `unread` how much nobody read in time. `listed` is the month of its
    line in the ledger; None without one.
    """

    became: Became | None
    received: datetime | None
    reason: Reason | None
    removed: bool
    kept_back: int
    unread: int
    spam: bool
    imported: bool
    listed: str | None
    disagreement: Disagreement | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases by what became of them; `Tally()` is that of none. `since` is when the first of them came.

    `withheld` adds up to that row; `removed` are those of the published ones of which the keeper removed the words
    later; `kept_back` and `unread` count what customers added; `spam` and `imported` are beside the sum. `lines` is
    how many lines the ledger of each month has, `disagreements` how many cases there are of each kind; neither holds
    anything that is 0.
    """

    rows: Mapping[Became, int] = field(default_factory=lambda: dict.fromkeys(Became, 0))
    withheld: Mapping[Reason, int] = field(default_factory=dict)
    removed: int = 0
    kept_back: int = 0
    unread: int = 0
    spam: int = 0
    imported: int = 0
    since: datetime | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    disagreements: Mapping[Disagreement, int] = field(default_factory=dict)

    def __add__(self, other: "Tally") -> "Tally":
        return total((self, other))

    @property
    def received(self) -> int:
        """The sum of all rows."""
        return sum(self.rows.values())

    @property
    def spam_share(self) -> Share:
        """Spam as a share of all that came in, the received ones and the spam."""
        return Share.of(self.spam, self.received + self.spam)

    def plain(self) -> list[object]:
        """Return it as values that JSON has, in the order of the fields; equal tallies return equal values."""
        return [
            {row: number for row, number in self.rows.items() if number},
            self.withheld,
            self.removed,
            self.kept_back,
            self.unread,
            self.spam,
            self.imported,
            None if self.since is None else int(self.since.timestamp()),
            dict(sorted(self.lines.items())),
            self.disagreements,
        ]

    @classmethod
    def of_plain(cls, values: Sequence[Any]) -> "Tally":
        """Read what `plain` returned; ValueError or TypeError for anything else."""
        rows, withheld, *counts, since, lines, disagreements = values
        removed, kept_back, unread, spam, imported = counts
        return cls(
            {row: rows.get(row, 0) for row in Became},
            {Reason(reason): number for reason, number in withheld.items()},
            removed,
            kept_back,
            unread,
            spam,
            imported,
            None if since is None else datetime.fromtimestamp(since, UTC),
            lines,
            {Disagreement(kind): number for kind, number in disagreements.items()},
        )


@dataclass(frozen=True, slots=True)
class Month:
    """The cases received in a calendar month, UTC; `lines` is how many lines its ledger has."""

    name: str
    first: date
    tally: Tally
    lines: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of the cases of one company, and where its files and its ledger disagree, by the cases' numbers."""

    company: Company
    tally: Tally
    lost: tuple[str, ...]
    unlisted: tuple[str, ...]
    differing: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether files and ledger say the same of every case."""
        return not self.tally.disagreements


def month_name(received: datetime) -> str:
    """Return the month of a receipt as its ledger is addressed, `2026-11`; four digits for every year."""
    return f"{received.year:04}-{received.month:02}"


def checked(fact: Fact, case: Case | None, line: LedgerLine | None) -> Check:
    """Return what a case adds to the proof; `case` is that of its place in the record, None where it has none."""
    became = _became(fact, case, line) if fact.counts else None
    return Check(
        became,
        fact.received if fact.counts else None,
        reason=line.reason if became is Became.WITHHELD and line is not None else None,
        removed=became is Became.PUBLISHED and case is not None and _is_removed(case),
        kept_back=_count(case, "withheld"),
        unread=_count(case, "unread"),
        spam=fact.place is Place.SPAM,
        imported=fact.place is Place.IMPORTED,
        listed=None if line is None else month_name(line.received),
        # Only what has a page can be linked to.
        disagreement=None if case is None else _disagreement(fact, case, line),
    )


def tally(checks: Iterable[Check]) -> Tally:
    """Add up what cases add to the proof."""
    every = tuple(checks)
    disagreements = Counter(check.disagreement for check in every if check.disagreement)
    return Tally(
        rows=_rows(Counter(check.became for check in every if check.became)),
        withheld=_in_order(Reason, Counter(check.reason for check in every if check.reason)),
        removed=sum(check.removed for check in every),
        kept_back=sum(check.kept_back for check in every),
        unread=sum(check.unread for check in every),
        spam=sum(check.spam for check in every),
        imported=sum(check.imported for check in every),
        since=min((check.received for check in every if check.received is not None), default=None),
        lines=Counter(check.listed for check in every if check.listed is not None),
        disagreements=_in_order(Disagreement, disagreements),
    )


def total(tallies: Iterable[Tally]) -> Tally:
    """Add up what became of the cases of several companies, or months."""
    every = tuple(tallies)
    return Tally(
        rows=_rows(_sum(each.rows for each in every)),
        withheld=_in_order(Reason, _sum(each.withheld for each in every)),
        removed=sum(each.removed for each in every),
        kept_back=sum(each.kept_back for each in every),
        unread=sum(each.unread for each in every),
        spam=sum(each.spam for each in every),
        imported=sum(each.imported for each in every),
        since=min((each.since for each in every if each.since is not None), default=None),
        lines=_sum(each.lines for each in every),
        disagreements=_in_order(Disagreement, _sum(each.disagreements for each in every)),
    )


def months(tallies: Mapping[str, Tally]) -> tuple[Month, ...]:
    """Return the months of a company, latest first; the tallies are by their names. Empty months have no place.

    What is imported was not received here and is left out.
    """
    # A line stands in the ledger of its own month, wherever its file says that the case came.
    lines = total(tallies.values()).lines
    return tuple(
        Month(name, date.fromisoformat(f"{name}-01"), replace(found, imported=0), lines.get(name, 0))
        for name, found in sorted(tallies.items(), reverse=True)
        if found.received or found.spam
    )


_OF_OUTCOME = {
    LedgerOutcome.PUBLISHED: Became.PUBLISHED,
    LedgerOutcome.PRIVATE: Became.PRIVATE,
    LedgerOutcome.WITHHELD: Became.WITHHELD,
    LedgerOutcome.WITHDRAWN: Became.WITHDRAWN,
    LedgerOutcome.ERASED: Became.ERASED,
    LedgerOutcome.WAITING: Became.WAITING,
    LedgerOutcome.HELD: Became.HELD,
}


def _became(fact: Fact, case: Case | None, line: LedgerLine | None) -> Became:
    if fact.place is Place.LOST:
        return Became.LOST
    if line is not None:
        return _OF_OUTCOME[line.outcome]
    if fact.place is Place.WITHDRAWN:
        return Became.WITHDRAWN
    return Became.WAITING if case is not None and case.is_stub else Became.PUBLISHED


def _count(case: Case | None, name: str) -> int:
    return sum(event.event == name for event in case.events) if case else 0


def _is_removed(case: Case) -> bool:
    return case.last("removed") is not None


def _fitting(case: Case) -> frozenset[LedgerOutcome]:
    """Return the outcomes with which the ledger says of a case what its file says."""
    if _is_removed(case):
        # What was withheld after it had appeared without its text leaves a tombstone too.
        return frozenset({LedgerOutcome.PUBLISHED, LedgerOutcome.WITHHELD, LedgerOutcome.ERASED})
    if case.is_gone:
        # Erased: of that only the ledger tells, the tombstone is the same.
        return frozenset({LedgerOutcome.WITHDRAWN, LedgerOutcome.ERASED})
    return frozenset({LedgerOutcome.WAITING if case.is_stub else LedgerOutcome.PUBLISHED})


def _disagreement(fact: Fact, case: Case, line: LedgerLine | None) -> Disagreement | None:
    if fact.place is Place.LOST:
        return Disagreement.LOST
    if not fact.counts:
        return None
    if line is None:
        return Disagreement.UNLISTED
    return Disagreement.DIFFERING if _differ(case, line) else None


def _differ(case: Case, line: LedgerLine) -> bool:
    """Whether the ledger says something else of a case than its file; of a reply it may say nothing yet."""
    replied = case.first_reply.at if case.first_reply else None
    times_differ = (case.received, case.reply_by) != (line.received, line.reply_by)
    return line.outcome not in _fitting(case) or times_differ or line.first_reply not in (None, replied)


def _sum(counts: Iterable[Mapping[Name, int]]) -> Counter[Name]:
    found: Counter[Name] = Counter()
    for each in counts:
        found.update(each)
    return found


def _rows(counts: Mapping[Became, int]) -> dict[Became, int]:
    return {row: counts.get(row, 0) for row in Became}


def _in_order(names: Iterable[Name], counts: Mapping[Name, int]) -> dict[Name, int]:
    """Return the counts in the order of their names, without those of nothing."""
    return {name: counts[name] for name in names if counts.get(name)}
