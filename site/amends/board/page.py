"""What a view returns, and how a view is found: pages as values, so that any of them can be made alone."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from io import BytesIO
from typing import Any

from amends.board.edition import Edition
from amends.language import Language


@dataclass(frozen=True, slots=True)
class Page:
    """A page for people: a template, the language of its frame, and what it shows."""

    template: str
    lang: Language
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """A file for machines, or a style sheet: its text as it is sent, and its media type.

    The text may be given in pieces, where it is as long as a company has cases.
    """

    text: str | Iterator[str]
    media_type: str

    def sent(self) -> str | bytes:
        """Return what is sent, once: pieces cannot be had again."""
        if isinstance(self.text, str):
            return self.text
        whole = BytesIO()
        for piece in self.text:
            whole.write(piece.encode())
        return whole.getvalue()


View = Callable[..., Page | File | None]
"""A function of an edition and of the names in its address; None where there is no such page."""

Places = Callable[[Edition, str], Iterable[Mapping[str, Any]]]
"""The names in the addresses of a kind of page: of one company by its slug, or of the board where that is empty."""


@dataclass(frozen=True, slots=True)
class Route:
    """A kind of page: its address in Werkzeug's notation, its name, its view, and `places`, the names in its addresses.

    `places` yields one mapping for every page of the kind. `made_of` tells cheaply what such a page is made of: while
    that stays the same, so does the page. None: it changes with its company or, where it is of no company, the board.
    """

    rule: str
    name: str
    view: View
    places: Places
    made_of: Callable[..., bytes] | None = None

    @property
    def of_company(self) -> bool:
        """Whether each of its pages is about one company."""
        return "<slug:company>" in self.rule


def digest(*parts: bytes | str) -> bytes:
    """Return a short digest of what a page is made of."""
    made = blake2b(digest_size=8)
    for part in parts:
        made.update(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part)
    return made.digest()


def of_settings(edition: Edition, **_: object) -> bytes:
    """Tell what a page is made of that shows nothing but settings, and what the keeper says."""
    return digest(edition.settings, repr(sorted(edition.record.pages.items())))


def once(_: Edition, slug: str) -> Iterable[Mapping[str, Any]]:
    """Yield the one place of a page of the board, or of each company."""
    return ({"company": slug} if slug else {},)


def path_of(route: Route, place: Mapping[str, Any]) -> str:
    """Return the path of a page below the board's root; what stands in it are names that nothing has to quote."""
    return _form(route.rule).format_map(place)


@cache
def _form(rule: str) -> str:
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule).lstrip("/")


def old_places(route: Route, edition: Edition, slug: str) -> Iterator[Mapping[str, Any]]:
    """Yield the places that the pages of a company had under the names that it had before."""
    names = edition.old_names(slug) if route.of_company else ()
    for name in names:
        yield from ({**place, "company": name} for place in route.places(edition, slug))


def places(route: Route, edition: Edition) -> Iterator[Mapping[str, Any]]:
    """Yield the places of all pages of a kind that an edition has."""
    slugs = [company.slug for company in edition.record.companies] if route.of_company else [""]
    for slug in slugs:
        yield from route.places(edition, slug)
