"""Files that are written whole or not at all, by one writer at a time."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` at `path` so that a reader, or a crash at any instant, finds the old file or the new one.

    A temporary file beside it, fsync, rename, fsync of the folder. OSError where one of these fails: the old
    file is as it was, or, where only the folder could not be synced, the new one is there.
    """
    _make_folder(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    _sync(path.parent)


def remove(path: Path) -> None:
    """Remove a file, if it is there, so that it does not come back with a crash."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        _sync(path.parent)


def move(folder: Path, to: Path) -> None:
    """Let a folder have another name beside itself, so that a crash leaves it under one of the two.

    OSError where that cannot be, or where there is something of that name.
    """
    if os.path.lexists(to):
        raise FileExistsError(f"{to} is there already")
    os.rename(folder, to)
    _sync(to.parent)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def exclusive(locks: Path, name: str) -> Iterator[None]:
    """Hold the lock of that name while the block runs, against other processes and other threads alike.

    The lock is a file of its own: one on the file that is written would go with the file that the rename
    replaces. The system frees it when its holder dies.
    """
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
