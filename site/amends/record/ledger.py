"""The ledger: one public line for every case ever received, shown or not.

`<company>/ledger/<year>-<month>.csv`, a month by the time of receipt in UTC, lines in the order of receipt.
CSV in which no field can hold a comma, so that no quotes are needed (RFC 4180, 2.5).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from amends import clock
from amends.case import Reason
from amends.record.keys import NUMBER
from amends.record.model import Fault, LedgerLine, LedgerOutcome, RecordError
from amends.record.values import INSTANT, UnfitError, instant

HEADER = ("case", "received", "reply_by", "outcome", "at", "first_reply")

_TOP = ",".join(HEADER)
_TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
_RECEIPT = re.compile(rf"(?<![0-9a-z])({NUMBER.pattern})\W+({_TIME})\W+({_TIME})")
"""A case's number and its two times, whatever stands around and between them."""

_OUTCOMES: dict[str, tuple[LedgerOutcome, Reason | None]] = {
    **{str(outcome): (outcome, None) for outcome in LedgerOutcome if outcome is not LedgerOutcome.WITHHELD},
    **{f"{LedgerOutcome.WITHHELD}:{reason}": (LedgerOutcome.WITHHELD, reason) for reason in Reason},
}
_ROW = re.compile(
    rf"^({NUMBER.pattern}),({INSTANT}),({INSTANT}),({'|'.join(_OUTCOMES)}),({INSTANT})?,({INSTANT})?$", re.MULTILINE
)


def month_of(received: datetime) -> str:
    """Return the month of a receipt as the ledger's files are named, `2026-11`."""
    return received.strftime("%Y-%m")


def read_ledger(text: str, path: str) -> tuple[LedgerLine, ...]:
    """Read a ledger file; RecordError names every faulty line."""
    lines, faults = sift_ledger(text, path)
    if faults:
        raise RecordError(faults)
    return lines


def sift_ledger(text: str, path: str) -> tuple[tuple[LedgerLine, ...], tuple[Fault, ...]]:
    """Read a ledger as far as it can be read, and name its faults.

    Of a line with a fault that still tells the case and its two times, the receipt counts, unanswered: a slip must
    not take a case out of the figures, nor answer it. Of a case that stands there twice, the first line counts.
    """
    good = quick_ledger(text)
    if good is not None:
        return good, ()
    header, *rows = text.removesuffix("\n").split("\n")
    lines: dict[str, LedgerLine] = {}
    faults = []
    if header.rstrip("\r") != _TOP:
        faults.append(Fault(path, 1, None, header[:80] or "an empty file", _TOP))
        # Where the header is lost, or the next line was joined to it, a case stands there.
        found, _ = _sift_row(header.removeprefix("\ufeff").removeprefix(_TOP))
        lines.update((line.case, line) for line in found)
    for number, row in ((number, row) for number, row in enumerate(rows, 2) if row.strip()):
        found, wrong = _sift_row(row)
        if wrong:
            faults.append(Fault(path, number, None, wrong, f"a line like {_TOP}"))
        elif found[0].case in lines:
            faults.append(Fault(path, number, "case", found[0].case, "each case once"))
        for line in found:
            lines.setdefault(line.case, line)
    return tuple(lines.values()), tuple(faults)


def quick_ledger(text: str) -> tuple[LedgerLine, ...] | None:
    """Read a ledger whose lines are all good and as `write_ledger` writes them; None where one is not."""
    rows = _ROW.findall(text)
    if not text.startswith(f"{_TOP}\n") or text.count("\n") != len(rows) + 1 or not text.endswith("\n"):
        return None
    try:
        lines = {row[0]: _good_line(*row) for row in rows}
    except ValueError:
        return None
    return tuple(lines.values()) if len(lines) == len(rows) else None


def _good_line(case: str, received: str, reply_by: str, outcome: str, at: str, first_reply: str) -> LedgerLine:
    # Written as they are, the earlier of two times is the one that is sorted first.
    if reply_by < received or "" < at < received or "" < first_reply < received:
        raise ValueError
    return LedgerLine(
        case,
        datetime.fromisoformat(received),
        datetime.fromisoformat(reply_by),
        *_OUTCOMES[outcome],
        datetime.fromisoformat(at) if at else None,
        datetime.fromisoformat(first_reply) if first_reply else None,
    )


def write_ledger(lines: Iterable[LedgerLine]) -> str:
    """Write a ledger file: the inverse of `read_ledger`, lines in the order of receipt."""
    ordered = sorted(lines, key=lambda line: (line.received, line.case))
    return "".join(",".join(row) + "\n" for row in (HEADER, *map(_row, ordered)))


def _sift_row(row: str) -> tuple[tuple[LedgerLine, ...], str]:
    """Read a row as far as it can be read; return its lines, one where it has no fault, and what is wrong with it."""
    try:
        return (_line(row.rstrip("\r").split(",")),), ""
    except ValueError as error:
        return tuple(_receipts(row)), str(error)


def _line(row: list[str]) -> LedgerLine:
    if len(row) != len(HEADER):
        raise ValueError(f"{len(row)} fields")
    case, received, reply_by, outcome, at, first_reply = row
    if not NUMBER.fullmatch(case):
        raise ValueError(f"the case number {case!r}")
    kind, _, reason = outcome.partition(":")
    if (kind == LedgerOutcome.WITHHELD) != bool(reason):
        raise ValueError(f"the outcome {outcome!r}")
    line = LedgerLine(
        case,
        _instant(received),
        _instant(reply_by),
        LedgerOutcome(kind),
        Reason(reason) if reason else None,
        _instant(at) if at else None,
        _instant(first_reply) if first_reply else None,
    )
    for name in ("reply_by", "at", "first_reply"):
        if (getattr(line, name) or line.received) < line.received:
            raise ValueError(f"{name} before received")
    return line


def _instant(text: str) -> datetime:
    try:
        return instant(text)
    except UnfitError:
        raise ValueError(f"the time {text!r}") from None


def _receipts(row: str) -> Iterator[LedgerLine]:
    """Yield a line without an answer for each receipt in a row that cannot be read: two rows may have run together."""
    for case, *times in _RECEIPT.findall(row):
        try:
            received, reply_by = map(_instant, times)
        except ValueError:
            continue
        yield LedgerLine(case, received, max(received, reply_by))


def _row(line: LedgerLine) -> tuple[str, ...]:
    outcome = f"{line.outcome}:{line.reason}" if line.reason else str(line.outcome)
    instants = (clock.stamp(at) if at else "" for at in (line.at, line.first_reply))
    return (line.case, clock.stamp(line.received), clock.stamp(line.reply_by), outcome, *instants)
