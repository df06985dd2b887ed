"""Two generations of the board: what is served is whole at every instant, and the next build mends the other one."""

import json
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from amends.generator import generations
from amends.generator.generations import Generations
from amends.generator.search import FOLDER, NOTE
from amends.generator.swap import put_in_place
from amends.record import write_whole

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])

FIRST = {"index.html": "1", "a/1/index.html": "1", "a/2/index.html": "1", "a/feed.xml": "1"}
SECOND = {"index.html": "2", "a/1/index.html": "1", "a/3/index.html": "2", "a/feed.xml": "2", "c": "2"}
THIRD = {"index.html": "3", "a/1/index.html": "3", "a/3/index.html": "2", "b/1/index.html": "3", "c/index.html": "3"}
FOURTH = {"index.html": "4", "a/1/index.html": "3", "c": "4"}

Pages = Mapping[str, str]
Tree = dict[str, str]
OPERATIONS = ("open", "os.", "shutil.", "tempfile.", "ctypes.")
"""The audit events of what a build does to files. Each is told before it is done."""


# --- A builder, which remembers what is on the board, and writes in place as Frozen-Flask does ---


def known(root: Path) -> bool:
    there = Generations(root / "public", root / "cache")
    return there.known and there.mark == remembered(root)["mark"]


def remembered(root: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((root / "cache" / "pages.json").read_bytes())
    except FileNotFoundError:
        return {"mark": "", "pages": {}}
    return found


def build(root: Path, pages: Pages) -> None:
    out = root / "public"
    generation = Generations(out, root / "cache")
    if known(root):
        old = remembered(root)["pages"]
        write = {path for path in pages if pages[path] != old.get(path)}
        folder = generation.begin(write, old.keys() - pages.keys())
    else:
        write = set(pages)
        folder = generation.begin_anew()
        if (out / FOLDER).is_dir():
            shutil.copytree(out / FOLDER, folder / FOLDER)
    for path in sorted(write):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(pages[path])
    memory = {"mark": generation.finish(), "pages": dict(pages)}
    write_whole(root / "cache" / "pages.json", json.dumps(memory).encode())


def index(root: Path, words: str) -> None:
    """Make a search index of the board, as another command does. All say the same of themselves: the clock stands."""
    with tempfile.TemporaryDirectory(dir=root) as work:
        folder = Path(work) / FOLDER
        (folder / "fragment").mkdir(parents=True)
        (folder / "fragment" / "en.pf").write_text(words)
        (folder / NOTE).write_text("made at noon")
        put_in_place(folder, root / "public" / FOLDER)


def tree(folder: Path) -> Tree | None:
    """Return all that stands in a folder, folders too; None where there is no such folder."""
    if not folder.is_dir():
        return None
    names = sorted(folder.rglob("*"))
    return {name.relative_to(folder).as_posix(): name.read_text() if name.is_file() else "/" for name in names}


def as_tree(pages: Pages, words: str | None = None) -> Tree:
    searched = {} if words is None else {f"{FOLDER}/fragment/en.pf": words, f"{FOLDER}/{NOTE}": "made at noon"}
    files = {**pages, **searched}
    folders = {str(folder): "/" for path in files for folder in Path(path).parents if str(folder) != "."}
    return {**folders, **files}


def both(root: Path) -> tuple[Tree | None, Tree | None]:
    """Return what is served and the standby, when nothing else was left beside them."""
    assert {name.name for name in root.iterdir()} <= {"public", ".public.next", "cache"}
    return tree(root / "public"), tree(root / ".public.next")


def two_known(root: Path) -> None:
    """Build twice, and index twice."""
    for pages, words in (FIRST, "1"), (SECOND, "2"):
        build(root, pages)
        index(root, words)


# --- Another process, and another disk ---


def apart(task: Callable[..., None], *given: Any) -> int:
    """Run a task in another process; return its exit status: -9 where it was killed."""
    process = PROCESSES.Process(target=task, args=given)
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def in_memory() -> "tempfile.TemporaryDirectory[str]":
    """Return a folder in which a sync costs nothing, where there is one."""
    return tempfile.TemporaryDirectory(dir=next(filter(os.path.isdir, ["/dev/shm"]), None))


# --- Readers ---


def read(root: Path) -> None:
    """Read the board over and over; exit with 0 when fifty generations were seen, and no mixture of two."""
    public, seen = root / "public", set[str]()
    while len(seen) < 50:
        first = (public / "index.html").read_text()
        names = set(os.listdir(public))
        last = (public / "z" / "index.html").read_text()
        if first != (public / "index.html").read_text():
            continue  # the boards were exchanged in between: each file was asked for on its own
        if (first, names) != (last, {"index.html", "z", f"{int(first) % 3}.html"}):
            sys.exit(1)
        seen.add(first)


def numbered(number: int) -> Pages:
    return {path: str(number) for path in ("index.html", "z/index.html", f"{number % 3}.html")}


def test_readers_never_see_a_mixture() -> None:
    with in_memory() as folder:
        root = Path(folder)
        build(root, numbered(0))
        reader = PROCESSES.Process(target=read, args=(root,))
        reader.start()
        for number in count(1):
            build(root, numbered(number))
            if number >= 200 and not reader.is_alive():
                break
        reader.join()
        assert reader.exitcode == 0
        assert both(root) == (as_tree(numbered(number)), as_tree(numbered(number - 1)))


# --- What a build costs ---


def build_counted(root: Path, pages: Pages, target: Path) -> None:
    """Build, and write as many bytes as that takes operations."""
    with target.open("wb", buffering=0) as done:
        sys.addaudithook(lambda event, _: event.startswith(OPERATIONS) and done.write(b".") and None)
        build(root, pages)


def test_what_did_not_change_is_one_file_in_both_and_what_changed_is_two(tmp_path: Path) -> None:
    two_known(tmp_path)
    out, standby = tmp_path / "public", tmp_path / ".public.next"
    both_have = {path for path in FIRST.keys() & SECOND.keys() if (out / path).samefile(standby / path)}
    assert both_have == {"a/1/index.html"}
    build(tmp_path, SECOND | {"d": "4"})
    assert {path for path in SECOND if (out / path).samefile(standby / path)} == set(SECOND)


def test_a_build_does_as_much_to_a_large_board_as_to_a_small_one(tmp_path: Path) -> None:
    done = []
    for size in (3, 300):
        root, pages = tmp_path / str(size), {f"a/{number}/index.html": "1" for number in range(size)}
        for text in "12":
            build(root, pages | {"index.html": text})
        changed = pages | {"index.html": "3", "a/1/index.html": "3"}
        assert apart(build_counted, root, changed, tmp_path / f"{size}.txt") == 0
        done.append((tmp_path / f"{size}.txt").stat().st_size)
    assert done[0] == done[1] > 10


def test_a_second_generation_that_was_lost_is_made_of_the_first(tmp_path: Path) -> None:
    two_known(tmp_path)
    shutil.rmtree(tmp_path / ".public.next")
    build(tmp_path, SECOND | {"d": "3"})
    assert both(tmp_path) == (as_tree(SECOND | {"d": "3"}, "2"), as_tree(SECOND, "2"))
    assert (tmp_path / "public" / "a/3/index.html").samefile(tmp_path / ".public.next" / "a/3/index.html")


# --- What is not the board that the last build put there ---


@pytest.mark.parametrize("front", [{}, {"index.html": "1"}], ids=["without a front page", "with a front page"])
def test_a_board_that_was_moved_or_replaced_is_not_known(tmp_path: Path, front: Pages) -> None:
    build(tmp_path, front | {"a": "1"})
    out = tmp_path / "public"
    moved = out.rename(tmp_path / "moved")
    assert not known(tmp_path)
    shutil.copytree(moved, out)
    assert not known(tmp_path)
    shutil.rmtree(out)
    moved.rename(out)
    assert known(tmp_path)
    assert not Generations(tmp_path / "elsewhere", tmp_path / "cache").known


def test_a_folder_that_is_the_same_but_was_emptied_is_not_known(tmp_path: Path) -> None:
    build(tmp_path, FIRST)  # as a new one may have the number of the old
    for name in (tmp_path / "public").iterdir():
        shutil.rmtree(name) if name.is_dir() else name.unlink()
    assert not known(tmp_path)


def test_a_board_that_was_not_finished_is_not_known_even_where_somebody_put_it_in_place(tmp_path: Path) -> None:
    build(tmp_path, {"a": "1", "b": "1"})
    standby = Generations(tmp_path / "public", tmp_path / "cache").begin(["a"], [])
    shutil.rmtree(tmp_path / "public")
    standby.rename(tmp_path / "public")
    assert not Generations(tmp_path / "public", tmp_path / "cache").known


@pytest.mark.parametrize("text", ["", "[", "{}", "[1]", "null", '[[[1, 2], [3, 4], "mark", ["../a"]]]'])
def test_a_memory_that_cannot_be_read_knows_nothing(tmp_path: Path, text: str) -> None:
    two_known(tmp_path)
    (tmp_path / "cache" / "generations.json").write_text(text)
    build(tmp_path, THIRD)
    assert both(tmp_path) == (as_tree(THIRD, "2"), None)


@pytest.mark.parametrize("path", ["../a", "/a", "a//b", "a/../../b", "", "."])
def test_no_path_leads_out_of_the_board(tmp_path: Path, path: str) -> None:
    two_known(tmp_path)
    before = both(tmp_path)
    for write, remove in ([path], []), ([], [path]):
        with pytest.raises(ValueError, match="no path within a board"):
            Generations(tmp_path / "public", tmp_path / "cache").begin(write, remove)
    assert both(tmp_path) == before


def test_only_what_is_known_is_changed_and_only_what_is_begun_is_finished(tmp_path: Path) -> None:
    generation = Generations(tmp_path / "public", tmp_path / "cache")
    with pytest.raises(ValueError, match="has to be built anew"):
        generation.begin([], [])
    with pytest.raises(ValueError, match="begun before"):
        generation.finish()


# --- The search index ---


def test_the_search_index_is_carried_as_one_that_was_replaced_or_removed(tmp_path: Path) -> None:
    two_known(tmp_path)  # with two indexes that say the same of themselves
    for text in "34":
        build(tmp_path, FIRST | {"index.html": text})
        assert (tmp_path / "public" / FOLDER / "fragment" / "en.pf").read_text() == "2"
    shutil.rmtree(tmp_path / "public" / FOLDER)
    build(tmp_path, FIRST)
    assert tree(tmp_path / "public") == as_tree(FIRST)


def test_an_index_that_did_not_change_is_not_linked_anew(tmp_path: Path) -> None:
    two_known(tmp_path)
    build(tmp_path, THIRD)
    folders = {(tmp_path / name / FOLDER).stat().st_ino for name in ("public", ".public.next")}
    build(tmp_path, FOURTH)
    assert {(tmp_path / name / FOLDER).stat().st_ino for name in ("public", ".public.next")} == folders


# --- On disk before the exchange ---


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the files and folders that were synced before the exchange."""
    found: list[int] = []
    before: list[int] = []
    sync, exchange = os.fsync, generations.put_in_place

    def noting(handle: int) -> None:
        found.append(os.fstat(handle).st_ino)
        sync(handle)

    def exchanging(new: Path, place: Path) -> None:
        before[:] = found
        found.clear()
        exchange(new, place)

    monkeypatch.setattr(os, "fsync", noting)
    monkeypatch.setattr(generations, "put_in_place", exchanging)
    return before


def names(folder: Path) -> dict[Path, dict[str, int]]:
    """Return the names in every folder, and the numbers of what they name."""
    return {
        Path(root).relative_to(folder): {name: os.lstat(os.path.join(root, name)).st_ino for name in (*below, *files)}
        for root, below, files in os.walk(folder)
    }


@pytest.mark.parametrize(
    ("one", "another"), [(THIRD, FOURTH), (SECOND | {"a/7/index.html": "3"}, SECOND | {"a/8/index.html": "4"})]
)
def test_files_that_were_written_and_folders_that_changed_are_synced_once(
    tmp_path: Path, synced: list[int], one: Pages, another: Pages
) -> None:
    two_known(tmp_path)
    build(tmp_path, one)
    out, before, had = tmp_path / "public", names(tmp_path / ".public.next"), names(tmp_path / "public")
    build(tmp_path, another)
    changed = [out / folder for folder, held in names(out).items() if held != before.get(folder)]
    kept = {number for held in had.values() for number in held.values()}
    written = [out / path for path in another if os.lstat(out / path).st_ino not in kept]
    assert len(changed) > 1
    assert len(written) > 0
    assert {synced.count(path.stat().st_ino) for path in changed + written} == {1}


def test_a_whole_board_is_synced_file_by_file_where_nothing_else_is_there(
    tmp_path: Path, synced: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "ctypes", SimpleNamespace(CDLL=lambda *_, **__: object()))
    for pages in FIRST, SECOND:  # the one is written, and then linked
        build(tmp_path, pages)
        assert {path.stat().st_ino for path in (tmp_path / "public", *(tmp_path / "public").rglob("*"))} <= set(synced)
