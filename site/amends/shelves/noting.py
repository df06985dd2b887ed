"""Taking down what a look at the record found, folder by folder, before the files of cases are read.

What the store knows afterwards is whole, whatever happens then: which files there are, what the ledgers say, and of
which numbers something is yet to be read (`unread`). Reading goes on from there, in this process or in the next.
"""

import secrets
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

from amends.record.listing import Role
from amends.record.packed import pack_line
from amends.record.resolve import number_of
from amends.record.walk import Reader
from amends.shelves.memory import LastGood
from amends.shelves.scan import Change, Changes, Look, changes_in, faults_of, files_of, scan
from amends.shelves.store import Store


def note_changes(store: Store, content: Path, cache: Path, look: Look) -> int:
    """Take down what has changed in the folders of a look; return how many files of cases are to be read."""
    memory = LastGood(cache)
    try:
        if _is_another(store, memory):
            look = scan(store, content)
        with store.writing():
            for folder in look.gone:
                _forget_unread(store, folder)
                _forget(store, files_of(store, folder))
                store.change("DELETE FROM folder WHERE path = ?", folder)
                store.blame(f"{folder}/", ())
            reader = Reader(content, memory)
            for folder in look.folders:
                changes = changes_in(store, content, folder)
                if changes:
                    _note_folder(store, reader, changes)
            memory.commit()
    finally:
        memory.close()
    found: int = store.value("SELECT count(*) FROM unread WHERE path <> ''")
    return found


def _is_another(store: Store, memory: LastGood) -> bool:
    """Whether the memory is not the one in which the files that were read are kept: then all is to be read again.

    Else a file that was good all the time would have no last good version once it has a fault.
    """
    own = memory.recall(_OWN)
    if own is None:
        own = secrets.token_hex(16)
        memory.keep(_OWN, own)
        memory.commit()
    known = store.setting("memory")
    if known == own:
        return False
    with store.writing():
        store.change("UPDATE folder SET stamp = x''")
        store.change("UPDATE file SET stamp = x'', kept = 0")
        store.note("memory", own)
    return known is not None


_OWN = ""
"""The path under which a memory keeps what no other one has: no file is called so."""


def _note_folder(store: Store, reader: Reader, changes: Changes) -> None:
    _forget_unread(store, changes.listing.path)
    _forget(store, changes.gone)
    for change in changes.changed:
        if change.role is Role.CASE:
            _note_unread(store, [(number_of(change.path), change.path, change.stamp)])
        elif change.role is Role.LEDGER:
            _read_ledger(store, reader, change)
        else:
            _note_told(store, reader.content, change)
    store.blame(f"{changes.listing.path}/", faults_of(changes.listing))
    store.change("INSERT OR REPLACE INTO folder VALUES (?, ?)", changes.listing.path, changes.stamp)


def _forget_unread(store: Store, folder: str) -> None:
    """Forget what an earlier look found in a folder and nobody has read: what of it is still there is found again."""
    store.change(
        "DELETE FROM unread WHERE path > ? AND path < ? AND instr(substr(path, ?), '/') = 0",
        *(f"{folder}/", f"{folder}0", len(folder) + 2),  # "0" comes next after "/"
    )


def _forget(store: Store, gone: Iterable[tuple[str, Role]]) -> None:
    """Forget files that are gone; what they spoke of is to be settled anew."""
    for path, role in gone:
        if role is Role.CASE:
            _note_unread(store, [(number_of(path), "", b"")])
        elif role is Role.LEDGER:
            _note_unread(store, ((number, "", b"") for _, number, _ in _lines_of(store, path)))
            store.change("DELETE FROM line WHERE path = ?", path)
        else:
            _touch(store, path)
        store.change("DELETE FROM file WHERE path = ?", path)
        store.blame(path, ())


def _note_unread(store: Store, found: Iterable[tuple[str, str, bytes]]) -> None:
    store.change_all("INSERT OR REPLACE INTO unread VALUES (?, ?, ?)", found)


def _read_ledger(store: Store, reader: Reader, change: Change) -> None:
    """Read a ledger that changed, and note the numbers of which it says something else now."""
    reader.faults = []
    company = change.path.partition("/")[0]
    found = [(place, line.case, pack_line(line)) for place, line in enumerate(reader.month(change.path))]
    differing = {*found} ^ {*_lines_of(store, change.path)}
    _note_unread(store, ((number, "", b"") for _, number, _ in differing))
    store.change("DELETE FROM line WHERE path = ?", change.path)
    rows = ((change.path, place, company, number, said) for place, number, said in found)
    store.change_all("INSERT INTO line VALUES (?, ?, ?, ?, ?)", rows)
    store.blame(change.path, reader.faults)
    _note_file(store, change, digest_of(reader.content, change.path))


def _lines_of(store: Store, path: str) -> Iterator[tuple[int, str, str]]:
    return store.rows("SELECT place, number, said FROM line WHERE path = ?", path)


def _note_told(store: Store, content: Path, change: Change) -> None:
    """Note what is told besides cases: it stands on pages of the company, or of the board."""
    digest = digest_of(content, change.path)
    if not digest or store.value("SELECT digest FROM file WHERE path = ?", change.path) != digest:
        _touch(store, change.path)
    _note_file(store, change, digest)


def digest_of(content: Path, path: str) -> bytes:
    """Return the digest by which it is known what was read of a file; empty where it cannot be read."""
    try:
        return blake2b((content / path).read_bytes(), digest_size=8).digest()
    except OSError:
        return b""


def _touch(store: Store, path: str) -> None:
    store.touch([path.rpartition("/")[0].partition("/")[0]])


def _note_file(store: Store, change: Change, digest: bytes) -> None:
    folder = change.path.rpartition("/")[0]
    row = (change.path, folder, change.role, change.stamp, digest, None, None, 1)
    store.change("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *row)
