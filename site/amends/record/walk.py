"""Reading a whole record from its folder, as far as it can be read."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from amends.case import Case, Kind
from amends.record.front import MAX_BYTES
from amends.record.house import is_slug, read_board, read_company
from amends.record.ledger import sift_ledger
from amends.record.model import (
    Answer,
    Company,
    Entry,
    Fault,
    LedgerLine,
    LedgerOutcome,
    Record,
    RecordError,
    Standing,
    Update,
)
from amends.record.schema import NUMBER, read_case, received_here
from amends.record.told import NAME, PAGES, read_page, sift_answer, sift_update

_YEAR = re.compile("[0-9]{4}")
_Told = TypeVar("_Told", Update, Answer)
_TRUST = (Standing.GOOD, Standing.LAST_GOOD, Standing.PLACEHOLDER, Standing.MISSING)


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
    if not (content / "board.toml").is_file():
        raise NotABoardError(f"{content} is no board: it has no board.toml (amends init makes one)")
    return _Walk(content, NoMemory() if memory is None else memory).record()


def case_path(company: str, received: datetime, number: str) -> str:
    """Return where a case's file stands within `content/`."""
    return f"{company}/{received:%Y}/{received:%m}/{number}.md"


def read_text(path: Path, shown: str) -> str:
    """Read a file of the record; RecordError where it is a link, too large, unreadable or not UTF-8."""
    try:
        if path.is_symlink() or not path.is_file():
            raise RecordError([Fault(shown, None, None, "no ordinary file", "a file")])
        if path.stat().st_size > MAX_BYTES and path.suffix != ".csv":
            raise RecordError([Fault(shown, None, None, "a huge file", f"at most {MAX_BYTES} bytes")])
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise RecordError([Fault(shown, line, None, "bytes that are not UTF-8", "text in UTF-8")]) from error
    except OSError as error:
        raise RecordError([Fault(shown, None, None, error.strerror or "an error", "a readable file")]) from error


