"""Which folders and files of the record have changed: by size, times and inode, without reading any file.

A file that was changed less than two seconds before it was read can change again within the same tick of its file
system's clock: it is looked at again next time, by content.
"""

import marshal
import os
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from amends.record import Fault
from amends.record.listing import COMPANY, Listing, Role, Traits, inner, is_storable, list_folder, misplaced, roles
from amends.shelves.store import Store

YOUNG = 2_000_000_000
"""Nanoseconds; the coarsest clock of a file system in use is FAT's, two seconds."""

_UNSURE = b""
"""The stamp of what has to be looked at again: no real one is empty."""


@dataclass(slots=True)
class Look:
    """What a look at the record found: the folders of which something changed, and those that are gone.

    With each folder stands a digest of what it holds. `young`: whether one of them could change again unseen. `begun`:
    whether something that an earlier look found has not been read to its end.
    """

    folders: dict[str, bytes] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    young: bool = False
    begun: bool = False

    def __bool__(self) -> bool:
        return bool(self.folders or self.gone or self.begun)


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is new or may have changed; `stamp` is by what its next change will be seen."""

    path: str
    role: Role
    stamp: bytes


@dataclass(slots=True)
class Changes:
    """What of a folder to read anew, and what of it is gone; `stamp` is the folder's, to be kept with that."""

    listing: Listing
    stamp: bytes
    changed: list[Change] = field(default_factory=list)
    gone: list[tuple[str, Role]] = field(default_factory=list)


def scan(store: Store, content: Path) -> Look:
    """Look at every folder of the record in `content`; OSError where one cannot be read."""
    now, known = time.time_ns(), _known(store)
    found = Look(begun=_is_begun(store))
    for listing in _walk(content, ""):
        _see(found, listing, known.pop(listing.path, None), now)
    found.gone += known
    return found


def look_at(store: Store, content: Path, paths: Iterable[str]) -> Look:
    """Look only at these files of the record, by their paths within it, and at the folders in which they stand.

    Of a folder that is new or gone, and of a company whose settings are among the files, all is looked at.
    """
    now, known = time.time_ns(), _known(store)
    found = Look(begun=_is_begun(store))
    alone, whole = _folders_of(content, paths, known.keys())
    listings = [list_folder(content, folder) for folder in alone]
    for folder in whole:
        if is_storable(folder) and folder in inner(list_folder(content, folder.rpartition("/")[0])):
            listings += _walk(content, folder)
    for listing in sorted(listings, key=lambda listing: listing.path):
        _see(found, listing, known.pop(listing.path, None), now)
    found.gone += [path for path in known if not whole.isdisjoint(_with_those_above(path))]
    return found


def changes_in(store: Store, content: Path, path: str) -> Changes | None:
    """Compare what a folder holds with what was read of it; None where it has vanished meanwhile."""
    now = time.time_ns()
    try:
        listing = list_folder(content, path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    found = Changes(listing, _stamp_of_folder(listing, now))
    known = dict(store.rows("SELECT path, stamp FROM file WHERE folder = ?", path))
    before = dict(files_of(store, path))
    for name, role in roles(listing):
        below = listing.below(name)
        if not is_storable(below):
            continue
        stamp = _stamp(listing.files[name], now)
        if known.get(below) != stamp or stamp == _UNSURE:
            found.changed.append(Change(below, role, stamp))
        before.pop(below, None)
    found.gone += before.items()
    return found


def files_of(store: Store, folder: str) -> list[tuple[str, Role]]:
    """Return the files of a folder that were read, each with what it is."""
    rows = store.rows("SELECT path, role FROM file WHERE folder = ?", folder)
    return [(path, Role(role)) for path, role in rows]


def _known(store: Store) -> dict[str, bytes]:
    return dict(store.rows("SELECT path, stamp FROM folder"))


def _is_begun(store: Store) -> bool:
    return bool(store.value("SELECT EXISTS (SELECT 1 FROM unread)"))


def _see(found: Look, listing: Listing, known: bytes | None, now: int) -> None:
    digest = _digest_of(listing)
    if known != digest:
        found.folders[listing.path] = digest
        found.young = found.young or _is_young(listing.youngest, now)


def _folders_of(content: Path, paths: Iterable[str], known: Collection[str]) -> tuple[set[str], set[str]]:
    """Return which folders to look at for these files: alone, and with all below them, which is below no other."""
    alone, whole = set(), set()
    for path in paths:
        folder, _, name = path.rpartition("/")
        if name == COMPANY and folder:
            whole.add(folder)
        for each in _with_those_above(folder):
            if not each or (each in known and _is_folder(content, each)):
                alone.add(each)
                break
            whole.add(each)
    top = {folder for folder in whole if whole.isdisjoint(_with_those_above(folder.rpartition("/")[0]))}
    return {folder for folder in alone if top.isdisjoint(_with_those_above(folder))}, top


def _with_those_above(folder: str) -> Iterator[str]:
    """Yield a folder and all above it, the record itself last."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _is_folder(content: Path, path: str) -> bool:
    """Whether a folder is there, of the record itself and not through a link."""
    return os.path.isdir(content / path) and not any(
        os.path.islink(content / each) for each in _with_those_above(path) if each
    )


def _walk(content: Path, path: str) -> Iterator[Listing]:
    try:
        listing = list_folder(content, path)
    except (FileNotFoundError, NotADirectoryError):
        if not path:
            raise
        return  # it vanished while the folder above it was read
    yield listing
    for folder in inner(listing):
        yield from _walk(content, folder)


def faults_of(listing: Listing) -> Iterator[Fault]:
    """Yield as faults what stands in the wrong place, and the names that are no text of what would be read else."""
    for fault in misplaced(listing):
        yield fault if is_storable(fault.path) else replace(fault, path=ascii(fault.path)[1:-1])
    for name in sorted(name for name, _ in roles(listing) if not is_storable(name)):
        yield Fault(listing.path or ".", None, None, f"the name {name!a}", "a name in UTF-8")


def _is_young(changed: int, now: int) -> bool:
    return changed > now - YOUNG


def _stamp(traits: Traits, now: int) -> bytes:
    # In version 2 the bytes depend on nothing but the values.
    return _UNSURE if _is_young(max(traits[2], traits[3]), now) else marshal.dumps(traits, 2)


def _stamp_of_folder(listing: Listing, now: int) -> bytes:
    return _UNSURE if _is_young(listing.youngest, now) else _digest_of(listing)


def _digest_of(listing: Listing) -> bytes:
    return blake2b(marshal.dumps((listing.files, listing.folders, listing.links), 2), digest_size=16).digest()
