"""The stretch of time that figures are about. Months are calendar months in UTC, as in the ledger."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `first` on and before `end`, in UTC; None: without that limit. A case belongs to its receipt's."""

    first: date | None
    end: date | None

    def has(self, received: datetime) -> bool:
        """Whether a case received then belongs to it."""
        return self.has_day(received.astimezone(UTC).date())

    def has_day(self, day: date) -> bool:
        """Whether it is one of its days."""
        return (self.first is None or self.first <= day) and (self.end is None or day < self.end)


ALL_TIME = Window(None, None)
"""Everything ever received."""


def closed_year(now: datetime) -> Window:
    """Return the 12 closed calendar months before the month of `now`."""
    end = month_of(now)
    return Window(end.replace(year=end.year - 1), end)


def month_of(at: datetime) -> date:
    """Return the first day of the month of an instant."""
    day = at.astimezone(UTC)
    return date(day.year, day.month, 1)


def month_after(first: date) -> date:
    """Return the first day of the month after the one that begins on `first`."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def start_of(day: date) -> datetime:
    """Return the first instant of a day."""
    return datetime.combine(day, time(0), UTC)
