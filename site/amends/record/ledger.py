"""The ledger: one public line for every case ever received, shown or not.

`<company>/ledger/<year>-<month>.csv`, a month by the time of receipt in UTC, lines in the order of receipt.
CSV in which no field can hold a comma, so that no quotes are needed (RFC 4180, 2.5).
"""

from collections.abc import Iterable
from datetime import datetime

from amends import clock
from amends.case import Reason
from amends.record.model import Fault, LedgerLine, LedgerOutcome, RecordError
from amends.record.schema import NUMBER

HEADER = ("case", "received", "reply_by", "outcome", "at", "first_reply")


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
    """Read the lines of a ledger that can be read, and name the faults of the others."""
    header, *rows = text.removesuffix("\n").split("\n")
    lines: dict[str, LedgerLine] = {}
    faults = []
    if header.rstrip("\r") != ",".join(HEADER):
        faults.append(Fault(path, 1, None, header[:80] or "an empty file", ",".join(HEADER)))
    for number, row in ((number, row) for number, row in enumerate(rows, 2) if row.strip()):
        try:
            line = _line(row.rstrip("\r").split(","))
        except ValueError as error:
            faults.append(Fault(path, number, None, str(error), "a line like " + ",".join(HEADER)))
            continue
        if line.case in lines:
            faults.append(Fault(path, number, "case", line.case, "each case once"))
        lines.setdefault(line.case, line)
    return tuple(lines.values()), tuple(faults)


def write_ledger(lines: Iterable[LedgerLine]) -> str:
    """Write a ledger file: the inverse of `read_ledger`, lines in the order of receipt."""
    ordered = sorted(lines, key=lambda line: (line.received, line.case))
    return "".join(",".join(row) + "\n" for row in (HEADER, *map(_row, ordered)))


def _line(row: list[str]) -> LedgerLine:
    if len(row) != len(HEADER):
        raise ValueError(f"{len(row)} fields")
    case, received, reply_by, outcome, at, first_reply = row
    if not NUMBER.fullmatch(case):
        raise ValueError(f"the case number {case!r}")
    kind, _, reason = outcome.partition(":")
    if (kind == LedgerOutcome.WITHHELD) != bool(reason):
        raise ValueError(f"the outcome {outcome!r}")
    return LedgerLine(
        case,
        clock.parse(received),
        clock.parse(reply_by),
        LedgerOutcome(kind),
        Reason(reason) if reason else None,
        clock.parse(at) if at else None,
        clock.parse(first_reply) if first_reply else None,
    )


def _row(line: LedgerLine) -> tuple[str, ...]:
    outcome = f"{line.outcome}:{line.reason}" if line.reason else str(line.outcome)
    instants = (clock.stamp(at) if at else "" for at in (line.at, line.first_reply))
    return (line.case, clock.stamp(line.received), clock.stamp(line.reply_by), outcome, *instants)
