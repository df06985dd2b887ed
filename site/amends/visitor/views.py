"""What the customer sees and does behind the private link. A GET changes nothing: mail scanners follow links."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection

from amends import gate, links
from amends.clock import Clock
from amends.inbox import (
    Inbox,
    StoreUnavailableError,
    additions,
    cases,
    deeds,
    erasures,
    notices,
    referrals,
    reports,
    verdicts,
)
from amends.inbox.additions import DETAIL, VERDICT, Addition
from amends.inbox.cases import Answer
from amends.inbox.deeds import Deed
from amends.inbox.erasures import Erasure
from amends.inbox.notices import ToCompany
from amends.inbox.reports import OBJECTION, Report
from amends.publish import as_given, verdict_of
from amends.text import MAX_CUSTOMER
from amends.visitor.forms import ButtonForm, ClaimForm, DetailForm, EraseForm, Form, ObjectionForm, VerdictForm
from amends.visitor.matter import Matter, read_matter

_FOREIGN = "This was sent from another site, so nothing was changed. Please use the forms here."
_NOT_UTF8 = "The text did not arrive as UTF-8, so it could not be read. Nothing was changed."
_MARKED = "Nothing was sent yet. Please look at the marked place."
_TOO_LATE = "This cannot be done any more, so nothing was changed. Below is how it stands now."
_LOST_DISK = "This could not be saved just now. Your words are still here; please try again in some minutes."


class Visitor:
    """The page of one case for its customer. `url` is the service's own address, `content` the record."""

    def __init__(self, inbox: Inbox, content: Path, clock: Clock, secret: bytes, url: str) -> None:
        self._inbox, self._content, self._clock = inbox, content, clock
        self._secret, self._url = secret, url

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        room = Blueprint("visitor", __name__, template_folder="templates")
        room.add_url_rule("/c/erased/", view_func=self.erased)
        room.add_url_rule("/c/<token>/", view_func=self.case)
        room.add_url_rule("/c/<token>/erase", view_func=self.question)
        room.add_url_rule(
            "/c/<token>/<any(verdict,claim,detail,withdraw,name,private,object,recommend):what>", view_func=self.back
        )
        room.add_url_rule("/c/<token>/<what>", view_func=self.act, methods=["POST"])
        room.after_request(keep_out)
        return room

    def case(self, token: str) -> Response:
        """Show a case to its customer; the same 404 for every link that is not valid."""
        return self._page(token, self._matter(token), {})

    def back(self, token: str, what: str) -> Response:
        """Lead to the page: a form's address is not one to look at."""
        return self._done(token)

    def question(self, token: str) -> Response:
        """Say what erasing everything means, and ask."""
        return self._question(token, self._matter(token), EraseForm(formdata=None), 200)

    def erased(self) -> Response:
        """Say that it is done. The page is the same for everybody."""
        return make_response(render_template("visitor/erased.html"))

    def act(self, token: str, what: str) -> Response:
        """Do what the customer asks for and lead back to the page, which then shows it."""
        matter = self._matter(token)
        if what not in _ACTS:
            abort(404)
        if gate.is_foreign(self._url):
            return self._page(token, matter, {}, 403, _FOREIGN)
        if not gate.is_utf8():
            return self._page(token, matter, {}, 400, _NOT_UTF8)
        form = _FORMS[what](formdata=request.form)
        if not form.is_good():
            return self._again(token, matter, what, form, 422, _MARKED)
        if not _POSSIBLE[what](matter, form):
            return self._page(token, matter, {what: form}, 409, _TOO_LATE)
        try:
            with self._inbox.writing() as connection:
                _ACTS[what](self, connection, matter, form)
        except StoreUnavailableError:
            response = self._again(token, matter, what, form, 503, _LOST_DISK)
            response.headers["Retry-After"] = "60"
            return response
        return self._done(token, what)

    # --- What can be done ---

    def _judge(self, connection: Connection, matter: Matter, form: VerdictForm) -> None:
        facts = form.facts()
        if matter.public and matter.public.first_reply:
            words = facts.pop("text", "")
            self._decide(connection, matter, "verdict", facts)
            if words:
                self._let_wait(connection, matter, VERDICT, words)
            return
        given = verdict_of(self._deed(matter, "verdict", facts), self._clock())
        last = next(reversed(verdicts.of_case(connection, matter.received.number)), None)
        if last is None or replace(last, at=given.at) != given:
            verdicts.add(connection, matter.received.number, given)
            self._tell(connection, matter)

    def _add(self, connection: Connection, matter: Matter, form: DetailForm) -> None:
        if matter.is_public and form.readers.data == "public":
            if self._let_wait(connection, matter, DETAIL, form.text.data or ""):
                told = (matter.company.slug, matter.received.number, ToCompany.CUSTOMER, self._clock())
                notices.tell_company(connection, *told)
            return
        given = Answer(self._clock(), "", form.text.data or "", by="customer")
        said = cases.answers(connection, matter.received.number)
        if not said or (said[-1].by, said[-1].text) != (given.by, given.text):
            cases.add_answer(connection, matter.received.number, given)
            self._tell(connection, matter)
            if matter.is_asked:
                self._decide(connection, matter, "answered", {})

    def _tell(self, connection: Connection, matter: Matter) -> None:
        """Tell the company that the customer said something to it alone; of what the keeper holds back it knows not."""
        if not matter.received.is_held:
            company, number = matter.company.slug, matter.received.number
            notices.tell_company(connection, company, number, ToCompany.CUSTOMER, self._clock())

    def _let_wait(self, connection: Connection, matter: Matter, kind: str, words: str) -> bool:
        """Store words until a person has read them, within a time like that of the first ones; False if known."""
        public = matter.public.events if matter.public else ()
        if any(event.by == "customer" and event.text == words for event in public):
            return False
        # No two at the same second: the record knows them by the time at which they were said.
        said = [one.at for one in additions.of_case(connection, matter.received.number)]
        at = max([self._clock(), *(before + timedelta(seconds=1) for before in said)])
        received = matter.received
        due = matter.company.new_clock(at, received.reply_by - received.received)
        return additions.add(connection, Addition(0, received.company, received.number, at, due, kind, words))

    def _claim(self, connection: Connection, matter: Matter, form: ClaimForm) -> None:
        (claimed,) = (one for one in matter.claims if one.key == form.of.data)
        self._decide(connection, matter, "claim", claimed.facts)

    def _object(self, connection: Connection, matter: Matter, form: ObjectionForm) -> None:
        earlier = reports.objection_to(connection, matter.company.slug, matter.received.number)
        if earlier is None or earlier.closed:
            facts = (OBJECTION, form.words.data or "", "", self._clock())
            new = Report(matter.company.slug, matter.received.number, *facts)
            reports.add(connection, new, secrets.token_urlsafe(16))

    def _recommend(self, connection: Connection, matter: Matter, _: Form) -> None:
        referrals.make(connection, matter.received.number, matter.company.slug, self._clock())

    def _withdraw(self, connection: Connection, matter: Matter, _: Form) -> None:
        self._decide(connection, matter, "withdraw", {})

    def _hide_name(self, connection: Connection, matter: Matter, _: Form) -> None:
        self._decide(connection, matter, "hide_name", {})

    def _keep_private(self, connection: Connection, matter: Matter, _: Form) -> None:
        self._decide(connection, matter, "keep_private", {})

    def _erase(self, connection: Connection, matter: Matter, _: Form) -> None:
        # The store forgets at once; the record follows with the worker's next turn.
        self._decide(connection, matter, "erase", {})
        erasures.add(connection, Erasure(matter.received.number, matter.company.slug, self._clock()))

    def _decide(self, connection: Connection, matter: Matter, kind: str, facts: dict[str, str]) -> None:
        """Send something on its way to the record, but not twice: people press a button again."""
        new = self._deed(matter, kind, facts)
        pending = [deed for deed in deeds.of_case(connection, new.number, new.company) if deed.failed is None]
        if any((deed.kind, deed.facts) == (kind, facts) and deed.is_customers for deed in pending):
            return
        if kind == "verdict" and matter.public:
            before = as_given(matter.public, pending).last(kind)
            if before and replace(before, text=None, reply_by=None) == verdict_of(new, before.at):
                return
        deeds.add(connection, new)

    def _deed(self, matter: Matter, kind: str, facts: dict[str, str]) -> Deed:
        now = self._clock()
        return Deed(0, matter.company.slug, matter.received.number, kind, facts, None, now, now)

    # --- What is shown ---

    def _matter(self, token: str) -> Matter:
        """Return the case whose link this is; the same 404 for one that is wrong, outdated or erased."""
        number = links.number_in(token)
        if number is None:
            abort(404)
        with self._inbox.reading() as connection:
            received = cases.get(connection, number)
            if received is None or not links.is_valid(self._secret, token, number, received.generation):
                abort(404)
            is_erased = erasures.has(connection, received.company, number)
            matter = None if is_erased else read_matter(connection, self._content, received, self._clock())
        return matter or abort(404)

    def _again(self, token: str, matter: Matter, what: str, form: Form, status: int, message: str) -> Response:
        """Show what was sent once more, with no word of it lost."""
        if isinstance(form, EraseForm):
            return self._question(token, matter, form, status)
        return self._page(token, matter, {what: form}, status, message)

    def _page(
        self, token: str, matter: Matter, sent: Mapping[str, Form], status: int = 200, message: str = ""
    ) -> Response:
        page = render_template(
            "visitor/case.html",
            token=token,
            matter=matter,
            verdict_form=sent.get("verdict") or _verdict_form(matter),
            detail_form=sent.get("detail")
            or DetailForm(formdata=None, readers="public" if matter.is_public and not matter.is_asked else "company"),
            objection_form=sent.get("object") or ObjectionForm(formdata=None),
            link=f"{self._url}/c/{token}/",
            via=f"{self._url}/{matter.company.slug}/via/{matter.code}" if matter.code else "",
            done=request.args.get("done", "") if status == 200 else "",
            message=message,
            limit=MAX_CUSTOMER,
            now=self._clock(),
        )
        return make_response(page, status)

    def _question(self, token: str, matter: Matter, form: EraseForm, status: int) -> Response:
        return make_response(render_template("visitor/erase.html", token=token, matter=matter, form=form), status)

    def _done(self, token: str, what: str | None = None) -> Response:
        if what == "erase":
            return make_response(redirect(url_for("visitor.erased"), 303))
        # Without a place of its own the page would open where the form was, below what is said of it.
        return make_response(redirect(url_for("visitor.case", token=token, done=what, _anchor="main"), 303))