class _Walk:
    """One pass over the folder."""

    def __init__(self, content: Path, memory: Memory) -> None:
        self.content, self.memory = content, memory
        self.faults: list[Fault] = []

    def record(self) -> Record:
        try:
            board = read_board(read_text(self.content / "board.toml", "board.toml"), "board.toml")
        except RecordError as error:
            kept = self.memory.recall("board.toml")
            if kept is None:
                raise
            self.faults.extend(error.faults)
            board = read_board(kept, "board.toml")
        else:
            self.memory.keep("board.toml", (self.content / "board.toml").read_text("utf-8"))
        companies = tuple(self.companies())
        ledgers = {company.slug: tuple(self.ledger(company.slug)) for company in companies}
        entries = {company.slug: self.entries(company.slug, ledgers[company.slug]) for company in companies}
        self.once_each(entries, ledgers)
        in_order = {
            slug: tuple(sorted(found, key=lambda entry: (entry.case.received, entry.case.number)))
            for slug, found in entries.items()
        }
        updates = {company.slug: self.updates(company, in_order[company.slug]) for company in companies}
        answers = {company.slug: self.answers(company, in_order[company.slug]) for company in companies}
        pages = dict(self.pages())
        return Record(board, companies, in_order, ledgers, tuple(self.faults), updates, answers, pages)

    def companies(self) -> Iterator[Company]:
        for folder in self.folders(self.content):
            path = f"{folder.name}/company.toml"
            if not (folder / "company.toml").exists():
                if any(_YEAR.fullmatch(inside.name) for inside in folder.iterdir()):
                    self.fault(path, "no file", "the company's settings: its cases are not shown")
                continue
            if not is_slug(folder.name):
                self.fault(path, f"the folder name {folder.name!r}", "a slug that is not reserved")
                continue
            yield self.company(folder, path)

    def company(self, folder: Path, path: str) -> Company:
        try:
            text = read_text(folder / "company.toml", path)
            company = read_company(text, folder.name, path)
        except RecordError as error:
            self.faults.extend(error.faults)
            kept = self.memory.recall(path)
            nameless = Company(folder.name, folder.name, "https://invalid.example/")
            return read_company(kept, folder.name, path) if kept else nameless
        self.memory.keep(path, text)
        return company

    def ledger(self, slug: str) -> Iterator[LedgerLine]:
        folder = self.content / slug / "ledger"
        seen = set()
        for file in [] if folder.is_symlink() else sorted(folder.glob("*.csv")):
            path = f"{slug}/ledger/{file.name}"
            for line in self.month(file, path):
                if line.case in seen:
                    self.fault(path, f"the case {line.case} a second time", "each case in one month's ledger")
                    continue
                seen.add(line.case)
                yield line

    def month(self, file: Path, path: str) -> tuple[LedgerLine, ...]:
        """Return the lines of one file of the ledger: of a faulty one the last good ones, and those added since."""
        faults: tuple[Fault, ...] = ()
        try:
            text = read_text(file, path)
        except RecordError as error:
            text, faults = _legible(file, error), error.faults
        lines, slips = sift_ledger(text, path)
        if not faults and not slips:
            self.memory.keep(path, text)
            return lines
        self.faults.extend(faults or slips)
        kept = self.memory.recall(path)
        good = () if kept is None else sift_ledger(kept, path)[0]
        known = {line.case for line in good}
        return (*good, *(line for line in lines if line.case not in known))

    def entries(self, slug: str, ledger: tuple[LedgerLine, ...]) -> list[Entry]:
        received = {line.case: line for line in ledger}
        found = [entry for path in self.case_files(slug) if (entry := self.entry(slug, path, received))]
        present = {entry.case.number for entry in found}
        for line in ledger:
            if line.outcome is LedgerOutcome.PUBLISHED and line.case not in present:
                path = case_path(slug, line.received, line.case)
                self.fault(path, "no file", "a file: the ledger says published")
                found.append(Entry(_unknown(slug, line.case, line), path, Standing.MISSING))
        return found

    def case_files(self, slug: str) -> Iterator[Path]:
        """Yield the case files, and name as faults those that stand where no case belongs."""
        root = self.content / slug
        self.out_of_place(root)
        for year in self.folders(root):
            if not _YEAR.fullmatch(year.name):
                continue
            self.out_of_place(year)
            for month in self.folders(year):
                yield from sorted(file for file in month.iterdir() if self.is_case(file))
                for inside in self.folders(month):
                    self.out_of_place(inside)

    def is_case(self, file: Path) -> bool:
        if not file.name.isprintable() or any("\ud800" <= letter <= "\udfff" for letter in file.name):
            shown = file.parent.relative_to(self.content).as_posix()
            self.fault(shown, f"a file with the name {file.name!a}", "<number>.md")
            return False
        return _is_case(file.name)

    def out_of_place(self, folder: Path) -> None:
        for file in sorted(folder.glob("*.md")):
            shown = ascii(file.relative_to(self.content).as_posix())[1:-1]
            self.fault(shown, "a case in this place", "<company>/<year>/<month>/<number>.md")

    def entry(self, slug: str, file: Path, received: dict[str, LedgerLine]) -> Entry | None:
        path, line = file.relative_to(self.content).as_posix(), received.get(file.stem)
        try:
            text = read_text(file, path)
            case = read_case(text, slug, path)
            self.check_place(case, path)
            case, slips = received_here(case, line, path) if line else (case, ())
        except RecordError as error:
            self.faults.extend(error.faults)
        else:
            self.faults.extend(slips)
            if not slips:
                self.memory.keep(path, text)
            return Entry(case, path)
        kept = self.last_good(slug, path, line)
        if kept is not None:
            return Entry(kept, path, Standing.LAST_GOOD)
        if not NUMBER.fullmatch(file.stem):
            return None
        return Entry(_unknown(slug, file.stem, line, path), path, Standing.PLACEHOLDER)

    def last_good(self, slug: str, path: str, line: LedgerLine | None) -> Case | None:
        """Return the case as its file last told it without fault, unless the ledger now says that it cannot be so."""
        kept = self.memory.recall(path)
        if kept is None:
            return None
        case = read_case(kept, slug, path)
        try:
            return received_here(case, line, path)[0] if line else case
        except RecordError:
            return None

    def check_place(self, case: Case, path: str) -> None:
        expected = case_path(case.company, case.received, case.number)
        if path != expected:
            raise RecordError([Fault(path, None, None, "the file in this place", expected)])

    def once_each(self, entries: dict[str, list[Entry]], ledgers: dict[str, tuple[LedgerLine, ...]]) -> None:
        """Let each number be one case's on the whole board: the one's that the ledger knows, or the first good one's.

        Another company's case with the number becomes a placeholder; where a company would have the same address
        twice, all but one go.
        """
        received = {(slug, line.case): line.received for slug, lines in ledgers.items() for line in lines}
        by_number = defaultdict(list)
        for slug, found in entries.items():
            for place, entry in enumerate(found):
                claim = _claim(entry, received.get((slug, entry.case.number)))
                by_number[entry.case.number].append((claim, slug, place))
        gone: dict[str, set[int]] = defaultdict(set)
        for number, places in by_number.items():
            (_, first, _), *others = sorted(places)
            shown = {first}
            for _, slug, place in others:
                entry = entries[slug][place]
                self.fault(entry.path, f"the number {number} a second time", "a number of its own")
                case = replace(_unknown(slug, number, None, entry.path), received=entry.case.received)
                entries[slug][place] = Entry(case, entry.path, Standing.PLACEHOLDER)
                if slug in shown:
                    gone[slug].add(place)
                shown.add(slug)
        for slug, places_gone in gone.items():
            entries[slug] = [entry for place, entry in enumerate(entries[slug]) if place not in places_gone]

    def updates(self, company: Company, entries: tuple[Entry, ...]) -> tuple[Update, ...]:
        numbers = {entry.case.number for entry in entries}
        found = self.told(company, "updates", lambda text, name, path: sift_update(text, name, path, numbers))
        return tuple(sorted(found, key=lambda update: (update.day, update.name), reverse=True))

    def answers(self, company: Company, entries: tuple[Entry, ...]) -> tuple[Answer, ...]:
        numbers = {entry.case.number for entry in entries}
        topics = company.topics
        found = self.told(company, "answers", lambda text, name, path: sift_answer(text, name, path, numbers, topics))
        return tuple(sorted(found, key=lambda answer: (answer.title.casefold(), answer.name)))

    def told(
        self, company: Company, folder: str, sift: Callable[[str, str, str], tuple[_Told, tuple[Fault, ...]]]
    ) -> Iterator[_Told]:
        """Yield what the files of that folder tell, each as it was when it last had no fault."""
        for file in self.told_files(self.content / company.slug / folder):
            path = file.relative_to(self.content).as_posix()
            try:
                text = read_text(file, path)
                found, slips = sift(text, file.stem, path)
            except RecordError as error:
                self.faults.extend(error.faults)
                kept = self.memory.recall(path)
                if kept is not None:
                    yield sift(kept, file.stem, path)[0]
                continue
            self.memory.keep(path, text)
            self.faults.extend(slips)
            yield found

    def pages(self) -> Iterator[tuple[str, str]]:
        """Yield the name of a page and what the keeper says at its end, as it was when it last had no fault."""
        for name in PAGES:
            path = f"{name}.md"
            if not os.path.lexists(self.content / path):
                continue
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

    def told_files(self, folder: Path) -> Iterator[Path]:
        """Yield the files of a folder that may be updates or answers, and name the others as faults."""
        shown = folder.relative_to(self.content).as_posix()
        if not folder.is_dir():
            if os.path.lexists(folder):
                self.fault(shown, "no folder", "a folder of files <name>.md")
            return
        for file in [] if folder.is_symlink() else sorted(folder.iterdir()):
            if file.suffix == ".md" and NAME.fullmatch(file.stem):
                yield file
            elif not file.name.startswith("."):
                expected = "<name>.md, the name of small letters, digits and dashes, at most 80"
                self.fault(f"{shown}/{ascii(file.name)[1:-1]}", "a file with this name", expected)

    def folders(self, folder: Path) -> list[Path]:
        with os.scandir(folder) as found:
            inside = [Path(entry.path) for entry in found if entry.is_dir() and not entry.name.startswith(".")]
        for link in (path for path in inside if path.is_symlink()):
            shown = link.relative_to(self.content).as_posix()
            self.fault(shown, "a symbolic link", "a folder of the record itself")
        return sorted(path for path in inside if not path.is_symlink())

    def fault(self, path: str, found: str, expected: str) -> None:
        self.faults.append(Fault(path, None, None, found, expected))


