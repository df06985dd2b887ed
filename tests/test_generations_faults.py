"""Builds that are cut off, and systems that fail: what is served stays whole, and the next build mends the rest."""

import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.generator import generations
from amends.generator.generations import SYNCED_ONE_BY_ONE, Generations
from amends.generator.search import FOLDER
from tests.effort import EFFORT
from tests.test_generations import (
    FIRST,
    FOURTH,
    OPERATIONS,
    PROCESSES,
    SECOND,
    THIRD,
    Pages,
    apart,
    as_tree,
    both,
    build,
    in_memory,
    index,
    known,
    remembered,
    tree,
    two_known,
)

Hook = Callable[[str, tuple[Any, ...]], None]
PROCESSES.set_forkserver_preload([__name__])

# --- Builds in a process of their own, which something befalls ---


def strike(at: int, code: int = 0, operations: str | tuple[str, ...] = OPERATIONS) -> Hook:
    """Kill the process before its operation of that number, or let that fail."""
    passed = count(1)

    def hook(event: str, _: tuple[Any, ...]) -> None:
        if event.startswith(operations) and next(passed) == at:
            if code:
                raise OSError(code, os.strerror(code))
            end()

    return hook


def refuse_links() -> Hook:
    def hook(event: str, _: tuple[Any, ...]) -> None:
        if event == "os.link":
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    return hook


def at_exchange(befall: Callable[[], None]) -> Hook:
    def hook(event: str, about: tuple[Any, ...]) -> None:
        if event == "ctypes.dlsym" and about[1] in {"renameat2", "renamex_np"}:
            befall()

    return hook


def end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def know_no_exchange() -> None:
    raise AttributeError


def limit_files(size: int) -> Hook:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return lambda *_: None


def befallen(befall: Callable[[], Hook], root: Path, pages: Pages) -> None:
    """Build; exit with the number of the error."""
    sys.addaudithook(befall())
    try:
        build(root, pages)
    except OSError as error:
        sys.exit(error.errno or 255)


def build_until(at: int, root: Path, pages: Pages, code: int = 0) -> bool:
    """Build until the operation of that number; return whether it came to that."""
    status = apart(befallen, partial(strike, at, code), root, dict(pages))
    assert status in ({0, code} if code else {0, -signal.SIGKILL})
    return status != 0


# --- Whatever happens ---

PATHS = ["index.html", "a", "a/index.html", "a/1/index.html", "a/1/b/index.html", "a/2/index.html", "b.csv", "c/1"]


def without_conflicts(pages: Pages) -> dict[str, str]:
    folders = {str(folder) for path in pages for folder in Path(path).parents}
    return {path: text for path, text in pages.items() if path not in folders}


BOARDS = st.dictionaries(st.sampled_from(PATHS), st.sampled_from("12")).map(without_conflicts)
BUILT = st.tuples(st.just("build"), BOARDS, st.none())
CUT = st.tuples(st.just("build"), BOARDS, st.integers(1, 70))
INDEXED = st.tuples(st.just("index"), st.sampled_from("12"), st.none())
LOST = st.tuples(st.just("lose"), st.sampled_from(["public", ".public.next", "cache/generations.json"]), st.none())
COPIED = st.tuples(st.just("copy"), st.just("public"), st.none())


def step(root: Path, what: str, given: Any, at: int | None) -> None:
    """Let something happen to the board; where it is a build, what it leaves is what the model says."""
    if what == "build":
        step_build(root, given, at)
    elif what == "index" and (root / "public").is_dir():
        index(root, given)
    elif what == "lose":
        lost = root / given
        shutil.rmtree(lost, ignore_errors=True) if lost.is_dir() else lost.unlink(missing_ok=True)
    elif (root / given).is_dir():
        (root / given).rename(root / "moved")
        shutil.copytree(root / "moved", root / given)
        shutil.rmtree(root / "moved")


def step_build(root: Path, pages: Pages, at: int | None) -> None:
    before, knew = tree(root / "public"), known(root)
    words = (before or {}).get(f"{FOLDER}/fragment/en.pf")
    if at is not None and build_until(at, root, pages):
        assert tree(root / "public") in (before, as_tree(pages, words))
        return
    if at is None:
        build(root, pages)
    assert both(root) == (as_tree(pages, words), before if knew else None)
    assert known(root)


@settings(max_examples=24 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(BUILT, CUT, BUILT, CUT, BUILT, CUT, INDEXED, LOST, COPIED), min_size=3, max_size=12))
def test_what_is_served_is_always_a_whole_board_and_each_build_mends_what_befell_the_last(
    steps: list[tuple[str, Any, int | None]],
) -> None:
    with in_memory() as folder:
        for each in steps:
            step(Path(folder), *each)


def first_known(root: Path) -> None:
    build(root, FIRST)


def unknown(root: Path) -> None:
    two_known(root)
    (root / "cache" / "generations.json").unlink()


@pytest.mark.parametrize(
    ("before", "code"), [(first_known, 0), (two_known, 0), (unknown, 0), (two_known, errno.ENOSPC)]
)
def test_a_build_may_end_before_any_of_its_operations(before: Callable[[Path], None], code: int) -> None:
    with in_memory() as folder:
        for at in count(1, 2 if EFFORT == 1 else 1):
            root = Path(folder, str(at))
            before(root)
            old, knew = tree(root / "public"), known(root)
            words = (old or {}).get(f"{FOLDER}/fragment/en.pf")
            ended = build_until(at, root, THIRD, code)
            assert tree(root / "public") in (old, as_tree(THIRD, words))
            assert Generations(root / "public", root / "cache").known >= knew
            # Not the pages that were cut off, for these would mend what they broke.
            for pages in remembered(root)["pages"] | {"d": "5"}, FOURTH:
                step_build(root, pages, None)
            if not ended:
                break
        assert at > 30


