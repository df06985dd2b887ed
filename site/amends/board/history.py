"""Everything that happened to a case, each thing as a sentence; what the clock alone did stands among them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest

from amends.board import times, words
from amends.board.shelf import Row
from amends.board.words import Said, Sentence
from amends.case import CONFIRM_WITHIN, Case, Event, Kind, Outcome, Promise, end_of, promises

_MASKED = re.compile(r"\[hidden: ([a-z][a-z -]{0,39})\]")

THE_CLOCK = "The clock"
THE_KEEPER = "The keeper"
THE_BOARD = "The board"

_WROTE = {
    Kind.COMPLAINT: "Wrote the complaint.",
    Kind.QUESTION: "Asked the question.",
    Kind.IDEA: "Sent the idea.",
    Kind.PRAISE: "Sent praise.",
}

_SAYS = {
    Outcome.SOLVED: "it is solved",
    Outcome.PARTLY: "it is only partly solved",
    Outcome.UNSOLVED: "it is not solved",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the story: when, who, what. `who` is None for a customer without a name."""

    at: datetime
    who: str
    what: Sentence
    late: bool = False


def history(row: Row, now: datetime) -> list[Happening]:
    """Return everything that happened up to `now`, oldest first."""
    case = row.case
    told = [Happening(case.received, _customer(row), (_WROTE[case.kind] + _where(case), *_until(case)))]
    told += [
        Happening(event.at, _who(row, event), what if row.shows_words or event.by == "keeper" else _without_words(what))
        for event in case.events
        if (what := _what(case, event, row))
    ]
    # Stable: what the clock did comes after what people did in the same second.
    return sorted([*told, *_passed(row, now)], key=lambda happening: happening.at)


def _customer(row: Row) -> str:
    name = row.case.author if row.shows_words else None
    return name or "A customer"


def _who(row: Row, event: Event) -> str:
    if event.by == "customer":
        return _customer(row)
    if event.by == "company":
        return words.person(event.name)[0] if event.name and row.shows_words else row.company.name
    return THE_KEEPER if event.by == "keeper" else THE_BOARD


def _where(case: Case) -> str:
    return f" It was written on {case.source} and imported." if case.source else ""


def _until(case: Case) -> Sentence:
    return () if case.imported else (" An answer was promised by ", case.reply_by, ".")


def _without_words(what: Sentence) -> Sentence:
    return tuple("…" if isinstance(part, Said) else part for part in what)


def _what(case: Case, event: Event, row: Row) -> Sentence:
    tell = _TELLERS.get(event.event)
    return tell(case, event, row) if tell else (event.event,)


def _said(text: str | None, event: Event, row: Row) -> Said:
    """Quote the company, which answers in the customer's language, or the keeper, who writes in any."""
    language = row.case.language or row.company.language
    return Said(text or "", None if event.by == "keeper" else language)


def _reply(case: Case, event: Event, row: Row) -> Sentence:
    first = event is case.first_reply and not case.imported
    told: Sentence = (f"Replied after {times.duration(event.at - case.received)}." if first else "Replied.",)
    return (*told, " Measure taken: ", _said(event.measure, event, row)) if event.measure else told


def _promise(_: Case, event: Event, row: Row) -> Sentence:
    return ("Promised by ", event.due or "", ": ", _said(event.what, event, row))


def _moved(case: Case, event: Event, row: Row) -> Sentence:
    before = replace(case, events=case.events[: case.events.index(event)])
    was = _promise_of(before, event)
    dates: Sentence = (" from ", was.due, " to ", event.due) if was and event.due else ()
    return ("Moved the promise", *_which(event, row), *dates, ": ", _said(event.why, event, row))


def _kept(case: Case, event: Event, row: Row) -> Sentence:
    promise = _promise_of(case, event)
    when = words.apart(promise.due, event.at.astimezone(row.company.zone).date()) if promise else ""
    return ("Kept the promise", *_which(event, row), f", {when}.")


def _broken(case: Case, event: Event, row: Row) -> Sentence:
    return ("Broke the promise", *_which(event, row), ": ", _said(event.why, event, row))


def _promise_of(case: Case, event: Event) -> Promise | None:
    return next((promise for promise in promises(case) if promise.promise == event.promise), None)


def _which(event: Event, row: Row) -> Sentence:
    """Name the promise where there are several."""
    promise = _promise_of(row.case, event)
    return (" ", _said(promise.what, event, row)) if promise and len(promises(row.case)) > 1 else ()


def _correction(_: Case, event: Event, row: Row) -> Sentence:
    of = event.of if isinstance(event.of, datetime) else ""
    return ("Corrected the reply of ", of, ": ", _said(event.why, event, row))


