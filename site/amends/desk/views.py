"""The pages of the desk."""

from flask import Blueprint, redirect, render_template, request, url_for

from amends.clock import Clock
from amends.desk import guard, words
from amends.desk.advice import advice
from amends.desk.doing import Doing
from amends.desk.forms import (
    ButtonForm,
    CloseForm,
    LiftForm,
    MasksForm,
    SignInForm,
    WithholdForm,
)
from amends.desk.inbox_list import waiting
from amends.desk.masking import chosen, found_in, found_in_reply, wrong_words
from amends.desk.matter import Matter, Reply
from amends.desk.promised import confirmed, proposed
from amends.desk.report_list import reported
from amends.desk.room import Page, Room
from amends.inbox import Inbox, additions, cases, deeds, reports
from amends.record import Current
from amends.settings import Settings


class Desk(Room):
    """The staff's console."""

    def __init__(self, settings: Settings, inbox: Inbox, clock: Clock) -> None:
        super().__init__(settings, inbox, clock, Current(settings.content))
        self._guard = guard.Guard(inbox, clock)

    def blueprint(self) -> Blueprint:
        """Return the routes, all behind the guard."""
        room = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates", static_folder="static")
        room.before_request(self._guard.check)
        room.after_request(guard.no_store)
        room.add_app_template_filter(words.left, "left")
        room.add_app_template_filter(words.urgency, "urgency")
        room.add_url_rule("/", "inbox", self.inbox)
        room.add_url_rule("/sign-in", "sign_in", self.sign_in, methods=["GET", "POST"])
        room.add_url_rule("/sign-out", "sign_out", self.sign_out, methods=["POST"])
        room.add_url_rule("/reports", "reports", self.reports)
        room.add_url_rule("/reports", "close", self.close, methods=["POST"])
        case = "/<company>/<number>"
        room.add_url_rule(case, "case", self.case)
        room.add_url_rule(f"{case}/publish", "publish", self.publish, methods=["POST"])
        room.add_url_rule(f"{case}/reply", "reply", self.reply, methods=["POST"])
        room.add_url_rule(f"{case}/ask", "ask", self.ask, methods=["POST"])
        room.add_url_rule(f"{case}/withhold", "withhold", self.withhold, methods=["POST"])
        room.add_url_rule(f"{case}/lift", "lift", self.lift, methods=["POST"])
        room.add_url_rule(f"{case}/release", "release", self.release, methods=["POST"])
        room.add_url_rule(f"{case}/masks", "masks", self.masks, methods=["POST"])
        room.add_url_rule(f"{case}/<int:added>/masks", "masks_of_words", self.masks, methods=["POST"])
        room.add_url_rule(f"{case}/<int:added>/publish", "publish_words", self.publish_words, methods=["POST"])
        room.add_url_rule(f"{case}/<int:added>/withhold", "withhold_words", self.withhold_words, methods=["POST"])
        room.add_url_rule(f"{case}/undo", "undo", self.undo, methods=["POST"])
        Doing(self._settings, self._inbox, self._clock, self._record).add_to(room)
        return room

    def sign_in(self) -> Page:
        """Ask who somebody is."""
        form = SignInForm()
        if not form.validate_on_submit():
            return render_template("desk/sign_in.html", form=form)
        if self._guard.enter((form.login.data or "").strip(), form.password.data or ""):
            return redirect(url_for("desk.inbox"))
        form.password.errors = ["Login or password is wrong."]
        return render_template("desk/sign_in.html", form=form), 401

    def sign_out(self) -> Page:
        """End the session."""
        if ButtonForm().validate_on_submit():
            self._guard.leave()
        return redirect(url_for("desk.sign_in"))

    def inbox(self) -> Page:
        """Show what waits, the one due first on top."""
        now = self._clock()
        lines = waiting(self._inbox, self._record(), guard.person(), now)
        return self._render("desk/inbox.html", lines=lines)

    def case(self, company: str, number: str) -> Page:
        """Show one case and what can be done about it."""
        return self._show(self._matter(company, number))

    def publish(self, company: str, number: str) -> Page:
        """Let everyone read the text, after the seconds in which this can be undone."""
        matter = self._matter(company, number)
        form = self._publish_form(matter)
        if not matter.is_unread or not form.validate_on_submit():
            return self._show(matter, publish=form, status=422)
        if not self._decide(matter, "publish", topic=form.topic.data):
            return self._show(self._matter(company, number), status=409)
        return self._back(matter)

    def reply(self, company: str, number: str) -> Page:
        """Answer the customer: in public next to the case, or in private where the case is. Not the keeper's."""
        guard.require_company_staff()
        matter = self._matter(company, number)
        form = self._reply_form(matter)
        if not form.validate_on_submit() or not matter.can_be_answered:
            return self._show(matter, reply=form, status=422)
        facts = {name: (form[name].data or "").strip() for name in ("name", "text", "measure")}
        found = [] if matter.is_answered_privately else found_in_reply(matter.company, *facts.values())
        was_shown = {piece.key for piece in found} <= set(request.form.getlist("seen"))
        hidden = request.form.getlist("hide") if was_shown else [piece.key for piece in found]
        choice = chosen(found, hidden)
        promised = [] if matter.is_answered_privately else proposed(matter, facts["text"], self._clock())
        was_shown &= {one.key for one in promised} <= set(request.form.getlist("proposed"))
        if request.form.get("do") != "send" or not was_shown:
            preview = Reply.of(matter, facts, found, choice)
            advised = advice(matter, facts["text"], self._record(), self._clock())
            return self._show(matter, reply=form, preview=preview, promised=promised, advised=advised)
        facts["masks"] = choice.dump()
        ticked, said, days = (request.form.getlist(f"promise{name}") for name in ("", "_what", "_due"))
        facts |= confirmed(promised, ticked, said, days, self._clock().astimezone(matter.company.zone).date())
        facts = {name: text for name, text in facts.items() if text}
        if matter.is_unread:
            facts["topic"] = form.topic.data
        if not self._decide(matter, "answer" if matter.is_answered_privately else "reply", **facts):
            return self._show(self._matter(company, number), reply=form, status=409)
        return self._back(matter)

    def ask(self, company: str, number: str) -> Page:
        """Ask the keeper to withhold a text: no company decides that for itself."""
        matter = self._matter(company, number)
        form = WithholdForm()
        if not (matter.is_unread or matter.unread_additions) or not form.validate_on_submit():
            return self._show(matter, withhold=form, status=422)
        with self._inbox.writing() as connection:
            facts = (form.reason.data, form.why.data or "")
            deeds.ask_keeper(connection, number, guard.person().id, *facts, self._clock())
        return self._back(matter)

    def withhold(self, company: str, number: str) -> Page:
        """Withhold a text, with a reason that is counted in public. The keeper's alone."""
        guard.require_keeper()
        matter = self._matter(company, number)
        form = WithholdForm()
        if not (matter.is_unread or matter.is_held) or not form.validate_on_submit():
            return self._show(matter, withhold=form, status=422)
        if not self._decide(matter, "withhold", reason=form.reason.data, why=form.why.data or ""):
            return self._show(self._matter(company, number), withhold=form, status=409)
        return self._back(matter)

    def publish_words(self, company: str, number: str, added: int) -> Page:
        """Let everyone read what the customer added, after the seconds in which this can be undone."""
        matter = self._matter(company, number)
        if not _is_unread(matter, added) or not ButtonForm().validate_on_submit():
            return self._show(matter, status=422)
        if not self._decide(matter, "publish_words", addition=str(added)):
            return self._show(self._matter(company, number), status=409)
        return self._back(matter)

    def withhold_words(self, company: str, number: str, added: int) -> Page:
        """Withhold what the customer added, with a reason that stands in public. The keeper's alone."""
        guard.require_keeper()
        matter = self._matter(company, number)
        form = WithholdForm()
        if not _is_unread(matter, added) or not form.validate_on_submit():
            return self._show(matter, withhold=form, status=422)
        facts = {"addition": str(added), "reason": form.reason.data, "why": form.why.data or ""}
        if not self._decide(matter, "withhold_words", **facts):
            return self._show(self._matter(company, number), withhold=form, status=409)
        return self._back(matter)

    def masks(self, company: str, number: str, added: int = 0) -> Page:
        """Decide what of a text stays hidden when it becomes public; the page then shows how it will read."""
        matter = self._matter(company, number)
        text, author = matter.unread_words(added)
        form = MasksForm()
        is_leaving = any(deed.failed is None and not deed.is_customers for deed in matter.pending)
        if not text or is_leaving or not form.validate_on_submit():
            return self._show(matter, status=409 if is_leaving else 422)
        found = found_in(matter.company, text, author)
        choice = chosen(found, request.form.getlist("hide"), form.words.data or "")
        wrong = wrong_words(matter.company, choice, text, author)
        if wrong:
            form.words.errors = [wrong]
            return self._show(matter, masks={added: form}, status=422)
        with self._inbox.writing() as connection:
            if added:
                additions.set_masks(connection, added, choice.dump())
            else:
                cases.set_masks(connection, number, choice.dump())
        return self._back(matter)

    def lift(self, company: str, number: str) -> Page:
        """Let a text that was withheld be shown after all, with a reason that is public. The keeper's alone."""
        guard.require_keeper()
        matter = self._matter(company, number)
        form = LiftForm()
        if not matter.is_withheld or not form.validate_on_submit():
            return self._show(matter, lift=form, status=422)
        if not self._decide(matter, "lift", why=form.why.data or ""):
            return self._show(self._matter(company, number), lift=form, status=409)
        return self._back(matter)

    def release(self, company: str, number: str) -> Page:
        """Let a case that was held back as spam go to its company. The keeper's alone."""
        guard.require_keeper()
        matter = self._matter(company, number)
        if not matter.is_held or not ButtonForm().validate_on_submit():
            return self._show(matter, status=422)
        if not self._decide(matter, "release"):
            return self._show(self._matter(company, number), status=409)
        return self._back(matter)

    def undo(self, company: str, number: str) -> Page:
        """Take a decision back before it leaves; a reply's words go back into the form."""
        matter = self._matter(company, number)
        form = ButtonForm()
        own = (deed for deed in matter.pending if not deed.is_customers)
        undone = next((deed for deed in own if str(deed.id) == form.deed.data), None)
        if undone is None or not form.validate_on_submit():
            return self._back(matter)
        with self._inbox.writing() as connection:
            if not deeds.undo(connection, undone, self._clock()):
                return self._back(matter)
        after = self._matter(company, number)
        return self._show(after, reply=self._reply_form(after, **undone.facts))

    def reports(self) -> Page:
        """Show what readers of the board reported. The keeper's alone: no company learns who reported what."""
        guard.require_keeper()
        return self._show_reports()

    def close(self) -> Page:
        """Close a report, with words that stay with it. The keeper's alone."""
        guard.require_keeper()
        form = CloseForm()
        if not form.validate_on_submit():
            return self._show_reports(form, status=422)
        listed = reported(self._inbox, self._settings.content)
        chosen = next((line.report.id for line in listed if str(line.report.id) == form.report.data), 0)
        with self._inbox.writing() as connection:
            is_closed = reports.close(connection, chosen, guard.person().id, form.why.data or "", self._clock())
        return redirect(url_for("desk.reports")) if is_closed else self._show_reports(form, status=409)

    def _show_reports(self, form: CloseForm | None = None, status: int = 200) -> Page:
        lines = waiting(self._inbox, self._record(), guard.person(), self._clock())
        listed = reported(self._inbox, self._settings.content)
        page = self._render(
            "desk/reports.html",
            lines=lines,
            reported=listed,
            form=form,
            fresh=CloseForm(formdata=None),
            status=status,
        )
        return page, status


def _is_unread(matter: Matter, added: int) -> bool:
    return any(one.id == added for one in matter.unread_additions)
