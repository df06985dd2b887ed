"""The 12 closed months, one by one: what came in each, and what became of it by now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from amends.figures.company import DAY
from amends.figures.facts import Fact
from amends.figures.measures import Share, Wait
from amends.figures.window import Window, closed_year, month_after, start_of


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
    counted = tuple(fact for fact in facts if fact.counts)
    return tuple(_month(first, counted) for first in _firsts(closed_year(now)))


def _firsts(year: Window) -> Iterator[date]:
    first = year.first
    while first and year.end and first < year.end:
        yield first
        first = month_after(first)


def _month(first: date, counted: tuple[Fact, ...]) -> Month:
    window = Window(first, month_after(first))
    end = start_of(month_after(first))
    wait = Wait.of(fact.replied_in for fact in counted if window.has(fact.received))
    still_open = sum(fact.is_open_before(end) for fact in counted)
    return Month(first, wait.whole, len(wait.lengths), wait, wait.within(DAY), still_open)
