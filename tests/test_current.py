"""The record as it stands now."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from amends.record import Current, NotABoardError, case_file, find_case, load, write_case
from tests.factories import NUMBER, OTHER_NUMBER, a_case, company_toml, make_board, put, put_case

FILE = f"acme/2026/11/{NUMBER}.md"
CASE = a_case(text="Three weeks late.")
LATER = (1_900_000_000, 1_900_000_000)


def write_other_words(path: Path) -> None:
    """Change a file without changing its size or anything that its writer can set."""
    before = path.stat()
    other = path.read_text().swapcase()
    while path.stat().st_ctime_ns == before.st_ctime_ns:  # the file system's clock ticks every few milliseconds
        path.write_text(other)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def write_more_words(path: Path) -> None:
    """Change a file's size and leave its time as it was."""
    before = path.stat()
    path.write_text(path.read_text() * 2)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_by_a_copy(path: Path) -> None:
    shutil.copy2(path, path.with_name(".copy"))
    path.with_name(".copy").replace(path)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda content: write_more_words(content / FILE), id="more words, same time"),
        pytest.param(lambda content: os.utime(content / FILE, LATER), id="touched"),
        pytest.param(lambda content: write_other_words(content / FILE), id="other words, same size and time"),
        pytest.param(lambda content: replace_by_a_copy(content / FILE), id="replaced"),
        pytest.param(lambda content: (content / FILE).unlink(), id="deleted"),
        pytest.param(lambda content: (content / FILE).rename(content / "acme" / "2026" / "x.md"), id="moved"),
        pytest.param(lambda content: (content / "acme").rename(content / "bolt"), id="folder renamed"),
        pytest.param(lambda content: put_case(content, replace(CASE, number=OTHER_NUMBER)), id="new case"),
        pytest.param(lambda content: put(content / "bolt" / "company.toml", company_toml()), id="new company"),
        pytest.param(lambda content: put(content / "acme/ledger/2026-11.csv", "case"), id="new ledger"),
        pytest.param(lambda content: put(content / "board.toml", ""), id="board"),
        pytest.param(lambda content: (content / "acme" / "x").symlink_to("/"), id="new link"),
    ],
)
def test_the_record_is_another_one_after(tmp_path: Path, change: Callable[[Path], object]) -> None:
    content = make_board(tmp_path, CASE)
    current = Current(content)
    before = current()
    change(content)
    assert current() is not before
    assert current() == load(content)


def test_the_record_stays_where_nothing_of_it_changes(tmp_path: Path) -> None:
    content = make_board(tmp_path, CASE)
    current = Current(content)
    before = current()
    (content / FILE).read_text()
    put(content / ".git" / "HEAD", "ref: refs/heads/main")
    assert current() is before


def test_the_record_is_read_again_only_after_a_change(tmp_path: Path) -> None:
    content = make_board(tmp_path, CASE)
    current = Current(content)
    first = current()
    assert current() is first
    put_case(content, replace(CASE, number=OTHER_NUMBER))
    assert len(current().entries["acme"]) == 2
    assert current() is current()


def test_a_record_that_goes_away_is_no_board_and_is_there_again_when_it_comes_back(tmp_path: Path) -> None:
    content = make_board(tmp_path, CASE)
    current = Current(content)
    current()
    content.rename(tmp_path / "away")
    with pytest.raises(NotABoardError):
        current()
    (tmp_path / "away").rename(content)
    assert current().entry("acme", NUMBER).case == CASE


def test_a_case_is_found_whatever_its_month(tmp_path: Path) -> None:
    content = make_board(tmp_path, CASE)
    assert case_file(content, "acme", NUMBER) == content / FILE
    assert find_case(content, "acme", NUMBER) == CASE
    put(content / FILE, write_case(replace(CASE, author="Anna")))
    assert find_case(content, "acme", NUMBER) == replace(CASE, author="Anna")


@pytest.mark.parametrize("number", [OTHER_NUMBER, "", "*", "????????", "../7k3m9qxz", "7K3M9QXZ"])
def test_there_is_no_other_case(tmp_path: Path, number: str) -> None:
    content = make_board(tmp_path, CASE)
    assert case_file(content, "acme", number) is None
    assert find_case(content, "acme", number) is None


def test_a_case_with_a_fault_is_not_found_but_its_file_is(tmp_path: Path) -> None:
    content = make_board(tmp_path, CASE)
    put(content / FILE, "not a case")
    assert find_case(content, "acme", NUMBER) is None
    assert case_file(content, "acme", NUMBER) == content / FILE
