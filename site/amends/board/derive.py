"""What follows of a case at one instant: what the board shows and counts of it, and until when that holds."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from amends import figures
from amends.board import counts, proof
from amends.board.row import Row, row_of
from amends.case import next_change
from amends.figures import Fact, change_of, entry_as_of, fact_of, line_as_of
from amends.record import Company, Entry, LedgerLine


@dataclass(frozen=True, slots=True)
class Derived:
    """A case received, as it stands at one instant; `row` is None where it has no page.

    `turns` is the next instant at which time alone changes anything of it; None: never. `later` says that its file
    tells of what has not happened yet.
    """

    company: Company
    row: Row | None
    line: LedgerLine | None
    fact: Fact
    turns: datetime | None
    later: bool


def derive(company: Company, entry: Entry | None, line: LedgerLine | None, now: datetime) -> Derived:
    """Derive what follows at `now` of a case by its entry, its line of the ledger, or both."""
    shown = None if entry is None else entry_as_of(entry, now)
    listed = None if line is None else line_as_of(line, now)
    row = None if shown is None else row_of(company, shown, now)
    fact = fact_of(shown, listed, company.zone)
    instants = [next_change(shown.case, now, company.zone) if shown else None, change_of(fact, now, company.zone)]
    if entry is not None and shown is not entry:
        # What the file says of later changes the board too, once it is then.
        instants += [event.at for event in entry.case.events]
    if line is not None:
        instants += [line.reply_by, line.first_reply]
    turns = min((instant for instant in instants if instant is not None and instant > now), default=None)
    return Derived(company, row, listed, fact, turns, later=shown is not entry)


ALL_MONTHS = ""
"""In the place of a month: under it stand the sums over all of them."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Everything that is counted of some cases at one instant: for the figures, for the proof, and as they stand."""

    tally: figures.Tally
    proof: proof.Tally
    counts: counts.Counts

    def written(self) -> str:
        """Write them down; equal sums are written alike."""
        return json.dumps([self.tally.plain(), self.proof.plain(), self.counts.plain()], separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> "Sums":
        """Read what was written down."""
        tally, proved, counted = json.loads(text)
        return cls(figures.Tally.of_plain(tally), proof.Tally.of_plain(proved), counts.Counts.of_plain(counted))

    @classmethod
    def total(cls, several: Iterable["Sums"]) -> "Sums":
        """Add up what is counted of cases of which none is in two of them."""
        every = tuple(several)
        return cls(
            figures.total(each.tally for each in every),
            proof.total(each.proof for each in every),
            counts.total(each.counts for each in every),
        )


def summed(company: Company, found: Sequence[Derived], now: datetime) -> Sums:
    """Add up what is counted of a company's cases."""
    checks = (proof.checked(one.fact, one.row.case if one.row else None, one.line) for one in found)
    return Sums(
        figures.tally((one.fact for one in found), now, company.zone),
        proof.tally(checks),
        counts.total(counts.counted(one.row, one.line, now) for one in found),
    )


def disagreement(one: Derived) -> str | None:
    """Return how the file and the ledger disagree about a case; None where they do not."""
    return proof.checked(one.fact, one.row.case if one.row else None, one.line).disagreement
