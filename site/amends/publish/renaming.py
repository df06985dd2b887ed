"""Companies under another name: their folder moves, and every old address leads to the new one."""

from pathlib import Path

from amends.inbox import Inbox, renaming
from amends.publish.errors import CannotPublishError
from amends.publish.leaving import change, settings_of
from amends.record import Company, RecordError, exclusive, is_slug, load, move, once_called


def rename(content: Path, locks: Path, inbox: Inbox, old: str, new: str) -> Company:
    """Call the company `old` `new` from now on; return it as it is now.

    Its company.toml first says what it was called, then the inbox follows in one transaction, then the folder moves. So
    whatever ends this in between, the same again brings it to its end. CannotPublishError where it cannot be called
    so, RecordError where files of it have faults: those could not be shown as they were before.
    """
    with exclusive(locks, "record"):
        if not (content / old / "company.toml").is_file() and _was(content, new, old):
            company = settings_of(content, new)
            _follow(inbox, company)
            return company
        company = settings_of(content, old)
        _check(content, old, new)
        aliases = [alias for alias in dict.fromkeys((*company.aliases, old)) if alias != new]
        change(content, old, aliases=aliases)
        with inbox.writing() as connection:
            renaming.rename(connection, old, new)
        move(content / old, content / new)
        return settings_of(content, new)


def _check(content: Path, old: str, new: str) -> None:
    if not is_slug(new):
        raise CannotPublishError(
            f"{new!r} cannot be a company's address: small letters, digits and dashes, at most 40, no reserved word"
        )
    if (content / new).exists():
        raise CannotPublishError(f"there is a folder {new} in {content} already: nothing was changed")
    owner = once_called(content, new)
    if owner and owner.slug != old:
        raise CannotPublishError(f"{owner.slug} was called {new} before, and its old addresses lead to it")
    faults = [fault for fault in load(content).faults if fault.path.startswith(f"{old}/")]
    if faults:
        raise RecordError(faults)


def _was(content: Path, slug: str, old: str) -> bool:
    """Whether the company `slug` was called `old` before."""
    return is_slug(slug) and (content / slug / "company.toml").is_file() and old in settings_of(content, slug).aliases


def _follow(inbox: Inbox, company: Company) -> None:
    with inbox.writing() as connection:
        for old in company.aliases:
            renaming.rename(connection, old, company.slug)
