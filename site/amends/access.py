"""A line in the log for each request, which says what was asked for and not by whom or about whom.

It has the rule of the route instead of the address: an address may hold a private link.
"""

import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_log = logging.getLogger("amends.access")

RULE = "amends.rule"
"""Where the environment of a request says which rule its address matched."""

_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")


def log_requests(app: Flask) -> Flask:
    """Let an app tell each request: its method, rule, status, milliseconds and the bytes of its body."""
    wrapped = app.wsgi_app

    def timed(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # Around all that may answer: what refuses a request before Flask's own hooks are asked, and what needs none.
        started = time.perf_counter()

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            tell(environ, int(status.split(" ", 1)[0]), headers, time.perf_counter() - started)
            return start_response(status, headers, *more)

        return wrapped(environ, start)

    app.wsgi_app = timed  # type: ignore[method-assign]  # Flask's own way
    app.after_request(_name_rule)
    return app


def _name_rule(response: Response) -> Response:
    if request.url_rule:
        request.environ[RULE] = request.url_rule.rule
    return response


def tell(environ: "WSGIEnvironment", status: int, headers: Iterable[tuple[str, str]], seconds: float) -> None:
    """Tell a request that was answered with that status and these headers after so many seconds."""
    lengths = [int(value) for name, value in headers if name.lower() == "content-length"]
    facts: dict[str, Any] = {
        # Any word can stand there, of any length.
        "method": environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in _METHODS else "-",
        "rule": environ.get(RULE, "-"),
        "status": status,
        "ms": round(seconds * 1000),
        "bytes": lengths[0] if lengths else 0,
    }
    _log.info("%(method)s %(rule)s %(status)d %(ms)d ms %(bytes)d bytes", facts, extra={"facts": facts})
