"""The addresses of intake. No cookie, no session: a visitor is nobody until they have a private link."""

import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from amends import gate
from amends.clock import Clock
from amends.intake import arrival
from amends.intake.arrival import Houses
from amends.intake.express import RULE
from amends.intake.forms import FeedbackForm
from amends.intake.preview import Preview, preview
from amends.intake.receive import Receipt
from amends.intake.taking import NotTakenError, Taking, as_json, check_takes_part, readers
from amends.record import NUMBER, Board, Company
from amends.text import MAX_CUSTOMER

_Found = tuple[Company, Board]

_KEEPS_WORDS = (409, 422, 429, 503)
"""The statuses of answers to what could be read, and came from a page that may send it."""


class Intake:
    """Feedback in, receipts out."""

    def __init__(self, taking: Taking, houses: Houses, clock: Clock) -> None:
        self._taking, self._houses, self._clock = taking, houses, clock

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        room = Blueprint("intake", __name__, template_folder="templates")
        room.add_url_rule("/<company>/new", view_func=self.new)
        room.add_url_rule(RULE, view_func=self.feedback, methods=["POST"])
        room.add_url_rule("/<company>/preview", view_func=self.preview, methods=["POST"])
        return room

    def new(self, company: str) -> Response:
        """Show the form as a page: where the link leads when there is no script."""
        found = self._houses.find(company)
        if found is None:
            return self._unknown(company)
        try:
            check_takes_part(found[0])
        except NotTakenError as error:
            return self._gone(found, error)
        form = FeedbackForm(formdata=None)
        form.publicity.data = "private" if found[0].sensitive else "public"
        same = request.args.get("same", "")
        form.same.data = same if NUMBER.fullmatch(same) else ""
        # Most write in the language that their browser asks for; it decides how their words are read aloud.
        form.language.data = request.accept_languages.best or ""
        return self._page(found, form, 200)

    def feedback(self, company: str) -> Response:
        """Take a submission in and answer with its receipt, 201, when it is on disk."""
        return self._with_fields(company, self._take)

    def preview(self, company: str) -> Response:
        """Answer with what everyone will read of a submission, and store nothing of it."""
        return self._with_fields(company, self._preview)

    def _with_fields(self, company: str, do: Callable[[_Found, Mapping[str, str]], Response]) -> Response:
        found = self._houses.find(company)
        if found is None:
            return self._unknown(company)
        origin = request.headers.get("Origin")
        try:
            self._taking.check_origin(found[0], origin)
            answer = do(found, _fields())
        except NotTakenError as error:
            answer = self._not_taken(found, error)
        answer.headers.extend(readers(found[0], origin))
        return answer

    def _preview(self, found: _Found, fields: Mapping[str, str]) -> Response:
        shown = preview(found[0], self._taking.read(found[0], fields))
        if not gate.wants_json():
            return self._page(found, FeedbackForm(formdata=request.form), 200, shown=shown)
        response = _told(shown.facts(), 200)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _take(self, found: _Found, fields: Mapping[str, str]) -> Response:
        return self._receipt(found, self._taking.take(found[0], fields, request.remote_addr))

    def _receipt(self, found: _Found, receipt: Receipt) -> Response:
        facts = self._taking.facts(*found, receipt)
        if gate.wants_json():
            response = _told(facts, 201)
        else:
            page = render_template("intake/receipt.html", company=found[0], receipt=receipt, facts=facts)
            response = make_response(page, 201)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _not_taken(self, found: _Found, error: NotTakenError) -> Response:
        if gate.wants_json():
            response = _told(error.facts(), error.status)
        elif error.status == HTTPStatus.GONE:
            response = self._gone(found, error)
        else:
            # No word of what was filled in may be lost; what cannot be read has none, nor what another page sent.
            form = FeedbackForm(formdata=request.form if error.status in _KEEPS_WORDS else None)
            form.mark(error.problems)
            response = self._page(found, form, error.status, error.message)
        response.headers.extend(error.headers())
        return response

    def _page(
        self, found: _Found, form: FeedbackForm, status: int, message: str = "", shown: Preview | None = None
    ) -> Response:
        company, board = found
        if not form.key.data:
            form.key.data = secrets.token_urlsafe(16)
            form.shown.data = str(int(self._clock().timestamp()))
        facts = {"form": form, "message": message, "limit": MAX_CUSTOMER, "preview": shown}
        page = render_template("intake/new.html", company=company, board=board, **facts)
        response = make_response(page, status)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _gone(self, found: _Found, error: NotTakenError) -> Response:
        """Say that a company takes nothing any more, and give back what was written to it."""
        company, board = found
        facts = {"message": error.message, "words": request.form.get("text", "")}
        return make_response(render_template("intake/gone.html", company=company, board=board, **facts), error.status)

    def _unknown(self, company: str) -> Response:
        message = arrival.no_company(company)
        if gate.wants_json():
            return make_response({"error": {"code": "unknown_company", "message": message, "fields": {}}}, 404)
        return make_response(render_template("error.html", title="No such company", message=message), 404)


def _fields() -> Mapping[str, str]:
    """Return what was filled in; NotTakenError where it cannot be read."""
    try:
        readable = gate.is_utf8()
    except RequestEntityTooLarge as error:
        message = f"This is far too long: at most {MAX_CUSTOMER} characters can be sent. Nothing was saved."
        raise NotTakenError(413, "too_large", message) from error
    if not readable:
        message = "The text did not arrive as UTF-8, so it could not be read. Nothing was saved."
        raise NotTakenError(400, "not_utf8", message)
    return request.form.to_dict()


def _told(facts: Mapping[str, Any], status: int) -> Response:
    return Response(as_json(facts), status, content_type="application/json")
