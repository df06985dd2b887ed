"""Passwords: which may be chosen, how they are stored, how they are compared. OWASP ASVS 5.0, 6.2, where no other."""

import re
import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

SHORTEST, LONGEST = 8, 128
"""In characters (6.2.1, 6.2.9). There is no rule about what they are (6.2.5), and none is cut off (6.2.8)."""

_hasher = PasswordHasher()
_OURS = ("amends", "feedback")
"""Words that somebody thinks of who is asked for a password here (6.2.11)."""


class PasswordError(ValueError):
    """A password cannot be chosen; the text says why."""


def check(password: str, *known: str) -> None:
    """Raise PasswordError where a password is too short or too long, or among the first that are guessed.

    `known` is what everybody knows of the person: a password is none that is one of them with some digits.
    """
    password = _normal(password)
    if len(password) < SHORTEST:
        raise PasswordError(f"The password is too short: {SHORTEST} characters at least.")
    if len(password) > LONGEST:
        raise PasswordError(f"The password is too long: {LONGEST} characters at most.")
    if password.casefold() in _common():
        raise PasswordError("This password is one of the most common ones, which are tried first. Choose another.")
    if _letters(password) in {_letters(word) for word in (*known, *_OURS)} - {""}:
        raise PasswordError("This password is a name that others know. Choose another.")


def hashed(password: str) -> str:
    """Return what of a password is stored (argon2id; RFC 9106, 4: the second recommended option)."""
    return _hasher.hash(_normal(password))


def is_right(stored: str, password: str) -> bool:
    """Whether this is the password of which that is stored; where nothing is (empty), it is none, and takes as long."""
    try:
        _hasher.verify(stored or _nothing(), _normal(password))
    except VerifyMismatchError:
        return False
    return True


@cache
def _nothing() -> str:
    return _hasher.hash(secrets.token_hex(16))


@cache
def _common() -> frozenset[str]:
    """Return the most frequent passwords of leaks, of zxcvbn's 30,000 those that are long enough: 11,611 (6.2.4)."""
    # A tenth of a second and twenty megabytes, which most processes never need.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST)


def _normal(password: str) -> str:
    """Return a password as it is, whichever way a keyboard composes its letters (NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFC", password)


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", _normal(text).casefold())
