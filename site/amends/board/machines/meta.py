"""What the head of a page says to machines: feeds that follow it, how it looks where it is shared, linked data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from amends.board import lists, summary
from amends.board.edition import Edition
from amends.board.machines import address, entries, feeds, linked
from amends.board.row import Row
from amends.language import Language
from amends.record import Company


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same in another form: its media type, what it is called, its route and the names in its address."""

    kind: str
    title: str
    endpoint: str
    place: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meta:
    """A page to machines: `graph` is Open Graph (https://ogp.me), `linked` JSON-LD, `files` what its footer names."""

    alternates: tuple[Alternate, ...]
    files: tuple[Alternate, ...]
    graph: Mapping[str, str]
    linked: tuple[linked.Linked, ...]


def of_home(edition: Edition) -> Meta:
    """Return what the front page says."""
    board, lang = edition.record.board, edition.lang
    return Meta(*_elsewhere(edition, lang), _graph(edition, board.title, board.base_url), ())


def of_company(edition: Edition, company: Company) -> Meta:
    """Return what a company's page says; what it says of the company is what the company says of itself."""
    lang = edition.lang_of(company)
    url = address.at(edition.record.board, company.slug, "")
    graph = _graph(edition, entries.name(company.name), url)
    steps = _steps(edition, company)
    return Meta(*_elsewhere(edition, lang, company), graph, (linked.organization(company), linked.trail(steps)))


def of_list(edition: Edition, company: Company, name: str, number: int = 0) -> Meta:
    """Return what a page of a list says."""
    lang = edition.lang_of(company)
    url = address.at(edition.record.board, company.slug, name, *([str(number)] if number else []), "")
    title = lists.title(lang, name)
    steps = [*_steps(edition, company), (title, url)]
    graph = _graph(edition, lang.gettext("{title}: {company}", title=title, company=entries.name(company.name)), url)
    return Meta(*_elsewhere(edition, lang, company), graph, (linked.trail(steps),))


def of_part(edition: Edition, company: Company, part: str, title: str) -> Meta:
    """Return what one of a company's other pages says: `part` is its last segment, `title` what it is called."""
    lang = edition.lang_of(company)
    url = address.at(edition.record.board, company.slug, part, "")
    graph = _graph(edition, lang.gettext("{title}: {company}", title=title, company=entries.name(company.name)), url)
    steps = linked.trail([*_steps(edition, company), (title, url)])
    return Meta(*_elsewhere(edition, lang, company), graph, (steps,))


def of_board(edition: Edition, part: str, title: str) -> Meta:
    """Return what a page of the whole board says."""
    board = edition.record.board
    graph = _graph(edition, title, address.at(board, part, ""))
    return Meta(*_elsewhere(edition, edition.lang), graph, ())


def of_case(edition: Edition, row: Row) -> Meta:
    """Return what the page of a case says."""
    board, lang = edition.record.board, edition.lang_of(row.company)
    title, url = entries.title(lang, row), address.of_case(board, row)
    graph = _graph(edition, title, url, "article", lang.flat(summary.summary(lang, row)))
    trail = linked.trail([*_steps(edition, row.company), (title, url)])
    return Meta(*_elsewhere(edition, lang, row.company), graph, (linked.case(lang, board, row), trail))


_Alternates = tuple[Alternate, ...]


def _elsewhere(edition: Edition, lang: Language, company: Company | None = None) -> tuple[_Alternates, _Alternates]:
    """Return the feeds and the files of a company or of the whole board: the same ones for each of its pages."""
    if company is None:
        return _feeds(lang, entries.name(edition.record.board.title), ""), _files(lang, "")
    return _feeds(lang, entries.name(company.name), company.slug), _files(lang, company.slug)


@lru_cache(maxsize=64)
def _feeds(lang: Language, whose: str, slug: str) -> _Alternates:
    place = {"company": slug} if slug else {}
    of = "company_" if slug else ""
    every, only_open = (feeds.title(lang, whose, only_open=only_open) for only_open in (False, True))
    return (
        Alternate("application/atom+xml", every, f"{of}feed_atom", place),
        Alternate("application/feed+json", every, f"{of}feed_json", place),
        Alternate("application/atom+xml", only_open, f"{of}open_atom", place),
        Alternate("application/feed+json", only_open, f"{of}open_json", place),
    )


@lru_cache(maxsize=64)
def _files(lang: Language, slug: str) -> _Alternates:
    if not slug:
        return (
            Alternate("application/atom+xml", lang.gettext("Atom feed"), "feed_atom"),
            Alternate("application/json", lang.gettext("Figures as JSON"), "all_figures_json"),
        )
    place = {"company": slug}
    return (
        Alternate("application/atom+xml", lang.gettext("Atom feed"), "company_feed_atom", place),
        Alternate("application/json", lang.gettext("Cases as JSON"), "cases_json", place),
        Alternate("text/csv", lang.gettext("Cases as CSV"), "cases_csv", place),
        Alternate("application/json", lang.gettext("Figures as JSON"), "figures_json", place),
        Alternate("text/html", lang.gettext("Ledger"), "ledger", place),
    )


def _graph(edition: Edition, title: str, url: str, kind: str = "website", description: str = "") -> dict[str, str]:
    site = entries.name(edition.record.board.title)
    found = {"og:title": entries.name(title), "og:type": kind, "og:url": url, "og:site_name": site}
    return {**found, "og:description": description} if description else found


def _steps(edition: Edition, company: Company) -> list[tuple[str, str]]:
    board = edition.record.board
    return [(board.title, board.base_url), (company.name, address.at(board, company.slug, ""))]
