"""What companies are told: staff by mail, their systems by a webhook, both without a word of the customer."""

import json
from datetime import datetime

from amends.case import Kind
from amends.clock import stamp
from amends.inbox.notices import ToCompany
from amends.language import N_, Language, Link
from amends.post.doors import Doors
from amends.post.letter import Block, Letter, Quote
from amends.post.matter import Matter
from amends.post.trouble import NoLongerError

_NEW = {
    Kind.COMPLAINT: N_("New complaint: case {number}"),
    Kind.QUESTION: N_("New question: case {number}"),
    Kind.IDEA: N_("New idea: case {number}"),
    Kind.PRAISE: N_("New praise: case {number}"),
}
_TYPES = {
    ToCompany.NEW: "case.received",
    ToCompany.DUE_SOON: "case.reply_due_soon",
    ToCompany.MISSED: "case.reply_missed",
    ToCompany.CUSTOMER: "case.customer_answered",
    ToCompany.DECIDED: "case.keeper_decided",
    ToCompany.PROMISE_DUE: "case.promise_due_soon",
    ToCompany.PROMISE_MISSED: "case.promise_missed",
}
"""What these are called in a webhook's body."""


_OF_ANSWERS = (ToCompany.DUE_SOON, ToCompany.MISSED)
_OF_PROMISES = (ToCompany.PROMISE_DUE, ToCompany.PROMISE_MISSED)


def check(matter: Matter, kind: ToCompany) -> None:
    """Raise NoLongerError where the company is not to be told this any more."""
    if matter.is_withdrawn:
        raise NoLongerError("the customer took the case back")
    if kind in (*_OF_ANSWERS, *_OF_PROMISES) and matter.company.has_left:
        raise NoLongerError("the company has left the board, and who has left is not reminded")
    if kind in _OF_ANSWERS:
        received = matter.received_case
        by_hand = matter.public.first_reply if matter.public else None
        if received.first_reply or by_hand or (received.outcome == "withheld" and received.reason == "spam"):
            raise NoLongerError("no answer is owed any more")
        if kind is ToCompany.DUE_SOON and matter.now >= received.reply_by:
            raise NoLongerError("the answer is late by now")
    if kind in _OF_PROMISES:
        matter.promised()
        if kind is ToCompany.PROMISE_DUE and matter.now >= matter.at:
            raise NoLongerError("the promise is overdue by now")


def letter(matter: Matter, kind: ToCompany, doors: Doors) -> Letter:
    """Write what staff are told; NoLongerError as `check` has it."""
    check(matter, kind)
    lang = matter.language()
    subject, said = _said(matter, kind, lang)
    why = lang.gettext("You get this mail because you are among the staff of {company}.", company=matter.company.name)
    return Letter(lang, matter.board.title, subject, (*said, Link(lang.gettext("Open it"), doors.desk(matter))), (why,))


def body(matter: Matter, kind: ToCompany, doors: Doors) -> bytes:
    """Return the body of a call to a webhook; NoLongerError as `check` has it."""
    check(matter, kind)
    data = {"company": matter.company.slug, "case": matter.number, "kind": matter.kind, "url": doors.desk(matter)}
    if matter.received:
        data |= {
            "received": stamp(matter.received.received),
            "reply_by": stamp(matter.received.reply_by),
            "publicity": matter.received.publicity,
        }
    if kind in _OF_PROMISES:
        data |= {"promise": matter.promise, "due": matter.promised().due.isoformat()}
    return json.dumps({"type": _TYPES[kind], "timestamp": stamp(matter.at), "data": data}).encode()


def body_of_test(company: str, at: datetime) -> bytes:
    """Return the body of a call by which a company tries its webhook."""
    return json.dumps({"type": "test", "timestamp": stamp(at), "data": {"company": company}}).encode()


def _said(matter: Matter, kind: ToCompany, lang: Language) -> tuple[str, tuple[Block, ...]]:
    facts = {"company": matter.company.name, "number": matter.number}
    if kind is ToCompany.CUSTOMER:
        return lang.gettext("The customer has answered: case {number}", **facts), (
            lang.gettext("The customer of case {number} has added something.", **facts),
        )
    if kind is ToCompany.DECIDED:
        return lang.gettext("The keeper has decided: case {number}", **facts), (
            lang.gettext("What the keeper decided about case {number}, and why, stands with it.", **facts),
        )
    if kind in _OF_PROMISES:
        return _of_promise(matter, kind, lang)
    received = matter.received_case
    due = lang.long(received.reply_by)
    promised = lang.gettext("{company} promised an answer by {due} (UTC).", due=due, **facts)
    if kind is ToCompany.NEW:
        alone = lang.gettext("The customer chose that only {company} sees it.", **facts)
        return lang.gettext(_NEW[Kind(received.kind)], **facts), (promised, *([alone] if received.is_private else ()))
    if kind is ToCompany.DUE_SOON:
        left = lang.roughly(received.reply_by - matter.now)
        return lang.gettext("Case {number} waits for an answer: {time} left", time=left, **facts), (promised,)
    return lang.gettext("Case {number} waits for an answer: late", **facts), (
        promised,
        lang.gettext("The board counts it as late until it is answered."),
    )


def _of_promise(matter: Matter, kind: ToCompany, lang: Language) -> tuple[str, tuple[Block, ...]]:
    made = matter.promised()
    facts = {"number": matter.number, "day": lang.day(made.due)}
    if kind is ToCompany.PROMISE_DUE:
        return lang.gettext("A promise is due {day}: case {number}", **facts), (
            lang.gettext("Promised by the end of {day}:", **facts),
            Quote(made.what),
        )
    return lang.gettext("A promise is overdue: case {number}", **facts), (
        lang.gettext("Promised by the end of {day}:", **facts),
        Quote(made.what),
        lang.gettext("The board shows it as overdue until somebody says that it is kept, moved or broken."),
    )
