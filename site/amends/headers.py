"""What every answer of the service says to browsers, whatever it answers."""

from collections.abc import Iterable
from typing import NamedTuple


class Answer(NamedTuple):
    """What is answered to a request without a framework; the names of the headers in lower case."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def lower(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return headers with their names in lower case."""
    return [(name.lower(), value) for name, value in headers]


CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_ALWAYS = (
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    # Not `no-referrer`: with it browsers send `Origin: null` and Flask-WTF refuses forms over HTTPS.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_OVER_HTTPS = (*_ALWAYS, ("Strict-Transport-Security", "max-age=31536000"))


def hardening(*, secure: bool) -> tuple[tuple[str, str], ...]:
    """Return the headers that an answer has that does not set them itself; `secure` where it goes over HTTPS."""
    return _OVER_HTTPS if secure else _ALWAYS
