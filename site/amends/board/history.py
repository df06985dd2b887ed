"""Everything that happened to a case, each thing as a sentence; what the clock alone did stands among them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest

from amends.board import words
from amends.board.row import Row
from amends.case import CONFIRM_WITHIN, Case, Event, Kind, Outcome, Promise, Reason, end_of, promises
from amends.language import N_, Language, Said, Sentence

_MASKED = re.compile(r"\[hidden: ([a-z][a-z -]{0,39})\]")

_WROTE = {
    # Translators: what stands in the column "What"; the name of who did it stands in the column "Who" before it.
    Kind.COMPLAINT: N_("Wrote the complaint."),
    Kind.QUESTION: N_("Asked the question."),
    Kind.IDEA: N_("Sent the idea."),
    Kind.PRAISE: N_("Sent praise."),
}

_SAYS = {
    Outcome.SOLVED: N_("Says it is solved."),
    Outcome.PARTLY: N_("Says it is only partly solved."),
    Outcome.UNSOLVED: N_("Says it is not solved."),
}

_ADDED = N_("Added a detail.")
_PLAIN = {
    "followup": _ADDED,
    "withdrawn": N_("Withdrew it."),
    "answered": N_("Answered in private."),
    "solved": N_("Says it is solved."),
    "asked": N_("Asked the customer something in private."),
    "unread": N_("The time passed in which what the customer added was to be read."),
}
"""What is told of an event that says no more than its name."""

_PLACES = {
    # Translators: what was masked in a text, in a list after a colon.
    "account": N_("account"),
    "address": N_("address"),
    "card": N_("card number"),
    "email": N_("e-mail address"),
    "iban": N_("IBAN"),
    "name": N_("name"),
    "order": N_("order number"),
    "phone": N_("phone"),
}
"""What is masked most; any other place is called what the keeper called it."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the story: when, who, what."""

    at: datetime
    who: str
    what: Sentence
    late: bool = False


def history(lang: Language, row: Row, now: datetime) -> list[Happening]:
    """Return everything that happened up to `now`, oldest first."""
    case = row.case
    told = [Happening(case.received, words.customer(lang, row), _received(lang, case))]
    for event in case.events:
        what = _TELLERS.get(event.event, _plain)(lang, event, row)
        shown = what if row.shows_words or event.by == "keeper" else _without_words(what)
        told.append(Happening(event.at, _who(lang, row, event), shown, late=event.event == "unread"))
    told += _said_before(lang, row)
    # Stable: what the clock did comes after what people did in the same second.
    return sorted([*told, *_passed(lang, row, now)], key=lambda happening: happening.at)


def _said_before(lang: Language, row: Row) -> Iterator[Happening]:
    """Name the times at which the customer added what was read, or should have been, later."""
    judged = {event.at for event in row.case.events if event.event == "verdict"}
    for said in sorted({event.received for event in row.case.events if event.received} - judged):
        yield Happening(said, words.customer(lang, row), lang.sentence(_ADDED))


def _who(lang: Language, row: Row, event: Event) -> str:
    if event.event == "unread":
        return lang.gettext("The clock")
    if event.event == "followup" and event.received:
        return lang.gettext("The board")
    if event.by == "customer":
        return words.customer(lang, row)
    if event.by == "company":
        return words.person(event.name)[0] if event.name and row.shows_words else row.company.name
    return lang.gettext("The keeper") if event.by == "keeper" else lang.gettext("The board")


def _received(lang: Language, case: Case) -> Sentence:
    wrote = lang.sentence(_WROTE[case.kind])
    if case.imported:
        there = lang.sentence("It was written on {source} and imported.", source=case.source or "")
        return words.in_turn(lang, wrote, there)
    return words.in_turn(lang, wrote, lang.sentence("An answer was promised by {time}.", time=case.reply_by))


def _without_words(what: Sentence) -> Sentence:
    return tuple("…" if isinstance(part, Said) else part for part in what)


def _said(text: str | None, event: Event, row: Row) -> Said:
    """Quote the company, which answers in the customer's language, or the keeper, who writes in any."""
    language = row.case.language or row.company.language
    return Said(text or "", None if event.by == "keeper" else language)


def _because(event: Event, row: Row) -> Sentence:
    return (_said(event.why, event, row),) if event.why else ()


def _plain(lang: Language, event: Event, row: Row) -> Sentence:
    told = lang.sentence(_PLAIN[event.event]) if event.event in _PLAIN else (event.event,)
    return words.in_turn(lang, told, _because(event, row))


def _reply(lang: Language, event: Event, row: Row) -> Sentence:
    case = row.case
    if event is case.first_reply and not case.imported:
        told = lang.sentence("Replied after {time}.", time=lang.duration(event.at - case.received))
    else:
        told = lang.sentence("Replied.")
    if not event.measure:
        return told
    return words.in_turn(lang, told, lang.sentence("Measure taken: {words}", words=_said(event.measure, event, row)))


def _gift(lang: Language, event: Event, row: Row) -> Sentence:
    return lang.sentence("Offered a gift: {words}", words=_said(event.what, event, row))


