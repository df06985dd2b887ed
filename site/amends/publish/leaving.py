"""Companies that leave the board, or come back to it: one line of their settings, and nothing else of their record."""

from datetime import date
from pathlib import Path

import tomlkit

from amends.publish.errors import CannotPublishError
from amends.record import Company, exclusive, is_slug, read_company, read_text, write_whole


def leave(content: Path, locks: Path, slug: str, day: date) -> Company:
    """Note that a company left on that day; return it as it is now. One that left before keeps its day.

    CannotPublishError where there is no such company, RecordError where its company.toml has a fault.
    """
    with exclusive(locks, "record"):
        company = settings_of(content, slug)
        if company.has_left:
            return company
        return change(content, slug, status="left", left=day)


def join(content: Path, locks: Path, slug: str, other: str, day: date) -> Company:
    """Note that a company left on that day and is part of another since; return it as it is now.

    Its cases stay with their history under its own name: whoever complained of one company finds it, and its figures,
    where they were. CannotPublishError where one of the two is no company, or the other has left itself; RecordError
    where a company.toml has a fault.
    """
    with exclusive(locks, "record"):
        company, into = settings_of(content, slug), settings_of(content, other)
        if slug == other or into.has_left:
            raise CannotPublishError(f"{slug} cannot join {other}: it has to be another company, which takes part")
        return change(content, slug, status="left", left=company.left or day, joined=other)


def come_back(content: Path, locks: Path, slug: str) -> Company:
    """Note that a company takes part again; return it as it is now.

    CannotPublishError where there is no such company, RecordError where its company.toml has a fault.
    """
    with exclusive(locks, "record"):
        company = settings_of(content, slug)
        return change(content, slug, status="active", left=None, joined=None) if company.has_left else company


def settings_of(content: Path, slug: str) -> Company:
    """Return a company as its company.toml has it; see `leave` for what is raised."""
    shown = f"{slug}/company.toml"
    if not (is_slug(slug) and (content / shown).is_file()):
        raise CannotPublishError(f"no company {slug} in {content}: amends company add {slug}")
    return read_company(read_text(content / shown, shown), slug, shown)


def change(content: Path, slug: str, **values: object) -> Company:
    """Write other values into a company.toml, every other line as it was; None takes a key out. Hold the lock.

    RecordError where it would not read, or the file does not: it is as it was.
    """
    shown = f"{slug}/company.toml"
    document = tomlkit.parse(read_text(content / shown, shown))
    for key, value in values.items():
        if value is None:
            document.pop(key, None)
        else:
            document[key] = value
    text = tomlkit.dumps(document)
    company = read_company(text, slug, shown)
    write_whole(content / shown, text.encode())
    return company
