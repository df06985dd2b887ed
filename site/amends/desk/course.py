"""How it goes at a company: this week beside the one before, which topics grow, and who waits longest."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from amends.board import five
from amends.desk.accounts import Moment, Noted
from amends.figures import Fact, Wait
from amends.language import language

WEEK = timedelta(days=7)

MONTH = timedelta(days=28)
"""Four weeks: as many of each day of the week on both sides."""

LONGEST = 10
"""How many of those who wait are shown."""

_EN = language("en")
"""The desk's language."""

_COUNTED = (
    ("received", "Received"),
    ("answered", "First replies given"),
    ("kept", "Promises kept"),
    ("broken", "Promises broken"),
    ("overdue", "Promises that fell overdue"),
    ("solved", "Verdicts: solved"),
    ("partly", "Verdicts: partly"),
    ("unsolved", "Verdicts: not solved"),
    ("gift", "Gifts offered"),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the two weeks: what it is called, its value in each, and the difference in words."""

    called: str
    this: str
    before: str
    change: str


@dataclass(frozen=True, slots=True)
class Trend:
    """How many cases came in on a topic within `MONTH`, and in the one before; an empty topic is one nobody knows.

    `bar` and `bar_before` are the same in percent of the largest number of all topics.
    """

    topic: str
    this: int
    before: int
    bar: float
    bar_before: float

    @property
    def change(self) -> str:
        """The difference in words."""
        return more_or_fewer(self.this - self.before)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits in a case: since when, for what, and until when they were told that it takes."""

    number: str
    since: datetime
    due: datetime
    what: str


def weeks(noted: Iterable[Noted], others: Iterable[Moment], now: datetime) -> tuple[Compared, ...]:
    """Compare the seven days to `now` with the seven before; `others` is what happened besides. Empty: nothing did."""
    recent = [one for one in noted if one.latest > now - 2 * WEEK]
    moments = [*others, *(moment for one in recent for moment in one.moments)]
    this, before = (_counted(moments, end) for end in (now, now - WEEK))
    if not this and not before:
        return ()
    lines = [
        Compared(called, str(this[what]), str(before[what]), more_or_fewer(this[what] - before[what]))
        for what, called in _COUNTED
    ]
    facts = [one.fact for one in recent]
    lines.insert(2, _medians(_first_replies(facts, now), _first_replies(facts, now - WEEK)))
    return tuple(lines)


def _counted(moments: Iterable[Moment], end: datetime) -> Counter[str]:
    return Counter(what for at, what in moments if end - WEEK < at <= end)


def _first_replies(facts: Iterable[Fact], end: datetime) -> Wait:
    """Return how long those waited who wrote in the week to `end`, as it was then: both weeks had the same time."""
    came = [fact for fact in facts if fact.counts and end - WEEK < fact.received <= end]
    return Wait.of(fact.replied_in if fact.first_reply and fact.first_reply <= end else None for fact in came)


def _medians(this: Wait, before: Wait) -> Compared:
    change = "" if this.too_few or before.too_few else _longer(this.percentile(50), before.percentile(50))
    return Compared("Median time to first reply", five.median(_EN, this), five.median(_EN, before), change)


def _longer(this: timedelta | None, before: timedelta | None) -> str:
    if this is None or before is None:
        return ""
    difference = five.rounded_up(this) - five.rounded_up(before)
    if not difference:
        return "= as before"
    return f"{'+' if difference > timedelta() else '−'}{_EN.duration(abs(difference))} {_than(difference)}"


def _than(difference: timedelta) -> str:
    return "longer" if difference > timedelta() else "shorter"


def more_or_fewer(difference: int) -> str:
    """Say a difference with its sign and in words."""
    if not difference:
        return "= as before"
    return f"+{difference} more" if difference > 0 else f"−{-difference} fewer"


def trends(noted: Iterable[Noted], private: Mapping[str, str], now: datetime) -> Sequence[Trend]:
    """Return the topics of what came in within twice `MONTH`, the one that grows most on top.

    `private` are the topics of cases that have none on the board, by their numbers.
    """
    this: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for fact in (one.fact for one in noted if one.fact.counts):
        if now - 2 * MONTH < fact.received <= now:
            counted = this if fact.received > now - MONTH else before
            counted[fact.topic or private.get(fact.case, "")] += 1
    scale = 100 / max([*this.values(), *before.values()], default=1)
    found = [
        Trend(topic, this[topic], before[topic], round(scale * this[topic], 2), round(scale * before[topic], 2))
        for topic in this.keys() | before.keys()
    ]
    return sorted(found, key=lambda trend: (trend.before - trend.this, -trend.this, trend.topic))


def longest(noted: Iterable[Noted], unread: Iterable[Waiting], now: datetime, zone: tzinfo) -> Sequence[Waiting]:
    """Return who has waited longest, at most `LONGEST`; `unread` are those in whose cases nobody else can read."""
    found = {one.number: one for one in unread}
    for one in noted:
        waits = _waits(one, now, zone)
        if waits is not None:
            found.setdefault(waits.number, waits)
    return sorted(found.values(), key=lambda waits: (waits.since, waits.number))[:LONGEST]


def _waits(noted: Noted, now: datetime, zone: tzinfo) -> Waiting | None:
    number, owed, found = noted.fact.case, noted.owed, []
    if owed is not None:
        found.append(Waiting(number, owed.since, owed.due, "answer again" if noted.fact.first_reply else "first reply"))
    late = noted.overdue_promise(now, zone)
    if late is not None:
        found.append(Waiting(number, late, late, "promise overdue"))
    return min(found, key=lambda waits: waits.since, default=None)
