"""The page on which who leads a team reads who did what. Nobody changes it: the store refuses that."""

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, request

from amends.desk import guard
from amends.desk.room import Page, Room
from amends.inbox import audit
from amends.inbox.audit import PAGE, Choice
from amends.record import Company


class AuditList(Room):
    """The audit trail, page by page, of one's company or, for keepers, of all."""

    def add_to(self, room: Blueprint) -> None:
        """Add the route to those of the desk."""
        room.add_url_rule("/audit", "audit", self.audit)

    def audit(self) -> Page:
        """Show who did what, the last on top: of everybody or one person, on all days or one.

        A keeper may ask for one company's alone. What a company did under an earlier name is its own.
        """
        guard.require_lead()
        person, companies = guard.person(), self._record().companies
        asked = request.args.get("company", "") if person.is_keeper else person.company or ""
        choice = _choice(_names(asked, companies) if asked or not person.is_keeper else None)
        with self._inbox.reading() as connection:
            found = audit.entries(connection, choice)
            logins = audit.logins(connection, choice.companies)
        return self._render(
            "desk/audit.html",
            entries=found[:PAGE],
            has_more=len(found) > PAGE,
            logins=logins,
            companies=companies if person.is_keeper else (),
            asked=asked if person.is_keeper else "",
            choice=choice,
        )


def _choice(names: tuple[str, ...] | None) -> Choice:
    """Return what the address asks for; whatever cannot be understood is left out."""
    day, page = request.args.get("day", ""), request.args.get("page", "")
    try:
        on = date.fromisoformat(day)
    except ValueError:
        on = None
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
    return Choice(names, request.args.get("who", ""), on, max(number, 1))


def _names(slug: str, companies: Iterable[Company]) -> tuple[str, ...]:
    """Return under which names the trail has a company: its own and earlier ones, but none that another has or had."""
    known = {company.slug: company.aliases for company in companies}
    others = {name for other, aliases in known.items() if other != slug for name in (other, *aliases)}
    return (slug, *(name for name in known.get(slug, ()) if name not in others))
