"""Advice about replies that stand in a record: what a person wrote into its files was read by nobody at the desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from amends.case import Case, Event
from amends.coach import Finding, Reply, advise
from amends.record import Company, Record, Standing, front, read_text


@dataclass(frozen=True, slots=True)
class Advice:
    """What the coach says of a reply: in which file of the record and at which line it begins.

    `words` are those of the reply that it is about; empty where something is missing.
    """

    path: str
    line: int
    finding: Finding
    words: str


def of_record(record: Record, content: Path, since: datetime, now: datetime) -> Iterator[Advice]:
    """Yield what the coach says of the replies in `content` that were written from `since` until `now`, as they read.

    Spelling is left alone: its dictionaries take longer to read than all else. So is what other channels brought.
    """
    for company in record.companies:
        for entry in record.entries.get(company.slug, ()):
            if entry.standing is Standing.GOOD and not entry.case.imported:
                for place, reply in _replies(entry.case, company, since, now):
                    yield from _advice(content, entry.path, place, reply)


def _replies(case: Case, company: Company, since: datetime, now: datetime) -> Iterator[tuple[int, Reply]]:
    """Yield the replies as they read by now, each with the place of its last wording among the events."""
    latest: dict[object, tuple[int, Event]] = {}
    for place, event in enumerate(case.events):
        if event.at <= now and event.event in ("reply", "correction"):
            latest[event.at if event.event == "reply" else event.of] = place, event
    for place, event in latest.values():
        if event.at >= since:
            said = [one.text for one in case.events if one.by == "customer" and one.text and one.at <= event.at]
            yield (
                place,
                Reply(
                    text=event.text or "",
                    language=case.language or company.language,
                    kind=case.kind,
                    asked="\n".join([case.text, *said]),
                    now=event.at,
                    author=case.author,
                    contacts=tuple(contact.value for contact in company.contacts),
                    order_pattern=company.order_pattern,
                ),
            )


def _advice(content: Path, path: str, place: int, reply: Reply) -> Iterator[Advice]:
    found = advise(reply, spelling=False)
    line = _line(read_text(content / path, path), place) if found else 0
    for one in found:
        yield Advice(path, line, one, " ".join(reply.text[one.start : one.end].split()))


def _line(text: str, place: int) -> int:
    """Return the line of a case file at which the event in that place begins."""
    _, events = front.parse(front.split(text).front).items["events"]
    return events.items[place].line if isinstance(events, front.Sequence) else events.line
