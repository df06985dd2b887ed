"""Reading cases: each number is settled anew, and only where something that speaks of it changed."""

import json
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
from amends.record.packed import pack, unpack, unpack_line
from amends.record.resolve import Found, Recall, read_found, resolve
from amends.record.schema import NUMBER
from amends.shelves.memory import LastGood
from amends.shelves.store import Store

_Thing = TypeVar("_Thing")

SLICE = 250
"""Numbers handled at a time: few enough to stay flat in memory, enough to make a statement worth its cost."""


@dataclass(frozen=True, slots=True)
class Number:
    """What speaks of one number: files to read, other files as they were read, and the lines of the ledgers, packed.

    With each file to read stands its stamp.
    """

    number: str
    read: tuple[tuple[str, bytes], ...]
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


def settle(store: Store, content: Path, cache: Path, crew: Crew) -> None:
    """Read every file that is noted as unread, and settle the numbers of which something has changed."""
    memory = LastGood(cache)
    try:
        for done in crew(Settler.settle, _asked(store)):
            with store.writing():
                _put(store, done)
                for settled in done:
                    _keep(store, memory, content, settled)
                memory.commit()
    finally:
        memory.close()


def sliced(things: Iterable[_Thing], size: int) -> Iterator[tuple[_Thing, ...]]:
    """Cut things into slices of that size."""
    rest = iter(things)
    while slice_ := tuple(islice(rest, size)):
        yield slice_


# --- Numbers ---


def _asked(store: Store) -> Iterator[list[Number]]:
    """Yield the numbers of which something is unread, in slices, with all that speaks of them.

    In the order of the files: those that stand side by side are written side by side, too.
    """
    at = ("", "")
    while found := list(store.rows(_NEXT, *at, SLICE)):
        at = found[-1]
        yield _gather(store, list(dict.fromkeys(number for _, number in found)))


_NEXT = "SELECT path, number FROM unread WHERE (path, number) > (?, ?) ORDER BY path, number LIMIT ?"


def _gather(store: Store, numbers: list[str]) -> list[Number]:
    """Collect all that speaks of these numbers."""
    asked = json.dumps(numbers)
    changed, others, lines = defaultdict(list), defaultdict(list), defaultdict(list)
    for number, path, stamp in store.rows(
        "SELECT number, path, stamp FROM unread WHERE path <> '' AND number IN (SELECT value FROM json_each(?))", asked
    ):
        changed[number].append((path, stamp))
    to_read = {path for files in changed.values() for path, _ in files}
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
    return [Number(number, tuple(changed[number]), tuple(others[number]), tuple(lines[number])) for number in numbers]


def _settle(content: Path, asked: Number, recall: Recall) -> Settled:
    done = Settled(asked.number)
    found = []
    for path, stamp in asked.read:
        one, text, digest = _read_file(content, path)
        found.append(one)
        said = None if one.case is None else pack(one.case)
        done.files.append(File(path, stamp, digest, said, text, one.faults))
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
    store.change_all("DELETE FROM unread WHERE number = ?", ((settled.number,) for settled in done))


def _put_items(store: Store, done: list[Settled]) -> None:
    known = {
        (company, number): (id_, month, tuple(says))
        for id_, company, number, month, *says in store.rows(
            "SELECT id, company, number, month, at, path, standing, said, line FROM item "
            "WHERE number IN (SELECT value FROM json_each(?))",
            json.dumps([settled.number for settled in done]),
        )
    }
    added, changed, months = [], [], set()
    for settled in done:
        for company, at in settled.at.items():
            entry = settled.entries.get(company, (None, None, None))
            says = (at, *entry, settled.lines.get(company))
            key = (company, settled.number)
            if key not in known:
                added.append((*key, month_of(at), *says))
                months.add((company, month_of(at)))
                continue
            place, month, before = known.pop(key)
            if before != says:
                months |= {(company, month), (company, month_of(at))}
                changed.append((month_of(at), *says, place))
    for (company, _), (place, month, _) in known.items():
        months.add((company, month))
        store.change(
            "UPDATE item SET path = NULL, standing = NULL, said = NULL, line = NULL, fresh = 1 WHERE id = ?", place
        )
    _forget_sums(store, months)
    added.sort(key=lambda row: (row[0], row[3], row[1]))
    store.change_all(
        "INSERT INTO item (company, number, month, at, path, standing, said, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        added,
    )
    store.change_all(
        "UPDATE item SET month = ?, at = ?, path = ?, standing = ?, said = ?, line = ?, fresh = 1 WHERE id = ?", changed
    )


def _forget_sums(store: Store, months: Iterable[tuple[str, str]]) -> None:
    store.change_all("INSERT OR REPLACE INTO month VALUES (?, ?, '')", months)


def month_of(at: int) -> str:
    """Return the month of an instant (seconds since 1970) in UTC, `2026-11`; four digits for every year."""
    received = datetime.fromtimestamp(at, UTC)
    return f"{received.year:04}-{received.month:02}"


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
