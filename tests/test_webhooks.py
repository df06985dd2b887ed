"""Calls to webhooks: signed, over HTTPS, to the public Internet alone, and in bounded time."""

import io
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook as Official
from standardwebhooks import WebhookVerificationError

from amends import clock
from amends.inbox.webhooks import Webhook, lane_of, new_secret
from amends.post import webhook
from amends.post.network import is_public, resolve
from amends.post.trouble import FailedError
from amends.post.webhook import Call, Caller, GoneError
from tests.factories import START
from tests.postal import HookServer, certificate, hook_server, trust

SECRET = new_secret()
BODY = b'{"type": "case.received"}'


def a_call(body: bytes = BODY) -> Call:
    return Call("msg_1", int(clock.system().timestamp()), body)


def call(url: str, seconds: float = 10, sent: Call | None = None) -> None:
    Caller(loopback=True, trust=trust(), seconds=seconds).call(Webhook(url, SECRET, START), sent or a_call())


@pytest.fixture
def server() -> Iterator[HookServer]:
    with hook_server() as running:
        yield running


# --- Signatures ---


@given(st.dictionaries(st.text(), st.text()))
@settings(deadline=None)
def test_the_official_library_verifies_what_we_sign(data: dict[str, str]) -> None:
    sent = a_call(json.dumps(data).encode())
    headers = sent.headers(Webhook("https://x.example/", SECRET, START).key)
    assert Official(SECRET).verify(sent.body.decode(), headers) == data
    for changed in ({"webhook-id": "msg_2"}, {"webhook-timestamp": str(sent.timestamp - 1)}):
        with pytest.raises(WebhookVerificationError):
            Official(SECRET).verify(sent.body.decode(), {**headers, **changed})
    with pytest.raises(WebhookVerificationError):
        Official(new_secret()).verify(sent.body.decode(), headers)


