"""Reading a whole record, as far as it can be read."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from amends.case import SHAPES, State, state
from amends.record import (
    Company,
    Current,
    Entry,
    LedgerLine,
    LedgerOutcome,
    NotABoardError,
    Record,
    RecordError,
    Standing,
    load,
    write_case,
    write_ledger,
)
from amends.shelves.memory import LastGood
from tests.factories import (
    NUMBER,
    OTHER_NUMBER,
    START,
    a_case,
    a_company,
    a_line,
    after,
    company_toml,
    make_board,
    put,
    put_case,
)

EXAMPLE = Path(__file__).parents[1] / "content"
FILE = f"acme/2026/11/{NUMBER}.md"
PUBLISHED = a_line(outcome=LedgerOutcome.PUBLISHED, at=after(1))
CASE = a_case(text="Three weeks late.")


class Memory:
    """A memory that a test can look into."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def recall(self, path: str) -> str | None:
        return self.kept.get(path)

    def keep(self, path: str, text: str) -> None:
        self.kept[path] = text


def the_entry(record: Record, slug: str = "acme") -> Entry:
    (entry,) = record.entries[slug]
    return entry


def faults(record: Record) -> list[str]:
    return [str(fault) for fault in record.faults]


def test_a_record_without_fault_is_read_as_it_was_written(tmp_path: Path) -> None:
    content = make_board(tmp_path, CASE, lines=[PUBLISHED])
    record = load(content)
    assert record.entries == {"acme": (Entry(CASE, FILE),)}
    assert record.ledgers == {"acme": (PUBLISHED,)}
    assert record.companies == (a_company(),)
    assert record.faults == ()


def test_cases_stand_in_the_order_of_their_receipt_whatever_their_names(tmp_path: Path) -> None:
    late, early = a_case(number="00000000", received=after(900)), a_case(number="zzzzzzzz", received=after(-900))
    record = load(make_board(tmp_path, late, CASE, early))
    assert [entry.case for entry in record.entries["acme"]] == [early, CASE, late]


def test_a_file_with_a_fault_is_shown_as_it_was_when_it_last_had_none(tmp_path: Path) -> None:
    content, memory = make_board(tmp_path, CASE), Memory()
    load(content, memory)
    put(content / FILE, write_case(CASE).replace("kind: complaint", "kind: rant"))
    record = load(content, memory)
    assert the_entry(record) == Entry(CASE, FILE, Standing.LAST_GOOD)
    assert faults(record)[0].startswith(f"{FILE}:3: kind: found 'rant', expected one of complaint")
    assert memory.kept[FILE] == write_case(CASE)


def test_a_file_that_never_was_without_fault_is_a_placeholder_that_counts_as_unanswered(tmp_path: Path) -> None:
    content = make_board(tmp_path, lines=[PUBLISHED])
    put(content / FILE, "not a case")
    entry = the_entry(load(content, Memory()))
    assert entry.standing is Standing.PLACEHOLDER
    assert (entry.case.number, entry.case.received, entry.case.text) == (NUMBER, START, "")
    assert state(entry.case, START + timedelta(days=9)) is State.OVERDUE


def test_a_placeholder_of_which_the_ledger_knows_nothing_is_dated_by_its_folder(tmp_path: Path) -> None:
    content = make_board(tmp_path)
    put(content / FILE, "not a case")
    assert the_entry(load(content)).case.received == datetime(2026, 11, 1, tzinfo=UTC)


def test_a_published_case_without_a_file_is_missing_and_counts_as_unanswered(tmp_path: Path) -> None:
    record = load(make_board(tmp_path, lines=[PUBLISHED]))
    entry = the_entry(record)
    assert (entry.standing, entry.path, entry.case.received) == (Standing.MISSING, FILE, START)
    assert faults(record) == [f"{FILE}: found no file, expected a file: the ledger says published"]
    assert state(entry.case, after(24)) is State.OVERDUE


@pytest.mark.parametrize("outcome", [each for each in LedgerOutcome if each is not LedgerOutcome.PUBLISHED])
def test_a_case_that_is_not_published_needs_no_file(tmp_path: Path, outcome: LedgerOutcome) -> None:
    reason = "spam" if outcome is LedgerOutcome.WITHHELD else None
    text = write_ledger([a_line(outcome=outcome, reason=reason)])
    record = load(put(make_board(tmp_path) / "acme/ledger/2026-11.csv", text).parents[2])
    assert (record.entries["acme"], record.faults) == ((), ())
    assert len(record.ledgers["acme"]) == 1


def test_a_faulty_ledger_still_counts_the_lines_that_can_be_read(tmp_path: Path) -> None:
    content = make_board(tmp_path, CASE)
    put(content / "acme/ledger/2026-11.csv", write_ledger([PUBLISHED]) + "what?\n")
    record = load(content)
    assert record.ledgers["acme"] == (PUBLISHED,)
    assert faults(record)[0].startswith("acme/ledger/2026-11.csv:3: found 1 fields")


