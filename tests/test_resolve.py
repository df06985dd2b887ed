"""What the board may believe of one number: its files, its lines of the ledgers, and what the files said before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice, permutations
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amends.case import Case
from amends.record import Entry, Fault, LedgerLine, LedgerOutcome, RecordError, Standing, case_path, write_case
from amends.record.resolve import Found, Recall, Resolved, number_of, read_found, read_text, resolve
from tests.effort import EFFORT
from tests.factories import NUMBER, START, a_case, a_line, after, an_event, put

FILE = f"acme/2026/11/{NUMBER}.md"
ELSEWHERE = f"acme/2026/10/{NUMBER}.md"
CASE = a_case(text="Three weeks late.")
PUBLISHED = a_line(outcome=LedgerOutcome.PUBLISHED)
BROKEN = Found(FILE, None, (Fault(FILE, 3, "kind", "'rant'", "one of complaint"),))


def nothing(_: str) -> None:
    """Remember nothing."""


def kept(texts: Mapping[str, str]) -> Recall:
    return texts.get


def settled(*found: Found, lines: Mapping[str, LedgerLine] | None = None, recall: Recall = nothing) -> Resolved:
    return resolve(NUMBER, found, lines or {}, recall)


def told(faults: Iterable[Fault]) -> list[str]:
    return [str(fault) for fault in faults]


# --- One file ---


def test_a_file_without_fault_is_the_case_and_what_it_says_may_be_remembered() -> None:
    assert settled(Found(FILE, CASE)) == Resolved((Entry(CASE, FILE),), (), (FILE,))
    assert settled(Found(FILE, CASE), lines={"acme": PUBLISHED}) == Resolved((Entry(CASE, FILE),), (), (FILE,))


def test_a_file_that_says_other_times_than_the_ledger_has_those_of_the_ledger_and_is_not_remembered() -> None:
    line = replace(PUBLISHED, reply_by=after(48))
    found = settled(Found(FILE, CASE), lines={"acme": line})
    assert found.entries == (Entry(replace(CASE, reply_by=after(48)), FILE),)
    assert found.good == ()
    assert told(found.faults) == [
        f"{FILE}: reply_by: found 2026-11-03T09:00:00Z, expected 2026-11-04T09:00:00Z, as the ledger says"
    ]


def test_a_file_that_cannot_be_so_by_the_ledger_is_a_placeholder() -> None:
    early = a_case(an_event("reply", 1), text="x")
    found = settled(Found(FILE, early), lines={"acme": replace(PUBLISHED, received=after(2), reply_by=after(26))})
    (entry,) = found.entries
    assert (entry.standing, entry.case.received, entry.case.events) == (Standing.PLACEHOLDER, after(2), ())
    assert found.faults != ()
    assert found.good == ()


def test_of_a_file_with_a_fault_its_last_good_version_is_shown() -> None:
    found = settled(BROKEN, recall=kept({FILE: write_case(CASE)}))
    assert found.entries == (Entry(CASE, FILE, Standing.LAST_GOOD),)
    assert (found.faults, found.good) == (BROKEN.faults, ())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(None, {}, id="there is none"),
        pytest.param("not a case", {}, id="it has a fault by now"),
        pytest.param(write_case(replace(CASE, received=after(-24 * 9))), {}, id="it belongs elsewhere by now"),
        pytest.param(
            write_case(a_case(an_event("reply", 1), text="x")),
            {"acme": replace(PUBLISHED, received=after(2), reply_by=after(26))},
            id="the ledger says that it cannot be so",
        ),
    ],
)
def test_where_no_last_good_version_holds_a_placeholder_counts_as_unanswered(
    text: str | None, lines: dict[str, LedgerLine]
) -> None:
    found = settled(BROKEN, lines=lines, recall=kept({FILE: text} if text else {}))
    (entry,) = found.entries
    assert (entry.standing, entry.path) == (Standing.PLACEHOLDER, FILE)
    assert (entry.case.text, entry.case.events, entry.case.first_reply) == ("", (), None)
    assert entry.case.received == (lines["acme"].received if lines else datetime(2026, 11, 1, tzinfo=UTC))


def test_a_placeholder_in_a_folder_that_is_no_month_is_as_old_as_can_be() -> None:
    path = f"acme/2026/drafts/{NUMBER}.md"
    (entry,) = settled(Found(path, None, (Fault(path, None, None, "x", "y"),))).entries
    assert entry.case.received == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_file_whose_name_is_no_number_is_no_case_but_its_fault_is_told() -> None:
    slip = Fault("acme/2026/11/notes.md", 1, None, "x", "y")
    assert resolve("notes", [Found("acme/2026/11/notes.md", None, (slip,))], {}, nothing) == Resolved((), (slip,), ())


# --- No file ---


def test_what_the_ledger_calls_published_and_has_no_file_is_missing() -> None:
    found = settled(lines={"acme": PUBLISHED})
    (entry,) = found.entries
    assert (entry.standing, entry.path, entry.case.received) == (Standing.MISSING, FILE, START)
    assert told(found.faults) == [f"{FILE}: found no file, expected a file: the ledger says published"]


@pytest.mark.parametrize("outcome", [each for each in LedgerOutcome if each is not LedgerOutcome.PUBLISHED])
def test_what_the_ledger_does_not_call_published_needs_no_file(outcome: LedgerOutcome) -> None:
    assert settled(lines={"acme": a_line(outcome=outcome)}) == Resolved((), (), ())


# --- Several files ---


def in_bolt(case: Case) -> Found:
    return Found(case_path("bolt", case.received, case.number), replace(case, company="bolt"))


def test_of_two_companies_with_one_number_the_one_that_received_it_first_keeps_it() -> None:
    found = settled(Found(FILE, CASE), in_bolt(replace(CASE, received=after(-1))))
    first, second = found.entries
    assert (first.case.company, first.standing, first.case.text) == ("bolt", Standing.GOOD, CASE.text)
    assert (second.case.company, second.standing, second.case.text) == ("acme", Standing.PLACEHOLDER, "")
    assert second.case.received == CASE.received
    assert told(found.faults) == [f"{FILE}: found the number {NUMBER} a second time, expected a number of its own"]


def test_a_number_is_theirs_whose_ledger_has_it_however_early_the_other_says_that_it_came() -> None:
    found = settled(Found(FILE, CASE), in_bolt(replace(CASE, received=after(-9))), lines={"acme": PUBLISHED})
    assert [(entry.case.company, entry.standing) for entry in found.entries] == [
        ("acme", Standing.GOOD),
        ("bolt", Standing.PLACEHOLDER),
    ]


def test_a_copy_in_another_folder_adds_no_case_and_takes_no_place() -> None:
    copy = read_found(write_case(CASE), ELSEWHERE)
    found = settled(copy, Found(FILE, CASE))
    assert found.entries == (Entry(CASE, FILE),)
    assert {fault.path for fault in found.faults} == {ELSEWHERE}


# --- Whatever there is ---

MONTHS = (9, 10, 11)


@dataclass(frozen=True)
class Held:
    """What one company has under the number: files by month, what they said before, and a line."""

    company: str
    files: tuple[tuple[int, str], ...]
    outcome: LedgerOutcome | None
    received: datetime


def held(company: str) -> st.SearchStrategy[Held]:
    files = st.lists(
        st.tuples(st.sampled_from(MONTHS), st.sampled_from(["good", "broken", "broken since"])),
        max_size=3,
        unique_by=lambda file: file[0],
    )
    received = st.sampled_from([START.replace(month=month, day=day) for month in MONTHS for day in (2, 3)])
    return st.builds(Held, st.just(company), files.map(tuple), st.sampled_from([None, *LedgerOutcome]), received)


def files_of(each: Held) -> tuple[list[Found], dict[str, str]]:
    """The files of a company, and what those said before that are broken since."""
    found: list[Found] = []
    before: dict[str, str] = {}
    for month, state in each.files:
        received = START.replace(month=month)
        case = a_case(company=each.company, received=received, text=f"{each.company} {month}")
        path = case_path(each.company, received, NUMBER)
        broken = Found(path, None, (Fault(path, 1, None, "a slip", "none"),))
        found.append(Found(path, case) if state == "good" else broken)
        if state == "broken since":
            before[path] = write_case(case)
    return found, before


@given(held("acme"), held("bolt"))
@settings(max_examples=200 * EFFORT, deadline=None)
@example(
    Held("acme", ((11, "broken since"),), LedgerOutcome.PUBLISHED, START),
    Held("bolt", ((9, "good"), (11, "good")), None, START),
)
def test_nothing_that_there_is_vanishes_and_no_number_is_two_cases(acme: Held, bolt: Held) -> None:
    found: list[Found] = []
    before: dict[str, str] = {}
    for each in (acme, bolt):
        files, texts = files_of(each)
        found += files
        before |= texts
    lines = {
        each.company: a_line(received=each.received, outcome=each.outcome, reason=None)
        for each in (acme, bolt)
        if each.outcome is not None
    }
    done = resolve(NUMBER, found, lines, kept(before))
    # Each company that has anything of the number has one page for it, and one of them has words at most.
    due = {file.company for file in found} | {
        slug for slug, line in lines.items() if line.outcome is LedgerOutcome.PUBLISHED
    }
    assert sorted(entry.case.company for entry in done.entries) == sorted(due)
    assert sum(bool(entry.case.text) for entry in done.entries) <= 1
    assert {entry.case.number for entry in done.entries} <= {NUMBER}
    # Each file is shown as it is, or it is named.
    shown = {entry.path for entry in done.entries if entry.standing is Standing.GOOD}
    named = {fault.path for fault in done.faults}
    assert {file.path for file in found} <= shown | named
    assert all(entry.path in named for entry in done.entries if entry.standing is not Standing.GOOD)
    # Only what has no fault by itself is remembered.
    assert set(done.good) <= {file.path for file in found if file.case is not None}
    # In whatever order the files are found.
    for other in (found[::-1], *islice(permutations(found), 6)):
        assert resolve(NUMBER, other, lines, kept(before)) == done


# --- Reading a file ---


def test_a_case_is_read_by_its_place() -> None:
    assert read_found(write_case(CASE), FILE) == Found(FILE, CASE)
    assert (Found(FILE, None).company, Found(FILE, None).number) == ("acme", NUMBER)
    assert number_of(FILE) == NUMBER
    assert case_path("acme", START, NUMBER) == FILE


@pytest.mark.parametrize("path", [ELSEWHERE, "acme/2026/11/2abc4def.md", f"acme/2026/11/x/{NUMBER}.md"])
def test_a_case_in_another_place_is_a_fault_that_names_its_own(path: str) -> None:
    found = read_found(write_case(CASE), path)
    assert found.case is None
    assert any(FILE in str(fault) or NUMBER in str(fault) for fault in found.faults)


def test_a_file_of_more_than_its_size_is_refused_but_a_ledger_may_be_long(tmp_path: Path) -> None:
    long = "x" * (262_144 + 1)
    with pytest.raises(RecordError, match="a huge file"):
        read_text(put(tmp_path / "a.md", long), "a.md")
    assert read_text(put(tmp_path / "a.csv", long), "a.csv") == long
    assert read_text(put(tmp_path / "b.md", long[:-1]), "b.md") == long[:-1]
