"""A company's cases, and the lists in which they stand."""

from collections.abc import Iterator, Mapping
from typing import Any

from amends.board import lists, thread
from amends.board.edition import Edition
from amends.board.heading import heading
from amends.board.history import history
from amends.board.machines import meta
from amends.board.page import Page, Route
from amends.board.shelf import Row, Shelf


def case(edition: Edition, company: str, number: str) -> Page | None:
    """Show one case: the two columns, and everything that happened."""
    shelf = edition.shelf(company)
    row = shelf.row(number) if shelf else None
    if shelf is None or row is None:
        return None
    lang = edition.lang_of(shelf.company)
    before, after = shelf.beside(number)
    facts = {
        "company": shelf.company,
        "row": row,
        "case": row.case,
        "corrected": thread.corrected,
        "beside": {"before": before, "after": after},
        "duplicate": _duplicate(row, shelf),
        "feedback": edition.feedback(shelf.company),
        "history": history(lang, row, edition.now),
        "heading": heading(row),
        "machine": meta.of_case(edition, row),
        "same": shelf.row(row.case.same or ""),
        "same_count": shelf.same(number),
        "service": edition.service(shelf.company),
        "turns": thread.turns(lang, row, edition.now),
        "updates": [update for update in edition.record.updates.get(company, ()) if number in update.cases],
    }
    return Page("case.html", lang, facts)


def a_list(edition: Edition, company: str, name: str, number: int = 0) -> Page | None:
    """Show a page of a list; the first one, which has no number, also counts and filters."""
    shelf = edition.shelf(company)
    page = lists.page(shelf, name, number) if shelf else None
    if shelf is None or page is None:
        return None
    lang = edition.lang_of(shelf.company)
    facts = {
        "company": shelf.company,
        "filters": None if number else lists.filters(lang, shelf),
        "last": shelf.rows[-1] if shelf.rows else None,
        "longest_first": name in lists.LONGEST_FIRST,
        "machine": meta.of_list(edition, shelf.company, name, number),
        "name": name,
        "number": number,
        "page": page,
        "rows": shelf.lists[name],
        "title": lists.title(lang, name),
    }
    return Page("list.html", lang, facts)


def _duplicate(row: Row, shelf: Shelf) -> Row | None:
    marked = row.case.last("duplicate")
    return shelf.row(str(marked.of)) if marked else None


def _each_case(edition: Edition) -> Iterator[Mapping[str, Any]]:
    for shelf in edition.shelves():
        for row in shelf.rows:
            yield {"company": shelf.company.slug, "number": row.case.number}


def _each_list(edition: Edition) -> Iterator[Mapping[str, Any]]:
    for shelf in edition.shelves():
        for name in shelf.lists:
            yield {"company": shelf.company.slug, "name": name}


def _each_numbered(edition: Edition) -> Iterator[Mapping[str, Any]]:
    for shelf in edition.shelves():
        for name in shelf.lists:
            for number in lists.numbers(shelf, name):
                yield {"company": shelf.company.slug, "name": name, "number": number}


ROUTES = (
    Route("/<slug:company>/<number:number>/", "case", case, _each_case),
    Route("/<slug:company>/<list:name>/", "list", a_list, _each_list),
    Route("/<slug:company>/<list:name>/<page:number>/", "numbered", a_list, _each_numbered),
)
