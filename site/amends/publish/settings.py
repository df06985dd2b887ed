"""A company's settings, changed in the record by whoever may. They count at once, since they can be changed back."""

from collections.abc import Mapping
from pathlib import Path

from amends.publish.errors import CannotPublishError
from amends.publish.telling import CHANGED, mark_of
from amends.record import Value, exclusive, read_text, settle, write_whole
from amends.record.front import MAX_BYTES


def settings_file(content: Path, slug: str) -> tuple[str, str]:
    """Return the text of a company's settings and its mark; RecordError where it cannot be read."""
    text = read_text(content / slug / "company.toml", f"{slug}/company.toml")
    return text, mark_of(text)


def put_settings(content: Path, locks: Path, slug: str, basis: str, wanted: Mapping[str, Value]) -> bool:
    """Change a company's settings to these values; return whether any was another one.

    CannotPublishError where the file is no longer the one with the mark `basis`, RecordError where it or what it would
    be has a fault. Then nothing is written.
    """
    with exclusive(locks, "record"):
        text, mark = settings_file(content, slug)
        if mark != basis:
            raise CannotPublishError(CHANGED)
        new = settle(text, slug, wanted)
        if len(new.encode()) > MAX_BYTES:
            raise CannotPublishError(f"the settings would be larger than {MAX_BYTES} bytes, which no file may be")
        if new == text:
            return False
        write_whole(content / slug / "company.toml", new.encode())
    return True
