"""Reading what has changed: each number of a case is resolved anew only where something that speaks of it changed."""

import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from amends.record import Fault, LedgerLine, RecordError, read_text
from amends.record.listing import Role
from amends.record.packed import pack, pack_line, unpack, unpack_line
from amends.record.resolve import Found, Recall, number_of, read_found, resolve
from amends.record.schema import NUMBER
from amends.record.walk import Reader
from amends.shelves.memory import LastGood
from amends.shelves.scan import Change, Changes, faults_of, scan
from amends.shelves.store import Store

_Thing = TypeVar("_Thing")

SLICE = 250
"""Numbers handled at a time: few enough to stay flat in memory, enough to make a statement worth its cost."""


@dataclass(frozen=True, slots=True)
class Number:
    """What speaks of one number: files to read, other files as they were read, and the lines of the ledgers, packed."""

    number: str
    read: tuple[Change, ...]
    others: tuple[tuple[str, str | None], ...]
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class File:
    """A case file that was read: `said` is its case, packed, where it has no fault by itself."""

    path: str
    stamp: bytes
    digest: bytes
    said: str | None
    text: str | None
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class Settled:
    """A number after that: the files that were read, and what each company has under it.

    `entries` are path, standing and packed case, `lines` packed lines of the ledger, `at` the times of receipt (seconds
    since 1970), all by the company's slug.
    """

    number: str
    files: list[File] = field(default_factory=list)
    entries: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    good: tuple[str, ...] = ()


class Settler:
    """Reads case files and says who has the cases. It writes nothing, so that any process can do it."""

    def __init__(self, content: Path, cache: Path) -> None:
        self.content, self.cache = content, cache

    @cached_property
    def memory(self) -> LastGood:
        """The last good versions of files, opened when the first is asked for."""
        return LastGood(self.cache)

    def recall(self, path: str) -> str | None:
        """Return what a file said when it was last without fault."""
        return self.memory.recall(path)

    def settle(self, numbers: Iterable[Number]) -> list[Settled]:
        """Read the files of these numbers and say what each company has under them."""
        return [_settle(self.content, number, self.recall) for number in numbers]


Crew = Callable[[Callable[[Settler, Any], Any], Iterable[Any]], Iterator[Any]]
"""Does the same to many things: yields `work(settler, thing)` of each thing, in their order."""


def read(store: Store, content: Path, cache: Path, changes: Changes, crew: Crew) -> None:
    """Take everything that has changed into the store."""
    memory = LastGood(cache)
    try:
        if _is_another(store, memory):
            changes = scan(store, content)
        with store.writing():
            numbers = _read_ledgers(store, Reader(content, memory), changes)
            numbers |= _forget(store, changes)
            numbers.update(json.loads(store.setting(_UNSETTLED) or "[]"))
            # What spoke of these is forgotten or noted as read: after a crash nothing else would lead to them.
            store.note(_UNSETTLED, json.dumps(sorted(numbers)))
        memory.commit()
        changed = defaultdict(list)
        for change in changes.changed:
            if change.role is Role.CASE:
                changed[number_of(change.path)].append(change)
        work = (_gather(store, numbers, changed) for numbers in sliced(sorted(numbers | changed.keys()), SLICE))
        for done in crew(Settler.settle, work):
            with store.writing():
                _put(store, done)
                for settled in done:
                    _keep(store, memory, content, settled)
                memory.commit()
        with store.writing():
            for listing in changes.listings:
                store.blame(f"{listing.path}/", faults_of(listing))
            store.change_all("INSERT OR REPLACE INTO folder VALUES (?, ?)", changes.folders.items())
            store.note(_UNSETTLED, "[]")
    finally:
        memory.close()


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

_UNSETTLED = "unsettled"
"""Under this are noted the numbers that have to be settled, until they are."""


def sliced(things: Iterable[_Thing], size: int) -> Iterator[tuple[_Thing, ...]]:
    """Cut things into slices of that size."""
    rest = iter(things)
    while slice_ := tuple(islice(rest, size)):
        yield slice_


# --- Ledgers, and what is gone ---


