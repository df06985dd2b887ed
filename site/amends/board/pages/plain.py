"""The pages that stand on no case: what this board is, its rules, and the style sheets of the companies' accents."""

from amends.board import accent, meanings
from amends.board.edition import Edition
from amends.board.machines import meta
from amends.board.page import File, Page, Route, of_settings, once
from amends.figures import FEW
from amends.record import Company


def not_found(edition: Edition) -> Page:
    """Say that there is no such page."""
    return Page("404.html", edition.lang)


def about(edition: Edition) -> Page:
    """Say what this board is, and how it counts."""
    facts = {
        "few": FEW,
        "keeper_says": edition.record.pages.get("about"),
        "machine": meta.of_board(edition, "about", edition.lang.gettext("About")),
        "states": tuple(meanings.states(edition.lang)),
    }
    return Page("about.html", edition.lang, facts)


def rules(edition: Edition) -> Page:
    """Say what may be withheld, hidden or removed, by whom and how it shows."""
    facts = {
        "keeper_says": edition.record.pages.get("rules"),
        "machine": meta.of_board(edition, "rules", edition.lang.gettext("Rules of moderation")),
        "reasons": meanings.reasons(edition.lang),
    }
    return Page("rules.html", edition.lang, facts)


def privacy(edition: Edition) -> Page:
    """Say what is public, what is kept, and how it is taken back."""
    facts = {
        "keeper_says": edition.record.pages.get("privacy"),
        "machine": meta.of_board(edition, "privacy", edition.lang.gettext("Privacy")),
    }
    return Page("privacy.html", edition.lang, facts)


def accents(edition: Edition) -> File:
    """Give the accents of all companies, for the pages on which they stand together."""
    return _css(*edition.record.companies)


def accent_of(edition: Edition, company: str) -> File | None:
    """Give the accent of one company."""
    shelf = edition.shelf(company)
    return _css(shelf.company) if shelf else None


def _css(*companies: Company) -> File:
    return File("".join(accent.rule(company.slug, company.accent) for company in companies), "text/css")


ROUTES = (
    Route("/404.html", "not_found", not_found, once, of_settings),
    Route("/accents.css", "accents", accents, once, of_settings),
    Route("/<slug:company>/accent.css", "accent", accent_of, once, of_settings),
    Route("/about/", "about", about, once, of_settings),
    Route("/rules/", "rules", rules, once, of_settings),
    Route("/privacy/", "privacy", privacy, once, of_settings),
)
