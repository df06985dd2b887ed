"""Reading a case file that has no fault and is written plainly, without a reader of YAML.

That is the form in which the emitter writes and tidy people do: a line for each key, its value on the same line or
in a literal block, and an event's dash at the margin. It is read several times as fast. Whatever is not certainly
what YAML 1.1 finds in it is left to a reader of YAML.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from amends.case import SHAPES, Case, Event
from amends.moves import impossible_moves
from amends.record.keys import CASE_KEYS, EVENT_KEYS, NUMBER, REQUIRED
from amends.record.values import INSTANT, Reader

_CASE = re.compile(
    rf'---\ncase: ("?)({NUMBER.pattern})\1\nkind: ([a-z]+)\ntopic: ("?)([a-z0-9-]+)\4\n'
    rf"received: ({INSTANT})\nreply_by: ({INSTANT})\n"
)
_EVENT = re.compile(rf"- at: ({INSTANT})\n  by: ([a-z]+)\n  event: ([a-z]+)\n((?:  .*\n|\n)*)")
_FACT = r"([a-z_]+): (?:\|([-+]?)\n( {4}[^ \n].*\n(?: {4} *[^ \n].*\n|\n)*)|(.+)\n)"
"""A key; how a literal block ends and its lines, or a value on the same line."""

_OF_CASE, _OF_EVENT = re.compile(_FACT), re.compile("  " + _FACT)
_UNFIT = re.compile("[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Tabs, and what YAML 1.1 does not allow (5.1), skips (5.2) or breaks lines at besides the line feed (5.4)."""

_SPECIAL = re.compile(r'"|\\(?:["\\nt]|u[0-9a-f]{4}|U[0-9a-f]{8})?')
_ESCAPES = {'\\"': '"', "\\\\": "\\", "\\n": "\n", "\\t": "\t"}

_OPTIONAL = {key: reader for key, reader in CASE_KEYS.items() if key not in REQUIRED}
_SHAPES = {
    name: (frozenset(shape.required), {key: EVENT_KEYS[key] for key in (*shape.required, *shape.optional)})
    for name, shape in SHAPES.items()
}
"""The facts that an event must have, and the readers of all that it may have, by who does what."""


class _DoubtError(ValueError):
    """The file needs a closer look."""


def quick_case(text: str, company: str) -> Case | None:
    """Read a case file of that company as `read_case` does, or return None where that needs a closer look.

    None says nothing about the file: it has a fault, or it is written in another way.
    """
    start, closing = _CASE.match(text), text.find("\n---\n", 3)
    if not start or closing < 0 or _UNFIT.search(text, 0, closing):
        return None
    _, number, kind, _, topic, received, reply_by = start.groups()
    lines, mark, events = text[start.end() : closing + 1].partition("events:\n")
    if mark and not events:
        return None
    try:
        facts = _facts(lines, _OF_CASE, _OPTIONAL)
        facts["events"] = tuple(_events(events, imported="source" in facts))
        facts["text"] = text[closing + 5 :].removesuffix("\n")
        facts["kind"], facts["topic"] = CASE_KEYS["kind"](kind), CASE_KEYS["topic"](topic)
        facts["received"], facts["reply_by"] = datetime.fromisoformat(received), datetime.fromisoformat(reply_by)
        case = Case(number, company, **facts)
    except ValueError:
        return None
    return None if any(impossible_moves(case)) else case


def _events(lines: str, *, imported: bool) -> Iterator[Event]:
    end = 0
    while end < len(lines):
        found = _EVENT.match(lines, end)
        if not found or found.group(2, 3) not in _SHAPES:
            raise _DoubtError
        end = found.end()
        at, by, event, more = found.groups()
        required, readers = _SHAPES[by, event]
        facts = _facts(more, _OF_EVENT, readers)
        if not required <= facts.keys() and (not imported or required - facts.keys() != {"name"}):
            raise _DoubtError
        yield Event(datetime.fromisoformat(at), by, event, **facts)


def _facts(lines: str, pattern: re.Pattern[str], readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Read lines that are nothing but facts, each by its reader."""
    facts: dict[str, Any] = {}
    end = 0
    while end < len(lines):
        found = pattern.match(lines, end)  # and not a search, which would take its time on the longest of bad lines
        if not found or found[1] in facts or found[1] not in readers:
            raise _DoubtError
        end = found.end()
        key, ending, block, value = found.groups()
        facts[key] = readers[key](_scalar(value) if value else _literal(block, ending))
    return facts


def _scalar(value: str) -> str:
    """Return what a value in one line says: in double quotes, or plain and without anything YAML could look for."""
    if value[0] == '"' == value[-1] and len(value) > 1:
        inside = value[1:-1]
        return _SPECIAL.sub(_unescaped, inside) if "\\" in inside or '"' in inside else inside
    if not (value[0].isalnum() or value[0] == "/") or value[-1] in " :" or ": " in value or " #" in value:
        raise _DoubtError
    return value


def _unescaped(found: re.Match[str]) -> str:
    """Return what an escape stands for; only those that the emitter writes are known."""
    escape = found[0]
    if len(escape) < 3:
        if escape not in _ESCAPES:
            raise _DoubtError
        return _ESCAPES[escape]
    code = int(escape[2:], 16)
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        raise _DoubtError
    return chr(code)


def _literal(block: str, ending: str) -> str:
    """Return what a literal block says, whose lines are indented by four; `ending` is its chomping (YAML 1.1, 9.2)."""
    text = block[4:].replace("\n    ", "\n")
    return text if ending == "+" else text.rstrip("\n") + ("\n" if not ending else "")
