"""Reading a whole record from its folder, as far as it can be read."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from amends.record.house import clashes, read_board, read_company, read_referrals
from amends.record.ledger import sift_ledger
from amends.record.listing import BOARD, Listing, Role, inner, list_folder, misplaced, roles
from amends.record.model import Answer, Board, Company, Entry, Fault, LedgerLine, Record, RecordError, Referrals, Update
from amends.record.resolve import Found, number_of, read_found, read_text, resolve
from amends.record.told import read_page, sift_answer, sift_update

_Told = TypeVar("_Told", Update, Answer)


class NotABoardError(ValueError):
    """The folder is no board; the text says what is missing."""


class Memory(Protocol):
    """Keeps the last good version of each file of the record, by its path within `content/`."""

    def recall(self, path: str) -> str | None:
        """Return what the file said when it was last without fault."""

    def keep(self, path: str, text: str) -> None:
        """Remember that the file is without fault and says this."""


class NoMemory:
    """Remembers nothing: a file with a fault is a placeholder at once."""

    def recall(self, path: str) -> str | None:
        """Return None for every file."""

    def keep(self, path: str, text: str) -> None:
        """Forget it."""


def load(content: Path, memory: Memory | None = None) -> Record:
    """Read the record in `content`.

    A file with a fault is shown as it was when it last had none, or as a placeholder; the record names the
    faults. NotABoardError where there is no board.toml; RecordError where board.toml itself has a fault and
    no good version of it is remembered.
    """
    reader = Reader(content, NoMemory() if memory is None else memory)
    board = reader.board()
    files: dict[Role, list[str]] = {role: [] for role in Role}
    for listing in _walk(content, ""):
        reader.faults += misplaced(listing)
        for name, role in roles(listing):
            files[role].append(listing.below(name))
    companies = tuple(reader.company(path) for path in files[Role.COMPANY])
    reader.faults += clashes(companies)
    ledgers = {company.slug: reader.ledger(_of(company.slug, files[Role.LEDGER])) for company in companies}
    entries = _entries(reader, ledgers, files[Role.CASE])
    numbers = {slug: {entry.case.number for entry in found} for slug, found in entries.items()}
    updates = {one.slug: reader.updates(_of(one.slug, files[Role.UPDATE]), numbers[one.slug]) for one in companies}
    answers = {one.slug: reader.answers(one, _of(one.slug, files[Role.ANSWER]), numbers[one.slug]) for one in companies}
    pages = dict(reader.pages(files[Role.PAGE]))
    referrals = dict(reader.referrals(files[Role.REFERRALS]))
    return Record(board, companies, entries, ledgers, in_order(reader.faults), updates, answers, pages, referrals)


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return faults as they are told: by file and line."""
    return tuple(sorted(faults, key=lambda fault: (fault.path, fault.line or 0)))


def ledger_of(months: Iterable[tuple[str, Iterable[LedgerLine]]]) -> tuple[tuple[LedgerLine, ...], tuple[Fault, ...]]:
    """Put a ledger together from its files, by their paths, and name the cases that come too many.

    Each counts in the first file that has it.
    """
    lines: dict[str, LedgerLine] = {}
    faults = []
    for path, month in months:
        for line in month:
            if line.case in lines:
                found, expected = f"the case {line.case} a second time", "each case in one month's ledger"
                faults.append(Fault(path, None, None, found, expected))
            else:
                lines[line.case] = line
    return tuple(lines.values()), tuple(faults)


def newest_first(updates: Iterable[Update]) -> tuple[Update, ...]:
    """Return updates as a board tells them."""
    return tuple(sorted(updates, key=lambda update: (update.day, update.name), reverse=True))


