"""Carrying out what was decided, and what the clock asks for."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path

from amends.case import Case, Event, Reason
from amends.inbox import Inbox, additions, cases, companies, deeds, erasures, notices, referrals
from amends.inbox.cases import ORIGINAL, Answer, Received
from amends.inbox.deeds import Deed
from amends.inbox.notices import ToCompany, ToCustomer
from amends.personal import Choice
from amends.publish import stages
from amends.publish.additions import Additions
from amends.publish.customers import Customers
from amends.publish.dialogue import Dialogue
from amends.publish.errors import CannotPublishError, DivergedError
from amends.publish.judging import Judging
from amends.publish.promising import Promising
from amends.publish.telling import Telling
from amends.publish.updates import Updates
from amends.publish.wording import Wording, imported, wording
from amends.publish.writer import Writer
from amends.record import (
    Company,
    LedgerOutcome,
    RecordError,
    Referrals,
    month_of,
    read_company,
    read_ledger,
    read_referrals,
    read_text,
    splice,
    write_case,
    write_ledger,
    write_referrals,
)

ASKED_AFTER = timedelta(days=3)
"""How long after a reply its customer is asked whether the matter is solved; while a promise runs, later."""


class Put(StrEnum):
    """What became of an imported case."""

    ADDED = "added"
    EXTENDED = "extended"
    PRESENT = "present"


class Publisher:
    """Writes to one record. `locks` keeps its processes apart; the inbox may be shared by several machines."""

    def __init__(self, content: Path, locks: Path, inbox: Inbox) -> None:
        self._writer, self._inbox = Writer(content, locks, self._house), inbox
        self._customers, self._additions = Customers(self._writer, inbox), Additions(self._writer, inbox)
        self._promising, self._dialogue = Promising(self._writer, inbox), Dialogue(self._writer, inbox)
        self._judging = Judging(self._writer, inbox)
        self._telling, self._updates = Telling(self._writer, inbox), Updates(self._writer, inbox)
        self.failures: list[str] = []
        """What failed since somebody last looked, in words; it stays due."""

    @property
    def written(self) -> set[Path]:
        """The files written since somebody last looked."""
        return self._writer.written

    def carry_out_due(self, now: datetime) -> int:
        """Carry out the decisions that leave now; return how many did. What fails for a while stays due."""
        with self._inbox.reading() as connection:
            first = deeds.next_leaving(connection)
        if first is None or first > now:
            return 0
        with self._inbox.writing() as connection:
            leaving = deeds.leaving(connection, now)
        done = 0
        stuck: set[tuple[str, str]] = set()
        for deed in leaving:
            if (deed.company, deed.number) in stuck:
                continue
            try:
                done += self._carry_out(deed, now)
            except (OSError, ValueError) as error:
                self.failures.append(str(error))
                # What was decided later about this case, or by this company, may need what could not be done yet.
                stuck.add((deed.company, deed.number))
        return done

    def publish_stubs(self, now: datetime) -> int:
        """Show what nobody has read in time, without its words; return how much was new.

        A case becomes a stub, and of what a customer added later its case's page says that it waits.
        """
        with self._inbox.reading() as connection:
            unread = cases.unread_at(connection, now)
            later = additions.unread_at(connection, now)
        stubs = sum(self._attempt(partial(self._publish_stub, received)) for received in unread)
        return stubs + sum(self._attempt(partial(self._additions.tell, added, now)) for added in later)

    def write_ledger(self) -> int:
        """Bring the ledger up to date with the inbox; return how many months were changed."""
        with self._inbox.reading() as connection:
            due = cases.ledger_due(connection)
        months: dict[tuple[str, str], list[Received]] = defaultdict(list)
        for received in due:
            months[received.company, month_of(received.received)].append(received)
        return sum(self._attempt(partial(self._write_month, *month, members)) for month, members in months.items())

    def write_referrals(self) -> int:
        """Bring the referrals of all companies up to date; return for how many there were more than before."""
        with self._inbox.reading() as connection:
            found = referrals.by_company(connection)
        return sum(self._attempt(partial(self._write_referrals, slug, counted)) for slug, counted in found.items())

    def erase_again(self) -> int:
        """Empty every case on the erasure list whose words came back into the record; return how many had."""
        with self._inbox.reading() as connection:
            listed = erasures.all_of_them(connection)
        return sum(self._attempt(partial(self._customers.empty, one.company, one.number, one.at)) for one in listed)

    def tell_of_updates(self, now: datetime) -> int:
        """Let customers hear of updates that came from their cases, also by hand; return how many had new ones."""
        return sum(self._attempt(partial(self._updates.tell, *file, now)) for file in self._updates.files())

    def _attempt(self, step: Callable[[], bool]) -> bool:
        """Do one thing; where it fails, remember that and go on: no file of one company stops the others."""
        try:
            return step()
        except (OSError, ValueError) as error:
            self.failures.append(str(error))
            return False

    def import_case(self, case: Case) -> Put:
        """Put a case from another channel into the record, or what is new of one that is there.

        DivergedError where it is there and goes on otherwise.
        """
        case = imported(self._house(case.company), case)
        path = self._writer.path(case.company, case.received, case.number)
        with self._writer.alone():
            if self._is_erased(case.company, case.number):
                return Put.PRESENT
            if not path.exists():
                self._writer.write(path, write_case(case), case)
                return Put.ADDED
            there = self._writer.read(path, case.company)
            text, found = there.text, there.case
            if found.text != case.text or any(event.by == "keeper" for event in found.events):
                # Removed, masked or edited since: what was taken out must not come back by another import.
                return Put.PRESENT
            added = _new_turns(found, case)
            if not added:
                return Put.PRESENT
            for event in added:
                text = splice(text, event, case.company, there.shown)
            self._writer.write(path, text, replace(found, events=(*found.events, *added)))
            return Put.EXTENDED

    def _carry_out(self, deed: Deed, now: datetime) -> bool:
        at = deed.at or now
        try:
            if deed.is_customers:
                self._customers.carry_out(deed, at)
            else:
                _DEEDS[deed.kind](self, deed, at)
        except (ValueError, KeyError) as error:
            if deed.is_customers and isinstance(error, RecordError):
                # The customer can mend no file: it stays due until somebody has.
                self.failures.append(str(error))
                return False
            # Also a decision that is not what it should be: it must not keep the others from leaving.
            with self._inbox.writing() as connection:
                deeds.failed(connection, deed.id, str(error))
            return False
        with self._inbox.writing() as connection:
            deeds.done(connection, deed.id, now)
        return True

    def _publish(self, deed: Deed, at: datetime, *, alone: bool = True) -> None:
        received = self._received(deed)
        if received.is_private:
            raise CannotPublishError("the customer chose that only the company sees this case")
        if received.outcome != LedgerOutcome.WAITING:
            return
        topic = deed.facts.get("topic") or received.topic
        shown = self._wording(received)
        path = self._writer.path(received.company, received.received, received.number)
        with self._writer.alone():
            before = self._stub_at(path, received)
            if before is None or before.is_stub:
                case = stages.read_by_a_person(before or stages.stub(received), received, shown, topic, at)
                self._writer.write(path, write_case(case), case)
            elif before.text != shown.text:
                raise CannotPublishError("the file says something else by now; what the customer wrote is kept here")
        with self._inbox.writing() as connection:
            cases.close(connection, received.number, LedgerOutcome.PUBLISHED, at)
            deeds.decide(connection, received.number, at)
            if alone:
                notices.tell_customer(connection, received.number, ToCustomer.PUBLISHED, at)
            if shown.text != received.text:
                cases.add_answer(connection, received.number, Answer(received.received, "", received.text, ORIGINAL))
            cases.empty(connection, received.number, topic)

    def _reply(self, deed: Deed, at: datetime) -> None:
        facts = deed.facts
        event = Event(at, "company", "reply", name=facts["name"], measure=facts.get("measure"), text=facts["text"])
        if "topic" in facts:
            self._publish(deed, at, alone=False)
        choice = Choice.load(facts.get("masks", ""))
        case = self._writer.add(deed.company, deed.number, event, choice, facts.get("basis"))
        self._promising.make_with_reply(deed, at)
        with self._inbox.writing() as connection:
            received = cases.get(connection, deed.number)
            known = received is not None and received.company == deed.company
            # The record's own first reply: somebody may have written an earlier one into the file.
            cases.answered(connection, deed.number, deed.company, case.replies[0].at)
            notices.tell_customer(connection, deed.number, ToCustomer.REPLY, at)
            notices.tell_customer(connection, deed.number, ToCustomer.QUESTION, at, due=at + ASKED_AFTER)
        if not known:
            self._note_first_reply(case)

    def _answer(self, deed: Deed, at: datetime) -> None:
        if not self._received(deed).is_answered_privately:
            raise CannotPublishError("this case is public: only a public reply answers it")
        with self._inbox.writing() as connection:
            cases.add_answer(connection, deed.number, cases.Answer(at, deed.facts["name"], deed.facts["text"]))
            cases.answered(connection, deed.number, deed.company, at)
            notices.tell_customer(connection, deed.number, ToCustomer.REPLY, at)

    def _release(self, deed: Deed, at: datetime) -> None:
        self._received(deed)
        with self._inbox.writing() as connection:
            cases.release(connection, deed.number)
            notices.tell_company(connection, deed.company, deed.number, ToCompany.NEW, at)

    def _withhold(self, deed: Deed, at: datetime) -> None:
        received = self._received(deed)
        if received.outcome == LedgerOutcome.PUBLISHED:
            raise CannotPublishError("this case is public already; it can be hidden or removed, not withheld")
        reason = Reason(deed.facts["reason"])
        if self._writer.path(received.company, received.received, received.number).exists():
            self._writer.add(
                deed.company, deed.number, Event(at, "keeper", "removed", reason=reason, why=deed.facts.get("why"))
            )
        with self._inbox.writing() as connection:
            cases.close(connection, received.number, LedgerOutcome.WITHHELD, at, reason)
            notices.tell_customer(connection, received.number, ToCustomer.WITHHELD, at)
            notices.tell_company(connection, received.company, received.number, ToCompany.DECIDED, at)
            deeds.decide(connection, received.number, at)

    def _publish_words(self, deed: Deed, at: datetime) -> None:
        self._additions.publish(deed, at)

    def _withhold_words(self, deed: Deed, at: datetime) -> None:
        self._additions.withhold(deed, at)

    def _house(self, slug: str) -> Company:
        """Return a company's settings as they are, else as they were when they last had no fault."""
        shown = f"{slug}/company.toml"
        try:
            return read_company(read_text(self._writer.content / shown, shown), slug, shown)
        except RecordError:
            with self._inbox.reading() as connection:
                texts = companies.get(connection, slug)
            return read_company(texts[0], slug, shown) if texts else Company(slug, slug, "")

    def _wording(self, received: Received) -> Wording:
        facts = (received.text, received.author, received.page, Choice.load(received.masks))
        return wording(self._house(received.company), *facts)

    def _lift(self, deed: Deed, at: datetime) -> None:
        """Let a case that was withheld wait again as if it never had been, but for what its file tells of it.

        The time to answer stays that of the receipt, and a private answer is none in public: else a case that was
        withheld for a while would stand better than one that was not.
        """
        received = self._received(deed)
        if received.outcome == LedgerOutcome.WAITING:
            return
        if received.outcome != LedgerOutcome.WITHHELD or not received.text:
            raise CannotPublishError("this case is not withheld, or there are no words of it any more")
        path = self._writer.path(received.company, received.received, received.number)
        with self._writer.alone():
            before = self._stub_at(path, received)
            if before is None or before.is_gone:
                case = stages.shown_again(before or stages.withheld(received, at), deed.facts["why"], at)
                self._writer.write(path, write_case(case), case)
        with self._inbox.writing() as connection:
            cases.lift(connection, received.number, at)
            notices.tell_company(connection, deed.company, deed.number, ToCompany.NEW, at)

    def _received(self, deed: Deed) -> Received:
        with self._inbox.reading() as connection:
            received = cases.get(connection, deed.number)
        if received is None or received.company != deed.company:
            raise CannotPublishError(f"the inbox has no case {deed.number} of {deed.company}")
        if self._is_erased(deed.company, deed.number):
            raise CannotPublishError("the customer has erased this case")
        return received

    def _is_erased(self, company: str, number: str) -> bool:
        with self._inbox.reading() as connection:
            return erasures.has(connection, company, number)

    def _publish_stub(self, received: Received) -> bool:
        path = self._writer.path(received.company, received.received, received.number)
        with self._writer.alone():
            if received.is_private or path.exists():
                return False
            self._writer.put(path, write_case(stages.stub(received)).encode())
        return True

    def _stub_at(self, path: Path, received: Received) -> Case | None:
        """Return the case that stands there; CannotPublishError where it is another, or has no words and was edited."""
        if not path.exists():
            return None
        there = self._writer.read(path, received.company)
        if there.case.received != received.received:
            raise CannotPublishError(f"{there.shown} is another case with this number")
        if not there.case.text and write_case(there.case) != there.text:
            raise CannotPublishError(f"{there.shown} was edited by hand; put the text into the file by hand too")
        return there.case

    def _write_month(self, company: str, month: str, members: Sequence[Received]) -> bool:
        shown = f"{company}/ledger/{month}.csv"
        path = self._writer.content / shown
        with self._writer.alone():
            before = read_text(path, shown) if path.exists() else ""
            lines = {line.case: line for line in (read_ledger(before, shown) if before else ())}
            lines.update({received.number: stages.line_of(received) for received in members})
            after = write_ledger(lines.values())
            if after != before:
                self._writer.put(path, after.encode())
        with self._inbox.writing() as connection:
            for received in members:
                cases.ledger_written(connection, received)
        return after != before

    def _write_referrals(self, company: str, counted: Referrals) -> bool:
        """Write how many there are, never fewer than were written: an erasure must not show, nor another store."""
        shown = f"{company}/referrals.toml"
        path = self._writer.content / shown
        if not (path.parent / "company.toml").is_file():
            return False
        with self._writer.alone():
            before = read_referrals(read_text(path, shown), shown) if path.exists() else Referrals()
            after = before.together(counted)
            if after != before:
                self._writer.put(path, write_referrals(after).encode())
        return after != before

    def _note_first_reply(self, case: Case) -> None:
        """Complete the ledger's line of a case that is in the record but never was in this inbox."""
        shown = f"{case.company}/ledger/{month_of(case.received)}.csv"
        path = self._writer.content / shown
        if case.first_reply is None or not path.exists():
            return
        with self._writer.alone():
            lines = read_ledger(read_text(path, shown), shown)
            noted = [
                replace(line, first_reply=line.first_reply or case.first_reply.at) if line.case == case.number else line
                for line in lines
            ]
            if noted != list(lines):
                self._writer.put(path, write_ledger(noted).encode())


