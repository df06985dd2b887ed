"""A case, its events, and everything that follows from them and the clock. No input or output.

A case's state is never stored: `state` derives it, so that no edit can make the two disagree.
Times are aware and in UTC; a promise falls due at the end of a day in the company's time zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""The characters of a case's number: no i, l, o or u, which are misread or spell words."""

NUMBER_LENGTH = 8

CONFIRM_WITHIN = timedelta(days=14)
"""How long the company's own "solved" stands before it is called unconfirmed."""

ENDS = frozenset({"withdrawn", "removed"})
"""The events that leave of a case only its tombstone."""


class Kind(StrEnum):
    """What the customer came for."""

    COMPLAINT = "complaint"
    QUESTION = "question"
    IDEA = "idea"
    PRAISE = "praise"

    @property
    def can_be_solved(self) -> bool:
        """Praise and ideas are answered; there is nothing to solve in them."""
        return self in (Kind.COMPLAINT, Kind.QUESTION)


class State(StrEnum):
    """Where a case stands, in the order in which the states are tried."""

    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"
    DISPUTED = "disputed"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    SOLVED = "solved-by-company"
    PROMISE_OVERDUE = "promise-overdue"
    PROMISED = "promised"
    REPLIED = "replied"
    OVERDUE = "overdue"
    AWAITING = "awaiting"


class Outcome(StrEnum):
    """What the customer says of the matter."""

    SOLVED = "solved"
    PARTLY = "partly"
    UNSOLVED = "unsolved"


class Reason(StrEnum):
    """Why a text may be withheld, hidden or removed. There is no other reason."""

    SPAM = "spam"
    ILLEGAL = "illegal"
    HATE = "hate"
    THREAT = "threat"
    PERSONAL_DATA = "personal-data"
    ABOUT_SOMEONE_ELSE = "about-someone-else"
    NOT_ABOUT_THIS_COMPANY = "not-about-this-company"
    DUPLICATE = "duplicate"
    COURT_ORDER = "court-order"
    CUSTOMER_ASKED = "customer-asked"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `SHAPES` says which of the optional facts an event has."""

    at: datetime
    by: str
    event: str
    name: str | None = None
    promise: str | None = None
    what: str | None = None
    due: date | None = None
    measure: str | None = None
    outcome: Outcome | None = None
    again: bool | None = None
    score: int | None = None
    recommend: int | None = None
    reason: Reason | None = None
    of: datetime | str | None = None
    why: str | None = None
    text: str | None = None
    received: datetime | None = None
    reply_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """The facts that an event must have and those that it may have."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


