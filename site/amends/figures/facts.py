"""One line per case received: what the figures need to know of it, from its file or else from the ledger."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from amends.case import Case, Event, Kind, Outcome, Promise, Reason, as_of, is_open, promises
from amends.record import Entry, LedgerLine, LedgerOutcome, Standing


class Place(StrEnum):
    """Where a case that was received can be found."""

    PAGE = "page"
    """On the board, also under review or as the tombstone of what the keeper removed."""
    WITHDRAWN = "withdrawn"
    PRIVATE = "private"
    UNREAD = "unread"
    WITHHELD = "withheld"
    """For any reason but spam."""
    SPAM = "spam"
    """Withheld as spam before it had a page."""
    ERASED = "erased"
    LOST = "lost"
    """Its file is missing, or nobody can read it."""
    IMPORTED = "imported"


class Ending(StrEnum):
    """How a case that can be solved has ended so far. Silence is never success, hence not two of them but six."""

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    UNCONFIRMED = "unconfirmed"
    """The company says it is solved, the customer says nothing."""
    OPEN = "open"
    GONE = "gone"
    """Withdrawn or erased before the customer said how it ended."""
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Fact:
    """A case received. `turns` says from which instant on the company had something to do, and from which not.

    What the customer says of the company (`again`, `score`, `recommend`) is what they said last. `ending` is None
    where there is nothing to solve, or nothing public about it. `gone_at` is when the customer took the case back.
    """

    case: str
    received: datetime
    reply_by: datetime
    place: Place
    turns: tuple[tuple[datetime, bool], ...]
    reason: Reason | None = None
    kind: Kind | None = None
    topic: str | None = None
    first_reply: datetime | None = None
    first_measure: datetime | None = None
    ending: Ending | None = None
    verdict_at: datetime | None = None
    claimed_at: datetime | None = None
    again: bool | None = None
    score: int | None = None
    recommend: int | None = None
    promises: tuple[Promise, ...] = ()
    gone_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether the figures are about it: nobody owes an answer to spam, and what is imported was not received."""
        return self.place not in (Place.IMPORTED, Place.SPAM)

    @property
    def unseen(self) -> bool:
        """Whether nobody outside can see what became of it."""
        return self.place in (Place.WITHHELD, Place.LOST)

    @property
    def replied_in(self) -> timedelta | None:
        """How long the first reply took; None where there is none."""
        return None if self.first_reply is None else self.first_reply - self.received

    @property
    def measured_in(self) -> timedelta | None:
        """How long the first measure or promise took; None where there is none."""
        return None if self.first_measure is None else self.first_measure - self.received

    def is_ignored(self, now: datetime) -> bool:
        """Whether nobody has answered it although the time for that is over."""
        return self.first_reply is None and now >= self.reply_by

    def is_ignored_page(self, now: datetime) -> bool:
        """Whether it is so in public."""
        return self.place is Place.PAGE and self.is_ignored(now)

    def is_open_before(self, at: datetime) -> bool:
        """Whether the company still had something to do just before that instant.

        As `amends.case.is_open` says of the events before it, but hiding and removing close nothing, nothing is
        closed without an answer, and what cannot be seen stays open.
        """
        return next((opened for turned, opened in reversed(self.turns) if turned < at), False)


def facts(entries: Iterable[Entry], ledger: Iterable[LedgerLine], zone: tzinfo) -> tuple[Fact, ...]:
    """Return a fact for each case of one company, in the order of receipt; a file wins over its line of the ledger."""
    lines = {line.case: line for line in ledger}
    found = [fact_of(entry, lines.pop(entry.case.number, None), zone) for entry in entries]
    found.extend(fact_of(None, line, zone) for line in lines.values())
    return tuple(sorted(found, key=lambda fact: (fact.received, fact.case)))


def entry_as_of(entry: Entry, now: datetime) -> Entry:
    """Return an entry as it is at `now`: the same one where its file says nothing of later."""
    case = as_of(entry.case, now)
    return entry if case is entry.case else replace(entry, case=case)


def line_as_of(line: LedgerLine, now: datetime) -> LedgerLine:
    """Return a line of the ledger as it is at `now`."""
    return replace(line, first_reply=None) if line.first_reply and line.first_reply > now else line


def fact_of(entry: Entry | None, line: LedgerLine | None, zone: tzinfo) -> Fact:
    """Return the fact of one case, by its file or else by its line; ValueError where there is neither."""
    if entry is not None:
        return _of_entry(entry, line, zone)
    if line is None:
        raise ValueError("neither a file nor a line of the ledger")
    return _of_line(line)


