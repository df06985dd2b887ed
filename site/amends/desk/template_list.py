"""The page on which a company keeps the texts with which its replies begin."""

from flask import Blueprint, redirect, request, url_for
from flask_wtf import FlaskForm

from amends.desk import guard
from amends.desk.fields import FIELDS
from amends.desk.forms import ButtonForm, TemplateForm
from amends.desk.room import Page, Room
from amends.inbox import audit, templates
from amends.inbox.audit import Act
from amends.inbox.templates import Template
from amends.language import LANGUAGES


class Templates(Room):
    """The page of templates. Not the keeper's, who answers nobody."""

    def add_to(self, room: Blueprint) -> None:
        """Add the route to those of the desk."""
        room.add_url_rule("/templates", "templates", self.templates, methods=["GET", "POST"])

    def templates(self) -> Page:
        """Show where replies begin, and change that. The company's alone."""
        guard.require_company_staff()
        if request.method == "POST":
            guard.require_role("moderator")
        company = guard.person().company or ""
        form = TemplateForm()
        form.language.choices = {tag: tag for tag in LANGUAGES}
        if request.form.get("remove", "").isdecimal() and ButtonForm().validate_on_submit():
            with self._inbox.writing() as connection:
                templates.remove(connection, company, int(request.form["remove"]))
                audit.note(connection, self._clock(), guard.person(), Act.TEMPLATES)
            return redirect(url_for("desk.templates"))
        if form.validate_on_submit():
            identity = form.id.data or ""
            number = int(identity) if identity.isdecimal() else 0
            new = Template(number, company, form.name.data or "", form.language.data, form.text.data or "")
            with self._inbox.writing() as connection:
                if templates.put(connection, new):
                    audit.note(connection, self._clock(), guard.person(), Act.TEMPLATES)
                    return redirect(url_for("desk.templates"))
            form.name.errors = [f"It could not be kept: there are {templates.MOST} at most, and this one may be gone."]
        return self._show_templates(form, company)

    def _show_templates(self, form: FlaskForm, company: str) -> Page:
        with self._inbox.reading() as connection:
            known = templates.of_company(connection, company)
        changed = next((one for one in known if str(one.id) == request.args.get("change")), None)
        if request.method == "GET":
            language = self._record().company(company).language
            form.id.data, form.name.data = (changed.id, changed.name) if changed else ("", "")
            form.language.data, form.text.data = (changed.language, changed.text) if changed else (language, "")
        page = self._render("desk/templates.html", templates=known, form=form, fields=FIELDS)
        return page, 422 if form.errors else 200
