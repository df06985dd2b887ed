"""What customers are told, and when nobody is to be told it any more."""

from collections.abc import Callable, Sequence

from amends.board import words
from amends.case import Reason, end_of, promises
from amends.inbox.notices import ToCustomer
from amends.language import Language, Link
from amends.post.doors import Doors
from amends.post.letter import Block, Letter, Quote
from amends.post.matter import Matter
from amends.post.trouble import NoLongerError, NotNowError
from amends.record import UpdateKind
from amends.text import one_line

_LONGEST_TITLE = 60
_Said = tuple[str, tuple[Block, ...]]
"""A subject, and what stands under it."""


def letter(matter: Matter, kind: ToCustomer, doors: Doors) -> Letter:
    """Write what a customer is told; NoLongerError where there is no sense in it, NotNowError where it is too early.

    An address that nobody confirmed may be anybody's: it gets the receipt, and once that there is an answer, and
    neither has a word of anybody.
    """
    lang, received = matter.language_of_customer(), matter.received_case
    if matter.is_withdrawn:
        raise NoLongerError("the customer took the case back")
    is_known = matter.contact.confirmed is not None
    if not (is_known or kind in (ToCustomer.RECEIPT, ToCustomer.REPLY)):
        raise NoLongerError("nobody confirmed this address")
    write = _LETTERS[kind] if is_known or kind is ToCustomer.RECEIPT else _nudge
    subject, said = write(matter, lang, doors)
    name = received.author or (matter.public.author if matter.public else None)
    greeting = (lang.gettext("Hello {name},", name=one_line(name, 80)),) if is_known and name else ()
    asking = () if is_known else _asking(matter, lang, doors)
    return _letter(matter, lang, subject, (*greeting, *said, *asking), doors)


def links_again(matters: Sequence[Matter], doors: Doors) -> Letter:
    """Write to whoever lost the private links of these cases of one address, in the language of the first."""
    first = matters[0]
    lang = first.language_of_customer()
    body: list[Block] = [
        lang.gettext("Somebody asked for your private link on the board “{board}” once more.", board=first.board.title)
    ]
    for matter in matters:
        facts = {"company": matter.company.name, "number": matter.number}
        day = lang.day(matter.received_case.received.date())
        body.append(lang.gettext("Case {number}, your feedback to {company} of {day}:", day=day, **facts))
        body.append(_open(matter, lang, doors))
    body.append(lang.gettext("Keep this link, and do not pass it on: whoever has it is taken for you."))
    body.append(lang.gettext("If it was not you, there is nothing to do: nobody else got this mail."))
    return _letter(first, lang, lang.gettext("Your private link once more"), tuple(body), doors)


def _letter(matter: Matter, lang: Language, subject: str, body: tuple[Block, ...], doors: Doors) -> Letter:
    stop = Link(lang.gettext("Stop all mails to this address"), doors.stop(matter.contact.email))
    sender = lang.gettext("{company} on {board}", company=matter.company.name, board=matter.board.title)
    return Letter(lang, sender, subject, body, (_why(matter, lang), stop))


def _why(matter: Matter, lang: Language) -> str:
    facts = {"company": matter.company.name, "number": matter.number}
    if matter.contact.confirmed:
        return lang.gettext("You get this mail because you confirmed this address for case {number}.", **facts)
    return lang.gettext(
        "You get this mail because somebody gave this address with feedback to {company}. If it was not you, "
        "there is nothing to do: an address that nobody confirms gets two mails at most.",
        **facts,
    )


def _asking(matter: Matter, lang: Language, doors: Doors) -> tuple[Block, ...]:
    return (
        lang.gettext("Do you want to read by mail what becomes of it? Then confirm that this address is yours."),
        Link(lang.gettext("Confirm my address"), doors.confirm(matter)),
    )


def _open(matter: Matter, lang: Language, doors: Doors) -> Link:
    return Link(lang.gettext("Open your case"), doors.case(matter))


def _receipt(matter: Matter, lang: Language, doors: Doors) -> _Said:
    facts = {"company": matter.company.name, "number": matter.number}
    due = lang.long(matter.received_case.reply_by)
    return lang.gettext("Your feedback to {company}: case {number}", **facts), (
        lang.gettext("Your feedback to {company} has arrived. It is case {number}.", **facts),
        lang.gettext("{company} promises an answer by {due} (UTC).", due=due, **facts),
        _open(matter, lang, doors),
        lang.gettext("Keep this link, and do not pass it on: whoever has it is taken for you."),
    )


def _nudge(matter: Matter, lang: Language, doors: Doors) -> _Said:
    _answered(matter)
    facts = {"company": matter.company.name, "number": matter.number}
    return lang.gettext("{company} has answered your case {number}", **facts), (
        lang.gettext("{company} has answered your feedback. The answer stands behind your private link.", **facts),
        _open(matter, lang, doors),
    )


