"""A case as its customer sees it: what the record and the inbox have, and what is on its way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection

from amends.case import Case, Event, Kind, Promise, promises
from amends.inbox import additions, cases, companies, deeds, gifts, referrals, reports, verdicts
from amends.inbox.additions import Addition
from amends.inbox.cases import ORIGINAL, Answer, Received
from amends.inbox.deeds import Deed
from amends.inbox.gifts import Gift
from amends.inbox.reports import Report
from amends.publish import as_given
from amends.record import Board, Company, find_case, read_board, read_company
from amends.visitor.claims import Claim, claims


@dataclass(frozen=True)
class Matter:
    """One case for its customer. Where the record has it, the record is what counts.

    `public` and `received` are as they will be when what the customer did has left; `failed` is what could not.
    """

    company: Company
    board: Board
    received: Received
    public: Case | None
    answers: Sequence[Answer]
    verdicts: Sequence[Event]
    additions: Sequence[Addition]
    gifts: Sequence[Gift]
    code: str | None
    objection: Report | None
    claims: Sequence[Claim]
    pending: Sequence[Deed]
    failed: Sequence[Deed]

    @property
    def address(self) -> str:
        """Where the board shows it."""
        return f"{self.board.base_url}{self.company.slug}/{self.received.number}/"

    @property
    def text(self) -> str:
        """The customer's first words; empty where they are no longer shown."""
        if self.is_over:
            return ""
        return self.public.text if self.public and self.public.text else self.received.text

    @property
    def author(self) -> str:
        """How the customer wants to be called."""
        return (self.public.author if self.public else None) or self.received.author

    @property
    def is_asked(self) -> bool:
        """Whether the company asked something in private, to which there is no answer yet."""
        last = self.public.last("asked", "answered") if self.public and not self.public.is_gone else None
        return last is not None and last.event == "asked"

    @property
    def promises(self) -> Sequence[Promise]:
        """What the company promised."""
        return promises(self.public) if self.public else ()

    @property
    def verdict(self) -> Event | None:
        """What the customer said last of how it stands."""
        in_public = self.public.last("verdict") if self.public else None
        return in_public or (self.verdicts[-1] if self.verdicts else None)

    @cached_property
    def first_answer(self) -> Event | Answer | None:
        """The company's answer: a public one, or one to the customer alone where nobody else reads the case.

        A private question about a public case is none.
        """
        in_public = self.public.first_reply if self.public else None
        if in_public or not self.received.is_answered_privately:
            return in_public
        return next((answer for answer in self.answers if answer.by == "company"), None)

    @property
    def is_withheld(self) -> bool:
        """Whether the keeper let nobody read it."""
        return self.received.outcome == "withheld"

    @property
    def is_spam(self) -> bool:
        """Whether it was withheld as spam: nobody owes an answer to that."""
        return self.is_withheld and self.received.reason == "spam"

    @property
    def is_over(self) -> bool:
        """Whether the customer took it back, or the keeper removed it."""
        return self.received.outcome in ("withdrawn", "erased") or (self.public is not None and self.public.is_gone)

    @property
    def is_public(self) -> bool:
        """Whether everyone can read it now."""
        return self.public is not None and not (self.is_over or self.public.is_stub or self.public.is_hidden)

    @property
    def can_add(self) -> bool:
        """Whether there is still somebody to tell more to."""
        return not (self.is_over or self.is_spam)

    @property
    def can_judge(self) -> bool:
        """Whether there is an answer to judge."""
        return Kind(self.received.kind).can_be_solved and self.first_answer is not None and self.can_add

    @property
    def can_withdraw(self) -> bool:
        """Whether there is something to take back. What is withheld stays counted; it can be erased."""
        return not (self.is_over or self.is_withheld)

    @property
    def can_hide_name(self) -> bool:
        """Whether a name is shown."""
        return bool(self.author) and not self.is_over

    @property
    def can_keep_private(self) -> bool:
        """Whether nobody has decided yet that everyone may read it."""
        return self.received.outcome == "waiting"

    @property
    def is_masked(self) -> bool:
        """Whether a part of what the customer wrote for everyone is hidden on the board."""
        return any(answer.by == ORIGINAL for answer in self.answers)

    @property
    def can_object(self) -> bool:
        """Whether something of it is kept from being read."""
        removed = self.public is not None and self.public.last("removed") is not None
        hidden = self.public is not None and not self.is_over and self.public.is_hidden
        return (
            self.is_withheld or removed or hidden or self.is_masked or any(not one.is_waiting for one in self.additions)
        )


def read_matter(connection: Connection, content: Path, received: Received, now: datetime) -> Matter | None:
    """Return a case with all that its customer may see `now`; None where the company is not there any more."""
    slug, number = received.company, received.number
    texts = companies.get(connection, slug)
    if texts is None:
        return None
    own = [deed for deed in deeds.of_case(connection, number, slug) if deed.is_customers]
    pending = [deed for deed in own if deed.failed is None]
    company, found = read_company(texts[0], slug, "company.toml"), find_case(content, slug, number)
    public = as_given(found, pending) if found else None
    return Matter(
        company=company,
        board=read_board(texts[1], "board.toml"),
        received=_as_given(received, pending),
        public=public,
        answers=cases.answers(connection, number),
        verdicts=verdicts.of_case(connection, number),
        additions=additions.of_case(connection, number),
        gifts=gifts.of_case(connection, number),
        code=referrals.of_case(connection, number),
        objection=reports.objection_to(connection, slug, number),
        claims=claims(connection, company, public, now) if public else [],
        pending=pending,
        failed=[deed for deed in own if deed.failed is not None],
    )


def _as_given(received: Received, pending: Sequence[Deed]) -> Received:
    for deed in pending:
        if deed.kind == "withdraw":
            received = replace(received, outcome="withdrawn", outcome_at=deed.made, text="", author="")
        elif deed.kind == "keep_private":
            received = replace(received, outcome="private", publicity="private")
        elif deed.kind == "hide_name":
            received = replace(received, author="")
    return received
