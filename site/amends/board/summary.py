"""The plain sentence on top of a case that says where it stands."""

from amends.board.looks import UNREADABLE
from amends.board.row import Row
from amends.board.words import clauses, ended, in_turn, reason, solved_in
from amends.case import Case, Outcome, State, end_of, promises
from amends.language import N_, Language, Sentence
from amends.record import Standing


def summary(lang: Language, row: Row) -> Sentence:
    """Say in one plain sentence where a case stands."""
    if row.standing is Standing.PLACEHOLDER:
        return lang.sentence("The file of this case cannot be read. It counts as unanswered.")
    if row.standing is Standing.MISSING:
        return lang.sentence("This case was published, and its file is missing. It counts as unanswered.")
    return _ENDED.get(row.state, _going_on)(lang, row)


def late_summary(lang: Language, row: Row) -> Sentence | None:
    """Return the sentence that is true once what is owed has fallen due; None where time changes nothing."""
    if row.due is None or row.late or row.standing in UNREADABLE:
        return None
    return _clock(lang, row, late=True)


def _going_on(lang: Language, row: Row) -> Sentence:
    return _clock(lang, row, late=row.late) or _replied(lang, row)


def _clock(lang: Language, row: Row, *, late: bool) -> Sentence | None:
    if row.due is None:
        return None
    if row.state is State.DISPUTED:
        if late:
            then = lang.sentence("A new answer has been overdue since {due}.", due=row.due)
        else:
            then = lang.sentence("A new answer is promised by {due}.", due=row.due)
        return in_turn(lang, _disputed_as(lang, row.case), then)
    if row.waits_since is None and row.promised_for:
        if late:
            # Translators: the second clause, as in "Answered in 2 hours; promised by 6 November 2026."
            then = lang.sentence("a promise is overdue, it was due {day}", day=row.promised_for)
        else:
            then = lang.sentence("promised by {day}", day=row.promised_for)
        return clauses(lang, _answered(lang, row.case), then)
    return _no_answer(lang, row, late=late)


def _no_answer(lang: Language, row: Row, *, late: bool) -> Sentence:
    due = row.due or ""
    if row.case.is_stub:
        if late:
            return lang.sentence("Nobody has read it yet; an answer was promised by {due}.", due=due)
        return lang.sentence("Nobody has read it yet; an answer is promised by {due}.", due=due)
    if late:
        return lang.sentence("No answer yet; one was promised by {due}.", due=due)
    return lang.sentence("No answer yet; one is promised by {due}.", due=due)


def _answered(lang: Language, case: Case) -> Sentence:
    reply = case.first_reply
    if reply is None:
        return (lang.pgettext("first part of a sentence", "Not answered"),)
    if case.imported:
        return (lang.pgettext("first part of a sentence", "Answered"),)
    return lang.sentence("Answered in {time}", time=lang.duration(reply.at - case.received))


def _replied(lang: Language, row: Row) -> Sentence:
    if row.case.imported and row.case.first_reply is None:
        return lang.sentence("No answer was imported from {source}.", source=row.case.source or "")
    answered, ends = _answered(lang, row.case), _promises_ended(row)
    return clauses(lang, answered, lang.sentence(_PROMISES[ends])) if ends else ended(lang, answered)


def _promises_ended(row: Row) -> str:
    """Return how the promises of a case ended, the worst first: a key of the tables below, or nothing.

    Late is what was kept after the first date given, in the company's time zone: moving a date does not keep it.
    """
    ended = promises(row.case)
    if any(promise.broken for promise in ended):
        return "broken" if len(ended) == 1 else "one broken"
    if any(promise.kept and promise.kept >= end_of(promise.first_due, row.company.zone) for promise in ended):
        return "late" if len(ended) == 1 else "one late"
    if ended and all(promise.kept for promise in ended):
        return "kept" if len(ended) == 1 else "all kept"
    return ""


_PROMISES = {
    # Translators: the second clause of a sentence, as in "Answered in 2 hours; the promise was kept."
    "broken": N_("the promise was broken"),
    "one broken": N_("a promise was broken"),
    "late": N_("the promise was kept late"),
    "one late": N_("a promise was kept late"),
    "kept": N_("the promise was kept"),
    "all kept": N_("the promises were kept"),
}

_CONFIRMED = {
    # Translators: the second clause of a sentence, as in "Solved in 2 days; the customer confirmed."
    "": N_("the customer confirmed"),
    "broken": N_("the promise was broken and the customer confirmed"),
    "one broken": N_("a promise was broken and the customer confirmed"),
    "late": N_("the promise was kept late and the customer confirmed"),
    "one late": N_("a promise was kept late and the customer confirmed"),
    "kept": N_("the promise was kept and the customer confirmed"),
    "all kept": N_("the promises were kept and the customer confirmed"),
}


def _confirmed(lang: Language, row: Row) -> Sentence:
    return clauses(lang, (solved_in(lang, row),), lang.sentence(_CONFIRMED[_promises_ended(row)]))


def _disputed(lang: Language, row: Row) -> Sentence:
    if row.due is not None:
        return _clock(lang, row, late=row.late) or ()
    again = row.case.replies[-1] if row.case.replies else None
    verdict = row.case.last("verdict")
    if again is None or verdict is None or again.at < verdict.at:
        return _disputed_as(lang, row.case)
    return in_turn(lang, _disputed_as(lang, row.case), lang.sentence("The company has answered again."))


def _disputed_as(lang: Language, case: Case) -> Sentence:
    verdict = case.last("verdict")
    if verdict is not None and verdict.outcome is Outcome.PARTLY:
        return lang.sentence("Disputed: the customer says it is only partly solved.")
    return lang.sentence("Disputed: the customer says it is not solved.")


def _hidden(lang: Language, row: Row) -> Sentence:
    event = row.case.last("hidden")
    if event is None:
        return lang.sentence("Text under review.")
    return lang.sentence(
        "Text under review since {time}: {reason}. It still counts.", time=event.at, reason=reason(lang, event.reason)
    )


def _withdrawn(lang: Language, row: Row) -> Sentence:
    event = row.case.last("withdrawn")
    if event is None:
        return lang.sentence("Withdrawn by the customer.")
    return lang.sentence("Withdrawn by the customer on {time}.", time=event.at)


def _removed(lang: Language, row: Row) -> Sentence:
    event = row.case.last("removed")
    if event is None:
        return lang.sentence("Removed.")
    return lang.sentence("Removed by the keeper on {time}: {reason}.", time=event.at, reason=reason(lang, event.reason))


def _says_solved(lang: Language, _: Row) -> Sentence:
    return lang.sentence("The company says it is solved. The customer has not said so yet.")


def _unconfirmed(lang: Language, _: Row) -> Sentence:
    return lang.sentence("The company says it is solved; the customer has not confirmed it.")


_ENDED = {
    State.REMOVED: _removed,
    State.WITHDRAWN: _withdrawn,
    State.HIDDEN: _hidden,
    State.DISPUTED: _disputed,
    State.CONFIRMED: _confirmed,
    State.UNCONFIRMED: _unconfirmed,
    State.SOLVED: _says_solved,
    State.REPLIED: _replied,
}
