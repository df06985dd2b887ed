"""What a view returns, and how a view is found: pages as values, so that any of them can be made alone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
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
    """A file for machines, or a style sheet: its text as it is sent, and its media type."""

    text: str
    media_type: str


View = Callable[..., Page | File | None]
"""A function of an edition and of the names in its address; None where there is no such page."""

Places = Callable[[Edition], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Route:
    """A kind of page: its address in Werkzeug's notation, its name, its view, and `places`, the names in its addresses.

    `places` yields one mapping for every page of the kind that an edition has.
    """

    rule: str
    name: str
    view: View
    places: Places


def once(_: Edition) -> Iterable[Mapping[str, Any]]:
    """Yield the one place of a page without names in its address."""
    return ({},)


def each_company(edition: Edition) -> Iterable[Mapping[str, Any]]:
    """Yield the place of a page that every company has."""
    return ({"company": company.slug} for company in edition.record.companies)