def _is_case(name: str) -> bool:
    return name.endswith(".md") and not name.startswith(".")


def _legible(file: Path, error: RecordError) -> str:
    """Return what can be read of a file that is not UTF-8; nothing of one that cannot be read at all."""
    if not isinstance(error.__cause__, UnicodeDecodeError):
        return ""
    return file.read_bytes().decode("utf-8", "replace")


def _claim(entry: Entry, received: datetime | None) -> tuple[bool, bool, int, datetime]:
    """Return a case's claim to its number, the smallest the best, where its ledger says it was received then."""
    case = entry.case
    in_ledger = case.received == received
    in_place = in_ledger and entry.path == case_path(case.company, case.received, case.number)
    return (not in_ledger, not in_place, _TRUST.index(entry.standing), case.received)


def _month_of(path: str) -> datetime:
    """Return the beginning of the month in whose folder a file stands, or of all time."""
    _, year, month, _ = path.split("/")
    try:
        return datetime(int(year), int(month), 1, tzinfo=UTC)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)


def _unknown(slug: str, number: str, line: LedgerLine | None, path: str = "") -> Case:
    """Stand in for a case of which nothing can be read: it has no text and counts as unanswered."""
    if line is not None:
        received, reply_by = line.received, line.reply_by
    else:
        received = _month_of(path)
        reply_by = received + timedelta(hours=24)
    return Case(number, slug, Kind.COMPLAINT, "unknown", received, reply_by)
