"""Which addresses a webhook may have: only those of the public Internet, so that nobody reaches our own network."""

import ipaddress
import socket
import threading
from ipaddress import IPv4Address, IPv6Address
from queue import Empty, Queue

from amends.post.trouble import FailedError

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
"""An IPv4 address in an IPv6 one (RFC 3056), which nobody uses any more (RFC 7526)."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""An IPv4 address as a network that has only IPv6 sees it (RFC 6052)."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet, of one host."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return _is_public_4(found)
    if found in _NAT64:
        return _is_public_4(IPv4Address(int(found) & 0xFFFFFFFF))
    return _is_public_6(found)


def resolve(host: str, port: int, seconds: float, *, loopback: bool) -> list[str]:
    """Return the addresses of a host; FailedError where it has none, or one that is not public.

    One that is not public is enough: whoever lists it beside others hopes that it is chosen. With `loopback` those of
    this machine do as well.
    """
    addresses = _look_up(host, port, seconds)
    for address in addresses:
        if not (is_public(address) or (loopback and ipaddress.ip_address(address).is_loopback)):
            raise FailedError(f"{host} is no host of the public Internet", is_down=True)
    return addresses


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """Ask the system for the addresses of a host, in a thread: nothing else ends a look-up in time."""
    answers: Queue[list[str]] = Queue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        answers.put(list(dict.fromkeys(str(address[4][0]) for address in found)))

    threading.Thread(target=look_up, name="look-up", daemon=True).start()
    try:
        addresses = answers.get(timeout=seconds)
    except Empty:
        addresses = []
    if not addresses:
        raise FailedError(f"the name {host} has no address", is_down=True)
    return addresses


def _is_public_4(address: IPv4Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _is_public_6(address: IPv6Address) -> bool:
    return address.is_global and address in _GLOBAL_UNICAST and address not in _SIX_TO_FOUR
