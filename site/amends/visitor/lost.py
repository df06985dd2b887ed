"""My link again: for who has lost the private link and left an address. The answer tells nobody what was found."""

import os
from collections.abc import Callable

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import Connection

from amends import gate
from amends.clock import Clock
from amends.inbox import Inbox, contacts, rates
from amends.visitor.forms import LostForm
from amends.visitor.views import keep_out

SendAgain = Callable[[Connection, str], None]
"""Sends the private link of the case with this number to the address that is stored with it, by what it writes in
this transaction."""

HOURLY = 10
"""How often one network may ask within an hour: a household, not a list of addresses."""

MOST = 5
"""Links that are sent for one question: the latest cases."""


class LostLinks:
    """The page that asks for address and case. `send_link_again` is given each case that was found."""

    def __init__(self, inbox: Inbox, clock: Clock, url: str, secret: bytes, send_link_again: SendAgain) -> None:
        self._inbox, self._clock, self._url, self._secret = inbox, clock, url, secret
        self._send_link_again = send_link_again

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        room = Blueprint("lost", __name__, template_folder="templates")
        room.add_url_rule("/c/", view_func=self.form)
        room.add_url_rule("/c/", view_func=self.ask, methods=["POST"])
        room.after_request(keep_out)
        return room

    def form(self) -> Response:
        """Ask what is still known."""
        return _page(LostForm(formdata=None), 200)

    def ask(self) -> Response:
        """Have the links sent of what is found, and say the same whether or not anything was."""
        if gate.is_foreign(self._url):
            return _page(LostForm(formdata=None), 403, "This was sent from another site. Please use the form here.")
        if not gate.is_utf8():
            return _page(LostForm(formdata=None), 400, "This did not arrive as UTF-8, so it could not be read.")
        form = LostForm(formdata=request.form)
        if not form.is_good():
            return _page(form, 422, "Please look at the marked places.")
        if not self._send(form):
            response = _page(
                form, 429, "So many links were asked for that no more are sent just now. Please try later."
            )
            response.headers["Retry-After"] = str(rates.HOUR)
            return response
        return make_response(render_template("visitor/sent_again.html"))

    def _send(self, form: LostForm) -> bool:
        """Send what there is; False where this network has asked too often."""
        network, now = gate.network_of(self._secret, request.remote_addr), self._clock()
        scope = f"lost/{network}"
        with self._inbox.writing() as connection:
            if network and rates.used(connection, [scope], now)[scope] >= HOURLY:
                return False
            if network:
                rates.add(connection, {scope: 1}, now, os.getpid() % rates.SHARDS if self._inbox.is_shared else 0)
            found = contacts.cases_with(connection, form.email.data or "", form.what.data or "", MOST)
            for number in found:
                self._send_link_again(connection, number)
        return True


def _page(form: LostForm, status: int, message: str = "") -> Response:
    return make_response(render_template("visitor/lost.html", form=form, message=message), status)
