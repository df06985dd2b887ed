"""What the company tells everyone besides replies: what changed because customers said so, news, written answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, abort, redirect, request, url_for
from flask_wtf import FlaskForm

from amends.desk import guard
from amends.desk.casework import facts_of
from amends.desk.forms import AnswerForm, ButtonForm, UpdateForm
from amends.desk.inbox_list import can_be_read
from amends.desk.masking import Sight, sight
from amends.desk.replying import SEND
from amends.desk.room import Page, Room
from amends.inbox import deeds
from amends.inbox.deeds import Deed
from amends.personal import Choice
from amends.publish import ANSWERS, UPDATES, in_words, mark_of, name_for, read_told, told_file, told_of
from amends.record import Company, Fault, RecordError, Told, Update, read_text

KIND = "tell"
"""The kind of these decisions; they are about no case, so that their number is empty."""

_FORMS = {UPDATES: UpdateForm, ANSWERS: AnswerForm}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that is written: what it says now, and what that tells. A new one has no name and says nothing."""

    folder: str
    name: str = ""
    text: str = ""
    told: Told | None = None

    @property
    def basis(self) -> str:
        """A mark of what it says, so that nobody overwrites what they have not read."""
        return mark_of(self.text) if self.name else ""


class News(Room):
    """The pages on which staff write for everyone. Not the keeper's, who speaks for no company."""

    def add_to(self, room: Blueprint) -> None:
        """Add the routes to those of the desk."""
        room.add_url_rule("/news", "news", self.news)
        room.add_url_rule("/news/undo", "undo_news", self.undo, methods=["POST"])
        for task, folder in (("tell", UPDATES), ("explain", ANSWERS)):
            of_it = {"folder": folder}
            methods = ["GET", "POST"]
            room.add_url_rule(f"/news/{folder}", "tell", self.tell, defaults=of_it, methods=methods)
            room.add_url_rule(f"/news/{folder}/<name>", "tell", self.tell, defaults=of_it, methods=methods)
            case = f"/<company>/<number>/{task}"
            room.add_url_rule(case, "tell_of", self.tell_of, defaults=of_it, methods=methods)

    def news(self) -> Page:
        """Show what the company told everyone, and what is on its way."""
        company = self._company()
        return self._page("desk/news.html", company, faults=self._faults(company))

    def tell_of(self, company: str, number: str, folder: str) -> Page:
        """Begin with a case: what to do about it is done on a page of its own."""
        guard.require_role("moderator")
        self._matter(company, number)
        return redirect(url_for("desk.tell", folder=folder, case=number))

    def tell(self, folder: str, name: str = "") -> Page:
        """Write an update or an answer, or change one: shown as everyone will read it, then it leaves."""
        guard.require_role("moderator")
        company = self._company()
        sheet = self._sheet(company, folder, name)
        if request.method == "GET":
            if name and sheet.told is None:
                abort(404)
            return self._write(company, sheet, self._filled(company, sheet, self._begun(company, sheet)))
        form = self._filled(company, sheet)
        if not form.validate_on_submit():
            return self._write(company, sheet, form, 422)
        facts = self._facts(company, sheet, form)
        words = (facts["title"], facts.get("said", ""), facts["text"])
        seen = sight(company, words, request.form.getlist("seen"), request.form.getlist("hide"))
        shown = in_words(company, told_of(facts), seen.choice)
        if request.form.get("do") != SEND or not seen.was_shown:
            return self._write(company, sheet, form, preview=shown, look=seen)
        if request.form.get("basis", "") != sheet.basis:
            return self._write(company, sheet, form, 409, overtaken=True)
        if not self._leave(company, facts | {"masks": seen.choice.dump()}, shown):
            return self._write(company, sheet, form, 409, is_leaving=True)
        return redirect(url_for("desk.news"))

    def undo(self) -> Page:
        """Take back what has not left; its words go back into the form."""
        guard.require_role("moderator")
        company = self._company()
        form = ButtonForm()
        undone = next((one for one in self._pending(company) if str(one.id) == form.deed.data), None)
        if undone is None or not form.validate_on_submit():
            return redirect(url_for("desk.news"))
        with self._inbox.writing() as connection:
            if not deeds.undo(connection, undone, self._clock()):
                return redirect(url_for("desk.news"))
        facts = undone.facts
        sheet = self._sheet(company, facts["folder"], facts["name"] if "basis" in facts else "")
        form = self._filled(company, sheet, told_of(facts))
        return self._write(company, sheet, form, overtaken=facts.get("basis", "") != sheet.basis)

    def _company(self) -> Company:
        guard.require_company_staff()
        try:
            return self._record().company(guard.person().company or "")
        except KeyError:
            abort(404)

    def _sheet(self, company: Company, folder: str, name: str) -> Sheet:
        """Return the file of this name as it is now, a new one where there is none; a faulty one tells nothing."""
        try:
            path = told_file(self._settings.content, company.slug, folder, name)
            shown = "/".join(path.parts[-3:])
            text = read_text(path, shown)
        except (ValueError, OSError):
            return Sheet(folder)
        try:
            told, _ = read_told(company, text, shown, self._numbers(company))
        except RecordError:
            return Sheet(folder, name, text)
        return Sheet(folder, name, text, told)

    def _begun(self, company: Company, sheet: Sheet) -> Told | None:
        """Return what the form begins with: what stands there, or what a case gives; never a word of its customer."""
        number = request.args.get("case")
        if sheet.told or not number:
            return sheet.told
        matter = self._matter(company.slug, number)
        if not matter.can_be_promised:
            abort(404)
        facts = {"folder": sheet.folder, "name": "", "title": "", "text": "", "language": "", "cases": number}
        facts |= {"kind": "change", "day": self._today(company).isoformat()}
        if sheet.folder == ANSWERS and matter.own_replies:
            facts |= {"text": matter.wording(matter.own_replies[-1]), "topic": matter.topic}
        return told_of(facts)

    def _filled(self, company: Company, sheet: Sheet, told: Told | None = None) -> FlaskForm:
        """Return the form as it was sent; before that, or with words that come back, as `told` has it."""
        facts: dict[str, object] = {"day": self._today(company)}
        if told:
            given = {name: getattr(told, name) for name in type(told).__slots__ if name != "cases"}
            facts |= given | {"cases": " ".join(told.cases)}
        form: FlaskForm = _FORMS[sheet.folder](None if told else request.form or None, data=facts)
        form.today = self._today(company)
        form.linkable = self._linkable(company, sheet.told)
        if sheet.folder == ANSWERS:
            form.topic.choices = {"": "none"} | {name: name.replace("-", " ") for name in company.topics}
        elif isinstance(sheet.told, Update):
            form.stood = (sheet.told.kind, sheet.told.day)
        return form

    def _facts(self, company: Company, sheet: Sheet, form: FlaskForm) -> dict[str, str]:
        """Return what a deed keeps of what was filled in."""
        facts = facts_of(form) | {"folder": sheet.folder, "name": sheet.name}
        # Of a file with a fault nobody knows here whom it named; whoever looks at the record may.
        before = sheet.told.cases if sheet.told else facts["cases"].split() if sheet.name else ()
        facts["language"] = (sheet.told.language if sheet.told else None) or company.language
        facts["new"] = " ".join(number for number in facts["cases"].split() if number not in before)
        if sheet.folder == ANSWERS:
            facts["day"] = self._today(company).isoformat()
        return facts | ({"basis": sheet.basis} if sheet.name else {})

    def _today(self, company: Company) -> date:
        return self._clock().astimezone(company.zone).date()

    def _leave(self, company: Company, facts: dict[str, str], shown: Told) -> bool:
        """Store the decision; False where another one about the same file is just leaving."""
        now = self._clock()
        folder, leaves = facts["folder"], now + timedelta(seconds=self._settings.undo_seconds)
        stands = {path.stem for path in (self._settings.content / company.slug / folder).glob("*.md")}
        with self._inbox.writing() as connection:
            pending = deeds.of_case(connection, "", company.slug)
            taken = {one.facts["name"] for one in pending if one.facts["folder"] == folder and one.failed is None}
            if facts["name"] in taken:
                return False
            name = facts["name"] or name_for(shown.day, shown.title, stands | taken)
            new = {**facts, "name": name}
            deeds.add(connection, Deed(0, company.slug, "", KIND, new, guard.person().id, now, leaves))
        return True

    def _write(
        self, company: Company, sheet: Sheet, form: FlaskForm, status: int = 200, **facts: object
    ) -> tuple[str, int]:
        usual: dict[str, object] = {"preview": None, "look": Sight((), Choice(), was_shown=True)}
        usual |= {"overtaken": False, "is_leaving": False}
        # What was looked at before stays what is to be overwritten, until what stands there now was shown.
        usual["basis"] = sheet.basis if facts.get("overtaken") else request.form.get("basis", sheet.basis)
        return self._page("desk/tell.html", company, sheet=sheet, form=form, **(usual | facts)), status

    def _page(self, template: str, company: Company, **facts: object) -> str:
        record = self._record()
        return self._render(
            template,
            company=company,
            board=f"{record.board.base_url}{company.slug}/",
            updates=record.updates.get(company.slug, ()),
            answers=record.answers.get(company.slug, ()),
            titles={entry.case.number: entry.case.title or "" for entry in record.entries.get(company.slug, ())},
            pending=self._pending(company),
            **facts,
        )

    def _pending(self, company: Company) -> Sequence[Deed]:
        with self._inbox.reading() as connection:
            return deeds.of_case(connection, "", company.slug)

    def _faults(self, company: Company) -> Sequence[Fault]:
        places = (f"{company.slug}/{UPDATES}/", f"{company.slug}/{ANSWERS}/")
        return [fault for fault in self._record().faults if fault.path.startswith(places)]

    def _numbers(self, company: Company) -> Collection[str]:
        return {entry.case.number for entry in self._record().entries.get(company.slug, ())}

    def _linkable(self, company: Company, told: Told | None) -> Collection[str]:
        """Return the cases that everyone can read, and those that are linked already."""
        entries = self._record().entries.get(company.slug, ())
        return {entry.case.number for entry in entries if can_be_read(entry.case)}.union(told.cases if told else ())
