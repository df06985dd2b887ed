"""The promises that run, by when they are due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint

from amends.case import Promise, end_of, promises
from amends.desk import guard
from amends.desk.inbox_list import can_be_read
from amends.desk.room import Page, Room
from amends.record import Company, Record


@dataclass(frozen=True, slots=True)
class Owed:
    """A promise that runs: whose, in which case, and the instant at which it is overdue."""

    company: str
    number: str
    title: str
    language: str
    promise: Promise
    due: datetime


class Promised(Room):
    """The page of promises."""

    def add_to(self, room: Blueprint) -> None:
        """Add the route to those of the desk."""
        room.add_url_rule("/promises", "promises", self.promises)

    def promises(self) -> Page:
        """Show the promises that run: what is overdue, due today, and coming."""
        now, record = self._clock(), self._record()
        owed = running(record, now)
        lists = sorted_by_day(owed, record, now)
        return self._render("desk/promises.html", lists=lists)


def running(record: Record, now: datetime) -> list[Owed]:
    """Return the promises that run and that this person may see, the one due first on top."""
    found = []
    for company in record.companies:
        if guard.person().may_see(company.slug):
            for entry in record.entries[company.slug]:
                case = entry.case
                facts = (company.slug, case.number, case.title or "", case.language or "")
                made = promises(case) if can_be_read(case) else ()
                found += [Owed(*facts, one, end_of(one.due, company.zone)) for one in made if one.is_running]
    return sorted(found, key=lambda owed: (owed.due, owed.number))


def sorted_by_day(owed: list[Owed], record: Record, now: datetime) -> Mapping[str, list[Owed]]:
    """Return promises by whether their day is over, today, or to come, where each company is."""
    lists: dict[str, list[Owed]] = {"Overdue": [], "Due today": [], "Coming": []}
    for one in owed:
        today = _today(record.company(one.company), now)
        where = "Overdue" if now >= one.due else "Due today" if one.promise.due <= today else "Coming"
        lists[where].append(one)
    return lists


def _today(company: Company, now: datetime) -> date:
    return now.astimezone(company.zone).date()
