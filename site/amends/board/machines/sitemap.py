"""Sitemaps (https://www.sitemaps.org/protocol.html, 0.9) and robots.txt (RFC 9309)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

from amends import clock
from amends.board.edition import Edition
from amends.board.machines import address, entries, xml
from amends.board.page import Route
from amends.board.shelf import Row

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

MOST = 50_000
"""The most addresses in one file. The other limit, 50 MB, would let each have a thousand bytes: none comes near."""


@dataclass(frozen=True, slots=True)
class Located:
    """A page by its whole address, and when what it shows last changed; None where that is not known."""

    url: str
    changed: datetime | None = None


def located(edition: Edition, routes: Iterable[Route]) -> list[Located]:
    """Return the pages of these routes; a file is none."""
    board = edition.record.board
    return [
        Located(address.at(board, _filled(route.rule, place).lstrip("/")), _changed(edition, route.name, place))
        for route in routes
        if route.rule.endswith("/")
        for place in route.places(edition)
    ]


def _filled(rule: str, place: Mapping[str, Any]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda name: str(place[name[1]]), rule)


def _changed(edition: Edition, name: str, place: Mapping[str, Any]) -> datetime | None:
    """Return when the cases on a page last changed; None of pages that stand on no case."""
    return max(map(entries.changed, _rows(edition, name, place)), default=None)


def _rows(edition: Edition, name: str, place: Mapping[str, Any]) -> Iterable[Row]:
    if name == "home":
        return [row for shelf in edition.shelves() for row in shelf.rows]
    shelf = edition.shelf(str(place.get("company", "")))
    if shelf is None:
        return ()
    if name == "case":
        row = shelf.row(str(place["number"]))
        return [row] if row else ()
    if name in ("list", "numbered"):
        return shelf.lists[str(place["name"])]
    return shelf.rows if name in ("company", "figures") else ()


def parts(pages: Sequence[Located], most: int = MOST) -> int:
    """Return how many files the pages need besides the index; none where they fit into one file."""
    return 0 if len(pages) <= most else -(-len(pages) // most)


def write(pages: Sequence[Located]) -> str:
    """Write the map of these pages."""
    return _write("urlset", "url", pages)


def part(pages: Sequence[Located], number: int, most: int = MOST) -> str:
    """Write one file, counted from 1, of a map that needs several."""
    return write(pages[(number - 1) * most : number * most])


def index(files: Sequence[Located]) -> str:
    """Write the index of a map that needs several files."""
    return _write("sitemapindex", "sitemap", files)


def robots(sitemap: str) -> str:
    """Write robots.txt: everybody may read everything that is public."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {sitemap}\n"


def _write(root_name: str, name: str, found: Sequence[Located]) -> str:
    root = Element(root_name, {"xmlns": NAMESPACE})
    for located in found:
        page = xml.add(root, name)
        xml.add(page, "loc", located.url)
        if located.changed:
            xml.add(page, "lastmod", clock.stamp(located.changed))
    return xml.document(root)
