"""The closed schema of a case file: which keys there are, what each may hold, and reading by it."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from amends import clock
from amends.case import ALPHABET, NUMBER_LENGTH, SHAPES, Case, Event, Kind, Outcome, Reason, impossible_moves
from amends.record import front
from amends.record.model import Fault, RecordError

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
NUMBER = re.compile(f"[{ALPHABET}]{{{NUMBER_LENGTH}}}")

_Reader = Callable[[str], object]
_Day = TypeVar("_Day", date, datetime)


class _UnfitError(ValueError):
    """A value that its key cannot hold; the text says what was expected."""


def _matching(pattern: str, expected: str) -> _Reader:
    compiled = re.compile(pattern)

    def read(text: str) -> str:
        if not compiled.fullmatch(text):
            raise _UnfitError(expected)
        return text

    return read


def _one_of(kind: type[StrEnum]) -> _Reader:
    def read(text: str) -> StrEnum:
        try:
            return kind(text)
        except ValueError:
            raise _UnfitError(f"one of {', '.join(kind)}{meant(text, list(kind))}") from None

    return read


def _instant(text: str) -> datetime:
    try:
        return _in_our_time(clock.parse(text))
    except ValueError:
        raise _UnfitError("a time in UTC like 2026-11-02T09:14:05Z") from None


def _in_our_time(found: _Day) -> _Day:
    """Refuse what is surely a slip, and what days and clocks cannot be added to."""
    if not 1970 <= found.year < 2200:
        raise ValueError
    return found


def _day(text: str) -> date:
    try:
        found = _in_our_time(date.fromisoformat(text))
    except ValueError:
        raise _UnfitError("a date like 2026-11-06") from None
    if found.isoformat() != text:
        raise _UnfitError("a date like 2026-11-06")
    return found


def _yes_or_no(text: str) -> bool:
    if text not in ("true", "false"):
        raise _UnfitError("true or false")
    return text == "true"


def _out_of_ten(text: str) -> int:
    if not re.fullmatch("10|[0-9]", text):
        raise _UnfitError("a whole number from 0 to 10")
    return int(text)


def _words(text: str) -> str:
    if not text.strip():
        raise _UnfitError("some text")
    return text


def _reference(text: str) -> datetime | str:
    return text if NUMBER.fullmatch(text) else _instant(text)


_number = _matching(NUMBER.pattern, "8 characters of 0-9 and a-z without i, l, o and u")
_name = _matching("[a-z0-9][a-z0-9-]{0,39}", "small letters, digits and dashes")

CASE_KEYS: Mapping[str, _Reader] = {
    "case": _number,
    "kind": _one_of(Kind),
    "topic": _name,
    "received": _instant,
    "reply_by": _instant,
    "author": _words,
    "language": _matching(LANGUAGE.pattern, "a language tag like en or zh-Hant"),
    "title": _words,
    "page": _matching(r"/[^\s?#]{0,500}", "the path of a page, like /bikes/city"),
    "same": _number,
    "source": _words,
    "url": _matching(r"https?://[^\s<>\"]{1,2000}", "an http or https address"),
}
"""The keys of a case besides `events`, in the order in which they are written."""

REQUIRED = ("case", "kind", "topic", "received", "reply_by")

EVENT_KEYS: Mapping[str, _Reader] = {
    "name": _words,
    "promise": _name,
    "what": _words,
    "due": _day,
    "measure": _words,
    "outcome": _one_of(Outcome),
    "again": _yes_or_no,
    "score": _out_of_ten,
    "recommend": _out_of_ten,
    "reason": _one_of(Reason),
    "of": _reference,
    "why": _words,
    "text": _words,
}
"""The facts of an event besides `at`, `by` and `event`, in the order in which they are written."""

_EVENT_HEAD: Mapping[str, _Reader] = {
    "at": _instant,
    "by": _matching("customer|company|keeper|system", "customer, company, keeper or system"),
    "event": _words,
}


def read_case(text: str, company: str, path: str) -> Case:
    """Read a case file of that company; RecordError names every fault with the file's `path` and the line."""
    reading = _Reading(path)
    try:
        parts = front.split(text)
        tree = front.parse(parts.front)
    except front.FrontError as error:
        raise RecordError([Fault(path, error.line, error.key, error.found, error.expected)]) from error
    case = reading.case(tree, company, parts.body.removesuffix("\n"))
    if case is None or reading.faults:
        raise RecordError(reading.faults)
    return case


