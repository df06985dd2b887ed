"""What waits: for staff an answer, for the keeper a decision."""

from dataclasses import dataclass, replace
from datetime import datetime

from amends.case import clock_runs_until
from amends.inbox import Inbox, cases, deeds
from amends.inbox.cases import Received
from amends.inbox.people import Person
from amends.record import Record
from amends.text import title_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the list. `step` says what is to be done: read, answer, answer privately, decide."""

    company: str
    number: str
    title: str
    kind: str
    topic: str
    author: str
    language: str
    due: datetime
    step: str
    is_late: bool


def waiting(inbox: Inbox, record: Record, person: Person, now: datetime) -> list[Waiting]:
    """Return what this person could do, the one due first on top; for a keeper, what a company asked for first.

    A keeper answers nobody and sees no case that only the company sees.
    """
    if person.is_keeper:
        return _for_keeper(inbox, now)
    with inbox.reading() as connection:
        received = cases.of_company(connection, person.company, ("waiting", "private", "withheld"))
    lines = [_from_inbox(item, now) for item in received if item.outcome == "waiting" or item.is_owed_an_answer]
    unread = {line.number for line in lines}
    for company in record.companies:
        if person.may_see(company.slug):
            lines.extend(line for line in _from_record(record, company.slug, now) if line.number not in unread)
    return sorted(lines, key=lambda line: (line.due, line.number))


def _for_keeper(inbox: Inbox, now: datetime) -> list[Waiting]:
    with inbox.reading() as connection:
        unread = cases.of_company(connection, None, ("waiting", "held"))
        asked = {item.number for item in unread if item.is_held or deeds.asked(connection, item.number)}
    lines = [_from_inbox(item, now) for item in unread]
    lines = [replace(line, step="decide") if line.number in asked else line for line in lines]
    return sorted(lines, key=lambda line: (line.step != "decide", line.due, line.number))


def _from_inbox(item: Received, now: datetime) -> Waiting:
    return Waiting(
        item.company,
        item.number,
        title_of(item.text),
        item.kind,
        item.topic,
        item.author,
        item.language,
        item.reply_by,
        "answer privately" if item.is_answered_privately else "read and publish",
        now >= item.reply_by,
    )


def _from_record(record: Record, slug: str, now: datetime) -> list[Waiting]:
    lines = []
    for entry in record.entries[slug]:
        case = entry.case
        due = clock_runs_until(case)
        if due is None or case.is_stub or case.imported:
            continue
        title = case.title or title_of(case.text)
        step = "answer again" if case.first_reply else "answer"
        facts = (title, str(case.kind), case.topic, case.author or "", case.language or "")
        lines.append(Waiting(slug, case.number, *facts, due, step, now >= due))
    return lines
