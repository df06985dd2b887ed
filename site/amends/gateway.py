"""What stands between the server and the service: no thread is taken up before a request has come in whole.

granian's own way to run a WSGI application gives it a thread as soon as the header is there, and the thread then waits
for the body: as many slow clients as there are threads hold all of them. Here an event loop waits for bodies, and not
for ever (RFC 9110, 15.5.9). It also answers what the widget sends, since storing that is mostly waiting too; all else
is handed to the WSGI application in a thread. What granian hands over is specified here:
https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md
"""

import asyncio
import io
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined]  # as documented
from werkzeug.middleware.proxy_fix import ProxyFix

from amends import access
from amends.headers import Answer, hardening, lower

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger("amends.gateway")

THREADS = 32
"""Threads per process for what waits for the disk together; none of them costs much."""

PATIENCE = 20.0
"""Seconds that the first bytes of a body may take; Apache's mod_reqtimeout has the same."""

SLOWEST = 500
"""Bytes of a body for each of which groups a second more is given; a modem sent ten times as many."""

_SLOW = b"The request did not arrive in time. Nothing was saved; please go back and try again.\n"
_FAILED = b"Something went wrong here, not with you. Please try again in some minutes.\n"


Soon = Callable[["WSGIEnvironment", bytes], Awaitable[Answer | None]]
"""Answers a request with this body without holding a thread; None where it is the application's to answer."""


class Gateway:
    """An RSGI application around a WSGI one, `app`; what `soon` answers does not get to it.

    Bodies longer than `longest` bytes are not waited for: the application refuses them unread. `proxies` are trusted to
    say whence a request came. With `log` what does not get to the application is told as it tells requests.
    """

    def __init__(
        self, app: "WSGIApplication", soon: Soon, *, longest: int, proxies: int = 0, log: bool = False
    ) -> None:
        self.patience = PATIENCE
        self._app, self._soon, self._longest, self._log = app, soon, longest, log
        self._threads = ThreadPoolExecutor(THREADS, "request")
        self._trusting = ProxyFix(_nothing, x_for=proxies, x_proto=proxies, x_host=proxies) if proxies else None

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer a request."""
        started = time.perf_counter()
        environ = environ_of(scope)
        try:
            body = await self._body(environ, protocol)
        except TimeoutError:
            status, headers, sent = _plain(HTTPStatus.REQUEST_TIMEOUT, _SLOW, ("connection", "close"))
            self._tell(environ, status, headers, started)
        else:
            status, headers, sent = await self._answer(environ, body, started)
        protocol.response_bytes(status, headers, sent)

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        """Let the threads end, each with what it does."""
        self._threads.shutdown(wait=True)

    async def _body(self, environ: "WSGIEnvironment", protocol: HTTPProtocol) -> bytes:
        """Return the body, empty where none is to be read or it broke off; TimeoutError where it does not come."""
        length = environ.get("CONTENT_LENGTH", "")
        if not length.isascii() or not length.isdecimal() or not 0 < int(length) <= self._longest:
            return b""
        try:
            async with asyncio.timeout(self.patience + int(length) / SLOWEST):
                return await protocol()
        except ProtocolClosed:
            return b""

    async def _answer(self, environ: "WSGIEnvironment", body: bytes, started: float) -> Answer:
        if self._trusting:
            self._trusting(environ, _start_nothing)
        answer = await self._soon(environ, body)
        if answer is None:
            environ["wsgi.input"] = io.BytesIO(body)
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._in_a_thread, environ)
        self._tell(environ, answer.status, answer.headers, started)
        return answer

    def _in_a_thread(self, environ: "WSGIEnvironment") -> Answer:
        try:
            return _answer_of(self._app, environ)
        except Exception:
            _log.exception("a request failed")
            return _plain(HTTPStatus.INTERNAL_SERVER_ERROR, _FAILED)

    def _tell(
        self, environ: "WSGIEnvironment", status: int, headers: Iterable[tuple[str, str]], started: float
    ) -> None:
        if self._log:
            access.tell(environ, status, headers, time.perf_counter() - started)


def environ_of(scope: Scope) -> "WSGIEnvironment":
    """Return a request as WSGI has it (PEP 3333), without its body."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        key = _NAMES.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        between = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{between}{value}" if key in environ else value
    environ.setdefault("HTTP_HOST", "")  # else what is missing would be taken to be the server's own address
    if scope.authority and scope.authority != environ["HTTP_HOST"]:
        # RFC 9112, 3.2.2 lets the request line count. Here neither counts, as with two Host lines: nobody means well.
        environ["HTTP_HOST"] = f"{environ['HTTP_HOST']},{scope.authority}"
    return environ


_NAMES = {"content-length": "CONTENT_LENGTH", "content-type": "CONTENT_TYPE"}


def _answer_of(app: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    told: list[tuple[int, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], _failed: object = None, /) -> Callable[[bytes], object]:
        told[:] = [(int(status.split(" ", 1)[0]), lower(headers))]
        return written.append

    parts = app(environ, start)
    try:
        written.extend(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return Answer(*told[0], b"".join(written))


def _plain(status: HTTPStatus, words: bytes, *more: tuple[str, str]) -> Answer:
    return Answer(
        status, lower([("content-type", "text/plain; charset=utf-8"), *more, *hardening(secure=False)]), words
    )


def _nothing(_environ: "WSGIEnvironment", _start: "StartResponse") -> Iterable[bytes]:
    return ()


def _start_nothing(*_: object) -> Callable[[bytes], object]:
    raise AssertionError("nothing is answered here")
