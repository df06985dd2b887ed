"""Files that are written whole, by one writer at a time."""

import errno
import fcntl
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from amends.record import exclusive, write_whole

OLD, NEW = b"old words\n", b"new words\n" * 1000
CALLS = ("mkdir", "open", "fchmod", "fsync", "replace", "close")


@contextmanager
def failing_at(monkeypatch: pytest.MonkeyPatch, place: int, code: int) -> Iterator[list[str]]:
    """Let the call to the system at that place, counted over all of CALLS, fail, and yield those that were made."""
    made: list[str] = []

    def failing(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **options: Any) -> Any:
            made.append(name)
            if len(made) == place:
                if name == "close":
                    real(*given)  # the descriptor is gone in either case: close(2)
                raise OSError(code, os.strerror(code))
            return real(*given, **options)

        return call

    with monkeypatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, failing(name, getattr(os, name)))
        yield made


def write(path: Path) -> str:
    """Write, and say whether that failed."""
    try:
        write_whole(path, NEW)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "done"


def calls_of_a_write(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    with failing_at(monkeypatch, 0, errno.EIO) as made:
        write_whole(folder / "2026" / "11" / "case.md", NEW)
    return len(made)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
def test_whichever_call_fails_the_old_file_or_the_new_one_is_there_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    found = []
    for place in range(1, calls_of_a_write(tmp_path / "a", monkeypatch) + 1):
        path = tmp_path / f"b{place}" / "case.md"
        path.parent.mkdir()
        path.write_bytes(OLD)
        with failing_at(monkeypatch, place, code):
            said = write(path)
        found.append((said, path.read_bytes()))
        assert os.listdir(path.parent) == ["case.md"]
    assert {content for _, content in found} == {OLD, NEW}
    assert {said for said, _ in found} == {"done", errno.errorcode[code]}
    assert ("done", OLD) not in found


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
def test_whichever_call_fails_a_file_that_was_not_there_is_whole_or_still_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    places = calls_of_a_write(tmp_path / "a", monkeypatch)
    assert places >= 10
    for place in range(1, places + 1):
        folder = tmp_path / f"b{place}"
        folder.mkdir()
        with failing_at(monkeypatch, place, code):
            said = write(folder / "2026" / "11" / "case.md")
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert [(path.name, path.read_bytes()) for path in files] in ([], [("case.md", NEW)])
        assert files or said != "done"


def test_what_is_too_long_for_the_disk_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "case.md"
    path.write_bytes(OLD)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(NEW) // 2, hard))
    try:
        said = write(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert said == "EFBIG"
    assert path.read_bytes() == OLD
    assert os.listdir(tmp_path) == ["case.md"]


def test_a_file_and_its_folders_are_on_disk_before_it_is_called_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync

    def note(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)
        real(handle)

    monkeypatch.setattr(os, "fsync", note)
    path = tmp_path / "2026" / "11" / "case.md"
    write_whole(path, NEW)
    in_order = (tmp_path, tmp_path / "2026", path, path.parent)
    assert synced == [item.stat().st_ino for item in in_order]


def test_everybody_may_read_what_is_public(tmp_path: Path) -> None:
    write_whole(tmp_path / "case.md", NEW)
    assert (tmp_path / "case.md").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "case.md").read_bytes() == NEW


def start(command: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


HOLDER = """
import sys
from pathlib import Path
from amends.record import exclusive
with exclusive(Path(sys.argv[1]), "record"):
    print("held", flush=True)
    sys.stdin.readline()
print("free", flush=True)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the lock `record` until it is told to let go."""
    with start([sys.executable, "-c", HOLDER, str(tmp_path)]) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@contextmanager
def waiting_for(locks: Path, name: str) -> Iterator[Event]:
    """Wait for a lock in a thread; the event is set as soon as that has it."""
    taken = Event()

    def take() -> None:
        with exclusive(locks, name):
            taken.set()

    thread = Thread(target=take, daemon=True)
    thread.start()
    yield taken
    thread.join(10)


def is_held(locks: Path, name: str) -> bool:
    with (locks / f"{name}.lock").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.mark.parametrize("end", ["lets go", "is killed"])
def test_the_next_one_waits_until_the_holder(end: str, tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    with waiting_for(tmp_path, "record") as taken:
        assert is_held(tmp_path, "record")
        assert not taken.is_set()
        if end == "is killed":
            holder.send_signal(signal.SIGKILL)
        else:
            holder.communicate("\n")
        assert taken.wait(10)


def test_another_name_is_another_lock(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    with waiting_for(tmp_path, "build") as taken:
        assert taken.wait(10)
    assert holder.poll() is None
    assert is_held(tmp_path, "record")


def test_an_error_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(KeyError), exclusive(tmp_path, "record"):
        raise KeyError
    assert not is_held(tmp_path, "record")


COUNTER = """
import sys
from pathlib import Path
from threading import Thread
from amends.record import exclusive
folder = Path(sys.argv[1])
def count():
    for _ in range(100):
        with exclusive(folder / "locks", "record"):
            total = int((folder / "total").read_text())
            (folder / "total").write_text(str(total + 1))
print("ready", flush=True)
sys.stdin.readline()
threads = [Thread(target=count) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_processes_and_threads_that_count_together_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / "total").write_text("0")
    command = [sys.executable, "-c", COUNTER, str(tmp_path)]
    with ExitStack() as stack:
        both = [stack.enter_context(start(command)) for _ in range(2)]
        assert [process.stdout.readline() for process in both if process.stdout] == ["ready\n"] * 2
        for process in both:
            print(file=process.stdin, flush=True)
    assert [process.returncode for process in both] == [0, 0]
    assert (tmp_path / "total").read_text() == "400"
