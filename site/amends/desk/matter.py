"""A case as the desk knows it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from amends.case import Case, Event, Outcome, Promise, promises
from amends.desk.masking import Proposal, proposal
from amends.inbox import cases
from amends.inbox.additions import Addition
from amends.inbox.cases import Contact, Received
from amends.inbox.deeds import LONG, Asked, Deed
from amends.inbox.team import Draft, Earlier, Note
from amends.personal import Choice
from amends.publish import Piece, masked, own
from amends.record import Company
from amends.submission import UNSORTED

WRITING = timedelta(minutes=15)
"""How long after a draft was saved it is said that somebody is writing."""


@dataclass(frozen=True, slots=True)
class Team:
    """What only a company's staff know of a case: by staff's id who they are, whose it is, and what they noted.

    `earlier` are the customer's other cases, and `known` is what staff know of them; None where nobody can tell who
    the customer is.
    """

    colleagues: Mapping[int, str]
    holder: int | None
    notes: Sequence[Note]
    drafts: Sequence[Draft]
    earlier: Sequence[Earlier]
    known: str | None

    def draft_of(self, staff: int) -> Draft | None:
        """Return what somebody has written so far."""
        return next((draft for draft in self.drafts if draft.staff == staff), None)

    def writing(self, staff: int, now: datetime) -> Sequence[Draft]:
        """Return what others than this one are writing just now."""
        return [draft for draft in self.drafts if draft.staff != staff and now - draft.saved < WRITING]


class Turn(NamedTuple):
    """Something that one of the two said; `kind` is event (in public), added, answer (in private) or verdict."""

    at: datetime
    kind: str
    said: Event | Addition | cases.Answer


@dataclass(frozen=True, slots=True)
class Matter:
    """A case as the desk knows it: from the inbox, from the record, or from both."""

    company: Company
    number: str
    received: Received | None
    public: Case | None
    contact: Contact
    answers: list[cases.Answer]
    verdicts: Sequence[Event]
    additions: Sequence[Addition]
    pending: list[Deed]
    asked: Sequence[Asked]
    declined: Sequence[tuple[str, datetime]] = ()
    team: Team | None = None

    @property
    def is_private(self) -> bool:
        """Whether the customer chose that only the company sees it."""
        return self.received is not None and self.received.is_private

    @property
    def is_answered_privately(self) -> bool:
        """Whether an answer reaches the customer alone."""
        return self.received is not None and self.received.is_answered_privately

    @property
    def is_unread(self) -> bool:
        """Whether nobody has decided yet if it becomes public."""
        return self.received is not None and self.received.outcome == "waiting"

    @property
    def is_held(self) -> bool:
        """Whether it looks like spam, and waits for the keeper."""
        return self.received is not None and self.received.is_held

    @property
    def unread_additions(self) -> Sequence[Addition]:
        """What the customer added and nobody has decided about yet."""
        return [added for added in self.additions if added.is_waiting]

    def unread_words(self, added: int) -> tuple[str, str]:
        """Return words that nobody has decided about, and their author: the first ones (0), or an addition."""
        if not added:
            return (self.received.text, self.received.author) if self.received and self.is_unread else ("", "")
        return next((one.text for one in self.unread_additions if one.id == added), ""), ""

    @property
    def proposals(self) -> Mapping[int, Proposal]:
        """What nobody has decided about, as it would become public: the first words (0) and additions."""
        unread = {one.id: (one.text, "", one.masks) for one in self.unread_additions}
        if self.received and self.is_unread:
            unread[0] = (self.received.text, self.received.author, self.received.masks)
        return {
            one: proposal(self.company, text, author, Choice.load(masks))
            for one, (text, author, masks) in unread.items()
        }

    @property
    def is_withheld(self) -> bool:
        """Whether the keeper let nobody read it, and there are words that could be shown after all."""
        return self.received is not None and self.received.outcome == "withheld" and bool(self.received.text)

    @property
    def can_be_answered(self) -> bool:
        """Whether there is still somebody to answer and something to answer to."""
        if self.is_answered_privately or self.is_unread:
            return True
        return self.public is not None and not self.public.is_gone and not self.public.is_stub

    @property
    def can_be_promised(self) -> bool:
        """Whether everyone can read of it, so that a promise about it is one to everyone."""
        return self.public is not None and self.can_be_answered and not self.is_answered_privately

    @property
    def can_be_solved(self) -> bool:
        """Whether the company can say that it is solved: it said something, and nothing says so already."""
        case = self.public
        if case is None or not self.can_be_promised or not case.kind.can_be_solved or not case.first_reply:
            return False
        last = case.last("verdict", "solved")
        return last is None or (last.event == "verdict" and last.outcome is not Outcome.SOLVED)

    @property
    def own_replies(self) -> Sequence[Event]:
        """The company's public replies, as far as they can be corrected."""
        return self.public.replies if self.public is not None and self.can_be_promised else ()

    def wording(self, reply: Event) -> str:
        """Return how a reply reads now."""
        events = self.public.events if self.public else ()
        corrected = [event.text for event in events if event.event == "correction" and event.of == reply.at]
        return (corrected[-1] if corrected else reply.text) or ""

    @property
    def can_be_inquired(self) -> bool:
        """Whether the customer can be asked in private, and the public sees that."""
        return self.can_be_promised and self.received is not None

    @property
    def can_be_duplicate(self) -> bool:
        """Whether it can be said to be the same as another case."""
        is_marked = self.public is not None and self.public.last("duplicate") is not None
        return (self.is_unread or (self.can_be_promised and self.received is not None)) and not is_marked

    @property
    def basis(self) -> str:
        """A mark of all that was said, so that nobody answers what they have not read."""
        answers = [(one.at, one.by, one.text) for one in self.answers]
        added = [(one.id, one.text) for one in self.additions]
        words = self.public.text if self.public else self.received.text if self.received else ""
        said = (words, self.public.events if self.public else (), answers, added, self.verdicts)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]

    @property
    def can_be_asked(self) -> bool:
        """Whether there are words of which the keeper can be asked to take them away, read by everyone or not yet."""
        return self.is_unread or bool(self.unread_additions) or (self.can_be_hidden and self.received is not None)

    @property
    def is_shown(self) -> bool:
        """Whether there is a text on the board, under review or not."""
        return self.public is not None and not self.public.is_gone and not self.public.is_stub

    @property
    def is_hidden(self) -> bool:
        """Whether it is under review."""
        return self.is_shown and self.public is not None and self.public.is_hidden

    @property
    def can_be_hidden(self) -> bool:
        """Whether everyone can read it."""
        return self.is_shown and not self.is_hidden

    @property
    def can_be_removed(self) -> bool:
        """Whether its words stand on the board, and nobody has decided yet to remove them."""
        return self.is_shown and self.removal is None

    @property
    def removal(self) -> Deed | None:
        """The decision to remove it, while that waits."""
        return next((deed for deed in self.pending if deed.kind in LONG and deed.failed is None), None)

    @property
    def can_be_withheld(self) -> bool:
        """Whether the keeper can still keep the first words from everyone."""
        return self.is_unread or self.is_held

    @property
    def promises(self) -> Sequence[Promise]:
        """What was promised."""
        return promises(self.public) if self.public else ()

    @property
    def turns(self) -> Sequence[Turn]:
        """What was said after the first words, in public and in private, in the order in which it was said."""
        turns = [Turn(event.at, "event", event) for event in (self.public.events if self.public else ()) if event.text]
        turns += [Turn(added.at, "added", added) for added in self.additions]
        turns += [Turn(answer.at, "answer", answer) for answer in self.answers]
        turns += [Turn(verdict.at, "verdict", verdict) for verdict in self.verdicts]
        return sorted(turns, key=attrgetter("at"))

    @property
    def colleagues(self) -> Mapping[int, str]:
        """The names of the company's staff, by id; for a keeper of none."""
        return self.team.colleagues if self.team else {}

    @property
    def author(self) -> str:
        """How the customer wants to be called; empty where they did not say."""
        return (self.public.author if self.public else None) or (self.received.author if self.received else "")

    @property
    def language(self) -> str | None:
        """The language in which the customer wrote, as far as it is known."""
        return (self.received.language if self.received else None) or (self.public.language if self.public else None)

    @property
    def known_fields(self) -> dict[str, str]:
        """What a template of a reply can say of it."""
        topic = self.topic.replace("-", " ")
        return {"name": self.author, "number": self.number, "topic": topic, "company": self.company.name}

    def runs(self, promise: str | None) -> bool:
        """Whether there is a promise of this name that is neither kept nor broken."""
        return any(one.promise == promise and one.is_running for one in self.promises)

    @property
    def topic(self) -> str:
        """The topic that stands now."""
        if self.public is not None:
            return self.public.topic
        return self.received.topic if self.received else UNSORTED


@dataclass(frozen=True, slots=True)
class Reply:
    """What the company is about to say, as it will be read, with what was found in it."""

    text: str
    measure: str
    name: str
    found: Sequence[Piece]
    choice: Choice

    @classmethod
    def of(cls, matter: Matter, facts: Mapping[str, str], found: Sequence[Piece], choice: Choice) -> "Reply":
        """Return it as everyone will read it, or as it is where only the customer will."""
        if matter.is_answered_privately:
            return cls(facts["text"], facts["measure"], facts["name"], (), choice)
        decided = choice | own(matter.company)
        shown = {name: masked(matter.company, said, decided) for name, said in facts.items()}
        return cls(shown["text"], shown["measure"], shown["name"], found, choice)
