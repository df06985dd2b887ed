"""Choosing a password with a link: after an invitation, or when the password is forgotten."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from amends.clock import Clock
from amends.desk import devices
from amends.desk.people_forms import ChooseForm, ForgotForm
from amends.desk.room import Page
from amends.desk.signing import wait
from amends.desk.trying import Trying
from amends.inbox import Inbox, audit, notices, people, sessions, tickets, tries
from amends.inbox.audit import Act
from amends.inbox.passwords import PasswordError
from amends.inbox.people import Person


class Choosing:
    """The pages for who has no password, or has forgotten it. Nobody who looks learns which logins there are."""

    def __init__(self, inbox: Inbox, clock: Clock, trying: Trying, secret: bytes, *, has_mail: bool) -> None:
        self._inbox, self._clock, self._trying, self._secret = inbox, clock, trying, secret
        self._has_mail = has_mail

    def add_to(self, room: Blueprint) -> None:
        """Add the routes to those of the desk."""
        room.add_url_rule("/forgot", "forgot", self.forgot, methods=["GET", "POST"])
        room.add_url_rule("/choose/<token>", "choose", self.choose, methods=["GET", "POST"])

    def forgot(self) -> Page | AnyResponse:
        """Have a link sent to whoever has a login, and say the same where nobody has it."""
        form = ForgotForm()
        if not self._has_mail or not form.validate_on_submit():
            refused = request.method == "POST" and not self._has_mail
            page = render_template("desk/forgot.html", form=form, has_mail=self._has_mail, is_asked=False)
            return page, 409 if refused else 422 if form.errors else 200
        if seconds := self._trying.take(self._trying.of_links()):
            return wait("desk/forgot.html", form, "login", seconds, has_mail=True, is_asked=False)
        login = (form.login.data or "").strip()
        with self._inbox.writing() as connection:
            name = tries.key_of(self._secret, "forgot", login).hex()
            notices.ask_for_password(connection, login, name, self._clock())
        return render_template("desk/forgot.html", form=form, has_mail=True, is_asked=True)

    def choose(self, token: str) -> Page | AnyResponse:
        """Take a password from whoever has a link that is good. To open it changes nothing: mail scanners do that."""
        with self._inbox.reading() as connection:
            person = tickets.holder(connection, token, self._clock())
        form = ChooseForm()
        if person is None:
            return make_response(render_template("desk/choose.html", form=form, person=None), 410)
        if form.validate_on_submit() and self._chosen(person, token, form):
            return devices.remember(redirect(url_for("desk.sign_in", chosen="yes")), person.login)
        page = render_template("desk/choose.html", form=form, person=person)
        return page, 422 if form.errors else 200

    def _chosen(self, person: Person, token: str, form: ChooseForm) -> bool:
        """Give somebody the password, and end all their sessions; False where it does not do."""
        now = self._clock()
        try:
            with self._inbox.writing() as connection:
                if tickets.holder(connection, token, now) != person:
                    raise PasswordError("This link has been used meanwhile.")
                people.choose_password(connection, person, form.new.data or "")
                sessions.end_all(connection, person)
                audit.note(connection, now, person, Act.PASSWORD)
        except PasswordError as error:
            form.new.errors = [str(error)]
            return False
        return True
