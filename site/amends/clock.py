"""The time, as everything else is handed it: aware, in UTC, in whole seconds.

Nothing but this module asks the system for the time, so that a test or a build can fix it.
"""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system() -> datetime:
    """Return the system's time in UTC, cut to whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp(at: datetime) -> str:
    """Write an instant as the record does: `2026-11-02T09:14:05Z` (RFC 3339, always UTC)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> datetime:
    """Read `2026-11-02T09:14:05Z`; ValueError for any other spelling, so that each instant has just one."""
    at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if stamp(at) != text:
        raise ValueError(f"not a time like 2026-11-02T09:14:05Z: {text}")
    return at
