"""My link again: for who has lost the private link and left an address. The answer tells nobody what was found.

The question is stored and no more; what there is to send is looked for by the post.
"""

from flask import Blueprint, Response, make_response, render_template, request

from amends import gate, links
from amends.clock import Clock
from amends.inbox import Inbox, notices, rates
from amends.visitor.forms import LostForm
from amends.visitor.views import keep_out

HOURLY = 10
"""How often one network may ask within an hour: a household, not a list of addresses."""


class LostLinks:
    """The page that asks for address and case, or says that no mail can be sent, where `has_mail` is false."""

    def __init__(self, inbox: Inbox, clock: Clock, url: str, secret: bytes, *, has_mail: bool) -> None:
        self._inbox, self._clock, self._url, self._secret = inbox, clock, url, secret
        self._has_mail = has_mail

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        room = Blueprint("lost", __name__, template_folder="templates")
        room.add_url_rule("/c/", view_func=self.form)
        room.add_url_rule("/c/", view_func=self.ask, methods=["POST"])
        room.after_request(keep_out)
        return room

    def form(self) -> Response:
        """Ask what is still known."""
        return self._again(200)

    def ask(self) -> Response:
        """Have the links sent of what there is, and say the same whether or not there is anything."""
        if not self._has_mail:
            return self._again(409)
        if gate.is_foreign(self._url):
            return self._page(
                LostForm(formdata=None), 403, "This was sent from another site. Please use the form here."
            )
        if not gate.is_utf8():
            return self._page(LostForm(formdata=None), 400, "This did not arrive as UTF-8, so it could not be read.")
        form = LostForm(formdata=request.form)
        if not form.is_good():
            return self._page(form, 422, "Please look at the marked places.")
        if not self._store(form):
            response = self._page(
                form, 429, "So many links were asked for that no more are sent just now. Please try later."
            )
            response.headers["Retry-After"] = str(rates.HOUR)
            return response
        return make_response(render_template("visitor/sent_again.html"))

    def _store(self, form: LostForm) -> bool:
        """Store the question; False where this network has asked too often."""
        network, now = gate.network_of(self._secret, request.remote_addr), self._clock()
        scope = f"lost/{network}"
        with self._inbox.writing() as connection:
            if network and rates.used(connection, [scope], now)[scope] >= HOURLY:
                return False
            if network:
                rates.add(connection, {scope: 1}, now, rates.own_shard(is_shared=self._inbox.is_shared))
            email, what = form.email.data or "", form.what.data or ""
            name = links.question_digest(self._secret, email, what)
            notices.ask_for_link(connection, email, what, name, now)
        return True

    def _again(self, status: int, message: str = "") -> Response:
        return self._page(LostForm(formdata=None), status, message)

    def _page(self, form: LostForm, status: int, message: str = "") -> Response:
        page = render_template("visitor/lost.html", form=form, message=message, has_mail=self._has_mail)
        return make_response(page, status)
