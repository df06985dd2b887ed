"""What a build would find if it began now, and what became of the last one: for a page, without building anything."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from amends import clock
from amends.generator.versions import of_store
from amends.shelves.noting import digest_of
from amends.shelves.scan import changes_in, files_of, scan
from amends.shelves.store import STORE, Peek, Store

_COMPARED = 200
"""So many files are compared by content, the latest first: what was written shortly before it was read has no stamp to
know it by. Of more the stamp alone says it.
"""


@dataclass(frozen=True, slots=True)
class Glance:
    """The board as the builds have kept it. `at` is the instant as of which the last one built, None: none ever did.

    `has_ended` is false while a build is at work, and where the last one failed or was cut off. `changed` are the files
    that came, went or say something else since they were last read, by their paths in the record.
    """

    at: datetime | None
    has_ended: bool
    changed: tuple[str, ...]


def glance(content: Path, cache: Path) -> Glance:
    """Look at the record in `content` and at what builds keep of it in `cache`; nothing is changed.

    Where nothing was built yet, or another version built it, no file is named: the next build writes everything.
    OSError where a folder of the record cannot be read.
    """
    try:
        with Peek(cache / STORE, of_store(content)) as store:
            at = store.setting("now")
            changed = tuple(sorted(_changed(store, content)))
            return Glance(clock.parse(at) if at else None, store.setting("due") is not None, changed)
    except sqlite3.DatabaseError:
        return Glance(None, has_ended=False, changed=())


def _changed(store: Store, content: Path) -> Iterator[str]:
    look, found = scan(store, content), []
    for folder in look.gone:
        yield from (path for path, _ in files_of(store, folder))
    for folder in look.folders:
        changes = changes_in(store, content, folder)
        if changes is not None:
            yield from (path for path, _ in changes.gone)
            times = {changes.listing.below(name): max(traits[2:4]) for name, traits in changes.listing.files.items()}
            found += [(times[change.path], change.path) for change in changes.changed]
    for place, (_, path) in enumerate(sorted(found, reverse=True)):
        stamp, digest = store.row("SELECT stamp, digest FROM file WHERE path = ?", path) or (_OTHER, b"")
        is_compared = place < _COMPARED and digest
        if digest_of(content, path) != digest if is_compared else stamp:
            yield path


_OTHER = b"new"
"""In the place of the stamp of a file that nobody has read."""
