"""The page on which somebody at the desk looks after their own account. Whoever changes it gives the password again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from amends.clock import Clock
from amends.desk import guard
from amends.desk.guard import Guard
from amends.desk.people_forms import AddressForm, ConfirmForm, EndForm, PasswordForm
from amends.desk.room import Page, Room
from amends.desk.shelf import Shelf
from amends.desk.trying import Trying
from amends.inbox import Inbox, audit, people, second_step, sessions
from amends.inbox.audit import Act
from amends.inbox.passwords import PasswordError
from amends.settings import Settings


class Account(Room):
    """Password, address, second step and sessions of whoever looks."""

    def __init__(
        self, settings: Settings, inbox: Inbox, clock: Clock, record: Shelf, door: Guard, trying: Trying
    ) -> None:
        super().__init__(settings, inbox, clock, record)
        self._guard, self._trying = door, trying

    def add_to(self, room: Blueprint) -> None:
        """Add the routes to those of the desk."""
        room.add_url_rule("/account", "account", self.account)
        room.add_url_rule("/account/sessions", "end_sessions", self.end_sessions, methods=["POST"])
        room.add_url_rule("/account/<change>", "change_account", self.change, methods=["POST"])

    def account(self) -> Page:
        """Show who somebody is here, and where they are signed in."""
        return self._show_account()

    def change(self, change: str) -> Page | AnyResponse:
        """Change something, once the password was given again (OWASP ASVS 5.0, 6.2.3 and 7.5.1)."""
        todo = _CHANGES.get(change)
        if todo is None:
            abort(404)
        form = todo.form()
        if form.validate_on_submit():
            if wrong := self._trying.wrong_password(guard.current(), form.current.data or ""):
                form.current.errors = [wrong]
            elif (answer := todo.carry_out(self, form)) is not None:
                return answer
        return self._show_account({change: form}, 422)

    def end_sessions(self) -> Page:
        """End one session at once, or all but this one."""
        form, person = EndForm(), guard.person()
        if form.validate_on_submit():
            with self._inbox.writing() as connection:
                if form.session.data == "others":
                    ended = sessions.end_all(connection, person, guard.current().id) > 0
                else:
                    ended = sessions.end_one(connection, person, _bytes(form.session.data or ""))
                if ended:
                    audit.note(connection, self._clock(), person, Act.ENDED)
        return redirect(url_for("desk.account"))

    def _show_account(self, forms: Mapping[str, FlaskForm] | None = None, status: int = 200) -> Page:
        person, now = guard.person(), self._clock()
        with self._inbox.reading() as connection:
            email = people.address(connection, person) or ""
            running = sessions.of_person(connection, person, now)
            codes_left = second_step.recovery_codes_left(connection, person)
        fresh = {name: change.form(formdata=None, email=email) for name, change in _CHANGES.items()}
        page = self._render(
            "desk/account.html",
            forms=fresh | dict(forms or {}),
            email=email,
            sessions=running,
            current=guard.current(),
            codes_left=codes_left,
            may_go_without=self._guard.may_go_without(person),
        )
        return page, status

    def _password(self, form: FlaskForm) -> AnyResponse | None:
        person = guard.person()
        try:
            with self._inbox.writing() as connection:
                people.choose_password(connection, person, form.new.data or "")
                audit.note(connection, self._clock(), person, Act.PASSWORD)
        except PasswordError as error:
            form.new.errors = [str(error)]
            return None
        self._guard.renew(person)
        return redirect(url_for("desk.account"))

    def _address(self, form: FlaskForm) -> AnyResponse:
        person = guard.person()
        with self._inbox.writing() as connection:
            people.reach(connection, person.login, form.email.data or None)
            audit.note(connection, self._clock(), person, Act.ADDRESS)
        return redirect(url_for("desk.account"))

    def _recovery(self, _form: FlaskForm) -> Page:
        person = guard.person()
        if not guard.current().has_code:
            return redirect(url_for("desk.second_step"))
        with self._inbox.writing() as connection:
            codes = second_step.new_recovery_codes(connection, person)
            audit.note(connection, self._clock(), person, Act.RECOVERY)
        return render_template("desk/recovery.html", codes=codes)

    def _codeless(self, _form: FlaskForm) -> AnyResponse:
        """Sign in with the password alone from now on, where that is enough."""
        person = guard.person()
        if not self._guard.may_go_without(person):
            abort(403)
        with self._inbox.writing() as connection:
            second_step.remove(connection, person)
            audit.note(connection, self._clock(), person, Act.STEP_REMOVED)
        self._guard.renew(person)
        return redirect(url_for("desk.account"))


@dataclass(frozen=True, slots=True)
class _Change:
    """A form of the page, and what is done with it; None where it shows what is wrong."""

    form: type[ConfirmForm]
    carry_out: Callable[[Account, FlaskForm], Page | AnyResponse | None]


_CHANGES: Mapping[str, _Change] = {
    "password": _Change(PasswordForm, Account._password),
    "address": _Change(AddressForm, Account._address),
    "recovery": _Change(ConfirmForm, Account._recovery),
    "codeless": _Change(ConfirmForm, Account._codeless),
}


def _bytes(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""
