"""The values of front matter: reading them by a closed schema, with every fault of a file named at once."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from amends import clock
from amends.record import front
from amends.record.model import Fault, RecordError

Reader = Callable[[str], object]
"""Turns what stands behind a key into its value, or raises UnfitError."""

INSTANT = "(?:19[7-9][0-9]|2[01][0-9]{2})-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z"
"""A pattern of what `instant` reads; `datetime.fromisoformat` refuses what is left of impossible ones."""

_Day = TypeVar("_Day", date, datetime)


class UnfitError(ValueError):
    """A value that its key cannot hold; the text says what was expected."""


def matching(pattern: str, expected: str) -> Reader:
    """Make a reader of texts that match the pattern as a whole."""
    matches = re.compile(pattern).fullmatch

    def read(text: str) -> str:
        if not matches(text):
            raise UnfitError(expected)
        return text

    return read


def one_of(kind: type[StrEnum]) -> Reader:
    """Make a reader of the words of an enumeration."""

    by_word = {word.value: word for word in kind}

    def read(text: str) -> StrEnum:
        try:
            return by_word[text]
        except KeyError:
            raise UnfitError(f"one of {', '.join(kind)}{meant(text, list(kind))}") from None

    return read


def instant(text: str) -> datetime:
    """Read a time in UTC, to the second."""
    try:
        return _in_our_time(clock.parse(text))
    except ValueError:
        raise UnfitError("a time in UTC like 2026-11-02T09:14:05Z") from None


def _in_our_time(found: _Day) -> _Day:
    """Refuse what is surely a slip, and what days and clocks cannot be added to."""
    if not 1970 <= found.year < 2200:
        raise ValueError
    return found


def day(text: str) -> date:
    """Read a date."""
    try:
        found = _in_our_time(date.fromisoformat(text))
    except ValueError:
        raise UnfitError("a date like 2026-11-06") from None
    if found.isoformat() != text:
        raise UnfitError("a date like 2026-11-06")
    return found


def words(text: str) -> str:
    """Read any text that is not empty."""
    if not text.strip():
        raise UnfitError("some text")
    return text


def open_file(text: str, path: str) -> tuple[front.Parts, front.Mapping]:
    """Cut a file in two and parse its front matter; RecordError where there is none that can be read."""
    try:
        parts = front.split(text)
        return parts, front.parse(parts.front)
    except front.FrontError as error:
        raise RecordError([Fault(path, error.line, error.key, error.found, error.expected)]) from error


class Reading:
    """One pass over one file, in which faults are collected instead of ending it at the first."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.faults: list[Fault] = []

    def fault(self, line: int, key: str | None, found: str, expected: str) -> None:
        """Note a fault of this file."""
        self.faults.append(Fault(self.path, line, key, found, expected))

    def facts(
        self,
        items: Mapping[str, tuple[int, front.Node]],
        readers: Mapping[str, Reader],
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

    def fact(self, facts: dict[str, Any], key: str, reader: Reader, node: front.Scalar) -> None:
        """Put what `reader` makes of a value under its key, or note the fault."""
        try:
            facts[key] = reader(node.value)
        except UnfitError as error:
            shown = node.value if len(node.value) <= 40 else node.value[:40] + "…"
            self.fault(node.line, key, repr(shown) if shown else "nothing", str(error))


def meant(word: str, known: Iterable[str]) -> str:
    """Name the known word that a misspelt one is near to, in brackets, or nothing."""
    close = difflib.get_close_matches(word, list(known), 1)
    return f" (did you mean {close[0]}?)" if close else ""
