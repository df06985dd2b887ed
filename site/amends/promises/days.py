"""Which day the words for a date mean, said at a time and a place."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

Calendar = Callable[[date], bool]
"""Whether a day is a working day."""

_PAST = timedelta(days=270)
"""A date without a year that would be farther ahead is one that has passed: "2 November" said on the 18th."""

_PASSED_LATELY = timedelta(days=335)
"""The same of a month that something ends by: "by the end of November" said in February."""

_MOST_DAYS = 400


def from_monday_to_friday(day: date) -> bool:
    """Whether a day is a working day where nothing is known of holidays."""
    return day.weekday() < 5


def day_of(meaning: str, facts: Mapping[str, int], now: datetime, calendar: Calendar) -> date | None:
    """Return the last day of what is meant, or None where that has passed or is too far ahead to be meant.

    `meaning` is a key of `MEANINGS`, `now` is local time. ValueError or OverflowError: there is no such day.
    """
    return MEANINGS[meaning](facts, now, calendar)


def _ahead(days: int) -> Callable[[Mapping[str, int], datetime, Calendar], date]:
    return lambda facts, now, calendar: now.date() + timedelta(days=days + facts.get("following", 0))


def _weekday(facts: Mapping[str, int], now: datetime, calendar: Calendar) -> date:
    """The first such day after today: who means today says so. "Saturday 16" is the 16th if that is a Saturday."""
    if "day" in facts and (day := _day_of_month(facts, now, calendar)).weekday() == facts["weekday"]:
        return day
    ahead = (facts["weekday"] - now.weekday() - 1) % 7 + 1
    return now.date() + timedelta(days=ahead + 7 * facts.get("following", 0))


def _weekday_next_week(facts: Mapping[str, int], now: datetime, calendar: Calendar) -> date:
    return now.date() + timedelta(days=7 - now.weekday() + facts["weekday"] + 7 * facts.get("following", 0))


def _week(weeks: int) -> Callable[[Mapping[str, int], datetime, Calendar], date]:
    def end(facts: Mapping[str, int], now: datetime, calendar: Calendar) -> date:
        """The last working day of the week; its Sunday if there is none left."""
        sunday = now.date() + timedelta(days=6 - now.weekday() + 7 * (weeks + facts.get("following", 0)))
        if weeks and "since" in facts:
            return sunday - timedelta(days=6)
        week = [sunday - timedelta(days=days) for days in range(7)]
        return next((day for day in week if day >= now.date() and calendar(day)), sunday)

    return end


def _weekend(facts: Mapping[str, int], now: datetime, calendar: Calendar) -> date:
    return now.date() + timedelta(days=6 - now.weekday())


def _month_in(months: int) -> Callable[[Mapping[str, int], datetime, Calendar], date]:
    # "Before this month" can only be before it ends.
    return lambda facts, now, calendar: _of_month(facts if months else {}, *_months_on(now.date(), months))


def _named_month(facts: Mapping[str, int], now: datetime, calendar: Calendar) -> date | None:
    if "year" in facts:
        return _of_month(facts, facts["year"], facts["month"])
    farthest = _PASSED_LATELY if facts.keys() & {"before", "until", "end"} else _PAST
    return _not_past(_of_month(facts, now.year + (facts["month"] < now.month), facts["month"]), now, farthest)


def _of_month(facts: Mapping[str, int], year: int, month: int) -> date:
    """Its last day; "from May" is its first, and what ends "before May" ends in April."""
    if "end" in facts or not facts.keys() & {"since", "before"}:
        return date(year, month, monthrange(year, month)[1])
    return date(year, month, 1) - timedelta(days="before" in facts)


def _end_of_year(facts: Mapping[str, int], now: datetime, calendar: Calendar) -> date:
    return date(facts.get("year", now.year), 12, 31)


def _date(facts: Mapping[str, int], now: datetime, calendar: Calendar) -> date | None:
    month, day = facts["month"], facts["day"]
    if "year" in facts:
        return date(facts["year"] % 100 + 2000, month, day)
    return _not_past(date(now.year + ((month, day) < (now.month, now.day)), month, day), now)


def _day_of_month(facts: Mapping[str, int], now: datetime, calendar: Calendar) -> date:
    """The next such day; the 31st of a month that has none is in the month after."""
    if "following" in facts:
        return date(*_months_on(now.date(), 1), facts["day"])
    months = range(3) if facts["day"] >= now.day else range(1, 4)
    year, month = next(
        (year, month)
        for year, month in (_months_on(now.date(), ahead) for ahead in months)
        if facts["day"] <= monthrange(year, month)[1]
    )
    return date(year, month, facts["day"])


def _span(facts: Mapping[str, int], now: datetime, calendar: Calendar) -> date | None:
    if "working_day" in facts:
        return _working_days(facts["working_day"], now.date(), calendar)
    if months := facts.get("month", 0) + 6 * facts.get("half_year", 0):
        year, month = _months_on(now.date(), months)
        return date(year, month, min(now.day, monthrange(year, month)[1]))
    # By the wall clock: a promise of 24 hours ends at the same time of the next day, also when the clocks change.
    hours = facts.get("minute", 0) / 60 + facts.get("hour", 0)
    return (now + timedelta(days=facts.get("day", 0) + 7 * facts.get("week", 0), hours=hours)).date()


def _working_days(number: int, day: date, calendar: Calendar) -> date | None:
    """Count from the day after: what is left of today is not promised."""
    for _ in range(_MOST_DAYS):
        if number <= 0:
            return day
        day += timedelta(days=1)
        number -= calendar(day)
    return None


def _months_on(day: date, months: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + months, 12)
    return day.year + years, month + 1


def _not_past(day: date, now: datetime, farthest: timedelta = _PAST) -> date | None:
    return day if day - now.date() <= farthest else None


MEANINGS: Mapping[str, Callable[[Mapping[str, int], datetime, Calendar], date | None]] = {
    "today": _ahead(0),
    "tomorrow": _ahead(1),
    "day_after_tomorrow": _ahead(2),
    "weekday": _weekday,
    "weekday_next_week": _weekday_next_week,
    "this_week": _week(0),
    "next_week": _week(1),
    "weekend": _weekend,
    "this_month": _month_in(0),
    "next_month": _month_in(1),
    "month": _named_month,
    "this_year": _end_of_year,
    "date": _date,
    "day_of_month": _day_of_month,
    "span": _span,
}
"""What words for a date can mean, by the name that it has in the files of words."""
