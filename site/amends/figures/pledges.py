"""What became of the promises made in a case. A promise is judged by its first date; moving it does not keep it."""

from datetime import datetime, tzinfo
from enum import StrEnum

from amends.case import Promise, end_of
from amends.figures.facts import Fact, Place


class Pledge(StrEnum):
    """What became of a promise, worst first; of a case, what became of its worst promise."""

    UNSEEN = "unseen"
    """Withheld or lost, so that nobody can see what was promised."""
    UNANSWERED = "unanswered"
    """Not even the promised answer came."""
    BROKEN = "broken"
    OVERDUE = "overdue"
    LATE = "late"
    """Kept after its last date."""
    PUT_OFF = "put-off"
    """Its first date has passed, a later one was given and is still to come."""
    MOVED_AND_KEPT = "moved-and-kept"
    """Kept by its last date, but after its first."""
    ON_TIME = "on-time"
    """Kept on or before its first date."""
    RUNNING = "running"
    """Its first date is still to come."""


_WORST_FIRST = tuple(Pledge)


def pledge_of(fact: Fact, now: datetime, zone: tzinfo) -> Pledge | None:
    """Return what became of a case's promises: the worst of those that came due; None where nothing was promised.

    A day ends in the company's time zone. The promise to answer counts here only where nobody answered at all; how
    fast the answers come is a figure of its own.
    """
    if fact.unseen:
        return Pledge.UNSEEN
    if fact.is_ignored(now):
        return Pledge.UNANSWERED
    # What falls due after the customer took the case back is nobody's to keep; a removal ends no promise.
    until = min(now, fact.gone_at) if fact.place is Place.WITHDRAWN and fact.gone_at else now
    found = {_outcome(promise, until, zone) for promise in fact.promises}
    return min(found, key=_WORST_FIRST.index, default=None)


def next_due(fact: Fact, now: datetime, zone: tzinfo) -> datetime | None:
    """Return the next instant after `now` at which time alone changes what became of a promise in this case."""
    running = [promise for promise in fact.promises if promise.is_running]
    ends = {end_of(day, zone) for promise in running for day in (promise.first_due, promise.due)}
    return min((end for end in ends if end > now), default=None)


def _outcome(promise: Promise, until: datetime, zone: tzinfo) -> Pledge:
    if promise.broken is not None:
        return Pledge.BROKEN
    ended = promise.kept is not None
    at = promise.kept or until
    if at < end_of(promise.first_due, zone):
        return Pledge.ON_TIME if ended else Pledge.RUNNING
    if at < end_of(promise.due, zone):
        return Pledge.MOVED_AND_KEPT if ended else Pledge.PUT_OFF
    return Pledge.LATE if ended else Pledge.OVERDUE
