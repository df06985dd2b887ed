"""Every case that a company received as a row of plain values, from which its figures can be counted again."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from amends import clock
from amends.board.derive import Derived
from amends.board.edition import Edition
from amends.board.looks import UNREADABLE
from amends.board.machines import address, entries
from amends.board.row import Row
from amends.board.shelf import Shelf
from amends.figures import Fact, Pledge, pledge_of

COLUMNS = (
    "case",
    "received",
    "reply_by",
    "place",
    "reason",
    "kind",
    "topic",
    "state",
    "first_reply",
    "first_measure",
    "ending",
    "verdict_at",
    "claimed_at",
    "gone_at",
    "again",
    "score",
    "recommend",
    "promises",
    "promise",
    "promise_due",
    "promise_kept_on_time",
    "counts",
    "unseen",
    "ignored",
    "open_during",
    "language",
    "title",
    "url",
)
"""What is told of a case, in this order; docs/guide.md says what each means. Some may be added, none may change."""

Value = str | int | bool | None

_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")
"""What a spreadsheet may take for the beginning of a formula (OWASP, CSV Injection; ASVS 5.0, 1.2.10)."""


def rows(edition: Edition, shelf: Shelf, kind: str) -> Iterator[str]:
    """Yield the row of every case received as it is written in the file of that kind, json or csv, by receipt."""
    write = {"json": as_json, "csv": as_csv}[kind]
    for found in shelf.received(kind):
        yield found if isinstance(found, str) else write(row(edition, found))


def write_json(version: int, company: Mapping[str, Value], found: Iterable[str]) -> Iterator[str]:
    """Write a table as JSON (RFC 8259), in pieces: a line for each case, so that a change is a line."""
    head = json.dumps({"version": version, "company": company}, ensure_ascii=False, indent=1)
    between = head.removesuffix("\n}") + ',\n "cases": [\n'
    for line in found:
        yield between
        yield line
        between = ",\n"
    yield between.removesuffix(",\n")
    yield "\n ]\n}\n"


def write_csv(found: Iterable[str]) -> Iterator[str]:
    """Write a table as CSV (RFC 4180), in pieces."""
    yield ",".join(COLUMNS) + "\r\n"
    yield from found


def as_json(row: Mapping[str, Value]) -> str:
    """Write a row as JSON."""
    return "  " + json.dumps(row, ensure_ascii=False)


def as_csv(row: Mapping[str, Value]) -> str:
    """Write a row as CSV. No cell of it is a formula to a spreadsheet: an apostrophe stands before one."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([_cell(row[column]) for column in COLUMNS])
    return text.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: with an apostrophe before what looks like one."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(str(value))


def row(edition: Edition, one: Derived) -> dict[str, Value]:
    """Return what is told of a case received, shown or not, readable or not."""
    company, fact = one.company, one.fact
    pledge = pledge_of(fact, edition.now, company.zone)
    found: dict[str, Value] = {
        "case": fact.case,
        "received": clock.stamp(fact.received),
        "reply_by": clock.stamp(fact.reply_by),
        "place": fact.place.value,
        "reason": _name(fact.reason),
        "kind": _name(fact.kind),
        "topic": fact.topic,
        "first_reply": _stamp(fact.first_reply),
        "first_measure": _stamp(fact.first_measure),
        "ending": _name(fact.ending),
        "verdict_at": _stamp(fact.verdict_at),
        "claimed_at": _stamp(fact.claimed_at),
        "gone_at": _stamp(fact.gone_at),
        "again": fact.again,
        "score": fact.score,
        "recommend": fact.recommend,
        "promises": len(fact.promises),
        "promise": _name(pledge),
        "promise_due": pledge not in (None, Pledge.RUNNING),
        "promise_kept_on_time": pledge is Pledge.ON_TIME,
        "counts": fact.counts,
        "unseen": fact.unseen,
        "ignored": fact.is_ignored(edition.now),
        "open_during": " ".join(_open_during(fact)),
    }
    found |= _on_page(edition, one.row)
    return {column: found[column] for column in COLUMNS}


def _on_page(edition: Edition, row: Row | None) -> dict[str, Value]:
    """Return what only a page tells; of a case without one, nothing."""
    if row is None:
        return {"state": None, "language": None, "title": None, "url": None}
    title = entries.title(edition.lang_of(row.company), row) if row.has_title else None
    return {
        "state": row.state.value if row.standing not in UNREADABLE else None,
        "language": row.case.language,
        "title": title,
        "url": address.of_case(edition.board, row),
    }


def _open_during(fact: Fact) -> Iterator[str]:
    """Yield from when to when the company had something to do (ISO 8601-2 intervals; `..` where it still has)."""
    since: datetime | None = None
    for at, turns in groupby(fact.turns, key=lambda turn: turn[0]):
        # Of what happened in one instant only the last counts.
        *_, (_, opened) = turns
        if opened and since is None:
            since = at
        elif not opened and since is not None:
            yield f"{clock.stamp(since)}/{clock.stamp(at)}"
            since = None
    if since is not None:
        yield f"{clock.stamp(since)}/.."


def _name(value: StrEnum | None) -> str | None:
    return None if value is None else value.value


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else clock.stamp(at)
