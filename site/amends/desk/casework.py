"""The desk's pages about one case: each shows it beside one thing to do, and lets what was decided leave."""

from collections.abc import Callable, Mapping
from datetime import date

from flask import Blueprint, abort, request
from flask_wtf import FlaskForm

from amends.case import Reason
from amends.clock import stamp
from amends.desk import guard
from amends.desk.forms import AssignForm, ButtonForm, KnownForm, MasksForm, WithholdForm
from amends.desk.masking import chosen, found_in, wrong_words
from amends.desk.matter import Matter
from amends.desk.room import Page, Room
from amends.desk.tasks import TASKS, Task, may_undo
from amends.inbox import additions, audit, cases, deeds, notices, team
from amends.inbox.audit import Act
from amends.inbox.notices import ToCompany

WITHHOLD = "withhold"

OVERTAKEN = "Somebody answered, or the customer wrote again, after you had opened this page."
"""Why something was not sent. The case beside it shows what was said; to send the same words again is a decision."""


class Casework(Room):
    """Everything that is done about a case with one form and one button."""

    def add_to(self, room: Blueprint) -> None:
        """Add the routes to those of the desk."""
        case = "/<company>/<number>"
        room.add_url_rule(case, "case", self.case)
        room.add_url_rule(f"{case}/<task>", "task", self.task, methods=["GET", "POST"])
        room.add_url_rule(f"{case}/keep", "keep", self.keep, methods=["POST"])
        room.add_url_rule(f"{case}/hasten", "hasten", self.hasten, methods=["POST"])
        room.add_url_rule(f"{case}/undo", "undo", self.undo, methods=["POST"])
        room.add_url_rule(f"{case}/assign", "assign", self.assign, methods=["POST"])
        room.add_url_rule(f"{case}/known", "known", self.known, methods=["POST"])
        room.add_url_rule(f"{case}/masks", "masks", self.masks, methods=["POST"])
        added = f"{case}/<int:added>"
        room.add_url_rule(f"{added}/masks", "masks_of_words", self.masks, methods=["POST"])
        room.add_url_rule(f"{added}/publish", "publish_words", self.publish_words, methods=["POST"])
        room.add_url_rule(f"{added}/withhold", "withhold_words", self.withhold_words, methods=["GET", "POST"])

    def case(self, company: str, number: str) -> Page:
        """Show one case and what can be done about it."""
        return self._show(self._matter(company, number))

    def task(self, company: str, number: str, task: str) -> Page:
        """Show one thing to do about a case, or do it: it leaves after the seconds in which it can be undone."""
        todo = TASKS.get(task)
        if todo is None:
            abort(404)
        if not todo.is_for(guard.person()):
            abort(403)
        matter = self._matter(company, number)
        form = self._form(todo, matter)
        if request.method == "GET":
            return self._open(matter, todo, form)
        if not todo.is_open(matter) or not _is_about_a_promise(matter, form):
            return self._show(matter, status=422, kept=words_in(form))
        if not form.validate_on_submit():
            return self._show(matter, todo, form, 422, kept=words_in(form))
        if is_overtaken(matter):
            return self._show(matter, todo, form, 409, overtaken=OVERTAKEN)
        stays = _STAYS.get(todo.name)
        if stays and todo.is_for(guard.person()) and stays(self, matter, form):
            return self._back(matter)
        return self._leave(matter, todo, form, facts_of(form))

    def keep(self, company: str, number: str) -> Page:
        """Say that a promise was kept."""
        guard.require_company_staff()
        matter = self._matter(company, number)
        form = ButtonForm()
        if not form.validate_on_submit() or not matter.runs(form.deed.data):
            return self._show(matter, status=422)
        return self._leave_at_once(matter, "keep", promise=form.deed.data or "")

    def assign(self, company: str, number: str) -> Page:
        """Give a case to somebody of the team, or to nobody."""
        guard.require_company_staff()
        matter = self._matter(company, number)
        form = AssignForm()
        form.to.choices = {"": "nobody", **{str(one): name for one, name in matter.colleagues.items()}}
        if not form.validate_on_submit():
            return self._show(matter, status=422)
        with self._inbox.writing() as connection:
            to = int(form.to.data) if form.to.data else None
            team.assign(connection, company, number, to, self._clock())
        return self._back(matter)

    def known(self, company: str, number: str) -> Page:
        """Keep what staff know of a customer who can be told again."""
        guard.require_company_staff()
        matter = self._matter(company, number)
        form = KnownForm()
        if not form.validate_on_submit():
            return self._show(matter, status=422, known_form=form)
        with self._inbox.writing() as connection:
            team.know(connection, number, (form.text.data or "").strip())
        return self._back(matter)

    def publish_words(self, company: str, number: str, added: int) -> Page:
        """Let everyone read what the customer added, after the seconds in which this can be undone."""
        matter = self._matter(company, number)
        if not _is_unread(matter, added) or not ButtonForm().validate_on_submit():
            return self._show(matter, status=422)
        return self._leave_at_once(matter, "publish_words", addition=str(added))

    def withhold_words(self, company: str, number: str, added: int) -> Page:
        """Withhold what the customer added, with a reason that stands in public. The keeper's alone."""
        guard.require_keeper()
        matter = self._matter(company, number)
        todo, form = TASKS[WITHHOLD], WithholdForm()
        if request.method == "GET" and _is_unread(matter, added):
            return self._show(matter, todo, form, added=added)
        if not _is_unread(matter, added) or not form.validate_on_submit():
            return self._show(matter, todo, form, 422, added=added)
        facts = {"addition": str(added), "reason": form.reason.data, "why": form.why.data or ""}
        if not self._decide(matter, "withhold_words", **facts):
            return self._show(self._matter(company, number), todo, form, 409, added=added)
        return self._back(matter)

    def hasten(self, company: str, number: str) -> Page:
        """Remove a case now: a second keeper decides the same. Nobody takes away alone what was said."""
        guard.require_keeper()
        matter = self._matter(company, number)
        if matter.removal is None or not ButtonForm().validate_on_submit():
            return self._show(matter, status=422)
        with self._inbox.writing() as connection:
            if not deeds.hasten(connection, matter.removal, guard.person().id, self._clock()):
                abort(403)
        return self._back(matter)

    def masks(self, company: str, number: str, added: int = 0) -> Page:
        """Decide what of a text stays hidden when it becomes public; the page then shows how it will read."""
        matter = self._matter(company, number)
        text, author = matter.unread_words(added)
        form = MasksForm()
        is_leaving = any(deed.is_leaving for deed in matter.pending)
        if not text or is_leaving or not form.validate_on_submit():
            return self._show(matter, status=409 if is_leaving else 422)
        found = found_in(matter.company, text, author)
        choice = chosen(found, request.form.getlist("hide"), form.words.data or "")
        wrong = wrong_words(matter.company, choice, text, author)
        if wrong:
            form.words.errors = [wrong]
            return self._show(matter, status=422, masks_forms={added: form})
        with self._inbox.writing() as connection:
            if added:
                additions.set_masks(connection, added, choice.dump())
            else:
                cases.set_masks(connection, number, choice.dump())
        return self._back(matter)

    def undo(self, company: str, number: str) -> Page:
        """Take a decision back before it leaves; its words go back into the form."""
        matter = self._matter(company, number)
        form = ButtonForm()
        own = (deed for deed in matter.pending if may_undo(guard.person(), deed))
        undone = next((deed for deed in own if str(deed.id) == form.deed.data), None)
        if undone is None or not form.validate_on_submit():
            return self._back(matter)
        with self._inbox.writing() as connection:
            if not deeds.undo(connection, undone, self._clock()):
                return self._back(matter)
            audit.note(connection, self._clock(), guard.person(), f"{Act.UNDONE}: {undone.kind}", number)
        after = self._matter(company, number)
        todo = TASKS.get("reply" if undone.kind == "answer" else undone.kind)
        return self._show(after, todo, self._form(todo, after, **undone.facts) if todo else None)

    def _open(self, matter: Matter, todo: Task, form: FlaskForm) -> Page:
        if "promise" in form:
            form.promise.data = request.args.get("promise")
        if todo.name == "correct":
            _begin_with(form, matter, request.args.get("of", ""))
        if not todo.is_open(matter) or not _is_about_a_promise(matter, form):
            return self._back(matter)
        return self._show(matter, todo, form)

    def _ask(self, matter: Matter, form: FlaskForm) -> bool:
        """Ask the keeper to withhold a text: no company decides that for itself."""
        of = form.of.data if "of" in form else None
        reason = form.reason.data if "reason" in form else str(Reason.DUPLICATE)
        asked = deeds.Asked(reason, form.why.data or "", self._clock(), of)
        with self._inbox.writing() as connection:
            deeds.ask_keeper(connection, matter.number, guard.person().id, asked)
            audit.decided(connection, self._clock(), guard.person(), "ask", matter.number)
        return True

    def _decline(self, matter: Matter, form: FlaskForm) -> bool:
        """Tell a company why nothing is done about what it asked."""
        now = self._clock()
        with self._inbox.writing() as connection:
            deeds.decide(connection, matter.number, now, form.why.data or "")
            notices.tell_company(connection, matter.company.slug, matter.number, ToCompany.DECIDED, now)
        return True

    def _note(self, matter: Matter, form: FlaskForm) -> bool:
        """Tell the others something; it never leaves the team."""
        of_it = (matter.company.slug, matter.number, guard.person().id)
        with self._inbox.writing() as connection:
            team.add_note(connection, *of_it, form.text.data or "", self._clock())
        return True

    def _call_duplicate(self, matter: Matter, form: FlaskForm) -> bool:
        """Ask the keeper where a company says that it is one: what it marks so is none of its own to judge."""
        if not guard.person().is_keeper:
            return self._ask(matter, form)
        if not matter.is_unread:
            return False
        why = f"{form.of.data}: {form.why.data}"
        return self._decide(matter, WITHHOLD, reason=str(Reason.DUPLICATE), why=why)

    def _leave(self, matter: Matter, todo: Task, form: FlaskForm, facts: dict[str, str]) -> Page:
        if not self._decide_after(todo.wait, matter, todo.name, facts):
            after = self._matter(matter.company.slug, matter.number)
            return self._show(after, todo, form, 409, kept=words_in(form))
        return self._back(matter)

    def _leave_at_once(self, matter: Matter, kind: str, **facts: str) -> Page:
        """Decide what has no words that could be lost."""
        if not self._decide(matter, kind, **facts):
            return self._show(self._matter(matter.company.slug, matter.number), status=409)
        return self._back(matter)


