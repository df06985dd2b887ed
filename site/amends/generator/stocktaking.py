"""Bringing the shelves to an instant: what is derived of the cases that changed, and of those that time has changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from amends.board import words
from amends.board.derive import Derived, derive, summed
from amends.board.edition import Edition
from amends.board.frame import Frame
from amends.board.machines import table
from amends.board.page import digest
from amends.board.row import SETTLED
from amends.board.shelf import ledger_key
from amends.board.stock import Kept, Stock, change, mark_of, put, recount, remove, stock
from amends.generator.crew import Crew
from amends.generator.scene import Scene, Stage
from amends.record import Company, Entry, Standing
from amends.record.packed import unpack, unpack_line
from amends.shelves.store import Store

_Item = tuple[int, str | None, str | None, str | None, str | None, int]
"""The number of its row, path, standing, packed case, packed line; whether to derive it anew."""


TOGETHER = 250
"""So many cases, or months without any, are written down in one transaction."""


@dataclass(frozen=True, slots=True)
class Month:
    """The cases of a company that came in one month, as the record tells them."""

    company: str
    month: str
    items: tuple[_Item, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a month: what to write down of its cases, which of them are gone, and what is counted of it.

    `ledger` changes with what the page of its ledger shows.
    """

    company: str
    month: str
    stocks: tuple[Stock, ...]
    gone: tuple[int, ...]
    sums: str | None = None
    ledger: bytes = b""


def take_stock(store: Store, scene: Scene, crew: Crew, *, whole: bool) -> None:
    """Derive anew what has changed, or time has changed, up to the scene's instant, and note the companies touched.

    Where the board is not written as a `whole`, the pages of cases that this makes stale are noted too.
    """
    _note_ledgers(store)
    for several in _together(crew(take, _months(store, scene.now))):
        with store.writing():
            for taken in several:
                remove(store, taken.company, taken.gone, noted=not whole)
                (put if whole else change)(store, taken.company, taken.stocks)
                _put_sums(store, taken)
                store.touch([taken.company])
    with store.writing():
        for (company,) in list(store.rows("SELECT company FROM touched WHERE company <> ''")):
            recount(store, company)


def _together(found: Iterable[Taken]) -> Iterator[list[Taken]]:
    several: list[Taken] = []
    size = 0
    for taken in found:
        several.append(taken)
        size += len(taken.stocks) + 1
        if size >= TOGETHER:
            yield several
            several, size = [], 0
    yield several


def _note_ledgers(store: Store) -> None:
    """Note that the board is touched where more or less is wrong with its ledgers: the proof says how much."""
    wrong = str(sum("/ledger/" in fault.path for fault in store.faults()))
    if store.setting("wrong in ledgers") != wrong:
        with store.writing():
            store.touch([""])
            store.note("wrong in ledgers", wrong)


def _months(store: Store, now: datetime) -> Iterator[Month]:
    """Yield the months of which a case is fresh or has turned, or of which the sums are not known."""
    at = int(now.timestamp())
    asked = list(
        store.rows(
            "SELECT company, month FROM item INDEXED BY item_fresh WHERE fresh UNION "
            "SELECT company, month FROM item INDEXED BY item_by_turn WHERE turns <= ? UNION "
            "SELECT company, month FROM month WHERE sums = '' ORDER BY 1, 2",
            at,
        )
    )
    for company, month in asked:
        items = store.rows(
            "SELECT id, path, standing, said, line, fresh OR coalesce(turns <= ?, 0) "
            "FROM item INDEXED BY item_of_month WHERE company = ? AND month = ? ORDER BY at, number",
            *(at, company, month),
        )
        yield Month(company, month, tuple(items))


def take(stage: Stage, month: Month) -> Taken:
    """Derive the cases of a month that are to be derived anew, and add up all of it; nothing is written."""
    now = stage.scene.now
    gone = tuple(place for place, _, _, said, line, _ in month.items if said is None and line is None)
    if len(gone) == len(month.items):
        return Taken(month.company, month.month, (), gone)
    company = stage.scene.house.company(month.company)
    mark = mark_of(company)
    found, stocks, shown = [], [], []
    for place, path, standing, said, line, again in month.items:
        if said is None and line is None:
            continue
        one = _derive(company, path, standing, said, line, now)
        found.append(one)
        if line is not None and one.line is not None:
            shown.append(f"{line} {one.line.first_reply is None}")
        if again:
            stocks.append(stock(place, one, said, mark, fragments(stage.edition, stage.frame, one)))
    sums = summed(company, found, now).written()
    return Taken(month.company, month.month, tuple(stocks), gone, sums, digest(*shown))


def _derive(
    company: Company, path: str | None, standing: str | None, said: str | None, line: str | None, now: datetime
) -> Derived:
    entry = None if said is None else Entry(unpack(said, company.slug), path or "", Standing(standing or ""))
    return derive(company, entry, None if line is None else unpack_line(line), now)


def fragments(edition: Edition, frame: Frame, one: Derived) -> Kept:
    """Write what lists, tables and other cases show of a case."""
    told = table.row(edition, one)
    as_json, as_csv = table.as_json(told), table.as_csv(told)
    row = one.row
    if row is None:
        return Kept(json=as_json, csv=as_csv)
    return Kept(
        icon=words.icon(row),
        subject=frame.subject(row),
        received=frame.cell(row, "received"),
        settled=frame.cell(row, "settled") if row.state in SETTLED else None,
        waiting=frame.cell(row, "waiting") if row.open or row.late else None,
        json=as_json,
        csv=as_csv,
    )


def _put_sums(store: Store, taken: Taken) -> None:
    if taken.sums is None:
        store.change("DELETE FROM month WHERE company = ? AND month = ?", taken.company, taken.month)
    else:
        store.change("INSERT OR REPLACE INTO month VALUES (?, ?, ?)", taken.company, taken.month, taken.sums)
        store.note(ledger_key(taken.company, taken.month), taken.ledger.hex())