def _of_entry(entry: Entry, line: LedgerLine | None, zone: tzinfo) -> Fact:
    case = entry.case
    if entry.standing in (Standing.PLACEHOLDER, Standing.MISSING):
        # The ledger fixed both times at the receipt; without it they are guesses.
        received, reply_by = (line.received, line.reply_by) if line else (case.received, case.reply_by)
        turns = ((received, True),)
        return Fact(case.number, received, reply_by, Place.LOST, turns, ending=Ending.UNSEEN)
    if line is None:
        return _of_file(case, Place.IMPORTED if case.imported else Place.PAGE, zone)
    if line.outcome is LedgerOutcome.WITHHELD and line.reason is not Reason.SPAM and case.last("removed"):
        # The tombstone of a stub: its words were never public.
        return _of_line(line)
    # A case in the ledger was received here, whatever somebody writes into its file later.
    fact = _replied_no_earlier(_of_file(case, Place.PAGE, zone), line)
    erased = fact.place is Place.WITHDRAWN and line.outcome is LedgerOutcome.ERASED
    return replace(fact, place=Place.ERASED) if erased else fact


def _replied_no_earlier(fact: Fact, line: LedgerLine) -> Fact:
    """Let the later of the two times of the first reply hold, where file and ledger differ."""
    if fact.first_reply is None or line.first_reply is None or line.first_reply <= fact.first_reply:
        return fact
    return replace(fact, first_reply=line.first_reply)


def _of_file(case: Case, place: Place, zone: tzinfo) -> Fact:
    withdrawn = case.last("withdrawn")
    verdict, claimed = case.last("verdict"), case.last("solved")
    said = tuple(event for event in reversed(case.events) if event.event == "verdict")
    if place is Place.PAGE and withdrawn:
        place = Place.WITHDRAWN
    return Fact(
        case.number,
        case.received,
        case.reply_by,
        place,
        tuple(_turns(case, zone)),
        kind=case.kind,
        topic=case.topic,
        first_reply=case.first_reply.at if case.first_reply else None,
        first_measure=min((event.at for event in case.events if _is_measure(event)), default=None),
        ending=_ending(case) if place is not Place.IMPORTED else None,
        verdict_at=verdict.at if verdict else None,
        claimed_at=claimed.at if claimed else None,
        again=next((event.again for event in said if event.again is not None), None),
        score=next((event.score for event in said if event.score is not None), None),
        recommend=next((event.recommend for event in said if event.recommend is not None), None),
        promises=promises(case),
        gone_at=withdrawn.at if withdrawn else None,
    )


def _is_measure(event: Event) -> bool:
    return event.event == "promise" or (event.event == "reply" and event.measure is not None)


def _ending(case: Case) -> Ending | None:
    if not case.kind.can_be_solved:
        return None
    verdict = case.last("verdict")
    if verdict:
        return Ending.CONFIRMED if verdict.outcome is Outcome.SOLVED else Ending.DISPUTED
    if case.last("withdrawn"):
        return Ending.GONE
    return Ending.UNCONFIRMED if case.last("solved") else Ending.OPEN


def _turns(case: Case, zone: tzinfo) -> Iterator[tuple[datetime, bool]]:
    """Yield when it opened and closed. Only events do that: time makes a case late, never open or closed."""
    events = tuple(event for event in case.events if event.event not in ("hidden", "restored", "removed"))
    yield case.received, True
    for place, event in enumerate(events, 1):
        so_far = replace(case, source=None, events=events[:place])
        yield event.at, not so_far.is_gone and (so_far.first_reply is None or is_open(so_far, event.at, zone))


_PLACES = {
    LedgerOutcome.WAITING: Place.UNREAD,
    LedgerOutcome.HELD: Place.UNREAD,
    LedgerOutcome.PRIVATE: Place.PRIVATE,
    LedgerOutcome.WITHDRAWN: Place.WITHDRAWN,
    LedgerOutcome.ERASED: Place.ERASED,
    LedgerOutcome.WITHHELD: Place.WITHHELD,
    LedgerOutcome.PUBLISHED: Place.LOST,
}

_ENDINGS = {
    Place.UNREAD: Ending.OPEN,
    Place.WITHDRAWN: Ending.GONE,
    Place.ERASED: Ending.GONE,
    Place.WITHHELD: Ending.UNSEEN,
    Place.LOST: Ending.UNSEEN,
}


def _of_line(line: LedgerLine) -> Fact:
    """Take a case without a file from the ledger; what it says of a reply holds only where no file had to show it."""
    place = Place.SPAM if line.reason is Reason.SPAM else _PLACES[line.outcome]
    gone = place in (Place.WITHDRAWN, Place.ERASED)
    first_reply = None if place is Place.LOST else line.first_reply
    return Fact(
        line.case,
        line.received,
        line.reply_by,
        place,
        tuple(_turns_of_line(line, place)),
        reason=line.reason,
        first_reply=first_reply,
        ending=_ENDINGS.get(place),
        gone_at=line.at if gone else None,
    )


def _turns_of_line(line: LedgerLine, place: Place) -> Iterator[tuple[datetime, bool]]:
    yield line.received, True
    if place in (Place.WITHHELD, Place.LOST):
        return
    closed = [line.first_reply] if line.first_reply else []
    if place in (Place.WITHDRAWN, Place.ERASED):
        closed.append(line.at or line.received)
    if closed:
        yield min(closed), False
