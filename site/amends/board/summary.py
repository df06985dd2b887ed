"""The plain sentence on top of a case that says where it stands."""

from amends.board import times, words
from amends.board.shelf import Row
from amends.board.words import Sentence
from amends.case import Case, Outcome, State, promises
from amends.record import Standing


def summary(row: Row) -> Sentence:
    """Say in one plain sentence where a case stands."""
    if row.standing is Standing.PLACEHOLDER:
        return ("The file of this case cannot be read. It counts as unanswered.",)
    if row.standing is Standing.MISSING:
        return ("This case was published, and its file is missing. It counts as unanswered.",)
    return _ENDED.get(row.state, _going_on)(row)


def late_summary(row: Row) -> Sentence | None:
    """Return the sentence that is true once what is owed has fallen due; None where time changes nothing."""
    if row.due is None or row.late or row.standing in words.UNREADABLE:
        return None
    return _clock(row, late=True)


def _going_on(row: Row) -> Sentence:
    return _clock(row, late=row.late) or _replied(row)


def _clock(row: Row, *, late: bool) -> Sentence | None:
    if row.due is None:
        return None
    if row.state is State.DISPUTED:
        then = " The new answer is overdue since " if late else " A new answer is promised by "
        return (*_disputed_as(row.case), then, row.due, ".")
    if row.waits_since is None and row.promised_for:
        then = "; a promise is overdue, it was due " if late else "; promised by "
        return (*_answered(row.case), then, row.promised_for, ".")
    nobody = "Nobody has read it yet; an answer" if row.case.is_stub else "No answer yet; one"
    return (f"{nobody} {'was' if late else 'is'} promised by ", row.due, ".")


def _answered(case: Case) -> Sentence:
    reply = case.first_reply
    if reply is None:
        return ("Not answered",)
    if case.imported:
        return ("Answered",)
    return (f"Answered in {times.duration(reply.at - case.received)}",)


def _replied(row: Row) -> Sentence:
    if row.case.imported and row.case.first_reply is None:
        return (f"No answer was imported from {row.case.source}.",)
    ends = _promises_ended(row.case)
    return (*_answered(row.case), f"; {ends}." if ends else ".")


def _promises_ended(case: Case) -> str:
    ended = promises(case)
    if any(promise.broken for promise in ended):
        return "the promise was broken" if len(ended) == 1 else "a promise was broken"
    if ended and all(promise.kept for promise in ended):
        return "the promise was kept" if len(ended) == 1 else "the promises were kept"
    return ""


def _confirmed(row: Row) -> Sentence:
    ends = _promises_ended(row.case)
    return (f"{words.solved_in(row)}; {f'{ends} and ' if ends else ''}the customer confirmed.",)


def _disputed(row: Row) -> Sentence:
    if row.due is not None:
        return _clock(row, late=row.late) or ()
    again = row.case.replies[-1] if row.case.replies else None
    verdict = row.case.last("verdict")
    if again is None or verdict is None or again.at < verdict.at:
        return _disputed_as(row.case)
    return (*_disputed_as(row.case), " The company has answered again.")


def _disputed_as(case: Case) -> Sentence:
    verdict = case.last("verdict")
    partly = verdict is not None and verdict.outcome is Outcome.PARTLY
    return (f"Disputed: the customer says it is {'only partly' if partly else 'not'} solved.",)


def _hidden(row: Row) -> Sentence:
    event = row.case.last("hidden")
    if event is None:
        return ("Text under review.",)
    return ("Text under review since ", event.at, f": {words.reason(event.reason)}. It still counts.")


def _withdrawn(row: Row) -> Sentence:
    event = row.case.last("withdrawn")
    return ("Withdrawn by the customer on ", event.at, ".") if event else ("Withdrawn by the customer.",)


def _removed(row: Row) -> Sentence:
    event = row.case.last("removed")
    return ("Removed by the keeper on ", event.at, f": {words.reason(event.reason)}.") if event else ("Removed.",)


def _says_solved(_: Row) -> Sentence:
    return ("The company says it is solved. The customer has not said so yet.",)


def _unconfirmed(_: Row) -> Sentence:
    return ("The company says it is solved; the customer has not confirmed it.",)


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
