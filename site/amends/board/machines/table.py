"""Every case that a company received as a row of plain values, from which its figures can be counted again."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from amends import clock
from amends.board.edition import Edition
from amends.board.looks import UNREADABLE
from amends.board.machines import address, entries
from amends.board.shelf import Row, Shelf
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


def rows(edition: Edition, shelf: Shelf) -> list[dict[str, Value]]:
    """Return a row for every case received, in the order of receipt: shown or not, readable or not."""
    return [_row(edition, shelf, fact) for fact in edition.facts(shelf.company.slug)]


def write_csv(found: Iterable[Mapping[str, Value]]) -> str:
    """Write rows as CSV (RFC 4180). No cell of it is a formula to a spreadsheet: an apostrophe stands before one."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row[column]) for column in COLUMNS] for row in found)
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


def _row(edition: Edition, shelf: Shelf, fact: Fact) -> dict[str, Value]:
    now = edition.now
    pledge = pledge_of(fact, now, shelf.company.zone)
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
        "ignored": fact.is_ignored(now),
        "open_during": " ".join(_open_during(fact)),
    }
    found |= _on_page(edition, shelf.row(fact.case))
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
        "url": address.of_case(edition.record.board, row),
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
