"""The search page: a form, the words and looks that its script puts on what it finds, and links to all lists."""

from amends.board import lists, words
from amends.board.edition import Edition
from amends.board.frame import CSP
from amends.board.looks import LOOKS, NOT_ANSWERED_THERE, UNREADABLE, Look, spoken
from amends.board.page import Page, Route, once
from amends.board.shelf import Shelf
from amends.language import Language

POLICY = CSP.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""The policy of this page alone: Pagefind is WebAssembly, and a browser compiles none without this word."""

Options = list[tuple[str, str]]
"""What can be chosen of one kind: the key that the index has for it, and its word."""


def search(edition: Edition) -> Page:
    """Search the words of all cases, written answers and changes."""
    lang = edition.lang
    shelves = sorted(edition.shelves(), key=lambda shelf: shelf.company.name)
    looks = _looks(lang)
    companies = [(shelf.company.slug, shelf.company.name) for shelf in shelves]
    states = [(key, look.word) for key, look in looks]
    facts = {
        "choices": [
            ("company", lang.gettext("Company"), companies),
            ("state", lang.pgettext("of a case", "State"), states),
            ("topic", lang.gettext("Topic"), _topics(lang, shelves)),
        ],
        "csp": POLICY,
        "lists": [(shelf.company, lists.states(lang, shelf)) for shelf in shelves],
        "looks": looks,
    }
    return Page("search.html", lang, facts)


def _topics(lang: Language, shelves: list[Shelf]) -> Options:
    found = {name.removeprefix("topic-") for shelf in shelves for name in shelf.lists if name.startswith("topic-")}
    return sorted(((topic, words.topic(lang, topic)) for topic in found), key=lambda option: option[1])


def _looks(lang: Language) -> list[tuple[str, Look]]:
    """Return the look of each state under the key that the index has for it (`indexed.html`)."""
    tables = [*LOOKS.items(), *UNREADABLE.items(), ("not-answered-there", NOT_ANSWERED_THERE)]
    return [(str(key), spoken(lang, look)) for key, look in tables]


ROUTES = (Route("/search/", "search", search, once),)
