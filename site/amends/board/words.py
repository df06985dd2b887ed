"""The words of the board: the name and the icon of each state, of each topic and reason, and what lists and pages say.

English for now: here, in times.py, summary.py and history.py, and in the templates only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from amends.board import times
from amends.board.counts import Counts
from amends.board.shelf import Row
from amends.case import Case, Event, Kind, Outcome, Promise, Reason, State
from amends.record import Standing

RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})
"""The languages in which the whole page runs from right to left."""

_TOPICS = {
    "prices": "Prices and hidden costs",
    "no-answer": "No answer",
    "loyalty": "Loyalty programme",
    "knowing-me": "Not knowing me",
    "nothing-new": "Nothing new",
}

_REASONS = {
    Reason.HATE: "hate against people",
    Reason.PERSONAL_DATA: "personal data",
    Reason.ABOUT_SOMEONE_ELSE: "about someone else",
    Reason.NOT_ABOUT_THIS_COMPANY: "not about this company",
    Reason.COURT_ORDER: "a court order",
    Reason.CUSTOMER_ASKED: "the customer asked for it",
    Reason.DUPLICATE: "a duplicate",
    Reason.THREAT: "a threat",
}


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a person inside a sentence of the board: shown in the serif, in their own language and direction."""

    text: str
    language: str | None


Part = str | date | Said
"""A piece of a sentence: words of the board, words that were `Said`, an instant or a day."""

Sentence = tuple[Part, ...]


def flat(sentence: Sentence) -> str:
    """Write a sentence without its markup."""
    return "".join(_flat(part) for part in sentence)


def _flat(part: Part) -> str:
    if isinstance(part, datetime):
        return times.long(part)
    if isinstance(part, date):
        return times.day(part)
    return f"“{part.text}”" if isinstance(part, Said) else part


# --- Names ---


def topic(name: str) -> str:
    """Return what a topic is called on the page."""
    return _TOPICS.get(name) or name.replace("-", " ").capitalize()


def reason(found: Reason | None) -> str:
    """Return a reason as it stands after a colon."""
    return _REASONS.get(found, str(found)) if found else "no reason given"


def a_kind(kind: Kind) -> str:
    """Return the kind with its article: `a complaint`, `an idea`, `praise`."""
    return {Kind.IDEA: "an idea", Kind.PRAISE: "praise"}.get(kind, f"a {kind}")


def noun(kind: Kind) -> str:
    """Return the kind as a noun that can follow `this`."""
    return "word of praise" if kind is Kind.PRAISE else str(kind)


def person(name: str) -> tuple[str, str]:
    """Split `Olga, customer care` into the name and the role, which may be missing."""
    first, *role = re.split(r"[,،、，]", name, maxsplit=1)
    return first.strip(), "".join(role).strip()


# --- States ---


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: an icon, its colour, a word; a solid icon is settled or failed, an outline is not."""

    word: str
    icon: str
    tone: str
    solid: bool = False


LOOKS = {
    State.AWAITING: Look("Waiting", "clock", "wait"),
    State.OVERDUE: Look("Overdue", "clock", "late", solid=True),
    State.REPLIED: Look("Answered", "reply", "said"),
    State.PROMISED: Look("Promise made", "flag", "said"),
    State.PROMISE_OVERDUE: Look("Promise overdue", "flag", "late", solid=True),
    State.SOLVED: Look("Company says solved", "tick", "said"),
    State.UNCONFIRMED: Look("Not confirmed", "dash", "muted"),
    State.CONFIRMED: Look("Solved, confirmed", "tick", "good", solid=True),
    State.DISPUTED: Look("Disputed", "unequal", "disp"),
    State.HIDDEN: Look("Under review", "hidden", "muted"),
    State.WITHDRAWN: Look("Withdrawn", "back", "muted"),
    State.REMOVED: Look("Removed", "cross", "muted"),
}

UNREADABLE = {
    Standing.PLACEHOLDER: Look("Cannot be read", "file", "late"),
    Standing.MISSING: Look("File missing", "file", "late"),
}

NOT_ANSWERED_THERE = Look("No answer imported", "dash", "muted")

OUTCOMES = {
    Outcome.SOLVED: Look("Yes", "tick", "good", solid=True),
    Outcome.PARTLY: Look("Partly", "unequal", "disp"),
    Outcome.UNSOLVED: Look("No", "unequal", "disp"),
}

OVERDUE_PROMISE = Look("Overdue", "flag", "late", solid=True)
BROKEN = Look("Promise broken", "flag", "late", solid=True)


def look(row: Row) -> Look:
    """Return how a case's state is shown."""
    if row.standing in UNREADABLE:
        return UNREADABLE[row.standing]
    if row.case.imported and row.state in (State.AWAITING, State.OVERDUE):
        return NOT_ANSWERED_THERE
    return LOOKS[row.state]


