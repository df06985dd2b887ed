"""What is known of a case when something about it is told: read then, so that nothing is told that no longer is so."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from amends.case import Case, Event, Promise, end_of, promises
from amends.clock import parse
from amends.inbox import Inbox, cases, companies
from amends.inbox.cases import Contact, Received
from amends.inbox.outbox import Message
from amends.language import Language, language, nearest
from amends.post.trouble import FailedError, NoLongerError
from amends.record import (
    Board,
    Company,
    LedgerOutcome,
    RecordError,
    Update,
    case_file,
    find_case,
    read_board,
    read_company,
    read_text,
    sift_update,
)

_ENDED = (LedgerOutcome.WITHDRAWN, LedgerOutcome.ERASED)


@dataclass(frozen=True, slots=True)
class Matter:
    """A case, its company and the board at `now`; `at` is when that happened which is told, and `promise` the
    name of the promise that it is about, if it is about one.

    `received` is missing where the case never was in this inbox, `public` where it is not in the record. `update` is
    what is told of where it is no event of the case.
    """

    number: str
    company: Company
    board: Board
    received: Received | None
    contact: Contact
    public: Case | None
    at: datetime
    now: datetime
    promise: str = ""
    update: Update | None = None

    @property
    def is_withdrawn(self) -> bool:
        """Whether the customer took it back: then nobody is told anything of it any more."""
        in_record = self.public is not None and self.public.last("withdrawn") is not None
        return in_record or (self.received is not None and self.received.outcome in _ENDED)

    @property
    def page(self) -> str:
        """The address of the case on the public board."""
        return f"{self.board.base_url}{self.company.slug}/{self.number}/"

    @property
    def changes(self) -> str:
        """The address at which the board tells of the update."""
        return f"{self.board.base_url}{self.company.slug}/changes/#{self.update.name if self.update else ''}"

    @property
    def kind(self) -> str:
        """What kind of feedback it is."""
        return (self.public or self.received_case).kind

    @property
    def received_case(self) -> Received:
        """The case as it was received; NoLongerError where the inbox does not have it."""
        if self.received is None:
            raise NoLongerError("the inbox does not have the case any more")
        return self.received

    def language(self) -> Language:
        """Return the language of the company, or that of the board."""
        return language(nearest(self.company.language, nearest(self.board.language)))

    def language_of_customer(self) -> Language:
        """Return the language in which the customer wrote; that of the company where we do not speak it."""
        return language(nearest(self.received_case.language, self.language().tag))

    def promised(self) -> Promise:
        """Return the promise that it is about; NoLongerError where that does not run any more, or to another day."""
        for made in promises(self.public) if self.public and not self.public.is_gone else ():
            if made.promise == self.promise and made.is_running and end_of(made.due, self.company.zone) == self.at:
                return made
        raise NoLongerError("the promise is kept, broken or moved")

    def event(self, name: str) -> Event:
        """Return what happened, as the record has it; NoLongerError where it has not.

        The record may have it somewhat later: an event is never before the one above it.
        """
        for event in self.public.events if self.public else ():
            if event.event == name and event.at >= self.at:
                return event
        raise NoLongerError(f"the record has no {name} of that time")


def read_matter(inbox: Inbox, content: Path, message: Message, now: datetime) -> Matter:
    """Read what a message is about; NoLongerError where there is no such case or company any more.

    FailedError where its file, or that of the update, has a fault: somebody will mend it.
    """
    number = message.number or ""
    with inbox.reading() as connection:
        received = cases.get(connection, number)
        contact = cases.contacts_of(connection, number)
        texts = companies.get(connection, message.company)
    public = find_case(content, message.company, number)
    if public is None and case_file(content, message.company, number):
        raise FailedError("the file of the case has a fault", is_down=False)
    if texts is None or (received is None and public is None):
        raise NoLongerError("there is no such case or company any more")
    company = read_company(texts[0], message.company, "company.toml")
    board = read_board(texts[1], "board.toml")
    told = (parse(message.facts["at"]), now, message.facts.get("promise", ""))
    update = _update(content, company, number, message.facts["update"]) if "update" in message.facts else None
    return Matter(number, company, board, received, contact, public, *told, update)


def _update(content: Path, company: Company, number: str, name: str) -> Update:
    shown = f"{company.slug}/updates/{name}.md"
    if not (content / shown).is_file():
        raise NoLongerError("the update is not in the record any more")
    try:
        update, _ = sift_update(read_text(content / shown, shown), name, shown, (number,))
    except RecordError as error:
        raise FailedError("the file of the update has a fault", is_down=False) from error
    if number not in update.cases:
        raise NoLongerError("the update does not name the case any more")
    return update
