"""Writing the files of people's words, and adding an event to a case without touching another byte of its file.

An emitter of our own for the closed schemas: PyYAML's C dumper writes emoji as escapes and its Python dumper
loses U+0085. Whatever some reader of YAML 1.1 or 1.2 could take for something else is quoted.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime

from amends import clock
from amends.case import Case, Event
from amends.record import front
from amends.record.model import RecordError, Update
from amends.record.schema import CASE_KEYS, EVENT_KEYS, read_case
from amends.record.told import ANSWER_KEYS, UPDATE_KEYS, Told

_PLAIN = re.compile(r"[^\W\d_](?:[\w ,.()/-]*[\w,.()])?")
_RESERVED = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"])
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_UNSAFE = re.compile(
    '["\\\\\x00-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\U000e0000-\U000fffff]'
)
_NOT_IN_BLOCK = re.compile(
    r"\A\s|^[^\S\n]+$|[^\n -~\xa1-\u2027\u202f-\ud7ff\ue000-\ufefe\uff00-\uffef\U00010000-\U000dffff]", re.M
)


class CannotSpliceError(ValueError):
    """An event cannot be added to a file that a person edited; the text says why. Nothing was changed."""


def write_case(case: Case) -> str:
    """Write a case as the text of its file: the inverse of `read_case`."""
    lines = ["---"]
    for key in CASE_KEYS:
        value = getattr(case, key, None)
        if key == "case":
            lines.append(f'case: "{case.number}"')
        elif value is not None:
            lines.append(f"{key}: {_value(value)}")
    if case.events:
        lines.append("events:")
        lines.extend(line for event in case.events for line in event_lines(event))
    body = f"{case.text}\n" if case.text else ""
    return "\n".join([*lines, "---", body])


def write_told(told: Told) -> str:
    """Write an update or an answer as the text of its file: the inverse of `sift_update` and `sift_answer`."""
    lines = ["---"]
    for key in UPDATE_KEYS if isinstance(told, Update) else ANSWER_KEYS:
        value = getattr(told, "day" if key == "date" else key)
        if key != "cases" and value is not None:
            lines.append(f"{key}: {_value(value)}")
        elif value:
            lines += ["cases:", *(f'- "{number}"' for number in value)]
    return "\n".join([*lines, "---", f"{told.text}\n"])


def event_lines(event: Event, column: int = 0) -> Iterator[str]:
    """Write an event as lines of a YAML list whose dashes stand in that column."""
    margin = " " * column
    yield f"{margin}- at: {clock.stamp(event.at)}"
    yield f"{margin}  by: {event.by}"
    yield f"{margin}  event: {event.event}"
    for key in EVENT_KEYS:
        value = getattr(event, key)
        if key == "text" and value is not None and not _NOT_IN_BLOCK.search(value):
            yield from _block(value, column + 4, f"{margin}  text: ")
        elif value is not None:
            yield f"{margin}  {key}: {_value(value)}"


def splice(text: str, event: Event, company: str, path: str) -> str:
    """Add an event at the end of a case file, keeping every other byte as it stands.

    The result is read again and must be what was there and this event; on any doubt CannotSpliceError.
    """
    try:
        before = read_case(text, company, path)
        parts = front.split(text)
        lines = _lines_to_add(front.parse(parts.front), event)
    except RecordError as error:
        raise CannotSpliceError(f"the file has a fault that has to be mended first: {error}") from error
    newline = "\r\n" if parts.front.endswith("\r\n") else "\n"
    added = "".join(line + newline for line in lines)
    after = text[: parts.closing] + added + text[parts.closing :]
    _verify(before, event, after, company, path)
    return after


def _lines_to_add(tree: front.Mapping, event: Event) -> list[str]:
    if "events" not in tree.items:
        return ["events:", *event_lines(event)]
    _, events = tree.items["events"]
    if next(reversed(tree.items)) != "events":
        raise CannotSpliceError("`events` is not the last key of the front matter; move it to the end")
    if not isinstance(events, front.Sequence) or events.column is None:
        raise CannotSpliceError("`events` is written in brackets; write it as a list with dashes")
    return list(event_lines(event, events.column))


def _verify(before: Case, event: Event, after: str, company: str, path: str) -> None:
    try:
        found = read_case(after, company, path)
    except RecordError as error:
        raise CannotSpliceError(f"this event cannot follow those in the file: {error}") from error
    if found.events != (*before.events, event) or found.text != before.text:
        raise CannotSpliceError("the file would not read as it did before, with the event added")


def _value(value: object) -> str:
    if isinstance(value, datetime):
        return clock.stamp(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return _scalar(str(value))


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    return '"' + _UNSAFE.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _ESCAPES.get(character) or (f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")


def _block(text: str, indent: int, head: str) -> Iterator[str]:
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    yield head + ("|-" if not ends else "|" if ends == 1 else "|+")
    for line in [*body.split("\n"), *[""] * (ends - 1)]:
        yield " " * indent + line if line else ""
