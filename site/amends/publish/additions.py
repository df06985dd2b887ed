"""What customers added to public cases: once a person has read it, it goes into the record, or why it does not."""

from datetime import datetime

from amends.case import Event, Reason
from amends.inbox import Inbox, additions, cases, deeds
from amends.inbox.additions import VERDICT, Addition
from amends.inbox.cases import ORIGINAL, Answer
from amends.inbox.deeds import Deed
from amends.personal import Choice
from amends.publish.errors import CannotPublishError
from amends.publish.writer import Writer


class Additions:
    """Carries out what was decided about them, and tells the board what nobody has read in time."""

    def __init__(self, writer: Writer, inbox: Inbox) -> None:
        self._writer, self._inbox = writer, inbox

    def publish(self, deed: Deed, at: datetime) -> None:
        """Let everyone read what the customer added."""
        added = self._waiting(deed)
        if added is None:
            return
        event = Event(at, "customer", "followup", received=self._said(added), text=added.text)
        case = self._writer.add(added.company, added.number, event, Choice.load(added.masks))
        is_masked = all(there.text != added.text for there in case.events if there.event == "followup")
        with self._inbox.writing() as connection:
            if is_masked:
                cases.add_answer(connection, added.number, Answer(added.at, "", added.text, ORIGINAL))
            additions.published(connection, added.id)
            deeds.decide(connection, added.number, at)

    def withhold(self, deed: Deed, at: datetime) -> None:
        """Let nobody else read it; that something was withheld, and why, stands on the case's page."""
        added, reason = self._waiting(deed), Reason(deed.facts["reason"])
        if added is None:
            return
        why = deed.facts.get("why")
        event = Event(at, "keeper", "withheld", received=self._said(added), reason=reason, why=why)
        self._writer.add(added.company, added.number, event)
        with self._inbox.writing() as connection:
            additions.withhold(connection, added.id, reason)
            deeds.decide(connection, added.number, at)

    def tell(self, added: Addition, now: datetime) -> bool:
        """Say on the case's page that nobody has read in time what its customer added; return whether it does."""
        case = self._writer.get(added.company, added.number)
        if not case.is_gone:
            # At the deadline, and not now: done again, it writes the same event.
            event = Event(added.due, "system", "unread", received=self._said(added))
            self._writer.add(added.company, added.number, event)
        with self._inbox.writing() as connection:
            additions.told(connection, added.id, now)
        return not case.is_gone

    def _waiting(self, deed: Deed) -> Addition | None:
        """Return what was decided about; None where that was carried out before, or the customer took it back."""
        with self._inbox.reading() as connection:
            added = additions.get(connection, int(deed.facts["addition"]))
        if added and (added.company, added.number) != (deed.company, deed.number):
            raise CannotPublishError(f"it was not added to case {deed.number}")
        return added if added and added.is_waiting else None

    def _said(self, added: Addition) -> datetime:
        """Return when it was said, as the record has it: the words of a verdict when that was given."""
        case = self._writer.get(added.company, added.number)
        given = (event.at for event in case.events if event.event == "verdict" and event.at >= added.at)
        return next(given, added.at) if added.kind == VERDICT else added.at
