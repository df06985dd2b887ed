"""The lists of a company's cases: how they are called, and how they are cut into pages that stay as they are.

Pages are numbered from the oldest case. The first page of a list, which has no number, shows the newest: what is left
over and the last full page. So a new case changes that page, and now and then fills another; the others keep their
cases and their addresses. Only what waits is shown longest waiting first, and numbered in that order.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from amends import text
from amends.board import list_words, words
from amends.board.row import Row
from amends.board.shelf import Shelf
from amends.language import Language

SIZE = 50
"""Cases on a page; the newest page of a list has up to twice as many less one."""

NAME = re.compile(r"all|open|overdue|solved|disputed|topic-[a-z0-9][a-z0-9-]{0,39}|[0-9]{4}-(?:0[1-9]|1[0-2])")

LONGEST_FIRST = frozenset({"open", "overdue"})


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list as they are shown; the numbers of the pages beside it, 0 for the one without a number.

    Where a build has kept the HTML of all its rows, they stand in `cells`, and in `icons` the icons that these need;
    else the cases themselves stand in `rows`.
    """

    first: int
    last: int
    back: int | None
    on: int | None
    rows: tuple[Row, ...] = ()
    cells: tuple[str, ...] = ()
    icons: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many rows it has."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Cut:
    """From which place of a list up to which a page goes, and the numbers of the pages beside it, as in `Page`."""

    start: int
    stop: int
    back: int | None
    on: int | None


def page(shelf: Shelf, name: str, number: int) -> Page | None:
    """Return a page of a list, 0 for the one without a number; None where there is no such list or page."""
    found = cut(shelf, name, number)
    if found is None:
        return None
    beside = (found.start + 1, found.stop, found.back, found.on)
    step = 1 if name in LONGEST_FIRST else -1
    kept = shelf.cells(name, found.start, found.stop, kind_of(name))
    if kept:
        icons = tuple(sorted({icon for _, icon in kept}))
        return Page(*beside, cells=tuple(text.kept(cell) for cell, _ in kept[::step]), icons=icons)
    return Page(*beside, rows=tuple(shelf.rows(name, found.start, found.stop)[::step]))


def kind_of(name: str) -> str:
    """Return how cases stand in a list: as what waits, by what their customers said, or by their receipt."""
    if name in LONGEST_FIRST:
        return "waiting"
    return "settled" if name in list_words.DATED else "received"


def cut(shelf: Shelf, name: str, number: int) -> Cut | None:
    """Say which part of a list a page shows; None where there is no such list or page."""
    if name not in shelf.lists:
        return None
    whole = len(shelf.lists[name])
    return _waiting(whole, number) if name in LONGEST_FIRST else _newest(whole, number)


def _newest(whole: int, number: int) -> Cut | None:
    """Cut a list that shows its newest first. `on` leads to older cases."""
    full = _full(whole)
    if number > full:
        return None
    start = SIZE * ((number or full + 1) - 1)
    back = None if number == 0 else (number + 1) % (full + 1)
    on = (number or full + 1) - 1 or None
    return Cut(start, start + SIZE if number else whole, back, on)


def _full(whole: int) -> int:
    """Count the full pages that stand apart: all but the last one, which the newest page shows with the rest."""
    return max(whole // SIZE - 1, 0)


def _waiting(whole: int, number: int) -> Cut | None:
    """Cut a list that shows the longest waiting first. `on` leads to those who have waited less."""
    place = number or 1
    start = SIZE * (place - 1)
    if number == 1 or (number and start >= whole):
        return None
    back = None if place == 1 else (0 if place == 2 else place - 1)
    on = place + 1 if whole > start + SIZE else None
    return Cut(start, min(start + SIZE, whole), back, on)


def numbers(shelf: Shelf, name: str) -> Iterator[int]:
    """Yield the numbers of the pages of a list that have one."""
    whole = len(shelf.lists[name])
    if name in LONGEST_FIRST:
        yield from range(2, -(-whole // SIZE) + 1)
    else:
        yield from range(1, _full(whole) + 1)


def title(lang: Language, name: str) -> str:
    """Return the heading of a list."""
    if name.startswith("topic-"):
        return words.topic(lang, name.removeprefix("topic-"))
    if name[:1].isdigit():
        return lang.month(_month(name))
    return {
        "all": lang.gettext("All cases"),
        "open": lang.pgettext("cases", "Open"),
        "overdue": lang.pgettext("cases", "Overdue"),
        "solved": lang.gettext("Solved, confirmed by the customer"),
        "disputed": lang.gettext("Disputed by the customer"),
    }[name]


def _month(name: str) -> date:
    return date(int(name[:4]), int(name[5:]), 1)


# --- Filters: plain links with counts ---


@dataclass(frozen=True, slots=True)
class Choice:
    """A link to a list: its name, its word, and how many cases are in it."""

    name: str
    word: str
    count: int


def filters(lang: Language, shelf: Shelf) -> dict[str, list[Choice]]:
    """Return the lists by `state`, by `topic` and by `month`."""
    return {"state": states(lang, shelf), "topic": topics(lang, shelf), "month": months(lang, shelf)}


def states(lang: Language, shelf: Shelf) -> list[Choice]:
    """Return the lists by state."""
    short = {
        "all": lang.pgettext("cases", "All"),
        "open": lang.pgettext("cases", "Open"),
        "overdue": lang.pgettext("cases", "Overdue"),
        "solved": lang.pgettext("cases", "Solved"),
        "disputed": lang.pgettext("cases", "Disputed"),
    }
    return [Choice(name, word, len(shelf.lists[name])) for name, word in short.items()]


def topics(lang: Language, shelf: Shelf) -> list[Choice]:
    """Return the lists by topic, the most frequent first."""
    found = [
        Choice(name, title(lang, name), len(rows)) for name, rows in shelf.lists.items() if name.startswith("topic-")
    ]
    return sorted(found, key=lambda choice: (-choice.count, choice.word))


def months(lang: Language, shelf: Shelf) -> list[Choice]:
    """Return the lists by month of receipt, the latest first."""
    found = sorted((name for name in shelf.lists if name[:1].isdigit()), reverse=True)
    return [Choice(name, title(lang, name), len(shelf.lists[name])) for name in found]
