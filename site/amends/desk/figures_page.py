"""The page that shows how it goes: for a company's staff at theirs, for the keeper at all of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, abort

from amends.board import five
from amends.clock import Clock
from amends.desk import guard
from amends.desk.accounts import Account, Accounts
from amends.desk.course import LONGEST, MONTH, WEEK, Waiting, longest, trends, weeks
from amends.desk.inbox_list import List
from amends.desk.outlook import outlook
from amends.desk.room import Page, Room
from amends.desk.shelf import Item, Shelf, title
from amends.doctor import glance
from amends.figures import ALL_TIME
from amends.inbox import Inbox, team, verdicts, worklist
from amends.language import language
from amends.record import Company
from amends.settings import Settings
from amends.text import title_of

_EN = language("en")


@dataclass(frozen=True, slots=True)
class Shown:
    """One of those who wait longest: the case's title, how long it has been, and who at the company has it."""

    waiting: Waiting
    title: str
    language: str
    length: str
    holder: str | None


@dataclass(frozen=True, slots=True)
class Load:
    """Of what waits, how many cases a colleague has, and how many of these are late; an empty name: nobody has them."""

    name: str
    cases: int
    late: int
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One company as the keeper compares it: how much is overdue there, and how long the oldest of it has been.

    `answered` and `median` are two of its figures over the twelve closed months, or else over what `window` says.
    """

    company: Company
    overdue: int
    longest: str
    window: str
    answered: str
    median: str


class Counted(Room):
    """The page of figures."""

    def __init__(self, settings: Settings, inbox: Inbox, clock: Clock, record: Shelf) -> None:
        super().__init__(settings, inbox, clock, record)
        self._accounts = Accounts()

    def add_to(self, room: Blueprint) -> None:
        """Add the route to those of the desk."""
        room.add_url_rule("/figures", "figures", self.figures)

    def figures(self) -> Page:
        """Show how it goes."""
        return self._of_all() if guard.person().is_keeper else self._of_company(guard.person().company or "")

    def _of_all(self) -> Page:
        now, record = self._clock(), self._record()
        accounts = [self._accounts.of(record, company, now) for company in record.companies]
        accounts.sort(key=lambda one: (-len(one.overdue(now)), one.company.slug))
        queue = self._queue()
        with self._inbox.reading() as connection:
            held = worklist.held(connection)
            ahead = outlook(self._settings, connection, record, accounts, now)
        return self._render(
            "desk/companies.html",
            standings=[_standing(account, now) for account in accounts],
            base_url=record.board.base_url,
            queue=queue,
            held=held,
            findings=glance(self._settings, now),
            faults=record.faults,
            ahead=ahead,
        )

    def _of_company(self, slug: str) -> Page:
        now, record = self._clock(), self._record()
        try:
            company = record.company(slug)
        except KeyError:
            abort(404)
        account = self._accounts.of(record, company, now)
        noted = account.noted.values()
        waiting = List(self._inbox, self._record, guard.person(), now).waiting()
        with self._inbox.reading() as connection:
            private = [(at, str(outcome)) for at, outcome in verdicts.since(connection, slug, now - 2 * WEEK)]
            topics = worklist.topics(connection, slug, int((now - 2 * MONTH).timestamp()))
            colleagues = team.colleagues(connection, slug)
            holders = team.assignments(connection, slug)
        return self._render(
            "desk/figures.html",
            company=company,
            windows=[(five.called(_EN, one.window), five.five(_EN, one, now)) for one in account.windows],
            has_begun=bool(account.windows[-1].received),
            weeks=weeks(noted, private, now),
            trends=trends(noted, topics, now),
            waits=self._longest(account, now, {number: colleagues.get(one) for number, one in holders.items()}),
            loads=_loads(waiting, colleagues, holders, now),
        )

    def _longest(self, account: Account, now: datetime, holders: Mapping[str, str | None]) -> Sequence[Shown]:
        with self._inbox.reading() as connection:
            unread = [
                Waiting(number, datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(due, UTC), "first reply")
                for at, due, number in worklist.longest(connection, account.company.slug, LONGEST)
            ]
            found = longest(account.open, unread, now, account.company.zone)
            words = worklist.whole(connection, [one.number for one in found])
        return [_shown(one, account, words, now, holders.get(one.number)) for one in found]


def _shown(
    waiting: Waiting, account: Account, words: Mapping[str, tuple[str, str]], now: datetime, holder: str | None
) -> Shown:
    noted = account.noted.get(waiting.number)
    case = noted.case if noted else None
    called = title(case) if case and case.text else title_of(words.get(waiting.number, ("", ""))[1])
    length = _EN.duration(now - waiting.since)
    return Shown(waiting, called, (case.language if case else None) or "", length, holder)


def _loads(
    waiting: Sequence[Item], colleagues: Mapping[int, str], holders: Mapping[str, int], now: datetime
) -> Sequence[Load]:
    """Return a line for each colleague, whoever has most late on top, and one for what nobody has."""
    has: Counter[int | None] = Counter(holders.get(item.number) for item in waiting)
    late = Counter(holders.get(item.number) for item in waiting if item.at <= now.timestamp())
    me = guard.person().id
    found = [Load(name, has[one], late[one], "me" if one == me else "") for one, name in colleagues.items()]
    found.sort(key=lambda load: (-load.late, -load.cases))
    return [*found, Load("", has[None], late[None], "nobody")] if waiting else []


def _standing(account: Account, now: datetime) -> Standing:
    overdue, shown = account.overdue(now), account.windows[0]
    return Standing(
        account.company,
        len(overdue),
        _EN.duration(now - min(overdue)) if overdue else "",
        "all time" if shown.window == ALL_TIME and shown.received else "",
        five.percent(_EN, shown.answered),
        five.median(_EN, shown.first_reply),
    )
