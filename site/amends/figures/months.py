"""The 12 closed months, one by one: what came in each, and what became of it by now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from amends.figures.company import DAY
from amends.figures.facts import Fact
from amends.figures.measures import Share, Wait
from amends.figures.tally import Tally, by_month, total
from amends.figures.window import Window, closed_year, month_after


@dataclass(frozen=True, slots=True)
class Month:
    """What was received from its `first` day on; `open_at_end` counts every case then open, whenever it came."""

    first: date
    received: int
    answered: int
    first_reply: Wait
    within_day: Share
    open_at_end: int

    @property
    def unanswered(self) -> int:
        """How many of those received have had no answer to this day."""
        return self.received - self.answered

    @property
    def median(self) -> timedelta | None:
        """The median time to the first reply; None where fewer than half have one."""
        return self.first_reply.percentile(50)


def months(facts: Iterable[Fact], now: datetime) -> tuple[Month, ...]:
    """Return the 12 closed calendar months in UTC before the month of `now`, oldest first."""
    # In no zone does a month look any different.
    return months_of(by_month(facts, now, UTC), now)


def months_of(tallies: Mapping[date, Tally], now: datetime) -> tuple[Month, ...]:
    """Return the 12 closed months before that of `now`; the tallies are those of all months, by their first days."""
    opened = total(tallies.values()).opened
    return tuple(
        _month(first, tallies.get(first, Tally()), sum(change for at, change in opened.items() if at <= first))
        for first in _firsts(closed_year(now))
    )


def _firsts(year: Window) -> Iterator[date]:
    first = year.first
    while first and year.end and first < year.end:
        yield first
        first = month_after(first)


def _month(first: date, found: Tally, still_open: int) -> Month:
    wait = Wait.of_seconds(found.replies, found.received)
    return Month(first, wait.whole, len(wait.lengths), wait, wait.within(DAY), still_open)
