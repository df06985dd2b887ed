"""The time, as everything else is handed it: aware, in UTC, in whole seconds.

Nothing but this module asks the system for the time, so that a test or a build can fix it.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]

_STAMP = "%04d-%02d-%02dT%02d:%02d:%02dZ"
_STAMPED = re.compile("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z")


def system() -> datetime:
    """Return the system's time in UTC, cut to whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp(at: datetime) -> str:
    """Write an instant as the record does: `2026-11-02T09:14:05Z` (RFC 3339, always UTC)."""
    utc = at.astimezone(UTC)
    # A third of the time that `strftime` takes, which writes years before 1000 without their zeros.
    return _STAMP % (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second)


def parse(text: str) -> datetime:
    """Read `2026-11-02T09:14:05Z`; ValueError for any other spelling, so that each instant has just one.

    Years count from 1000.
    """
    try:
        # `fromisoformat` reads other spellings too, a midnight at 24:00 among them since Python 3.14.
        if not _STAMPED.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"not a time like 2026-11-02T09:14:05Z: {text}") from None
