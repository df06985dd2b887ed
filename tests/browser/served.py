"""A house whose service a browser reaches, on the clock that the test turns, and axe on its pages."""

import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from playwright.sync_api import Page
from werkzeug.serving import WSGIRequestHandler, make_server

from amends.service import create_service
from tests.browser.test_accessible import NARROW, RULES, looks_of, told
from tests.house import House

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Quiet(WSGIRequestHandler):
    """Tells nobody what was asked for."""

    def log_request(self, *_: object) -> None:
        """Tell nothing."""


@contextmanager
def serving(house: House, tls: ssl.SSLContext | None = None, visited: set[str] | None = None) -> Iterator[str]:
    """Yield the address at which a browser reaches the service of a house; with `tls` by https on localhost.

    Whatever is asked for of the desk is noted in `visited`.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
    app = create_service(replace(house.settings, url=url), house.inbox, lambda: house.now, 0)
    seen: set[str] = set() if visited is None else visited

    def noting(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/desk/"):
            query = environ.get("QUERY_STRING", "")
            seen.add(environ["PATH_INFO"] + (f"?{query}" if query else ""))
        return app(environ, start)

    server = make_server("127.0.0.1", port, noting, threaded=True, request_handler=Quiet, ssl_context=tls)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def violations_on(page: Page, axe: str, state: str) -> list[str]:
    """What axe-core finds on a page, all of it unfolded, and whether it is too wide for a small screen."""
    found: list[str] = []
    page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    page.evaluate(axe)
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], state
    for scheme, size in looks_of(state):
        page.emulate_media(color_scheme=scheme)
        # So high that no column scrolls by itself: what is below its edge axe cannot judge.
        page.set_viewport_size({**size, "height": 2000})
        where = f"{state} {scheme} {size['width']} px"
        found += [f"{where}: {line}" for one in page.evaluate(RULES) for line in told(one)]
    return found
