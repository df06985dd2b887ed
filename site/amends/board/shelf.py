"""One company's cases as the board shows them at one instant, in the order of receipt and in their lists."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from amends import text
from amends.board.derive import Derived, derive
from amends.board.row import WAITING, Row, row_of
from amends.case import as_of
from amends.figures import line_as_of
from amends.record import Company, Entry, LedgerLine, Standing
from amends.record.packed import unpack, unpack_line
from amends.shelves.store import Store

ALWAYS = ("all", "open", "overdue", "solved", "disputed")
"""The lists that every company has, empty or not; those of topics and months appear with their first case."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as a whole: how many cases stand in it, how many of them are owed an answer, how many are confirmed as
    solved, and when something last happened to one of them.
    """

    number: int = 0
    owed: int = 0
    solved: int = 0
    changed: datetime | None = None

    def __len__(self) -> int:
        return self.number


class Shelf:
    """All cases of one company in the order of receipt, and the lists in which they stand, as a store has them."""

    def __init__(self, store: Store, company: Company, now: datetime) -> None:
        self.company = company
        self._store, self._now = store, now
        self._lists: dict[str, Listed] | None = None
        self._rows: dict[str, Row] = {}
        self._marked: str | None = None
        self._marks: list[bytes] = []

    @property
    def lists(self) -> Mapping[str, Listed]:
        """The lists that there are: those that every company has, then those that have cases."""
        if self._lists is None:
            found = self._store.rows(
                "SELECT name, number, owed, solved, changed FROM list WHERE company = ? AND name <> ? ORDER BY name",
                self.company.slug,
                WAITING,
            )
            self._lists = {name: Listed() for name in ALWAYS}
            self._lists |= {name: Listed(number, owed, solved, moment(at)) for name, number, owed, solved, at in found}
        return self._lists

    def rows(self, name: str, start: int = 0, stop: int | None = None) -> list[Row]:
        """Return the cases of a list from one place up to another, in its order."""
        return [self._row(*found) for found in self._store.rows(*self._joined(name, start, stop, _ITEM, "item"))]

    def cells(self, name: str, start: int, stop: int, kind: str) -> list[tuple[str, str]]:
        """Return the kept HTML of the rows of a list, each with its icon, in its order; none where not all are kept."""
        column = {"received": "received", "settled": "settled", "waiting": "waiting"}[kind]
        found = list(self._store.rows(*self._joined(name, start, stop, f"kept.{column}, icon", "kept")))
        return [] if any(cell is None for cell, _ in found) else found

    def waiting_longest(self, most: int) -> list[Row]:
        """Return those who are owed an answer, longest waiting first."""
        return self.rows(WAITING, 0, most)

    def just_solved(self, most: int) -> list[Row]:
        """Return the cases that their customers confirmed, latest first."""
        return self.last("solved", most)

    def newest(self, most: int, *, only_open: bool = False) -> list[tuple[int, str, bytes]]:
        """Return to which cases something happened last, latest first: when (seconds since 1970), and their numbers.

        With each stands a digest that changes with what its page shows.
        """
        name = "open" if only_open else "all"
        rows = self._store.rows(
            "SELECT found.changed, found.number, page FROM (SELECT changed, number, id FROM listed "
            f"WHERE company = ? AND name = '{name}' ORDER BY changed DESC, number LIMIT ?) AS found "
            "JOIN item USING (id) ORDER BY 1 DESC, 2",
            *(self.company.slug, most),
        )
        return list(rows)

    def last(self, name: str, most: int) -> list[Row]:
        """Return the last cases of a list, the last first."""
        found = self._store.rows(
            f"SELECT {_JOINED} WHERE listed.company = ? AND name = ? "
            "ORDER BY rank DESC, listed.at DESC, listed.number DESC LIMIT ?",
            *(self.company.slug, name, most),
        )
        return [self._row(*row) for row in found]

    def last_marks(self, name: str, most: int) -> list[tuple[str, bytes]]:
        """Return the numbers of the last cases of a list, each with a digest that changes with what its page shows."""
        rows = self._store.rows(
            "SELECT number, page FROM (SELECT rank, at, number AS named, id FROM listed WHERE company = ? AND name = ? "
            "ORDER BY rank DESC, at DESC, number DESC LIMIT ?) AS found JOIN item USING (id) "
            "ORDER BY found.rank DESC, found.at DESC, named DESC",
            *(self.company.slug, name, most),
        )
        return list(rows)

    def numbers(self) -> Iterator[str]:
        """Yield the numbers of all cases in the order of receipt."""
        for (number,) in self._store.rows(*self._slice("all", 0, None, "number")):
            yield number

    def marks(self, name: str) -> list[bytes]:
        """Return, for each case of a list in its order, a digest that changes with what the list shows of it."""
        if self._marked != name:
            self._marks = [mark for (mark,) in self._store.rows(*self._slice(name, 0, None, "mark"))]
            self._marked = name
        return self._marks

    def located(self, form: str, start: int = 0, stop: int | None = None) -> Iterator[str]:
        """Yield `form` for each case in the order of receipt: with its number and when something last happened to it.

        `form` is one of SQLite's (printf): the number comes first, the instant, as the record writes it, second.
        """
        for (written,) in self._store.rows(
            "SELECT printf(?2, number, strftime('%Y-%m-%dT%H:%M:%SZ', changed, 'unixepoch')) FROM listed "
            "WHERE company = ?1 AND name = 'all' ORDER BY rank, at, number LIMIT ?3 OFFSET ?4",
            *(self.company.slug, form, _most(start, stop), start),
        ):
            yield written

    def extent(self, start: int, stop: int) -> str:
        """Return numbers that change where cases from one place up to another, or when they changed, are others."""
        if start == 0 and stop >= len(self.lists["all"]):
            noted = self._store.value("SELECT extent FROM list WHERE company = ? AND name = 'all'", self.company.slug)
            return noted or ""
        inner, *values = self._slice("all", start, stop, "id, changed")
        found: str = self._store.value(f"SELECT {EXTENT} FROM ({inner})", *values)
        return found

    def row(self, number: str) -> Row | None:
        """Return the case with this number, if the company has one."""
        if number not in self._rows:
            found = self._store.row(
                f"SELECT {_ITEM} FROM item WHERE company = ? AND number = ? AND received IS NOT NULL",
                self.company.slug,
                number,
            )
            if found is None:
                return None
            self._row(*found)
        return self._rows[number]

    def beside(self, row: Row) -> tuple[Row | str | None, Row | str | None]:
        """Return the cases received just before and after one: as the kept HTML of their names, if there is any."""
        before, after = (
            self._store.row(
                "SELECT listed.number, subject FROM listed LEFT JOIN kept USING (id) "
                f"WHERE company = ? AND name = 'all' AND rank = 0 AND (at, number) {than} (?, ?) "
                f"ORDER BY at {way}, number {way} LIMIT 1",
                *(self.company.slug, seconds(row.case.received), row.case.number),
            )
            for than, way in (("<", "DESC"), (">", "ASC"))
        )
        return self._named(before), self._named(after)

    def _named(self, found: tuple[str, str | None] | None) -> Row | str | None:
        if found is None:
            return None
        number, subject = found
        return text.kept(subject) if subject else self.row(number)

    def same(self, number: str) -> int:
        """Count the customers who said that this happened to them too."""
        # Whom the keeper found to be the same customer twice is nobody else to whom it happened.
        found: int = self._store.value(
            "SELECT count(*) FROM item WHERE company = ? AND same = ? AND duplicate IS NULL", self.company.slug, number
        )
        return found

    def received(self, kind: str) -> Iterator[str | Derived]:
        """Yield every case received, shown or not, in the order of receipt: its kept fragment of that kind, if any."""
        column = {"json": "json", "csv": "csv"}[kind]
        for fragment, number in self._store.rows(
            f"SELECT {column}, number FROM item LEFT JOIN tabled USING (id) WHERE company = ? ORDER BY at, number",
            self.company.slug,
        ):
            yield fragment or self._derived(number)

    def _derived(self, number: str) -> Derived:
        slug = self.company.slug
        path, standing, said, line = self._store.row(
            "SELECT path, standing, said, line FROM item WHERE company = ? AND number = ?", slug, number
        )
        entry = None if said is None else Entry(unpack(said, slug), path, Standing(standing))
        return derive(self.company, entry, None if line is None else unpack_line(line), self._now)

    def differing(self, kind: str) -> list[str]:
        """Return the numbers of the cases of which file and ledger disagree in that way, in the order of receipt."""
        rows = self._store.rows(
            "SELECT number FROM item WHERE company = ? AND differs = ? ORDER BY at, number", self.company.slug, kind
        )
        return [number for (number,) in rows]

    def ledgers(self) -> list[str]:
        """Return the names of the months of which there is a ledger, oldest first."""
        rows = self._store.rows(
            "SELECT DISTINCT ledger FROM item WHERE company = ? AND ledger IS NOT NULL ORDER BY ledger",
            self.company.slug,
        )
        return [month for (month,) in rows]

    def ledger_mark(self, month: str) -> str:
        """Return what changes with what one month of the ledger shows; empty where that is not known."""
        return self._store.setting(ledger_key(self.company.slug, month)) or ""

    def ledger(self, month: str) -> list[LedgerLine]:
        """Return the lines of one month of the ledger."""
        rows = self._store.rows("SELECT line FROM item WHERE company = ? AND ledger = ?", self.company.slug, month)
        return [line_as_of(unpack_line(line), self._now) for (line,) in rows]

    def _slice(self, name: str, start: int, stop: int | None, columns: str) -> tuple[Any, ...]:
        """Return the statement that finds these columns of a list, from one place up to another, and its values."""
        statement = (
            f"SELECT {columns} FROM listed WHERE company = ? AND name = ? ORDER BY rank, at, number LIMIT ? OFFSET ?"
        )
        return statement, self.company.slug, name, _most(start, stop), start

    def _joined(self, name: str, start: int, stop: int | None, columns: str, table: str) -> tuple[Any, ...]:
        """Return the same for columns of another table, which is asked for none of the cases before that place."""
        inner, *values = self._slice(name, start, stop, "id, rank, at, number")
        statement = f"SELECT {columns} FROM ({inner}) AS found JOIN {table} USING (id)"
        return f"{statement} ORDER BY found.rank, found.at, found.number", *values

    def _row(self, number: str, path: str, standing: str, said: str) -> Row:
        if number not in self._rows:
            if len(self._rows) > _MOST_ROWS:
                self._rows.clear()
            entry = Entry(as_of(unpack(said, self.company.slug), self._now), path, Standing(standing))
            self._rows[number] = row_of(self.company, entry, self._now)
        return self._rows[number]


_ITEM = "item.number, item.path, item.standing, item.said"
_JOINED = f"{_ITEM} FROM listed JOIN item USING (id)"
EXTENT = "printf('%d %d %d %d', count(*), sum(id), sum(changed), sum((changed % 65521) * (id % 65521)))"
"""What is told of cases in a list, so that it changes where others stand in it, or when something happened to one."""
_MOST_ROWS = 16
"""Cases kept at hand: a page of one needs its neighbours, and then the next page needs them."""


def ledger_key(company: str, month: str) -> str:
    """Return under which key a store has noted what a month of a company's ledger shows."""
    return f"ledger {company} {month}"


def _most(start: int, stop: int | None) -> int:
    """Return how many rows there are from one place up to another, as SQLite wants it said."""
    return -1 if stop is None else max(stop - start, 0)


def moment(at: int | None) -> datetime | None:
    """Return an instant from its seconds since 1970, as a store has it."""
    return None if at is None else datetime.fromtimestamp(at, UTC)


def seconds(at: datetime) -> int:
    """Return an instant in seconds since 1970."""
    return int(at.timestamp())
