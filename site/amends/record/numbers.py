"""What speaks of each number of a record, and what each company has under it: kept so that one number can change."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from amends.record.model import Entry, Fault, LedgerLine
from amends.record.resolve import number_of


class Numbers:
    """The files and lines of the ledgers by the number that they are about, and the entries that they come to."""

    def __init__(self) -> None:
        self._paths: dict[str, set[str]] = defaultdict(set)
        self._lines: dict[str, dict[str, LedgerLine]] = defaultdict(dict)
        self._entries: dict[str, tuple[Entry, ...]] = {}
        self._faults: dict[str, tuple[Fault, ...]] = {}
        self._of_company: dict[str, list[Entry]] = defaultdict(list)
        self._told: dict[str, tuple[Entry, ...]] = {}
        self._taken: dict[str, set[str]] = defaultdict(set)

    def note_file(self, path: str, *, is_there: bool) -> str:
        """Note that a case file is there or gone, and return the number that it is about."""
        number = number_of(path)
        if is_there:
            self._paths[number].add(path)
        else:
            self._paths[number].discard(path)
        return number

    def note_ledger(self, slug: str, before: Mapping[str, LedgerLine], after: Mapping[str, LedgerLine]) -> set[str]:
        """Note what a company's ledger says now, and return the numbers of which it says something else."""
        touched = set()
        for number in before.keys() | after.keys():
            old, new = before.get(number), after.get(number)
            if old is new or old == new:
                continue
            touched.add(number)
            if new is None:
                self._lines[number].pop(slug, None)
            else:
                self._lines[number][slug] = new
        return touched

    def about(self, number: str) -> tuple[list[str], Mapping[str, LedgerLine]]:
        """Return the paths of the files and the companies' lines that speak of a number."""
        return sorted(self._paths.get(number, ())), self._lines.get(number, {})

    def settle(self, number: str, entries: tuple[Entry, ...], faults: tuple[Fault, ...]) -> None:
        """Note what the companies have under a number, and what is wrong with it, in place of what was noted before."""
        for entry in self._entries.pop(number, ()):
            listed = self._of_company[entry.case.company]
            del listed[bisect_left(listed, _order(entry), key=_order)]
            self._taken[entry.case.company].discard(number)
            self._told.pop(entry.case.company, None)
        for entry in entries:
            insort(self._of_company[entry.case.company], entry, key=_order)
            self._taken[entry.case.company].add(number)
            self._told.pop(entry.case.company, None)
        if entries:
            self._entries[number] = entries
        self._faults.pop(number, None)
        if faults:
            self._faults[number] = faults

    def entries(self, slug: str) -> tuple[Entry, ...]:
        """Return a company's cases in the order of receipt: the same object where none has changed."""
        if slug not in self._told:
            self._told[slug] = tuple(self._of_company[slug])
        return self._told[slug]

    def taken(self, slug: str) -> set[str]:
        """Return the numbers of a company's cases."""
        return self._taken[slug]

    def faults(self) -> Iterator[Fault]:
        """Yield what is wrong, number by number."""
        for number in sorted(self._faults):
            yield from self._faults[number]


def _order(entry: Entry) -> tuple[datetime, str]:
    return entry.case.received, entry.case.number