def _answered(matter: Matter) -> None:
    """Raise NoLongerError unless there is an answer to be read."""
    if not matter.received_case.is_answered_privately:
        _in_public(matter).event("reply")


def _in_public(matter: Matter) -> Matter:
    if matter.public is None or matter.public.is_gone:
        raise NoLongerError("the case is not in the record, or only its tombstone")
    return matter


def _published(matter: Matter, lang: Language, doors: Doors) -> _Said:
    facts = {"company": matter.company.name, "number": matter.number, "board": matter.board.title}
    if _in_public(matter).received_case.outcome != "published":
        raise NoLongerError("the case is not public any more")
    return lang.gettext("Your case {number} is public", **facts), (
        lang.gettext("Your feedback to {company} now stands on the public board “{board}”.", **facts),
        Link(lang.gettext("See it on the board"), matter.page),
        _open(matter, lang, doors),
    )


def _withheld(matter: Matter, lang: Language, doors: Doors) -> _Said:
    removed = matter.public.last("removed") if matter.public else None
    reason = removed.reason if removed else Reason(matter.received_case.reason) if matter.received_case.reason else None
    if removed is None and matter.received_case.outcome != "withheld":
        raise NoLongerError("the case is not withheld")
    facts = {"company": matter.company.name, "number": matter.number, "reason": words.reason(lang, reason)}
    why = (Quote(removed.why),) if removed and removed.why else ()
    return lang.gettext("Your case {number} is not shown in public", **facts), (
        lang.gettext("The keeper of the board does not show your words in public. Reason: {reason}", **facts),
        *why,
        lang.gettext("The case still counts in the figures of {company}.", **facts),
        _open(matter, lang, doors),
    )


def _hidden(matter: Matter, lang: Language, doors: Doors) -> _Said:
    hidden = _in_public(matter).event("hidden")
    if matter.public is None or not matter.public.is_hidden:
        raise NoLongerError("the words are shown again")
    facts = {"company": matter.company.name, "number": matter.number, "reason": words.reason(lang, hidden.reason)}
    return lang.gettext("Your case {number} is under review", **facts), (
        lang.gettext("The keeper of the board does not show your words until it is decided. Reason: {reason}", **facts),
        *((Quote(hidden.why),) if hidden.why else ()),
        *_objecting(matter, lang, doors),
    )


def _restored(matter: Matter, lang: Language, doors: Doors) -> _Said:
    restored = _in_public(matter).event("restored")
    facts = {"company": matter.company.name, "number": matter.number}
    return lang.gettext("Your words are shown again: case {number}", **facts), (
        lang.gettext("The keeper of the board looked at your case. Everyone can read it again.", **facts),
        *((Quote(restored.why),) if restored.why else ()),
        Link(lang.gettext("See it on the board"), matter.page),
    )


def _removed(matter: Matter, lang: Language, doors: Doors) -> _Said:
    removed = matter.event("removed")
    facts = {"company": matter.company.name, "number": matter.number, "reason": words.reason(lang, removed.reason)}
    return lang.gettext("Your case {number} was removed from the board", **facts), (
        lang.gettext("The keeper of the board removed your words. Reason: {reason}", **facts),
        *((Quote(removed.why),) if removed.why else ()),
        *_objecting(matter, lang, doors),
    )


def _objecting(matter: Matter, lang: Language, doors: Doors) -> tuple[Block, ...]:
    return (
        lang.gettext("The case still counts in the figures of {company}.", company=matter.company.name),
        lang.gettext("If you think that this is wrong, say so on your private page: a person looks at it."),
        _open(matter, lang, doors),
    )


def _objection(matter: Matter, lang: Language, doors: Doors) -> _Said:
    facts = {"number": matter.number}
    return lang.gettext("The keeper has answered your objection: case {number}", **facts), (
        lang.gettext("The keeper of the board has decided. The answer stands on your private page."),
        _open(matter, lang, doors),
    )


def _reply(matter: Matter, lang: Language, doors: Doors) -> _Said:
    facts = {"company": matter.company.name, "number": matter.number}
    if matter.received_case.is_answered_privately:
        # What is for the customer alone does not pass through the mail servers of others.
        subject, (_, link) = _nudge(matter, lang, doors)
        return subject, (lang.gettext("{company} has answered, for you alone.", **facts), link)
    reply = _in_public(matter).event("reply")
    name = one_line(reply.name or matter.company.name, 80)
    measure = (lang.gettext("Measure taken: {words}", words=reply.measure),) if reply.measure else ()
    return _about(matter, lang), (
        lang.gettext("{name} wrote on {at} (UTC):", name=name, at=lang.long(reply.at)),
        Quote(reply.text or "", formatted=True),
        *measure,
        _open(matter, lang, doors),
    )


def _about(matter: Matter, lang: Language) -> str:
    """Return the subject of an answer in public: with the case's title, where that is shown."""
    public = matter.public
    facts = {"company": matter.company.name, "number": matter.number}
    if public and public.title and not public.is_hidden:
        title = one_line(public.title, _LONGEST_TITLE)
        return lang.gettext("{company} has answered: “{title}”", title=title, **facts)
    return lang.gettext("{company} has answered your case {number}", **facts)


