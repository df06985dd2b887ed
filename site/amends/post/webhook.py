"""Calls to webhooks, signed as Standard Webhooks says (https://www.standardwebhooks.com, version 1.0.0)."""

import base64
import hashlib
import hmac
import socket
import ssl
import time
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from typing import Any

from amends.inbox.webhooks import Webhook, read_url
from amends.post.network import resolve
from amends.post.trouble import FailedError, UndeliverableError

CONNECT_SECONDS, ALL_SECONDS = 5.0, 10.0
"""How long a call may take until it is connected, and until its answer is there."""
GONE = 410
"""The status with which the other side says that it wants no more calls."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is told to a webhook. `id` is the same at every attempt, so that a repeated call can be told from a new."""

    id: str
    timestamp: int
    body: bytes

    def headers(self, key: bytes) -> dict[str, str]:
        """Return the headers that sign this call with a webhook's key."""
        signed = b".".join((self.id.encode(), str(self.timestamp).encode(), self.body))
        signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        return {
            "content-type": "application/json",
            "user-agent": "Amends",
            "webhook-id": self.id,
            "webhook-timestamp": str(self.timestamp),
            "webhook-signature": f"v1,{signature}",
        }


class GoneError(UndeliverableError):
    """The other side wants no more calls, ever."""


class Caller:
    """Calls webhooks: over HTTPS, at public addresses only, in bounded time, wherever an answer tries to send us.

    `loopback` lets it call this machine, for tests; `trust` is what certificates are checked with.
    """

    def __init__(
        self, *, loopback: bool = False, trust: ssl.SSLContext | None = None, seconds: float = ALL_SECONDS
    ) -> None:
        self._loopback, self._seconds = loopback, seconds
        self._trust = trust or ssl.create_default_context()
        self._trust.sslsocket_class = _Hurried

    def call(self, hook: Webhook, call: Call) -> None:
        """Make a call; FailedError where it was not taken, GoneError where no call ever will be."""
        parts = read_url(hook.url)
        host, port = parts.hostname or "", parts.port or 443
        ends = time.monotonic() + self._seconds
        addresses = resolve(host, port, min(CONNECT_SECONDS, self._seconds), loopback=self._loopback)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            with closing(_Pinned(host, port, addresses, self._trust, ends)) as connection:
                connection.request("POST", target, call.body, call.headers(hook.key))
                # Of an answer only this: nothing in its body matters to us, however long or slow it is.
                status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            raise FailedError(f"{type(error).__name__}: {error}", is_down=True) from error
        if status == GONE:
            raise GoneError("the webhook answered that it is gone")
        if not 200 <= status < 300:
            raise FailedError(f"the webhook answered {status}", is_down=True)


class _Hurried(ssl.SSLSocket):
    """A socket on which everything together ends in time: a server that sends a byte now and then does not hold us."""

    ends = float("inf")

    def recv_into(self, *given: Any) -> int:
        self.settimeout(_left(self.ends))
        return super().recv_into(*given)


class _Pinned(HTTPSConnection):
    """A connection to addresses that were looked up and checked, and not to what the name means a moment later."""

    def __init__(self, host: str, port: int, addresses: list[str], trust: ssl.SSLContext, ends: float) -> None:
        super().__init__(host, port, context=trust)
        self._name, self._addresses, self._trust, self._ends = host, addresses, trust, ends

    def connect(self) -> None:
        plain = self._reach(min(self._ends, time.monotonic() + CONNECT_SECONDS))
        try:
            secure = self._trust.wrap_socket(plain, server_hostname=self._name)
        except BaseException:
            plain.close()
            raise
        if isinstance(secure, _Hurried):
            secure.ends = self._ends
        secure.settimeout(_left(self._ends))
        self.sock = secure

    def _reach(self, ends: float) -> socket.socket:
        """Connect to the first address that answers; the handshake has to be done by then too."""
        failure = OSError("no address")
        for address in self._addresses:
            try:
                plain = socket.create_connection((address, self.port), _left(ends))
                plain.settimeout(_left(ends))
            except OSError as error:
                failure = error
            else:
                return plain
        raise failure


def _left(ends: float) -> float:
    """Return how many seconds are left; TimeoutError where none are."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    return left
