"""The addresses of intake. No cookie, no session: a visitor is nobody until they have a private link."""

import json
import logging
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from amends import gate
from amends.clock import Clock, stamp
from amends.inbox import StoreUnavailableError
from amends.intake import arrival, widget
from amends.intake.arrival import Houses
from amends.intake.forms import FeedbackForm
from amends.intake.receive import KeyReusedError, Receipt, Reception, TooManyError
from amends.intake.suspicion import suspicion
from amends.links import token
from amends.record import NUMBER, Board, Company
from amends.submission import Problem, RefusedError, Submission, validate
from amends.text import MAX_CUSTOMER

_log = logging.getLogger("amends.intake")

_SHORT = "public, max-age=300"
_LOST_DISK = (
    "This could not be saved just now. Nothing was sent; your text is still here. Please try again in some minutes."
)


class Intake:
    """Feedback in, receipts out. `url` is the service's own address, `secret` what private links are made with."""

    def __init__(self, reception: Reception, houses: Houses, clock: Clock, url: str, secret: bytes) -> None:
        self._reception, self._houses = reception, houses
        self._clock, self._url, self._secret = clock, url, secret

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        room = Blueprint("intake", __name__, template_folder="templates")
        room.add_url_rule("/<company>/new", view_func=self.new)
        room.add_url_rule("/<company>/feedback", view_func=self.feedback, methods=["POST"])
        room.add_url_rule("/w/v1.js", view_func=self.launcher)
        room.add_url_rule("/w/form/<company>/<language>.js", view_func=self.form_module)
        return room

    def new(self, company: str) -> Response:
        """Show the form as a page: where the link leads when there is no script."""
        found = self._houses.find(company)
        if found is None:
            return self._unknown(company)
        form = FeedbackForm(formdata=None)
        form.publicity.data = "private" if found[0].sensitive else "public"
        same = request.args.get("same", "")
        form.same.data = same if NUMBER.fullmatch(same) else ""
        # Most write in the language that their browser asks for; it decides how their words are read aloud.
        form.language.data = request.accept_languages.best or ""
        return self._page(found, form, 200)

    def feedback(self, company: str) -> Response:
        """Take a submission in and answer with its receipt, 201, when it is on disk."""
        found = self._houses.find(company)
        if found is None:
            return self._unknown(company)
        refusal = self._refused_origin(found[0]) or self._unreadable(found)
        if refusal is not None:
            return refusal
        try:
            submission = validate(request.form.to_dict(), found[0])
        except RefusedError as refused:
            return self._error(found, _sent(), 422, "refused", "Please look at the marked places.", refused.problems)
        return self._allow(self._take(found, submission), found[0])

    def launcher(self) -> Response:
        """Serve the script that companies embed."""
        return _script(widget.launcher())

    def form_module(self, company: str, language: str) -> Response:
        """Serve the form's module for a company and a language."""
        found = self._houses.find(company)
        if found is None:
            return self._unknown(company)
        return _script(widget.form(*found, f"{self._url}/{company}/new#data", language))

    def _take(self, found: tuple[Company, Board], submission: Submission) -> Response:
        company = found[0]
        network = gate.network_of(self._secret, request.remote_addr)
        try:
            now = self._clock()
            looks_like = suspicion(submission, _shown(), now)
            receipt = self._reception.receive(company, submission, network, looks_like, now)
        except KeyReusedError:
            message = "This was sent before with other words. The first words were kept; reload the page to send more."
            return self._error(found, _sent(), 409, "key_reused", message)
        except TooManyError as error:
            message = _too_many(company, error.seconds)
            return self._later(self._error(found, _sent(), 429, "too_many", message), error.seconds)
        except StoreUnavailableError as error:
            _log.error("nothing can be stored: %s", error)
            return self._later(self._error(found, _sent(), 503, "unavailable", _LOST_DISK), 60)
        return self._receipt(found, receipt)

    def _later(self, response: Response, seconds: int) -> Response:
        response.headers["Retry-After"] = str(seconds)
        return response

    def _receipt(self, found: tuple[Company, Board], receipt: Receipt) -> Response:
        company, board = found
        facts = {
            "case": receipt.number,
            "link": f"{self._url}/c/{token(self._secret, receipt.number, receipt.generation)}/",
            "reply_by": stamp(receipt.reply_by),
            "publicity": "private" if receipt.is_private else "public",
            "board": f"{board.base_url}{company.slug}/",
            "company": company.name,
        }
        if _wants_json():
            response = Response(json.dumps(facts, ensure_ascii=False), 201, content_type="application/json")
        else:
            page = render_template("intake/receipt.html", company=company, receipt=receipt, facts=facts)
            response = make_response(page, 201)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _refused_origin(self, company: Company) -> Response | None:
        origin = request.headers.get("Origin")
        if origin is None or origin == self._url or origin in company.origins:
            return None
        _log.warning("%s is not among the origins of %s", origin[:200], company.slug)
        message = f"The page at {origin} may not send feedback to {company.name}. Please use the form on this site."
        return self._error((company, Board()), FeedbackForm(formdata=None), 403, "foreign_origin", message)

    def _unreadable(self, found: tuple[Company, Board]) -> Response | None:
        try:
            readable = gate.is_utf8()
        except RequestEntityTooLarge:
            message = f"This is far too long: at most {MAX_CUSTOMER} characters can be sent. Nothing was saved."
            return self._error(found, FeedbackForm(formdata=None), 413, "too_large", message)
        if not readable:
            message = "The text did not arrive as UTF-8, so it could not be read. Nothing was saved."
            return self._error(found, FeedbackForm(formdata=None), 400, "not_utf8", message)
        return None

    def _error(
        self,
        found: tuple[Company, Board],
        form: FeedbackForm,
        status: int,
        code: str,
        message: str,
        problems: Mapping[str, Problem] | None = None,
    ) -> Response:
        if not _wants_json():
            form.mark(problems or {})
            return self._page(found, form, status, message)
        fields = {name: problem.message for name, problem in (problems or {}).items()}
        if problems:
            code = next(iter(problems.values())).code
        response = make_response({"error": {"code": code, "message": message, "fields": fields}}, status)
        return self._allow(response, found[0])

    def _page(self, found: tuple[Company, Board], form: FeedbackForm, status: int, message: str = "") -> Response:
        company, board = found
        if not form.key.data:
            form.key.data = secrets.token_urlsafe(16)
            form.shown.data = str(int(self._clock().timestamp()))
        limit = MAX_CUSTOMER
        page = render_template("intake/new.html", company=company, board=board, form=form, message=message, limit=limit)
        response = make_response(page, status)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _unknown(self, company: str) -> Response:
        message = arrival.no_company(company)
        if _wants_json():
            return make_response({"error": {"code": "unknown_company", "message": message, "fields": {}}}, 404)
        return make_response(render_template("error.html", title="No such company", message=message), 404)

    def _allow(self, response: Response, company: Company) -> Response:
        """Let the company's own pages read the answer (Fetch standard, CORS)."""
        origin = request.headers.get("Origin")
        if origin is not None and origin in company.origins:
            response.headers["Access-Control-Allow-Origin"] = origin
        response.headers.add("Vary", "Origin")
        return response


def _sent() -> FeedbackForm:
    """Return the form as it was filled in: no word of it may be lost."""
    return FeedbackForm(formdata=request.form)


def _shown() -> datetime | None:
    """Return when the form was shown that was sent; None where it does not say."""
    told = request.form.get("shown", "")
    return datetime.fromtimestamp(int(told), UTC) if re.fullmatch("[0-9]{1,10}", told) else None


def _too_many(company: Company, seconds: int) -> str:
    minutes = max(1, round(seconds / 60))
    wait = "1 minute" if minutes == 1 else f"{minutes} minutes"
    return (
        f"So much was sent to {company.name} within the last hour that nothing more is taken in just now. Nothing was "
        f"saved; your text is still here. Please try again in {wait}."
    )


def _wants_json() -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _script(source: str) -> Response:
    response = make_response(source)
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = _SHORT
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return response
