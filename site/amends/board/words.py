"""The words of the board: what topics and reasons are called, and what stands where a customer's words cannot."""

import re
from datetime import timedelta
from functools import cache

from amends.board.looks import LOOKS, NOT_ANSWERED_THERE, UNREADABLE, Look, spoken
from amends.board.row import Row
from amends.case import Case, Event, Kind, Outcome, Promise, Reason, State
from amends.language import N_, Language, Sentence
from amends.record import Standing

_TOPICS = {
    "app": N_("App"),
    "billing": N_("Billing"),
    "booking": N_("Booking"),
    "contract": N_("Contract"),
    "customs": N_("Customs"),
    "damage": N_("Damage"),
    "delivery": N_("Delivery"),
    "knowing-me": N_("Not knowing me"),
    "loyalty": N_("Loyalty programme"),
    "no-answer": N_("No answer"),
    "nothing-new": N_("Nothing new"),
    "other": N_("Other"),
    "prices": N_("Prices and hidden costs"),
    "privacy": N_("Privacy"),
    "quality": N_("Quality"),
    "refund": N_("Refund"),
    "repairs": N_("Repairs"),
    "service": N_("Service"),
    "warranty": N_("Warranty"),
    "website": N_("Website"),
}
"""What the seven usual topics are called, and those that companies name most."""

_REASONS = {
    # Translators: reasons stand after a colon or in brackets, as in "Removed: spam".
    Reason.SPAM: N_("spam"),
    Reason.ILLEGAL: N_("illegal content"),
    Reason.HATE: N_("hate against people"),
    Reason.THREAT: N_("a threat"),
    Reason.PERSONAL_DATA: N_("personal data"),
    Reason.ABOUT_SOMEONE_ELSE: N_("about someone else"),
    Reason.NOT_ABOUT_THIS_COMPANY: N_("not about this company"),
    Reason.DUPLICATE: N_("a duplicate"),
    Reason.COURT_ORDER: N_("a court order"),
    Reason.CUSTOMER_ASKED: N_("the customer asked for it"),
}


# --- Names ---


def topic(lang: Language, name: str) -> str:
    """Return what a topic is called on the page; a company's own is shown as the company wrote it."""
    return lang.gettext(_TOPICS[name]) if name in _TOPICS else name.replace("-", " ").capitalize()


def reason(lang: Language, found: Reason | None) -> str:
    """Return a reason as it stands after a colon."""
    return lang.gettext(_REASONS[found]) if found else lang.gettext("no reason given")


def person(name: str) -> tuple[str, str]:
    """Split `Olga, customer care` into the name and the role, which may be missing."""
    first, *role = re.split(r"[,،、，]", name, maxsplit=1)
    return first.strip(), "".join(role).strip()


def bare(url: str) -> str:
    """Write an address as one would read it out."""
    return url.partition("://")[2].rstrip("/") or url


def address(base_url: str, company: str, number: str) -> str:
    """Write the permanent address of a case as one would read it out."""
    return f"{bare(base_url)}/{company}/{number}/"


# --- Sentences ---


@cache
def gap(lang: Language) -> str:
    """Return what stands between two sentences: a space, and nothing in Chinese."""
    # Translators: what stands between two sentences; both names stay empty here.
    return lang.pgettext("two sentences, one after the other", "{first} {second}", first="", second="")


def in_turn(lang: Language, *sentences: Sentence) -> Sentence:
    """Let sentences follow each other; those that are empty are left out."""
    first, *others = [sentence for sentence in sentences if sentence]
    for other in others:
        first = (*first, gap(lang), *other)
    return first


def clauses(lang: Language, first: Sentence, second: Sentence) -> Sentence:
    """Join two clauses to one sentence."""
    places = {"{first}": first, "{second}": second}
    # Translators: as in "Answered in 2 hours; the promise was kept."
    return _put(lang.sentence("{first}; {second}.", first="{first}", second="{second}"), places)


def ended(lang: Language, clause: Sentence) -> Sentence:
    """Make a sentence of one clause."""
    # Translators: a sentence of one clause, as in "Answered in 2 hours."
    return _put(lang.sentence("{clause}.", clause="{clause}"), {"{clause}": clause})


def _put(frame: Sentence, places: dict[str, Sentence]) -> Sentence:
    return tuple(piece for part in frame for piece in (places.get(part, (part,)) if isinstance(part, str) else (part,)))


# --- States ---


def look(lang: Language, row: Row) -> Look:
    """Return how a case's state is shown."""
    return spoken(lang, _look(row))


def icon(row: Row) -> str:
    """Return the icon of a case's state."""
    return _look(row).icon


def _look(row: Row) -> Look:
    if row.standing in UNREADABLE:
        return UNREADABLE[row.standing]
    if row.case.imported and row.state in (State.AWAITING, State.OVERDUE):
        return NOT_ANSWERED_THERE
    return LOOKS[row.state]


def late_word(lang: Language, row: Row) -> str | None:
    """Return the word that takes the state's place when what is owed falls due; None where nothing changes."""
    if row.due is None or row.standing in UNREADABLE:
        return None
    if row.state is State.PROMISED and row.waits_since is None:
        return spoken(lang, LOOKS[State.PROMISE_OVERDUE]).word
    return spoken(lang, LOOKS[State.OVERDUE]).word if row.state is State.AWAITING else None


def solved_in(lang: Language, row: Row) -> str:
    """Say how long it took until the customer confirmed; another channel's times say nothing."""
    if row.settled is None or row.case.imported:
        return lang.pgettext("confirmed by the customer", "Solved")
    return lang.gettext("Solved in {time}", time=lang.roughly(row.settled - row.case.received))


