"""What the links in a mail lead to: a page that asks, and a button that does it. Following a link changes nothing.

Mail scanners open every link of a mail; mail programs stop the mail by a POST of their own (RFC 8058).
"""

from flask import Blueprint, Response, abort, make_response, render_template, url_for

from amends import links, post
from amends.clock import Clock
from amends.inbox import Inbox


class Consent:
    """Confirming an address, and stopping the mail to one. `secret` is what the links are made with."""

    def __init__(self, inbox: Inbox, clock: Clock, secret: bytes) -> None:
        self._inbox, self._clock, self._secret = inbox, clock, secret

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        room = Blueprint("consent", __name__, template_folder="templates")
        room.add_url_rule("/c/<token>/confirm", view_func=self.ask_to_confirm)
        room.add_url_rule("/c/<token>/confirm", view_func=self.confirm, methods=["POST"])
        room.add_url_rule("/c/<token>/stop", view_func=self.ask_to_stop)
        room.add_url_rule("/c/<token>/stop", view_func=self.stop, methods=["POST"])
        room.after_request(_keep_private)
        return room

    def ask_to_confirm(self, token: str) -> Response:
        """Ask whether this is the address of who reads it."""
        with self._inbox.reading() as connection:
            found = post.confirming(connection, self._secret, token)
        return self._confirming(found, done=False)

    def confirm(self, token: str) -> Response:
        """Note that it is."""
        with self._inbox.writing() as connection:
            found = post.confirm(connection, self._secret, token, self._clock())
        return self._confirming(found, done=True)

    def ask_to_stop(self, token: str) -> Response:
        """Ask whether no more mail is wanted."""
        return self._stopping(known=post.may_stop(self._secret, token), done=False)

    def stop(self, token: str) -> Response:
        """Note that none is, without asking who sends this: the mail program does, and has no page of ours."""
        with self._inbox.writing() as connection:
            known = post.stop(connection, self._secret, token, self._clock())
        return self._stopping(known=known, done=True)

    def _confirming(self, found: post.Confirming | None, *, done: bool) -> Response:
        if found is None:
            abort(404)
        case = found.received
        token = links.token(self._secret, case.number, case.generation)
        page = url_for("visitor.case", token=token)
        return make_response(render_template("visitor/confirm.html", found=found, done=done, page=page))

    def _stopping(self, *, known: bool, done: bool) -> Response:
        if not known:
            abort(404)
        return make_response(render_template("visitor/stop.html", done=done))


def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
