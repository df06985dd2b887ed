"""Home and the page of a company: the five figures first, then who waits and what was solved."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from amends.board import charts, figure_words, lists
from amends.board.edition import Edition
from amends.board.five import Five, at_present, few, five, months, this_month
from amends.board.machines import meta
from amends.board.page import Page, Route, once
from amends.board.row import Row
from amends.board.shelf import Shelf
from amends.figures import Month, closed_year
from amends.language import Language

FEW = 5
"""How many cases stand under "waiting longest" and "just solved"."""

HEIGHT = 100
"""The height of the highest month on a company's page, in pixels."""


def home(edition: Edition) -> Page:
    """Show all companies, who waits longest and what was just solved."""
    lang, shelves = edition.lang, edition.shelves()
    rows = [(shelf.company, edition.counts(shelf.company.slug), _five(lang, edition, shelf)) for shelf in shelves]
    rows.sort(key=lambda row: (-row[2].closed, -row[2].received, row[0].name))
    facts = {
        "built": edition.now.date(),
        "companies": rows,
        "few": few(lang),
        "machine": meta.of_home(edition),
        "received": sum(counts.received for _, counts, _ in rows),
        "solved": sorted(_each(shelves, Shelf.just_solved), key=_settled, reverse=True)[:FEW],
        "waiting": sorted(_each(shelves, Shelf.waiting_longest), key=_waiting)[:FEW],
        "year": months(lang, closed_year(edition.now)),
    }
    return Page("home.html", lang, facts)


def _each(shelves: Iterable[Shelf], chosen: Callable[[Shelf, int], list[Row]]) -> Iterator[Row]:
    return (row for shelf in shelves for row in chosen(shelf, FEW))


def _settled(row: Row) -> tuple[datetime, str]:
    return row.settled or row.case.received, row.case.number


def _waiting(row: Row) -> tuple[datetime, str]:
    return row.waits_since or row.case.received, row.case.number


def company(edition: Edition, company: str) -> Page | None:
    """Show one company: what it promises, how it keeps that, who waits, what it changed, how else to reach it."""
    shelf = edition.shelf(company)
    if shelf is None:
        return None
    lang, counts = edition.lang_of(shelf.company), edition.counts(company)
    found = edition.figures_shown(company)
    facts = {
        "answers": edition.record.answers.get(company, ()),
        "at_present": at_present(lang, counts),
        "company": shelf.company,
        "counts": counts,
        "feedback": edition.feedback(shelf.company),
        "few": few(lang),
        "five": _five(lang, edition, shelf),
        "joined": edition.joined(shelf.company),
        "machine": meta.of_company(edition, shelf.company),
        "shelf": shelf,
        "silences": figure_words.silences(lang, found[-1]),
        "so_far": this_month(lang, edition.figures_so_far(company), edition.now),
        "solved": shelf.just_solved(FEW),
        "topics": lists.topics(lang, shelf),
        "updates": edition.record.updates.get(company, ()),
        "waiting": shelf.waiting_longest(FEW),
        "year": months(lang, closed_year(edition.now)),
    }
    year = edition.months(company) if len(found) > 1 else ()
    return Page("company.html", lang, facts | _strip(lang, year))


def _five(lang: Language, edition: Edition, shelf: Shelf) -> Five:
    return five(lang, edition.figures_shown(shelf.company.slug)[0], edition.now)


def _strip(lang: Language, year: Sequence[Month]) -> dict[str, object]:
    """Return the twelve months, and the columns in which they are drawn."""
    pairs = [(month.answered, month.unanswered) for month in year]
    drawn = charts.columns(pairs, HEIGHT, mirrored=lang.direction == "rtl")
    return {"columns": drawn, "months": year, "received": [month.received for month in year]}


ROUTES = (
    Route("/", "home", home, once),
    Route("/<slug:company>/", "company", company, once),
)