def _moved(matter: Matter, lang: Language, doors: Doors) -> _Said:
    moved = _in_public(matter).event("moved")
    made = {promise.promise: promise for promise in promises(matter.public)} if matter.public else {}
    promise = made[moved.promise or ""]
    facts = {"company": matter.company.name, "number": matter.number, "what": promise.what}
    day = lang.day(moved.due or promise.due)
    return lang.gettext("{company} moved a promise: case {number}", **facts), (
        lang.gettext("{company} promised you: “{what}”. The new date is {day}.", day=day, **facts),
        lang.gettext("{company} gives this reason:", **facts),
        Quote(moved.why or ""),
        _open(matter, lang, doors),
    )


def _gift(matter: Matter, lang: Language, doors: Doors) -> _Said:
    gift = _in_public(matter).event("gift")
    facts = {"company": matter.company.name, "number": matter.number, "what": gift.what or ""}
    return lang.gettext("A gift from {company}: case {number}", **facts), (
        lang.gettext("{company} gives you: “{what}”. How you get it stands behind your private link.", **facts),
        _open(matter, lang, doors),
    )


def _correction(matter: Matter, lang: Language, doors: Doors) -> _Said:
    correction = _in_public(matter).event("correction")
    facts = {"company": matter.company.name, "number": matter.number}
    return lang.gettext("{company} corrected its answer: case {number}", **facts), (
        lang.gettext("{company} corrected its answer to you. It now reads:", **facts),
        Quote(correction.text or "", formatted=True),
        lang.gettext("{company} gives this reason:", **facts),
        Quote(correction.why or ""),
        _open(matter, lang, doors),
    )


def _asked(matter: Matter, lang: Language, doors: Doors) -> _Said:
    _in_public(matter).event("asked")
    facts = {"company": matter.company.name, "number": matter.number}
    # What is for the customer alone does not pass through the mail servers of others.
    return lang.gettext("{company} has a question for you: case {number}", **facts), (
        lang.gettext("{company} asks you something about your case. Only you see the question.", **facts),
        Link(lang.gettext("Read and answer it"), doors.case(matter)),
    )


def _update(matter: Matter, lang: Language, doors: Doors) -> _Said:
    update = _in_public(matter).update
    if update is None:
        raise NoLongerError("there is no update to tell of")
    facts = {"company": matter.company.name, "number": matter.number}
    if update.kind is UpdateKind.CHANGE:
        subject = lang.gettext("{company} changed something: case {number}", **facts)
        told = lang.gettext("{company} tells what it changed, and names your case among those it came from:", **facts)
    else:
        subject = lang.gettext("News from {company}: case {number}", **facts)
        told = lang.gettext("{company} has news, and names your case among those it came from:", **facts)
    starts = (lang.gettext("It holds from {day} on.", day=lang.day(update.starts)),) if update.starts else ()
    return subject, (
        told,
        Quote(update.title),
        Quote(update.text, formatted=True),
        *starts,
        Link(lang.gettext("Read it on the board"), matter.changes),
        _open(matter, lang, doors),
    )


def _question(matter: Matter, lang: Language, doors: Doors) -> _Said:
    public = _in_public(matter).public
    if public is None or not public.kind.can_be_solved or public.last("verdict"):
        raise NoLongerError("there is nothing to ask: it cannot be solved, or the customer has said whether it is")
    if not public.last("reply", "solved"):
        raise NoLongerError("the company has not answered")
    ends = [end_of(promise.due, matter.company.zone) for promise in promises(public) if promise.is_running]
    if ends and max(ends) > matter.now:
        raise NotNowError(max(ends))
    facts = {"company": matter.company.name, "number": matter.number}
    return lang.gettext("Is it solved? Case {number}", **facts), (
        lang.gettext("{company} has answered your feedback. Is the matter solved for you?", **facts),
        Link(lang.gettext("Say whether it is solved"), doors.case(matter)),
        lang.gettext("What you say will stand in public with your case. If you say nothing, nothing changes."),
    )


_LETTERS: dict[ToCustomer, Callable[[Matter, Language, Doors], _Said]] = {
    ToCustomer.RECEIPT: _receipt,
    ToCustomer.PUBLISHED: _published,
    ToCustomer.WITHHELD: _withheld,
    ToCustomer.REPLY: _reply,
    ToCustomer.MOVED: _moved,
    ToCustomer.GIFT: _gift,
    ToCustomer.CORRECTION: _correction,
    ToCustomer.ASKED: _asked,
    ToCustomer.HIDDEN: _hidden,
    ToCustomer.RESTORED: _restored,
    ToCustomer.REMOVED: _removed,
    ToCustomer.OBJECTION: _objection,
    ToCustomer.QUESTION: _question,
    ToCustomer.UPDATE: _update,
}
