"""What every page of the desk about a case needs: the case as its reader may know it, and how decisions leave."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from flask import abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from amends.case import state
from amends.clock import Clock
from amends.desk import guard, keys
from amends.desk.forms import ButtonForm, KnownForm, MasksForm
from amends.desk.inbox_list import List, can_be_read
from amends.desk.matter import Matter, Team
from amends.desk.queue import Queue, queue
from amends.desk.shelf import Shelf
from amends.desk.tasks import Task, filled, first, may_see, open_tasks
from amends.inbox import Inbox, additions, audit, cases, deeds, reports, team, templates, verdicts
from amends.inbox.cases import Contact, Received
from amends.inbox.deeds import Deed
from amends.inbox.templates import Template
from amends.record import find_case
from amends.settings import Settings

_NOTHING_SAID: Mapping[str, object] = MappingProxyType(
    {
        "masks_forms": {},
        "kept": "",
        "overtaken": "",
        "preview": None,
        "look": None,
        "advised": (),
        "added": 0,
        "known_form": None,
    }
)

Page = str | AnyResponse | tuple[str, int]


class Room:
    """A part of the desk: its pages are about cases, and each change is a decision that leaves after some seconds."""

    def __init__(self, settings: Settings, inbox: Inbox, clock: Clock, record: Shelf) -> None:
        self._settings, self._inbox, self._clock, self._record = settings, inbox, clock, record

    def _matter(self, slug: str, number: str) -> Matter:
        self._follow(slug)
        guard.require_company(slug)
        try:
            company = self._record().company(slug)
        except KeyError:
            abort(404)
        with self._inbox.reading() as connection:
            received = cases.get(connection, number)
            # A number in this company's folder says nothing: what is private goes by the company in the inbox.
            own = received is not None and received.company == slug
            public = find_case(self._settings.content, slug, number)
            matter = Matter(
                company=company,
                number=number,
                received=received if own else None,
                public=public,
                contact=cases.contacts_of(connection, number) if own else Contact(),
                answers=_answers(connection, received) if own and received else [],
                verdicts=verdicts.of_case(connection, number) if own and not guard.person().is_keeper else [],
                additions=additions.of_case(connection, number) if own and can_be_read(public) else [],
                pending=[one for one in deeds.of_case(connection, number, slug) if may_see(guard.person(), one)],
                asked=deeds.asked(connection, number) if own else [],
                declined=deeds.declined(connection, number) if own else [],
                team=None if guard.person().is_keeper else _team(connection, slug, number, is_own=own),
            )
        is_nowhere = matter.received is None and matter.public is None
        if is_nowhere or (matter.is_private if guard.person().is_keeper else matter.is_held):
            abort(404)
        return matter

    def _follow(self, slug: str) -> None:
        """Lead on to the company that was called so before: links to the desk stand in mails."""
        companies = self._record().companies
        if any(company.slug == slug for company in companies):
            return
        for company in companies:
            if slug in company.aliases and guard.person().may_see(company.slug):
                there = {**(request.view_args or {}), "company": company.slug}
                abort(redirect(url_for(str(request.endpoint), **there), 308))

    def _decide(self, matter: Matter, kind: str, **facts: str) -> bool:
        """Store a decision; False where another one about this case is just leaving."""
        return self._decide_after(timedelta(), matter, kind, facts)

    def _decide_after(self, wait: timedelta, matter: Matter, kind: str, facts: dict[str, str]) -> bool:
        """Store a decision that leaves so much later than others."""
        now = self._clock()
        leaves = now + timedelta(seconds=self._settings.undo_seconds) + wait
        decision = Deed(0, matter.company.slug, matter.number, kind, facts, guard.person().id, now, leaves)
        with self._inbox.writing() as connection:
            pending = deeds.of_case(connection, matter.number, matter.company.slug)
            if any(deed.is_leaving for deed in pending):
                return False
            deeds.add(connection, decision)
            audit.decided(connection, now, guard.person(), kind, matter.number)
        return True

    def _show(
        self,
        matter: Matter,
        task: Task | None = None,
        form: FlaskForm | None = None,
        status: int = 200,
        **facts: object,
    ) -> Page:
        """Show a case with one thing to do about it; without `task` the most usual one that can be done."""
        person, now = guard.person(), self._clock()
        tasks = open_tasks(matter, person)
        # What can no longer be done has no page: the case says why, and keeps the words.
        task = task if task in tasks else first(tasks, matter)
        form = form if form is not None and task and isinstance(form, task.form) else None
        if form is not None and not any(deed.is_leaving for deed in matter.pending):
            # The form itself has the words.
            facts["kept"] = ""
        page = self._render(
            "desk/case.html",
            queue=self._queue(matter.number),
            matter=matter,
            address=f"{self._record().board.base_url}{matter.company.slug}/{matter.number}/",
            state=state(matter.public, now, matter.company.zone) if matter.public else None,
            tasks=tasks,
            templates=self._templates(matter) if task and task.name == "reply" else (),
            fresh_known=KnownForm(formdata=None, text=matter.team.known if matter.team else ""),
            task=task,
            form=form or (self._form(task, matter) if task else None),
            **({**_NOTHING_SAID, "fresh_masks": MasksForm(formdata=None)} | facts),
        )
        return page, status

    def _form(self, task: Task, matter: Matter, **facts: str) -> FlaskForm:
        """Return the form of a task as somebody filled it in, or as it is before that: with their draft in it."""
        draft = matter.team.draft_of(guard.person().id) if matter.team else None
        if draft and task.name == "reply" and request.method == "GET":
            facts = {**draft.facts, **facts}
        return filled(task, matter, guard.person(), self._clock(), facts)

    def _templates(self, matter: Matter) -> Sequence[Template]:
        with self._inbox.reading() as connection:
            return templates.of_company(connection, matter.company.slug)

    def _queue(self, here: str = "") -> Queue:
        """Return the page of the list that the address asks for, or on which the case `here` stands."""
        now = self._clock()
        return queue(List(self._inbox, self._record, guard.person(), now), request.args, now, here)

    def _render(self, template: str, **facts: object) -> str:
        person, open_reports = guard.person(), 0
        if person.is_keeper:
            with self._inbox.reading() as connection:
                open_reports = reports.count_open(connection)
        if "queue" not in facts:
            facts["queue"] = self._queue()
        facts |= {"person": person, "open_reports": open_reports, "button": ButtonForm(), "now": self._clock()}
        facts["keys_on"] = keys.are_on()
        return render_template(template, **facts)

    def _back(self, matter: Matter) -> AnyResponse:
        return redirect(url_for("desk.case", company=matter.company.slug, number=matter.number))


def _team(connection: Connection, company: str, number: str, *, is_own: bool) -> Team:
    """Return what staff noted; of who the customer is only where the case is in this company's inbox."""
    return Team(
        colleagues=team.colleagues(connection, company),
        holder=team.assigned(connection, company, number),
        notes=team.notes(connection, company, number),
        drafts=team.drafts(connection, company, number),
        earlier=team.history(connection, number) if is_own else (),
        known=team.known(connection, number) if is_own else None,
    )


def _answers(connection: Connection, received: Received) -> list[cases.Answer]:
    """Return what was said in private. The keeper reads of it what a company answered to what is withheld, alone."""
    said = cases.answers(connection, received.number)
    if not guard.person().is_keeper:
        return said
    return [answer for answer in said if answer.by == "company" and received.outcome == "withheld"]
