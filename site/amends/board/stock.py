"""Putting cases on the shelves: what is derived of each is written down, and the pages that this changes are noted."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from amends.board.derive import ALL_MONTHS, Derived, Sums, derive, disagreement, summed
from amends.board.proof import month_name
from amends.board.row import Row, lists_of
from amends.board.shelf import EXTENT, seconds
from amends.case import State, promises
from amends.record import Company, Record
from amends.record.packed import pack, pack_line
from amends.shelves.store import Store


@dataclass(frozen=True, slots=True)
class Kept:
    """The fragments of a case: HTML as lists and other cases show it, and its rows in the tables for machines."""

    icon: str | None = None
    subject: str | None = None
    received: str | None = None
    settled: str | None = None
    waiting: str | None = None
    json: str | None = None
    csv: str | None = None

    def mark(self) -> bytes:
        """Return a digest that changes with what lists show of the case."""
        return _digest(self.icon, self.received, self.settled, self.waiting)


@dataclass(frozen=True, slots=True)
class Stock:
    """A case as it is written down; `page` is a digest of what its page shows of itself, None where it has no page.

    `pledged` says that a promise runs in it.
    """

    id: int
    number: str
    at: int
    month: str
    turns: int | None
    later: bool
    differs: str | None
    ledger: str | None
    received: int | None = None
    changed: int | None = None
    topic: str | None = None
    same: str | None = None
    duplicate: str | None = None
    page: bytes | None = None
    pledged: bool = False
    owed: bool = False
    solved: bool = False
    lists: tuple[tuple[str, int, int], ...] = ()
    kept: Kept = Kept()


def mark_of(company: Company) -> str:
    """Return a digest that changes with the settings of a company."""
    return _digest(repr(company)).hex()


def stock(place: int, one: Derived, said: str | None, mark: str, kept: Kept) -> Stock:
    """Make what is written down of a case under the number `place`: `said` is its packed case, `mark` its company's."""
    found = Stock(
        id=place,
        number=one.fact.case,
        at=seconds(one.fact.received),
        month=month_name(one.fact.received),
        turns=seconds(one.turns) if one.turns else None,
        later=one.later,
        differs=disagreement(one),
        ledger=month_name(one.line.received) if one.line else None,
        kept=kept,
    )
    return found if one.row is None else _with_page(found, one.row, said or "", mark)


def _with_page(found: Stock, row: Row, said: str, mark: str) -> Stock:
    marked = row.case.last("duplicate")
    return replace(
        found,
        received=seconds(row.case.received),
        changed=seconds(row.changed),
        topic=row.case.topic,
        same=row.case.same,
        duplicate=str(marked.of) if marked else None,
        page=_digest(mark, said, row.standing, row.state, str(row.late), str(found.turns)),
        pledged=not row.case.is_gone and any(made.is_running for made in promises(row.case)),
        owed=row.answer_due is not None,
        solved=row.state is State.CONFIRMED,
        lists=tuple((name, rank, seconds(at)) for name, rank, at in lists_of(row)),
    )