def by_title(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return written answers as a board lists them."""
    return tuple(sorted(answers, key=lambda answer: (answer.title.casefold(), answer.name)))


def _walk(content: Path, path: str) -> Iterator[Listing]:
    listing = list_folder(content, path)
    yield listing
    for folder in inner(listing):
        yield from _walk(content, folder)


def _of(slug: str, paths: list[str]) -> list[str]:
    return [path for path in paths if path.startswith(f"{slug}/")]


def _entries(
    reader: "Reader", ledgers: dict[str, tuple[LedgerLine, ...]], paths: list[str]
) -> dict[str, tuple[Entry, ...]]:
    """Return the cases of each company in the order of receipt."""
    files: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        files[number_of(path)].append(path)
    lines: dict[str, dict[str, LedgerLine]] = defaultdict(dict)
    for slug, ledger in ledgers.items():
        for line in ledger:
            lines[line.case][slug] = line
    entries: dict[str, list[Entry]] = {slug: [] for slug in ledgers}
    for number in sorted(files.keys() | lines.keys()):
        for entry in reader.cases(number, files[number], lines[number]):
            entries[entry.case.company].append(entry)
    return {
        slug: tuple(sorted(found, key=lambda entry: (entry.case.received, entry.case.number)))
        for slug, found in entries.items()
    }


class Reader:
    """Reads the files of the record in `content`, notes their faults, and falls back on what they last said."""

    def __init__(self, content: Path, memory: Memory) -> None:
        self.content, self.memory = content, memory
        self.faults: list[Fault] = []

    def board(self) -> Board:
        """Read board.toml; NotABoardError where there is none, RecordError where it is faulty and never was good."""
        if not (self.content / BOARD).is_file():
            raise NotABoardError(f"{self.content} is no board: it has no board.toml (amends init makes one)")
        try:
            text = read_text(self.content / BOARD, BOARD)
            board = read_board(text, BOARD)
        except RecordError as error:
            kept = self.memory.recall(BOARD)
            if kept is None:
                raise
            self.faults.extend(error.faults)
            return read_board(kept, BOARD)
        self.memory.keep(BOARD, text)
        return board

    def company(self, path: str) -> Company:
        """Read a company.toml; of a company whose settings never were good only its address is known."""
        slug = path.partition("/")[0]
        try:
            text = read_text(self.content / path, path)
            company = read_company(text, slug, path)
        except RecordError as error:
            self.faults.extend(error.faults)
            kept = self.memory.recall(path)
            return read_company(kept, slug, path) if kept else Company(slug, slug, "https://invalid.example/")
        self.memory.keep(path, text)
        return company

    def ledger(self, paths: list[str]) -> tuple[LedgerLine, ...]:
        """Read the files of one company's ledger; each case counts in the first of them."""
        lines, faults = ledger_of((path, self.month(path)) for path in paths)
        self.faults.extend(faults)
        return lines

    def month(self, path: str) -> tuple[LedgerLine, ...]:
        """Return the lines of one file of the ledger: of a faulty one the last good ones, and those added since."""
        faults: tuple[Fault, ...] = ()
        try:
            text = read_text(self.content / path, path)
        except RecordError as error:
            text, faults = _legible(self.content / path, error), error.faults
        lines, slips = sift_ledger(text, path)
        if not faults and not slips:
            self.memory.keep(path, text)
            return lines
        self.faults.extend(faults or slips)
        kept = self.memory.recall(path)
        good = () if kept is None else sift_ledger(kept, path)[0]
        known = {line.case for line in good}
        return (*good, *(line for line in lines if line.case not in known))

    def cases(self, number: str, paths: list[str], lines: Mapping[str, LedgerLine]) -> tuple[Entry, ...]:
        """Return all cases with this number, by the files of that name and their lines in the ledgers."""
        texts: dict[str, str] = {}
        found = []
        for path in paths:
            try:
                texts[path] = read_text(self.content / path, path)
                found.append(read_found(texts[path], path))
            except RecordError as error:
                found.append(Found(path, None, error.faults))
        resolved = resolve(number, found, lines, self.memory.recall)
        self.faults.extend(resolved.faults)
        for path in resolved.good:
            self.memory.keep(path, texts[path])
        return resolved.entries

    def updates(self, paths: list[str], numbers: Container[str]) -> tuple[Update, ...]:
        """Read the updates of the company that has the cases with these numbers, newest first."""
        found = self._told(paths, lambda text, name, path: sift_update(text, name, path, numbers))
        return newest_first(found)

    def answers(self, company: Company, paths: list[str], numbers: Container[str]) -> tuple[Answer, ...]:
        """Read the written answers of a company, by their titles."""
        topics = company.topics
        found = self._told(paths, lambda text, name, path: sift_answer(text, name, path, numbers, topics))
        return by_title(found)

    def _told(
        self, paths: list[str], sift: Callable[[str, str, str], tuple[_Told, tuple[Fault, ...]]]
    ) -> Iterator[_Told]:
        """Yield what these files tell, each as it was when it last had no fault."""
        for path in paths:
            name = number_of(path)
            try:
                text = read_text(self.content / path, path)
                found, slips = sift(text, name, path)
            except RecordError as error:
                self.faults.extend(error.faults)
                kept = self.memory.recall(path)
                if kept is not None:
                    yield sift(kept, name, path)[0]
                continue
            self.memory.keep(path, text)
            self.faults.extend(slips)
            yield found

    def pages(self, paths: list[str]) -> Iterator[tuple[str, str]]:
        """Yield the name of a page and what the keeper says at its end, as it was when it last had no fault."""
        for path in paths:
            name = number_of(path)
            try:
                text = read_text(self.content / path, path)
                said = read_page(text, path)
            except RecordError as error:
                self.faults.extend(error.faults)
                kept = self.memory.recall(path)
                if kept is not None:
                    yield name, read_page(kept, path)
                continue
            self.memory.keep(path, text)
            yield name, said

    def referrals(self, paths: list[str]) -> Iterator[tuple[str, Referrals]]:
        """Yield the slug of a company and its referrals, as they were when their file last had no fault."""
        for path in paths:
            slug = path.partition("/")[0]
            try:
                text = read_text(self.content / path, path)
                found = read_referrals(text, path)
            except RecordError as error:
                self.faults.extend(error.faults)
                kept = self.memory.recall(path)
                if kept is not None:
                    yield slug, read_referrals(kept, path)
                continue
            self.memory.keep(path, text)
            yield slug, found

    def fault(self, path: str, found: str, expected: str) -> None:
        """Note a fault of a file as a whole."""
        self.faults.append(Fault(path, None, None, found, expected))


def _legible(file: Path, error: RecordError) -> str:
    """Return what can be read of a file that is not UTF-8; nothing of one that cannot be read at all."""
    if not isinstance(error.__cause__, UnicodeDecodeError):
        return ""
    return file.read_bytes().decode("utf-8", "replace")
