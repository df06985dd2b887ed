"""What stands where in the folder of a record: which file is what, and which is in the wrong place.

A record is `board.toml`, the keeper's pages beside it, and for each company `company.toml`, `referrals.toml`,
`ledger/*.csv`, `updates/*.md`, `answers/*.md` and `<year>/<month>/<case>.md`. Names that begin with a dot are nobody's
business.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from amends.record.house import is_slug
from amends.record.model import Fault
from amends.record.told import NAME, PAGES

YEAR = re.compile("[0-9]{4}")
BOARD = "board.toml"
COMPANY = "company.toml"
REFERRALS = "referrals.toml"
_SUFFIXES = (".md", ".csv", ".toml")

OF_CASES = 3
"""How deep the folders lie in which cases stand: a company's, a year's, a month's."""

Traits = tuple[int, int, int, int, int]
"""By what a change of a file is seen: its mode, size in bytes, times of change (content, then inode; ns), inode."""


class Role(StrEnum):
    """What a file of the record is."""

    BOARD = "board"
    PAGE = "page"
    COMPANY = "company"
    REFERRALS = "referrals"
    LEDGER = "ledger"
    UPDATE = "update"
    ANSWER = "answer"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Listing:
    """What one folder holds. `path` is relative to the record, empty for the record itself.

    `links` are symbolic links to folders: what lies behind one is not of the record. `youngest` is when a file of it
    was changed last (ns since 1970).
    """

    path: str
    files: dict[str, Traits]
    folders: tuple[str, ...]
    links: tuple[str, ...]
    youngest: int

    @property
    def depth(self) -> int:
        """How many folders it lies below the record."""
        return self.path.count("/") + 1 if self.path else 0

    def below(self, name: str) -> str:
        """Return the path of something in it."""
        return f"{self.path}/{name}" if self.path else name


def list_folder(content: Path, path: str) -> Listing:
    """List one folder of the record in `content`; OSError where it cannot be read."""
    files: dict[str, Traits] = {}
    folders: list[str] = []
    links: list[str] = []
    youngest = 0
    with os.scandir(os.path.join(content, path)) as found:
        for entry in found:
            name = entry.name
            if name[0] == ".":
                continue
            # A folder that is called like a file is a file that cannot be read: its case is not lost for that.
            if entry.is_dir() and not name.endswith(_SUFFIXES):
                (links if entry.is_symlink() else folders).append(name)
                continue
            try:
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # it vanished while the folder was read
                continue
            changed, moved = facts.st_mtime_ns, facts.st_ctime_ns
            files[name] = (facts.st_mode, facts.st_size, changed, moved, facts.st_ino)
            if moved > youngest or changed > youngest:
                youngest = max(changed, moved)
    return Listing(path, files, tuple(sorted(folders)), tuple(sorted(links)), youngest)


def is_storable(path: str) -> bool:
    """Whether a path is text: the name of a file can be bytes that are none."""
    return not any("\ud800" <= letter <= "\udfff" for letter in path)


def inner(listing: Listing) -> Iterator[str]:
    """Yield the paths of the folders in which more of the record may stand."""
    if listing.depth == 1 and not (COMPANY in listing.files and is_slug(listing.path)):
        return
    for name in listing.folders:
        if not is_storable(name):
            continue
        if listing.depth == 1 and not (YEAR.fullmatch(name) or name in _TOLD or name == "ledger"):
            continue
        if listing.depth == 2 and not _is_year(listing):
            continue
        if listing.depth <= OF_CASES:
            yield listing.below(name)


def roles(listing: Listing) -> Iterator[tuple[str, Role]]:
    """Yield what of a folder belongs to the record: the names of files, each with what it is."""
    names = sorted(listing.files)
    if listing.depth == 0:
        yield from ((name, role) for name, role in _AT_TOP.items() if name in names)
    elif listing.depth == 1:
        if COMPANY in listing.files and is_slug(listing.path):
            yield from ((name, role) for name, role in _OF_COMPANY.items() if name in names)
    elif listing.depth == 2:
        kind = listing.path.partition("/")[2]
        if kind == "ledger":
            yield from ((name, Role.LEDGER) for name in names if name.endswith(".csv"))
        elif kind in _TOLD:
            yield from ((name, _TOLD[kind]) for name in names if _is_told(name))
    elif listing.depth == OF_CASES:
        yield from ((name, Role.CASE) for name in names if name.endswith(".md") and _is_legible(name))


def misplaced(listing: Listing) -> Iterator[Fault]:
    """Yield as faults what stands in the wrong place, or is missing from its own."""
    if listing.depth <= OF_CASES:
        for name in listing.links:
            yield _fault(listing.below(name), "a symbolic link", "a folder of the record itself")
    if listing.depth == 0:
        for name in listing.folders:
            if not is_storable(name):
                yield _fault(".", f"the name {name!a}", "a name in UTF-8")
    yield from _MISPLACED.get(listing.depth, _out_of_place)(listing)


_AT_TOP = {BOARD: Role.BOARD, **{f"{name}.md": Role.PAGE for name in PAGES}}
_OF_COMPANY = {COMPANY: Role.COMPANY, REFERRALS: Role.REFERRALS}
_TOLD = {"updates": Role.UPDATE, "answers": Role.ANSWER}


def _of_company(listing: Listing) -> Iterator[Fault]:
    path = listing.below(COMPANY)
    if COMPANY not in listing.files:
        if any(YEAR.fullmatch(name) for name in listing.folders):
            yield _fault(path, "no file", "the company's settings: its cases are not shown")
        return
    if not is_slug(listing.path):
        yield _fault(path, f"the folder name {listing.path!r}", "a slug that is not reserved")
        return
    for name in _TOLD:
        if name in listing.files:
            yield _fault(listing.below(name), "no folder", "a folder of files <name>.md")
    yield from _out_of_place(listing)


def _beside_told(listing: Listing) -> Iterator[Fault]:
    if listing.path.partition("/")[2] not in _TOLD:
        yield from _out_of_place(listing)
        return
    for name in sorted(listing.files):
        if not _is_told(name):
            expected = "<name>.md, the name of small letters, digits and dashes, at most 80"
            yield _fault(listing.below(ascii(name)[1:-1]), "a file with this name", expected)


def _of_month(listing: Listing) -> Iterator[Fault]:
    for name in sorted(listing.files):
        if name.endswith(".md") and not _is_legible(name):
            yield _fault(listing.path, f"a file with the name {name!a}", "<number>.md")


def _out_of_place(listing: Listing) -> Iterator[Fault]:
    if listing.depth == 2 and not _is_year(listing):
        return
    for name in sorted(listing.files):
        if name.endswith(".md"):
            shown = ascii(listing.below(name))[1:-1]
            yield _fault(shown, "a case in this place", "<company>/<year>/<month>/<number>.md")


_MISPLACED = {0: lambda _: iter(()), 1: _of_company, 2: _beside_told, OF_CASES: _of_month}


def _is_year(listing: Listing) -> bool:
    return bool(YEAR.fullmatch(listing.path.rpartition("/")[2]))


def _is_told(name: str) -> bool:
    return name.endswith(".md") and NAME.fullmatch(name.removesuffix(".md")) is not None


def _is_legible(name: str) -> bool:
    return name.isprintable() and not any("\ud800" <= letter <= "\udfff" for letter in name)


def _fault(path: str, found: str, expected: str) -> Fault:
    return Fault(path, None, None, found, expected)
