"""Cases and lines of the ledger as short JSON, for a cache.

Lists of what there is, times in seconds since 1970 and days as their ordinal. Only the Amends that packed it can
unpack it: neither the order nor the number of the values is promised.
"""

import json
from datetime import UTC, date, datetime
from typing import Any

from amends.case import Case, Event, Kind, Outcome, Reason
from amends.record.model import LedgerLine, LedgerOutcome

# Texts stay as they are: escaped, two halves of a surrogate pair would be read as one character.
_write = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_read = json.JSONDecoder().raw_decode

_NOTHING = [None] * 18

_KINDS = {kind.value: kind for kind in Kind}
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_REASONS = {reason.value: reason for reason in Reason}
_LEDGER_OUTCOMES = {outcome.value: outcome for outcome in LedgerOutcome}


def pack(case: Case) -> str:
    """Write a case, but for its company; its times are in UTC, in whole seconds."""
    return _write(
        (
            case.number,
            case.kind,
            case.topic,
            _seconds(case.received),
            _seconds(case.reply_by),
            [_values(event) for event in case.events],
            case.text,
            case.author,
            case.language,
            case.title,
            case.page,
            case.same,
            case.source,
            case.url,
        )
    )


def unpack(packed: str, company: str) -> Case:
    """Read the case of that company that `pack` wrote."""
    facts, _ = _read(packed)
    number, kind, topic, received, reply_by, events, text, author, language, title, page, same, source, url = facts
    return Case(
        number,
        company,
        _KINDS[kind],
        topic,
        datetime.fromtimestamp(received, UTC),
        datetime.fromtimestamp(reply_by, UTC),
        text,
        author,
        language,
        title,
        page,
        same,
        source,
        url,
        tuple([_event(values) for values in events]),
    )


def pack_line(line: LedgerLine) -> str:
    """Write a line of the ledger."""
    return _write(
        (
            line.case,
            _seconds(line.received),
            _seconds(line.reply_by),
            line.outcome,
            line.reason,
            line.at and _seconds(line.at),
            line.first_reply and _seconds(line.first_reply),
        )
    )


def unpack_line(packed: str) -> LedgerLine:
    """Read the line of the ledger that `pack_line` wrote."""
    (case, received, reply_by, outcome, reason, at, first_reply), _ = _read(packed)
    return LedgerLine(
        case,
        datetime.fromtimestamp(received, UTC),
        datetime.fromtimestamp(reply_by, UTC),
        _LEDGER_OUTCOMES[outcome],
        reason and _REASONS[reason],
        None if at is None else datetime.fromtimestamp(at, UTC),
        None if first_reply is None else datetime.fromtimestamp(first_reply, UTC),
    )


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _values(event: Event) -> list[object]:
    """Return an event's facts, the most frequent ones first, as far as there are any."""
    of, due = event.of, event.due
    values = [
        _seconds(event.at),
        event.by,
        event.event,
        event.text,
        event.name,
        event.promise,
        due and due.toordinal(),
        event.what,
        event.why,
        event.outcome,
        event.again,
        event.score,
        event.recommend,
        event.measure,
        event.reason,
        _seconds(of) if isinstance(of, datetime) else of,
        event.received and _seconds(event.received),
        event.reply_by and _seconds(event.reply_by),
    ]
    while values[-1] is None:
        values.pop()
    return values


def _event(values: list[Any]) -> Event:
    values += _NOTHING[len(values) :]
    at, by, event, text, name, promise, due, what, why, outcome, *others = values
    again, score, recommend, measure, reason, of, received, reply_by = others
    return Event(
        datetime.fromtimestamp(at, UTC),
        by,
        event,
        name,
        promise,
        what,
        due and date.fromordinal(due),
        measure,
        outcome and _OUTCOMES[outcome],
        again,
        score,
        recommend,
        reason and _REASONS[reason],
        datetime.fromtimestamp(of, UTC) if isinstance(of, int) else of,
        why,
        text,
        None if received is None else datetime.fromtimestamp(received, UTC),
        None if reply_by is None else datetime.fromtimestamp(reply_by, UTC),
    )
