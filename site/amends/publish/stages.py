"""What the record has of a case on its way from the inbox: nothing but its dates, its text, or that it was withheld."""

from dataclasses import replace
from datetime import datetime

from amends.case import Case, Event, Kind, Reason
from amends.inbox.cases import Received
from amends.publish.wording import Wording
from amends.publish.writer import not_before
from amends.record import LedgerLine, LedgerOutcome


def stub(received: Received) -> Case:
    """Return what may be public of a case that nobody has read."""
    return Case(
        number=received.number,
        company=received.company,
        kind=Kind(received.kind),
        topic=received.topic,
        received=received.received,
        reply_by=received.reply_by,
    )


def withheld(received: Received, at: datetime) -> Case:
    """Return what may be public of a case that was withheld before the board showed anything of it."""
    reason = Reason(received.reason) if received.reason else None
    removed = Event(received.outcome_at or at, "keeper", "removed", reason=reason)
    return replace(stub(received), events=(removed,))


def shown_again(before: Case, why: str, at: datetime) -> Case:
    """Return the tombstone of a withheld case as the stub that it becomes: its text was under review, and no more."""
    events = tuple(replace(event, event="hidden") if event.event == "removed" else event for event in before.events)
    return replace(before, events=(*events, Event(not_before(before, at), "keeper", "restored", why=why)))


def read_by_a_person(before: Case, received: Received, shown: Wording, topic: str, at: datetime) -> Case:
    """Return a case whose text a person has read and let everyone read."""
    return replace(
        before,
        topic=topic,
        text=shown.text,
        author=shown.author or None,
        language=received.language or None,
        title=shown.title or None,
        page=shown.page or None,
        same=received.same,
        events=(*before.events, Event(not_before(before, at), "system", "published")),
    )


def line_of(received: Received) -> LedgerLine:
    """Return what the ledger says of a case."""
    return LedgerLine(
        received.number,
        received.received,
        received.reply_by,
        LedgerOutcome(received.outcome),
        Reason(received.reason) if received.reason else None,
        received.outcome_at,
        received.first_reply,
    )
