"""The feeds: of the whole board or of one company, of what changed last or of what is open."""

from collections.abc import Iterable
from datetime import UTC, datetime

from amends.board.edition import Edition
from amends.board.machines import address, entries
from amends.board.machines.entries import Feed, Item
from amends.board.page import digest
from amends.board.row import Row
from amends.board.shelf import Shelf
from amends.language import Language

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when a feed is as it is in which there never was a case: RFC 4287 wants an instant, and a build is no event."""


def feed(edition: Edition, slug: str | None, name: str, *, only_open: bool) -> Feed | None:
    """Return the feed in the file of this name, of a company or of all; None where there is no such company.

    An empty one is as it is since a case last changed.
    """
    board = edition.record.board
    shelf = edition.shelf(slug) if slug else None
    if slug and shelf is None:
        return None
    most = entries.MOST_OPEN if only_open else entries.NEWEST
    chosen = _newest([shelf] if shelf else edition.shelves(), most, only_open=only_open)
    lang = edition.lang_of(shelf.company) if shelf else edition.lang
    below = (shelf.company.slug,) if shelf else ()
    whose = entries.name(shelf.company.name if shelf else board.title)
    return Feed(
        url=address.at(board, *below, name),
        page=address.at(board, *below, "") if below else board.base_url,
        title=title(lang, whose, only_open=only_open),
        author=entries.name(board.title),
        language=lang.tag,
        changed=max(map(entries.changed, chosen or _newest([shelf] if shelf else edition.shelves(), 1)), default=NEVER),
        items=tuple(_item(edition, row) for row in chosen),
    )


def _newest(shelves: Iterable[Shelf], most: int, *, only_open: bool = False) -> list[Row]:
    """Return the cases to which something happened last, the latest first."""
    chosen = _chosen(shelves, most, only_open=only_open)
    return [row for _, number, _, shelf in chosen if (row := shelf.row(number))]


def _chosen(shelves: Iterable[Shelf], most: int, *, only_open: bool) -> list[tuple[int, str, bytes, Shelf]]:
    found = [
        (-changed, number, mark, shelf)
        for shelf in shelves
        for changed, number, mark in shelf.newest(most, only_open=only_open)
    ]
    return sorted(found, key=lambda place: place[:2])[:most]


def made_of(edition: Edition, slug: str | None, *, only_open: bool) -> bytes:
    """Tell what a feed shows: the cases in it, and of an empty one when a case last changed."""
    shelf = edition.shelf(slug) if slug else None
    shelves = [shelf] if shelf else edition.shelves()
    most = entries.MOST_OPEN if only_open else entries.NEWEST
    chosen = _chosen(shelves, most, only_open=only_open) or _chosen(shelves, 1, only_open=False)
    shown = [(changed, number, mark, shelf.company.slug) for changed, number, mark, shelf in chosen]
    return digest(edition.settings, repr(shown))


def _item(edition: Edition, row: Row) -> Item:
    """Make an entry for all the feeds in which it stands."""
    return edition.once(("entry", row.company.slug, row.case.number), lambda: entries.item(edition, row))


def title(lang: Language, whose: str, *, only_open: bool) -> str:
    """Name a feed of the cases of a company or of the whole board."""
    if only_open:
        return lang.gettext("{name}: open cases", name=whose)
    return lang.gettext("{name}: all cases", name=whose)