# --- Promises ---


def _promise(lang: Language, event: Event, row: Row) -> Sentence:
    return lang.sentence("Promised by {day}: {words}", day=event.due or "", words=_said(event.what, event, row))


def _claimed(lang: Language, event: Event, row: Row) -> Sentence:
    # Translators: what the customer did: they took a sentence of the company's reply, which is quoted, as a promise.
    return lang.sentence(
        "Took it as a promise, by {day}: {words}", day=event.due or "", words=_said(event.what, event, row)
    )


def _moved(lang: Language, event: Event, row: Row) -> Sentence:
    case, why = row.case, _said(event.why, event, row)
    was = _named(promises(replace(case, events=case.events[: case.events.index(event)])), event)
    _, which = _promised(event, row)
    if was is None or event.due is None:
        return lang.sentence("Moved the promise: {why}", why=why)
    if which is None:
        return lang.sentence("Moved the promise from {before} to {due}: {why}", before=was.due, due=event.due, why=why)
    return lang.sentence(
        "Moved the promise {promise} from {before} to {due}: {why}",
        promise=which,
        before=was.due,
        due=event.due,
        why=why,
    )


def _kept(lang: Language, event: Event, row: Row) -> Sentence:
    promise, which = _promised(event, row)
    # As everywhere, from the first date given: moving a date does not keep it.
    late = (event.at.astimezone(row.company.zone).date() - promise.first_due).days if promise else 0
    days = lang.days(abs(late))
    if which is None:
        if late == 0:
            return lang.sentence("Kept the promise, on the day.")
        if late < 0:
            return lang.sentence("Kept the promise, {days} early.", days=days)
        return lang.sentence("Kept the promise, {days} late.", days=days)
    if late == 0:
        return lang.sentence("Kept the promise {promise}, on the day.", promise=which)
    if late < 0:
        return lang.sentence("Kept the promise {promise}, {days} early.", promise=which, days=days)
    return lang.sentence("Kept the promise {promise}, {days} late.", promise=which, days=days)


def _broken(lang: Language, event: Event, row: Row) -> Sentence:
    (_, which), why = _promised(event, row), _said(event.why, event, row)
    if which is None:
        return lang.sentence("Broke the promise: {why}", why=why)
    return lang.sentence("Broke the promise {promise}: {why}", promise=which, why=why)


def _promised(event: Event, row: Row) -> tuple[Promise | None, Said | None]:
    """Return the promise that an event speaks of, and its name where there are several."""
    made = promises(row.case)
    promise = _named(made, event)
    return promise, _said(promise.what, event, row) if promise and len(made) > 1 else None


def _named(made: Iterable[Promise], event: Event) -> Promise | None:
    return next((promise for promise in made if promise.promise == event.promise), None)


# --- Verdicts and the keeper ---


def _correction(lang: Language, event: Event, row: Row) -> Sentence:
    of = event.of if isinstance(event.of, datetime) else ""
    return lang.sentence("Corrected the reply of {time}: {why}", time=of, why=_said(event.why, event, row))


def _verdict(lang: Language, event: Event, _: Row) -> Sentence:
    said = [lang.sentence(_SAYS[event.outcome])] if event.outcome else []
    if event.again is not None:
        said.append(
            lang.sentence("Would do business with them again.")
            if event.again
            else lang.sentence("Would not do business with them again.")
        )
    if event.score is not None:
        said.append(lang.sentence("Score: {number} of 10.", number=lang.number(event.score)))
    if event.recommend is not None:
        said.append(lang.sentence("Would recommend: {number} of 10.", number=lang.number(event.recommend)))
    return words.in_turn(lang, *said)


def _hidden(lang: Language, event: Event, row: Row) -> Sentence:
    reason = words.reason(lang, event.reason)
    if _is_before_publication(event, row.case):
        told = lang.sentence("Withheld the text: {reason}.", reason=reason)
    else:
        told = lang.sentence("Put the text under review: {reason}.", reason=reason)
    return words.in_turn(lang, told, _because(event, row))


def _restored(lang: Language, event: Event, row: Row) -> Sentence:
    if _is_before_publication(event, row.case):
        told = lang.sentence("Lifted the withholding: the text may be published.")
    else:
        told = lang.sentence("Put the text back.")
    return words.in_turn(lang, told, _because(event, row))


def _is_before_publication(event: Event, case: Case) -> bool:
    """Whether nobody could read the text yet."""
    later = case.events[case.events.index(event) + 1 :]
    return case.is_stub or any(after.event == "published" for after in later)


def _removed(lang: Language, event: Event, row: Row) -> Sentence:
    told = lang.sentence("Removed the text: {reason}.", reason=words.reason(lang, event.reason))
    return words.in_turn(lang, told, _because(event, row))


def _masked(lang: Language, event: Event, row: Row) -> Sentence:
    told = lang.sentence("Masked a place: {what}.", what=_place(lang, event.what or ""))
    return words.in_turn(lang, told, _because(event, row))


