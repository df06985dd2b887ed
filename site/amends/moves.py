"""Which events can follow from those before them, and which cannot have happened."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.case import ENDS, MADE, Case, Event
from amends.hours import AT_MOST


@dataclass(frozen=True, slots=True)
class Impossible:
    """A move that cannot have happened: the event's place in the list (None: the case itself), and why."""

    index: int | None
    found: str
    expected: str


def impossible_moves(case: Case) -> Iterator[Impossible]:
    """Name every event that cannot follow from those before it."""
    if case.reply_by < case.received:
        yield Impossible(None, "reply_by before received", "a time to answer after the receipt")
    if case.is_gone and (case.text or case.title):
        yield Impossible(None, "a text under a tombstone", "no text and no title: it was withdrawn or removed")
    so_far = _SoFar(case)
    for index, event in enumerate(case.events):
        for found, expected in so_far.against(event):
            yield Impossible(index, found, expected)
        so_far.add(event)


def can_follow(case: Case, event: Event) -> bool:
    """Whether this event may be the next one of this case."""
    return not any(_SoFar(case, case.events).against(event))


class _SoFar:
    """What the events above an event leave for it to be judged by."""

    def __init__(self, case: Case, events: Iterable[Event] = ()) -> None:
        self.case, self.latest = case, case.received
        self.names: set[str] = set()
        self.replies: set[datetime | str | None] = set()
        self.running: dict[str, bool] = {}  # each promise made, and whether it is neither kept nor broken
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        name, promise = event.event, event.promise or ""
        self.latest = event.at
        self.names.add(name)
        if name == "reply":
            self.replies.add(event.at)
        elif name == "restored":
            self.names.discard("hidden")
        elif (name in MADE and event.due) or (name in ("kept", "broken") and promise in self.running):
            self.running[promise] = name in MADE

    def against(self, event: Event) -> Iterator[tuple[str, str]]:
        if event.at < self.case.received:
            yield "an event before the receipt", "a time from `received` on"
        if self.names and event.at < self.latest:
            yield "an event earlier than the one above it", "events in the order of their times"
        if event.received is not None and not self.case.received <= event.received <= event.at:
            yield "words received before the case, or after they were read", "a time from `received` to `at`"
        if event.reply_by and not timedelta() <= event.reply_by - event.at <= max(AT_MOST, self.case.promised_within):
            yield "a new time to answer before it, or too late", "7 days at most, or what was promised at the receipt"
        if event.by != "keeper" and not ENDS.isdisjoint(self.names):
            yield f"{event.event} after the end of the case", "nothing after withdrawn or removed"
        if event.event in ("verdict", "solved") and not self.case.kind.can_be_solved:
            yield f"{event.event} on {self.case.kind}", "a complaint or a question: praise and ideas are not solved"
        if event.event in ("promise", "claimed", "kept", "moved", "broken"):
            yield from self._against_promise(event, event.promise or "")
        elif event.event in ("correction", "restored", "answered", "duplicate"):
            yield from self._against_reference(event)

    def _against_promise(self, event: Event, promise: str) -> Iterator[tuple[str, str]]:
        if event.event in MADE:
            if event.promise in self.running:
                yield f"promise {promise} made twice", "a new name for a new promise"
            if event.event == "claimed" and not self.replies:
                yield "claimed although there is no reply", "a reply above that says it"
        elif promise not in self.running:
            yield f"{event.event}: promise {event.promise} was never made", "the name of a promise above"
        elif not self.running[promise]:
            yield f"{event.event}: promise {event.promise} has ended", "a promise neither kept nor broken"

    def _against_reference(self, event: Event) -> Iterator[tuple[str, str]]:
        if event.event == "correction" and event.of not in self.replies:
            yield "correction of a reply that is not there", "`of`: the `at` of a reply above"
        if event.event == "restored" and "hidden" not in self.names:
            yield "restored although nothing is hidden", "an event hidden above"
        if event.event == "answered" and "asked" not in self.names:
            yield "answered although nothing was asked", "an event asked above"
        if event.event == "duplicate" and event.of == self.case.number:
            yield "duplicate of itself", "another case's number"