def test_a_case_in_two_months_of_the_ledger_is_named_and_counted_once(tmp_path: Path) -> None:
    content = make_board(tmp_path, lines=[PUBLISHED])
    put(content / "acme/ledger/2026-12.csv", write_ledger([PUBLISHED]))
    record = load(content)
    assert record.ledgers["acme"] == (PUBLISHED,)
    assert the_entry(record).standing is Standing.MISSING
    assert any(fault.startswith("acme/ledger/2026-12.csv") for fault in faults(record))


def test_of_two_cases_with_one_number_the_one_received_first_keeps_it(tmp_path: Path) -> None:
    later = replace(CASE, company="bolt", received=after(1), reply_by=after(25))
    record = load(make_board(tmp_path, CASE, later))
    assert the_entry(record, "acme") == Entry(CASE, FILE)
    assert the_entry(record, "bolt").standing is Standing.PLACEHOLDER
    assert the_entry(record, "bolt").case.text == ""
    assert faults(record) == [
        f"bolt/2026/11/{NUMBER}.md: found the number {NUMBER} a second time, expected a number of its own"
    ]


@pytest.mark.parametrize("folder", ["acme/2026/10", "acme/2026/12", "acme/2026/drafts", "acme/0000/11"])
def test_a_file_in_the_wrong_folder_is_named_and_does_not_vanish(tmp_path: Path, folder: str) -> None:
    content = make_board(tmp_path)
    put(content / folder / f"{NUMBER}.md", write_case(CASE))
    record = load(content)
    assert the_entry(record).case.number == NUMBER
    assert faults(record)[0] == f"{folder}/{NUMBER}.md: found the file in this place, expected {FILE}"


@pytest.mark.parametrize("folder", ["acme", "acme/2026", "acme/2026/11/old"])
def test_a_case_file_where_no_case_can_stand_is_named(tmp_path: Path, folder: str) -> None:
    content = make_board(tmp_path)
    put(content / folder / f"{NUMBER}.md", write_case(CASE))
    assert any(f"{folder}/{NUMBER}.md" in fault for fault in faults(load(content)))


@pytest.mark.parametrize("month", ["10", "12"])
@pytest.mark.parametrize("lines", [(), (PUBLISHED,)], ids=["not in the ledger", "in the ledger"])
def test_a_copy_in_another_month_does_not_take_the_place_of_the_case(
    tmp_path: Path, month: str, lines: tuple[LedgerLine, ...]
) -> None:
    content = make_board(tmp_path, CASE, lines=lines)
    put(content / f"acme/2026/{month}/{NUMBER}.md", write_case(CASE))
    record = load(content)
    assert record.entry("acme", NUMBER) == Entry(CASE, FILE)
    assert f"acme/2026/{month}/{NUMBER}.md: found the file in this place, expected {FILE}" in faults(record)


@pytest.mark.parametrize(
    "links",
    [
        pytest.param({FILE: "kept/case.md"}, id="case file"),
        pytest.param({"acme/2026/11": "kept/month"}, id="month"),
        pytest.param({"acme/2026": "kept/year"}, id="year"),
        pytest.param({"acme/ledger": "kept/ledger"}, id="folder of the ledger"),
        pytest.param({"acme/ledger/2026-11.csv": "kept/ledger/2026-11.csv"}, id="ledger"),
        pytest.param({"bolt": "kept/bolt"}, id="company"),
    ],
)
def test_no_symbolic_link_leads_out_of_the_record(tmp_path: Path, links: dict[str, str]) -> None:
    content, kept = make_board(tmp_path), tmp_path / "kept"
    put(kept / "bolt/company.toml", company_toml())
    put(kept / "ledger/2026-11.csv", write_ledger([PUBLISHED]))
    for inside in ("case.md", f"month/{NUMBER}.md", f"year/11/{NUMBER}.md"):
        put(kept / inside, write_case(CASE))
    for link, target in links.items():
        (content / link).parent.mkdir(parents=True, exist_ok=True)
        (content / link).symlink_to(tmp_path / target)
    record = load(content)
    assert CASE not in [entry.case for entry in record.entries["acme"]]
    assert record.ledgers == {"acme": ()}
    assert record.companies == (a_company(),)
    assert [fault.path for fault in record.faults] == list(links)


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = make_board(tmp_path, CASE)
    os.truncate(content / FILE, 40_000_000)
    read: list[str] = []
    read_bytes = Path.read_bytes

    def noted(path: Path) -> bytes:
        read.append(path.name)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", noted)
    record = load(content)
    assert faults(record) == [f"{FILE}: found a huge file, expected at most 262144 bytes"]
    assert the_entry(record).standing is Standing.PLACEHOLDER
    assert read == ["board.toml", "company.toml"]


