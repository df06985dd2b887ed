"""The page on which a company's admins say where its own system is told what happens, and try that."""

from flask import Blueprint, redirect, request, url_for

from amends.desk import guard
from amends.desk.forms import ButtonForm
from amends.desk.room import Page, Room
from amends.desk.settings_form import WebhookForm
from amends.inbox import audit, notices, outbox, webhooks
from amends.inbox.audit import Act
from amends.inbox.webhooks import WebhookError


class WebhookPage(Room):
    """A company's webhook. Its admins' alone: its calls are for no keeper, and its secret is for nobody else."""

    def add_to(self, room: Blueprint) -> None:
        """Add the routes to those of the desk."""
        room.add_url_rule("/webhook", "webhook", self.webhook)
        room.add_url_rule("/webhook", "put_webhook", self.put, methods=["POST"])
        room.add_url_rule("/webhook/test", "try_webhook", self.test, methods=["POST"])
        room.add_url_rule("/webhook/remove", "remove_webhook", self.remove, methods=["POST"])

    def webhook(self) -> Page:
        """Show the webhook, and what became of the last test of it."""
        guard.require_role("admin")
        return self._show_webhook(WebhookForm(formdata=None))

    def put(self) -> Page:
        """Set up a webhook in place of an earlier one. Its secret stands on the page that answers, and nowhere else."""
        guard.require_role("admin")
        form, secret = WebhookForm(), webhooks.new_secret()
        if not form.validate_on_submit():
            return self._show_webhook(form, 422)
        now, company = self._clock(), guard.person().company or ""
        try:
            with self._inbox.writing() as connection:
                webhooks.put(connection, company, form.url.data or "", secret, now)
                audit.note(connection, now, guard.person(), Act.WEBHOOK)
        except WebhookError as error:
            form.url.errors = [f"It cannot be so: {error}."]
            return self._show_webhook(form, 422)
        return self._show_webhook(form, secret=secret)

    def test(self) -> Page:
        """Try the webhook."""
        guard.require_role("admin")
        if ButtonForm().validate_on_submit():
            with self._inbox.writing() as connection:
                notices.try_webhook(connection, guard.person().company or "", self._clock())
        return redirect(url_for("desk.webhook"))

    def remove(self) -> Page:
        """Call nothing any more."""
        guard.require_role("admin")
        if ButtonForm().validate_on_submit():
            with self._inbox.writing() as connection:
                webhooks.remove(connection, guard.person().company or "")
                audit.note(connection, self._clock(), guard.person(), Act.WEBHOOK)
        return redirect(url_for("desk.webhook"))

    def _show_webhook(self, form: WebhookForm, status: int = 200, secret: str = "") -> Page:
        company = guard.person().company or ""
        with self._inbox.reading() as connection:
            hook = webhooks.get(connection, company)
            fate, why = outbox.fate(connection, notices.tries_of(company, hook)) if hook else ("", "")
        if hook and request.method == "GET":
            form.url.data = hook.url
        page = self._render("desk/webhook.html", hook=hook, fate=fate, why=why, form=form, secret=secret)
        return page, status