SHAPES: dict[tuple[str, str], Shape] = {
    ("customer", "followup"): Shape(("text",), ("received",)),
    ("customer", "verdict"): Shape(("outcome",), ("again", "score", "recommend", "text", "reply_by")),
    ("customer", "claimed"): Shape(("promise", "what", "due")),
    ("customer", "withdrawn"): Shape(),
    ("customer", "answered"): Shape(),
    ("company", "reply"): Shape(("name", "text"), ("measure",)),
    ("company", "promise"): Shape(("promise", "what", "due")),
    ("company", "moved"): Shape(("promise", "due", "why")),
    ("company", "kept"): Shape(("promise",)),
    ("company", "broken"): Shape(("promise", "why")),
    ("company", "solved"): Shape(("name",), ("text",)),
    ("company", "asked"): Shape(("name",)),
    ("company", "gift"): Shape(("what",)),
    ("company", "correction"): Shape(("of", "text", "why")),
    ("keeper", "hidden"): Shape(("reason",), ("why",)),
    ("keeper", "restored"): Shape((), ("why",)),
    ("keeper", "removed"): Shape(("reason",), ("why",)),
    ("keeper", "masked"): Shape(("what",), ("why",)),
    ("keeper", "duplicate"): Shape(("of",), ("why",)),
    ("keeper", "withheld"): Shape(("received", "reason"), ("why",)),
    ("system", "published"): Shape(),
    ("system", "unread"): Shape(("received",)),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One piece of feedback, as the public record holds it."""

    number: str
    company: str
    kind: Kind
    topic: str
    received: datetime
    reply_by: datetime
    text: str = ""
    author: str | None = None
    language: str | None = None
    title: str | None = None
    page: str | None = None
    same: str | None = None
    source: str | None = None
    url: str | None = None
    events: tuple[Event, ...] = ()

    @property
    def imported(self) -> bool:
        """Whether it came from another channel: then its times say nothing about this company's clock."""
        return self.source is not None

    @property
    def promised_within(self) -> timedelta:
        """The time to answer that held on the day of receipt."""
        return self.reply_by - self.received

    def due_after(self, verdict: Event) -> datetime:
        """Return when the clock ends that a verdict starts: as it was fixed then, or in the time of the receipt."""
        return verdict.reply_by or verdict.at + self.promised_within

    def last(self, *names: str) -> Event | None:
        """Return the latest event with one of these names."""
        return next((event for event in reversed(self.events) if event.event in names), None)

    @property
    def replies(self) -> tuple[Event, ...]:
        """The public replies, oldest first."""
        return tuple(event for event in self.events if event.event == "reply")

    @property
    def first_reply(self) -> Event | None:
        """The reply that stopped the first clock: a public one, by a person."""
        return next((event for event in self.events if event.event == "reply"), None)

    @property
    def is_hidden(self) -> bool:
        """Whether the keeper has put the text under review."""
        event = self.last("hidden", "restored")
        return event is not None and event.event == "hidden"

    @property
    def is_gone(self) -> bool:
        """Whether only the tombstone is left."""
        return not ENDS.isdisjoint([event.event for event in self.events])

    @property
    def is_stub(self) -> bool:
        """Whether nobody has read the text yet, so that only the running clock is public."""
        return not self.text and not self.is_gone


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise and what became of it; `due` is the latest date given, `first_due` the earliest.

    One that is `claimed` the company did not call a promise: its customer took for one what a reply says.
    """

    promise: str
    what: str
    made: datetime
    first_due: date
    due: date
    kept: datetime | None = None
    broken: datetime | None = None
    why: str | None = None
    claimed: bool = False

    @property
    def is_running(self) -> bool:
        """Whether it is neither kept nor broken."""
        return self.kept is None and self.broken is None


MADE = frozenset({"promise", "claimed"})
"""The events with which a promise begins to run."""


def promises(case: Case) -> tuple[Promise, ...]:
    """Follow each promise of a case to where it stands, in the order in which they were made."""
    if MADE.isdisjoint([event.event for event in case.events]):
        return ()
    made: dict[str, Promise] = {}
    for event in case.events:
        key = event.promise or ""
        if event.event in MADE and event.due is not None:
            claimed = event.event == "claimed"
            made[key] = Promise(key, event.what or "", event.at, event.due, event.due, claimed=claimed)
        elif key not in made:
            continue
        elif event.event == "moved" and event.due is not None:
            made[key] = replace(made[key], first_due=min(made[key].first_due, event.due), due=event.due, why=event.why)
        elif event.event == "kept":
            made[key] = replace(made[key], kept=event.at)
        elif event.event == "broken":
            made[key] = replace(made[key], broken=event.at, why=event.why)
    return tuple(made.values())


def as_of(case: Case, now: datetime) -> Case:
    """Return a case as it is at `now`: what a file says of later has not happened yet."""
    if not case.events or case.events[-1].at <= now:
        return case
    return replace(case, events=tuple(event for event in case.events if event.at <= now))


def end_of(day: date, zone: tzinfo = UTC) -> datetime:
    """Return the instant in UTC at which a day is over in that time zone."""
    if day.year == date.max.year:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC)


def state(case: Case, now: datetime, zone: tzinfo = UTC) -> State:
    """Derive where a case stands at `now`. Silence is never success: see `State.UNCONFIRMED`."""
    latest = {event.event: event for event in case.events}
    if "removed" in latest:
        return State.REMOVED
    if "withdrawn" in latest:
        return State.WITHDRAWN
    if "hidden" in latest and case.is_hidden:
        return State.HIDDEN
    return _outcome(latest, now) or _progress(case, latest, now, zone)


def _outcome(latest: Mapping[str, Event], now: datetime) -> State | None:
    verdict, solved = latest.get("verdict"), latest.get("solved")
    if verdict:
        return State.CONFIRMED if verdict.outcome is Outcome.SOLVED else State.DISPUTED
    if solved:
        return State.UNCONFIRMED if now >= solved.at + CONFIRM_WITHIN else State.SOLVED
    return None


def _progress(case: Case, latest: Mapping[str, Event], now: datetime, zone: tzinfo) -> State:
    running = [made for made in promises(case) if made.is_running]
    if running:
        return State.PROMISE_OVERDUE if any(now >= end_of(made.due, zone) for made in running) else State.PROMISED
    if "reply" in latest:
        return State.REPLIED
    return State.OVERDUE if now >= case.reply_by else State.AWAITING


_OPEN = frozenset({State.DISPUTED, State.PROMISE_OVERDUE, State.PROMISED, State.REPLIED, State.OVERDUE, State.AWAITING})


def is_open(case: Case, now: datetime, zone: tzinfo = UTC) -> bool:
    """Whether the company still has something to do; praise, ideas and what is imported are closed by an answer."""
    found = state(case, now, zone)
    if found is State.REPLIED:
        return case.kind.can_be_solved and not case.imported
    return found in _OPEN


@dataclass(frozen=True, slots=True)
class Owed:
    """An answer that the customer waits for: since when, and by when it is due."""

    since: datetime
    due: datetime


def answer_owed(case: Case) -> Owed | None:
    """Return the answer that is owed now, or None where none is.

    The first reply is owed by `reply_by`. A verdict of partly or unsolved starts a new clock, see
    `Case.due_after`; a reply stops the clock that runs, and nothing else but the customer's content does.
    """
    is_owed, since, due = True, case.received, case.reply_by
    for event in case.events:
        if event.event in ENDS:
            return None
        if event.event == "reply" or (event.event == "verdict" and event.outcome is Outcome.SOLVED):
            is_owed = False
        elif event.event == "verdict" and not is_owed:
            is_owed, since, due = True, event.at, case.due_after(event)
    return Owed(since, due) if is_owed else None


def clock_runs_until(case: Case) -> datetime | None:
    """Return when the answer that is owed falls due, or None where none is owed."""
    return owed.due if (owed := answer_owed(case)) else None


def has_late_promise(case: Case, now: datetime, zone: tzinfo = UTC) -> bool:
    """Whether a promise that is neither kept nor broken was due before `now`."""
    return any(promise.is_running and now >= end_of(promise.due, zone) for promise in promises(case))


def next_change(case: Case, now: datetime, zone: tzinfo = UTC) -> datetime | None:
    """Return the next instant after `now` at which time alone changes what is said of this case."""
    instants = [end_of(promise.due, zone) for promise in promises(case) if promise.is_running]
    owed, solved = answer_owed(case), case.last("solved")
    instants += [owed.due] if owed else []
    instants += [solved.at + CONFIRM_WITHIN] if solved else []
    return min((instant for instant in instants if instant > now), default=None)