def test_bytes_that_are_not_utf_8_are_named_with_their_line(tmp_path: Path) -> None:
    content = make_board(tmp_path, CASE)
    lines = write_case(CASE).encode().split(b"\n")
    put(content / FILE, b"\n".join([*lines[:3], b"author: J\xfcrgen", *lines[3:]]))
    assert faults(load(content)) == [f"{FILE}:4: found bytes that are not UTF-8, expected text in UTF-8"]


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_ordinary_file_is_a_placeholder(tmp_path: Path, make: Callable[[Path], None]) -> None:
    content = put_case(make_board(tmp_path), replace(CASE, number=OTHER_NUMBER)).parents[3]
    make(content / FILE)
    record = load(content)
    assert record.entry("acme", NUMBER).standing is Standing.PLACEHOLDER
    assert faults(record) == [f"{FILE}: found no ordinary file, expected a file"]


def test_files_with_names_that_no_case_has_are_named_and_dotfiles_are_left_alone(tmp_path: Path) -> None:
    content = make_board(tmp_path, CASE)
    put(content / "acme/2026/11/notes.md", "remember the milk")
    put(content / "acme/2026/11/.7k3m9qxz.md.swp.md", "half")
    record = load(content)
    assert the_entry(record).case == CASE
    assert [fault.path for fault in record.faults] == ["acme/2026/11/notes.md"]


@pytest.mark.parametrize("remember", [True, False])
def test_a_file_name_that_is_not_utf_8_is_a_fault_like_any_other(tmp_path: Path, *, remember: bool) -> None:
    content = make_board(tmp_path, CASE)
    (content / "acme/2026/11" / os.fsdecode(b"J\xfcrgen.md")).write_text("hello")
    memory = LastGood(tmp_path / "cache") if remember else None
    assert the_entry(load(content, memory)).case == CASE
    assert Current(content)().faults


def test_a_broken_company_toml_leaves_the_last_good_one_in_force(tmp_path: Path) -> None:
    content, memory = make_board(tmp_path, CASE), Memory()
    load(content, memory)
    put(content / "acme/company.toml", "name = Acme")
    record = load(content, memory)
    assert record.companies == (a_company(),)
    assert the_entry(record) == Entry(CASE, FILE)
    assert faults(record)[0].startswith("acme/company.toml:1: found what TOML cannot read")


def test_a_company_of_which_nothing_can_be_read_is_called_by_its_slug_and_its_cases_are_shown(tmp_path: Path) -> None:
    content = make_board(tmp_path, CASE)
    put(content / "acme/company.toml", "\xff".encode("latin-1"))
    record = load(content)
    assert record.companies == (Company("acme", "acme", "https://invalid.example/"),)
    assert the_entry(record) == Entry(CASE, FILE)
    assert faults(record)[0].startswith("acme/company.toml:1: found bytes that are not UTF-8")


@pytest.mark.parametrize("slug", ["desk", "Acme", "acme-"])
def test_a_company_with_a_name_that_cannot_be_is_refused(tmp_path: Path, slug: str) -> None:
    content = make_board(tmp_path)
    put(content / slug / "company.toml", company_toml())
    record = load(content)
    assert [company.slug for company in record.companies] == ["acme"]
    assert faults(record) == [
        f"{slug}/company.toml: found the folder name {slug!r}, expected a slug that is not reserved"
    ]


def test_a_folder_without_board_toml_is_no_board(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotABoardError, match=r"is no board: it has no board\.toml \(amends init makes one\)"):
            load(folder)


def test_a_broken_board_toml_leaves_the_last_good_one_in_force_and_without_one_nothing_is_read(tmp_path: Path) -> None:
    content, memory = make_board(tmp_path, CASE), Memory()
    board = load(content, memory).board
    put(content / "board.toml", "titel = 'Board'")
    record = load(content, memory)
    assert record.board == board
    assert the_entry(record) == Entry(CASE, FILE)
    assert faults(record)[0].startswith("board.toml:1: titel: found an unknown key")
    with pytest.raises(RecordError, match=r"board\.toml:1: titel"):
        load(content)


def test_the_example_record_has_no_fault_and_meets_every_state_and_every_event() -> None:
    record, now = load(EXAMPLE), datetime(2026, 11, 22, 12, tzinfo=UTC)
    entries = [(company.zone, entry) for company in record.companies for entry in record.entries[company.slug]]
    assert faults(record) == []
    assert {entry.standing for _, entry in entries} == {Standing.GOOD}
    assert {state(entry.case, now, zone) for zone, entry in entries} == set(State)
    assert {(event.by, event.event) for _, entry in entries for event in entry.case.events} == set(SHAPES)
