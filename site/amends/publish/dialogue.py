"""What is said between a first reply and the end of a case: corrections, private questions, and what is a duplicate.

Each is written once, also where the process ends between the record and the inbox: the same again changes nothing.
"""

from datetime import datetime

from amends.case import Case, Event
from amends.clock import parse
from amends.inbox import Inbox, cases, deeds, notices
from amends.inbox.deeds import Deed
from amends.inbox.notices import ToCustomer
from amends.personal import Choice
from amends.publish.errors import CannotPublishError
from amends.publish.writer import Writer


class Dialogue:
    """Carries out what was decided about a public case beside replies and promises."""

    def __init__(self, writer: Writer, inbox: Inbox) -> None:
        self._writer, self._inbox = writer, inbox

    def correct(self, deed: Deed, at: datetime) -> None:
        """Put another wording beside a reply, with the reason; the first one stays readable."""
        facts = deed.facts
        of = parse(facts["of"])
        event = Event(at, "company", "correction", of=of, text=facts["text"], why=facts["why"])
        self._shown(deed)
        self._writer.add(deed.company, deed.number, event, Choice.load(facts.get("masks", "")))
        with self._inbox.writing() as connection:
            notices.tell_customer(connection, deed.number, ToCustomer.CORRECTION, at)

    def inquire(self, deed: Deed, at: datetime) -> None:
        """Ask the customer something in private; that it was asked is public, and the clock goes on."""
        self._shown(deed)
        self._writer.add(deed.company, deed.number, Event(at, "company", "asked", name=deed.facts["name"]))
        with self._inbox.writing() as connection:
            asked = cases.Answer(at, deed.facts["name"], deed.facts["text"])
            if asked not in cases.answers(connection, deed.number):
                cases.add_answer(connection, deed.number, asked)
            notices.tell_customer(connection, deed.number, ToCustomer.ASKED, at)

    def mark_duplicate(self, deed: Deed, at: datetime) -> None:
        """Say in public that the same customer sent the same before; both stay counted."""
        self._shown(deed)
        if self._writer.find(deed.company, deed.facts["of"]) is None:
            raise CannotPublishError(f"there is no case {deed.facts['of']} of this company on the board")
        event = Event(at, "keeper", "duplicate", of=deed.facts["of"], why=deed.facts.get("why") or None)
        self._writer.add(deed.company, deed.number, event)
        with self._inbox.writing() as connection:
            deeds.decide(connection, deed.number, at)

    def _shown(self, deed: Deed) -> Case:
        case = self._writer.get(deed.company, deed.number)
        if case.is_gone or case.is_stub:
            raise CannotPublishError("there is nothing of this case on the board that this could be added to")
        return case