def _verdict(_: Case, event: Event, __: Row) -> Sentence:
    said = [_SAYS[event.outcome]] if event.outcome else []
    if event.again is not None:
        said.append("would do business with them again" if event.again else "would not do business with them again")
    if event.score is not None:
        said.append(f"score {event.score} of 10")
    if event.recommend is not None:
        said.append(f"would recommend {event.recommend} of 10")
    return (f"Says {', '.join(said)}.",)


def _with_reason(words_before: str) -> Callable[[Case, Event, Row], Sentence]:
    def tell(_: Case, event: Event, row: Row) -> Sentence:
        return (f"{words_before}: {words.reason(event.reason)}.", *_because(event, row))

    return tell


def _because(event: Event, row: Row) -> Sentence:
    return (" ", _said(event.why, event, row)) if event.why else ()


def _masked(_: Case, event: Event, row: Row) -> Sentence:
    return (f"Masked a place: {event.what}.", *_because(event, row))


def _duplicate(_: Case, event: Event, row: Row) -> Sentence:
    return (f"Marked it as a duplicate of case {event.of}.", *_because(event, row))


def _published(case: Case, _: Event, __: Row) -> Sentence:
    masked = Counter(_MASKED.findall(case.text))
    places = ", ".join(f"{kind} ({number})" if number > 1 else kind for kind, number in sorted(masked.items()))
    if not masked:
        return ("Published it.",)
    return (f"Published it, with {times.counted(masked.total(), 'place')} masked: {places}.",)


def _plainly(told: str) -> Callable[[Case, Event, Row], Sentence]:
    return lambda _, event, row: (told, *_because(event, row))


_TELLERS: dict[str, Callable[[Case, Event, Row], Sentence]] = {
    "followup": _plainly("Added a detail."),
    "verdict": _verdict,
    "withdrawn": _plainly("Withdrew it."),
    "answered": _plainly("Answered in private."),
    "reply": _reply,
    "promise": _promise,
    "moved": _moved,
    "kept": _kept,
    "broken": _broken,
    "solved": _plainly("Says it is solved."),
    "asked": _plainly("Asked the customer something in private."),
    "gift": lambda _, event, row: ("Offered a gift: ", _said(event.what, event, row)),
    "correction": _correction,
    "hidden": _with_reason("Put the text under review"),
    "restored": _plainly("Put the text back."),
    "removed": _with_reason("Removed the text"),
    "masked": _masked,
    "duplicate": _duplicate,
    "published": _published,
}


# --- What the clock did ---


def _passed(row: Row, now: datetime) -> Iterator[Happening]:
    """Name the instants at which something that was owed fell due and was not there."""
    case = row.case
    reply, ended = case.first_reply, case.last("withdrawn", "removed")
    if not case.imported and _missed(case.reply_by, reply.at if reply else None, ended, now):
        yield Happening(case.reply_by, THE_CLOCK, ("The promised time passed without an answer.",), late=True)
    yield from _passed_disputes(case, ended, now)
    yield from _passed_promises(row, ended, now)
    yield from _passed_silence(case, ended, now)


def _missed(due: datetime, done: datetime | None, ended: Event | None, now: datetime) -> bool:
    return now >= due and (done is None or done > due) and (ended is None or ended.at > due)


def _passed_disputes(case: Case, ended: Event | None, now: datetime) -> Iterator[Happening]:
    if case.imported:
        return
    spoken = [event for event in case.events if event.event in ("reply", "verdict")]
    for event, then in zip_longest(spoken, spoken[1:]):
        # A reply ends this clock, and so does a newer word of the customer.
        due = event.at + case.promised_within
        disputes = event.event == "verdict" and event.outcome is not Outcome.SOLVED
        if disputes and _missed(due, then.at if then else None, ended, now):
            yield Happening(due, THE_CLOCK, ("The time for a new answer passed.",), late=True)


def _passed_promises(row: Row, ended: Event | None, now: datetime) -> Iterator[Happening]:
    for name in {event.promise: None for event in row.case.events if event.promise}:
        dated = [event for event in row.case.events if event.promise == name]
        for event, then in zip_longest(dated, dated[1:]):
            due = end_of(event.due, row.company.zone) if event.due else None
            if due and _missed(due, then.at if then else None, ended, now):
                yield Happening(due, THE_CLOCK, ("The day passed on which a promise was due.",), late=True)


def _passed_silence(case: Case, ended: Event | None, now: datetime) -> Iterator[Happening]:
    solved, verdict = case.last("solved"), case.last("verdict")
    if solved and verdict is None and _missed(solved.at + CONFIRM_WITHIN, None, ended, now):
        days = times.counted(CONFIRM_WITHIN // timedelta(days=1), "day")
        yield Happening(solved.at + CONFIRM_WITHIN, THE_CLOCK, (f"{days} passed without a word from the customer.",))
