"""What the ledger decides when a record is read: a slip in it helps nobody, and it wins over the files of cases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends import figures
from amends.case import Case
from amends.generator.build import build
from amends.imports import import_file
from amends.publish import Publisher, Put
from amends.record import (
    Entry,
    LedgerLine,
    LedgerOutcome,
    Record,
    Standing,
    case_path,
    load,
    write_case,
    write_ledger,
)
from amends.shelves.memory import LastGood
from tests.effort import EFFORT
from tests.factories import (
    NUMBER,
    OTHER_NUMBER,
    START,
    a_case,
    a_company,
    a_line,
    after,
    an_event,
    make_board,
    make_inbox,
    put,
    put_case,
)
from tests.test_walk import Memory, faults, the_entry

FILE = f"acme/2026/11/{NUMBER}.md"
LEDGER = "acme/ledger/2026-11.csv"
REPLY = an_event("reply", 3)
CASE = a_case(REPLY, text="Three weeks late.")
PUBLISHED = a_line(outcome=LedgerOutcome.PUBLISHED, at=after(1), first_reply=after(3))
WAITING = a_line(OTHER_NUMBER, received=after(1))
BOTH = (PUBLISHED, WAITING)
FORGED = a_case(REPLY, company="bolt", received=after(-48), text="All is well.")


def lines_of(content: Path, memory: Memory | None = None) -> tuple[LedgerLine, ...]:
    return load(content, memory).ledgers["acme"]


# --- A slip in the ledger ---


SLIPS = {
    "a word": lambda text: text.replace(b"published", b"publish"),
    "a lost line end": lambda text: text.replace(b"Z\n", b"Z"),
    "a byte that is not UTF-8": lambda text: text.replace(b"published", b"p\xfcblished"),
    "a comma too many": lambda text: text.replace(b"published", b"published,"),
    "no header": lambda text: text.split(b"\n", 1)[1],
    "a reply before the receipt": lambda text: text.replace(b"T12:00:00Z\n", b"T08:00:00Z\n"),
}
every_slip = pytest.mark.parametrize("slip", SLIPS)


def slip_into(content: Path, slip: str) -> None:
    good = write_ledger(BOTH).encode()
    put(content / LEDGER, SLIPS[slip](good))
    assert (content / LEDGER).read_bytes() != good


@every_slip
def test_a_faulty_ledger_is_taken_as_it_was_when_it_last_had_no_fault(tmp_path: Path, slip: str) -> None:
    content, memory = make_board(tmp_path, CASE, lines=BOTH), Memory()
    assert load(content, memory).faults == ()
    slip_into(content, slip)
    record = load(content, memory)
    assert record.ledgers["acme"] == BOTH
    assert {fault.path for fault in record.faults} == {LEDGER}
    assert memory.kept[LEDGER] == write_ledger(BOTH)


@every_slip
def test_where_nothing_is_remembered_no_case_leaves_a_faulty_ledger_and_none_is_answered_by_it(
    tmp_path: Path, slip: str
) -> None:
    content = make_board(tmp_path, lines=BOTH)
    slip_into(content, slip)
    found = lines_of(content)
    assert [(line.case, line.received, line.reply_by) for line in found] == [
        (line.case, line.received, line.reply_by) for line in BOTH
    ]
    assert all(line == was or line.outcome is LedgerOutcome.WAITING for line, was in zip(found, BOTH, strict=True))
    assert all(line == was or line.first_reply is None for line, was in zip(found, BOTH, strict=True))


def test_what_was_added_to_a_faulty_ledger_counts_beside_its_last_good_version(tmp_path: Path) -> None:
    content, memory = make_board(tmp_path, lines=[PUBLISHED]), Memory()
    load(content, memory)
    erased = a_line("3333cccc", received=after(2), outcome=LedgerOutcome.ERASED, at=after(3))
    added = write_ledger([WAITING, erased]).replace("erased", "eraced").split("\n", 1)[1]
    put(content / LEDGER, write_ledger([PUBLISHED]).replace("published", "withdrawn") + added)
    assert lines_of(content, memory) == (PUBLISHED, WAITING, a_line("3333cccc", received=after(2)))


def test_a_ledger_that_is_no_file_any_more_is_taken_as_it_was(tmp_path: Path) -> None:
    content, memory = make_board(tmp_path, CASE, lines=BOTH), Memory()
    load(content, memory)
    (content / LEDGER).unlink()
    (content / LEDGER).mkdir()
    assert lines_of(content, memory) == BOTH
    assert lines_of(content) == ()


def test_a_faulty_ledger_is_never_remembered(tmp_path: Path) -> None:
    content, memory = make_board(tmp_path, lines=BOTH), Memory()
    slip_into(content, "a word")
    load(content, memory)
    assert LEDGER not in memory.kept


def test_a_build_remembers_the_ledger_in_its_cache(tmp_path: Path) -> None:
    content = make_board(tmp_path, CASE, lines=BOTH)
    build(content, tmp_path / "public", tmp_path / "cache", after(9))
    put(content / LEDGER, "gone\n")
    build(content, tmp_path / "public", tmp_path / "cache", after(9))
    memory = LastGood(tmp_path / "cache")
    assert load(content, memory).ledgers["acme"] == BOTH
    memory.close()


def received_and_answered(record: Record) -> tuple[int, int]:
    """How many were received, and how many of them were answered."""
    found = figures.facts(record.entries["acme"], record.ledgers["acme"], UTC)
    return len(found), sum(fact.first_reply is not None for fact in found)


@settings(deadline=None, max_examples=30 * EFFORT, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(0, 3), st.binary(max_size=4))
def test_no_fault_in_a_ledger_whose_good_version_is_known_makes_figures_better(
    tmp_path: Path, place: int, cut: int, put_in: bytes
) -> None:
    content, memory = make_board(tmp_path, CASE, lines=BOTH), Memory()
    before = received_and_answered(load(content, memory))
    good = write_ledger(BOTH).encode()
    place %= len(good)
    put(content / LEDGER, good[:place] + put_in + good[place + cut :])
    record = load(content, memory)
    if any(fault.path == LEDGER for fault in record.faults):
        received, answered = received_and_answered(record)
        assert received >= before[0]
        assert answered <= before[1]
        assert record.ledgers["acme"][:2] == BOTH


# --- The ledger and the file of a case ---


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"received": after(2)},
            ["received: found 2026-11-02T11:00:00Z, expected 2026-11-02T09:00:00Z, as the ledger says"],
        ),
        (
            {"reply_by": after(240)},
            ["reply_by: found 2026-11-12T09:00:00Z, expected 2026-11-03T09:00:00Z, as the ledger says"],
        ),
        (
            {"received": after(2), "reply_by": after(26)},
            [
                "received: found 2026-11-02T11:00:00Z, expected 2026-11-02T09:00:00Z, as the ledger says",
                "reply_by: found 2026-11-03T11:00:00Z, expected 2026-11-03T09:00:00Z, as the ledger says",
            ],
        ),
    ],
)
def test_the_ledgers_times_win_over_those_of_a_file_which_is_named(
    tmp_path: Path, facts: dict[str, datetime], said: list[str]
) -> None:
    record = load(make_board(tmp_path, replace(CASE, **facts), lines=[PUBLISHED]))
    assert the_entry(record) == Entry(CASE, FILE)
    assert faults(record) == [f"{FILE}: {each}" for each in said]


def test_a_file_that_agrees_with_the_ledger_and_one_without_a_line_stay_as_they_are(tmp_path: Path) -> None:
    without = a_case(number=OTHER_NUMBER, received=after(5), reply_by=after(6), source="Market Square")
    record = load(make_board(tmp_path, CASE, without, lines=[PUBLISHED]))
    assert [entry.case for entry in record.entries["acme"]] == [CASE, without]
    assert record.faults == ()


def test_a_file_that_differs_from_the_ledger_is_not_remembered_as_good(tmp_path: Path) -> None:
    content, memory = make_board(tmp_path, CASE, lines=[PUBLISHED]), Memory()
    load(content, memory)
    put_case(content, replace(CASE, reply_by=after(240)))
    load(content, memory)
    assert memory.kept[FILE] == write_case(CASE)


def test_the_last_good_version_of_a_file_has_the_ledgers_times_too(tmp_path: Path) -> None:
    content, memory = make_board(tmp_path, replace(CASE, reply_by=after(240), source="Market Square")), Memory()
    load(content, memory)
    put(content / LEDGER, write_ledger([PUBLISHED]))
    put(content / FILE, "not a case")
    assert the_entry(load(content, memory)) == Entry(CASE, FILE, Standing.LAST_GOOD)


def test_a_case_that_cannot_have_been_received_when_the_ledger_says_is_a_placeholder(tmp_path: Path) -> None:
    late = a_line(received=after(4), outcome=LedgerOutcome.PUBLISHED)
    content, memory = make_board(tmp_path, CASE), Memory()
    load(content, memory)
    put(content / LEDGER, write_ledger([late]))
    record = load(content, memory)
    entry = the_entry(record)
    assert (entry.standing, entry.case.received, entry.case.events) == (Standing.PLACEHOLDER, after(4), ())
    assert f"{FILE}: found an event before the receipt, expected a time from `received` on" in faults(record)


# --- No case that was received here is imported ---


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"source": "Market Square"}, ["source: found 'Market Square'"]),
        ({"url": "https://market.example/1"}, ["url: found 'https://market.example/1'"]),
        (
            {"source": "Market Square", "url": "https://market.example/1"},
            ["source: found 'Market Square'", "url: found 'https://market.example/1'"],
        ),
    ],
)
def test_a_case_with_a_line_in_the_ledger_cannot_be_declared_imported(
    tmp_path: Path, facts: dict[str, str], named: list[str]
) -> None:
    record = load(make_board(tmp_path, replace(CASE, **facts), lines=[PUBLISHED]))
    assert the_entry(record) == Entry(CASE, FILE)
    why = "expected nothing: the case has a line in the ledger, so it was received here"
    assert faults(record) == [f"{FILE}: {each}, {why}" for each in named]


@pytest.mark.parametrize("known", [True, False])
def test_nor_does_that_let_a_reply_go_unsigned(tmp_path: Path, *, known: bool) -> None:
    content, memory = make_board(tmp_path, *[CASE] * known, lines=[PUBLISHED]), Memory()
    load(content, memory)
    put_case(content, replace(CASE, source="Market Square", events=(replace(REPLY, name=None),)))
    record = load(content, memory)
    entry = the_entry(record)
    assert entry.standing is (Standing.LAST_GOOD if known else Standing.PLACEHOLDER)
    assert entry.case.imported is False
    assert f"{FILE}: name: found nothing at the reply of 2026-11-02T12:00:00Z, expected the key name" in faults(record)


def test_what_is_imported_has_no_line_and_no_fault(tmp_path: Path) -> None:
    content = make_board(tmp_path, CASE, lines=[PUBLISHED])
    turns = '{"turns": [{"who": "customer", "at": "2026-11-02T09:00:00Z", "text": "Late."}, '
    turns += '{"who": "company", "at": "2026-11-02T10:00:00Z", "text": "Sorry."}], "url": "https://market.example/1"}\n'
    inbox = make_inbox(tmp_path)
    publisher = Publisher(content, tmp_path / "locks", inbox)
    done = import_file(put(tmp_path / "export.jsonl", turns), a_company(), "Market Square", publisher)
    publisher.write_ledger()
    inbox.close()
    record = load(content)
    assert done.cases[Put.ADDED] == 1
    assert record.ledgers["acme"] == (PUBLISHED,)
    assert record.faults == ()
    assert [entry.case.source for entry in record.entries["acme"] if entry.case != CASE] == ["Market Square"]


# --- Each number once ---


@pytest.mark.parametrize("outcome", [LedgerOutcome.PUBLISHED, LedgerOutcome.WAITING])
def test_a_forged_earlier_case_of_another_company_does_not_take_the_number(
    tmp_path: Path, outcome: LedgerOutcome
) -> None:
    record = load(make_board(tmp_path, CASE, FORGED, lines=[replace(PUBLISHED, outcome=outcome)]))
    assert the_entry(record) == Entry(CASE, FILE)
    forged = the_entry(record, "bolt")
    assert (forged.standing, forged.case.text) == (Standing.PLACEHOLDER, "")
    assert faults(record) == [f"{forged.path}: found the number {NUMBER} a second time, expected a number of its own"]


@pytest.mark.parametrize("broken", [True, False], ids=["the true file is broken", "the true file is gone"])
def test_nor_does_it_where_the_true_case_cannot_be_read(tmp_path: Path, *, broken: bool) -> None:
    content = make_board(tmp_path, FORGED, lines=[PUBLISHED])
    if broken:
        put(content / FILE, "not a case")
    record = load(content)
    assert the_entry(record).standing is (Standing.PLACEHOLDER if broken else Standing.MISSING)
    assert the_entry(record).case.received == START
    assert the_entry(record, "bolt").standing is Standing.PLACEHOLDER


def test_of_two_files_of_a_company_the_one_where_the_ledger_says_keeps_the_number(tmp_path: Path) -> None:
    october = START - timedelta(days=20)
    forged = replace(CASE, received=october, reply_by=october + timedelta(hours=24), text="All is well.")
    record = load(make_board(tmp_path, CASE, forged, lines=[PUBLISHED]))
    assert the_entry(record) == Entry(CASE, FILE)
    path = case_path("acme", october, NUMBER)
    assert f"{path}: found the number {NUMBER} a second time, expected a number of its own" in faults(record)


def test_no_company_has_a_number_twice_where_it_belongs_to_another(tmp_path: Path) -> None:
    earlier = replace(FORGED, received=FORGED.received - timedelta(days=30))
    content = make_board(tmp_path, CASE, FORGED, earlier, lines=[PUBLISHED])
    record = load(content)
    assert the_entry(record) == Entry(CASE, FILE)
    assert the_entry(record, "bolt").standing is Standing.PLACEHOLDER
    build(content, tmp_path / "public", tmp_path / "cache", after(9))


def test_an_entry_stands_where_the_ledger_says_in_the_order_of_receipt(tmp_path: Path) -> None:
    first = a_case(number=OTHER_NUMBER, received=after(1))
    moved: Case = replace(CASE, received=after(2), reply_by=after(26))
    record = load(make_board(tmp_path, first, moved, lines=[PUBLISHED]))
    assert [entry.case.number for entry in record.entries["acme"]] == [NUMBER, OTHER_NUMBER]
