"""What the customer sees behind the private link."""

from pathlib import Path

from flask import Blueprint, Response, abort, make_response, render_template

from amends import links
from amends.case import Case, promises
from amends.clock import Clock
from amends.inbox import Inbox, cases, companies
from amends.inbox.cases import Received
from amends.record import find_case, read_board, read_company


class Visitor:
    """The page of one case for its customer. Where the record has the case, the record is what is shown."""

    def __init__(self, inbox: Inbox, content: Path, clock: Clock, secret: bytes) -> None:
        self._inbox, self._content, self._clock, self._secret = inbox, content, clock, secret

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        room = Blueprint("visitor", __name__, template_folder="templates")
        room.add_url_rule("/c/<token>/", view_func=self.case)
        return room

    def case(self, token: str) -> Response:
        """Show a case to its customer; the same 404 for every link that is not valid."""
        received = self._holder_of(token)
        with self._inbox.reading() as connection:
            texts = companies.get(connection, received.company)
            answers = cases.answers(connection, received.number)
        if texts is None:
            abort(404)
        company = read_company(texts[0], received.company, "company.toml")
        board = read_board(texts[1], "board.toml")
        public = find_case(self._content, received.company, received.number)
        page = render_template(
            "visitor/case.html",
            received=received,
            company=company,
            public=public,
            promises=promises(public) if public else (),
            text=_text(received, public),
            answers=answers,
            address=f"{board.base_url}{company.slug}/{received.number}/",
            now=self._clock(),
        )
        response = make_response(page)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _holder_of(self, token: str) -> Received:
        number = links.number_in(token)
        if number is None:
            abort(404)
        with self._inbox.reading() as connection:
            received = cases.get(connection, number)
        if received is None or not links.is_valid(self._secret, token, number, received.generation):
            abort(404)
        return received


def _text(received: Received, public: Case | None) -> str:
    return public.text if public and public.text else received.text
