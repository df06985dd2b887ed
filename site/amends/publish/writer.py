"""Writing the files of a record, one writer at a time."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from amends.case import Case, Event, Outcome
from amends.personal import Choice
from amends.publish.errors import CannotPublishError
from amends.publish.wording import in_public
from amends.record import Company, case_file, case_path, exclusive, read_case, read_text, remove, splice, write_whole
from amends.record.front import MAX_BYTES

_NOTHING_DECIDED = Choice()

OVERTAKEN = (
    "after you had looked at it somebody else answered, or edited its file. Nothing was overwritten: read what stands "
    "there now, then send yours again or put it aside"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A case's file: where it stands, what it says, and the case that this makes."""

    path: Path
    shown: str
    text: str
    case: Case


class Writer:
    """Writes to the record in `content`. `locks` keeps its processes apart; `house` knows the companies' settings."""

    def __init__(self, content: Path, locks: Path, house: Callable[[str], Company]) -> None:
        self.content, self._locks, self.house = content, locks, house
        self.written: set[Path] = set()
        """The files written since somebody last looked."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep all other writers out while the block runs."""
        with exclusive(self._locks, "record"):
            yield

    def path(self, company: str, received: datetime, number: str) -> Path:
        """Return where a case's file belongs."""
        return self.content / case_path(company, received, number)

    def read(self, path: Path, company: str) -> Found:
        """Read a case's file; RecordError where it has a fault."""
        shown = path.relative_to(self.content).as_posix()
        text = read_text(path, shown)
        return Found(path, shown, text, read_case(text, company, shown))

    def find(self, company: str, number: str) -> Found | None:
        """Return a case's file wherever it stands; RecordError where it has a fault."""
        path = case_file(self.content, company, number)
        return None if path is None else self.read(path, company)

    def get(self, company: str, number: str) -> Case:
        """Return a case as its file has it; CannotPublishError where it has none, RecordError where it has a fault."""
        return self._need(company, number).case

    def add(
        self, company: str, number: str, event: Event, choice: Choice = _NOTHING_DECIDED, basis: str | None = None
    ) -> Case:
        """Add an event to a case's file, its words masked, unless it is there; return the case with it.

        With `basis` only to the file as it was then: CannotPublishError where somebody else has said something since.
        """
        event = in_public(self.house(company), event, choice)
        with self.alone():
            found = self._need(company, number)
            case = found.case
            if any(there.at >= event.at and as_first_said(there, event.at) == event for there in case.events):
                return case
            if basis is not None and basis_of(case) != basis:
                raise CannotPublishError(OVERTAKEN)
            event = _with_clock(self.house(company), case, replace(event, at=not_before(case, event.at)))
            case = replace(case, events=(*case.events, event))
            self.write(found.path, splice(found.text, event, company, found.shown), case)
            return case

    def _need(self, company: str, number: str) -> Found:
        found = self.find(company, number)
        if found is None:
            raise CannotPublishError("the case has no file: publish it first, or put the file back")
        return found

    def write(self, path: Path, text: str, case: Case) -> None:
        """Write a case file that reads as this case; CannotPublishError where nobody could read it so afterwards."""
        shown, data = path.relative_to(self.content).as_posix(), text.encode()
        if len(data) > MAX_BYTES:
            raise CannotPublishError(f"{shown} would be larger than {MAX_BYTES} bytes, which no case file may be")
        if read_case(text, case.company, shown) != case:
            raise CannotPublishError(f"{shown} would not read as it should")
        self.put(path, data)

    def put(self, path: Path, data: bytes) -> None:
        """Write any file of the record; FileNotFoundError where its company is called otherwise by now."""
        slug = path.relative_to(self.content).parts[0]
        if not (self.content / slug).is_dir():
            raise FileNotFoundError(f"{path} cannot be written: there is no folder {slug}")
        write_whole(path, data)
        self.written.add(path)

    def remove(self, path: Path) -> None:
        """Remove a file from the record."""
        remove(path)
        self.written.add(path)


def as_first_said(event: Event, at: datetime) -> Event:
    """Return an event of the record as it was before it was written there: said at `at`, and without a clock."""
    return replace(event, at=at, reply_by=None)


def _with_clock(company: Company, case: Case, event: Event) -> Event:
    """Return a verdict with when its clock ends, where that is another time than the one that held at the receipt."""
    if event.event != "verdict" or event.outcome is Outcome.SOLVED:
        return event
    due = company.new_clock(event.at, case.promised_within)
    return event if due == case.due_after(event) else replace(event, reply_by=due)


def not_before(case: Case, at: datetime) -> datetime:
    """Return the time for a new event: a clock that was put back must not make the file impossible."""
    return max(at, case.received, *(event.at for event in case.events))


def basis_of(case: Case) -> str:
    """Return a mark of what a reply replies to: another one when the customer's words or any answer changed."""
    said = (case.text, [(event.at, event.text) for event in case.events if event.by == "company" and event.text])
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
