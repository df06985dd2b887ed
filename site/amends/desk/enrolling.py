"""Setting up the second step of signing in: an app on one's phone that shows codes."""

from io import BytesIO

import segno
from flask import Blueprint, Response, make_response, render_template
from pyotp import TOTP

from amends.clock import Clock
from amends.desk import guard
from amends.desk.guard import Guard
from amends.desk.people_forms import SecondStepForm
from amends.desk.room import Page, Room
from amends.desk.shelf import Shelf
from amends.desk.signing import WRONG_CODE
from amends.desk.trying import Trying
from amends.inbox import Inbox, audit, second_step
from amends.inbox.audit import Act
from amends.settings import Settings


class Enrolling(Room):
    """The page with which somebody sets up an app for codes."""

    def __init__(
        self, settings: Settings, inbox: Inbox, clock: Clock, record: Shelf, door: Guard, trying: Trying
    ) -> None:
        super().__init__(settings, inbox, clock, record)
        self._guard, self._trying, self._secret = door, trying, settings.secret()

    def add_to(self, room: Blueprint) -> None:
        """Add the routes to those of the desk."""
        step = "/account/second-step"
        room.add_url_rule(step, "second_step", self.second_step, methods=["GET", "POST"])
        room.add_url_rule(f"{step}.svg", "second_step_drawn", self.drawn)

    def second_step(self) -> Page:
        """Show the secret of an app to be set up, and take the first code of it."""
        person, form = guard.person(), SecondStepForm()
        if form.validate_on_submit():
            if wrong := self._trying.wrong_password(guard.current(), form.current.data or ""):
                form.current.errors = [wrong]
            elif codes := self._confirm(form.code.data or ""):
                return render_template("desk/recovery.html", codes=codes)
            else:
                form.code.errors = [WRONG_CODE]
        is_required, has_code = self._guard.must_set_up(guard.current()), guard.current().has_code
        facts = {"form": form, "is_required": is_required, "has_code": has_code}
        page = render_template("desk/second_step.html", login=person.login, secret=self._pending().secret, **facts)
        return page, 422 if form.errors else 200

    def drawn(self) -> Response:
        """Return the secret as a QR code: a file of its own, since the page's policy lets it draw nothing itself."""
        name = self._record().board.title.replace(":", " ")
        drawing = BytesIO()
        address = self._pending().provisioning_uri(name=guard.person().login, issuer_name=name)
        segno.make(address, error="m").save(drawing, kind="svg", scale=5, light="#fff")
        return make_response(drawing.getvalue(), 200, {"Content-Type": "image/svg+xml"})

    def _pending(self) -> TOTP:
        """Return what makes the codes of the app that is being set up."""
        person = guard.person()
        with self._inbox.reading() as connection:
            salt = second_step.pending(connection, person)
        if salt is None:
            with self._inbox.writing() as connection:
                salt = second_step.begin(connection, person)
        return second_step.totp(self._secret, person, salt)

    def _confirm(self, code: str) -> list[str]:
        """Ask for codes of this app from now on; return new recovery codes, none where this is no code of it."""
        person, now = guard.person(), self._clock()
        with self._inbox.writing() as connection:
            if not second_step.confirm(connection, self._secret, person, code, now):
                return []
            codes = second_step.new_recovery_codes(connection, person)
            audit.note(connection, now, person, Act.STEP_SET)
        self._guard.renew(person)
        return codes
