"""What waits: for staff an answer, for the keeper a decision."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from amends.case import Case, clock_runs_until
from amends.inbox import Inbox, additions, cases, deeds
from amends.inbox.additions import Addition
from amends.inbox.cases import Received
from amends.inbox.people import Person
from amends.record import Record
from amends.text import title_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the list. `step` says what is to be done: read, answer, answer privately, read more, decide."""

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
        return _for_keeper(inbox, record, now)
    with inbox.reading() as connection:
        received = cases.of_company(connection, person.company, ("waiting", "private", "withheld"))
        added = additions.waiting(connection, person.company)
    lines = [_from_inbox(item, now) for item in received if item.outcome == "waiting" or item.is_owed_an_answer]
    unread = {line.number for line in lines}
    for company in record.companies:
        if person.may_see(company.slug):
            lines.extend(line for line in _from_record(record, company.slug, now) if line.number not in unread)
    lines += _added(added, record, now)
    return sorted(lines, key=lambda line: (line.due, line.number))


def _for_keeper(inbox: Inbox, record: Record, now: datetime) -> list[Waiting]:
    with inbox.reading() as connection:
        unread = cases.of_company(connection, None, ("waiting", "held"))
        added = additions.waiting(connection, None)
        numbers = {item.number for item in unread} | {item.number for item in added}
        asked = {number for number in numbers if deeds.asked(connection, number)}
        asked |= {item.number for item in unread if item.is_held}
    lines = [*(_from_inbox(item, now) for item in unread), *_added(added, record, now)]
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


def _added(added: Sequence[Addition], record: Record, now: datetime) -> list[Waiting]:
    """Return what customers added to cases that everyone can still read."""
    companies = {item.company for item in added}
    public = {entry.case.number: entry.case for slug in companies for entry in record.entries.get(slug, ())}
    return [_addition(item, public[item.number], now) for item in added if can_be_read(public.get(item.number))]


def can_be_read(case: Case | None) -> bool:
    """Whether there is a public case to which something can be added."""
    return case is not None and not case.is_gone and not case.is_stub


def _addition(item: Addition, case: Case, now: datetime) -> Waiting:
    facts = (str(case.kind), case.topic, case.author or "", case.language or "")
    is_late = now >= item.due
    return Waiting(item.company, item.number, title_of(item.text), *facts, item.due, "read what was added", is_late)


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
