"""The page on which a company changes its settings: what stands in company.toml, for everyone to read."""

from collections.abc import Mapping
from typing import NamedTuple

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from amends.board import accent
from amends.desk import guard
from amends.desk.room import Page, Room
from amends.desk.settings_form import SettingsForm, data_of
from amends.inbox import audit
from amends.inbox.audit import Act
from amends.publish import CannotPublishError, put_settings, settings_file
from amends.record import Fault, RecordError, Value, is_slug, read_settings


class Judged(NamedTuple):
    """An accent as the board judges it: what is used in its place on a light and on a dark page, and its contrast."""

    light: str
    on_light: float
    dark: str
    on_dark: float
    warning: str | None


class SettingsPage(Room):
    """A company's settings. All of its staff read them; its admins and keepers change them."""

    def add_to(self, room: Blueprint) -> None:
        """Add the routes to those of the desk."""
        room.add_url_rule("/settings", "own_settings", self.own)
        room.add_url_rule("/<company>/settings", "settings", self.settings, methods=["GET", "POST"])

    def own(self) -> AnyResponse:
        """Lead staff to the settings of their company."""
        guard.require_company_staff()
        return redirect(url_for("desk.settings", company=guard.person().company))

    def settings(self, company: str) -> Page:
        """Show the settings, and change them: that counts at once, since it can be changed back."""
        guard.require_company(company)
        if not is_slug(company):
            abort(404)
        if request.method == "POST" and not guard.person().leads:
            abort(403)
        try:
            text, mark = settings_file(self._settings.content, company)
            stands = read_settings(text, company)
        except RecordError as error:
            if not (self._settings.content / company / "company.toml").exists():
                abort(404)
            # Whoever wrote the file mends it: here nobody could see what it says.
            return self._page(company, faults=error.faults), 409
        form = SettingsForm(request.form or None, data=data_of(stands) | {"basis": mark})
        if request.method == "GET":
            return self._show_settings(company, form, stands)
        if not form.validate_on_submit():
            return self._show_settings(company, form, stands, 422)
        return self._put(company, form, stands, mark)

    def _put(self, company: str, form: SettingsForm, stands: Mapping[str, Value], mark: str) -> Page:
        wanted = form.wanted(stands)
        changed = [key for key, value in wanted.items() if stands[key] != value]
        basis = form.basis.data or ""
        try:
            is_changed = put_settings(self._settings.content, self._settings.locks, company, basis, wanted)
        except RecordError as error:
            return self._show_settings(company, _with_faults(form, error.faults), stands, 422)
        except CannotPublishError as error:
            # What stands there now was shown by then: sent again, the form changes that.
            form.basis.data = mark
            there = {key: stands[key] for key in changed}
            return self._show_settings(company, form, stands, 409, refusal=str(error), there=there)
        if is_changed:
            with self._inbox.writing() as connection:
                audit.note(connection, self._clock(), guard.person(), Act.SETTINGS, company)
        return redirect(url_for("desk.settings", company=company, changed="yes" if is_changed else "no"))

    def _show_settings(
        self,
        company: str,
        form: SettingsForm,
        stands: Mapping[str, Value],
        status: int = 200,
        **facts: object,
    ) -> Page:
        judged = _judged(str(stands["accent"]))
        return self._page(company, form=form, stands=stands, judged=judged, **facts), status

    def _page(self, company: str, **facts: object) -> str:
        usual: dict[str, object] = {"form": None, "faults": (), "refusal": "", "there": {}}
        usual["changed"] = request.args.get("changed") if request.method == "GET" else ""
        return self._render("desk/settings.html", slug=company, **(usual | facts))


def _with_faults(form: SettingsForm, faults: tuple[Fault, ...]) -> SettingsForm:
    """Say at each field what the record expects there."""
    for fault in faults:
        field = form.facts.get(fault.key or "", form.name)
        field.errors = [*field.errors, f"Expected here: {fault.expected}."]
    return form


def _judged(colour: str) -> Judged:
    light, dark = accent.fitting(colour)
    on_light, on_dark = accent.contrast(light, accent.LIGHT[0]), accent.contrast(dark, accent.DARK[0])
    return Judged(light, on_light, dark, on_dark, accent.warning(colour))
