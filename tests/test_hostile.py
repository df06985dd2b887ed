"""Clients that break the rules of HTTP, against the real server: refused or harmless, and nobody else notices."""

import gzip
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from amends.gateway import THREADS
from amends.inbox import Inbox
from amends.inbox.schema import submission_key
from tests.house import House
from tests.kills import environment_of, server
from tests.running import free_port

PATIENCE = 20.0
SLOW = 5 * THREADS
"""Slow clients: far more than a process has threads."""

KEY = b"k" * 32
BODY = b"text=Hello&key=" + KEY
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
PARTS = b"".join(b'--x\r\nContent-Disposition: form-data; name="%d"\r\n\r\nv\r\n' % place for place in range(10_000))
BOMB = gzip.compress(BODY + b"&author=" + b"a" * 20_000_000)


@dataclass(frozen=True)
class Running:
    """A running server, what it is to be called, where it stores, and what it said."""

    port: int
    database: str
    log: Path

    @property
    def host(self) -> bytes:
        return b"127.0.0.1:%d" % self.port

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def status(self, request: bytes, *, half_closed: bool = False) -> int | None:
        """Send a request; return the status of the answer, None where the connection is closed without one."""
        with self.connect() as connection:
            try:
                connection.sendall(request)
                if half_closed:
                    connection.shutdown(socket.SHUT_WR)
                with closing(HTTPResponse(connection)) as answer:
                    answer.begin()
                    answer.read()
                    return answer.status
            except (ConnectionError, HTTPException):
                return None

    def stored(self) -> list[str]:
        """Return the keys of all that is stored."""
        inbox = Inbox(self.database)
        with inbox.reading() as connection:
            found = sorted(connection.execute(select(submission_key.c.key)).scalars())
        inbox.close()
        return found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("hostile")
    House(folder).close()
    there = Running(free_port(), f"sqlite:///{folder}/instance/amends.db", folder / "log")
    there.log.touch()
    with server(environment_of(folder, there.database, there.port), there.port, log=str(there.log)):
        for _ in range(int(PATIENCE / 0.01)):
            try:
                there.connect().close()
                break
            except OSError:
                Event().wait(0.01)
        yield there


def post(running: Running, body: bytes = BODY, head: bytes = b"", **line: bytes) -> bytes:
    """Return a request as the widget sends it, but for what is given; it has a length unless `head` tells one."""
    target, host = line.get("target", b"/acme/feedback"), line.get("host", b"Host: " + running.host)
    lines = [b"POST " + target + b" HTTP/1.1", *filter(None, [host, head]), b"Accept: application/json"]
    if b"multipart" not in head:
        lines.append(b"Content-Type: application/x-www-form-urlencoded")
    if b"Content-Length" not in head and b"Transfer-Encoding" not in head:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def receipt(running: Running) -> None:
    """Get a receipt, as a visitor does who knows of nothing."""
    key = os.urandom(16).hex().encode()
    assert running.status(post(running, b"text=Hello&key=" + key)) == 201
    assert key.decode() in running.stored()


