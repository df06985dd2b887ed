"""The pages of the desk."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from amends.clock import Clock, stamp
from amends.desk import guard, keys, words
from amends.desk.account import Account
from amends.desk.audit_list import AuditList
from amends.desk.casework import Casework
from amends.desk.choosing import Choosing
from amends.desk.company_list import CompanyList
from amends.desk.enrolling import Enrolling
from amends.desk.figures_page import Counted
from amends.desk.forms import ButtonForm, CloseForm
from amends.desk.mail_page import MailPage
from amends.desk.news import News
from amends.desk.promise_list import Promised
from amends.desk.queue import Filters
from amends.desk.replying import Replying
from amends.desk.report_list import reported
from amends.desk.room import Page, Room
from amends.desk.settings_page import SettingsPage
from amends.desk.shelf import Shelf
from amends.desk.signing import Signing
from amends.desk.snippet_page import Pasted, Policy, SnippetPage
from amends.desk.tasks import TASKS, may_undo
from amends.desk.team_list import TeamList
from amends.desk.template_list import Templates
from amends.desk.trying import Trying
from amends.desk.webhook_page import WebhookPage
from amends.inbox import Inbox, audit, notices, reports
from amends.inbox.audit import Act
from amends.inbox.notices import ToCustomer
from amends.record import Current
from amends.settings import Settings


class Desk(Room):
    """The staff's console."""

    def __init__(self, settings: Settings, inbox: Inbox, clock: Clock, script: Pasted, policy: Policy) -> None:
        super().__init__(settings, inbox, clock, Shelf(Current(settings.content)))
        self._script, self._policy = script, policy
        self._guard = guard.Guard(inbox, clock, require_totp=settings.require_totp)
        self._trying = Trying(inbox, clock, settings.secret())

    def blueprint(self) -> Blueprint:
        """Return the routes, all behind the guard."""
        room = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates", static_folder="static")
        room.before_request(self._guard.check)
        room.after_request(guard.no_store)
        room.url_defaults(_as_chosen)
        room.add_app_template_filter(words.left, "left")
        room.add_app_template_filter(stamp, "stamp")
        room.add_app_template_filter(lambda deed, person: may_undo(person, deed), "may_undo")
        room.add_app_template_filter(words.urgency, "urgency")
        room.add_app_template_filter(words.language, "language")
        room.add_url_rule("/", "inbox", self.inbox)
        room.add_url_rule("/reports", "reports", self.reports)
        room.add_url_rule("/reports", "close", self.close, methods=["POST"])
        room.add_url_rule("/keys", "keys", self.keys, methods=["GET", "POST"])
        secret, has_mail = self._settings.secret(), self._settings.smtp is not None
        Signing(self._inbox, self._clock, self._guard, self._trying, secret).add_to(room)
        Choosing(self._inbox, self._clock, self._trying, secret, has_mail=has_mail).add_to(room)
        rooms = (self._settings, self._inbox, self._clock, self._record)
        own = (*rooms, self._guard, self._trying)
        for part in (
            *(Casework(*rooms), Replying(*rooms), Promised(*rooms), Templates(*rooms), News(*rooms)),
            *(Counted(*rooms), TeamList(*rooms), AuditList(*rooms)),
            *(SettingsPage(*rooms), CompanyList(*rooms), WebhookPage(*rooms), MailPage(*rooms)),
            SnippetPage(*rooms, self._script, self._policy),
            *(Enrolling(*own), Account(*own)),
        ):
            part.add_to(room)
        return room

    def inbox(self) -> Page:
        """Show what waits, the one due first on top, or what is asked for of it. A form's empty fields are left out."""
        if "" in request.args.values():
            return redirect(url_for("desk.inbox", **Filters.of(request.args).chosen))
        return self._render("desk/inbox.html")

    def keys(self) -> Page:
        """Show which single keys there are, and turn them off or on in this browser."""
        if request.method == "POST" and ButtonForm().validate_on_submit():
            return keys.switch(redirect(url_for("desk.keys")), on=request.form.get("keys") == "on")
        mine = [task for task in TASKS.values() if task.is_for(guard.person())]
        return self._render("desk/keys.html", keys=keys.KEYS, tasks=mine)

    def reports(self) -> Page:
        """Show what readers of the board reported. The keeper's alone: no company learns who reported what."""
        guard.require_keeper()
        return self._show_reports()

    def close(self) -> Page:
        """Close a report, with words that stay with it. The keeper's alone."""
        guard.require_keeper()
        form = CloseForm()
        if not form.validate_on_submit():
            return self._show_reports(form, status=422)
        listed = reported(self._inbox, self._settings.content)
        chosen = next((line.report for line in listed if str(line.report.id) == form.report.data), None)
        now = self._clock()
        with self._inbox.writing() as connection:
            is_closed = chosen is not None and reports.close(
                connection, chosen.id, guard.person().id, form.why.data or "", now
            )
            if is_closed and chosen:
                audit.note(connection, now, guard.person(), Act.CLOSED, str(chosen.id))
                if chosen.reason == reports.OBJECTION:
                    notices.tell_customer(connection, chosen.number, ToCustomer.OBJECTION, now)
        return redirect(url_for("desk.reports")) if is_closed else self._show_reports(form, status=409)

    def _show_reports(self, form: CloseForm | None = None, status: int = 200) -> Page:
        listed = reported(self._inbox, self._settings.content)
        page = self._render(
            "desk/reports.html",
            reported=listed,
            form=form,
            fresh=CloseForm(formdata=None),
            status=status,
        )
        return page, status


def _as_chosen(endpoint: str, values: dict[str, Any]) -> None:
    """Keep what somebody chose of the list in every address about a case, so that it still stands after a decision."""
    if "number" in values and request and request.blueprint == "desk":
        for name, value in Filters.of(request.args).chosen.items():
            values.setdefault(name, value)
