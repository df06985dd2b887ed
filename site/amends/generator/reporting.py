"""What a build and a look at the record tell, for a person at a terminal and for GitHub's annotations."""

import os
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from amends import clock
from amends.generator.order import Built, Instead, Shown
from amends.record import Fault, RecordError, Standing, read_text
from amends.record.listing import COMPANY
from amends.shelves.memory import LastGood
from amends.shelves.store import Store

_PER_CASE = {
    Standing.GOOD: Shown.LEDGER,
    Standing.LAST_GOOD: Shown.LAST_GOOD,
    Standing.PLACEHOLDER: Shown.PLACEHOLDER,
    Standing.MISSING: Shown.LOST,
}


class Format(StrEnum):
    """For whom faults and warnings are told: a person, or GitHub, which shows them beside the lines of a file."""

    TEXT = "text"
    GITHUB = "github"


# --- What the board shows instead ---


def instead(store: Store, content: Path, cache: Path, faults: Iterable[Fault]) -> tuple[Instead, ...]:
    """Return what the board shows in place of each file with a fault, in the order of the faults."""
    memory = LastGood(cache)
    try:
        return tuple(_instead(store, memory, content, path) for path in dict.fromkeys(fault.path for fault in faults))
    finally:
        memory.close()


def _instead(store: Store, memory: LastGood, content: Path, path: str) -> Instead:
    pieces = path.split("/")
    company = pieces[0] if len(pieces) > 1 else ""
    if len(pieces) == 4:
        number = pieces[3].removesuffix(".md")
        row = store.row("SELECT path, standing FROM item WHERE company = ? AND number = ?", company, number)
        is_shown = row is not None and row[0] == path
        return Instead(path, company, number, _PER_CASE[Standing(row[1])] if is_shown else Shown.NOTHING)
    if store.row("SELECT 1 FROM file WHERE path = ?", path) is None:
        return Instead(path, company, None, Shown.NOTHING)
    return Instead(path, company, None, _of_others(memory.recall(path), content, path))


def _of_others(kept: str | None, content: Path, path: str) -> Shown:
    if kept is None:
        if path.endswith(".csv"):
            return Shown.LINES
        return Shown.ADDRESS if path.endswith(f"/{COMPANY}") else Shown.NOTHING
    try:
        return Shown.REST if read_text(content / path, path) == kept else Shown.LAST_GOOD
    except RecordError:
        return Shown.LAST_GOOD


def table(found: Sequence[Instead]) -> Iterator[str]:
    """Yield the lines of a table of what the board shows in place of files with faults."""
    names = [(one.company or "-", one.number or one.path.removeprefix(f"{one.company}/")) for one in found]
    rows = [("company", "case or file"), *((_printable(company), _printable(name)) for company, name in names)]
    widths = [max(len(row[place]) for row in rows) for place in (0, 1)]
    for row, last in zip(rows, ["what the board shows", *(one.shown for one in found)], strict=True):
        yield f"  {row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {last}"


# --- Faults and warnings ---


def fault_line(fault: Fault, content: Path, form: Format, level: str = "error") -> str:
    """Return the line that tells a fault of a file of the record in `content`; `level` is error or warning."""
    if form is Format.GITHUB:
        key = f"{fault.key}: " if fault.key else ""
        message = f"{key}found {fault.found}, expected {fault.expected}"
        return annotation(level, message, _below_workspace(content / fault.path), fault.line)
    prefix = "" if level == "error" else f"{level}: "
    folder = shown(content)
    return prefix + _printable(str(fault) if folder == "." else f"{folder}/{fault}")


def warning_line(warning: str, form: Format) -> str:
    """Return the line that tells something about no one line of a file."""
    return annotation("warning", warning) if form is Format.GITHUB else f"warning: {_printable(warning)}"


def advice_line(file: Path, line: int, advice: str, form: Format) -> str:
    """Return the line that tells advice about something that begins at a line of a file."""
    if form is Format.GITHUB:
        return annotation("notice", advice, _below_workspace(file), line)
    return _printable(f"{shown(file)}:{line}: advice: {advice}")


def annotation(level: str, message: str, file: str | None = None, line: int | None = None) -> str:
    """Return a workflow command that GitHub shows as an annotation, of a file where one is named.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions; what has to be escaped there is
    told by the runner alone: `%`, and what ends a line, a property or a command
    (https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts).
    """
    properties = {"file": file, "line": line}
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    return f"::{level}{' ' if told else ''}{told}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _below_workspace(path: Path) -> str:
    """Return a path as GitHub knows it: from the top of the checkout that the workflow works in."""
    return _relative(path, Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()))


def shown(path: Path) -> str:
    """Return a path as a person would write it here: from the current folder where it lies below that."""
    return _relative(path, Path.cwd())


def _relative(path: Path, folder: Path) -> str:
    relative = os.path.relpath(path, folder)
    return str(path) if relative.startswith("..") else relative


def _printable(text: str) -> str:
    """Return a text in which nothing moves the cursor, ends the line or gives the terminal an order."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


# --- What was done ---


def summary(built: Built, out: Path) -> str:
    """Return in one line what a build did."""
    did = f"{built.changed:,} changed, {built.removed:,} removed"
    line = f"{shown(out)}: {counted(built.pages, 'page')} of {counted(built.cases, 'case')}, {did}"
    wrong = [(len(built.faults), "fault"), (len(built.warnings), "warning")]
    told = ", ".join(counted(count, what) for count, what in wrong if count)
    return f"{line}, in {built.seconds:.1f} s" + (f"; {told}" if told else "")


def details(built: Built) -> Iterator[str]:
    """Yield where the time went, and when the board next changes by itself."""
    for what, seconds in built.phases:
        yield f"{seconds:8.2f} s   {what}"
    for path, seconds in built.slowest:
        yield f"{seconds * 1000:8.1f} ms  /{path}"
    yield f"next due {clock.stamp(built.next_due)}"


def counted(count: int, what: str) -> str:
    """Return a number with its noun, which takes an s where it is not one."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
