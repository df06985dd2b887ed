"""The figures of one company over one window."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from amends.case import Reason
from amends.figures.facts import Ending, Fact, Place
from amends.figures.measures import Mean, Nps, Share, Wait
from amends.figures.pledges import Pledge, next_due, pledge_of
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
    `longest_wait` is the longest one that is over, by the first reply or because the customer took the case back;
    `waiting_since` is when the oldest unanswered case came. `spam` is a share of what was received and spam together.
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
    longest_wait: timedelta | None
    waiting_since: datetime | None
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


def figures(facts: Iterable[Fact], window: Window, now: datetime, zone: tzinfo) -> Figures:
    """Return the figures of the cases received within the window, as they stand at `now`."""
    inside = [fact for fact in facts if window.has(fact.received)]
    received = [fact for fact in inside if fact.counts]
    base = [fact for fact in received if fact.ending is not None]
    whole = len(received)
    first_reply = Wait.of(fact.replied_in for fact in received)
    in_time = sum(fact.first_reply is not None and fact.first_reply <= fact.reply_by for fact in received)
    endings = Counter(fact.ending for fact in base)
    # Whoever was never answered would not come back, whatever kind of feedback the file calls it.
    speaking = [*base, *(fact for fact in received if fact.ending is None and fact.is_ignored_page(now))]
    places = Counter(fact.place for fact in inside)
    pledges = [(fact, pledge) for fact in received if (pledge := pledge_of(fact, now, zone))]
    promises = Counter(pledge for _, pledge in pledges)
    withheld = Counter(fact.reason for fact in received if fact.place is Place.WITHHELD)
    return Figures(
        window=window,
        received=whole,
        answered=Share.of(len(first_reply.lengths), whole),
        first_reply=first_reply,
        within_day=first_reply.within(DAY),
        within_promise=Share.of(in_time, whole),
        solved=Share.of(endings[Ending.CONFIRMED], len(base)),
        endings={ending: endings[ending] for ending in Ending},
        first_measure=Wait.of(fact.measured_in for fact in base),
        promises_kept=_kept(pledges),
        promises={pledge: promises[pledge] for pledge in Pledge},
        again=_again(speaking, now),
        score=_score(speaking, now),
        recommend=_recommend(speaking, now),
        longest_wait=max((wait for fact in received if (wait := _waited(fact)) is not None), default=None),
        waiting_since=min((fact.received for fact in received if _waits(fact)), default=None),
        places={place: places[place] for place in Place},
        withheld={reason: withheld[reason] for reason in Reason if withheld[reason]},
        spam=Share.of(places[Place.SPAM], whole + places[Place.SPAM]),
        imported=places[Place.IMPORTED],
        topics=_topics(received),
    )


def next_change(facts: Iterable[Fact], now: datetime, zone: tzinfo) -> datetime:
    """Return the next instant at which time alone changes a figure: at the latest the next month, as the year moves."""
    instants = [start_of(month_after(month_of(now)))]
    for fact in (fact for fact in facts if fact.counts):
        if fact.first_reply is None:
            instants.append(fact.reply_by)
        due = next_due(fact, now, zone)
        if due is not None:
            instants.append(due)
    return min(instant for instant in instants if instant > now)


def _waits(fact: Fact) -> bool:
    return fact.first_reply is None and fact.place not in (Place.WITHDRAWN, Place.ERASED)


def _waited(fact: Fact) -> timedelta | None:
    """Return how long the customer waited until the first reply, or until they took an unanswered case back."""
    if fact.first_reply is None and fact.gone_at is not None:
        return fact.gone_at - fact.received
    return fact.replied_in


def _kept(pledges: list[tuple[Fact, Pledge]]) -> Share:
    due = [(fact, pledge) for fact, pledge in pledges if pledge is not Pledge.RUNNING]
    known = sum(pledge not in (Pledge.UNSEEN, Pledge.UNANSWERED) for _, pledge in due)
    against = [fact for fact, pledge in due if pledge in (Pledge.UNSEEN, Pledge.UNANSWERED)]
    return Share(sum(pledge is Pledge.ON_TIME for _, pledge in due), len(due), _said(known, against))


def _said(known: int, against: Iterable[Fact]) -> int:
    """Count what lifts a figure over the threshold: nothing where nobody said anything, and never what is withheld."""
    return known + sum(fact.place is not Place.WITHHELD for fact in against) if known else 0


def _against(base: Iterable[Fact], now: datetime) -> tuple[list[Fact], list[Fact]]:
    """Part the cases whose customers may speak for themselves from those that count against the company."""
    heard: list[Fact] = []
    against: list[Fact] = []
    for fact in base:
        (against if fact.unseen or fact.is_ignored(now) else heard).append(fact)
    return heard, against


def _again(base: list[Fact], now: datetime) -> Share:
    heard, against = _against(base, now)
    said = [fact.again for fact in heard if fact.again is not None]
    return Share(sum(said), len(said) + len(against), _said(len(said), against))


def _score(base: list[Fact], now: datetime) -> Mean:
    heard, against = _against(base, now)
    said = [fact.score for fact in heard if fact.score is not None]
    return Mean(sum(said), len(said) + len(against), _said(len(said), against))


def _recommend(base: list[Fact], now: datetime) -> Nps:
    heard, against = _against(base, now)
    said = [fact.recommend for fact in heard if fact.recommend is not None]
    promoters = sum(points >= 9 for points in said)
    detractors = sum(points <= 6 for points in said) + len(against)
    return Nps(promoters, detractors, len(said) + len(against), _said(len(said), against))


def _topics(received: Iterable[Fact]) -> tuple[Topic, ...]:
    """Count the cases of each topic, most first."""
    found: dict[str | None, Counter[date]] = {}
    for fact in received:
        found.setdefault(fact.topic, Counter())[month_of(fact.received)] += 1
    topics = [Topic(topic, months.total(), tuple(sorted(months.items()))) for topic, months in found.items()]
    return tuple(sorted(topics, key=lambda topic: (-topic.received, topic.topic or "")))
