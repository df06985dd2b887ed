"""The desk's pages about what a company does: promises, gifts, and saying that a matter is solved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, abort
from flask_wtf import FlaskForm

from amends.case import Promise, end_of, promises
from amends.desk import guard
from amends.desk.forms import BreakForm, ButtonForm, GiftForm, MoveForm, PromiseForm, SolvedForm
from amends.desk.inbox_list import can_be_read, waiting
from amends.desk.matter import Matter
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


class Doing(Room):
    """What company staff do about a case beside replying. Not the keeper's."""

    def add_to(self, room: Blueprint) -> None:
        """Add the routes to those of the desk."""
        case = "/<company>/<number>"
        room.add_url_rule("/promises", "promises", self.promises)
        room.add_url_rule(f"{case}/promise", "promise", self.promise, methods=["POST"])
        room.add_url_rule(f"{case}/move", "move", self.move, methods=["POST"])
        room.add_url_rule(f"{case}/keep", "keep", self.keep, methods=["POST"])
        room.add_url_rule(f"{case}/break", "break", self.break_, methods=["POST"])
        room.add_url_rule(f"{case}/solve", "solve", self.solve, methods=["POST"])
        room.add_url_rule(f"{case}/give", "give", self.give, methods=["POST"])

    def promises(self) -> Page:
        """Show the promises that run: what is overdue, due today, and coming."""
        now, record = self._clock(), self._record()
        owed = running(record, now)
        lists = sorted_by_day(owed, record, now)
        return self._render("desk/promises.html", lines=waiting(self._inbox, record, guard.person(), now), lists=lists)

    def promise(self, company: str, number: str) -> Page:
        """Promise something by a day."""
        matter = self._own(company, number)
        form = _on(PromiseForm(), matter, self._clock())
        return self._leave(matter, "promise", form, "promise_form")

    def move(self, company: str, number: str) -> Page:
        """Move a promise to another day, visibly, with the reason."""
        matter = self._own(company, number)
        form = _on(MoveForm(), matter, self._clock())
        return self._leave(matter, "move", form, "move_form")

    def keep(self, company: str, number: str) -> Page:
        """Say that a promise was kept."""
        matter = self._own(company, number)
        form = ButtonForm()
        if not form.validate_on_submit() or not _runs(matter, form.deed.data):
            return self._show(matter, status=422)
        if not self._decide(matter, "keep", promise=form.deed.data or ""):
            return self._show(self._matter(company, number), status=409)
        return self._back(matter)

    def break_(self, company: str, number: str) -> Page:
        """Say that a promise will not be kept, and why."""
        return self._leave(self._own(company, number), "break", BreakForm(), "break_form")

    def solve(self, company: str, number: str) -> Page:
        """Say that the matter is solved as the company sees it; whether it is, the customer says."""
        return self._leave(self._own(company, number), "solve", SolvedForm(), "solved_form")

    def give(self, company: str, number: str) -> Page:
        """Give the customer something, for whatever they said."""
        matter = self._own(company, number)
        form = _on(GiftForm(), matter, self._clock())
        return self._leave(matter, "give", form, "gift_form")

    def _own(self, company: str, number: str) -> Matter:
        guard.require_company_staff()
        matter = self._matter(company, number)
        if not matter.can_be_promised:
            abort(404)
        return matter

    def _leave(self, matter: Matter, kind: str, form: FlaskForm, name: str) -> Page:
        """Let what stands in a form leave, or show it again with what is wrong in it."""
        is_right = form.validate_on_submit()
        promise = form["promise"].data if "promise" in form else None
        if not is_right or (promise is not None and not _runs(matter, promise)):
            return self._show(matter, status=422, **{name: form})
        if not self._decide(matter, kind, **_facts(form)):
            after = self._matter(matter.company.slug, matter.number)
            return self._show(after, status=409, kept=_words(form), **{name: form})
        return self._back(matter)


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


def _on(form: FlaskForm, matter: Matter, now: datetime) -> FlaskForm:
    """Tell a form which day it is where the company is."""
    form.today = _today(matter.company, now)
    return form


def _today(company: Company, now: datetime) -> date:
    return now.astimezone(company.zone).date()


def _runs(matter: Matter, promise: str | None) -> bool:
    return any(one.promise == promise and one.is_running for one in matter.promises)


def _words(form: FlaskForm) -> str:
    """Return what somebody filled in, to be read where the form is not shown."""
    filled = (field for field in form if field.data and field.type not in ("HiddenField", "CSRFTokenField"))
    return "\n".join(f"{field.label.text}: {field.data}" for field in filled)


def _facts(form: FlaskForm) -> dict[str, str]:
    """Return what a deed keeps of a form: texts, and days as ISO 8601 writes them."""
    values = {field.name: field.data for field in form if field.name != "csrf_token"}
    return {name: value.isoformat() if isinstance(value, date) else str(value or "") for name, value in values.items()}
