"""Days of the calendar that stand in a text."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from babel import Locale

_ISO = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)")
_POINTS = re.compile(r"(?<![\d.])(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?:[./](?P<year>\d{4})?)?(?![\d./])")
_HAN = re.compile(r"(?:(?P<year>\d{4}) ?年 ?)?(?P<month>\d{1,2}) ?月 ?(?P<day>\d{1,2}) ?[日号號]")
_HALF_A_YEAR = 183


def days_in(text: str, tag: str, today: date) -> Iterator[tuple[date, tuple[int, int]]]:
    """Yield each day that a text names with where it stands; one without a year is the nearest to today.

    `3/12` is the third of December here; whoever writes the month first means a day that may be another.
    """
    for pattern in (_ISO, _HAN) if tag.startswith("zh") else (_ISO, _POINTS, *_named(tag)):
        for found in pattern.finditer(text):
            on = _day(found.groupdict(), tag, today)
            if on:
                yield on, found.span()


def _day(facts: dict[str, str | None], tag: str, today: date) -> date | None:
    month = facts["month"] or ""
    try:
        number = int(month) if month.isdecimal() else _months(tag)[month.casefold()]
        year, day = facts["year"], int(facts["day"] or "")
        if year:
            return date(int(year), number, day)
        near = (date(each, number, day) for each in (today.year - 1, today.year, today.year + 1))
        return next((on for on in near if abs((on - today).days) < _HALF_A_YEAR), None)
    except ValueError:
        return None  # there is no such day


@cache
def _months(tag: str) -> dict[str, int]:
    """Return the numbers of the months by their names, long and short, as they stand beside a day and alone."""
    every = Locale.parse(tag).months
    return {
        name.casefold().rstrip("."): number
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in every[context][width].items()
    }


@cache
def _named(tag: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of a day beside the name of its month: `3 November`, and in English `November 3` too."""
    month = f"(?P<month>{'|'.join(sorted(map(re.escape, _months(tag)), key=len, reverse=True))})"
    day = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|e|\.)?"
    year = r"(?!\w)(?:,? (?:de )?(?P<year>\d{4}))?"
    written = [rf"(?<!\w){day} (?:de |of )?{month}{year}"]
    if tag == "en":
        written.append(rf"(?<!\w){month} {day}{year}")
    return tuple(re.compile(each, re.IGNORECASE) for each in written)
