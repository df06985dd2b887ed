"""The private link of a case: whoever holds it is the customer. It is computed, so it need not be stored."""

import base64
import hashlib
import hmac
import re

_TOKEN = re.compile("(?P<number>[0-9a-z]{8})-(?P<mac>[A-Za-z0-9_-]{22})")
_BYTES = 16
"""128 bits: nobody guesses one (OWASP ASVS 5.0, 7.2.3)."""


def token(secret: bytes, number: str, generation: int) -> str:
    """Return the token of a case's private link. A new generation makes the earlier ones invalid."""
    mac = hmac.digest(secret, f"private link\n{number}\n{generation}".encode(), hashlib.sha256)[:_BYTES]
    return f"{number}-{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def number_in(text: str) -> str | None:
    """Return the number of the case that a token speaks of, without believing it yet."""
    found = _TOKEN.fullmatch(text)
    return found["number"] if found else None


def is_valid(secret: bytes, text: str, number: str, generation: int) -> bool:
    """Whether this is the token of that case, compared in constant time."""
    return number_in(text) == number and hmac.compare_digest(text, token(secret, number, generation))
