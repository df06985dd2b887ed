"""How a state is called and shown: one table for the pages of the board and for those of the service."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from amends.case import Outcome, Promise, State
from amends.language import N_, Language
from amends.record import Standing


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: an icon, its colour, a word; a solid icon is settled or failed, an outline is not."""

    word: str
    icon: str
    tone: str
    solid: bool = False


LOOKS = {
    State.AWAITING: Look(N_("Waiting"), "clock", "wait"),
    State.OVERDUE: Look(N_("Overdue"), "clock", "late", solid=True),
    State.REPLIED: Look(N_("Answered"), "reply", "said"),
    State.PROMISED: Look(N_("Promise made"), "flag", "said"),
    State.PROMISE_OVERDUE: Look(N_("Promise overdue"), "flag", "late", solid=True),
    State.SOLVED: Look(N_("Company says solved"), "tick", "said"),
    State.UNCONFIRMED: Look(N_("Not confirmed"), "dash", "muted"),
    State.CONFIRMED: Look(N_("Solved, confirmed"), "tick", "good", solid=True),
    State.DISPUTED: Look(N_("Disputed"), "unequal", "disp"),
    State.HIDDEN: Look(N_("Under review"), "hidden", "muted"),
    State.WITHDRAWN: Look(N_("Withdrawn"), "back", "muted"),
    State.REMOVED: Look(N_("Removed"), "cross", "muted"),
}
"""The look of each state of a case, its word not yet translated."""

UNREADABLE = {
    Standing.PLACEHOLDER: Look(N_("Cannot be read"), "file", "late"),
    Standing.MISSING: Look(N_("File missing"), "file", "late"),
}

NOT_ANSWERED_THERE = Look(N_("No answer imported"), "dash", "muted")


@lru_cache(maxsize=256)
def spoken(lang: Language, look: Look) -> Look:
    """Return a look of the tables above with its word translated."""
    return replace(look, word=lang.gettext(look.word))


def outcome_look(lang: Language, outcome: Outcome) -> Look:
    """Return how the customer's answer to `Is it solved?` is shown."""
    if outcome is Outcome.SOLVED:
        return Look(lang.pgettext("answer to “Is it solved?”", "Yes"), "tick", "good", solid=True)
    if outcome is Outcome.PARTLY:
        return Look(lang.pgettext("answer to “Is it solved?”", "Partly"), "unequal", "disp")
    return Look(lang.pgettext("answer to “Is it solved?”", "No"), "unequal", "disp")


def overdue_promise(lang: Language) -> Look:
    """Return how a promise is shown whose day has passed."""
    return Look(lang.pgettext("promise", "Overdue"), "flag", "late", solid=True)


def promise_look(lang: Language, promise: Promise, kept_on: date | None, *, late: bool) -> Look:
    """Return how a promise stands; `kept_on` is the day it was kept, in the company's time zone.

    Early and late are measured from the first date given: moving a date does not keep it.
    """
    if kept_on is not None:
        tone = "good" if kept_on <= promise.first_due else "wait"
        return Look(_kept(lang, promise.first_due, kept_on), "tick", tone, solid=True)
    if promise.broken:
        return Look(lang.gettext("Promise broken"), "flag", "late", solid=True)
    if late:
        return overdue_promise(lang)
    return Look(lang.gettext("Due {day}", day=lang.day(promise.due)), "flag", "said")


def _kept(lang: Language, due: date, kept: date) -> str:
    days = (kept - due).days
    if days == 0:
        return lang.gettext("Kept, on the day")
    if days < 0:
        return lang.gettext("Kept, {days} early", days=lang.days(-days))
    return lang.gettext("Kept, {days} late", days=lang.days(days))
