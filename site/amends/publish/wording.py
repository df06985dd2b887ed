"""The words of people as everyone will read them: what goes into the record, and what is shown before it does."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from amends.case import Case, Event
from amends.personal import Choice, find, key, mask
from amends.record import Company
from amends.text import title_of

_NOTHING_DECIDED = Choice()
_OF_AN_EVENT = ("name", "measure", "text", "what", "why")


@dataclass(frozen=True, slots=True)
class Piece:
    """Personal data that stands in a text; `start` and `end` are offsets in code points."""

    kind: str
    start: int
    end: int
    words: str

    @property
    def key(self) -> str:
        """By what a choice knows it again."""
        return key(self.words)


@dataclass(frozen=True, slots=True)
class Wording:
    """A customer's first words, as the record will have them."""

    title: str
    text: str
    author: str
    page: str


def pieces(company: Company, text: str) -> tuple[Piece, ...]:
    """Return the personal data in a text, in its order."""
    found = find(text, order_pattern=company.order_pattern)
    return tuple(Piece(one.kind, one.start, one.end, text[one.start : one.end]) for one in found)


def masked(company: Company, text: str, choice: Choice = _NOTHING_DECIDED) -> str:
    """Return a text without personal data, but for what a person decided."""
    return mask(text, order_pattern=company.order_pattern, choice=choice)


def wording(company: Company, text: str, author: str, page: str, choice: Choice = _NOTHING_DECIDED) -> Wording:
    """Return what of a customer's first words becomes public; a page whose path tells of a person does not."""
    shown = masked(company, text, choice)
    return Wording(title_of(shown), shown, masked(company, author, choice), "" if pieces(company, page) else page)


def own(company: Company) -> Choice:
    """Return that the company's own contacts stay: staff name them in answers."""
    return Choice(frozenset(key(contact.value) for contact in company.contacts))


def in_public(company: Company, event: Event, choice: Choice = _NOTHING_DECIDED) -> Event:
    """Return an event with its words masked; what is the company's own stays where the company says it."""
    decided = choice | own(company) if event.by == "company" else choice
    shown: dict[str, Any] = {name: masked(company, said, decided) for name, said in _said(event)}
    return replace(event, **shown)


def imported(company: Company, case: Case) -> Case:
    """Return a case from another channel as the record takes it."""
    shown = wording(company, case.text, case.author or "", case.page or "")
    return replace(
        case,
        text=shown.text,
        title=masked(company, case.title) if case.title else case.title,
        author=shown.author or None,
        page=shown.page or None,
        events=tuple(in_public(company, event) for event in case.events),
    )


def _said(event: Event) -> Iterator[tuple[str, str]]:
    for name in _OF_AN_EVENT:
        said = getattr(event, name)
        if said is not None:
            yield name, said