def _read_ledgers(store: Store, reader: Reader, changes: Changes) -> set[str]:
    """Read the ledgers that changed; return the numbers of which they say something else now."""
    numbers: set[str] = set()
    for path in (path for path, role in changes.gone if role is Role.LEDGER):
        numbers.update(number for _, number, _ in _lines_of(store, path))
        store.change("DELETE FROM line WHERE path = ?", path)
    for change in (change for change in changes.changed if change.role is Role.LEDGER):
        reader.faults = []
        company = change.path.partition("/")[0]
        found = [(place, line.case, pack_line(line)) for place, line in enumerate(reader.month(change.path))]
        numbers.update(number for _, number, _ in {*found} ^ {*_lines_of(store, change.path)})
        store.change("DELETE FROM line WHERE path = ?", change.path)
        rows = ((change.path, place, company, number, said) for place, number, said in found)
        store.change_all("INSERT INTO line VALUES (?, ?, ?, ?, ?)", rows)
        store.blame(change.path, reader.faults)
        _note_file(store, change)
    return numbers


def _lines_of(store: Store, path: str) -> list[tuple[int, str, str]]:
    return list(store.rows("SELECT place, number, said FROM line WHERE path = ?", path))


def _note_file(store: Store, change: Change) -> None:
    folder = change.path.rpartition("/")[0]
    row = (change.path, folder, change.role, change.stamp, b"", None, None, 1)
    store.change("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *row)


def _forget(store: Store, changes: Changes) -> set[str]:
    """Forget the files and folders that are gone; return the numbers of which a file spoke."""
    for folder in changes.gone_folders:
        store.change("DELETE FROM folder WHERE path = ?", folder)
        store.blame(f"{folder}/", ())
    for path, _ in changes.gone:
        store.change("DELETE FROM file WHERE path = ?", path)
        store.blame(path, ())
    for change in changes.changed:
        if change.role not in (Role.CASE, Role.LEDGER):
            _note_file(store, change)
    # What is told besides cases stands on pages of the company, or of the board.
    others = [*((change.path, change.role) for change in changes.changed), *changes.gone]
    store.touch({path.rpartition("/")[0].partition("/")[0] for path, role in others if role not in _OF_CASES})
    return {number_of(path) for path, role in changes.gone if role is Role.CASE}


# --- Numbers ---


def _gather(store: Store, numbers: Iterable[str], changed: dict[str, list[Change]]) -> list[Number]:
    """Collect all that speaks of these numbers."""
    asked = json.dumps(numbers)
    others, lines = defaultdict(list), defaultdict(list)
    to_read = {change.path for number in numbers for change in changed.get(number, ())}
    for number, path, said in store.rows(
        "SELECT number, path, said FROM file WHERE number IN (SELECT value FROM json_each(?))", asked
    ):
        if path not in to_read:
            others[number].append((path, said))
    for number, path, said in store.rows(
        "SELECT number, path, said FROM line WHERE number IN (SELECT value FROM json_each(?)) ORDER BY path, place",
        asked,
    ):
        lines[number].append((path, said))
    return [
        Number(number, tuple(changed.get(number, ())), tuple(others[number]), tuple(lines[number]))
        for number in numbers
    ]


def _settle(content: Path, asked: Number, recall: Recall) -> Settled:
    done = Settled(asked.number)
    found = []
    for change in asked.read:
        one, text, digest = _read_file(content, change.path)
        found.append(one)
        said = None if one.case is None else pack(one.case)
        done.files.append(File(change.path, change.stamp, digest, said, text, one.faults))
    if not NUMBER.fullmatch(asked.number):
        return done
    for path, said in asked.others:
        found.append(Found(path, None if said is None else unpack(said, path.partition("/")[0])))
    lines, doubled = _lines(done, asked)
    # What a file says wrong by itself is noted with the file.
    resolved = resolve(asked.number, (Found(one.path, one.case) for one in found), lines, recall)
    packed = {file.path: file.said for file in done.files} | dict(asked.others)
    by_path = {one.path: one.case for one in found}
    for entry in resolved.entries:
        company = entry.case.company
        as_read = packed.get(entry.path) if entry.case is by_path.get(entry.path) else None
        done.entries[company] = (entry.path, entry.standing.value, as_read or pack(entry.case))
        done.at.setdefault(company, int(entry.case.received.timestamp()))
    done.faults, done.good = (*resolved.faults, *doubled), resolved.good
    return done


def _lines(done: Settled, asked: Number) -> tuple[dict[str, LedgerLine], list[Fault]]:
    """Return the line of each company, and as faults those that come too many; the first of several counts."""
    lines: dict[str, LedgerLine] = {}
    doubled = []
    for path, said in asked.lines:
        company = path.partition("/")[0]
        if company in lines:
            found, expected = f"the case {asked.number} a second time", "each case in one month's ledger"
            doubled.append(Fault(path, None, None, found, expected))
            continue
        lines[company], done.lines[company] = unpack_line(said), said
        done.at[company] = int(lines[company].received.timestamp())
    return lines, doubled


def _read_file(content: Path, path: str) -> tuple[Found, str | None, bytes]:
    try:
        text = read_text(content / path, path)
    except RecordError as error:
        return Found(path, None, error.faults), None, b""
    return read_found(text, path), text, blake2b(text.encode(), digest_size=8).digest()


def _put(store: Store, done: list[Settled]) -> None:
    """Write what was settled of some numbers; a case about which nothing changed stays as it is."""
    files = [
        (
            *(file.path, file.path.rpartition("/")[0], Role.CASE, file.stamp, file.digest, _number(settled), file.said),
            file.path in settled.good,
        )
        for settled in done
        for file in settled.files
    ]
    store.change_all("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)", files)
    for settled in done:
        for file in settled.files:
            store.blame(file.path, file.faults)
        store.blame(settled.number, settled.faults)
    _put_items(store, done)


def _put_items(store: Store, done: list[Settled]) -> None:
    known = {
        (company, number): (id_, month, tuple(says))
        for id_, company, number, month, *says in store.rows(
            "SELECT id, company, number, month, at, path, standing, said, line FROM item "
            "WHERE number IN (SELECT value FROM json_each(?))",
            json.dumps([settled.number for settled in done]),
        )
    }
    added, changed = [], []
    for settled in done:
        for company, at in settled.at.items():
            entry = settled.entries.get(company, (None, None, None))
            says = (at, *entry, settled.lines.get(company))
            key = (company, settled.number)
            if key not in known:
                added.append((*key, month_of(at), *says))
                continue
            place, month, before = known.pop(key)
            if before != says:
                _forget_sums(store, company, month)
                changed.append((month_of(at), *says, place))
    for (company, _), (place, month, _) in known.items():
        _forget_sums(store, company, month)
        store.change(
            "UPDATE item SET path = NULL, standing = NULL, said = NULL, line = NULL, fresh = 1 WHERE id = ?", place
        )
    added.sort(key=lambda row: (row[0], row[3], row[1]))
    store.change_all(
        "INSERT INTO item (company, number, month, at, path, standing, said, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        added,
    )
    store.change_all(
        "UPDATE item SET month = ?, at = ?, path = ?, standing = ?, said = ?, line = ?, fresh = 1 WHERE id = ?", changed
    )


def _forget_sums(store: Store, company: str, month: str) -> None:
    store.change("DELETE FROM month WHERE company = ? AND month = ?", company, month)


def month_of(at: int) -> str:
    """Return the month of an instant (seconds since 1970) in UTC, `2026-11`; four digits for every year."""
    received = datetime.fromtimestamp(at, UTC)
    return f"{received.year:04}-{received.month:02}"


_OF_CASES = (Role.CASE, Role.LEDGER)


def _number(settled: Settled) -> str | None:
    return settled.number if NUMBER.fullmatch(settled.number) else None


def _keep(store: Store, memory: LastGood, content: Path, settled: Settled) -> None:
    """Remember the texts of the files without any fault."""
    texts = {file.path: file.text for file in settled.files}
    for path in settled.good:
        text = texts.get(path)
        if text is None:
            if store.value("SELECT kept FROM file WHERE path = ?", path):
                continue
            try:
                text = read_text(content / path, path)
            except RecordError:  # it has changed since: the next build reads it
                continue
            store.change("UPDATE file SET kept = 1 WHERE path = ?", path)
        memory.keep(path, text)
