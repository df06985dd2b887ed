"""Signing in and out: the password, then the code of whoever has set codes up."""

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from amends.clock import Clock
from amends.desk import devices, guard
from amends.desk.forms import ButtonForm
from amends.desk.guard import Guard
from amends.desk.people_forms import CodeForm, SignInForm
from amends.desk.room import Page
from amends.desk.trying import CROWDED, CrowdedError, Trying, Turnstile, too_many
from amends.inbox import Inbox, audit, people, second_step
from amends.inbox.audit import Act
from amends.inbox.people import Person


class Signing:
    """The door of the desk."""

    def __init__(self, inbox: Inbox, clock: Clock, door: Guard, trying: Trying, secret: bytes) -> None:
        self._inbox, self._clock, self._guard, self._trying, self._secret = inbox, clock, door, trying, secret
        self._turnstile = Turnstile()

    def add_to(self, room: Blueprint) -> None:
        """Add the routes to those of the desk."""
        room.add_url_rule("/sign-in", "sign_in", self.sign_in, methods=["GET", "POST"])
        room.add_url_rule("/code", "code", self.code, methods=["GET", "POST"])
        room.add_url_rule("/sign-out", "sign_out", self.sign_out, methods=["POST"])

    def sign_in(self) -> Page | AnyResponse:
        """Ask who somebody is. A login that nobody has and a wrong password get the same answer, as late."""
        form = SignInForm()
        if not form.validate_on_submit():
            return render_template("desk/sign_in.html", form=form)
        login = (form.login.data or "").strip()
        buckets = self._trying.of_login(login, devices.known(login))
        try:
            with self._turnstile.passing():
                seconds = self._trying.take(buckets)
                found = None if seconds else self._person(login, form.password.data or "")
        except CrowdedError:
            seconds, found = CROWDED, None
        if seconds:
            return wait("desk/sign_in.html", form, form.password.name, seconds)
        if found is None:
            self._trying.note_failure(login, buckets)
            form.password.errors = ["Login or password is wrong."]
            return render_template("desk/sign_in.html", form=form), 401
        self._trying.give_back(buckets)
        return self._let_in(found)

    def code(self) -> Page | AnyResponse:
        """Ask for the code, after the password."""
        if guard.current().complete:
            return redirect(url_for("desk.inbox"))
        form, found = CodeForm(), guard.person()
        if not form.validate_on_submit():
            return render_template("desk/code.html", form=form)
        buckets = self._trying.of_code(found, devices.known(found.login))
        if seconds := self._trying.take(buckets):
            return wait("desk/code.html", form, "code", seconds)
        if not self._takes(found, form.code.data or ""):
            form.code.errors = [WRONG_CODE]
            return render_template("desk/code.html", form=form), 401
        self._trying.give_back(buckets)
        self._guard.enter(found)
        return devices.remember(redirect(url_for("desk.inbox")), found.login)

    def sign_out(self) -> Page:
        """End the session."""
        if ButtonForm().validate_on_submit():
            with self._inbox.writing() as connection:
                audit.note(connection, self._clock(), guard.person(), Act.SIGNED_OUT)
            self._guard.leave()
        return redirect(url_for("desk.sign_in"))

    def _person(self, login: str, password: str) -> Person | None:
        with self._inbox.reading() as connection:
            return people.sign_in(connection, login, password)

    def _takes(self, found: Person, code: str) -> bool:
        """Whether this is a code that lets somebody in, or a recovery code."""
        now = self._clock()
        with self._inbox.writing() as connection:
            is_code = second_step.check(connection, self._secret, found, code, now)
            is_recovery = not is_code and second_step.use_recovery_code(connection, found, code)
            act = Act.SIGNED_IN if is_code else Act.RECOVERED if is_recovery else Act.CODE_FAILED
            audit.note(connection, now, found, act)
        return is_code or is_recovery

    def _let_in(self, found: Person) -> AnyResponse:
        """Begin a session: a whole one, or one in which only the code can be given."""
        with self._inbox.reading() as connection:
            has_code = second_step.is_set(connection, found)
        self._guard.enter(found, complete=not has_code)
        if has_code:
            return redirect(url_for("desk.code"))
        with self._inbox.writing() as connection:
            audit.note(connection, self._clock(), found, Act.SIGNED_IN)
        return devices.remember(redirect(url_for("desk.inbox")), found.login)


WRONG_CODE = (
    "This is no code that is good now. Each is good once, and for half a minute: wait for the next one, and see that "
    "the clock of your device is right."
)


def wait(template: str, form: FlaskForm, field: str, seconds: int, **facts: object) -> AnyResponse:
    """Show a form again with the seconds to wait beside one of its fields."""
    form[field].errors = [too_many(seconds)]
    answer = make_response(render_template(template, form=form, **facts), 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer
