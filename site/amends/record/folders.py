"""The folders of a record as they were last listed, and what has changed in them since."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from amends.record.listing import Listing, Role, Traits, inner, list_folder, misplaced, roles
from amends.record.model import Fault


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it was listed: its files of the record by their paths, and what stands in the wrong place.

    `stamp` changes when a file comes, goes or is replaced (as the product itself writes), not when one is edited in
    place. `turn` says in which look it was listed.
    """

    stamp: tuple[int, int, int]
    turn: int
    listing: Listing
    files: Mapping[str, tuple[Role, Traits]]
    faults: tuple[Fault, ...]


def look(content: Path, known: Mapping[str, Folder], most: int) -> dict[str, Folder]:
    """Return the folders of the record, by path, in the order in which `load` walks; OSError where one cannot be read.

    The listing of a folder that has not changed since it was `known` is the same object. Folders whose stamps are the
    same are listed in turns: in one look those that were not for the longest time, with `most` files together, or one.
    """
    turn = max((folder.turn for folder in known.values()), default=0) + 1
    due = _longest_unlisted(known, most)
    found: dict[str, Folder] = {}
    ahead = [""]
    while ahead:
        path = ahead.pop()
        found[path] = folder = _folder(content, path, known.get(path), turn, is_due=path in due)
        ahead.extend(reversed(list(inner(folder.listing))))
    return found


def _longest_unlisted(known: Mapping[str, Folder], most: int) -> set[str]:
    due: set[str] = set()
    for path, folder in sorted(known.items(), key=lambda item: item[1].turn):
        most -= len(folder.listing.files)
        if most < 0 and due:
            break
        due.add(path)
    return due


def _folder(content: Path, path: str, known: Folder | None, turn: int, *, is_due: bool) -> Folder:
    # Before it is listed: what changes meanwhile has to be seen the next time.
    facts = os.stat(os.path.join(content, path))
    stamp = (facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino)
    if known is not None and known.stamp == stamp and not is_due:
        return known
    listing = list_folder(content, path)
    if known is not None and known.listing == listing:
        return replace(known, stamp=stamp, turn=turn)
    files = {listing.below(name): (role, listing.files[name]) for name, role in roles(listing)}
    return Folder(stamp, turn, listing, files, tuple(misplaced(listing)))


def are_same(before: Mapping[str, Folder], after: Mapping[str, Folder]) -> bool:
    """Whether two looks found nothing different."""
    return before.keys() == after.keys() and all(
        after[path].listing is folder.listing for path, folder in before.items()
    )


def changes(before: Mapping[str, Folder], after: Mapping[str, Folder]) -> Iterator[tuple[str, Role]]:
    """Yield the files of the record that came, went or changed between two looks, each with what it is."""
    for path in before.keys() | after.keys():
        old = before[path].files if path in before else {}
        new = after[path].files if path in after else {}
        if old is not new:
            for name in old.keys() | new.keys():
                if old.get(name) != new.get(name):
                    yield name, (new.get(name) or old[name])[0]


def is_there(folders: Mapping[str, Folder], path: str) -> bool:
    """Whether a look found this file of the record."""
    folder = folders.get(path.rpartition("/")[0])
    return folder is not None and path in folder.files
