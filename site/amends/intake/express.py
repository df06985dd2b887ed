"""The counter for what the widget sends: ordinary submissions are taken in without a Flask request around them.

A request of Flask costs more than all that is done for a submission together, storing it included. So what is
ordinary in every respect is answered before Flask is asked; all else, and all that is meant for people, goes on to it.
Both ways end in the same `Taking`, and what they answer is the same to the last header.
"""

import io
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from amends import access, gate
from amends.headers import Answer, hardening, lower
from amends.inbox import StoreUnavailableError
from amends.intake.arrival import Houses
from amends.intake.receive import Receipt
from amends.intake.taking import NotTakenError, Taking, as_json, readers
from amends.record import Board, Company

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

RULE = "/<company>/feedback"

_PATH = re.compile("/([^/]+)/feedback")
_FORM = re.compile(r"application/x-www-form-urlencoded(?:; ?charset=utf-8)?", re.IGNORECASE)
_LENGTH = re.compile("[0-9]{1,9}")


class Express:
    """A WSGI application in front of another, `app`, which answers what is not ordinary.

    `host` is the Host name of the service, `longest` the most bytes that a body may have.
    """

    def __init__(self, app: "WSGIApplication", taking: Taking, houses: Houses, host: str, longest: int) -> None:
        self.app = app
        self._taking, self._houses, self._longest = taking, houses, longest
        self._host = re.compile(rf"{re.escape(host)}(?::[0-9]+)?")

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        length = self._length(environ)
        found = self._addressee(environ) if length else None
        if not length or found is None:
            return self.app(environ, start_response)
        body = environ["wsgi.input"].read(length)
        if len(body) != length or not gate.is_utf8_form(body):
            # It says why that cannot be read, after it has read it as if for the first time.
            environ["wsgi.input"] = io.BytesIO(body)
            return self.app(environ, start_response)
        company, board = found
        try:
            receipt = self._taking.take(*self._asked(environ, company, body))
        except NotTakenError as error:
            answer = self._refusal(environ, company, error)
        else:
            answer = self._receipt(environ, company, board, receipt)
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase.upper()}", answer.headers)
        return [answer.body]

    async def soon(self, environ: "WSGIEnvironment", body: bytes) -> Answer | None:
        """Answer a request with that body and hold no thread meanwhile; None where it is not ordinary.

        What is known of the companies has to be at hand: to read it anew would make all others wait.
        """
        ordinary = self._length(environ) == len(body) > 0 and self._houses.are_fresh() and gate.is_utf8_form(body)
        found = self._addressee(environ) if ordinary else None
        if found is None:
            return None
        company, board = found
        try:
            receipt = await self._taking.take_soon(*self._asked(environ, company, body))
        except NotTakenError as error:
            return self._refusal(environ, company, error)
        return self._receipt(environ, company, board, receipt)

    def _length(self, environ: "WSGIEnvironment") -> int:
        """Return how long the body is of a request that is ordinary; 0 for any other."""
        told = environ.get("CONTENT_LENGTH", "")
        ordinary = (
            environ["REQUEST_METHOD"] == "POST"
            and "application/json" in environ.get("HTTP_ACCEPT", "")
            and _FORM.fullmatch(environ.get("CONTENT_TYPE", ""))
            and self._host.fullmatch(environ.get("HTTP_HOST", ""))
            and "HTTP_TRANSFER_ENCODING" not in environ
            and _LENGTH.fullmatch(told)
            and int(told) <= self._longest
        )
        return int(told) if ordinary else 0

    def _addressee(self, environ: "WSGIEnvironment") -> tuple[Company, Board] | None:
        path = _PATH.fullmatch(environ["PATH_INFO"])
        try:
            return self._houses.find(path[1]) if path else None
        except StoreUnavailableError:
            return None

    def _asked(
        self, environ: "WSGIEnvironment", company: Company, body: bytes
    ) -> tuple[Company, dict[str, str], str | None]:
        """Return for whom, what and from where; NotTakenError where it comes from a page that may not send."""
        environ[access.RULE] = RULE
        self._taking.check_origin(company, environ.get("HTTP_ORIGIN"))
        fields = dict(reversed(parse_qsl(body.decode(), keep_blank_values=True)))  # of two with one name the first
        return company, fields, environ.get("REMOTE_ADDR")

    def _refusal(self, environ: "WSGIEnvironment", company: Company, error: NotTakenError) -> Answer:
        return _answer(environ, company, error.status, error.facts(), error.headers())

    def _receipt(self, environ: "WSGIEnvironment", company: Company, board: Board, receipt: Receipt) -> Answer:
        facts = self._taking.facts(company, board, receipt)
        return _answer(environ, company, 201, facts, [("Cache-Control", "no-store")])


def _answer(
    environ: "WSGIEnvironment", company: Company, status: int, facts: Mapping[str, Any], own: list[tuple[str, str]]
) -> Answer:
    sent = as_json(facts)
    told = [("Content-Type", "application/json"), ("Content-Length", str(len(sent))), *own]
    allowed = readers(company, environ.get("HTTP_ORIGIN"))
    return Answer(status, lower([*told, *allowed, *hardening(secure=environ["wsgi.url_scheme"] == "https")]), sent)
