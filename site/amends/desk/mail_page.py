"""The page that says who of a company's team hears of what by mail, and on which an admin tries that."""

from flask import Blueprint, abort, redirect, url_for

from amends.desk import guard
from amends.desk.forms import ButtonForm
from amends.desk.room import Page, Room
from amends.inbox import notices, outbox, people


class MailPage(Room):
    """What goes out to the team. Who may see the company sees it; no address stands on it but one's own."""

    def add_to(self, room: Blueprint) -> None:
        """Add the routes to those of the desk."""
        room.add_url_rule("/<company>/mail", "mail", self.mail)
        room.add_url_rule("/mail/test", "try_mail", self.test, methods=["POST"])

    def mail(self, company: str) -> Page:
        """Show who is told what, and what became of the last test that this person sent."""
        guard.require_company(company)
        return self._show_mail(company)

    def test(self) -> Page:
        """Send a mail to who asks for it: an admin, to the own address."""
        guard.require_role("admin")
        person, company = guard.person(), guard.person().company or ""
        if not ButtonForm().validate_on_submit():
            return self._show_mail(company, 422)
        with self._inbox.writing() as connection:
            may_go = self._settings.smtp is not None and people.address(connection, person) is not None
            if may_go:
                notices.try_mail(connection, person, self._clock())
        return redirect(url_for("desk.mail", company=company)) if may_go else self._show_mail(company, 409)

    def _show_mail(self, slug: str, status: int = 200) -> Page:
        person = guard.person()
        try:
            company = self._record().company(slug)
        except KeyError:
            abort(404)
        with self._inbox.reading() as connection:
            members = [one for one in people.members(connection) if one.person.company == slug]
            fate, why = outbox.fate(connection, notices.mail_tries_of(person))
            email = people.address(connection, person)
        page = self._render(
            "desk/mail.html",
            company=company,
            members=members,
            has_mail=self._settings.smtp is not None,
            email=email,
            fate=fate,
            why=why,
            refused=status == 409,
        )
        return page, status