def test_the_signature_is_that_of_the_standards_example() -> None:
    # Standard Webhooks 1.0.0, reference libraries, `test_sign_function`.
    key = Webhook("https://x.example/", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", START).key
    headers = Call("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}').headers(key)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_call_arrives_whole_and_verified(server: HookServer) -> None:
    call(server.url)
    ((path, headers, body),) = server.calls
    assert (path, body) == ("/hooks/amends?from=board", BODY)
    assert headers["host"] == f"localhost:{server.port}"
    assert headers["content-type"] == "application/json"
    assert Official(SECRET).verify(body.decode(), headers) == json.loads(BODY)


# --- Answers ---


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_answer_of_success_is_one(server: HookServer, status: int) -> None:
    server.answer = lambda: (status, {}, b"")
    call(server.url)
    assert len(server.calls) == 1


@pytest.mark.parametrize("status", [300, 301, 304, 307, 400, 401, 404, 429, 500, 503])
def test_no_other_answer_is_and_none_is_followed(server: HookServer, status: int) -> None:
    server.answer = lambda: (status, {"Location": f"https://localhost:{server.port}/elsewhere"}, b"")
    with pytest.raises(FailedError, match=f"answered {status}") as error:
        call(server.url)
    assert error.value.is_down
    assert len(server.calls) == 1


def test_whoever_is_gone_is_gone(server: HookServer) -> None:
    server.answer = lambda: (410, {}, b"")
    with pytest.raises(GoneError):
        call(server.url)


def test_of_an_answer_only_the_status_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = webhook._Hurried.recv_into

    def receive(self: webhook._Hurried, *given: object) -> int:
        asked.append(real(self, *given))
        return asked[-1]

    monkeypatch.setattr(webhook._Hurried, "recv_into", receive)
    with drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n") as port:
        call(f"https://localhost:{port}/")
    # What comes with the head is in the same buffer; after that nothing more is asked for.
    assert len(asked) == 1
    assert sum(asked) <= io.DEFAULT_BUFFER_SIZE


def test_a_certificate_that_we_do_not_trust_or_of_another_host_is_refused(server: HookServer) -> None:
    for url, context in ((server.url, None), (server.url.replace("localhost", "localhost.localdomain"), trust())):
        caller = Caller(loopback=True, trust=context, seconds=10)
        with pytest.raises(FailedError):
            caller.call(Webhook(url, SECRET, START), a_call())
    assert server.calls == []


# --- Time ---


@contextmanager
def drip(piece: bytes, *, secure: bool = True) -> Iterator[int]:
    """A server that says a piece again and again, and never comes to an end."""
    over = threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(20)

        def serve() -> None:
            try:
                plain, _ = listening.accept()
                with context.wrap_socket(plain, server_side=True) if secure else plain as connection:
                    while not over.wait(0.02):
                        connection.sendall(piece)
            except OSError:
                pass

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize(
    ("piece", "secure"),
    [(b"H", True), (b"HTTP/1.1 103 Early Hints\r\n\r\n", True), (b"", True), (b"", False), (b"\x16", False)],
    ids=["letters", "hints", "nothing", "no handshake", "half a handshake"],
)
def test_a_server_that_never_comes_to_an_end_does_not_hold_us(piece: bytes, *, secure: bool) -> None:
    with drip(piece, secure=secure) as port, pytest.raises(FailedError):
        call(f"https://localhost:{port}/", seconds=0.5)


def test_a_server_that_is_not_there_is_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(FailedError) as error:
        call(f"https://localhost:{port}/")
    assert error.value.is_down


def test_a_name_that_takes_too_long_to_look_up_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [over.wait(20)][1:])
    with pytest.raises(FailedError, match="has no address"):
        resolve("slow.example", 443, 0.1, loopback=False)
    over.set()


# --- Addresses ---


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.2.1", "192.168.1.1",
        "198.18.0.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1",
        "64:ff9b:1::8.8.8.8", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "2001::1",
        "2001:db8::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1", "100::1", "localhost", "",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_public_internet_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450::1", "64:ff9b::8.8.8.8"])
def test_an_address_of_the_public_internet_is(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
@settings(deadline=None)
def test_whatever_is_public_is_global_and_one_host(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(str(address)):
        assert address.is_global
        assert True not in (address.is_multicast, address.is_loopback, address.is_link_local, address.is_unspecified)


def found(*addresses: str) -> list[tuple[object, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]


def test_one_private_address_beside_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found("8.8.8.8", "10.0.0.1"))
    with pytest.raises(FailedError, match="is no host of the public Internet"):
        resolve("acme.example", 443, 5, loopback=False)


def test_this_machine_is_called_only_where_a_test_wants_it(server: HookServer) -> None:
    with pytest.raises(FailedError, match="is no host of the public Internet"):
        Caller(trust=trust()).call(Webhook(server.url, SECRET, START), a_call())
    assert server.calls == []


def test_the_name_is_looked_up_once_and_the_address_that_was_checked_is_called(
    server: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked, reached = socket.create_connection, [], []

    def rebinding(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return found("8.8.8.8" if len(asked) == 1 else "127.0.0.1")

    def connect(address: tuple[str, int], *given: float) -> socket.socket:
        reached.append(address)
        # As if the Internet led to our server.
        return real(("127.0.0.1", server.port), *given)

    with monkeypatch.context() as patch:
        patch.setattr(webhook, "resolve", resolved_by(rebinding))
        patch.setattr(socket, "create_connection", connect)
        Caller(trust=trust(), seconds=10).call(Webhook(server.url, SECRET, START), a_call())
    assert (asked, reached) == (["localhost"], [("8.8.8.8", server.port)])
    assert len(server.calls) == 1


def resolved_by(look_up: Callable[..., object]) -> Callable[..., list[str]]:
    """Our own look-up, which asks this one for names; addresses are nobody's to ask for."""

    def resolving(*given: object, **how: object) -> list[str]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", look_up)
            return resolve(*given, **how)  # type: ignore[arg-type]

    return resolving


def test_the_first_address_that_answers_is_taken(server: HookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = found("127.0.0.2", "127.0.0.1")
    monkeypatch.setattr(webhook, "resolve", resolved_by(lambda *_, **__: addresses))
    call(server.url)
    assert len(server.calls) == 1


def test_a_lane_is_a_host_and_its_port() -> None:
    assert lane_of("https://Acme.example/x") == "acme.example:443"
    assert lane_of("https://acme.example:8443/x") == "acme.example:8443"
