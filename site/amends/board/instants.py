"""Instants as the record and the machines write them: one stands on a page of a case four times."""

from datetime import datetime
from functools import lru_cache

from amends import clock

stamp = lru_cache(maxsize=1024)(clock.stamp)
"""Write an instant as `2026-11-02T09:14:05Z`."""


def date(at: datetime) -> str:
    """Write the day of an instant, in UTC, as `2026-11-02`."""
    return stamp(at)[:10]