def late_word(row: Row) -> str | None:
    """Return the word that takes the state's place when what is owed falls due; None where nothing changes."""
    if row.due is None or row.standing in UNREADABLE:
        return None
    if row.state is State.PROMISED and row.waits_since is None:
        return LOOKS[State.PROMISE_OVERDUE].word
    return LOOKS[State.OVERDUE].word if row.state is State.AWAITING else None


def promise_look(promise: Promise, kept_on: date | None, *, late: bool) -> Look:
    """Return how a promise stands; `kept_on` is the day it was kept, in the company's time zone."""
    if kept_on is not None:
        tone = "good" if kept_on <= promise.due else "wait"
        return Look(f"Kept, {apart(promise.due, kept_on)}", "tick", tone, solid=True)
    if promise.broken:
        return BROKEN
    if late:
        return OVERDUE_PROMISE
    return Look(f"Due {times.day(promise.due)}", "flag", "said")


def apart(due: date, kept: date) -> str:
    """Say how a promise was kept against its day: `on the day`, `1 day early`, `3 days late`."""
    days = (kept - due).days
    if days == 0:
        return "on the day"
    return f"{times.counted(abs(days), 'day')} {'late' if days > 0 else 'early'}"


# --- Lists ---

DATED = {"solved": "Confirmed", "disputed": "Disputed"}
"""The lists in which a case stands by when its customer said so, and what that date is called."""


def icons(rows: Iterable[Row]) -> list[str]:
    """Return the icons that the states of these cases need, each once."""
    return sorted({look(row).icon for row in rows})


def first_reply_after(row: Row) -> Look:
    """Say how long the first reply took, or that there is none."""
    if row.case.imported:
        return Look("imported", "", "muted")
    if row.answered_in is not None:
        return Look(times.duration(row.answered_in), "", "")
    if row.answer_due is None:
        return Look("none", "", "muted")
    return Look("none yet", "", "late" if row.late else "wait")


def of_list(rows: tuple[Row, ...], last: Row | None) -> str:
    """Say in a sentence what is in a list; of an empty one, when the company's last case came."""
    if not rows:
        return f"None. The last case came on {times.day(last.case.received)}." if last else "No case was received yet."
    unanswered = sum(row.answer_due is not None for row in rows)
    confirmed = sum(row.state is State.CONFIRMED for row in rows)
    owed, solved = f"{_are(unanswered)} owed an answer", f"{_are(confirmed)} confirmed as solved"
    return f"{times.counted(len(rows), 'case')}. {owed}, {solved}."


def _are(number: int) -> str:
    return f"{number:,} {'is' if number == 1 else 'are'}"


def empty_list(name: str) -> str:
    """Say what an empty list means."""
    return _EMPTY.get(name, "No case was received yet.")


_EMPTY = {
    "open": "No open cases.",
    "overdue": "Nothing is overdue.",
    "solved": "No customer has confirmed a solution yet.",
    "disputed": "No customer disputes a solution.",
}


def numbered_page(*, longest_first: bool) -> str:
    """Say how the pages of a list are numbered."""
    if longest_first:
        return "Longest waiting first."
    return "Counted from the oldest, so that this page keeps its cases and its address. Newest first."


def shown(on_page: int, in_list: int, *, longest_first: bool) -> str:
    """Say what the first page of a list shows of it."""
    return f"{on_page:,} of {times.counted(in_list, 'case')}, {'longest waiting' if longest_first else 'newest'} first"


# --- Companies ---

CONTACTS = {"phone": "Telephone", "email": "E-mail", "address": "Address", "web": "Web"}
"""What the ways to reach a company are called."""

_WITHOUT_PAGE = {
    "waiting": ("has not been read yet", "have not been read yet"),
    "private": ("is private by the customer’s choice", "are private by the customers’ choice"),
    "withheld": ("was withheld", "were withheld"),
    "withdrawn": ("was withdrawn", "were withdrawn"),
    "erased": ("was erased", "were erased"),
    "published": ("has no file", "have no file"),
}


def adds_up(counts: Counts) -> str:
    """Say where everything received is: on the board, or why it is not."""
    imported = times.counted(counts.imported, "more case")
    apart = f" {imported} came from elsewhere, in none of these numbers." if counts.imported else ""
    if not counts.received:
        return "No case was received yet." + apart
    parts = [f"{counts.on_board:,} {'has' if counts.on_board == 1 else 'have'} a page here"]
    parts += [f"{number:,} {_without_page(outcome, number)}" for outcome, number in counts.without_page]
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    received = times.counted(counts.received, "case")
    return f"Of {received} received, {listed}. All of them are counted as received.{apart}"


