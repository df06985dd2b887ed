"""The pages of the desk."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from amends.case import state
from amends.clock import Clock
from amends.desk import guard, words
from amends.desk.forms import (
    ButtonForm,
    CloseForm,
    LiftForm,
    MasksForm,
    PublishForm,
    ReplyForm,
    SignInForm,
    WithholdForm,
)
from amends.desk.inbox_list import can_be_read, waiting
from amends.desk.masking import chosen, found_in, found_in_reply, wrong_words
from amends.desk.matter import Matter, Reply
from amends.desk.report_list import reported
from amends.inbox import Inbox, additions, cases, deeds, reports, verdicts
from amends.inbox.cases import Contact
from amends.inbox.deeds import Deed
from amends.record import Current, find_case
from amends.settings import Settings
from amends.submission import UNSORTED

_Page = str | AnyResponse | tuple[str, int]


class Desk:
    """The staff's console."""

    def __init__(self, settings: Settings, inbox: Inbox, clock: Clock) -> None:
        self._settings, self._inbox, self._clock = settings, inbox, clock
        self._record = Current(settings.content)
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
        return room

    def sign_in(self) -> _Page:
        """Ask who somebody is."""
        form = SignInForm()
        if not form.validate_on_submit():
            return render_template("desk/sign_in.html", form=form)
        if self._guard.enter((form.login.data or "").strip(), form.password.data or ""):
            return redirect(url_for("desk.inbox"))
        form.password.errors = ["Login or password is wrong."]
        return render_template("desk/sign_in.html", form=form), 401

    def sign_out(self) -> _Page:
        """End the session."""
        if ButtonForm().validate_on_submit():
            self._guard.leave()
        return redirect(url_for("desk.sign_in"))

    def inbox(self) -> _Page:
        """Show what waits, the one due first on top."""
        now = self._clock()
        lines = waiting(self._inbox, self._record(), guard.person(), now)
        return self._render("desk/inbox.html", lines=lines)

    def case(self, company: str, number: str) -> _Page:
        """Show one case and what can be done about it."""
        return self._show(self._matter(company, number))

    def publish(self, company: str, number: str) -> _Page:
        """Let everyone read the text, after the seconds in which this can be undone."""
        matter = self._matter(company, number)
        form = self._publish_form(matter)
        if not matter.is_unread or not form.validate_on_submit():
            return self._show(matter, publish=form, status=422)
        if not self._decide(matter, "publish", topic=form.topic.data):
            return self._show(self._matter(company, number), status=409)
        return self._back(matter)

    def reply(self, company: str, number: str) -> _Page:
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
        if request.form.get("do") != "send" or not was_shown:
            return self._show(matter, reply=form, preview=Reply.of(matter, facts, found, choice))
        facts["masks"] = choice.dump()
        facts = {name: text for name, text in facts.items() if text}
        if matter.is_unread:
            facts["topic"] = form.topic.data
        if not self._decide(matter, "answer" if matter.is_answered_privately else "reply", **facts):
            return self._show(self._matter(company, number), reply=form, status=409)
        return self._back(matter)

    def ask(self, company: str, number: str) -> _Page:
        """Ask the keeper to withhold a text: no company decides that for itself."""
        matter = self._matter(company, number)
        form = WithholdForm()
        if not (matter.is_unread or matter.unread_additions) or not form.validate_on_submit():
            return self._show(matter, withhold=form, status=422)
        with self._inbox.writing() as connection:
            facts = (form.reason.data, form.why.data or "")
            deeds.ask_keeper(connection, number, guard.person().id, *facts, self._clock())
        return self._back(matter)

    def withhold(self, company: str, number: str) -> _Page:
        """Withhold a text, with a reason that is counted in public. The keeper's alone."""
        guard.require_keeper()
        matter = self._matter(company, number)
        form = WithholdForm()
        if not (matter.is_unread or matter.is_held) or not form.validate_on_submit():
            return self._show(matter, withhold=form, status=422)
        if not self._decide(matter, "withhold", reason=form.reason.data, why=form.why.data or ""):
            return self._show(self._matter(company, number), withhold=form, status=409)
        return self._back(matter)

    def publish_words(self, company: str, number: str, added: int) -> _Page:
        """Let everyone read what the customer added, after the seconds in which this can be undone."""
        matter = self._matter(company, number)
        if not _is_unread(matter, added) or not ButtonForm().validate_on_submit():
            return self._show(matter, status=422)
        if not self._decide(matter, "publish_words", addition=str(added)):
            return self._show(self._matter(company, number), status=409)
        return self._back(matter)

    def withhold_words(self, company: str, number: str, added: int) -> _Page:
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

    def masks(self, company: str, number: str, added: int = 0) -> _Page:
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

    def lift(self, company: str, number: str) -> _Page:
        """Let a text that was withheld be shown after all, with a reason that is public. The keeper's alone."""
        guard.require_keeper()
        matter = self._matter(company, number)
        form = LiftForm()
        if not matter.is_withheld or not form.validate_on_submit():
            return self._show(matter, lift=form, status=422)
        if not self._decide(matter, "lift", why=form.why.data or ""):
            return self._show(self._matter(company, number), lift=form, status=409)
        return self._back(matter)

    def release(self, company: str, number: str) -> _Page:
        """Let a case that was held back as spam go to its company. The keeper's alone."""
        guard.require_keeper()
        matter = self._matter(company, number)
        if not matter.is_held or not ButtonForm().validate_on_submit():
            return self._show(matter, status=422)
        if not self._decide(matter, "release"):
            return self._show(self._matter(company, number), status=409)
        return self._back(matter)

    def undo(self, company: str, number: str) -> _Page:
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

    def reports(self) -> _Page:
        """Show what readers of the board reported. The keeper's alone: no company learns who reported what."""
        guard.require_keeper()
        return self._show_reports()

    def close(self) -> _Page:
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

    def _show_reports(self, form: CloseForm | None = None, status: int = 200) -> _Page:
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

    def _matter(self, slug: str, number: str) -> Matter:
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
                answers=_answers(connection, number) if own else [],
                verdicts=verdicts.of_case(connection, number) if own and not guard.person().is_keeper else [],
                additions=additions.of_case(connection, number) if own and can_be_read(public) else [],
                pending=deeds.of_case(connection, number, slug),
                asked=list(deeds.asked(connection, number)) if own else [],
            )
        is_nowhere = matter.received is None and matter.public is None
        if is_nowhere or (matter.is_private if guard.person().is_keeper else matter.is_held):
            abort(404)
        return matter

    def _decide(self, matter: Matter, kind: str, **facts: str) -> bool:
        """Store a decision; False where another one about this case is just leaving."""
        now = self._clock()
        leaves = now + timedelta(seconds=self._settings.undo_seconds)
        decision = Deed(0, matter.company.slug, matter.number, kind, facts, guard.person().id, now, leaves)
        with self._inbox.writing() as connection:
            pending = deeds.of_case(connection, matter.number, matter.company.slug)
            if any(deed.failed is None and not deed.is_customers for deed in pending):
                return False
            deeds.add(connection, decision)
        return True

    def _show(
        self,
        matter: Matter,
        *,
        publish: PublishForm | None = None,
        reply: ReplyForm | None = None,
        withhold: WithholdForm | None = None,
        lift: LiftForm | None = None,
        masks: Mapping[int, MasksForm] | None = None,
        preview: Reply | None = None,
        status: int = 200,
    ) -> _Page:
        now = self._clock()
        page = self._render(
            "desk/case.html",
            lines=waiting(self._inbox, self._record(), guard.person(), now),
            matter=matter,
            address=f"{self._record().board.base_url}{matter.company.slug}/{matter.number}/",
            state=state(matter.public, now, matter.company.zone) if matter.public else None,
            publish_form=publish or self._publish_form(matter),
            reply_form=reply or self._reply_form(matter),
            withhold_form=withhold or WithholdForm(reason=matter.asked[-1][0] if matter.asked else ""),
            lift_form=lift or LiftForm(formdata=None),
            preview=preview,
            masks_forms=masks or {},
            fresh_masks=MasksForm(formdata=None),
            # Words that were typed and could not be sent, where the form that holds them is not shown.
            kept=reply.text.data if reply and status in (409, 422) else "",
        )
        return page, status

    def _publish_form(self, matter: Matter) -> PublishForm:
        form = PublishForm(topic=matter.topic)
        form.topic.choices = _topics(matter)
        return form

    def _reply_form(self, matter: Matter, **facts: str) -> ReplyForm:
        filled = {"topic": matter.topic, "name": guard.person().name, **facts}
        form = ReplyForm(formdata=None, **filled) if facts else ReplyForm(**filled)
        form.topic.choices = _topics(matter)
        return form

    def _render(self, template: str, **facts: object) -> str:
        person, open_reports = guard.person(), 0
        if person.is_keeper:
            with self._inbox.reading() as connection:
                open_reports = reports.count_open(connection)
        facts |= {"person": person, "open_reports": open_reports, "button": ButtonForm(), "now": self._clock()}
        return render_template(template, **facts)

    def _back(self, matter: Matter) -> AnyResponse:
        return redirect(url_for("desk.case", company=matter.company.slug, number=matter.number))


def _is_unread(matter: Matter, added: int) -> bool:
    return any(one.id == added for one in matter.unread_additions)


def _answers(connection: Connection, number: str) -> list[cases.Answer]:
    """Return what was said in private; what the customer says to the company alone is none of the keeper's business."""
    said = cases.answers(connection, number)
    return [answer for answer in said if answer.by == "company" or not guard.person().is_keeper]


def _topics(matter: Matter) -> dict[str, str]:
    names = dict.fromkeys([*matter.company.topics, UNSORTED, matter.topic])
    return {name: name.replace("-", " ") for name in names}
