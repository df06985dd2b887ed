"""What the customer did behind the private link, carried out in the record and in the inbox."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from amends.case import Case, Event, Outcome
from amends.inbox import Inbox, cases, erasures, notices
from amends.inbox.cases import Received
from amends.inbox.deeds import Deed
from amends.inbox.notices import ToCompany
from amends.publish.errors import CannotPublishError
from amends.publish.promising import is_promised, next_name
from amends.publish.wording import in_public, own
from amends.publish.writer import Found, Writer, as_first_said, not_before
from amends.record import LedgerOutcome, RecordError, read_case, write_case

_AUTHOR = re.compile(r"^author:.*\n", re.MULTILINE)


class Customers:
    """Carries out what customers decided about their own cases. Everything can be done twice."""

    def __init__(self, writer: Writer, inbox: Inbox) -> None:
        self._writer, self._inbox = writer, inbox

    def carry_out(self, deed: Deed, at: datetime) -> None:
        """Do it; RecordError where the case's file has a fault, CannotPublishError where it can never be done."""
        _DEEDS[deed.kind](self, deed, at)

    def empty(self, company: str, number: str, at: datetime) -> bool:
        """Leave of a case's file the tombstone alone; return whether there was more."""
        with self._writer.alone():
            found = self._writer.find(company, number)
            after = tombstone(found.case, at) if found else None
            if found is None or after is None or after == found.case:
                return False
            # Written anew as a whole: what a person noted beside the customer's words may tell of them, too.
            self._writer.write(found.path, write_case(after), after)
            return True

    def _judge(self, deed: Deed, at: datetime) -> None:
        # Never with words: a person reads those first.
        self._writer.add(deed.company, deed.number, replace(verdict_of(deed, at), text=None))
        with self._inbox.writing() as connection:
            notices.tell_company(connection, deed.company, deed.number, ToCompany.CUSTOMER, at)

    def _answered(self, deed: Deed, at: datetime) -> None:
        """Note in public that the customer answered what was asked in private, and nothing of what."""
        self._writer.add(deed.company, deed.number, Event(at, "customer", "answered"))

    def _claim(self, deed: Deed, at: datetime) -> None:
        house = self._writer.house(deed.company)
        # The words are the company's: its own contacts stay in them, as in its reply.
        event = in_public(house, claim_of(deed, at), own(house))
        case = self._writer.get(deed.company, deed.number)
        if not _is_there(case, event):
            self._writer.add(deed.company, deed.number, replace(event, promise=next_name(case)), own(house))
        with self._inbox.writing() as connection:
            notices.tell_company(connection, deed.company, deed.number, ToCompany.CUSTOMER, at)

    def _withdraw(self, deed: Deed, at: datetime) -> None:
        self.empty(deed.company, deed.number, at)
        with self._inbox.writing() as connection:
            cases.take_back(connection, deed.number, LedgerOutcome.WITHDRAWN, at)

    def _erase(self, deed: Deed, at: datetime) -> None:
        with self._inbox.writing() as connection:
            # The list first: if what follows fails, the file is emptied with all the others on it.
            erasures.add(connection, erasures.Erasure(deed.number, deed.company, at))
        self.empty(deed.company, deed.number, at)

    def _hide_name(self, deed: Deed, _: datetime) -> None:
        with self._writer.alone():
            found = self._writer.find(deed.company, deed.number)
            if found and found.case.author is not None:
                case = replace(found.case, author=None)
                self._writer.write(found.path, _without_author(found, case), case)
        with self._inbox.writing() as connection:
            cases.hide_name(connection, deed.number)

    def _keep_private(self, deed: Deed, at: datetime) -> None:
        received = self._received(deed)
        if received.outcome not in (LedgerOutcome.WAITING, LedgerOutcome.PRIVATE):
            raise CannotPublishError("it was decided before whether everyone may read it")
        path = self._writer.path(received.company, received.received, received.number)
        with self._writer.alone():
            if path.exists():
                stub = self._writer.read(path, received.company).case
                if not stub.is_stub or any(event.by != "keeper" for event in stub.events):
                    raise CannotPublishError("the board shows more of it than that it waits")
                self._writer.remove(path)
        with self._inbox.writing() as connection:
            cases.keep_private(connection, deed.number, at)

    def _received(self, deed: Deed) -> Received:
        with self._inbox.reading() as connection:
            received = cases.get(connection, deed.number)
        if received is None or received.company != deed.company:
            raise CannotPublishError(f"the inbox has no case {deed.number} of {deed.company}")
        return received


_DEEDS: Mapping[str, Callable[[Customers, Deed, datetime], None]] = {
    "verdict": Customers._judge,
    "claim": Customers._claim,
    "withdraw": Customers._withdraw,
    "hide_name": Customers._hide_name,
    "keep_private": Customers._keep_private,
    "erase": Customers._erase,
    "answered": Customers._answered,
}


def verdict_of(deed: Deed, at: datetime) -> Event:
    """Return what a verdict is as an event; ValueError or KeyError where it is none."""
    facts = deed.facts
    return Event(
        at,
        "customer",
        "verdict",
        outcome=Outcome(facts["outcome"]),
        again=facts["again"] == "yes" if "again" in facts else None,
        score=int(facts["score"]) if "score" in facts else None,
        recommend=int(facts["recommend"]) if "recommend" in facts else None,
        text=facts.get("text"),
    )


def claim_of(deed: Deed, at: datetime) -> Event:
    """Return what the customer takes as a promise as an event; ValueError or KeyError where that names no day."""
    return Event(at, "customer", "claimed", what=deed.facts["what"], due=date.fromisoformat(deed.facts["due"]))


def _is_there(case: Case, claimed: Event) -> bool:
    return claimed.due is not None and is_promised(case, claimed.what or "", claimed.due)


_OF_ITS_WORDS = ("followup", "unread")


def tombstone(case: Case, at: datetime) -> Case:
    """Return what stays of a case that the customer took back."""
    bare = without_words(case)
    if case.is_gone:
        return bare
    return replace(bare, events=(*bare.events, Event(not_before(case, at), "customer", "withdrawn")))


def without_words(case: Case) -> Case:
    """Return what happened in a case, without a word of its customer.

    Verdicts keep their marks: taking a case away makes no figure of the company better.
    """
    kept = [replace(event, text=None) if event.event == "verdict" else event for event in case.events]
    kept = [event for event in kept if event.event not in _OF_ITS_WORDS]
    return replace(case, text="", title=None, author=None, page=None, same=None, events=tuple(kept))


def as_given(case: Case, pending: Iterable[Deed]) -> Case:
    """Return a case with what its customer did and what has not left yet, as the record will have it."""
    for deed in pending:
        at = not_before(case, deed.at or deed.made)
        if deed.kind == "verdict":
            event = verdict_of(deed, at)
            # Written already, and just not noted: it stands there once.
            if all(as_first_said(there, at) != event or there.at < (deed.at or at) for there in case.events):
                case = replace(case, events=(*case.events, event))
        elif deed.kind == "claim":
            event = claim_of(deed, at)
            if not _is_there(case, event):
                case = replace(case, events=(*case.events, replace(event, promise=next_name(case))))
        elif deed.kind == "withdraw":
            case = tombstone(case, at)
        elif deed.kind == "hide_name":
            case = replace(case, author=None)
    return case


def _without_author(found: Found, case: Case) -> str:
    """Return the file without the author: by one line less where that is all, or else written anew."""
    shorter = _AUTHOR.sub("", found.text, count=1)
    try:
        if read_case(shorter, case.company, found.shown) == case:
            return shorter
    except RecordError:
        pass
    return write_case(case)
