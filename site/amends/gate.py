"""What is asked of every request that visitors send without an account: is it ours, can it be read, whence it came."""

import hashlib
import re
from functools import lru_cache
from ipaddress import ip_address, ip_network
from urllib.parse import unquote_to_bytes

from flask import request

_BEYOND_ASCII = re.compile(rb"%[89A-Fa-f][0-9A-Fa-f]")


def is_foreign(url: str) -> bool:
    """Whether another site's page sent the request to the service at `url`: visitors do nothing unawares.

    Browsers send Origin with every POST (Fetch standard, 3.2) and say where it came from in Sec-Fetch-Site
    (W3C Fetch Metadata); what sends neither is no browser, and nobody's visitor.
    """
    origin = request.headers.get("Origin", url)
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return origin != url or site not in ("same-origin", "none")


def wants_json() -> bool:
    """Whether the answer is for a program, such as the widget, and not for somebody's eyes."""
    return "application/json" in request.headers.get("Accept", "")


def is_utf8() -> bool:
    """Whether the body of the request is UTF-8: what is not would be stored with holes.

    RequestEntityTooLarge where the body is longer than the service takes.
    """
    sent = request.get_data(cache=True, parse_form_data=False)
    if request.mimetype == "application/x-www-form-urlencoded":
        return is_utf8_form(sent)
    return _is_utf8(sent)


def is_utf8_form(sent: bytes) -> bool:
    """Whether what stands in a form's URL-encoded body is UTF-8."""
    if sent.isascii() and not _BEYOND_ASCII.search(sent):
        return True
    return _is_utf8(unquote_to_bytes(sent.replace(b"+", b" ")))


def _is_utf8(sent: bytes) -> bool:
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
