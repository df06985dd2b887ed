"""Which pages a build has to write anew: those of cases are noted as the cases change, the others by what they show."""

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from amends.board import moved
from amends.board.edition import Edition
from amends.board.page import Route, old_places, path_of
from amends.board.pages import ROUTES
from amends.board.stock import note
from amends.shelves.store import Store

HOME = ""
"""The path of the front page."""


def note_stale(store: Store, edition: Edition, touched: Collection[str]) -> None:
    """Note which pages of the touched companies, and of the board, are stale or gone: all that are of no one case."""
    for slug in [*sorted(touched), ""]:
        note_mentions(store, edition, slug)
        made_of = dict(_made_of(edition, slug))
        known = dict(store.rows("SELECT path, made_of FROM page WHERE company = ?", slug))
        stale = [path for path, found in made_of.items() if found == UNKNOWN or known.get(path) != found]
        gone = known.keys() - made_of.keys()
        store.change_all("INSERT OR REPLACE INTO stale VALUES (?)", ((path,) for path in [*stale, *gone]))
        store.change_all("DELETE FROM page WHERE path = ?", ((path,) for path in gone))
        store.change_all(
            "INSERT OR REPLACE INTO page VALUES (?, ?, ?)",
            ((path, slug, found) for path, found in made_of.items() if known.get(path) != found),
        )


UNKNOWN = b""
"""What a page is made of that changes whenever its company does, or any."""


def _made_of(edition: Edition, slug: str) -> Iterator[tuple[str, bytes]]:
    """Yield the pages of a company, or of the board, that are of no one case: their paths and what they are made of."""
    if slug and edition.shelf(slug) is None:
        return
    for route in _routes(of_company=bool(slug)):
        for place in route.places(edition, slug):
            yield path_of(route, place), route.made_of(edition, **place) if route.made_of else UNKNOWN
    for route in ROUTES:
        for place in old_places(route, edition, slug):
            yield path_of(route, place), moved.made_of(route, edition, place)


def _routes(*, of_company: bool) -> Iterable[Route]:
    return (route for route in ROUTES if route.name != "case" and route.of_company == of_company)


def every_page(edition: Edition) -> Iterator[str]:
    """Yield the path of every page and file of the board but the static ones, as an address below its root."""
    for slug in ["", *(company.slug for company in edition.record.companies)]:
        for route in ROUTES:
            if route.of_company == bool(slug):
                yield from (path_of(route, place) for place in route.places(edition, slug))
                yield from (path_of(route, place) for place in old_places(route, edition, slug))


def note_mentions(store: Store, edition: Edition, slug: str) -> None:
    """Note as stale the cases that a company's updates name, or named, where an update says something else now."""
    named: dict[str, list[object]] = {}
    for update in edition.record.updates.get(slug, ()):
        for number in update.cases:
            named.setdefault(number, []).append([update.name, update.title, update.language, update.day.isoformat()])
    said = {number: json.dumps(updates) for number, updates in named.items()}
    known = dict(store.rows("SELECT number, said FROM mention WHERE company = ?", slug))
    changed = {number for number in said.keys() | known.keys() if said.get(number) != known.get(number)}
    note(store, slug, changed)
    store.change_all("DELETE FROM mention WHERE company = ? AND number = ?", ((slug, number) for number in changed))
    rows = ((slug, number, said[number]) for number in changed if number in said)
    store.change_all("INSERT INTO mention VALUES (?, ?, ?)", rows)


def exists(store: Store, path: str) -> bool:
    """Whether the board has a page or file at this path below its root, as an address without its first slash."""
    if store.row("SELECT 1 FROM page WHERE path = ?", path) is not None:
        return True
    company, _, rest = path.partition("/")
    number = rest.removesuffix("/")
    return store.row(
        "SELECT 1 FROM item WHERE company = ? AND number = ? AND received IS NOT NULL", company, number
    ) is not None and rest.endswith("/")


def next_due(store: Store, now: datetime) -> datetime:
    """Return the next instant after `now` at which time alone makes the board out of date: the next day at the latest.

    Then the front page has another date; with the month, the year of the figures moves too.
    """
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    turn = store.value("SELECT min(turns) FROM item WHERE turns > ?", int(now.timestamp()))
    return min(midnight, datetime.fromtimestamp(turn, UTC)) if turn is not None else midnight
