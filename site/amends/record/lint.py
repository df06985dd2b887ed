"""What a look at the whole record warns of: nothing that keeps a file from being read, but surely a slip.

Faults are what the readers of files find. A warning costs the board nothing; it says what its author did not mean.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from amends.case import ALPHABET, Case
from amends.record.listing import BOARD, COMPANY, REFERRALS, Listing, inner, list_folder
from amends.record.model import Company, Fault, Record, Standing
from amends.record.told import PAGES
from amends.record.values import meant
from amends.record.walk import NoMemory

_LEDGER = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\.csv")
_MONTH = re.compile("0[1-9]|1[0-2]")
_UNSORTED = ("other", "unknown")
"""Topics that every case may have: of one that nobody has read yet, or of which nothing is known."""
_FOLDERS = ("answers", "ledger", "updates")
_FILES = {0: (BOARD, *(f"{page}.md" for page in PAGES)), 1: (COMPANY, REFERRALS)}
"""What files may stand in the record itself, and in a company's folder."""


class BoardOrNone(NoMemory):
    """Remembers nothing but that a board has its defaults: what is wrong besides board.toml can be told with it."""

    def recall(self, path: str) -> str | None:
        """Return a board.toml that says nothing; None for every other file."""
        return "" if path == BOARD else None


def lint(record: Record, content: Path, now: datetime) -> tuple[Fault, ...]:
    """Return what the author of the record in `content` should look at, by file, as of `now`."""
    numbers = {entry.case.number for entries in record.entries.values() for entry in entries}
    found = list(_of_names(content))
    for company in record.companies:
        for entry in record.entries.get(company.slug, ()):
            if entry.standing is Standing.GOOD:
                found += _of_case(entry.case, entry.path, company, numbers, now)
    return tuple(sorted(found, key=lambda fault: fault.path))


# --- Cases ---


def _of_case(case: Case, path: str, company: Company, numbers: set[str], now: datetime) -> Iterator[Fault]:
    if case.topic not in (*company.topics, *_UNSORTED) and not case.imported:
        expected = f"one of the company's: {', '.join(company.topics)}{meant(case.topic, company.topics)}"
        yield Fault(path, None, "topic", repr(case.topic), expected)
    named = [("same", case.same), *(("of", event.of) for event in case.events if event.event == "duplicate")]
    for key, number in named:
        if isinstance(number, str) and number not in numbers:
            yield Fault(
                path, None, key, repr(number), f"the number of a case on the board{_near_number(number, numbers)}"
            )
    latest = max([case.received, *(event.at for event in case.events)])
    if latest > now:
        yield Fault(path, None, None, f"something of {latest:%Y-%m-%d}, later than now", "what has happened")


def _near_number(number: str, numbers: set[str]) -> str:
    """Name the number that differs in one character, or has two changed about, in brackets, or nothing."""
    places = range(len(number))
    near = {number[:place] + other + number[place + 1 :] for place in places for other in ALPHABET}
    near |= {number[:place] + number[place + 1] + number[place] + number[place + 2 :] for place in places[:-1]}
    found = sorted(near & numbers)
    return f" (did you mean {found[0]}?)" if found else ""


# --- Names ---


def _of_names(content: Path) -> Iterator[Fault]:
    folders = [""]
    while folders:
        listing = list_folder(content, folders.pop())
        folders += inner(listing)
        yield from _of_listing(listing)


def _of_listing(listing: Listing) -> Iterator[Fault]:
    known = _FILES.get(listing.depth)
    if known:
        yield from _near(listing, (name for name in listing.files if name not in known), known, "the file")
    if listing.depth == 1 and COMPANY in listing.files:
        yield from _near(listing, (name for name in listing.folders if name not in _FOLDERS), _FOLDERS, "the folder")
    if listing.depth == 2:
        yield from _of_second(listing)
    if listing.depth == 3:
        for name in sorted(listing.files):
            if not name.endswith(".md"):
                yield _named(listing, name, "a file that is no case", "<number>.md: it is not read")


def _of_second(listing: Listing) -> Iterator[Fault]:
    kind = listing.path.partition("/")[2]
    if kind == "ledger":
        for name in sorted(listing.files):
            if not _LEDGER.fullmatch(name):
                yield _named(listing, name, "a file with this name", "<year>-<month>.csv, the month from 01 to 12")
    elif kind.isdigit():
        for name in (*listing.folders, *sorted(listing.files)):
            if not _MONTH.fullmatch(name) and not name.endswith(".md"):
                yield _named(listing, name, "a name that is no month", "01 to 12")


def _near(listing: Listing, names: Iterable[str], known: Iterable[str], what: str) -> Iterator[Fault]:
    """Yield the names that are nearly, but not, what stands there: other files there are nobody's business."""
    known = tuple(known)
    for name in sorted(names):
        if guess := meant(name.lower(), known):
            yield _named(listing, name, f"a name that means nothing here{guess}", f"{what} by its exact name")


def _named(listing: Listing, name: str, found: str, expected: str) -> Fault:
    return Fault(ascii(listing.below(name))[1:-1], None, None, found, expected)
