"""When a company is open: its hours of business, its holidays, and the clock that runs only in them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import groupby, pairwise

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of a week as company.toml calls them."""

AT_MOST = timedelta(days=7)
"""By then an answer is due, however little of that time the company was open: nobody looks punctual by being closed."""

A_LEAP_YEAR = 2000
"""A year that has every day of a year."""

Spans = tuple[tuple[int, int], ...]
"""From which minute of a day to which one is open, in their order; 1440 is the midnight at its end."""

_DAY = "|".join(DAYS)
_LINE = re.compile(rf"({_DAY})(?:-({_DAY}))? ([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")
_HOLIDAY = re.compile(r"(?:[0-9]{4}-)?[0-9]{2}-[0-9]{2}")
_MIDNIGHT = 24 * 60
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of business by the days of a week from Monday; none are named where `week` is empty.

    `holidays` are days, `2026-12-25`, or days of every year, `12-25`. They are closed.
    """

    week: tuple[Spans, ...] = ()
    holidays: tuple[str, ...] = ()

    def is_working_day(self, day: date) -> bool:
        """Whether the company is open on a day: from Monday to Friday where no hours are named, and on no holiday."""
        is_open = bool(self.week[day.weekday()]) if self.week else day.weekday() < 5
        written = day.isoformat()
        return is_open and written not in self.holidays and written[5:] not in self.holidays

    def counts(self, hours: int) -> bool:
        """Whether so many hours are hours of business: where any are named, and they are fewer than `AT_MOST` has."""
        return bool(self.week) and timedelta() < hours * _HOUR < AT_MOST

    def after(self, start: datetime, hours: int, zone: tzinfo) -> datetime:
        """Return the instant in UTC at which so many hours of business have passed since `start`.

        What passes is real time, also on days on which clocks change. That a wall time is skipped or comes twice is
        resolved as `zoneinfo` does with a fold of 0 (PEP 495): a skipped one by the offset before the change, one
        that comes twice is the first. Never later than `AT_MOST` after `start`, or than so many hours by the clock on
        the wall if those are more; where no hours of business are named, just so many hours by that clock.
        """
        start = start.astimezone(UTC)
        left = hours * _HOUR
        if not self.counts(hours):
            return start + left
        reached, last = start, start + AT_MOST
        for opens, closes in self._spans(start, last, zone):
            reached = max(reached, opens)
            if closes - reached >= left:
                return min(reached + left, last)
            if closes > reached:
                left, reached = left - (closes - reached), closes
        return last

    def groups(self) -> Iterator[tuple[int, int, Spans]]:
        """Yield the first and the last of days that follow each other from Monday with the same hours, and these."""
        for spans, days in groupby(range(len(self.week)), key=self.week.__getitem__):
            first, *others = days
            if spans:
                yield first, others[-1] if others else first, spans

    def _spans(self, start: datetime, last: datetime, zone: tzinfo) -> list[tuple[datetime, datetime]]:
        """Return when it is open from `start` to `last`, and somewhat around it, in the order of the openings."""
        # A day more on both sides: where clocks change at midnight, a time of one day can fall on the next.
        first, end = start.astimezone(zone).date() - timedelta(days=1), last.astimezone(zone).date()
        days = (first + timedelta(days=ahead) for ahead in range((end - first).days + 2))
        return sorted(
            (_instant(day, opens, zone), _instant(day, closes, zone))
            for day in days
            if self.is_working_day(day)
            for opens, closes in self.week[day.weekday()]
        )


def read_week(lines: Sequence[str]) -> tuple[Spans, ...]:
    """Read hours of business, each like `mon-fri 09:00-17:30`; ValueError says what was expected."""
    week: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for line in lines:
        days, span = _read(line)
        for day in days:
            week[day].append(span)
    found = tuple(tuple(sorted(spans)) for spans in week)
    for name, spans in zip(DAYS, found, strict=True):
        if any(closes > opens for (_, closes), (opens, _) in pairwise(spans)):
            raise ValueError(f"hours that do not overlap, as those on {name} do")
    if sum(closes - opens for spans in found for opens, closes in spans) < 60:
        raise ValueError("at least one hour a week")
    return found


def write_week(hours: Hours) -> tuple[str, ...]:
    """Return the lines that read as these hours of business."""
    return tuple(
        f"{DAYS[first]}{f'-{DAYS[last]}' if last > first else ''} {write_span(span)}"
        for first, last, spans in hours.groups()
        for span in spans
    )


def write_span(span: tuple[int, int], dash: str = "-") -> str:
    """Write from when to when one is open, `09:00-17:30`."""
    return dash.join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)


def read_holidays(days: Iterable[str]) -> tuple[str, ...]:
    """Return holidays in the order of their names; ValueError says what was expected."""
    return tuple(sorted({_holiday(day) for day in days}))


def _read(line: str) -> tuple[list[int], tuple[int, int]]:
    found = _LINE.fullmatch(line)
    if not found:
        raise ValueError(f"hours like mon-fri 09:00-17:30, which {line[:40]!r} is not")
    first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
    opens = int(found[3]) * 60 + int(found[4])
    closes = int(found[5]) * 60 + int(found[6]) if found[5] else _MIDNIGHT
    if opens >= closes:
        raise ValueError(f"hours that end on the day on which they begin, as in {line!r} they do not")
    return [(first + ahead) % len(DAYS) for ahead in range((last - first) % len(DAYS) + 1)], (opens, closes)


def _holiday(day: str) -> str:
    try:
        if not _HOLIDAY.fullmatch(day):
            raise ValueError
        date.fromisoformat(day if len(day) > 5 else f"{A_LEAP_YEAR}-{day}")
    except ValueError:
        raise ValueError(f"days like 2026-12-25, or 12-25 for every year, which {day[:40]!r} is not") from None
    return day


def _instant(day: date, minute: int, zone: tzinfo) -> datetime:
    if minute == _MIDNIGHT:
        day, minute = day + timedelta(days=1), 0
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)