def test_a_build_that_was_cut_off_before_the_exchange_costs_no_whole_new_board(tmp_path: Path) -> None:
    two_known(tmp_path)
    unchanged = tmp_path / "public" / "a" / "3" / "index.html"
    number = unchanged.stat().st_ino
    assert apart(befallen, partial(at_exchange, end), tmp_path, THIRD) == -signal.SIGKILL
    assert tree(tmp_path / "public") == as_tree(SECOND, "2")
    build(tmp_path, THIRD)
    assert unchanged.stat().st_ino == number


def test_a_second_generation_that_was_not_linked_to_its_end_is_not_used(tmp_path: Path) -> None:
    two_known(tmp_path)
    shutil.rmtree(tmp_path / ".public.next")
    assert apart(befallen, partial(strike, 3, 0, "os.link"), tmp_path, THIRD) == -signal.SIGKILL
    # The new folder may have the number of the old one.
    assert len(json.loads((tmp_path / "cache" / "generations.json").read_bytes())) == 1
    build(tmp_path, SECOND | {"d": "3"})
    assert both(tmp_path) == (as_tree(SECOND | {"d": "3"}, "2"), as_tree(SECOND, "2"))


def begin_anew(befall: Callable[[], Hook], root: Path) -> None:
    sys.addaudithook(befall())
    Generations(root / "public", root / "cache").begin_anew()


def test_a_second_generation_that_was_not_removed_to_its_end_is_not_used(tmp_path: Path) -> None:
    two_known(tmp_path)
    assert sum(1 for name in (tmp_path / ".public.next").rglob("*") if name.is_dir()) == 5
    assert apart(begin_anew, partial(strike, 6, 0, "os.rmdir"), tmp_path) == -signal.SIGKILL
    build(tmp_path, SECOND | {"d": "3"})
    assert tree(tmp_path / "public") == as_tree(SECOND | {"d": "3"}, "2")


# --- When the system fails ---


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KB where one may be mounted; otherwise a folder."""
    tmp_path.joinpath("disk").mkdir()
    mount = shutil.which("mount")
    command = [mount or "false", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(tmp_path / "disk")]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    yield tmp_path / "disk"
    if mounted:
        subprocess.run(["umount", str(tmp_path / "disk")], check=True)


def test_a_full_disk_leaves_the_board_and_the_next_build_mends_the_rest(small_disk: Path) -> None:
    two_known(small_disk)
    before = tree(small_disk / "public")
    large = {f"{number}": "x" * 50_000 for number in range(8)} | {"9": "x" * 300_000}
    # Where the disk is not small, a file must be.
    assert apart(befallen, partial(limit_files, 200_000), small_disk, THIRD | large) in {errno.ENOSPC, errno.EFBIG}
    assert tree(small_disk / "public") == before
    build(small_disk, THIRD)
    assert both(small_disk) == (as_tree(THIRD, "2"), before)


def test_a_system_that_cannot_exchange_folders_leaves_the_board(tmp_path: Path) -> None:
    two_known(tmp_path)
    before = tree(tmp_path / "public")
    assert apart(befallen, partial(at_exchange, know_no_exchange), tmp_path, THIRD) == 255
    assert tree(tmp_path / "public") == before
    build(tmp_path, THIRD)
    assert both(tmp_path) == (as_tree(THIRD, "2"), before)


def test_a_file_that_was_not_written_is_missed_before_the_exchange(tmp_path: Path) -> None:
    two_known(tmp_path)
    for more in (0, SYNCED_ONE_BY_ONE):
        generation = Generations(tmp_path / "public", tmp_path / "cache")
        folder = generation.begin(["index.html", *(f"{number}" for number in range(more))], [])
        for number in range(more):
            (folder / f"{number}").touch()
        with pytest.raises(FileNotFoundError, match=r"index\.html"):
            generation.finish()
    assert tree(tmp_path / "public") == as_tree(SECOND, "2")


def test_where_a_file_can_have_one_name_only_it_is_copied(tmp_path: Path) -> None:
    two_known(tmp_path)
    for old, new in pairwise([SECOND, THIRD, FOURTH]):
        assert apart(befallen, refuse_links, tmp_path, new) == 0
        assert both(tmp_path) == (as_tree(new, "2"), as_tree(old, "2"))


@pytest.mark.parametrize("pages", [FIRST, {str(number): "1" for number in range(SYNCED_ONE_BY_ONE)}])
def test_a_board_that_cannot_be_synced_is_not_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: Pages
) -> None:
    two_known(tmp_path)
    if pages is FIRST:
        (tmp_path / "cache" / "generations.json").unlink()
    library = SimpleNamespace(syncfs=lambda _: -1)
    with monkeypatch.context() as patch:
        failing = SimpleNamespace(CDLL=lambda *_, **__: library, get_errno=lambda: errno.EIO)
        patch.setattr(generations, "ctypes", failing)
        with pytest.raises(OSError, match="Input/output error"):
            build(tmp_path, pages)
    assert tree(tmp_path / "public") == as_tree(SECOND, "2")
    build(tmp_path, pages)
    assert tree(tmp_path / "public") == as_tree(pages, "2")
