"""The figures of one company over one window."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from amends.case import Reason
from amends.figures.facts import Ending, Fact, Place
from amends.figures.measures import SECOND, Mean, Nps, Share, Wait
from amends.figures.pledges import Pledge, next_due
from amends.figures.tally import Tally, tally
from amends.figures.window import Window, month_after, month_of, start_of

DAY = timedelta(hours=24)
"""Beside the company's own promise the same 24 wall-clock hours stand for everybody."""


@dataclass(frozen=True, slots=True)
class Topic:
    """How many cases were about something, and in which months; `topic` is None where nobody can see it."""

    topic: str | None
    received: int
    months: tuple[tuple[date, int], ...]
    """The first day of each month in which there were any, oldest first, with their number."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is published of a company. `received` is all that counts: not what is imported, and not spam.

    `solved`, `endings` and `first_measure` are about the same cases: all but the private ones and praise and ideas.
    `promises` counts cases by their worst promise that came due, `promises_kept` is the share of those on time.
    `against` counts the cases that stand for a customer who says no; `again`, `score` and `recommend` count them in.
    `longest_wait` is the longest one that is over, by the first reply or because the customer took the case back;
    `waiting_since` is when the oldest unanswered case came. `promised` is within what time an answer was promised;
    None where it was not the same for all. `spam` is a share of what was received and spam together.
    """

    window: Window
    received: int
    answered: Share
    first_reply: Wait
    within_day: Share
    within_promise: Share
    solved: Share
    endings: Mapping[Ending, int]
    first_measure: Wait
    promises_kept: Share
    promises: Mapping[Pledge, int]
    again: Share
    score: Mean
    recommend: Nps
    against: int
    longest_wait: timedelta | None
    waiting_since: datetime | None
    promised: timedelta | None
    places: Mapping[Place, int]
    withheld: Mapping[Reason, int]
    spam: Share
    imported: int
    topics: tuple[Topic, ...]

    def longest_silence(self, now: datetime) -> timedelta | None:
        """Return the longest that anybody waited or has been waiting for an answer; None where nobody did."""
        waiting = [] if self.waiting_since is None else [now - self.waiting_since]
        over = [] if self.longest_wait is None else [self.longest_wait]
        return max(waiting + over, default=None)


def figures_of(found: Tally, window: Window) -> Figures:
    """Return the figures that the tally of the cases received within the window makes."""
    whole, base = found.received, sum(found.endings.values())
    first_reply = Wait.of_seconds(found.replies, whole)
    promises, against = found.pledges, found.against
    spam = found.places.get(Place.SPAM, 0)
    return Figures(
        window=window,
        received=whole,
        answered=Share.of(len(found.replies), whole),
        first_reply=first_reply,
        within_day=first_reply.within(DAY),
        within_promise=Share.of(found.in_time, whole),
        solved=Share.of(found.endings.get(Ending.CONFIRMED, 0), base),
        endings={ending: found.endings.get(ending, 0) for ending in Ending},
        first_measure=Wait.of_seconds(found.measures, base),
        promises_kept=_kept(found),
        promises={pledge: promises.get(pledge, 0) for pledge in Pledge},
        again=Share(found.again, found.again_said + against, _said(found, found.again_said, against)),
        score=Mean(found.score, found.score_said + against, _said(found, found.score_said, against)),
        recommend=Nps(
            found.promoters,
            found.detractors + against,
            found.recommend_said + against,
            _said(found, found.recommend_said, against),
        ),
        against=against,
        longest_wait=None if found.longest_wait is None else found.longest_wait * SECOND,
        waiting_since=found.waiting_since,
        promised=min(found.promised) * SECOND if len(found.promised) == 1 else None,
        places={place: found.places.get(place, 0) for place in Place},
        withheld={reason: found.withheld[reason] for reason in Reason if reason in found.withheld},
        spam=Share.of(spam, whole + spam),
        imported=found.places.get(Place.IMPORTED, 0),
        topics=_topics(found),
    )


def figures(facts: Iterable[Fact], window: Window, now: datetime, zone: tzinfo) -> Figures:
    """Return the figures of the cases received within the window, as they stand at `now`."""
    return figures_of(tally((fact for fact in facts if window.has(fact.received)), now, zone), window)


def next_change(facts: Iterable[Fact], now: datetime, zone: tzinfo) -> datetime:
    """Return the next instant at which time alone changes a figure: at the latest the next month, as the year moves."""
    changes = [change for fact in facts if (change := change_of(fact, now, zone))]
    return min([*changes, start_of(month_after(month_of(now)))])


def change_of(fact: Fact, now: datetime, zone: tzinfo) -> datetime | None:
    """Return the next instant after `now` at which time alone changes what is counted of a case; None: never."""
    if not fact.counts:
        return None
    due = next_due(fact, now, zone)
    if fact.first_reply is not None or fact.reply_by <= now:
        return due
    return fact.reply_by if due is None else min(fact.reply_by, due)


def _kept(found: Tally) -> Share:
    against = found.pledges.get(Pledge.UNSEEN, 0) + found.pledges.get(Pledge.UNANSWERED, 0)
    due = sum(found.pledges.values()) - found.pledges.get(Pledge.RUNNING, 0)
    return Share(found.pledges.get(Pledge.ON_TIME, 0), due, _said(found, due - against, against))


def _said(found: Tally, known: int, against: int) -> int:
    """Count what lifts a figure over the threshold: nothing where nobody said anything, and never what is withheld.

    Whatever is withheld is among those that count against the company.
    """
    return known + against - found.places.get(Place.WITHHELD, 0) if known else 0


def _topics(found: Tally) -> tuple[Topic, ...]:
    """Return the topics, most cases first."""
    by_topic: dict[str | None, dict[date, int]] = {}
    for (topic, first), number in found.topics.items():
        by_topic.setdefault(topic, {})[first] = number
    topics = [Topic(topic, sum(months.values()), tuple(sorted(months.items()))) for topic, months in by_topic.items()]
    return tuple(sorted(topics, key=lambda topic: (-topic.received, topic.topic or "")))
