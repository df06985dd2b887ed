"""Where a company's own systems are told what happens. Nothing of it is ever in the public record."""

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import Connection, delete, insert, select, update

from amends.inbox.schema import webhook

PREFIX = "whsec_"
"""What a secret begins with (Standard Webhooks, "Signature scheme")."""
_BYTES = 32


class WebhookError(ValueError):
    """A webhook cannot be set up so; the text says why."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A company's webhook. `stopped` says since when the other side is gone for good."""

    url: str
    secret: str = field(repr=False)
    created: datetime
    stopped: datetime | None = None

    @property
    def key(self) -> bytes:
        """What signs: the bytes of the secret."""
        return base64.b64decode(self.secret.removeprefix(PREFIX))


def new_secret() -> str:
    """Make a secret of 256 bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def put(connection: Connection, company: str, url: str, secret: str, now: datetime) -> None:
    """Store a company's webhook in place of an earlier one; WebhookError where URL or secret do not do."""
    read_url(url)
    try:
        size = len(base64.b64decode(secret.removeprefix(PREFIX), validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if not secret.startswith(PREFIX) or not 24 <= size <= 64:
        raise WebhookError(f"the secret should be {PREFIX} and 24 to 64 bytes in base64")
    remove(connection, company)
    connection.execute(insert(webhook).values(company=company, url=url, secret=secret, created=now))


def get(connection: Connection, company: str) -> Webhook | None:
    """Return a company's webhook."""
    columns = (webhook.c.url, webhook.c.secret, webhook.c.created, webhook.c.stopped)
    row = connection.execute(select(*columns).where(webhook.c.company == company)).first()
    return Webhook(*row) if row else None


def all_of_them(connection: Connection) -> dict[str, Webhook]:
    """Return the webhooks of all companies that have one."""
    columns = (webhook.c.company, webhook.c.url, webhook.c.secret, webhook.c.created, webhook.c.stopped)
    query = select(*columns).order_by(webhook.c.company)
    return {company: Webhook(*facts) for company, *facts in connection.execute(query)}


def stop(connection: Connection, company: str, url: str, now: datetime) -> None:
    """Note that a company's webhook is gone for good, if it still is that one."""
    query = update(webhook).where(webhook.c.company == company, webhook.c.url == url)
    connection.execute(query.values(stopped=now))


def remove(connection: Connection, company: str) -> None:
    """Forget a company's webhook."""
    connection.execute(delete(webhook).where(webhook.c.company == company))


def read_url(url: str) -> SplitResult:
    """Return the parts of a URL that may be a webhook's: https, a host in ASCII, no user. WebhookError for others."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    is_plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    is_whole = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc and port != 0
    if not (is_plain and is_whole) or parts.fragment or len(url) > 2000:
        raise WebhookError("a webhook's address should be like https://acme.example/hooks/amends")
    return parts


def lane_of(url: str) -> str:
    """Return what takes the calls of a webhook: its host and port."""
    parts = read_url(url)
    return f"{parts.hostname}:{parts.port or 443}"
