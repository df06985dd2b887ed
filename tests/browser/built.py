"""A built board for the browser tests: its pages by their kind, and a server that sends it as a static host would."""

import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from amends.record import NUMBER, SLUG
from amends.record.house import RESERVED

Rules = list[tuple[re.Pattern[str], str, str]]
"""Which addresses get which header, by name and value."""

_LIST = re.compile(r"all|open|overdue|solved|disputed|topic-.+|[0-9]{4}-[0-9]{2}")
_TAG = re.compile(r"<([a-z][a-z0-9]*)((?:\s[^<>]*)?)>")
_ONE_OF_MANY = re.compile(r"accent-.*|g\d+")
_CLASSES = re.compile(r"\sclass=\"([^\"]*)\"")


def by_kind(public: Path) -> dict[str, list[str]]:
    """Return the addresses of all pages of a built board, grouped by kind: `/<company>/<case>/` is one.

    The kinds are read off the folder, so that a page added to the board is among them by itself.
    """
    kinds: dict[str, list[str]] = {}
    for file in sorted(public.rglob("*.html")):
        address = "/" + file.relative_to(public).as_posix().removesuffix("index.html")
        kinds.setdefault(kind_of(address), []).append(address)
    return kinds


def kind_of(address: str) -> str:
    """Return the pattern of an address: its segments, with those that name one thing of many made general."""
    first, *others = address.strip("/").split("/")
    company = SLUG.fullmatch(first) and first not in RESERVED
    kind = ["<company>" if company else first, *map(_general, others)]
    return "/" + "".join(f"{segment}/" for segment in kind if segment) if address.endswith("/") else address


def specimens(public: Path) -> list[str]:
    """Return the fullest page of each kind, and then whatever shows an element with classes not shown before.

    So a case in each of its states is among them, and no two pages that differ in their words only.
    """
    kinds = by_kind(public).values()
    looks = {address: _look(public / file_of(address)) for kind in kinds for address in kind}
    chosen = [max(kind, key=lambda address: len(looks[address])) for kind in kinds]
    shown = set().union(*(looks[address] for address in chosen))
    while missing := {address: look - shown for address, look in looks.items() if look - shown}:
        chosen.append(max(missing, key=lambda address: len(missing[address])))
        shown |= looks[chosen[-1]]
    return chosen


def file_of(address: str) -> str:
    """Return the file, relative to the board's folder, that stands at an address."""
    return address.lstrip("/") + ("index.html" if address.endswith("/") else "")


def read_headers(text: str) -> Rules:
    """Read a `_headers` file as Netlify and Cloudflare Pages do; ValueError for a line that is none.

    `*` stands for any text, `:name` for any within one segment. An address gets the headers of every rule that it
    fits: https://docs.netlify.com/manage/routing/headers/, https://developers.cloudflare.com/pages/configuration/headers/
    """
    rules: Rules = []
    fits = None
    for line in text.splitlines():
        words = line.strip()
        name, colon, value = words.partition(":")
        if not words or words.startswith("#"):
            continue
        if line == words and words.startswith("/"):
            fits = re.compile(re.sub(r":\w+", "[^/]+", re.escape(words).replace(r"\*", ".*")))
        elif line != words and fits and colon and name == name.strip():
            rules.append((fits, name, value.strip()))
        else:
            raise ValueError(f"neither an address nor a header: {line}")
    return rules


@contextmanager
def serving(public: Path, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve a built board on loopback, with the headers of its own `_headers`; yield its address without a slash.

    As static hosts do, it answers with 404.html where there is no file.
    """
    file = public / "_headers"
    rules = read_headers(file.read_text("utf-8")) if file.is_file() else []
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, directory=str(public), rules=rules)) as server:
        if tls:
            # A handshake that never comes must not keep the others waiting: each is done in its own thread.
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"{'https' if tls else 'http'}://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Host(SimpleHTTPRequestHandler):
    """A static host."""

    def __init__(self, *given: Any, rules: Rules, **options: Any) -> None:
        self.rules = rules
        super().__init__(*given, **options)

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True  # whoever asks in another protocol, or leaves, is no failure of the board

    def end_headers(self) -> None:
        address = self.path.partition("?")[0]
        headers: dict[str, list[str]] = {}
        for fits, name, value in self.rules:
            if fits.fullmatch(address):
                headers.setdefault(name, []).append(value)
        for name, values in headers.items():
            super().send_header(name, ", ".join(values))
        super().end_headers()

    def send_header(self, keyword: str, value: str) -> None:
        address = self.path.partition("?")[0] if hasattr(self, "path") else ""
        if not any(name.lower() == keyword.lower() for fits, name, _ in self.rules if fits.fullmatch(address)):
            super().send_header(keyword, value)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory, "404.html")
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(page.stat().st_size))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page.read_bytes())

    def guess_type(self, path: Any) -> str:
        kind = super().guess_type(path)
        return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind

    def log_message(self, *_: object) -> None:
        """Say nothing: the output is for what was found."""


def _general(segment: str) -> str:
    if _LIST.fullmatch(segment):
        return "<list>"
    if NUMBER.fullmatch(segment):
        return "<case>"
    return "<page>" if segment.isdigit() else segment


def _look(file: Path) -> set[tuple[str, str]]:
    """The elements of a page, each with its classes; the accents of companies, of which there are many, apart."""
    found = set()
    for name, attributes in _TAG.findall(file.read_text("utf-8")):
        classes = " ".join(_CLASSES.findall(attributes)).split()
        found |= {("", part) for part in classes if part.startswith("accent-")}
        found.add((name, " ".join(part for part in classes if not _ONE_OF_MANY.fullmatch(part))))
    return found
