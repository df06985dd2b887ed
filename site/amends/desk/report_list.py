"""What readers of the board reported, as the keeper reads it."""

from dataclasses import dataclass
from pathlib import Path

from amends.inbox import Inbox, reports
from amends.inbox.reports import Report
from amends.record import find_case
from amends.text import title_of

SHOWN = 100
"""How many open reports stand on the page: the oldest. The next ones follow when those are closed."""


@dataclass(frozen=True, slots=True)
class Reported:
    """One line of the list: a report and the title of its case, empty where the record does not tell."""

    report: Report
    title: str
    language: str


def reported(inbox: Inbox, content: Path) -> list[Reported]:
    """Return the open reports, the newest last."""
    with inbox.reading() as connection:
        found = reports.open_ones(connection, SHOWN)
    return [_line(report, content) for report in found]


def _line(report: Report, content: Path) -> Reported:
    case = find_case(content, report.company, report.number)
    if case is None:
        return Reported(report, "", "")
    return Reported(report, case.title or title_of(case.text), case.language or "")
