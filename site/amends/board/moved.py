"""What stands at the addresses that a company had under another name.

A page there leads on to the page that it has become, on any host and without a script. What machines read stands there
as it does at the new address: a program that does not follow a page goes on as before.
"""

from collections.abc import Mapping
from typing import Any

from amends.board.edition import Edition
from amends.board.machines import address
from amends.board.page import File, Page, Route, of_settings, path_of


def view(route: Route, edition: Edition, place: Mapping[str, object]) -> Page | File | None:
    """Return what stands at a place of a company's old name; None where it is no old name, or nothing stands there."""
    company = edition.called_now(str(place["company"])) if route.of_company else None
    if company is None:
        return None
    there = {**place, "company": company.slug}
    shown = route.view(edition, **there)
    if not isinstance(shown, Page):
        return shown
    facts = {"company": company, "moved_to": address.at(edition.board, path_of(route, there))}
    return Page("moved.html", edition.lang_of(company), facts)


def made_of(route: Route, edition: Edition, place: Mapping[str, Any]) -> bytes:
    """Tell cheaply what stands at a place of an old name is made of; nothing where that is not known."""
    if route.rule.endswith("/"):
        return of_settings(edition)
    company = edition.called_now(place["company"])
    if route.made_of is None or company is None:
        return b""
    return route.made_of(edition, **{**place, "company": company.slug})


def redirects(edition: Edition) -> str:
    """Write `_redirects`, in which Netlify and Cloudflare Pages read what leads where: for them it is one step less."""
    root = address.root(edition.board)
    return "".join(
        f"{root}/{name}/* {root}/{company.slug}/:splat 301\n"
        for company in edition.record.companies
        for name in edition.old_names(company.slug)
    )