def _digest(*parts: str | None) -> bytes:
    text = "\0".join("" if part is None else part for part in parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def fill(store: Store, record: Record, now: datetime) -> None:
    """Put a whole record, as it stands at `now`, into an empty store."""
    with store.writing():
        for company in record.companies:
            _fill(store, record, company, now)
        store.blame("", record.faults)


def _fill(store: Store, record: Record, company: Company, now: datetime) -> None:
    entries_ = {entry.case.number: entry for entry in record.entries.get(company.slug, ())}
    lines = {line.case: line for line in record.ledgers.get(company.slug, ())}
    by_month: dict[str, list[Derived]] = {}
    stocks, mark = [], mark_of(company)
    for number in sorted(entries_.keys() | lines.keys()):
        entry, line = entries_.get(number), lines.get(number)
        one = derive(company, entry, line, now)
        said = (entry.path, entry.standing, pack(entry.case)) if entry else (None, None, None)
        row = (company.slug, number, *said, pack_line(line) if line else None)
        place = store.connection.execute(_ADD, row).lastrowid or 0
        stocks.append(stock(place, one, said[2], mark, Kept()))
        by_month.setdefault(month_name(one.fact.received), []).append(one)
    put(store, company.slug, stocks)
    for month, found in by_month.items():
        store.change("INSERT INTO month VALUES (?, ?, ?)", company.slug, month, summed(company, found, now).written())
    recount(store, company.slug)


_ADD = "INSERT INTO item (company, number, path, standing, said, line) VALUES (?, ?, ?, ?, ?, ?)"


def change(store: Store, company: str, stocks: Sequence[Stock]) -> None:
    """Write cases of a company down as `put` does, and note the pages that show anything of what changed."""
    known = {
        id_: Before(*rest)
        for id_, *rest in store.rows(
            "SELECT id, item.received, page, same, duplicate, subject FROM item LEFT JOIN kept USING (id) "
            "WHERE id IN (SELECT value FROM json_each(?))",
            json.dumps([one.id for one in stocks]),
        )
    }
    stale: set[str | None] = set()
    moved = []
    for one in stocks:
        before = known[one.id]
        if one.page != before.page:
            stale.add(one.number)
        if (one.received, one.kept.subject) != (before.received, before.subject):
            moved.append(one)
            stale.update(_around(store, company, before.received, one.number))
            stale.update(_speaking_of(store, company, one.number))
        if (one.same, one.duplicate) != (before.same, before.duplicate):
            stale |= {one.same, before.same}
    put(store, company, stocks)
    for one in moved:
        stale.update(_around(store, company, one.received, one.number))
    note(store, company, stale)


def remove(store: Store, company: str, places: Sequence[int], *, noted: bool) -> None:
    """Take cases off the shelves; where that is `noted`, the pages that show anything of them are stale."""
    for place in places:
        number, received, same = store.row("SELECT number, received, same FROM item WHERE id = ?", place)
        if noted:
            stale = {*_around(store, company, received, number), *_speaking_of(store, company, number), same}
            note(store, company, {*stale, number})
        store.change("DELETE FROM listed WHERE id = ?", place)
        store.change("DELETE FROM kept WHERE id = ?", place)
        store.change("DELETE FROM tabled WHERE id = ?", place)
        store.change("DELETE FROM item WHERE id = ?", place)


def note(store: Store, company: str, numbers: Iterable[str | None]) -> None:
    """Note that the pages of these cases are stale; one of a case that is no more is to go."""
    store.change_all(
        "INSERT OR REPLACE INTO stale VALUES (?)", ((page_of(company, number),) for number in numbers if number)
    )


def page_of(company: str, number: str) -> str:
    """Return where the page of a case stands below the board's root, as its address without the first slash."""
    return f"{company}/{number}/"


@dataclass(frozen=True, slots=True)
class Before:
    """What was written down of a case before."""

    received: int | None
    page: bytes | None
    same: str | None
    duplicate: str | None
    subject: str | None


def _around(store: Store, company: str, received: int | None, number: str) -> Iterator[str]:
    """Yield the numbers of the cases received just before and just after one."""
    if received is None:
        return
    for than, way in (("<", "DESC"), (">", "ASC")):
        found: str | None = store.value(
            f"SELECT number FROM listed WHERE company = ? AND name = 'all' AND rank = 0 AND (at, number) {than} (?, ?) "
            f"ORDER BY at {way}, number {way} LIMIT 1",
            *(company, received, number),
        )
        if found is not None:
            yield found


def _speaking_of(store: Store, company: str, number: str) -> Iterator[str]:
    """Yield the numbers of the cases whose pages name another."""
    for (found,) in store.rows(
        "SELECT number FROM item WHERE company = ?1 AND same = ?2 UNION "
        "SELECT number FROM item WHERE company = ?1 AND duplicate = ?2",
        *(company, number),
    ):
        yield found


def put(store: Store, company: str, stocks: Sequence[Stock]) -> None:
    """Write cases of a company down, in place of what was written of them before."""
    store.change_all("DELETE FROM listed WHERE id = ?", ((one.id,) for one in stocks))
    store.change_all(
        "UPDATE item SET fresh = 0, at = ?, month = ?, turns = ?, later = ?, differs = ?, ledger = ?, received = ?, "
        "changed = ?, topic = ?, same = ?, duplicate = ?, page = ?, pledged = ? WHERE id = ?",
        (
            (
                *(one.at, one.month, one.turns, one.later, one.differs, one.ledger, one.received),
                *(one.changed, one.topic, one.same, one.duplicate, one.page, one.pledged, one.id),
            )
            for one in stocks
        ),
    )
    store.change_all("INSERT INTO listed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _listed(company, stocks))
    store.change_all(
        "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?, ?)",
        (
            (one.id, one.kept.icon, one.kept.subject, one.kept.received, one.kept.settled, one.kept.waiting)
            for one in stocks
        ),
    )
    store.change_all(
        "INSERT OR REPLACE INTO tabled VALUES (?, ?, ?)",
        ((one.id, one.kept.json, one.kept.csv) for one in stocks if one.kept.json is not None),
    )


def recount(store: Store, company: str) -> None:
    """Add up what is counted of all cases of a company, and what is told of each of its lists as a whole."""
    months = store.rows("SELECT sums FROM month WHERE company = ? AND month <> ? ORDER BY month", company, ALL_MONTHS)
    whole = Sums.total(Sums.read(sums) for (sums,) in months)
    store.change("INSERT OR REPLACE INTO month VALUES (?, ?, ?)", company, ALL_MONTHS, whole.written())
    store.change("DELETE FROM list WHERE company = ?", company)
    store.change(
        f"INSERT INTO list SELECT company, name, count(*), sum(owed), sum(solved), max(changed), {EXTENT} "
        "FROM listed WHERE company = ? GROUP BY name",
        company,
    )


def _listed(company: str, stocks: Iterable[Stock]) -> Iterator[tuple[object, ...]]:
    for one in stocks:
        mark = one.kept.mark()
        for name, rank, at in one.lists:
            yield company, name, rank, at, one.number, one.id, one.owed, one.solved, one.changed, mark
