"""What a company's other pages show: what it changed, and its written answers."""

from collections.abc import Iterable

from amends.board.edition import Edition
from amends.board.machines import meta
from amends.board.page import Page, Route, once
from amends.board.row import Row
from amends.board.shelf import Shelf
from amends.record import Answer, Update


def changes(edition: Edition, company: str) -> Page | None:
    """Show what customers said and what was changed, and the news told before customers find out."""
    shelf = edition.shelf(company)
    if shelf is None:
        return None
    lang, updates = edition.lang_of(shelf.company), edition.record.updates.get(company, ())
    facts = {
        "company": shelf.company,
        "linked": _linked(shelf, updates),
        "machine": meta.of_part(edition, shelf.company, "changes", lang.gettext("What changed")),
        "updates": updates,
    }
    return Page("changes.html", lang, facts)


def answers(edition: Edition, company: str) -> Page | None:
    """Show a company's written answers."""
    shelf = edition.shelf(company)
    if shelf is None:
        return None
    lang, found = edition.lang_of(shelf.company), edition.record.answers.get(company, ())
    facts = {
        "answers": found,
        "company": shelf.company,
        "linked": _linked(shelf, found),
        "lists": shelf.lists,
        "machine": meta.of_part(edition, shelf.company, "answers", lang.gettext("Answers")),
    }
    return Page("answers.html", lang, facts)


def _linked(shelf: Shelf, told: Iterable[Update | Answer]) -> dict[str, tuple[Row, ...]]:
    """Return the cases to which each update or answer is linked, by its name."""
    return {one.name: tuple(row for number in one.cases if (row := shelf.row(number))) for one in told}


ROUTES = (
    Route("/<slug:company>/changes/", "changes", changes, once),
    Route("/<slug:company>/answers/", "answers", answers, once),
)
