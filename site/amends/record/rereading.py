"""Reading a record again and again: each time only what has changed since."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from operator import is_
from pathlib import Path
from typing import Any

from amends.record.folders import Folder, are_same, changes, is_there, look
from amends.record.house import clashes
from amends.record.kept import Files, Kept, Said, Source, Told
from amends.record.listing import OF_CASES, Role
from amends.record.model import Answer, Board, Company, Fault, LedgerLine, Record, Update
from amends.record.numbers import Numbers
from amends.record.walk import Reader, by_title, in_order, ledger_of, newest_first

MOST = 1000
"""Files looked at each time though nothing tells of a change: 3 ms of processor."""


class Rereader:
    """Reads the record in `content` as `load` does, and from then on only the files that have changed.

    A case file is read again with its lines in the ledgers: what stands under one number is settled together. That a
    file came, went or was replaced is seen at once; of files that may have been edited in place, `most` are looked at
    each time, or those of one folder.
    """

    def __init__(self, content: Path, most: int = MOST) -> None:
        self._content, self._most, self._source = content, most, Source(content)
        self._folders: Mapping[str, Folder] = {}
        self._record: Record | None = None
        self._board: Kept[Board] | None = None
        self._companies = Files(self._source, Reader.company)
        self._pages = Files(self._source, lambda reader, path: dict(reader.pages([path])))
        self._referrals = Files(self._source, lambda reader, path: dict(reader.referrals([path])))
        self._houses: dict[str, _House] = {}
        self._numbers = Numbers()

    def __call__(self) -> Record:
        """Return the record as it is now, the same object where nothing has changed; raises what `load` raises."""
        board = self._source.read(Reader.board)
        folders = look(self._content, self._folders, self._most)
        if self._record is None or board != self._board or not are_same(self._folders, folders):
            self._renew(folders)
            self._record = self._assembled(board, folders.values())
        self._board, self._folders = board, folders
        return self._record

    def _renew(self, folders: Mapping[str, Folder]) -> None:
        """Read again what has changed. Twice is as good as once: what fails on the way is done by the next look."""
        changed: dict[Role, set[str]] = defaultdict(set)
        for path, role in changes(self._folders, folders):
            changed[role].add(path)
        there = _all_but_cases(folders.values())
        self._companies.renew(there[Role.COMPANY], changed[Role.COMPANY])
        self._pages.renew(there[Role.PAGE], changed[Role.PAGE])
        self._referrals.renew(there[Role.REFERRALS], changed[Role.REFERRALS])
        self._renew_cases(folders, there[Role.LEDGER], changed)
        companies = {kept.said.slug: kept.said for kept in self._companies.all}
        self._houses = {slug: self._houses[slug] for slug in companies}
        for slug, house in self._houses.items():
            house.renew_told(companies[slug], there, changed, self._numbers.taken(slug))

    def _renew_cases(
        self, folders: Mapping[str, Folder], ledgers: Iterable[str], changed: Mapping[Role, set[str]]
    ) -> None:
        """Settle the numbers of which a file has changed or a ledger says something else."""
        for kept in self._companies.all:
            self._houses.setdefault(kept.said.slug, _House(self._source))
        touched = {self._numbers.note_file(path, is_there=is_there(folders, path)) for path in changed[Role.CASE]}
        for slug, house in self._houses.items():
            before = house.lines
            if house.renew_ledger(_of(slug, ledgers), changed[Role.LEDGER]):
                touched |= self._numbers.note_ledger(slug, before, house.lines)
        for number in touched:
            settled = self._source.read(Reader.cases, number, *self._numbers.about(number))
            self._numbers.settle(number, settled.said, settled.faults)

    def _assembled(self, board: Kept[Board], folders: Iterable[Folder]) -> Record:
        """Put the record together as `load` does, its faults in the same order."""
        houses = self._houses
        faults = [
            *board.faults,
            *(fault for folder in folders for fault in folder.faults),
            *_faults(self._companies.all),
            *clashes(kept.said for kept in self._companies.all),
            *_faults(house.ledger for house in houses.values()),
            *self._numbers.faults(),
            *_faults(kept for house in houses.values() for kept in house.updates.all),
            *_faults(kept for house in houses.values() for kept in house.answers.all),
            *_faults(self._pages.all),
            *_faults(self._referrals.all),
        ]
        return Record(
            board.said,
            tuple(kept.said for kept in self._companies.all),
            {slug: self._numbers.entries(slug) for slug in houses},
            {slug: house.ledger.said for slug, house in houses.items()},
            in_order(faults),
            {slug: newest_first(_each(house.updates.all)) for slug, house in houses.items()},
            {slug: by_title(_each(house.answers.all)) for slug, house in houses.items()},
            {name: text for kept in self._pages.all for name, text in kept.said.items()},
            {slug: told for kept in self._referrals.all for slug, told in kept.said.items()},
        )


class _House:
    """What one company's files say, but for its settings and its cases."""

    def __init__(self, source: Source) -> None:
        self._months = Files(source, Reader.month)
        self.ledger: Kept[tuple[LedgerLine, ...]] = Kept(())
        self.lines: Mapping[str, LedgerLine] = {}
        self.updates = Told(source, _updates)
        self.answers = Told(source, _answers)

    def renew_ledger(self, paths: Iterable[str], changed: Container[str]) -> bool:
        """Read again which months have changed, and return whether one has."""
        before = self._months.all
        self._months.renew(paths, changed)
        if len(before) == len(self._months.all) and all(map(is_, before, self._months.all)):
            return False
        lines, doubled = ledger_of((path, kept.said) for path, kept in self._months.items())
        self.ledger = Kept(lines, (*_faults(self._months.all), *doubled))
        self.lines = {line.case: line for line in self.ledger.said}
        return True

    def renew_told(
        self,
        company: Company,
        there: Mapping[Role, list[str]],
        changed: Mapping[Role, set[str]],
        numbers: Container[str],
    ) -> None:
        """Read again which updates and answers have changed, or cite what has come or gone since."""
        self.updates.renew(company, _of(company.slug, there[Role.UPDATE]), changed[Role.UPDATE], numbers)
        self.answers.renew(company, _of(company.slug, there[Role.ANSWER]), changed[Role.ANSWER], numbers)


def _all_but_cases(folders: Iterable[Folder]) -> Mapping[Role, list[str]]:
    """Return the paths of the few files that a record has besides its cases, by what they are."""
    found: dict[Role, list[str]] = defaultdict(list)
    for folder in folders:
        if folder.listing.depth < OF_CASES:
            for path, (role, _) in folder.files.items():
                found[role].append(path)
    return found


def _updates(reader: Reader, company: Company, path: str, numbers: Container[str]) -> tuple[Update, ...]:
    return reader.updates([path], numbers)


def _answers(reader: Reader, company: Company, path: str, numbers: Container[str]) -> tuple[Answer, ...]:
    return reader.answers(company, [path], numbers)


def _of(slug: str, paths: Iterable[str]) -> list[str]:
    return [path for path in paths if path.startswith(f"{slug}/")]


def _faults(found: Iterable[Kept[Any]]) -> Iterator[Fault]:
    return (fault for kept in found for fault in kept.faults)


def _each(told: Iterable[Kept[tuple[Said, ...]]]) -> Iterator[Said]:
    return (one for kept in told for one in kept.said)
