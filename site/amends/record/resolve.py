"""From files to cases: what the board may believe of a case, by its file, its line of the ledger and its number.

Everything here is about one number at a time, so that a changed file costs no more than the cases it speaks of.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from amends.case import Case, Kind
from amends.record.front import MAX_BYTES
from amends.record.model import Entry, Fault, LedgerLine, LedgerOutcome, RecordError, Standing
from amends.record.schema import NUMBER, read_case, received_here

Recall = Callable[[str], str | None]
"""Returns what the file at a path said when it was last without fault; None where it never was, or nobody knows."""

_TRUST = (Standing.GOOD, Standing.LAST_GOOD, Standing.PLACEHOLDER, Standing.MISSING)


@dataclass(frozen=True, slots=True)
class Found:
    """A case file as it reads by itself: its case, or else its faults. `path` is relative to the record."""

    path: str
    case: Case | None
    faults: tuple[Fault, ...] = ()

    @property
    def company(self) -> str:
        """The slug of the company in whose folder it stands."""
        return self.path.partition("/")[0]

    @property
    def number(self) -> str:
        """The number by its name; no case where it is none (`NUMBER`)."""
        return number_of(self.path)


@dataclass(frozen=True, slots=True)
class Resolved:
    """All cases with one number, at most one of each company; `good` are the paths of files without any fault."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    good: tuple[str, ...]


def number_of(path: str) -> str:
    """Return the number of the case whose file stands at a path, by its name."""
    return PurePosixPath(path).stem


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


def read_found(text: str, path: str) -> Found:
    """Read the text of the case file at a path, and check that it stands where it belongs."""
    company = path.partition("/")[0]
    try:
        case = read_case(text, company, path)
    except RecordError as error:
        return Found(path, None, error.faults)
    expected = case_path(company, case.received, case.number)
    if path != expected:
        return Found(path, None, (Fault(path, None, None, "the file in this place", expected),))
    return Found(path, case)


def resolve(number: str, found: Iterable[Found], lines: Mapping[str, LedgerLine], recall: Recall) -> Resolved:
    """Return who has a case with this number, by the files of that name and the lines of the ledgers by company."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    good: list[str] = []
    for file in sorted(found, key=lambda file: file.path):
        entry, slips = _entry(file, lines.get(file.company), recall)
        faults += slips
        if entry is not None:
            entries.append(entry)
            if entry.standing is Standing.GOOD and not slips:
                good.append(file.path)
    missing = [
        _missing(company, line) for company, line in sorted(lines.items()) if _is_missing(company, line, entries)
    ]
    faults += [Fault(entry.path, None, None, "no file", "a file: the ledger says published") for entry in missing]
    kept, doubled = _once_each(number, [*entries, *missing], lines)
    return Resolved(tuple(kept), (*faults, *doubled), tuple(good))


def _entry(file: Found, line: LedgerLine | None, recall: Recall) -> tuple[Entry | None, Sequence[Fault]]:
    """Return the case of a file as its line of the ledger has it, or what stands in for it, and what is wrong."""
    faults = list(file.faults)
    if file.case is not None:
        try:
            case, slips = received_here(file.case, line, file.path) if line else (file.case, ())
            return Entry(case, file.path), slips
        except RecordError as error:
            faults += error.faults
    kept = _last_good(file, line, recall)
    if kept is not None:
        return Entry(kept, file.path, Standing.LAST_GOOD), faults
    if not NUMBER.fullmatch(file.number):
        return None, faults
    return Entry(_unknown(file.company, file.number, line, file.path), file.path, Standing.PLACEHOLDER), faults


def _last_good(file: Found, line: LedgerLine | None, recall: Recall) -> Case | None:
    """Return the case as its file last told it without fault, unless the ledger now says that it cannot be so."""
    text = recall(file.path)
    kept = read_found(text, file.path).case if text is not None else None
    if kept is None:
        return None
    try:
        return received_here(kept, line, file.path)[0] if line else kept
    except RecordError:
        return None


def _is_missing(company: str, line: LedgerLine, entries: Iterable[Entry]) -> bool:
    published = line.outcome is LedgerOutcome.PUBLISHED
    return published and all(entry.case.company != company for entry in entries)


def _missing(company: str, line: LedgerLine) -> Entry:
    path = case_path(company, line.received, line.case)
    return Entry(_unknown(company, line.case, line), path, Standing.MISSING)


def _once_each(
    number: str, entries: Sequence[Entry], lines: Mapping[str, LedgerLine]
) -> tuple[list[Entry], list[Fault]]:
    """Let the number be one case's on the whole board: the one's that the ledger knows, or the first good one's.

    Another company's case with the number becomes a placeholder; where a company would have the same address twice,
    all but one go.
    """
    in_order = sorted(entries, key=lambda entry: (_claim(entry, lines), entry.case.company, entry.path))
    kept, faults = in_order[:1], []
    for entry in in_order[1:]:
        company = entry.case.company
        faults.append(Fault(entry.path, None, None, f"the number {number} a second time", "a number of its own"))
        if all(other.case.company != company for other in kept):
            case = replace(_unknown(company, number, None, entry.path), received=entry.case.received)
            kept.append(Entry(case, entry.path, Standing.PLACEHOLDER))
    return kept, faults


def _claim(entry: Entry, lines: Mapping[str, LedgerLine]) -> tuple[bool, bool, int, datetime]:
    """Return a case's claim to its number, the smallest the best, where its ledger says it was received then."""
    case = entry.case
    line = lines.get(case.company)
    in_ledger = line is not None and case.received == line.received
    in_place = in_ledger and entry.path == case_path(case.company, case.received, case.number)
    return (not in_ledger, not in_place, _TRUST.index(entry.standing), case.received)


def _month_of(path: str) -> datetime:
    """Return the beginning of the month in whose folder a file stands, or of all time."""
    _, year, month, _ = path.split("/")
    try:
        return datetime(int(year), int(month), 1, tzinfo=UTC)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)


def _unknown(company: str, number: str, line: LedgerLine | None, path: str = "") -> Case:
    """Stand in for a case of which nothing can be read: it has no text and counts as unanswered."""
    if line is not None:
        received, reply_by = line.received, line.reply_by
    else:
        received = _month_of(path)
        reply_by = received + timedelta(hours=24)
    return Case(number, company, Kind.COMPLAINT, "unknown", received, reply_by)
