"""A build costs what changed: no statement that it puts to its store goes through all cases of a board."""

import re
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from amends.generator.build import build
from amends.record import LedgerOutcome, write_case
from amends.shelves import scan, store
from tests.factories import START, a_case, a_line, an_event, make_board, put_case

NUMBERS = ["c4m9zq7k", "c4m9zq7m", "c4m9zq7n", "c4m9zq7p"]
NOW = START + timedelta(days=40)

FEW = frozenset(
    {
        "CONSTANT",
        "unread",
        "json_each",
        "found",
        "folder",
        "month",
        "page",
        "setting",
        "touched",
        "stale",
        "fault",
        "list",
        "mention",
    }
)
"""What may be gone through: it grows with the change, or with months, pages of lists or faults."""

NOTED = frozenset({"item_fresh", "item_later"})
"""The indexes that hold only cases with something to be done about them."""


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was put to any store since."""
    seen: list[str] = []
    connect = store._connected

    def connected(path: Path | None) -> sqlite3.Connection:
        connection = connect(path)
        connection.set_trace_callback(seen.append)
        return connection

    monkeypatch.setattr(scan, "YOUNG", -(10**18))
    monkeypatch.setattr(store, "_connected", connected)
    return seen


def built(folder: Path) -> None:
    build(folder / "content", folder / "public", folder / "cache", NOW, jobs=1)


def cost(folder: Path, statements: list[str]) -> list[str]:
    """Return the steps of these statements in which SQLite would go through a table that grows with the cases."""
    found = []
    connection = sqlite3.connect(folder / "cache" / store.STORE)
    for statement in dict.fromkeys(statements):
        if re.match(r"\s*(?:SELECT|INSERT|UPDATE|DELETE)\b", statement):
            steps = connection.execute(f"EXPLAIN QUERY PLAN {statement}")
            found += [f"{step[3]}: {statement}" for step in steps if is_costly(step[3])]
    connection.close()
    return found


def is_costly(step: str) -> bool:
    scanned = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
    return scanned is not None and scanned[1] not in FEW and scanned[2] not in NOTED


@pytest.fixture
def board(tmp_path: Path) -> Path:
    cases = [a_case(number=number, received=START + timedelta(days=day)) for day, number in enumerate(NUMBERS[:3])]
    lines = [a_line(case=case.number, received=case.received, outcome=LedgerOutcome.PUBLISHED) for case in cases]
    make_board(tmp_path, *cases, lines=lines)
    return tmp_path


def test_what_goes_through_all_cases_is_noticed(board: Path, statements: list[str]) -> None:
    built(board)
    assert cost(board, ["SELECT count(*) FROM item"])
    assert cost(board, ["SELECT id FROM listed WHERE number = 'c4m9zq7k'"])
    assert not cost(board, ["SELECT id FROM item WHERE company = 'acme' AND number = 'c4m9zq7k'"])


@pytest.mark.parametrize("change", ["nothing", "answered", "new", "gone"])
def test_no_statement_of_a_build_goes_through_all_cases(board: Path, change: str, statements: list[str]) -> None:
    built(board)
    path = board / "content" / "acme" / "2026" / "11" / f"{NUMBERS[0]}.md"
    if change == "answered":
        path.write_text(write_case(a_case(an_event("reply", 2), number=NUMBERS[0])))
    elif change == "new":
        put_case(board / "content", replace(a_case(), number=NUMBERS[3], received=START + timedelta(days=9)))
    elif change == "gone":
        path.unlink()
    statements.clear()
    built(board)
    assert statements
    assert cost(board, statements) == []
