"""A build that is killed, starved, raced or lied to: the board is whole at every instant, and the next build is right.

`TEST_EFFORT=20 pytest tests/test_build_faults.py` ends a build at nearly every step that it takes.
"""

import ctypes
import os
import random
import resource
import select
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from amends.shelves.memory import LastGood
from amends.shelves.store import Store
from tests.effort import EFFORT
from tests.kept import assert_same, files_of
from tests.two import Two, ended, forked, two_boards

PATIENCE = 60.0
"""Seconds until a test gives up on a process that does not end."""


@pytest.fixture
def two() -> Iterator[Two]:
    with two_boards() as both:
        yield both


# --- Killed ---


def counted(folder: Path, step: Callable[[], None]) -> None:
    """Have `step` called before each thing that this process does to files in a folder, and after each transaction."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _STEPS and any(isinstance(each, str) and each.startswith(str(folder)) for each in arguments):
            step()

    sys.addaudithook(hook)
    writing, commit = Store.writing, LastGood.commit

    @contextmanager
    def counted_writing(store: Store) -> Iterator[None]:
        with writing(store):
            yield
        step()

    def counted_commit(memory: LastGood) -> None:
        commit(memory)
        step()

    Store.writing, LastGood.commit = counted_writing, counted_commit


_STEPS = frozenset({"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "sqlite3.connect"})


def steps_of(two: Two) -> int:
    """Return how many steps a build takes."""
    found = two.folder / "steps"

    def work() -> None:
        taken = [0]

        def step() -> None:
            taken[0] += 1

        counted(two.folder, step)
        two.build()
        number = taken[0]
        found.write_text(str(number))

    assert ended(forked(work)) == 0
    return int(found.read_text())


def kill_at(two: Two, number: int) -> int:
    """Build in a child that is killed at that step; return how it ended."""

    def work() -> None:
        left = [number]

        def step() -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        counted(two.folder, step)
        two.build()

    return ended(forked(work))


def test_a_build_killed_at_any_step_leaves_a_whole_board_and_the_next_one_is_right(two: Two) -> None:
    two.lay(1)
    steps = steps_of(two)
    two.mend()
    assert steps > 100
    chosen = random.Random(EFFORT).sample(range(1, steps + 1), min(12 * EFFORT, steps))
    killed = 0
    for number in chosen:
        two.lay(1 - two.which)
        killed += kill_at(two, number) == -signal.SIGKILL
        assert two.is_whole(), f"killed at step {number}"
        two.mend()
    assert killed > len(chosen) / 2


def test_builds_killed_one_after_the_other_do_not_add_up_to_a_wrong_board(two: Two) -> None:
    for number in random.Random(EFFORT).sample(range(1, 200), 6 * EFFORT if EFFORT < 20 else 120):
        two.lay(number % 2)
        kill_at(two, number)
        assert two.is_whole(), f"killed at step {number}"
    two.mend()


@pytest.mark.parametrize("whole_group", [False, True], ids=["the process", "the group"])
def test_a_killed_build_takes_its_processes_along(two: Two, *, whole_group: bool) -> None:
    for portions in random.Random(EFFORT).sample(range(1, 12), min(2 * EFFORT, 11)):
        two.lay(1 - two.which)
        for file in (two.folder / "cache").glob("board.db*"):
            file.unlink()
        child, told = build_that_tells(two)
        for _ in range(portions):
            assert heard(told, 1), "the build has ended before it was killed"
        (os.killpg if whole_group else os.kill)(child, signal.SIGKILL)
        assert ended(child) == -signal.SIGKILL
        # Every process that the build has made holds the other end: there is an end only when none is left.
        try:
            while heard(told, 1000):
                pass
        finally:
            os.close(told)
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        assert two.is_whole()
        two.mend()


def build_that_tells(two: Two) -> tuple[int, int]:
    """Start a build by two processes; return its number, and where it tells of each portion done."""
    told, telling = os.pipe()

    def watch(_: str, __: int, portions: Iterable[Any], ___: Callable[[Any], int]) -> Iterator[Any]:
        for portion in portions:
            os.write(telling, b".")
            yield portion

    def work() -> None:
        os.setpgid(0, 0)
        os.close(told)
        os.write(telling, b".")
        two.build(jobs=2, watch=watch)

    child = forked(work)
    os.close(telling)
    return child, told


def heard(told: int, most: int) -> bytes:
    """Return what is told next; nothing where nobody is left to tell it."""
    ready, _, _ = select.select([told], [], [], PATIENCE)
    assert ready, "a process of a killed build lives on"
    return os.read(told, most)


# --- Read meanwhile ---


def test_a_reader_finds_the_one_board_or_the_other_at_every_moment(two: Two) -> None:
    whole = halves = 0
    for _ in range(4 * EFFORT):
        two.lay(1 - two.which)
        done, found = threading.Event(), list[tuple[bool, Read]]()

        def read(done: threading.Event = done, found: list[tuple[bool, Read]] = found) -> None:
            while not done.is_set():
                found.append(read_every_page(two))

        reader = threading.Thread(target=read)
        reader.start()
        two.build()
        done.set()
        reader.join()
        for at_once, pages in found:
            assert pages in two.pages if at_once else is_of_either(two, pages)
        whole += sum(at_once for at_once, _ in found)
        halves += len(found) - sum(at_once for at_once, _ in found)
        assert read_every_page(two) == (True, two.pages[two.which])
    assert whole > halves


Read = dict[str, bytes | None]


def read_every_page(two: Two) -> tuple[bool, Read]:
    """Read what both boards have and what one of them has; return it, and whether it was of one board all the time."""
    out = two.folder / "public"
    before, found = out.stat().st_ino, dict[str, bytes | None]()
    for name in two.pages[0]:
        try:
            found[name] = (out / name).read_bytes()
        except FileNotFoundError:
            found[name] = None
    return before == out.stat().st_ino, found


def is_of_either(two: Two, pages: Read) -> bool:
    """Whether every page is as in one of the boards."""
    return all(said in (two.pages[0][name], two.pages[1][name]) for name, said in pages.items())


def test_builds_at_once_wait_for_each_other(two: Two) -> None:
    two.lay(1)
    children = [forked(two.build) for _ in range(3)]
    assert [ended(child) for child in children] == [0, 0, 0]
    assert_same(files_of(two.folder / "public"), two.boards[1])


# --- No room ---


def test_where_no_file_may_grow_the_board_stays_and_the_next_build_is_right(two: Two) -> None:
    def work() -> None:
        for most in (0, 1_000, 4_000, 20_000):
            two.lay(1 - two.which)
            with no_file_beyond(two.folder, most):
                assert not is_built(two)
            assert two.is_whole(), f"up to {most} bytes"
            two.mend()

    assert ended(forked(work)) == 0


def is_built(two: Two) -> bool:
    """Build; return whether that succeeded, where the system may have had no room for it."""
    try:
        two.build()
    except (OSError, sqlite3.OperationalError):
        return False
    return True


@contextmanager
def no_file_beyond(_: Path, size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


Limited = Callable[[Path, int], AbstractContextManager[None]]


def test_on_a_full_disk_the_board_stays_and_with_room_again_it_is_right(tmp_path: Path) -> None:
    def work() -> None:
        try:
            mount_small_disk(tmp_path)
            limited: Limited = full_but_for
        except OSError:  # nobody but root may do that here
            limited = no_file_beyond
        two = Two(tmp_path)
        failed = 0
        for kilobytes in random.Random(EFFORT).sample(range(0, 1500, 50), 6 * EFFORT if EFFORT < 5 else 30):
            two.lay(1 - two.which)
            with limited(tmp_path, kilobytes * 1024):
                failed += not is_built(two)
            assert two.is_whole(), f"{kilobytes} KB free"
            two.mend()
        assert failed > 1

    assert ended(forked(work)) == 0


def mount_small_disk(folder: Path) -> None:
    """Mount a small file system that only this process and its children see; OSError where they may not."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(_NEWNS | (_NEWUSER if user else 0)):
        raise OSError(ctypes.get_errno(), "unshare")
    if user:
        for name, said in {"setgroups": "deny", "uid_map": f"0 {user} 1", "gid_map": f"0 {group} 1"}.items():
            Path("/proc/self", name).write_text(said)
    libc.mount(None, b"/", None, _REC | _PRIVATE, None)
    if libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, b"size=32m"):
        raise OSError(ctypes.get_errno(), "mount")


_NEWNS, _NEWUSER, _REC, _PRIVATE = 0x20000, 0x10000000, 0x4000, 0x40000


@contextmanager
def full_but_for(folder: Path, size: int) -> Iterator[None]:
    """Let there be so many bytes of room in a file system, and none besides."""
    with (folder / "filler").open("wb") as filler:
        found = os.statvfs(folder)
        os.posix_fallocate(filler.fileno(), 0, max(found.f_bavail * found.f_frsize - size, 1))
    yield
    (folder / "filler").unlink()
