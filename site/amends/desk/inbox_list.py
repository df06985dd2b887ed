"""What waits for an answer: from the inbox what is not public, from the record what is."""

from dataclasses import dataclass
from datetime import datetime

from amends.case import clock_runs_until
from amends.inbox import Inbox, cases
from amends.inbox.cases import Received
from amends.inbox.people import Person
from amends.record import Record
from amends.text import title_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the list. `step` says what is to be done: read, answer, answer privately."""

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
    """Return everything this person could answer, the one due first on top."""
    with inbox.reading() as connection:
        received = cases.of_company(connection, person.company, ("waiting", "private"))
    lines = [_from_inbox(item, now) for item in received if item.outcome == "waiting" or item.first_reply is None]
    unread = {line.number for line in lines}
    for company in record.companies:
        if person.may_see(company.slug):
            lines.extend(line for line in _from_record(record, company.slug, now) if line.number not in unread)
    return sorted(lines, key=lambda line: (line.due, line.number))


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
        "answer privately" if item.is_private else "read and publish",
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
