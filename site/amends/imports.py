"""Conversations from another channel, made cases of the record.

JSON Lines: one object a line, with `turns`, a list of objects `who` (customer or company), `at` (RFC 3339)
and `text`, in the order of their times, the customer first; a company's turn may have a `name`. Beside `turns`
a line may have `url` (where the conversation stands), `author`, `language` and `topic`; other keys are ignored.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from amends.case import ALPHABET, NUMBER_LENGTH, Case, Event
from amends.moves import impossible_moves
from amends.publish import CannotPublishError, DivergedError, Publisher, Put
from amends.record import Company
from amends.submission import RefusedError, Submission, validate
from amends.text import MAX_STAFF, clean, one_line, title_of

MAX_LINE = 1_000_000
"""The longest line in bytes."""

_MOST_BRANCHES = 100

_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&"))


@dataclass
class Imported:
    """What an import did: how many cases by what became of them, and each refused line's number and why."""

    cases: Counter[Put] = field(default_factory=Counter)
    refused: list[tuple[int, str]] = field(default_factory=list)


class _LineError(ValueError):
    """A line cannot be taken; the text says why."""


def import_file(file: Path, company: Company, source: str, publisher: Publisher) -> Imported:
    """Import every good line of a file. A conversation that is there already is not added again."""
    done = Imported()
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                done.cases[_put(read_line(line, company, source), publisher)] += 1
            except (ValueError, OverflowError) as error:
                done.refused.append((number, str(error)))
    return done


def _put(case: Case, publisher: Publisher) -> Put:
    """Put a case under the number of its first turn, so that a longer export of it later extends it.

    Real exports hold threads that fork after the first turn: another branch gets a number of its own, which
    follows from the turn in which it differs, so that it too is found and extended again.
    """
    for _ in range(_MOST_BRANCHES):
        try:
            return publisher.import_case(case)
        except DivergedError as fork:
            turn = fork.turn
            case = replace(case, number=_number(case.number, turn.at.isoformat(), turn.by, turn.text or ""))
    raise CannotPublishError(f"more than {_MOST_BRANCHES} conversations begin alike")


def read_line(line: bytes, company: Company, source: str) -> Case:
    """Make a case of one line; ValueError says why it cannot be one."""
    facts = _object(line)
    turns = [_turn(item, place) for place, item in enumerate(_turns(facts), 1)]
    if turns[0].who != "customer":
        raise _LineError("turn 1: the first word is the customer's")
    first = _validated({**facts, "text": turns[0].text}, company)
    case = Case(
        number=_number(company.slug, turns[0].at.isoformat(), turns[0].text),
        company=company.slug,
        kind=first.kind,
        topic=first.topic,
        received=turns[0].at,
        reply_by=company.answer_due(turns[0].at),
        text=first.text,
        author=first.author or None,
        language=first.language,
        title=title_of(first.text),
        source=source,
        url=_text_of(facts, "url") or None,
        events=tuple(_event(turn, place, company) for place, turn in enumerate(turns[1:], 2)),
    )
    for move in impossible_moves(case):
        place = "" if move.index is None else f"turn {move.index + 2}: "
        raise _LineError(f"{place}{move.found}; expected {move.expected}")
    return case


@dataclass(frozen=True, slots=True)
class _Turn:
    who: str
    at: datetime
    text: str
    name: str | None


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE:
        raise _LineError(f"longer than {MAX_LINE} bytes")
    try:
        facts = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _LineError("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise _LineError("not JSON") from error
    if not isinstance(facts, dict):
        raise _LineError("not a JSON object")
    return {key: value for key, value in facts.items() if key in ("turns", "url", "author", "language", "topic")}


def _turns(facts: dict[str, Any]) -> Iterable[object]:
    turns = facts.pop("turns", None)
    if not isinstance(turns, list) or not turns:
        raise _LineError("no `turns`: expected a list of who, at and text")
    return turns


def _turn(item: object, place: int) -> _Turn:
    if not isinstance(item, dict):
        raise _LineError(f"turn {place}: expected who, at and text")
    who = item.get("who")
    if who not in ("customer", "company"):
        raise _LineError(f"turn {place}: `who` is {who!r}, expected customer or company")
    return _Turn(who, _instant(item.get("at"), place), _plain(_text_of(item, "text")), _text_of(item, "name") or None)


def _instant(value: object, place: int) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise _LineError(f"turn {place}: `at` is {value!r}, expected a time with its zone like 2026-11-02T09:14:05Z")
    return at.astimezone(UTC).replace(microsecond=0)


def _event(turn: _Turn, place: int, company: Company) -> Event:
    if turn.who == "customer":
        return Event(turn.at, "customer", "followup", text=_validated({"text": turn.text}, company).text)
    text = clean(turn.text)
    if not text or len(text) > MAX_STAFF:
        raise _LineError(f"turn {place}: a reply of 1 to {MAX_STAFF} characters was expected, not {len(text)}")
    return Event(turn.at, "company", "reply", name=one_line(turn.name, 80) if turn.name else None, text=text)


def _validated(facts: dict[str, Any], company: Company) -> Submission:
    try:
        return validate({key: _text_of(facts, key) for key in facts}, company)
    except RefusedError as refused:
        raise _LineError(str(refused)) from refused


def _text_of(facts: dict[str, Any], key: str) -> str:
    value = facts.get(key)
    return value if isinstance(value, str) else ""


def _plain(text: str) -> str:
    """Undo the escaping in which social networks hand out texts: `&amp;` is what they make of `&`."""
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text


def _number(*facts: str) -> str:
    """Derive a case's number from what it is, so that the same conversation is the same case again."""
    digest = hashlib.sha256("\n".join(facts).encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:NUMBER_LENGTH])
