"""What is counted of cases, as sums: the tally of two sets of cases is the sum of their tallies.

Hence the tally of a month of receipt can be kept, and the figures of a longer time are made of the sum of its months.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import chain
from typing import Any, TypeVar

from amends.case import Reason
from amends.figures.facts import Ending, Fact, Place
from amends.figures.measures import SECOND
from amends.figures.pledges import Pledge, pledge_of
from amends.figures.window import Window, month_of

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Tally:
    """The sums over some cases at one instant; `Tally()` is that over none.

    `received` and all after it are about the cases that count. Lengths of time are in seconds, begun ones counted
    whole, shortest first; `promised` are the lengths within which an answer was promised.
    `against` counts the cases that stand for a customer who says no, which are none of those who `said` something.
    `opened` says by how much the number of open cases was higher at the end of a month than at its beginning.
    Months are given by their first day.
    """

    places: Mapping[Place, int] = field(default_factory=dict)
    received: int = 0
    in_time: int = 0
    replies: tuple[int, ...] = ()
    measures: tuple[int, ...] = ()
    promised: frozenset[int] = frozenset()
    longest_wait: int | None = None
    waiting_since: datetime | None = None
    endings: Mapping[Ending, int] = field(default_factory=dict)
    pledges: Mapping[Pledge, int] = field(default_factory=dict)
    against: int = 0
    again: int = 0
    again_said: int = 0
    score: int = 0
    score_said: int = 0
    promoters: int = 0
    detractors: int = 0
    recommend_said: int = 0
    withheld: Mapping[Reason, int] = field(default_factory=dict)
    topics: Mapping[tuple[str | None, date], int] = field(default_factory=dict)
    opened: Mapping[date, int] = field(default_factory=dict)

    def __add__(self, other: "Tally") -> "Tally":
        return total((self, other))

    def plain(self) -> list[object]:
        """Return it as values that JSON has, in the order of the fields; equal tallies return equal values."""
        topics = sorted(self.topics.items(), key=lambda found: (found[0][0] or "", found[0][1], found[0][0] is None))
        return [
            dict(sorted(self.places.items())),
            self.received,
            self.in_time,
            list(self.replies),
            list(self.measures),
            sorted(self.promised),
            self.longest_wait,
            None if self.waiting_since is None else int(self.waiting_since.timestamp()),
            dict(sorted(self.endings.items())),
            dict(sorted(self.pledges.items())),
            self.against,
            self.again,
            self.again_said,
            self.score,
            self.score_said,
            self.promoters,
            self.detractors,
            self.recommend_said,
            dict(sorted(self.withheld.items())),
            [[topic, first.isoformat(), number] for (topic, first), number in topics],
            {first.isoformat(): number for first, number in sorted(self.opened.items())},
        ]

    @classmethod
    def of_plain(cls, values: Sequence[Any]) -> "Tally":
        """Read what `plain` returned; ValueError or TypeError for anything else."""
        places, received, in_time, replies, measures, promised, longest, since, *others = values
        endings, pledges, *said, withheld, topics, opened = others
        against, again, again_said, score, score_said, promoters, detractors, recommend_said = said
        return cls(
            _named(Place, places),
            received,
            in_time,
            tuple(replies),
            tuple(measures),
            frozenset(promised),
            longest,
            None if since is None else datetime.fromtimestamp(since, UTC),
            _named(Ending, endings),
            _named(Pledge, pledges),
            against,
            again,
            again_said,
            score,
            score_said,
            promoters,
            detractors,
            recommend_said,
            _named(Reason, withheld),
            {(topic, date.fromisoformat(first)): number for topic, first, number in topics},
            {date.fromisoformat(first): number for first, number in opened.items()},
        )


def tally(facts: Iterable[Fact], now: datetime, zone: tzinfo) -> Tally:
    """Add up what is counted of these cases, as they stand at `now`; days end in `zone`."""
    every = tuple(facts)
    received = [fact for fact in every if fact.counts]
    base = [fact for fact in received if fact.ending is not None]
    heard = [fact for fact in base if not (fact.unseen or fact.is_ignored(now))]
    # Whoever was never answered would not come back, whatever kind of feedback the file calls it.
    silent = sum(fact.is_ignored_page(now) for fact in received if fact.ending is None)
    again = [fact.again for fact in heard if fact.again is not None]
    scores = [fact.score for fact in heard if fact.score is not None]
    recommend = [fact.recommend for fact in heard if fact.recommend is not None]
    return Tally(
        places=Counter(fact.place for fact in every),
        received=len(received),
        in_time=sum(fact.first_reply is not None and fact.first_reply <= fact.reply_by for fact in received),
        replies=_seconds(fact.replied_in for fact in received),
        measures=_seconds(fact.measured_in for fact in base),
        promised=frozenset(_seconds(fact.reply_by - fact.received for fact in received)),
        longest_wait=max(_seconds(map(_waited, received)), default=None),
        waiting_since=min((fact.received for fact in received if _waits(fact)), default=None),
        endings=Counter(fact.ending for fact in base if fact.ending),
        pledges=Counter(pledge for fact in received if (pledge := pledge_of(fact, now, zone))),
        against=len(base) - len(heard) + silent,
        again=sum(again),
        again_said=len(again),
        score=sum(scores),
        score_said=len(scores),
        promoters=sum(points >= 9 for points in recommend),
        detractors=sum(points <= 6 for points in recommend),
        recommend_said=len(recommend),
        withheld=Counter(fact.reason for fact in received if fact.place is Place.WITHHELD and fact.reason),
        topics=Counter((fact.topic, month_of(fact.received)) for fact in received),
        opened=_opened(received),
    )


def total(tallies: Iterable[Tally]) -> Tally:
    """Add up tallies, of one instant, of cases of which none is in two of them."""
    every = tuple(tallies)
    return Tally(
        places=_added(each.places for each in every),
        received=sum(each.received for each in every),
        in_time=sum(each.in_time for each in every),
        # Each of them is in order, and sorting makes use of that.
        replies=tuple(sorted(chain.from_iterable(each.replies for each in every))),
        measures=tuple(sorted(chain.from_iterable(each.measures for each in every))),
        promised=frozenset().union(*(each.promised for each in every)),
        longest_wait=max((each.longest_wait for each in every if each.longest_wait is not None), default=None),
        waiting_since=min((each.waiting_since for each in every if each.waiting_since is not None), default=None),
        endings=_added(each.endings for each in every),
        pledges=_added(each.pledges for each in every),
        against=sum(each.against for each in every),
        again=sum(each.again for each in every),
        again_said=sum(each.again_said for each in every),
        score=sum(each.score for each in every),
        score_said=sum(each.score_said for each in every),
        promoters=sum(each.promoters for each in every),
        detractors=sum(each.detractors for each in every),
        recommend_said=sum(each.recommend_said for each in every),
        withheld=_added(each.withheld for each in every),
        topics=_added(each.topics for each in every),
        opened=_added(each.opened for each in every),
    )


def by_month(facts: Iterable[Fact], now: datetime, zone: tzinfo) -> dict[date, Tally]:
    """Return the tally of each month in which any of these cases was received, by the month's first day."""
    found: dict[date, list[Fact]] = {}
    for fact in facts:
        found.setdefault(month_of(fact.received), []).append(fact)
    return {first: tally(received, now, zone) for first, received in found.items()}


