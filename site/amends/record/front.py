"""The front matter of a case file: cut off, and as a small tree in which each value knows its line."""

import re
from dataclasses import dataclass

MAX_BYTES = 262_144
"""A case file's largest size; a complaint of 4,000 characters and 20 long replies stay far below."""

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?P<front>.*?^)---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_OPEN = re.compile(r"\A\ufeff?---[ \t]*\r?\n")


class FrontError(ValueError):
    """The front matter is not what it should be; `line` counts from 1 at the top of the file."""

    def __init__(self, line: int, found: str, expected: str, key: str | None = None) -> None:
        super().__init__(f"line {line}: found {found}, expected {expected}")
        self.line, self.found, self.expected, self.key = line, found, expected, key


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, always as the text that stands there."""

    line: int
    value: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list; `column` is where its dashes stand, None for a list in brackets."""

    line: int
    column: int | None
    items: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file, each key once, with the line of the key."""

    line: int
    items: "dict[str, tuple[int, Node]]"


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Parts:
    """A case file cut in two. `closing` is the place in the text at which the closing `---` line begins."""

    front: str
    body: str
    closing: int


def split(text: str) -> Parts:
    """Cut a case file into front matter and body; FrontError where one of the two `---` lines is missing."""
    found = _FRONT.match(text)
    if found:
        return Parts(found["front"], text[found.end() :], found.end("front"))
    if not _OPEN.match(text):
        raise FrontError(1, "no front matter", "a first line of three dashes: ---")
    raise FrontError(text.count("\n") + 1, "the end of the file", "a line of three dashes after the front matter")


def parse(front: str) -> Mapping:
    """Parse front matter into a mapping; lines count from the top of the file, whose first line is `---`."""
    from amends.record.tree import grow  # noqa: PLC0415 - PyYAML: 15 ms, which a build of tidy files has no use for

    return grow(front)