class _Reading:
    """One pass over one file, in which faults are collected instead of ending it at the first."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.faults: list[Fault] = []

    def fault(self, line: int, key: str | None, found: str, expected: str) -> None:
        self.faults.append(Fault(self.path, line, key, found, expected))

    def case(self, tree: front.Mapping, company: str, body: str) -> Case | None:
        keys = {key: item for key, item in tree.items.items() if key != "events"}
        facts = self.facts(keys, CASE_KEYS, REQUIRED, tree.line)
        lines, events = self.events(tree.items.get("events"), imported="source" in facts)
        if any(key not in facts for key in REQUIRED):
            return None
        facts["number"] = facts.pop("case")
        case = Case(company=company, text=body, events=events, **facts)
        for move in impossible_moves(case):
            line = tree.line if move.index is None else lines[move.index]
            self.fault(line, None, move.found, move.expected)
        return case

    def events(self, item: tuple[int, front.Node] | None, *, imported: bool) -> tuple[list[int], tuple[Event, ...]]:
        if item is None:
            return [], ()
        line, node = item
        if not isinstance(node, front.Sequence):
            self.fault(line, "events", "no list", "a list of events, each with a dash")
            return [], ()
        found = [(child.line, self.event(child, imported=imported)) for child in node.items]
        return [at for at, event in found if event], tuple(event for _, event in found if event)

    def event(self, node: front.Node, *, imported: bool) -> Event | None:
        if not isinstance(node, front.Mapping):
            self.fault(node.line, "events", "no event", "at, by and event")
            return None
        head = self.facts(
            {key: item for key, item in node.items.items() if key in _EVENT_HEAD},
            _EVENT_HEAD,
            tuple(_EVENT_HEAD),
            node.line,
        )
        if len(head) < len(_EVENT_HEAD):
            return None
        shape = SHAPES.get((head["by"], head["event"]))
        if shape is None:
            self.fault(node.items["event"][0], "event", *_no_such_event(head["by"], head["event"]))
            return None
        rest = {key: item for key, item in node.items.items() if key not in _EVENT_HEAD}
        known = {key: EVENT_KEYS[key] for key in (*shape.required, *shape.optional)}
        required = tuple(key for key in shape.required if not (imported and key == "name"))
        before = len(self.faults)
        facts = self.facts(rest, known, required, node.line)
        return Event(**head, **facts) if len(self.faults) == before else None

    def facts(
        self,
        items: Mapping[str, tuple[int, front.Node]],
        readers: Mapping[str, _Reader],
        required: tuple[str, ...],
        line: int,
    ) -> dict[str, Any]:
        """Read what stands there by the readers, in the order of the file."""
        for key in required:
            if key not in items:
                self.fault(line, key, "nothing", f"the key {key}")
        facts: dict[str, Any] = {}
        for key, (at, node) in items.items():
            if key not in readers:
                self.fault(at, key, "an unknown key", f"one of {', '.join(readers)}{meant(key, readers)}")
            elif not isinstance(node, front.Scalar):
                self.fault(at, key, "a list or keys", "a single value")
            else:
                self.fact(facts, key, readers[key], node)
        return facts

    def fact(self, facts: dict[str, Any], key: str, reader: _Reader, node: front.Scalar) -> None:
        try:
            facts[key] = reader(node.value)
        except _UnfitError as error:
            shown = node.value if len(node.value) <= 40 else node.value[:40] + "…"
            self.fault(node.line, key, repr(shown) if shown else "nothing", str(error))


def _no_such_event(by: str, event: str) -> tuple[str, str]:
    known = [name for actor, name in SHAPES if actor == by]
    return f"{event!r} by {by}", f"one of {', '.join(known)}{meant(event, known)}"


def meant(word: str, known: Iterable[str]) -> str:
    """Name the known word that a misspelt one is near to, in brackets, or nothing."""
    close = difflib.get_close_matches(word, list(known), 1)
    return f" (did you mean {close[0]}?)" if close else ""