def _duplicate(lang: Language, event: Event, row: Row) -> Sentence:
    told = lang.sentence("Marked it as a duplicate of case {number}.", number=str(event.of))
    return words.in_turn(lang, told, _because(event, row))


def _published(lang: Language, _: Event, row: Row) -> Sentence:
    masked = Counter(_MASKED.findall(row.case.text))
    if not masked:
        return lang.sentence("Published it.")
    told = lang.ngettext(
        "Published it, with {number} place masked: {places}.",
        "Published it, with {number} places masked: {places}.",
        masked.total(),
        places=_places(lang, masked),
    )
    return (told,)


def _followup(lang: Language, event: Event, _: Row) -> Sentence:
    if event.received is None:
        return lang.sentence(_ADDED)
    masked = Counter(_MASKED.findall(event.text or ""))
    if not masked:
        return lang.sentence("Published what the customer added.")
    told = lang.ngettext(
        "Published what the customer added, with {number} place masked: {places}.",
        "Published what the customer added, with {number} places masked: {places}.",
        masked.total(),
        places=_places(lang, masked),
    )
    return (told,)


def _withheld(lang: Language, event: Event, row: Row) -> Sentence:
    reason = words.reason(lang, event.reason)
    told = lang.sentence("Withheld what the customer added: {reason}.", reason=reason)
    return words.in_turn(lang, told, _because(event, row))


def _places(lang: Language, masked: Counter[str]) -> str:
    return lang.listed([_counted_place(lang, kind, number) for kind, number in sorted(masked.items())])


def _place(lang: Language, kind: str) -> str:
    if kind == Reason.PERSONAL_DATA.replace("-", " "):
        return words.reason(lang, Reason.PERSONAL_DATA)
    return lang.gettext(_PLACES[kind]) if kind in _PLACES else kind


def _counted_place(lang: Language, kind: str, number: int) -> str:
    place = _place(lang, kind)
    return lang.gettext("{place} ({number})", place=place, number=number) if number > 1 else place


_TELLERS: dict[str, Callable[[Language, Event, Row], Sentence]] = {
    "verdict": _verdict,
    "reply": _reply,
    "promise": _promise,
    "claimed": _claimed,
    "moved": _moved,
    "kept": _kept,
    "broken": _broken,
    "gift": _gift,
    "correction": _correction,
    "hidden": _hidden,
    "restored": _restored,
    "removed": _removed,
    "masked": _masked,
    "duplicate": _duplicate,
    "followup": _followup,
    "withheld": _withheld,
    "published": _published,
}


# --- What the clock did ---


def _passed(lang: Language, row: Row, now: datetime) -> Iterator[Happening]:
    """Name the instants at which something that was owed fell due and was not there."""
    case = row.case
    reply, ended = case.first_reply, case.last("withdrawn", "removed")
    if not case.imported and _missed(case.reply_by, reply.at if reply else None, ended, now):
        yield _clock(lang, case.reply_by, lang.sentence("The promised time passed without an answer."))
    yield from _passed_disputes(lang, case, ended, now)
    yield from _passed_promises(lang, row, ended, now)
    yield from _passed_silence(lang, case, ended, now)


def _missed(due: datetime, done: datetime | None, ended: Event | None, now: datetime) -> bool:
    return now >= due and (done is None or done > due) and (ended is None or ended.at > due)


def _passed_disputes(lang: Language, case: Case, ended: Event | None, now: datetime) -> Iterator[Happening]:
    if case.imported:
        return
    spoken = [event for event in case.events if event.event in ("reply", "verdict")]
    for event, then in zip_longest(spoken, spoken[1:]):
        # A reply ends this clock, and so does a newer word of the customer.
        due = case.due_after(event)
        disputes = event.event == "verdict" and event.outcome is not Outcome.SOLVED
        if disputes and _missed(due, then.at if then else None, ended, now):
            yield _clock(lang, due, lang.sentence("The time for a new answer passed."))


def _passed_promises(lang: Language, row: Row, ended: Event | None, now: datetime) -> Iterator[Happening]:
    for name in {event.promise: None for event in row.case.events if event.promise}:
        dated = [event for event in row.case.events if event.promise == name]
        for event, then in zip_longest(dated, dated[1:]):
            due = end_of(event.due, row.company.zone) if event.due else None
            if due and _missed(due, then.at if then else None, ended, now):
                yield _clock(lang, due, lang.sentence("The day passed on which a promise was due."))


def _passed_silence(lang: Language, case: Case, ended: Event | None, now: datetime) -> Iterator[Happening]:
    solved, verdict = case.last("solved"), case.last("verdict")
    if solved and verdict is None and _missed(solved.at + CONFIRM_WITHIN, None, ended, now):
        told = lang.ngettext(
            "{number} day passed without a word from the customer.",
            "{number} days passed without a word from the customer.",
            CONFIRM_WITHIN // timedelta(days=1),
        )
        yield _clock(lang, solved.at + CONFIRM_WITHIN, (told,), late=False)


def _clock(lang: Language, at: datetime, what: Sentence, *, late: bool = True) -> Happening:
    return Happening(at, lang.gettext("The clock"), what, late=late)
