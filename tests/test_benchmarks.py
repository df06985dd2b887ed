"""The benchmark runs, and what it measures is what it says: the figures themselves are the machine's."""

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from benchmarks import desk, hugo
from benchmarks.records import NOW, a_case, a_changed_case, change_record, change_site, write_record, write_site

from amends.case import Case
from amends.desk.inbox_list import List
from amends.desk.shelf import Shelf
from amends.inbox.people import Person
from amends.record import Current, load
from tests.factories import put

ROOT = Path(__file__).parents[1]
COUNT = 20


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_prints_a_row_for_each_build_and_leaves_nothing_but_the_results(tmp_path: Path) -> None:
    asked = ["--cases", str(COUNT), "--runs", "1", "--modes", "full,nothing,answer", "--settle", "0"]
    where = ["--python", sys.executable, "--hugo", "", "--work", str(tmp_path)]
    command = [sys.executable, str(ROOT / "benchmarks" / "build.py"), *asked, *where]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    versions, header, *rows = done.stdout.splitlines()
    assert {"python", "sqlite", "hugo none", "kernel", "processors"} <= {
        part for name in versions.split(", ") for part in (name, name.split()[0])
    }
    assert header.split()[:3] == ["cases", "what", "who"]
    expected = ["everything, cold cache  amends  ", "everything, cold cache  amends --jobs 2  "]
    expected += ["nothing changed         amends  "]
    expected += ["one case answered       amends  ", "one case answered       amends --changed  "]
    assert len(rows) == len(expected)
    for row, start in zip(rows, expected, strict=True):
        assert row.startswith(f"{COUNT:>7}  {start}")

    assert [path.name for path in tmp_path.iterdir()] == ["results.jsonl"]
    results = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    whole, whole_too, nothing, *answered = [result["files"] for result in results]
    assert whole == whole_too > COUNT
    assert nothing == 0
    assert all(0 < files < whole / 2 for files in answered)
    assert all(result["user"] > 0 and result["memory"] > 10_000_000 for result in results)


def test_a_failed_build_is_told_and_no_figure_is_printed(tmp_path: Path) -> None:
    broken = put(tmp_path / "python", "#!/bin/sh\necho no such thing >&2\nexit 3\n")
    broken.chmod(0o755)
    command = [sys.executable, str(ROOT / "benchmarks" / "build.py"), "--python", str(broken), "--work", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no such thing" in done.stderr
    assert done.stdout == ""


def test_the_record_is_without_fault_and_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_record(tmp_path / name, COUNT)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    record = load(tmp_path / "one")
    cases = [entry.case for entries in record.entries.values() for entry in entries]
    assert record.faults == ()
    assert len(record.companies) == 8
    assert {case.number: case for case in cases} == {case.number: case for case in map(of_count, range(COUNT))}


def of_count(index: int) -> Case:
    return a_case(index, COUNT)


def test_of_many_cases_four_fifths_are_answered_in_every_language_and_nothing_is_of_later() -> None:
    cases = [a_case(index, 1000) for index in range(1000)]
    assert len({case.number for case in cases}) == 1000
    assert {case.language for case in cases} == {"en", "de", "fr", "es", "ru", "ja", "ar", "hi"}
    assert 750 <= sum(bool(case.replies) for case in cases) <= 850
    assert {event.event for case in cases for event in case.events} >= {"promise", "kept", "broken", "verdict"}
    assert max(event.at for case in cases for event in case.events) <= NOW
    assert (cases[-1].received - cases[0].received).days in range(6 * 365, 7 * 366)


@pytest.mark.parametrize("kind", ["text", "answer", "new"])
def test_each_change_changes_one_case_to_something_new_and_leaves_no_fault(tmp_path: Path, kind: str) -> None:
    write_record(tmp_path, COUNT)
    for turn in range(6):
        before = files_of(tmp_path)
        written = {
            str(path.relative_to(tmp_path)) for path in change_record(tmp_path, a_changed_case(kind, turn, COUNT))
        }
        after = files_of(tmp_path)
        assert {name for name in after if after[name] != before.get(name)} == written
        assert len([name for name in written if name.endswith(".md")]) == 1
    record = load(tmp_path)
    assert record.faults == ()
    assert sum(map(len, record.entries.values())) == COUNT + (6 if kind == "new" else 0)


def test_hugo_gets_the_same_words(tmp_path: Path) -> None:
    write_site(tmp_path, COUNT)
    case = a_changed_case("answer", 0, COUNT)
    change_site(tmp_path, case)
    for shown in [case, *(each for each in map(of_count, range(COUNT)) if each.number != case.number)]:
        page = (tmp_path / hugo.page_path(shown)).read_text("utf-8")
        for words in (shown.text, *(reply.text or "" for reply in shown.replies)):
            assert words in page


def the_load(tmp_path: Path, said: str) -> subprocess.CompletedProcess[str]:
    """Measure intake with something in the place of wrk that sends nothing and says that."""
    put(tmp_path / "wrk", f"#!/bin/sh\necho {said}\n").chmod(0o755)
    command = [sys.executable, str(ROOT / "benchmarks" / "intake.py"), "--rounds", "1", "--only", "a commit each"]
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_it_prints_what_each_page_of_the_desk_costs(tmp_path: Path) -> None:
    asked = ["--open", "8", "--closed", "8", "--runs", "1", "--work", str(tmp_path)]
    command = [sys.executable, str(ROOT / "benchmarks" / "desk.py"), *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    header, *rows = done.stdout.splitlines()
    assert header.split() == ["page", "CPU", "ms", "a", "case", "changed"]
    names = [name for name, _ in desk.pages(of_count(0), of_count(1))]
    assert [row[:28].rstrip() for row in rows] == [*names, "the keeper's overview"]
    assert all(float(figure) > 0 for row in rows for figure in row[28:].split())
    assert list(tmp_path.iterdir()) == []


def test_at_the_desk_that_is_measured_as_many_cases_wait_as_are_asked_for(tmp_path: Path) -> None:
    settings, inbox = desk.write_house(tmp_path, 9, 4)
    with closing(inbox):
        person = Person(1, "olga", "Olga", "agent", desk.COMPANY)
        found = List(inbox, Shelf(Current(settings.content)), person, NOW)
        waiting = found.waiting()
        assert Counter(item.step for item in waiting) == {"read and publish": 5, "answer": 4}
        assert len(found.find("example.org", waiting)) == 5 + 4
    assert load(settings.content).faults == ()


def test_intake_that_keeps_less_than_it_gave_receipts_for_has_no_figure(tmp_path: Path) -> None:
    done = the_load(tmp_path, "RESULT 10 1000000 5 9 0")
    assert "20 receipts, and 0 rows are kept" in done.stderr
    assert "bare" not in done.stdout


def test_intake_that_refuses_has_no_figure(tmp_path: Path) -> None:
    done = the_load(tmp_path, "RESULT 10 1000000 5 9 3")
    assert "6 answers were no receipt" in done.stderr
    assert "bare" not in done.stdout


def test_what_makes_the_load_of_intake_is_named_where_it_is_missing(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "intake.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": str(tmp_path)})
    assert done.returncode == 1
    assert "apt-get install wrk" in done.stderr
