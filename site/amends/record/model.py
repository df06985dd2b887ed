"""What the record holds besides cases: the board, its companies, the ledger, and the faults of files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from amends.case import Case, Reason
from amends.hours import Hours

TOPICS = ("prices", "service", "quality", "no-answer", "loyalty", "knowing-me", "nothing-new")
"""The seven things that drive customers away: a company's topics unless it names its own."""

_NO_HOURS = Hours()
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one file of the record, in words that let its author mend it."""

    path: str
    line: int | None
    key: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        key = f"{self.key}: " if self.key else ""
        return f"{place}: {key}found {self.found}, expected {self.expected}"


class RecordError(ValueError):
    """A file of the record cannot be taken as it is; `faults` names every reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Board:
    """board.toml: the public board as a whole. `base_url` ends in a slash.

    `keeper` is who keeps the board, `contact` an e-mail address or a page at which the keeper is reached.
    """

    title: str = "Board"
    base_url: str = "https://board.example/"
    language: str = "en"
    service_url: str | None = None
    keeper: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Another way to reach a company: `kind` is phone, email, address or web."""

    kind: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """company.toml: a company that embeds the widget.

    `reply_hours` is its promise to answer: in its `hours` of business where it names them, or else by the clock on the
    wall. `order_pattern` is the mask of its order numbers, `amends.personal` says of what it is made. `left` is the day
    on which a company left whose `status` says so, where that is known. `aliases` are the slugs that it had before, and
    `joined` is that of the company of which it is part since it left.
    """

    slug: str
    name: str
    url: str
    language: str = "en"
    about: str = ""
    reply_hours: int = 24
    topics: tuple[str, ...] = TOPICS
    origins: tuple[str, ...] = ()
    zone: tzinfo = UTC
    contacts: tuple[Contact, ...] = ()
    accent: str = "#15191e"
    sensitive: bool = False
    status: str = "active"
    left: date | None = None
    aliases: tuple[str, ...] = ()
    joined: str | None = None
    service_url: str | None = None
    order_pattern: str | None = None
    hours: Hours = _NO_HOURS

    @property
    def has_left(self) -> bool:
        """Whether it no longer takes part in the board; its record stays."""
        return self.status == "left"

    def answer_due(self, at: datetime) -> datetime:
        """Return by when an answer is promised to what comes in at `at`; see `Hours.after`."""
        return self.hours.after(at, self.reply_hours, self.zone)

    def new_clock(self, at: datetime, promised: timedelta) -> datetime:
        """Return when the new clock ends that starts at `at`, of a case that was to be answered within `promised`.

        Where hours of business are named, that is the promise of this moment: for no more hours than `promised` had,
        since whoever raises the promise later gains no time with older cases.
        """
        if not self.hours.week:
            return at + promised
        return self.hours.after(at, min(self.reply_hours, promised // _HOUR), self.zone)


class LedgerOutcome(StrEnum):
    """What became of a case that was received; `withheld` carries its reason."""

    WAITING = "waiting"
    PUBLISHED = "published"
    PRIVATE = "private"
    WITHHELD = "withheld"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    HELD = "held"
    """It looks like spam, and the keeper has not decided yet."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """The public line of a case received, shown or not."""

    case: str
    received: datetime
    reply_by: datetime
    outcome: LedgerOutcome = LedgerOutcome.WAITING
    reason: Reason | None = None
    at: datetime | None = None
    first_reply: datetime | None = None


class Standing(StrEnum):
    """How far a case's file can be believed."""

    GOOD = "good"
    LAST_GOOD = "last-good"
    """The file has a fault; what is shown is what it said before."""
    PLACEHOLDER = "placeholder"
    """The file has a fault and never was good: nothing of it is known but its number."""
    MISSING = "missing"
    """The ledger says published, and there is no file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A case as the board shows it. A placeholder's case has no text and counts as unanswered."""

    case: Case
    path: str
    standing: Standing = Standing.GOOD


class UpdateKind(StrEnum):
    """What an update tells: what the company did because customers said so, a price, or other news."""

    CHANGE = "change"
    PRICE = "price"
    NEWS = "news"


@dataclass(frozen=True, slots=True)
class Update:
    """What a company tells of itself on one day, in the Markdown of its staff.

    `name` is the file's name without its suffix, unique among the company's updates. `said` is what customers
    said, in the company's words; `starts` the day on which a price or news takes effect; `cases` are the
    numbers of the company's cases that it came from.
    """

    name: str
    kind: UpdateKind
    day: date
    title: str
    text: str
    said: str | None = None
    starts: date | None = None
    cases: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A written answer to a common question, in the Markdown of staff, last revised on `day`.

    `name` is the file's name without its suffix, unique among the company's answers; `topic` is one of the
    company's; `cases` are the numbers of the company's cases in which it was asked.
    """

    name: str
    day: date
    title: str
    text: str
    topic: str | None = None
    cases: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Referrals:
    """referrals.toml: how many links customers of a company made to recommend it, and how many brought a visit."""

    made: int = 0
    visited: int = 0

    def together(self, other: "Referrals") -> "Referrals":
        """Return the larger numbers of both: what was counted once stays counted, in whichever store."""
        return Referrals(max(self.made, other.made), max(self.visited, other.visited))


@dataclass(frozen=True, slots=True)
class House:
    """The record without its cases: the board, its companies in the order of their slugs, and what is told besides.

    Updates are by day and name, newest first, answers by title, both by the company's slug, as are the referrals of
    those who have any. `pages` is what the keeper says of the board at the end of a page, in Markdown, by its name.
    """

    board: Board
    companies: tuple[Company, ...]
    updates: Mapping[str, tuple[Update, ...]] = field(default_factory=dict)
    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    referrals: Mapping[str, Referrals] = field(default_factory=dict)

    def company(self, slug: str) -> Company:
        """Return the company with this slug; KeyError where there is none."""
        for company in self.companies:
            if company.slug == slug:
                return company
        raise KeyError(slug)


@dataclass(frozen=True, slots=True)
class Record:
    """The whole record, as far as it can be read. All by the company's slug, but `pages`.

    Entries are in the order of receipt, oldest first; updates by day and name, newest first; answers by title.
    `pages` is what the keeper says of the board at the end of a page, in Markdown, by the page's name.
    """

    board: Board
    companies: tuple[Company, ...]
    entries: Mapping[str, tuple[Entry, ...]]
    ledgers: Mapping[str, tuple[LedgerLine, ...]]
    faults: tuple[Fault, ...] = field(default=())
    updates: Mapping[str, tuple[Update, ...]] = field(default_factory=dict)
    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    referrals: Mapping[str, Referrals] = field(default_factory=dict)

    @property
    def house(self) -> House:
        """The record without its cases."""
        return House(self.board, self.companies, self.updates, self.answers, self.pages, self.referrals)

    def company(self, slug: str) -> Company:
        """Return the company with this slug; KeyError where there is none."""
        return self.house.company(slug)

    def entry(self, slug: str, number: str) -> Entry:
        """Return a company's case by its number; KeyError where there is none."""
        for entry in self.entries.get(slug, ()):
            if entry.case.number == number:
                return entry
        raise KeyError(number)