_DEEDS: dict[str, Callable[[Publisher, Deed, datetime], None]] = {
    "publish": Publisher._publish,
    "reply": Publisher._reply,
    "answer": Publisher._answer,
    "release": Publisher._release,
    "withhold": Publisher._withhold,
    "publish_words": Publisher._publish_words,
    "withhold_words": Publisher._withhold_words,
    "lift": Publisher._lift,
    "promise": lambda publisher, deed, at: publisher._promising.make(deed, at),
    "move": lambda publisher, deed, at: publisher._promising.move(deed, at),
    "keep": lambda publisher, deed, at: publisher._promising.keep(deed, at),
    "break": lambda publisher, deed, at: publisher._promising.break_(deed, at),
    "solve": lambda publisher, deed, at: publisher._promising.solve(deed, at),
    "give": lambda publisher, deed, at: publisher._promising.give(deed, at),
    "correct": lambda publisher, deed, at: publisher._dialogue.correct(deed, at),
    "inquire": lambda publisher, deed, at: publisher._dialogue.inquire(deed, at),
    "tell": lambda publisher, deed, at: publisher._telling.tell(deed, at),
    "duplicate": lambda publisher, deed, at: publisher._dialogue.mark_duplicate(deed, at),
    "hide": lambda publisher, deed, at: publisher._judging.hide(deed, at),
    "restore": lambda publisher, deed, at: publisher._judging.restore(deed, at),
    "remove": lambda publisher, deed, at: publisher._judging.remove(deed, at),
    "mask": lambda publisher, deed, at: publisher._judging.mask(deed, at),
}


def _new_turns(found: Case, imported: Case) -> tuple[Event, ...]:
    """Return the turns of a conversation that its case does not have; DivergedError where it goes on otherwise."""
    # A reply given at the desk has a name; most exports have none.
    named = any(event.name for event in imported.events)
    spoken = [event for event in found.events if event.event in ("reply", "followup")]
    turns = [event for event in spoken if named or event.name is None]
    for there, turn in zip(turns, imported.events, strict=False):
        if there != turn:
            raise DivergedError(turn)
    return imported.events[len(turns) :]