def is_overtaken(matter: Matter) -> bool:
    """Whether something was said since the page was shown that this form came from."""
    return request.form.get("basis", matter.basis) != matter.basis


def words_in(form: FlaskForm) -> str:
    """Return what somebody filled in, to be read where the form is not shown."""
    filled = (field for field in form if field.data and field.type not in ("HiddenField", "CSRFTokenField"))
    return "\n".join(f"{field.label.text}: {field.data}" for field in filled)


def facts_of(form: FlaskForm) -> dict[str, str]:
    """Return what a deed keeps of a form: texts, and days as ISO 8601 writes them."""
    values = {field.name: field.data for field in form if field.type != "CSRFTokenField"}
    return {name: value.isoformat() if isinstance(value, date) else str(value or "") for name, value in values.items()}


_STAYS: Mapping[str, Callable[[Casework, Matter, FlaskForm], bool]] = {
    "ask": Casework._ask,
    "note": Casework._note,
    "duplicate": Casework._call_duplicate,
    "decline": Casework._decline,
}
"""What is done here and now, and by no decision that leaves for the record; False where one has to leave after all."""


def _is_about_a_promise(matter: Matter, form: FlaskForm) -> bool:
    """Whether a form names a promise that runs, where it names one."""
    return "promise" not in form or matter.runs(form.promise.data)


def _begin_with(form: FlaskForm, matter: Matter, of: str) -> None:
    """Put the wording of another reply into the form than the last one."""
    chosen_one = next((reply for reply in matter.own_replies if stamp(reply.at) == of), None)
    if chosen_one:
        form.of.data, form.text.data = of, matter.wording(chosen_one)


def _is_unread(matter: Matter, added: int) -> bool:
    return any(one.id == added for one in matter.unread_additions)
