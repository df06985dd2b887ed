"""Writers of a file take turns; whoever waits too long is told so, and leaves no lock behind."""

import errno
import fcntl
import os
import threading
from pathlib import Path

import pytest

from amends.inbox import StoreUnavailableError, turns
from amends.inbox.turns import in_turn

PATIENCE = 20


def test_whoever_waits_goes_on_when_the_turn_before_ends(tmp_path: Path) -> None:
    file, order = tmp_path / "db", []
    waiting = threading.Event()

    def second() -> None:
        waiting.set()
        with in_turn(file):
            order.append("second")

    thread = threading.Thread(target=second)
    with in_turn(file):
        thread.start()
        assert waiting.wait(PATIENCE)
        order.append("first")
    thread.join(PATIENCE)
    assert order == ["first", "second"]


def test_no_two_have_their_turn_at_once(tmp_path: Path) -> None:
    file, inside, most = tmp_path / "db", [], []

    def write() -> None:
        for _ in range(40):
            with in_turn(file):
                inside.append(1)
                most.append(len(inside))
                os.sched_yield()
                inside.pop()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert most == [1] * 160


def test_whoever_waits_too_long_is_told_so_and_takes_no_lock_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    file = tmp_path / "db"
    with in_turn(file):
        with pytest.raises(StoreUnavailableError, match=r"has kept .*db\.lock locked"), in_turn(file):
            pass
        left = [thread for thread in threading.enumerate() if thread.name == "turn"]
    for thread in left:
        thread.join(PATIENCE)
    with in_turn(file):
        pass
    assert [os.readlink(f"/proc/self/fd/{one}") for one in os.listdir("/proc/self/fd") if _is_of(one, file)] == []


def _is_of(handle: str, file: Path) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{handle}").startswith(str(file))
    except OSError:
        return False


def test_a_lock_that_fails_while_somebody_waits_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fcntl.flock

    def flock(handle: int, what: int) -> None:
        if not what & fcntl.LOCK_NB:
            raise OSError(errno.ENOLCK, "No locks available")
        real(handle, what)

    file = tmp_path / "db"
    with in_turn(file):
        monkeypatch.setattr(fcntl, "flock", flock)
        with pytest.raises(StoreUnavailableError, match="cannot be locked: No locks available"), in_turn(file):
            pass
    with in_turn(file):
        pass
