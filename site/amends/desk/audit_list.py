"""The page on which who leads a team reads who did what. Nobody changes it: the store refuses that."""

from datetime import date

from flask import Blueprint, request

from amends.desk import guard
from amends.desk.room import Page, Room
from amends.inbox import audit
from amends.inbox.audit import PAGE, Choice


class AuditList(Room):
    """The audit trail, page by page, of one's company or, for keepers, of all."""

    def add_to(self, room: Blueprint) -> None:
        """Add the route to those of the desk."""
        room.add_url_rule("/audit", "audit", self.audit)

    def audit(self) -> Page:
        """Show who did what, the last on top: of everybody or one person, on all days or one."""
        guard.require_lead()
        person, choice = guard.person(), _choice(guard.person().company)
        with self._inbox.reading() as connection:
            found = audit.entries(connection, choice)
            logins = audit.logins(connection, person.company)
        return self._render(
            "desk/audit.html",
            entries=found[:PAGE],
            has_more=len(found) > PAGE,
            logins=logins,
            choice=choice,
        )


def _choice(company: str | None) -> Choice:
    """Return what the address asks for; whatever cannot be understood is left out."""
    day, page = request.args.get("day", ""), request.args.get("page", "")
    try:
        on = date.fromisoformat(day)
    except ValueError:
        on = None
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
    return Choice(company, request.args.get("who", ""), on, max(number, 1))
