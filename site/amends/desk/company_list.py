"""The keepers' page of all companies, on which a new one is added."""

from collections import Counter

from flask import Blueprint, redirect, url_for

from amends.desk import guard
from amends.desk.room import Page, Room
from amends.desk.settings_form import CompanyForm
from amends.inbox import audit, notices, people
from amends.inbox.audit import Act
from amends.inbox.people import PersonError
from amends.scaffold import ScaffoldError, add_company

_FIELDS = {"slug": "slug", "name": "company", "url": "url", "origins": "origins"}
"""The fields by the settings that they become."""
_OF_ADMIN = ("login", "name", "email")


class CompanyList(Room):
    """All companies. The keepers' alone."""

    def add_to(self, room: Blueprint) -> None:
        """Add the route to those of the desk."""
        room.add_url_rule("/companies", "companies", self.companies)
        room.add_url_rule("/companies", "add_company", self.add, methods=["POST"])

    def companies(self) -> Page:
        """Show which companies there are."""
        guard.require_keeper()
        return self._show_companies(self._fresh(submitted=False))

    def add(self) -> Page:
        """Add a company, and invite its first admin where mail is sent."""
        guard.require_keeper()
        form = self._fresh(submitted=True)
        if not form.validate_on_submit() or self._is_taken(form):
            return self._show_companies(form, 422)
        given = (form.slug.data or "", form.company.data or "", form.url.data or "", form.lines_of_origins())
        try:
            add_company(self._settings.content, self._settings.locks, *given)
        except ScaffoldError as error:
            form[_FIELDS.get(error.key, "slug")].errors = [f"{error}."]
            return self._show_companies(form, 422)
        try:
            self._invite(form, given[0])
        except PersonError as error:
            form.login.errors = [f"The company was added, and nobody invited: {error}."]
            return self._show_companies(form, 409)
        return redirect(url_for("desk.companies"))

    def _fresh(self, *, submitted: bool) -> CompanyForm:
        form = CompanyForm() if submitted else CompanyForm(formdata=None)
        if self._settings.smtp is None:
            for name in _OF_ADMIN:
                del form[name]
        return form

    def _is_taken(self, form: CompanyForm) -> bool:
        if "login" not in form:
            return False
        with self._inbox.reading() as connection:
            is_taken = people.is_taken(connection, form.login.data or "")
        if is_taken:
            form.login.errors = ["Somebody has this login already; choose another."]
        return is_taken

    def _invite(self, form: CompanyForm, slug: str) -> None:
        now, keeper = self._clock(), guard.person()
        with self._inbox.writing() as connection:
            audit.note(connection, now, keeper, Act.COMPANY, slug)
            if "login" in form:
                login = form.login.data or ""
                new = people.invite(connection, login, form.name.data or "", "admin", slug, now)
                people.reach(connection, login, form.email.data)
                notices.invite(connection, new, now)
                audit.note(connection, now, keeper, Act.INVITED, login)

    def _show_companies(self, form: CompanyForm, status: int = 200) -> Page:
        with self._inbox.reading() as connection:
            admins = Counter(one.person.company for one in people.members(connection) if one.person.role == "admin")
        record = self._record()
        page = self._render(
            "desk/company_list.html",
            companies=record.companies,
            board=record.board.base_url,
            admins=admins,
            form=form,
        )
        return page, status
