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
_STARTED = "amends.started"
_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")


def log_requests(app: Flask) -> Flask:
    """Let an app tell each request: its method, rule, status, milliseconds and the bytes of its body."""
    wrapped = app.wsgi_app

    def timed(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # Before anything of the app's own, which may refuse a request before its other hooks are asked.
        environ[_STARTED] = time.perf_counter()
        return wrapped(environ, start_response)

    app.wsgi_app = timed  # type: ignore[method-assign]  # Flask's own way
    app.after_request(_tell)
    return app


def _tell(response: Response) -> Response:
    facts: dict[str, Any] = {
        # Any word can stand there, of any length.
        "method": request.method if request.method in _METHODS else "-",
        "rule": request.url_rule.rule if request.url_rule else "-",
        "status": response.status_code,
        "ms": round((time.perf_counter() - request.environ[_STARTED]) * 1000),
        "bytes": response.content_length or response.calculate_content_length() or 0,
    }
    _log.info("%(method)s %(rule)s %(status)d %(ms)d ms %(bytes)d bytes", facts, extra={"facts": facts})
    return response
