"""The record as the desk looks at it again and again: what of it waits for an answer, and its words to be searched."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from amends.case import Case, clock_runs_until
from amends.desk.search import fold
from amends.record import Entry, Record
from amends.text import title_of


class Item(NamedTuple):
    """A case in a list before it is shown: what it is sorted and filtered by (`at` in seconds since 1970).

    `source` has its words: an entry of the record, or author and text; None where they are still in the inbox.
    """

    at: int
    number: str
    company: str
    kind: str
    topic: str
    language: str
    step: str
    source: "Seen | tuple[str, str] | None"
    waits: bool = True


@dataclass(slots=True)
class Seen:
    """What the desk makes of one entry, once: the answer that is owed, and its words when somebody searches."""

    entry: Entry
    owed: Item | None = None
    _rest: Item | None = None
    _words: str | None = None

    def item(self, at: datetime, step: str, *, waits: bool) -> Item:
        """Return it as it stands in a list."""
        case = self.entry.case
        facts = (case.number, case.company, str(case.kind), case.topic, case.language or "")
        return Item(int(at.timestamp()), *facts, step, self, waits)

    @property
    def rest(self) -> Item:
        """It as it stands in a list of what does not wait, by when it was received."""
        if self._rest is None:
            self._rest = self.item(self.entry.case.received, "", waits=False)
        return self._rest

    @property
    def words(self) -> str:
        """What can be searched of it: number, author, title, and all that the customer said in public; folded."""
        if self._words is None:
            case = self.entry.case
            said = (event.text for event in case.events if event.by == "customer" and event.text)
            self._words = fold("\n".join((case.number, case.author or "", case.title or "", case.text, *said)))
        return self._words


@dataclass(slots=True)
class Books:
    """What the desk makes of one company's entries: all of them by their numbers, and those that are owed an answer."""

    entries: Sequence[Entry]
    seen: dict[str, Seen]
    owed: Sequence[Item]
    _words: Sequence[tuple[str, str]] | None = None

    @property
    def words(self) -> Sequence[tuple[str, str]]:
        """What can be searched, each with its number; put together when somebody searches for the first time."""
        if self._words is None:
            self._words = [(number, one.words) for number, one in self.seen.items()]
        return self._words


class Shelf:
    """The record, read by `read`, and what the desk makes of each company's entries for as long as they stay the same.

    Safe to share between threads.
    """

    def __init__(self, read: Callable[[], Record]) -> None:
        self._read = read
        self._lock = Lock()
        self._books: dict[str, Books] = {}
        self._private: dict[str | None, dict[str, tuple[tuple[int, int], str]]] = {}

    def __call__(self) -> Record:
        """Return the record as it is now."""
        return self._read()

    def books(self, record: Record, slug: str) -> Books:
        """Return what the desk makes of a company's entries."""
        entries = record.entries.get(slug, ())
        with self._lock:
            kept = self._books.get(slug)
            if kept is None or kept.entries is not entries:
                self._books[slug] = kept = _books(entries, kept.seen if kept else {})
            return kept

    def private(
        self,
        company: str | None,
        lengths: Mapping[str, tuple[int, int]],
        read: Callable[[Sequence[str]], Mapping[str, tuple[str, str]]],
    ) -> Sequence[tuple[str, str]]:
        """Return the folded words of the cases that only the inbox has, each with its number.

        `lengths` says how long author and text of each are; what is as long as before is kept, what is not is read, and
        what is no longer there is forgotten.
        """
        with self._lock:
            known = self._private.get(company, {})
        new = [number for number, length in lengths.items() if number not in known or known[number][0] != length]
        kept = {number: known[number] for number in lengths if number in known}
        for number, (author, text) in read(new).items():
            # It was composed when it came in.
            kept[number] = (lengths[number], f"{number}\n{author}\n{text}".casefold())
        with self._lock:
            self._private[company] = kept
        return [(number, words) for number, (_, words) in kept.items()]


def _books(entries: Sequence[Entry], before: dict[str, Seen]) -> Books:
    seen = {}
    for entry in entries:
        number = entry.case.number
        known = before.get(number)
        seen[number] = known if known is not None and known.entry is entry else _see(entry)
    return Books(entries, seen, [one.owed for one in seen.values() if one.owed is not None])


def _see(entry: Entry) -> Seen:
    """Look at an entry for the first time. Nobody at the desk owes an answer to a stub, or to what was imported."""
    seen, case = Seen(entry), entry.case
    due = None if case.is_stub or case.imported else clock_runs_until(case)
    if due is not None:
        seen.owed = seen.item(due, "answer again" if case.first_reply else "answer", waits=True)
    return seen


def title(case: Case) -> str:
    """Return what a public case is called in a list."""
    return case.title or title_of(case.text)