IN_CHUNKS = b"Transfer-Encoding: chunked"
IN_PARTS = b"Content-Type: multipart/form-data; boundary=x"
# What is refused: with a status, or by closing the connection.
REFUSED = {
    "two lengths": {"head": b"Content-Length: 5\r\nContent-Length: %d" % len(BODY)},
    "a length and chunks": {"head": b"Content-Length: %d\r\nTransfer-Encoding: chunked" % len(BODY), "body": CHUNKED},
    "chunks and a length": {"head": b"Transfer-Encoding: chunked\r\nContent-Length: 4", "body": CHUNKED},
    "chunks": {"head": IN_CHUNKS, "body": CHUNKED},
    "a broken chunk": {"head": IN_CHUNKS, "body": CHUNKED.replace(b"\r\n0\r\n", b"\r\nzz\r\n")},
    "an unknown encoding": {"head": b"Transfer-Encoding: xchunked", "body": CHUNKED},
    "chunks without end": {
        "head": IN_CHUNKS,
        "body": b"10000\r\n" + b"a" * 65_536 + b"\r\n10000\r\n",
    },
    "a negative length": {"head": b"Content-Length: -1"},
    "a length that is no number": {"head": b"Content-Length: 0x2f"},
    "a length without end": {"head": b"Content-Length: 1" + b"0" * 30},
    "a terabyte": {"head": b"Content-Length: 1" + b"0" * 12},
    "less than was told": {"head": b"Content-Length: 1000"},
    "a gzip bomb": {"head": b"Content-Encoding: gzip", "body": BOMB},
    "ten thousand parts": {"head": IN_PARTS, "body": PARTS + b"--x--\r\n"},
    "a thousand parts": {
        "head": IN_PARTS,
        "body": PARTS[:49_000] + b"--x--\r\n",
    },
    "a header of a megabyte": {"head": b"X-Long: " + b"a" * 1_000_000},
    "two thousand headers": {"head": b"\r\n".join(b"X-%d: a" % place for place in range(2_000))},
    "a folded header": {"head": b"X-Folded: a\r\n b"},
    "a space before the colon": {"head": b"X-Space : a"},
    "a NUL in the path": {"target": b"/acme\0/feedback"},
    "an escaped NUL in the path": {"target": b"/acme%00/feedback"},
    "no UTF-8 in the path": {"target": b"/\xff\xfe/feedback"},
    "a path of 70 kilobytes": {"target": b"/acme/feedback?" + b"a" * 70_000},
    "no host": {"host": b""},
    "a foreign host": {"host": b"Host: evil.example"},
    "a foreign host, and the own in the line": {"host": b"Host: evil.example", "target": b"http://OWN/acme/feedback"},
    "a foreign host in the line": {"target": b"http://evil.example/acme/feedback"},
    "two hosts": {"host": b"Host: OWN\r\nHost: evil.example"},
    "two hosts, the own one last": {"host": b"Host: evil.example\r\nHost: OWN"},
}

# What a careful server may take, and this one does: once.
HARMLESS = {
    "the same length twice": {"head": b"Content-Length: %d\r\nContent-Length: %d" % (len(BODY), len(BODY))},
    "more than was told": {"head": b"Content-Length: %d" % len(BODY), "body": BODY + b"&author=x"},
    "twenty-five thousand fields": {"body": BODY + b"&a=b" * 25_000},
    "the own host in the line": {"target": b"http://OWN/acme/feedback"},
}


def named(running: Running, given: dict[str, bytes]) -> dict[str, bytes]:
    return {name: value.replace(b"OWN", running.host) for name, value in given.items()}


@pytest.mark.parametrize("what", REFUSED)
def test_what_breaks_the_rules_is_refused_and_stores_nothing(running: Running, what: str) -> None:
    before = running.stored()
    status = running.status(post(running, **named(running, REFUSED[what])), half_closed=what == "less than was told")
    assert status is None or 400 <= status < 500
    assert running.stored() == before
    receipt(running)
    assert "Traceback" not in running.log.read_text()


@pytest.mark.parametrize("what", HARMLESS)
def test_what_is_odd_and_harmless_is_stored_once(running: Running, what: str) -> None:
    key = os.urandom(16).hex().encode()
    given = {name: value.replace(KEY, key) for name, value in named(running, HARMLESS[what]).items()}
    request = post(running, **{"body": BODY.replace(KEY, key), **given})
    assert running.status(request) == 201
    assert running.stored().count(key.decode()) == 1
    receipt(running)
    assert "Traceback" not in running.log.read_text()


def test_http_2_is_not_spoken(running: Running) -> None:
    assert running.status(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") in (None, 400)


@pytest.mark.parametrize("sent", [40, -len(KEY)], ids=["who do not end the header", "who do not end the body"])
def test_a_visitor_gets_a_receipt_while_many_send_slowly(running: Running, sent: int) -> None:
    before = running.stored()
    with ExitStack() as slow:
        for _ in range(SLOW):
            slow.enter_context(running.connect()).sendall(post(running)[:sent])
        receipt(running)
        with running.connect() as page:
            page.sendall(b"GET /acme/new HTTP/1.1\r\nHost: %b\r\n\r\n" % running.host)
            with closing(HTTPResponse(page)) as answer:
                answer.begin()
                assert answer.status == 200
    receipt(running)
    assert len(running.stored()) == len(before) + 2


def test_who_sends_slowly_and_ends_gets_a_receipt(running: Running) -> None:
    key = os.urandom(16).hex().encode()
    request = post(running, BODY.replace(KEY, key))
    with running.connect() as connection:
        for byte in request[:-5], *(request[place : place + 1] for place in range(len(request) - 5, len(request))):
            connection.sendall(byte)
            Event().wait(0.02)
        with closing(HTTPResponse(connection)) as answer:
            answer.begin()
            assert answer.status == 201
    assert key.decode() in running.stored()