def _without_page(outcome: str, number: int) -> str:
    """Say why cases have no page; of what was withheld, the reason too."""
    name, _, reason = outcome.partition(":")
    said = _WITHOUT_PAGE[name][number != 1]
    return f"{said} ({reason.replace('-', ' ')})" if reason else said


def ended(sentence: str) -> str:
    """Return words that others follow, with a full stop."""
    return sentence if sentence.endswith((".", "!", "?", "…", "。")) else f"{sentence}."


def promised_hours(hours: int) -> str:
    """Write a company's promise to answer: `24 hours`, `3 days`."""
    return times.within(timedelta(hours=hours))


def bare(url: str) -> str:
    """Write an address as one would read it out."""
    return url.partition("://")[2].rstrip("/") or url


def contact_href(kind: str, value: str) -> str | None:
    """Return where a contact leads; None where it is only to be read."""
    if kind == "email":
        return f"mailto:{value}"
    if kind == "phone":
        return "tel:" + re.sub(r"[^+0-9]", "", value)
    return value if kind == "web" and value.startswith(("https://", "http://")) else None


# --- What a list says where the words of a customer cannot stand ---


def stand_in(row: Row) -> str:
    """Return what stands in place of a title that there is not or that must not be shown."""
    case = row.case
    if row.standing is Standing.PLACEHOLDER:
        return f"The file of case {case.number} cannot be read"
    if row.standing is Standing.MISSING:
        return f"The file of case {case.number} is missing"
    if row.state is State.WITHDRAWN:
        return "Withdrawn by the customer"
    if row.state is State.REMOVED:
        removed = case.last("removed")
        return f"Removed: {reason(removed.reason if removed else None)}"
    if row.state is State.HIDDEN:
        hidden = case.last("hidden")
        return f"Text under review since {times.day(hidden.at)}" if hidden else "Text under review"
    return f"{subject(case)}, not read yet"


def solved_in(row: Row) -> str:
    """Say how long it took until the customer confirmed; another channel's times say nothing."""
    if row.settled is None or row.case.imported:
        return "Solved"
    return f"Solved in {times.roughly(row.settled - row.case.received)}"


def not_shown(row: Row) -> str:
    """Say why the customer's words are missing from the page of a case."""
    if row.state is State.WITHDRAWN:
        return "The customer has withdrawn this case: no words of it are shown. What happened stays on record."
    if row.state is State.REMOVED:
        return "The keeper has removed this case: no words of it are shown. What happened stays on record."
    return "Not shown while the keeper reviews it. It still counts."


def unreadable(row: Row) -> str:
    """Say what is known of a case without a readable file."""
    if row.standing is Standing.MISSING:
        return "The ledger says that this case was published, and its file is not in the record."
    return "The file of this case has a fault, and no earlier version of it is known."


def unread(case: Case) -> str:
    """Say what stands on the board before a person has read the text."""
    return (
        f"Nobody has read this {noun(case.kind)} yet, so that only its topic and its time are public. "
        "The text appears once a person has read it; the clock does not wait."
    )


def others(number: int) -> str:
    """Count those to whom the same happened."""
    return f"{times.counted(number, 'other')} {'says' if number == 1 else 'say'} it happened to them too"


def verdict_in_short(verdict: Event) -> str:
    """Say in one word what a verdict was."""
    return "confirmed" if verdict.outcome is Outcome.SOLVED else "disputed"


def later(after: timedelta | None) -> str:
    """Say how long after the thing before it something happened."""
    if after is None or after < timedelta(minutes=1):
        return "at the same time"
    return f"{times.roughly(after)} later"


MARKS = {
    "made": "made",
    "first-due": "first due",
    "due": "due",
    "kept": "kept",
    "broken": "broken",
    "due-kept": "due and kept",
    "due-broken": "due, broken",
}
"""The points on the line of a promise."""


def subject(case: Case) -> str:
    """Name a case by its kind and its topic, where its own words cannot: `A complaint about delivery`."""
    kind = a_kind(case.kind)
    about = topic(case.topic)
    return f"{kind[:1].upper()}{kind[1:]}" + (f" about {about[:1].lower()}{about[1:]}" if about else "")


def address(base_url: str, company: str, number: str) -> str:
    """Write the permanent address of a case as one would read it out."""
    return f"{bare(base_url)}/{company}/{number}/"
