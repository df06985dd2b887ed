"""The counter for what the widget sends: ordinary submissions are taken in without a Flask request around them.

A request of Flask costs more than all that is done for a submission together, storing it included. So what is
ordinary in every respect is answered before Flask is asked; all else, and all that is meant for people, goes on to it.
Both ways end in the same `Taking`, and what they answer is the same to the last header.
"""

import io
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from amends import access, gate
from amends.headers import hardening
from amends.inbox import StoreUnavailableError
from amends.intake.arrival import Houses
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
        environ[access.RULE] = RULE
        status, facts, headers = self._answer(environ, found, body)
        sent = as_json(facts)
        secure = environ["wsgi.url_scheme"] == "https"
        common = [("Content-Type", "application/json"), ("Content-Length", str(len(sent)))]
        start_response(f"{status} {HTTPStatus(status).phrase.upper()}", [*common, *headers, *hardening(secure=secure)])
        return [sent]

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

    def _answer(
        self, environ: "WSGIEnvironment", found: tuple[Company, Board], body: bytes
    ) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """Return the status, what is said and the headers that only this answer has."""
        company, origin = found[0], environ.get("HTTP_ORIGIN")
        fields = dict(reversed(parse_qsl(body.decode(), keep_blank_values=True)))  # of two with one name the first
        try:
            self._taking.check_origin(company, origin)
            receipt = self._taking.take(company, fields, environ.get("REMOTE_ADDR"))
        except NotTakenError as error:
            return error.status, error.facts(), [*error.headers(), *readers(company, origin)]
        facts = self._taking.facts(*found, receipt)
        return 201, facts, [("Cache-Control", "no-store"), *readers(company, origin)]
