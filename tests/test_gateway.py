"""What stands between the server and the service, behind the real server: bodies in time, requests whole."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPResponse
from typing import Any
from wsgiref.validate import validator

import pytest
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from amends.gateway import Gateway
from amends.headers import Answer
from tests.running import free_port

PATIENCE = 20.0
LONGEST = 1000


@dataclass
class Behind:
    """A WSGI application that keeps what it was asked, and a counter in front of it that answers /soon."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.append(environ)
        self.bodies.append(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        if environ["PATH_INFO"] == "/fails":
            raise ZeroDivisionError
        start("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return [b"in ", b"parts"]

    async def soon(self, environ: dict[str, Any], body: bytes) -> Answer | None:
        return Answer(201, [("x-soon", "yes")], body) if environ["PATH_INFO"] == "/soon" else None

    def send(self, *parts: bytes, shut: bool = False) -> tuple[int, str, bytes]:
        """Return the status, the headers and the body of the answer to a request; it ends with the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            for part in parts:
                connection.sendall(part)
            if shut:
                connection.shutdown(socket.SHUT_WR)
            with closing(HTTPResponse(connection)) as answer:
                answer.begin()
                return answer.status, str(answer.headers), answer.read()


@contextmanager
def running(behind: Behind, app: Any, **options: Any) -> Iterator[Gateway]:
    """Run a gateway behind the real server, in a thread of this process."""
    gateway = Gateway(app, behind.soon, longest=LONGEST, **options)
    server = Server(
        gateway, port=behind.port, interface=Interfaces.RSGI, http=HTTPModes.http1, websockets=False, log_enabled=False
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),))
    thread.start()
    try:
        wait_for(behind.port)
        yield gateway
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(PATIENCE)
        loop.close()


def wait_for(port: int) -> None:
    for _ in range(int(PATIENCE / 0.01)):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            threading.Event().wait(0.01)
        else:
            return
    raise AssertionError("the server did not start")


@pytest.fixture(scope="module")
def behind() -> Iterator[Behind]:
    asked = Behind()
    with running(asked, validator(asked)):
        yield asked


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "Connection: close", *headers]).encode("latin-1") + b"\r\n\r\n" + body


def test_the_application_is_asked_as_wsgi_has_it(behind: Behind) -> None:
    lines = ["Host: a.example", "Content-Type: text/x", "Content-Length: 3", "Cookie: a=1", "Cookie: b=2", "X-A: 1"]
    status, headers, body = behind.send(
        request("POST /caf%C3%A9/%2F?q=%20&r", *lines, "X-A: 2", "Accept-Language: de", body=b"abc")
    )
    assert (status, body) == (200, b"in parts")
    assert headers.count("set-cookie: ") == 2
    asked = behind.asked[-1]
    assert behind.bodies[-1] == b"abc"
    expected = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/caf\u00c3\u00a9//",
        "QUERY_STRING": "q=%20&r",
        "CONTENT_TYPE": "text/x",
        "CONTENT_LENGTH": "3",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_X_A": "1,2",
        "HTTP_ACCEPT_LANGUAGE": "de",
        "HTTP_HOST": "a.example",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(behind.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
    }
    assert {name: asked.get(name) for name in expected} == expected


@pytest.mark.parametrize("target", ["http://b.example/", "http://b.example:80/"])
def test_of_two_hosts_neither_counts(behind: Behind, target: str) -> None:
    behind.send(request(f"GET {target}", "Host: a.example"))
    assert behind.asked[-1]["HTTP_HOST"] == f"a.example,{target[7:-1]}"
    behind.send(request("GET http://a.example/", "Host: a.example"))
    assert behind.asked[-1]["HTTP_HOST"] == "a.example"


def test_what_can_be_answered_soon_does_not_get_to_the_application(behind: Behind) -> None:
    before = len(behind.asked)
    status, headers, body = behind.send(request("POST /soon", "Host: a", "Content-Length: 3", body=b"abc"))
    assert (status, body) == (201, b"abc")
    assert "x-soon: yes" in headers
    assert len(behind.asked) == before


@pytest.mark.parametrize("length", [str(LONGEST + 1), "9" * 15])
def test_what_is_too_long_is_not_waited_for(behind: Behind, length: str) -> None:
    assert behind.send(request("POST /", "Host: a", f"Content-Length: {length}"))[0] == 200
    assert behind.asked[-1]["CONTENT_LENGTH"] == length
    assert behind.bodies[-1] == b""


def test_a_body_that_breaks_off_is_none(behind: Behind) -> None:
    assert behind.send(request("POST /", "Host: a", "Content-Length: 30", body=b"abc"), shut=True)[0] == 200
    assert behind.bodies[-1] == b""


def test_the_answer_to_head_has_no_body(behind: Behind) -> None:
    with socket.create_connection(("127.0.0.1", behind.port), timeout=PATIENCE) as connection:
        connection.sendall(request("HEAD /", "Host: a"))
        received = b"".join(iter(lambda: connection.recv(4096), b""))
    assert received.startswith(b"HTTP/1.1 200")
    assert received.endswith(b"\r\n\r\n")


def test_a_body_that_does_not_come_in_time_is_refused_in_words_and_its_connection_closed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked = Behind()
    caplog.set_level(logging.INFO, "amends.access")
    with running(asked, asked, log=True) as gateway:
        gateway.patience = 0.05
        status, headers, body = asked.send(
            b"POST /acme/feedback?canary HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nabc"
        )
    assert (status, asked.asked) == (408, [])
    assert b"Nothing was saved; please go back and try again." in body
    assert "connection: close" in headers
    assert "x-content-type-options: nosniff" in headers
    (told,) = caplog.records
    assert told.getMessage().startswith("POST - 408 ")


def test_long_bodies_have_longer_to_come(behind: Behind) -> None:
    asked = Behind()
    body = b"a" * LONGEST  # two seconds at 500 bytes a second
    with running(asked, asked) as gateway:
        gateway.patience = 0.0
        first, rest = body[:1], body[1:]
        status, _, _ = asked.send(request("POST /", "Host: a", f"Content-Length: {LONGEST}", body=first), rest)
    assert status == 200
    assert asked.bodies == [body]


def test_a_failure_is_told_in_words_and_in_the_log(caplog: pytest.LogCaptureFixture, behind: Behind) -> None:
    status, headers, body = behind.send(request("GET /fails", "Host: a"))
    assert status == 500
    assert b"Something went wrong here, not with you." in body
    assert "ZeroDivisionError" not in f"{headers}{body!r}"
    assert "ZeroDivisionError" in caplog.text


def test_only_trusted_proxies_say_whence_a_request_came() -> None:
    told = ("X-Forwarded-For: 9.9.9.9, 203.0.113.7", "X-Forwarded-Proto: https", "X-Forwarded-Host: b.example")
    for proxies, expected in ((0, ("127.0.0.1", "http", "a")), (1, ("203.0.113.7", "https", "b.example"))):
        asked = Behind()
        with running(asked, asked, proxies=proxies):
            asked.send(request("GET /", "Host: a", *told))
        (environ,) = asked.asked
        assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], environ["HTTP_HOST"]) == expected
