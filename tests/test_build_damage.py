"""A build whose cache, board or record is not what it was: what is spoilt costs time, and the next board is right."""

import os
import random
import select
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from amends.shelves import scan
from tests.effort import EFFORT
from tests.factories import put
from tests.kept import NUMBERS, assert_same, files_of
from tests.two import Two, ended, forked, two_boards


@pytest.fixture
def two() -> Iterator[Two]:
    with two_boards() as both:
        yield both


# --- A cache that is not what it was ---


def cut_short(file: Path, share: float) -> None:
    os.truncate(file, int(file.stat().st_size * share))


def overwrite(file: Path, start: float, stop: float) -> None:
    """Write nonsense over a part of a file."""
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.seek(int(size * start))
        opened.write(random.Random(0).randbytes(int(size * (stop - start))))


def of_another_version(file: Path) -> None:
    store = sqlite3.connect(file)
    store.execute("UPDATE setting SET value = 'another' WHERE key = 'version'")
    store.commit()
    store.close()


SPOILT: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "empty": lambda file: file.write_bytes(b""),
    "cut short": lambda file: cut_short(file, 0.3),
    "cut by a little": lambda file: cut_short(file, 0.97),
    "no database": lambda file: file.write_bytes(b"no database " * 10_000),
    "nonsense at its beginning": lambda file: overwrite(file, 0, 0.2),
    "nonsense in it": lambda file: overwrite(file, 0.3, 0.9),
    "nonsense at its end": lambda file: overwrite(file, 0.9, 1),
    "of another version": of_another_version,
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_store_that_is_spoilt_costs_time_only(two: Two, how: str) -> None:
    for which in (0, 1):
        SPOILT[how](two.folder / "cache" / "board.db")
        two.lay(which)
        two.mend()


def test_what_was_last_good_outlives_a_store_that_is_spoilt(two: Two) -> None:
    (path,) = two.content.glob(f"acme/*/*/{NUMBERS[2]}.md")
    overwrite(two.folder / "cache" / "board.db", 0, 0.5)
    path.write_text("nonsense")
    assert ended(forked(two.build)) == 0
    assert b"Parcel 2." in (two.folder / "public" / "acme" / NUMBERS[2] / "index.html").read_bytes()


@pytest.mark.parametrize("how", ["deleted", "empty", "cut short", "no database", "nonsense in it"])
def test_last_good_versions_that_are_spoilt_are_those_of_files_with_faults_alone(
    two: Two, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "YOUNG", 0)
    two.mend()
    (path,) = two.content.glob(f"acme/*/*/{NUMBERS[0]}.md")
    SPOILT[how](two.folder / "cache" / "last-good.db")
    two.lay(1)
    two.mend()
    path.write_text("nonsense")
    assert ended(forked(two.build)) == 0
    assert b"Parcel 0." in (two.folder / "public" / "acme" / NUMBERS[0] / "index.html").read_bytes()


@pytest.mark.parametrize("said", [None, b"", b"nonsense", b"[[1]]", b'[[[1,2],[3,4],"x",["../../x"]]]'])
def test_generations_that_nobody_knows_are_built_anew(two: Two, said: bytes | None) -> None:
    memory = two.folder / "cache" / "generations.json"
    memory.unlink() if said is None else memory.write_bytes(said)
    two.lay(1)
    two.mend()


def test_a_cache_of_another_record_is_of_no_use_and_no_harm(two: Two) -> None:
    two.content = shutil.copytree(two.content, two.folder / "another")
    two.lay(1)
    two.mend()


# --- A board, and a record, that change under the hands of the build ---


def test_what_is_removed_from_the_board_by_hand_comes_back_when_it_is_written_anew(two: Two) -> None:
    """Nobody else may write there, and a build does not look for it; but it harms nothing, and does not last."""
    page = two.folder / "public" / "acme" / "all" / "index.html"
    page.unlink()
    two.lay(1)
    two.mend()
    (two.folder / "public" / "404.html").unlink()
    two.lay(0)
    assert ended(forked(two.build)) == 0
    found = files_of(two.folder / "public")
    assert_same(found | {"404.html": two.boards[0]["404.html"]}, two.boards[0])
    shutil.rmtree(two.folder / "public")
    two.mend()


def removed(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def rewritten(path: Path) -> None:
    """Let a file say something else, or a file stand where a folder was."""
    said = path.read_text().replace("arcel", "ackage") if path.is_file() else "x"
    removed(path)
    put(path, said)


def moved(path: Path) -> None:
    path.rename(path.with_name(f"x{path.name}"))


@pytest.mark.parametrize("deed", [rewritten, removed, moved])
@pytest.mark.parametrize("event", ["open", "os.scandir"])
def test_what_changes_just_before_it_is_read_is_right_in_the_next_build(
    two: Two, event: str, deed: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "YOUNG", 0)
    records, boards = list(two.records), list(two.boards)
    for number in random.Random(EFFORT).sample(range(1, 9), min(2 * EFFORT, 8)):
        shutil.rmtree(two.content)
        two.records, two.boards = list(records), list(boards)
        two.lay(0)
        two.mend()
        two.lay(1)

        def work(number: int = number) -> None:
            left = [number]

            def hook(name: str, arguments: tuple[Any, ...]) -> None:
                if name == event and str(arguments[0]).startswith(f"{two.content}/acme/") and left[0]:
                    left[0] -= 1
                    if left[0] == 0:
                        deed(Path(arguments[0]))

            sys.addaudithook(hook)
            two.build()

        assert ended(forked(work)) == 0
        assert ended(forked(two.build)) == 0
        two.records[1] = files_of(two.content)
        two.boards[1] = two.built_from_nothing()
        two.mend()
        assert_same(files_of(two.folder / "public"), two.boards[1])


def test_a_record_that_never_stands_still_is_right_once_it_does(two: Two) -> None:
    for seed in range(EFFORT):
        stop, stopped = os.pipe()

        def churn(seed: int = seed, stop: int = stop, stopped: int = stopped) -> None:
            os.close(stopped)
            chance = random.Random(seed)
            while not select.select([stop], [], [], 0)[0]:
                name = chance.choice(sorted(two.records[0].keys() | two.records[1].keys()))
                if name != "board.toml":
                    said = chance.choice([*(record.get(name) for record in two.records), b"nonsense"])
                    (two.content / name).unlink(missing_ok=True) if said is None else put(two.content / name, said)

        churning = forked(churn)
        os.close(stop)
        try:
            for _ in range(4):
                assert ended(forked(two.build)) == 0
        finally:
            os.close(stopped)
            assert ended(churning) == 0
        two.lay(seed % 2)
        two.mend()
