"""Linked data for search engines (JSON-LD, schema.org): a case, where it stands, and whom it is about.

A company gets no rating: a board that rated those it serves would be believed by nobody, and search engines take no
rating that a site gives itself.
"""

from collections.abc import Iterator, Sequence

from amends import text
from amends.board.instants import stamp
from amends.board.machines import address, entries
from amends.board.row import Row
from amends.case import Event
from amends.language import Language
from amends.record import Board, Company

Linked = dict[str, object]

SCHEMA = "https://schema.org"


def case(lang: Language, board: Board, row: Row) -> Linked:
    """Describe a case as a posting, and what was said after it as comments, with the words that its page shows.

    The properties that Google requires are author, datePublished and text; text is missing where the page shows none.
    https://developers.google.com/search/docs/appearance/structured-data/discussion-forum
    """
    url = address.of_case(board, row)
    comments = list(_comments(lang, row))
    found: Linked = {
        "@context": SCHEMA,
        "@type": "DiscussionForumPosting",
        "@id": url,
        "url": url,
        "mainEntityOfPage": url,
        "headline": entries.title(lang, row),
        "author": _person(entries.author(lang, row)),
        "datePublished": stamp(row.case.received),
        "dateModified": stamp(entries.changed(row)),
        "about": _company(row.company),
        "commentCount": len(comments),
    }
    if row.case.is_gone:
        # The only value that Google knows: taken away, and kept for what was said around it.
        found["creativeWorkStatus"] = "Deleted"
    if row.shows_words and row.case.text:
        found["text"] = text.clean(row.case.text)
        if row.case.language:
            found["inLanguage"] = row.case.language
    if comments:
        found["comment"] = comments
    return found


def organization(company: Company) -> Linked:
    """Describe a company by what it says of itself."""
    found = {"@context": SCHEMA, **_company(company)}
    return {**found, "description": entries.name(company.about)} if company.about else found


def trail(steps: Sequence[tuple[str, str]]) -> Linked:
    """Describe where a page stands: the name and the address of each step, from the front page on."""
    return {
        "@context": SCHEMA,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": entries.name(name), "item": url}
            for place, (name, url) in enumerate(steps, 1)
        ],
    }


def _comments(lang: Language, row: Row) -> Iterator[Linked]:
    if not row.shows_words:
        return
    for event in row.case.events:
        if event.event in ("followup", "verdict", "reply", "solved") and event.text:
            yield _comment(lang, row, event)


def _comment(lang: Language, row: Row, event: Event) -> Linked:
    said, _ = entries.wording(row, event)
    who = _person(entries.author(lang, row)) if event.by == "customer" else _of_company(row.company, event)
    return {
        "@type": "Comment",
        "author": who,
        "datePublished": stamp(event.at),
        "text": text.clean(said),
    }


def _of_company(company: Company, event: Event) -> Linked:
    who = entries.signature(event)
    return {**_person(who), "affiliation": _company(company)} if who else _company(company)


def _person(name: str) -> Linked:
    return {"@type": "Person", "name": name}


def _company(company: Company) -> Linked:
    return {"@type": "Organization", "name": entries.name(company.name), "url": company.url}
