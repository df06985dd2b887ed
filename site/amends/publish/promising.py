"""What a company says it will do, what became of that, and what it gives: written into the record for everyone.

Each is written once, also where the process ends between the record and the inbox: the same again changes nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from amends.case import MADE, Case, Event, Promise, promises
from amends.inbox import Inbox, gifts, notices
from amends.inbox.deeds import Deed
from amends.inbox.gifts import Gift
from amends.inbox.notices import ToCustomer
from amends.publish.errors import CannotPublishError
from amends.publish.wording import in_public
from amends.publish.writer import Writer


class Promising:
    """Carries out what staff decided about promises and gifts of a public case."""

    def __init__(self, writer: Writer, inbox: Inbox) -> None:
        self._writer, self._inbox = writer, inbox

    def make(self, deed: Deed, at: datetime) -> None:
        """Promise something by a day; KeyError or ValueError where the deed does not say what, or no day."""
        self._make(deed, [deed.facts], at)

    def make_with_reply(self, deed: Deed, at: datetime) -> None:
        """Promise what a reply says, where staff confirmed it."""
        self._make(deed, json.loads(deed.facts.get("promises", "[]")), at)

    def _make(self, deed: Deed, made: Sequence[Mapping[str, str]], at: datetime) -> None:
        for facts in made:
            case = self._case(deed)
            event = Event(at, "company", "promise", what=facts["what"], due=date.fromisoformat(facts["due"]))
            shown = in_public(self._writer.house(deed.company), event)
            there = [
                replace(one, at=at, promise=None) for one in case.events if one.event == "promise" and one.at >= at
            ]
            if shown not in there:
                self._writer.add(deed.company, deed.number, replace(event, promise=next_name(case)))

    def move(self, deed: Deed, at: datetime) -> None:
        """Move a promise to another day, with the reason, which everyone can read; its customer hears of it."""
        due, why = date.fromisoformat(deed.facts["due"]), deed.facts["why"]
        self._follow(deed, lambda promise: Event(at, "company", "moved", promise=promise, due=due, why=why))
        self._tell(deed, ToCustomer.MOVED, at)

    def keep(self, deed: Deed, at: datetime) -> None:
        """Say that a promise was kept."""
        self._follow(deed, lambda promise: Event(at, "company", "kept", promise=promise))

    def break_(self, deed: Deed, at: datetime) -> None:
        """Say that a promise will not be kept, and why."""
        why = deed.facts["why"]
        self._follow(deed, lambda promise: Event(at, "company", "broken", promise=promise, why=why))

    def solve(self, deed: Deed, at: datetime) -> None:
        """Say that the matter is solved, as the company sees it; whether it is, the customer says."""
        self._case(deed)
        text = deed.facts.get("text") or None
        self._writer.add(deed.company, deed.number, Event(at, "company", "solved", name=deed.facts["name"], text=text))
        self._tell(deed, ToCustomer.QUESTION, at)

    def give(self, deed: Deed, at: datetime) -> None:
        """Give the customer something. Everyone reads what was offered; its code is behind the private link alone."""
        facts = deed.facts
        last_day = date.fromisoformat(facts["last_day"]) if facts.get("last_day") else None
        given = Gift(at, facts["what"], facts["value"], facts.get("code", ""), facts["conditions"], last_day)
        self._case(deed)
        self._writer.add(deed.company, deed.number, Event(at, "company", "gift", what=given.what))
        with self._inbox.writing() as connection:
            if given not in gifts.of_case(connection, deed.number):
                gifts.add(connection, deed.number, given)
            notices.tell_customer(connection, deed.number, ToCustomer.GIFT, at)

    def _case(self, deed: Deed) -> Case:
        case = self._writer.get(deed.company, deed.number)
        if case.is_gone or case.is_stub:
            raise CannotPublishError("there is nothing of this case on the board that this could be added to")
        return case

    def _follow(self, deed: Deed, event: Callable[[str], Event]) -> None:
        """Say what became of a promise that runs."""
        promise = self._running(deed)
        if promise is not None:
            self._writer.add(deed.company, deed.number, event(promise.promise))

    def _running(self, deed: Deed) -> Promise | None:
        """Return the promise; None where what was decided about it stands there already."""
        found = next((one for one in promises(self._case(deed)) if one.promise == deed.facts["promise"]), None)
        if found is None:
            raise CannotPublishError("this case has no such promise; somebody may have edited its file")
        done = {"keep": found.kept, "break": found.broken}.get(deed.kind)
        if found.is_running:
            return found
        if done is None:
            raise CannotPublishError("it was said of this promise already that it was kept, or that it was not")
        return None

    def _tell(self, deed: Deed, kind: ToCustomer, at: datetime) -> None:
        with self._inbox.writing() as connection:
            notices.tell_customer(connection, deed.number, kind, at)


def is_promised(case: Case, what: str, due: date) -> bool:
    """Whether this was promised in a case for that day, or taken as a promise, whatever became of it."""
    return any((one.event in MADE and one.what == what and one.due == due) for one in case.events)


def next_name(case: Case) -> str:
    """Return a name that no promise of the case has."""
    taken = {event.promise for event in case.events}
    return next(name for number in range(1, len(taken) + 2) if (name := f"p{number}") not in taken)
