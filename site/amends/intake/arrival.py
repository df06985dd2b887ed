"""What every page of intake asks first: whose it is, and whether what was sent can be read."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network
from math import inf
from time import monotonic
from urllib.parse import unquote_to_bytes

from flask import request

from amends.inbox import Inbox, companies
from amends.record import Board, Company, read_board, read_company

_BEYOND_ASCII = re.compile(rb"%[89A-Fa-f]")


class Houses:
    """The companies as intake knows them: read again where the copy in memory is older than `fresh` seconds."""

    def __init__(self, inbox: Inbox, fresh: float) -> None:
        self._inbox, self._fresh = inbox, fresh
        self._texts: Mapping[str, tuple[str, str]] = {}
        self._read_at = -inf

    def find(self, slug: str) -> tuple[Company, Board] | None:
        """Return a company and the board on which it is; None where there is no such company."""
        now = monotonic()
        if now - self._read_at > self._fresh:
            with self._inbox.reading() as connection:
                self._texts = companies.get_all(connection)
            self._read_at = now
        texts = self._texts.get(slug)
        return _read(slug, *texts) if texts else None


@lru_cache(maxsize=1024)
def _read(slug: str, company: str, board: str) -> tuple[Company, Board]:
    return read_company(company, slug, "company.toml"), read_board(board, "board.toml")


def no_company(slug: str) -> str:
    """Say that there is no such company."""
    return f"There is no company “{slug[:40]}” here. Nothing was saved; please check the address."


def is_utf8() -> bool:
    """Whether the body of the request is UTF-8: what is not would be stored with holes.

    RequestEntityTooLarge where the body is longer than the service takes.
    """
    sent = request.get_data(cache=True, parse_form_data=False)
    if sent.isascii() and not _BEYOND_ASCII.search(sent):
        return True
    if request.mimetype == "application/x-www-form-urlencoded":
        sent = unquote_to_bytes(sent.replace(b"+", b" "))
    try:
        sent.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def network_of(secret: bytes, address: str | None) -> str | None:
    """Name the network of an address without saying which it is: an IPv4 /24, an IPv6 /48, what one household has.

    None for an address that is no visitor's: a proxy on this machine that the settings do not know of must not make
    one network of all visitors.
    """
    network = _network(address or "")
    named = f"network\n{network}".encode()
    return hashlib.blake2b(named, key=secret, digest_size=16).hexdigest() if network else None


@lru_cache(maxsize=4096)
def _network(address: str) -> str | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    found = getattr(found, "ipv4_mapped", None) or found
    return None if found.is_loopback else str(ip_network((found, 24 if found.version == 4 else 48), strict=False))
