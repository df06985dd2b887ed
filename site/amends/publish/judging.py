"""What the keeper decides about cases that everyone can read: put under review, shown again, masked, removed.

Each is written once, also where the process ends between the record and the inbox: the same again changes nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from amends.case import Case, Event, Reason
from amends.inbox import Inbox, deeds, notices
from amends.inbox.deeds import Deed
from amends.inbox.notices import ToCompany, ToCustomer
from amends.personal import Choice
from amends.publish.customers import without_words
from amends.publish.errors import CannotPublishError
from amends.publish.wording import masked, pieces
from amends.publish.writer import Found, Writer, not_before
from amends.record import Company, read_case, splice, write_case

MASKED = "personal data"
"""What an event says was hidden: more would tell of it."""


class Judging:
    """Carries out what the keeper decided about public cases, and tells both sides."""

    def __init__(self, writer: Writer, inbox: Inbox) -> None:
        self._writer, self._inbox = writer, inbox

    def hide(self, deed: Deed, at: datetime) -> None:
        """Put the text under review: nobody reads it until it is decided, and it still counts."""
        if not self._shown(deed).is_hidden:
            reason = Reason(deed.facts["reason"])
            self._writer.add(deed.company, deed.number, Event(at, "keeper", "hidden", reason=reason, why=_why(deed)))
        self._tell(deed, ToCustomer.HIDDEN, at)

    def restore(self, deed: Deed, at: datetime) -> None:
        """Show a text again that was under review."""
        if self._shown(deed).is_hidden:
            self._writer.add(deed.company, deed.number, Event(at, "keeper", "restored", why=_why(deed)))
        self._tell(deed, ToCustomer.RESTORED, at)

    def remove(self, deed: Deed, at: datetime) -> None:
        """Leave of a case its tombstone with the reason; what was answered and promised stays, and stays counted."""
        removed = Event(at, "keeper", "removed", reason=Reason(deed.facts["reason"]), why=_why(deed))

        def emptied(case: Case) -> Case:
            bare = without_words(case)
            return replace(bare, events=(*bare.events, replace(removed, at=not_before(case, at))))

        self._rewrite(deed, "removed", emptied)
        self._tell(deed, ToCustomer.REMOVED, at)

    def mask(self, deed: Deed, at: datetime) -> None:
        """Hide some words of a customer in public, with a mark in their place."""
        words = tuple(deed.facts["words"].splitlines())
        event = Event(at, "keeper", "masked", what=MASKED, why=_why(deed))
        house = self._writer.house(deed.company)

        def hidden(case: Case) -> Case:
            after = _masked(house, case, words)
            if after == case:
                raise CannotPublishError("none of these words stands there any more")
            return replace(after, events=(*after.events, replace(event, at=not_before(case, at))))

        self._rewrite(deed, "masked", hidden)
        self._tell(deed, None, at)

    def _rewrite(self, deed: Deed, name: str, change: Callable[[Case], Case]) -> None:
        """Write a case as it is after `change`, unless the event of that name stands there from this very decision."""
        with self._writer.alone():
            found = self._writer.find(deed.company, deed.number)
            if found is None:
                raise CannotPublishError("the case has no file: somebody has taken it away")
            last = found.case.last(name)
            if last is not None and deed.at is not None and last.at >= deed.at:
                return
            if found.case.is_gone:
                raise CannotPublishError("only its tombstone is left")
            after = change(found.case)
            self._writer.write(found.path, _text_of(found, after), after)

    def _shown(self, deed: Deed) -> Case:
        case = self._writer.get(deed.company, deed.number)
        if case.is_gone or case.is_stub:
            raise CannotPublishError("there is no text of this case on the board")
        return case

    def _tell(self, deed: Deed, kind: ToCustomer | None, at: datetime) -> None:
        with self._inbox.writing() as connection:
            deeds.decide(connection, deed.number, at)
            if kind is not None:
                notices.tell_customer(connection, deed.number, kind, at)
            notices.tell_company(connection, deed.company, deed.number, ToCompany.DECIDED, at)


def _why(deed: Deed) -> str | None:
    return deed.facts.get("why") or None


def _masked(house: Company, case: Case, words: tuple[str, ...]) -> Case:
    """Return a case in which these words of its customer are hidden, and nothing else than was before."""

    def shown(text: str) -> str:
        choice = Choice(frozenset(piece.key for piece in pieces(house, text)), words)
        return masked(house, text, choice)

    facts: dict[str, Any] = {
        name: shown(value) for name in ("text", "title", "author") if (value := getattr(case, name)) is not None
    }
    events = tuple(
        replace(event, text=shown(event.text)) if event.by == "customer" and event.text else event
        for event in case.events
    )
    return replace(case, **facts, events=events)


def _text_of(found: Found, after: Case) -> str:
    """Return the file of a case as it is afterwards: with one event more where that is all, or else written anew."""
    try:
        longer = splice(found.text, after.events[-1], after.company, found.shown)
        if read_case(longer, after.company, found.shown) == after:
            return longer
    except ValueError:
        # More than an event is another one.
        pass
    return write_case(after)
