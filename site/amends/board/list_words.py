"""What the pages say that show cases in rows."""

from collections.abc import Iterable

from amends.board import words
from amends.board.looks import Look
from amends.board.row import Row
from amends.board.shelf import Listed
from amends.language import N_, Language

DATED = frozenset({"solved", "disputed"})
"""The lists in which a case stands by when its customer said so."""

_EMPTY = {
    "open": N_("No open cases."),
    "overdue": N_("Nothing is overdue."),
    "solved": N_("No customer has confirmed a solution yet."),
    "disputed": N_("No customer disputes a solution."),
}


def icons(rows: Iterable[Row]) -> list[str]:
    """Return the icons that the states of these cases need, each once."""
    return sorted({words.icon(row) for row in rows})


def date_of(lang: Language, name: str) -> str:
    """Return what the date is called by which a list is ordered."""
    if name == "solved":
        return lang.pgettext("date", "Confirmed")
    return lang.pgettext("date", "Disputed") if name == "disputed" else lang.pgettext("date", "Received")


def first_reply_after(lang: Language, row: Row) -> Look:
    """Say how long the first reply took, or that there is none."""
    if row.case.imported:
        return Look(lang.pgettext("case", "imported"), "", "muted")
    if row.answered_in is not None:
        return Look(lang.duration(row.answered_in), "", "")
    if row.answer_due is None:
        return Look(lang.pgettext("answer", "none"), "", "muted")
    return Look(lang.pgettext("answer", "none yet"), "", "late" if row.late else "wait")


def of_list(lang: Language, found: Listed, last: Row | None) -> str:
    """Say in a sentence what is in a list; of an empty one, when the company's last case came."""
    if not found:
        if last is None:
            return lang.gettext("No case was received yet.")
        return lang.gettext("None. The last case came on {day}.", day=lang.day(last.case.received))
    unanswered, confirmed = found.owed, found.solved
    cases = lang.ngettext("{number} case", "{number} cases", len(found))
    clauses = []
    if unanswered:
        clauses.append(lang.ngettext("{number} is owed an answer", "{number} are owed an answer", unanswered))
    if confirmed:
        clauses.append(lang.ngettext("{number} is confirmed as solved", "{number} are confirmed as solved", confirmed))
    if not clauses:
        return lang.flat(words.ended(lang, (cases,)))
    # Translators: as in "12 cases. 3 are owed an answer and 2 are confirmed as solved."
    return lang.gettext("{cases}. {clauses}.", cases=cases, clauses=lang.listed(clauses))


def empty(lang: Language, name: str) -> str:
    """Say what an empty list means."""
    return lang.gettext(_EMPTY[name]) if name in _EMPTY else lang.gettext("No case was received yet.")


def numbered(lang: Language, *, longest_first: bool) -> str:
    """Say how the pages of a list are numbered."""
    if longest_first:
        return lang.gettext("Longest waiting first.")
    return lang.gettext("Counted from the oldest, so that this page keeps its cases and its address. Newest first.")


def shown(lang: Language, on_page: int, in_list: int, *, longest_first: bool) -> str:
    """Say what the first page of a list shows of it."""
    if longest_first:
        return lang.ngettext(
            "{shown} of {number} case, longest waiting first",
            "{shown} of {number} cases, longest waiting first",
            in_list,
            shown=on_page,
        )
    return lang.ngettext(
        "{shown} of {number} case, newest first", "{shown} of {number} cases, newest first", in_list, shown=on_page
    )
