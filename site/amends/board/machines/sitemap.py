"""Sitemaps (https://www.sitemaps.org/protocol.html, 0.9) and robots.txt (RFC 9309)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any

from amends import clock
from amends.board.edition import Edition
from amends.board.page import Route, digest, path_of, places
from amends.board.shelf import Shelf

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

MOST = 50_000
"""The most addresses in one file. The other limit, 50 MB, would let each have a thousand bytes: none comes near."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What stands in one file of a map that needs several: cases of one company, or of none the pages of no one case.

    From one place up to another, in the order of receipt and of the routes.
    """

    company: str
    start: int
    stop: int


def cuts(edition: Edition, routes: Iterable[Route], most: int = MOST) -> tuple[Cut, ...]:
    """Return the files that the pages of these routes need besides the index; none where they fit into one file.

    A case stands in a file of its company, so that what changes of it changes two files and not all.
    """
    sizes = {"": sum(1 for route in _of_no_case(routes) for _ in places(route, edition))}
    sizes |= {shelf.company.slug: len(shelf.lists["all"]) for shelf in edition.shelves()}
    if sum(sizes.values()) <= most:
        return ()
    return tuple(Cut(slug, start, start + most) for slug, size in sizes.items() for start in range(0, size, most))


def whole(edition: Edition, routes: Iterable[Route]) -> Iterator[str]:
    """Write the map of all pages of these routes in one file."""
    cases = (line for shelf in edition.shelves() for line in _cases(edition, shelf))
    return _write("urlset", chain(_others(edition, routes), cases))


def part(edition: Edition, routes: Iterable[Route], cut: Cut) -> Iterator[str]:
    """Write one file of a map that needs several."""
    shelf = edition.shelf(cut.company)
    if shelf is None:
        return _write("urlset", islice(_others(edition, routes), cut.start, cut.stop))
    return _write("urlset", _cases(edition, shelf, cut.start, cut.stop))


def made_of(edition: Edition, cut: Cut) -> bytes:
    """Tell what such a file is made of; empty where that costs as much as writing it."""
    shelf = edition.shelf(cut.company)
    return digest(edition.board.base_url, repr(cut), shelf.extent(cut.start, cut.stop)) if shelf else b""


def index(edition: Edition, names: Iterable[str]) -> Iterator[str]:
    """Write the index of a map that needs several files, by their names."""
    base = edition.board.base_url
    return _write("sitemapindex", (f"  <sitemap>\n    <loc>{base}{name}</loc>\n  </sitemap>\n" for name in names))


def _of_no_case(routes: Iterable[Route]) -> Iterator[Route]:
    """Yield the routes of pages that are of no one case; a file is no page."""
    return (route for route in routes if route.rule.endswith("/") and route.name != "case")


def _others(edition: Edition, routes: Iterable[Route]) -> Iterator[str]:
    base = edition.board.base_url
    for route in _of_no_case(routes):
        for place in places(route, edition):
            changed = _changed(edition, route.name, place)
            yield _PAGE % (base + path_of(route, place), _CHANGED % clock.stamp(changed) if changed else "")


def _cases(edition: Edition, shelf: Shelf, start: int = 0, stop: int | None = None) -> Iterator[str]:
    form = _PAGE % (f"{edition.board.base_url}{shelf.company.slug}/%s/", _CHANGED % "%s")
    return shelf.located(form, start, stop)


# Neither the board's address nor a path has a character that XML would want escaped (`read_base_url`, `SLUG`).
_PAGE = "  <url>\n    <loc>%s</loc>%s\n  </url>\n"
_CHANGED = "\n    <lastmod>%s</lastmod>"


def _changed(edition: Edition, name: str, place: Mapping[str, Any]) -> datetime | None:
    """Return when the cases on a page last changed; None of pages that stand on no case."""
    if name == "home":
        found = (shelf.lists["all"].changed for shelf in edition.shelves())
        return max((at for at in found if at is not None), default=None)
    shelf = edition.shelf(str(place.get("company", "")))
    if shelf is None or name not in ("list", "numbered", "company", "figures"):
        return None
    return shelf.lists[str(place.get("name", "all"))].changed


def robots(sitemap: str) -> str:
    """Write robots.txt: everybody may read everything that is public."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {sitemap}\n"


def _write(root: str, found: Iterable[str]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<{root} xmlns="{NAMESPACE}">\n'
    yield from found
    yield f"</{root}>\n"
