"""What the links in a mail do when their button is pressed. Following one changes nothing: mail scanners do that.

`confirming` and `may_stop` are for the page with the button, `confirm` and `stop` for what it sends. The token is the
authority: there is no cookie and no session, and a provider that unsubscribes somebody (RFC 8058) comes from elsewhere.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from amends import links
from amends.inbox import cases, correspondents
from amends.inbox.cases import Received


@dataclass(frozen=True, slots=True)
class Confirming:
    """An address that a token confirms, and the case it was left with. `confirmed` says since when it is."""

    received: Received
    email: str
    confirmed: datetime | None


def confirming(connection: Connection, secret: bytes, token: str) -> Confirming | None:
    """Return what a token confirms; None where it is not valid, or the case has another address by now, or none."""
    number = links.number_in(token)
    received = cases.get(connection, number) if number else None
    if received is None:
        return None
    contact = cases.contacts_of(connection, received.number)
    if not contact.email:
        return None
    if not links.is_confirmation(secret, token, received.number, received.generation, contact.email):
        return None
    return Confirming(received, contact.email, contact.confirmed)


def confirm(connection: Connection, secret: bytes, token: str, now: datetime) -> Confirming | None:
    """Note that an address is its customer's, and that mail is wanted there; None where the token is not valid."""
    found = confirming(connection, secret, token)
    if found:
        digest = links.address_digest(secret, found.email)
        correspondents.confirm(connection, found.received.number, digest, now)
    return found


def may_stop(secret: bytes, token: str) -> bool:
    """Whether a token stops all mail to an address."""
    return links.stopped_by(secret, token) is not None


def stop(connection: Connection, secret: bytes, token: str, now: datetime) -> bool:
    """Note that no more mail is wanted at an address; False where the token is not valid."""
    digest = links.stopped_by(secret, token)
    if digest is not None:
        correspondents.stop(connection, digest, now)
    return digest is not None