def within(tallies: Mapping[date, Tally], window: Window) -> Tally:
    """Add up the tallies of the months of a window; ValueError where it begins or ends within a month."""
    if any(day is not None and day.day != 1 for day in (window.first, window.end)):
        raise ValueError(f"not made of whole months: {window}")
    return total(each for first, each in tallies.items() if window.has_day(first))


def _waits(fact: Fact) -> bool:
    return fact.first_reply is None and fact.place not in (Place.WITHDRAWN, Place.ERASED)


def _waited(fact: Fact) -> timedelta | None:
    """Return how long the customer waited until the first reply, or until they took an unanswered case back."""
    if fact.first_reply is None and fact.gone_at is not None:
        return fact.gone_at - fact.received
    return fact.replied_in


def _opened(received: Iterable[Fact]) -> Counter[date]:
    """Return by month how many cases opened in it less those that closed, of what each was at the months' ends."""
    found: Counter[date] = Counter()
    for fact in received:
        was_open = False
        for first, is_open in _at_ends(fact):
            if is_open is not was_open:
                found[first] += 1 if is_open else -1
                was_open = is_open
    return found


def _at_ends(fact: Fact) -> list[tuple[date, bool]]:
    """Return the months from whose end on a case was open or not, as `Fact.is_open_before` says of it."""
    found: list[tuple[date, bool]] = []
    for turned, is_open in reversed(fact.turns):
        first = month_of(turned)
        if not found or first < found[-1][0]:
            found.append((first, is_open))
    return found[::-1]


def _seconds(lengths: Iterable[timedelta | None]) -> tuple[int, ...]:
    """Return the lengths that there are in order; up to a limit in whole seconds stays up to it."""
    return tuple(sorted(-(-length // SECOND) for length in lengths if length is not None))


def _added(counts: Iterable[Mapping[Name, int]]) -> Counter[Name]:
    found: Counter[Name] = Counter()
    for each in counts:
        found.update(each)
    return found


def _named(names: type[Any], counts: Mapping[str, int]) -> dict[Any, int]:
    return {names(name): number for name, number in counts.items()}