def unanswered(lang: Language, row: Row) -> str:
    """Say what is missing once the time for an answer has passed."""
    if row.case.first_reply:
        return lang.pgettext("state of a case", "No new answer")
    return lang.pgettext("state of a case", "No answer")


# --- What stands where the words of a customer cannot ---


def stand_in(lang: Language, row: Row) -> str:
    """Return what stands in place of a title that there is not or that must not be shown."""
    case = row.case
    if row.standing is Standing.PLACEHOLDER:
        return lang.gettext("The file of case {number} cannot be read", number=case.number)
    if row.standing is Standing.MISSING:
        return lang.gettext("The file of case {number} is missing", number=case.number)
    if row.state in _TOMBSTONES:
        return _TOMBSTONES[row.state](lang, case)
    # Translators: as in "Complaint: Delivery, not read yet".
    return lang.gettext("{subject}, not read yet", subject=subject(lang, case))


def _withdrawn(lang: Language, _: Case) -> str:
    return lang.gettext("Withdrawn by the customer")


def _removed(lang: Language, case: Case) -> str:
    removed = case.last("removed")
    return lang.gettext("Removed: {reason}", reason=reason(lang, removed.reason if removed else None))


def _hidden(lang: Language, case: Case) -> str:
    hidden = case.last("hidden")
    if hidden is None:
        return lang.gettext("Text under review")
    return lang.gettext("Text under review since {day}", day=lang.day(hidden.at))


_TOMBSTONES = {State.WITHDRAWN: _withdrawn, State.REMOVED: _removed, State.HIDDEN: _hidden}


def subject(lang: Language, case: Case) -> str:
    """Name a case by its kind and its topic, where its own words cannot: `Complaint: Delivery`."""
    if not case.topic:
        return lang.gettext(_KINDS[case.kind])
    return lang.gettext(_KINDS_ABOUT[case.kind], topic=topic(lang, case.topic))


_KINDS = {
    Kind.COMPLAINT: N_("A complaint"),
    Kind.QUESTION: N_("A question"),
    Kind.IDEA: N_("An idea"),
    Kind.PRAISE: N_("Praise"),
}

_KINDS_ABOUT = {
    Kind.COMPLAINT: N_("Complaint: {topic}"),
    Kind.QUESTION: N_("Question: {topic}"),
    Kind.IDEA: N_("Idea: {topic}"),
    Kind.PRAISE: N_("Praise: {topic}"),
}


def not_shown(lang: Language, row: Row) -> str:
    """Say why the customer's words are missing from the page of a case."""
    if row.state is State.WITHDRAWN:
        return lang.gettext(
            "The customer has withdrawn this case: no words of it are shown. What happened stays on record."
        )
    if row.state is State.REMOVED:
        return lang.gettext(
            "The keeper has removed this case: no words of it are shown. What happened stays on record."
        )
    return lang.gettext("Not shown while the keeper reviews it. It still counts.")


def unreadable(lang: Language, row: Row) -> str:
    """Say what is known of a case without a readable file."""
    if row.standing is Standing.MISSING:
        return lang.gettext("The ledger says that this case was published, and its file is not in the record.")
    return lang.gettext("The file of this case has a fault, and no earlier version of it is known.")


# --- The page of a case ---


def customer(lang: Language, row: Row) -> str:
    """Return the customer's name where it may be shown, else what stands in its place."""
    name = row.case.author if row.shows_words else None
    return name or lang.gettext("A customer")


def others(lang: Language, number: int) -> str:
    """Count those to whom the same happened."""
    return lang.ngettext(
        "{number} other says it happened to them too", "{number} others say it happened to them too", number
    )


def verdict_in_short(lang: Language, verdict: Event) -> str:
    """Say in one word what a verdict was."""
    if verdict.outcome is Outcome.SOLVED:
        return lang.pgettext("by the customer", "confirmed")
    return lang.pgettext("by the customer", "disputed")


def within(lang: Language, promised: timedelta) -> str:
    """Say within what time an answer was promised."""
    return lang.gettext("promised: within {time}", time=lang.within(promised))


def later(lang: Language, after: timedelta | None) -> str:
    """Say how long after the thing before it something happened."""
    if after is None or after < timedelta(minutes=1):
        return lang.gettext("at the same time")
    return lang.gettext("{time} later", time=lang.roughly(after))


def ended_later(lang: Language, promise: Promise, after: timedelta | None) -> str:
    """Say how long after the thing before it a promise was kept or broken."""
    kept = promise.kept is not None
    if after is None or after < timedelta(minutes=1):
        return lang.gettext("kept at the same time") if kept else lang.gettext("broken at the same time")
    time = lang.roughly(after)
    # Translators: of a promise, in the middle between two columns, as in "kept 3 days later".
    return lang.gettext("kept {time} later", time=time) if kept else lang.gettext("broken {time} later", time=time)


def mark(lang: Language, kind: str) -> str:
    """Return what a point on the line of a promise is called."""
    return lang.gettext(_MARKS[kind])


_MARKS = {
    # Translators: words under the points on the line of a promise, each over its date.
    "made": N_("made"),
    "claimed": N_("claimed"),
    "first-due": N_("first due"),
    "due": N_("due"),
    "kept": N_("kept"),
    "broken": N_("broken"),
    "due-kept": N_("due and kept"),
    "due-broken": N_("due, broken"),
}
