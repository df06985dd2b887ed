"""Which files of the record have changed since they were read: by size, times and inode, without reading any.

A file that was changed less than two seconds before it was read can change again within the same tick of its file
system's clock: it is looked at again next time, by content.
"""

import marshal
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from amends.record import Fault
from amends.record.listing import COMPANY, Listing, Role, Traits, inner, list_folder, misplaced, roles
from amends.shelves.store import Store

YOUNG = 2_000_000_000
"""Nanoseconds; the coarsest clock of a file system in use is FAT's, two seconds."""

_UNSURE = b""
"""The stamp of what has to be looked at again: no real one is empty."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is new or may have changed; `stamp` is by what its next change will be seen."""

    path: str
    role: Role
    stamp: bytes


@dataclass(slots=True)
class Changes:
    """What to read anew, what is gone, and the stamps of the folders, to be kept once all that is done."""

    changed: list[Change] = field(default_factory=list)
    gone: list[tuple[str, Role]] = field(default_factory=list)
    folders: dict[str, bytes] = field(default_factory=dict)
    listings: list[Listing] = field(default_factory=list)
    gone_folders: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.changed or self.gone or self.folders or self.gone_folders)


def scan(store: Store, content: Path) -> Changes:
    """Look at every folder of the record in `content`; OSError where one cannot be read."""
    now, found = time.time_ns(), Changes()
    known: dict[str, bytes] = dict(store.rows("SELECT path, stamp FROM folder"))
    for listing in _walk(content, ""):
        stamp = _stamp_of_folder(listing, now)
        if known.pop(listing.path, None) != stamp or stamp == _UNSURE:
            found.folders[listing.path] = stamp
            _compare(store, listing, found, now)
    for path in known:
        found.gone_folders.append(path)
        found.gone += _files_of(store, path)
    return found


def look_at(store: Store, content: Path, paths: Iterable[str]) -> Changes:
    """Look only at these files of the record, by their paths within it, and at the folders in which they stand.

    Of a folder that is new or gone, and of a company whose settings are among the files, all is looked at.
    """
    now, found = time.time_ns(), Changes()
    known = {path for (path,) in store.rows("SELECT path FROM folder")}
    alone, whole = _folders_of(content, paths, known)
    listings = [list_folder(content, folder) for folder in alone]
    for folder in whole:
        if is_storable(folder) and folder in inner(list_folder(content, folder.rpartition("/")[0])):
            listings += _walk(content, folder)
    for listing in sorted(listings, key=lambda listing: listing.path):
        found.folders[listing.path] = _stamp_of_folder(listing, now)
        _compare(store, listing, found, now)
    for path in sorted(known - found.folders.keys()):
        if not whole.isdisjoint(_with_those_above(path)):
            found.gone_folders.append(path)
            found.gone += _files_of(store, path)
    return found


def _folders_of(content: Path, paths: Iterable[str], known: set[str]) -> tuple[set[str], set[str]]:
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
        if is_storable(folder):
            yield from _walk(content, folder)


def is_storable(path: str) -> bool:
    """Whether a path is text: the name of a file can be bytes that are none."""
    return not any("\ud800" <= letter <= "\udfff" for letter in path)


def faults_of(listing: Listing) -> Iterator[Fault]:
    """Yield as faults what stands in the wrong place, and the names that are no text of what would be read else."""
    for fault in misplaced(listing):
        yield fault if is_storable(fault.path) else replace(fault, path=ascii(fault.path)[1:-1])
    names = (*(path.rpartition("/")[2] for path in inner(listing)), *(name for name, _ in roles(listing)))
    for name in sorted(name for name in names if not is_storable(name)):
        yield Fault(listing.path or ".", None, None, f"the name {name!a}", "a name in UTF-8")


def _compare(store: Store, listing: Listing, found: Changes, now: int) -> None:
    known = dict(store.rows("SELECT path, stamp FROM file WHERE folder = ?", listing.path))
    before = dict(_files_of(store, listing.path))
    for name, role in roles(listing):
        path = listing.below(name)
        if not is_storable(path):
            continue
        stamp = _stamp(listing.files[name], now)
        if known.get(path) != stamp or stamp == _UNSURE:
            found.changed.append(Change(path, role, stamp))
        before.pop(path, None)
    found.gone += before.items()
    found.listings.append(listing)


def _files_of(store: Store, folder: str) -> list[tuple[str, Role]]:
    rows = store.rows("SELECT path, role FROM file WHERE folder = ?", folder)
    return [(path, Role(role)) for path, role in rows]


def _stamp(traits: Traits, now: int) -> bytes:
    young = max(traits[2], traits[3]) > now - YOUNG
    # In version 2 the bytes depend on nothing but the values.
    return _UNSURE if young else marshal.dumps(traits, 2)


def _stamp_of_folder(listing: Listing, now: int) -> bytes:
    if listing.youngest > now - YOUNG:
        return _UNSURE
    return blake2b(marshal.dumps((listing.files, listing.folders, listing.links), 2), digest_size=16).digest()
