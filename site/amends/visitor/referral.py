"""Referral links: they lead to the company's own site, and that they were followed is counted, but not by whom."""

import re

from flask import Blueprint, Response, abort, make_response, redirect, request

from amends.inbox import Inbox, companies, referrals
from amends.record import read_company
from amends.visitor.views import keep_out

_MACHINES = re.compile(
    r"bot\b|crawl|spider|preview|slurp|scrape|monitor|facebookexternalhit|facebot|whatsapp|embedly|skypeuri|mastodon"
    r"|iframely|vkshare|pinterest|snapchat|python|curl|wget|java/|go-http|okhttp|headless",
    re.IGNORECASE,
)
"""What programs that fetch a link to show or test it call themselves (User-Agent, RFC 9110, 10.1.5)."""


class Referrals:
    """Where a customer's recommendation leads."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        room = Blueprint("referral", __name__)
        room.add_url_rule("/<company>/via/<code>", view_func=self.follow)
        room.after_request(keep_out)
        return room

    def follow(self, company: str, code: str) -> Response:
        """Lead to the company's own site, and count that somebody came, where it is a person."""
        with self._inbox.reading() as connection:
            texts = companies.get(connection, company)
            is_known = referrals.is_of(connection, company, code)
        if texts is None:
            abort(404)
        if is_known and _is_visit():
            with self._inbox.writing() as connection:
                referrals.visited(connection, company, code)
        return make_response(redirect(read_company(texts[0], company, "company.toml").url, 303))


def _is_visit() -> bool:
    """Whether a person follows the link: no HEAD, no prefetch (W3C Resource Hints, Sec-Purpose), no known program."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    program = request.headers.get("User-Agent", "")
    return request.method == "GET" and "prefetch" not in purpose and bool(program) and not _MACHINES.search(program)
