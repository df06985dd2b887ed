"""Links that are an authority to whoever holds them. They are computed, so they need not be stored.

The private link of a case makes its holder the customer. Two more stand in mails alone: one says that the address is
the customer's, one that no more mail is wanted there.
"""

import base64
import hashlib
import hmac
import re

_TOKEN = re.compile("(?P<number>[0-9a-z]{8})-(?P<mac>[A-Za-z0-9_-]{22})")
_STOP = re.compile("(?P<digest>[A-Za-z0-9_-]{22})-(?P<mac>[A-Za-z0-9_-]{22})")
_BYTES = 16
"""128 bits: nobody guesses one (OWASP ASVS 5.0, 7.2.3)."""


def token(secret: bytes, number: str, generation: int) -> str:
    """Return the token of a case's private link. A new generation makes the earlier ones invalid."""
    return f"{number}-{_text(_mac(secret, 'private link', number, str(generation)))}"


def number_in(text: str) -> str | None:
    """Return the number of the case that a token speaks of, without believing it yet."""
    found = _TOKEN.fullmatch(text)
    return found["number"] if found else None


def is_valid(secret: bytes, text: str, number: str, generation: int) -> bool:
    """Whether this is the token of that case, compared in constant time."""
    return number_in(text) == number and hmac.compare_digest(text, token(secret, number, generation))


def address_digest(secret: bytes, email: str) -> bytes:
    """Return what an address is known by where nobody may learn it; capital letters make no difference."""
    return _mac(secret, "address", email.lower())


def question_digest(secret: bytes, email: str, what: str) -> str:
    """Return what a question for a lost link is known by where nobody may learn the address in it."""
    return _mac(secret, "my link again", email.lower(), what.casefold().strip()).hex()


def confirmation(secret: bytes, number: str, generation: int, email: str) -> str:
    """Return the token that says that this address is that of the case's customer."""
    return f"{number}-{_text(_mac(secret, 'confirmation', number, str(generation), email.lower()))}"


def is_confirmation(secret: bytes, text: str, number: str, generation: int, email: str) -> bool:
    """Whether this is the token that confirms the address of that case, compared in constant time."""
    made = confirmation(secret, number, generation, email)
    return number_in(text) == number and hmac.compare_digest(text, made)


def stopping(secret: bytes, digest: bytes) -> str:
    """Return the token that stops all mail to the address with this digest."""
    named = _text(digest)
    return f"{named}-{_text(_mac(secret, 'no more mail', named))}"


def stopped_by(secret: bytes, text: str) -> bytes | None:
    """Return the digest of the address to which a token stops all mail; None where it is not valid."""
    found = _STOP.fullmatch(text)
    if found is None:
        return None
    digest = base64.urlsafe_b64decode(found["digest"] + "==")
    return digest if hmac.compare_digest(text, stopping(secret, digest)) else None


def _mac(secret: bytes, purpose: str, *facts: str) -> bytes:
    return hmac.digest(secret, "\n".join([purpose, *facts]).encode(), hashlib.sha256)[:_BYTES]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
