"""What the states, the outcomes and the reasons mean: the tables of the pages that explain the board."""

from collections.abc import Iterator
from dataclasses import dataclass

from amends.board.looks import LOOKS, UNREADABLE, Look, spoken
from amends.board.proof import Became
from amends.case import CONFIRM_WITHIN, Reason, State
from amends.language import N_, Language
from amends.record import Standing


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the proof: its icon, what it is called and what it means."""

    row: Became
    icon: str
    word: str
    meaning: str


_ROWS = (
    Row(Became.PUBLISHED, "eye", N_("Published"), N_("on the board, with or without an answer")),
    Row(Became.LOST, "file", N_("No readable file"), N_("published, and the file is missing or has a fault")),
    Row(Became.PRIVATE, "lock", N_("Only for the company"), N_("chosen by the customer; on the clock too")),
    Row(Became.WITHHELD, "hidden", N_("Withheld"), N_("by the keeper, for a reason that is counted below")),
    Row(Became.WITHDRAWN, "back", N_("Withdrawn"), N_("taken back by the customer")),
    Row(Became.ERASED, "cross", N_("Erased"), N_("at the customer’s wish; only the line in the ledger stays")),
    Row(Became.WAITING, "clock", N_("Waiting"), N_("nobody has read it yet, so that its words are not shown")),
    Row(Became.HELD, "hidden", N_("Held back"), N_("it looks like spam; until the keeper decides it counts as unread")),
)


def rows(lang: Language) -> list[Row]:
    """Return the rows of the proof in their order."""
    return [Row(row.row, row.icon, lang.gettext(row.word), lang.gettext(row.meaning)) for row in _ROWS]


_REASONS = {
    Reason.SPAM: (N_("Spam"), N_("Advertising, or text written by a machine for nobody in particular.")),
    Reason.ILLEGAL: (N_("Illegal"), N_("What the law forbids to publish, such as a call to commit a crime.")),
    Reason.HATE: (
        N_("Hate"),
        N_("Contempt for people because of their origin, faith, sex or disability. Anger at a company is not hate."),
    ),
    Reason.THREAT: (N_("A threat"), N_("Words that announce harm, such as a threat to hurt a driver.")),
    Reason.PERSONAL_DATA: (
        N_("Personal data"),
        N_("Data by which somebody can be found, such as a home address, where hiding single places is not enough."),
    ),
    Reason.ABOUT_SOMEONE_ELSE: (
        N_("About someone else"),
        N_("Statements about a private person who is not part of the matter, such as a neighbour."),
    ),
    Reason.NOT_ABOUT_THIS_COMPANY: (
        N_("Not about this company"),
        N_("Meant for somebody else, such as a parcel that another carrier lost."),
    ),
    Reason.DUPLICATE: (N_("A duplicate"), N_("The same message of the same customer a second time.")),
    Reason.COURT_ORDER: (N_("A court order"), N_("A court has forbidden to show it.")),
    Reason.CUSTOMER_ASKED: (N_("The customer asked"), N_("Whoever wrote it wants it taken down.")),
}


def reason(lang: Language, found: Reason) -> str:
    """Return what a reason is called."""
    return lang.gettext(_REASONS[found][0])


def reasons(lang: Language) -> list[tuple[str, str]]:
    """Return each reason for which words may be kept from view, and what it means."""
    return [(lang.gettext(word), lang.gettext(meaning)) for word, meaning in _REASONS.values()]


_STATES = {
    State.AWAITING: N_("No reply yet, and the time for it is not over."),
    State.OVERDUE: N_("No reply yet, and the time for it is over."),
    State.REPLIED: N_("A person has replied in public."),
    State.PROMISED: N_("The company has promised something for a day that is still to come."),
    State.PROMISE_OVERDUE: N_("The day of a promise has passed, and nobody has said that it was kept."),
    State.SOLVED: N_("The company says that it is solved. The customer has not said anything yet."),
    State.CONFIRMED: N_("The customer says that it is solved."),
    State.DISPUTED: N_(
        "The customer says that it is not solved, or only partly. A new clock runs until the next reply."
    ),
    State.HIDDEN: N_("The keeper is reviewing the words. They are not shown meanwhile, and the case counts."),
    State.WITHDRAWN: N_("The customer has taken the words back. That they were there stays visible."),
    State.REMOVED: N_("The keeper has removed the words, for a reason that stands in their place."),
}

_FAULTS = {
    Standing.PLACEHOLDER: N_(
        "The file of the case has a fault, and no earlier version is known. It counts as unanswered."
    ),
    Standing.MISSING: N_("The ledger says published, and the file is not there. It counts as unanswered."),
}


def states(lang: Language) -> Iterator[tuple[Look, str]]:
    """Yield how each state is shown, and what it means."""
    for state, look in LOOKS.items():
        yield spoken(lang, look), _of_state(lang, state)
    for standing, look in UNREADABLE.items():
        yield spoken(lang, look), lang.gettext(_FAULTS[standing])


def _of_state(lang: Language, state: State) -> str:
    if state is State.UNCONFIRMED:
        return lang.gettext(
            "The company says that it is solved. In {days} the customer has not said so.",
            days=lang.days(CONFIRM_WITHIN.days),
        )
    return lang.gettext(_STATES[state])
