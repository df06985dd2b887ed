"""What the coach is given, and what it says."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from amends.case import Kind
from amends.language import Language


class Rule(StrEnum):
    """What advice is about. `apology` and `measure` are given where there is none in the reply."""

    APOLOGY = "apology"
    MEASURE = "measure"
    DEFENSIVE = "defensive"
    IMPERSONAL = "impersonal"
    TOO_LONG = "too_long"
    PERSONAL_DATA = "personal_data"
    TYPOS = "typos"
    UNANSWERED = "unanswered"
    COPIED = "copied"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as it is being written, and what it answers.

    `text` is in `language`, a BCP 47 tag. `asked` are the customer's words, all of them, and `author` the name under
    which they wrote. `earlier` are the company's earlier replies to anybody. `contacts` are the company's own addresses
    and numbers, `country` and `order_pattern` as for `amends.personal.find`. `now` is the instant of writing.
    """

    text: str
    language: str
    kind: Kind
    asked: str
    now: datetime
    author: str | None = None
    earlier: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    order_pattern: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A piece of advice: `start` and `end` are offsets in code points into the reply, both 0 for what is missing.

    `message` is one of the catalogues' messages and `facts` are what its names stand for.
    """

    rule: Rule
    start: int
    end: int
    message: str
    facts: tuple[tuple[str, int | str], ...] = ()

    def said(self, language: Language) -> str:
        """Say it in the language of whoever writes the reply, which need not be the reply's."""
        return language.gettext(self.message, **dict(self.facts))
