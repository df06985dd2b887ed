"""The private store, for the commands that need it: kept apart, since a build needs none of what this imports."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from amends.commands.common import Errors
from amends.inbox import Inbox, StoreUnavailableError
from amends.record import is_slug
from amends.settings import Settings

FAILURES: Errors = (StoreUnavailableError,)


@contextmanager
def opened(settings: Settings) -> Iterator[Inbox]:
    """Open the store, brought up to this version, until the block ends."""
    inbox = Inbox(settings.database)
    try:
        inbox.migrate()
        yield inbox
    finally:
        inbox.close()


def check_company(settings: Settings, slug: str) -> None:
    """Refuse a company that the record does not have."""
    if not (is_slug(slug) and (settings.content / slug / "company.toml").is_file()):
        raise click.UsageError(f"no company {slug} in {settings.content}: amends company add {slug}")
