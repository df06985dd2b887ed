"""Times as the board writes them: always UTC, and the same on every machine, whatever its locale.

English for now, like words.py.
"""

from datetime import UTC, date, datetime, timedelta

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def long(at: datetime) -> str:
    """Write an instant as `2 November 2026, 09:14`, in UTC."""
    at = at.astimezone(UTC)
    return f"{day(at)}, {at.hour:02}:{at.minute:02}"


def short(at: datetime) -> str:
    """Write an instant as `2 Nov 2026, 09:14`, in UTC."""
    at = at.astimezone(UTC)
    return f"{short_day(at)}, {at.hour:02}:{at.minute:02}"


def day(on: date) -> str:
    """Write a day as `2 November 2026`."""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def short_day(on: date) -> str:
    """Write a day as `2 Nov 2026`."""
    return f"{on.day} {MONTHS[on.month - 1][:3]} {on.year}"


def brief_day(on: date) -> str:
    """Write a day as `2 Nov`, where the year stands near by."""
    return f"{on.day} {MONTHS[on.month - 1][:3]}"


def month(name: str) -> str:
    """Write `2026-11` as `November 2026`."""
    return f"{MONTHS[int(name[5:]) - 1]} {name[:4]}"


def month_of(at: datetime) -> str:
    """Write the month of an instant as `November 2026`."""
    return month(f"{at.year:04}-{at.month:02}")


def duration(length: timedelta) -> str:
    """Write a length of time in two units at most: `2 h 26 min`, `5 d 8 h`, `38 min`."""
    minutes = length // timedelta(minutes=1)
    if minutes < 1:
        return "under 1 min"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    pair = [(days, "d"), (hours, "h")] if days else [(hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in pair if number)


def roughly(length: timedelta) -> str:
    """Write a length of time as one would say it: `4 days`, `5 hours`, `20 minutes`."""
    minutes = max(round(length / timedelta(minutes=1)), 1)
    if minutes < 60:
        return counted(minutes, "minute")
    if minutes < 36 * 60:
        return counted(round(minutes / 60), "hour")
    return counted(round(minutes / 60 / 24), "day")


def within(length: timedelta) -> str:
    """Write what a company promised: `24 hours`, and `3 days` where it is whole days beyond two."""
    hours = round(length / timedelta(hours=1))
    if hours > 48 and hours % 24 == 0:
        return counted(hours // 24, "day")
    return counted(hours, "hour")


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Write `1 case` or `1,204 cases`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