_FORMS: Mapping[str, type[Form]] = {
    "verdict": VerdictForm,
    "claim": ClaimForm,
    "detail": DetailForm,
    "object": ObjectionForm,
    "erase": EraseForm,
    **dict.fromkeys(("withdraw", "name", "private", "recommend"), ButtonForm),
}
_POSSIBLE: Mapping[str, Callable[..., bool]] = {
    "verdict": lambda matter, _: matter.can_judge,
    "claim": lambda matter, form: any(one.key == form.of.data for one in matter.claims),
    "detail": lambda matter, _: matter.can_add,
    "withdraw": lambda matter, _: matter.can_withdraw,
    "name": lambda matter, _: matter.can_hide_name,
    "private": lambda matter, _: matter.can_keep_private,
    "object": lambda matter, _: matter.can_object,
    "recommend": lambda matter, _: matter.verdict is not None,
    "erase": lambda *_: True,
}
_ACTS: Mapping[str, Callable[..., None]] = {
    "verdict": Visitor._judge,
    "claim": Visitor._claim,
    "detail": Visitor._add,
    "withdraw": Visitor._withdraw,
    "name": Visitor._hide_name,
    "private": Visitor._keep_private,
    "object": Visitor._object,
    "recommend": Visitor._recommend,
    "erase": Visitor._erase,
}


def keep_out(response: Response) -> Response:
    """Keep a page out of every cache and search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _verdict_form(matter: Matter) -> VerdictForm:
    """Return the form with what the customer said last."""
    said = matter.verdict
    if said is None:
        return VerdictForm(formdata=None)
    again = {True: "yes", False: "no", None: ""}[said.again]
    marks = {name: "" if getattr(said, name) is None else str(getattr(said, name)) for name in ("score", "recommend")}
    return VerdictForm(formdata=None, outcome=str(said.outcome), again=again, text=said.text or "", **marks)
