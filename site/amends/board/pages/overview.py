"""Home and the page of a company: the five figures first, then who waits and what was solved."""

from collections.abc import Sequence

from amends.board import charts, figure_words, lists
from amends.board.counts import count
from amends.board.edition import Edition
from amends.board.five import Five, at_present, few, five, months, this_month
from amends.board.machines import meta
from amends.board.page import Page, Route, each_company, once
from amends.board.shelf import Shelf, just_solved, waiting_longest
from amends.figures import Month, closed_year
from amends.language import Language

FEW = 5
"""How many cases stand under "waiting longest" and "just solved"."""

HEIGHT = 100
"""The height of the highest month on a company's page, in pixels."""


def home(edition: Edition) -> Page:
    """Show all companies, who waits longest and what was just solved."""
    lang, shelves = edition.lang, edition.shelves()
    rows = [(shelf.company, count(shelf, edition.now), _five(lang, edition, shelf)) for shelf in shelves]
    rows.sort(key=lambda row: (-row[2].closed, -row[2].received, row[0].name))
    cases = [row for shelf in shelves for row in shelf.rows]
    facts = {
        "built": edition.now,
        "companies": rows,
        "few": few(lang),
        "machine": meta.of_home(edition),
        "received": sum(counts.received for _, counts, _ in rows),
        "solved": just_solved(cases)[:FEW],
        "waiting": waiting_longest(cases)[:FEW],
        "year": months(lang, closed_year(edition.now)),
    }
    return Page("home.html", lang, facts)


def company(edition: Edition, company: str) -> Page | None:
    """Show one company: what it promises, how it keeps that, who waits, what it changed, how else to reach it."""
    shelf = edition.shelf(company)
    if shelf is None:
        return None
    lang, counts = edition.lang_of(shelf.company), count(shelf, edition.now)
    found = edition.figures_shown(company)
    facts = {
        "answers": edition.record.answers.get(company, ()),
        "at_present": at_present(lang, counts),
        "company": shelf.company,
        "counts": counts,
        "feedback": edition.feedback(shelf.company),
        "few": few(lang),
        "five": _five(lang, edition, shelf),
        "machine": meta.of_company(edition, shelf.company),
        "shelf": shelf,
        "silences": figure_words.silences(lang, found[-1]),
        "so_far": this_month(lang, edition.figures_so_far(company), edition.now),
        "solved": just_solved(shelf.rows)[:FEW],
        "topics": lists.topics(lang, shelf),
        "updates": edition.record.updates.get(company, ()),
        "waiting": waiting_longest(shelf.rows)[:FEW],
        "year": months(lang, closed_year(edition.now)),
    }
    year = edition.months(company) if len(found) > 1 else ()
    return Page("company.html", lang, facts | _strip(lang, year))


def _five(lang: Language, edition: Edition, shelf: Shelf) -> Five:
    slug = shelf.company.slug
    return five(lang, edition.figures_shown(slug)[0], edition.facts(slug), edition.now)


def _strip(lang: Language, year: Sequence[Month]) -> dict[str, object]:
    """Return the twelve months, and the columns in which they are drawn."""
    pairs = [(month.answered, month.unanswered) for month in year]
    drawn = charts.columns(pairs, HEIGHT, mirrored=lang.direction == "rtl")
    return {"columns": drawn, "months": year, "received": [month.received for month in year]}


ROUTES = (
    Route("/", "home", home, once),
    Route("/<slug:company>/", "company", company, each_company),
)
