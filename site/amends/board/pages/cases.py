"""A company's cases, and the lists in which they stand."""

from collections.abc import Iterator, Mapping
from typing import Any

from amends.board import lists, thread
from amends.board.edition import Edition
from amends.board.heading import heading
from amends.board.history import history
from amends.board.machines import meta
from amends.board.page import Page, Route, digest
from amends.board.row import Row
from amends.board.shelf import Shelf


def case(edition: Edition, company: str, number: str) -> Page | None:
    """Show one case: the two columns, and everything that happened."""
    shelf = edition.shelf(company)
    row = shelf.row(number) if shelf else None
    if shelf is None or row is None:
        return None
    lang = edition.lang_of(shelf.company)
    before, after = shelf.beside(row)
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
        "joined": edition.joined(shelf.company),
        "machine": meta.of_case(edition, row),
        "same": shelf.row(row.case.same) if row.case.same else None,
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
        "filters": None if number else edition.once(("filters", company), lambda: lists.filters(lang, shelf)),
        "last": next(iter(shelf.last("all", 1)), None),
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


def _each_case(edition: Edition, company: str) -> Iterator[Mapping[str, Any]]:
    shelf = edition.shelf(company)
    for number in shelf.numbers() if shelf else ():
        yield {"company": company, "number": number}


def _each_list(edition: Edition, company: str) -> Iterator[Mapping[str, Any]]:
    shelf = edition.shelf(company)
    for name in shelf.lists if shelf else ():
        yield {"company": company, "name": name}


def _each_numbered(edition: Edition, company: str) -> Iterator[Mapping[str, Any]]:
    shelf = edition.shelf(company)
    for name in shelf.lists if shelf else ():
        for number in lists.numbers(shelf, name) if shelf else ():
            yield {"company": company, "name": name, "number": number}


def made_of(edition: Edition, company: str, name: str, number: int = 0) -> bytes:
    """Tell what a page of a list shows: its rows, its place in the list and, on the first one, what all lists count."""
    shelf = edition.shelf(company)
    cut = lists.cut(shelf, name, number) if shelf else None
    if shelf is None or cut is None:
        return b""
    shown = b"".join(shelf.marks(name)[cut.start : cut.stop])
    counted = () if number else (shelf.lists[name], *((each, len(found)) for each, found in shelf.lists.items()))
    last = () if number else tuple(row.case.received for row in shelf.last("all", 1))
    return digest(shown, repr((cut, counted, last, edition.board, shelf.company)))


ROUTES = (
    Route("/<slug:company>/<number:number>/", "case", case, _each_case),
    Route("/<slug:company>/<list:name>/", "list", a_list, _each_list, made_of),
    Route("/<slug:company>/<list:name>/<page:number>/", "numbered", a_list, _each_numbered, made_of),
)
