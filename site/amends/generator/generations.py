"""Two whole generations of the built board side by side: the one that is served, and the one the next build works on.

The second, the standby, is a hidden folder beside the first and one build behind it. A build brings it up to the one
that is served, makes its changes there, and exchanges the two folders in one step. Files that are the same in both are
one file with two names. So a build costs what it and the last one changed, and every reader finds a whole board.

A small file in the cache knows the two folders and the paths at which the standby may differ. It says so before
anything in the standby is touched, and of both folders before they are exchanged: whichever of them stands at the
place of the board then says what is known of it. A build may so be cut off at any instant.
"""

import ctypes
import errno
import json
import os
import secrets
import shutil
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from amends.generator.search import FOLDER as INDEX
from amends.generator.search import NOTE
from amends.generator.swap import put_in_place, sync
from amends.record import write_whole

FRONT = "index.html"
SYNCED_ONE_BY_ONE = 100
"""How many files and folders are synced one by one; of more, the whole file system is at once.

Measured on ext4 with a journal, 1,000 files and as many folders: 0.4 to 3.3 s one by one, 0.03 s at once. One by one
waits for nobody else's data, and names the file that could not be written.
"""

_NOWHERE = (0, 0)
_CANNOT_LINK = {errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


@dataclass(frozen=True, slots=True)
class _Generation:
    """What is known of a folder that is a board, or is to become one.

    A file system may give the number of a removed folder to the next one that is made (ext4 does so at once), which
    the front page tells apart.
    """

    folder: tuple[int, int]
    """Its device and inode."""
    front: tuple[int, int]
    """The inode of its front page and when that was written, in nanoseconds."""
    mark: str
    """Its own name; none until it is finished."""
    lag: frozenset[str] | None
    """The paths at which the other folder may differ from it while it is served; None: everywhere."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """What a build that has begun will sync and remember."""

    old: tuple[_Generation, ...]
    written: frozenset[str]
    touched: frozenset[str]
    lag: frozenset[str] | None


class Generations:
    """The board at `out`, which is the folder itself and no link to it, and its standby.

    One at a time, and nobody else may change `out` meanwhile: the caller holds the lock. Everything here raises
    OSError where the file system fails, with the board at `out` whole, and what was left undone is the next build's
    to mend.
    """

    def __init__(self, out: Path, cache: Path) -> None:
        self._out = out
        self._standby = out.with_name(f".{out.name}.next")
        self._memory = cache / "generations.json"
        self._remembered = _read(self._memory)
        self._begun: _Begun | None = None

    @property
    def known(self) -> bool:
        """Whether `out` is the folder that the last finished build put there; otherwise the board is built anew."""
        return self._current() is not None

    @property
    def mark(self) -> str:
        """What `finish` returned of the board at `out`; empty where that is not known."""
        current = self._current()
        return current.mark if current else ""

    def begin(self, write: Collection[str], remove: Collection[str]) -> Path:
        """Return the standby, a board like `out` but without the files `write`, which the caller writes anew.

        The files `remove` are gone from it too, and the folders which that left empty. Its search index is that of
        `out`. A file that `out` has lost since it was built is in neither, unless it is in `write`. ValueError where
        `out` is not known, or a path leads out of the board.
        """
        current = self._current()
        if current is None:
            raise ValueError(f"{self._out} is not the board that the last build put there: it has to be built anew")
        changed = frozenset(map(_within, (*write, *remove)))
        behind = self._lag(current)
        if behind is None:
            self._link_standby(current)
            behind = frozenset()
        # First what is remembered as lagging: what a build left there that filled the disk has to go before anything
        # can be remembered. It stays remembered, for it is not on disk before `finish`.
        _catch_up(str(self._out), str(self._standby), behind, changed)
        old = replace(current, lag=behind | changed)
        self._remember(old, _Generation(_identity(self._standby), _NOWHERE, "", None))
        _take_out(str(self._standby), changed, remove)
        _carry_index(self._out / INDEX, self._standby / INDEX)
        self._begun = _Begun((old,), frozenset(write), behind | changed | {f"{INDEX}/{NOTE}"}, changed)
        return self._standby

    def begin_anew(self) -> Path:
        """Return an empty folder for a whole board. A standby that was there is removed."""
        self._forget()
        _remove(self._standby)
        self._standby.mkdir(parents=True)
        self._begun = _Begun((), frozenset(), frozenset(), None)
        return self._standby

    def finish(self) -> str:
        """Put what was begun in the place of `out`, on disk first; return its mark, which no other board has.

        Who remembers elsewhere what is on the board keeps the mark beside it: where it is not the one of `out`, one
        of the two was not finished, and the board is built anew. FileNotFoundError where a file of `write` was not
        written, CannotSwapError where the file system cannot exchange folders; `out` is then as it was.
        """
        begun = self._begun
        if begun is None:
            raise ValueError("a board is begun before it is finished")
        if begun.lag is None:
            _sync_all(self._standby)
        else:
            _sync_some(self._standby, begun.written, begun.touched)
        new = _Generation(_identity(self._standby), _front(self._standby), secrets.token_hex(16), begun.lag)
        self._remember(*begun.old, new)
        put_in_place(self._standby, self._out)
        _fsync(str(self._out.parent))
        self._begun = None
        if begun.lag is None:
            # Its second generation is made by the next build: what is built once and copied elsewhere needs none.
            # For 20,000 pages that takes 18 us a page on tmpfs, but 50 to 65 on ext4, and 4 KB there for each folder.
            with suppress(OSError):
                _remove(self._standby)
        return new.mark

    def follow(self) -> None:
        """Let the standby be what is served now, so that no words that were taken back live on in it.

        It stays remembered as lagging: what is done here is not waited for until it is on disk.
        """
        current = self._current()
        behind = self._lag(current) if current else frozenset()
        if current is None:
            return
        if behind is None:
            self._link_standby(current)
            self._remember(replace(current, lag=frozenset()), _Generation(_identity(self._standby), _NOWHERE, "", None))
        else:
            _catch_up(str(self._out), str(self._standby), behind, frozenset())
            _carry_index(self._out / INDEX, self._standby / INDEX)

    def _current(self) -> _Generation | None:
        """Return what is known of the board that is served."""
        there = _identity(self._out), _front(self._out)
        return next((known for known in self._remembered if known.mark and (known.folder, known.front) == there), None)

    def _lag(self, current: _Generation) -> frozenset[str] | None:
        """Return where the standby may differ from the board that is served; None where nothing is known of it."""
        there = _identity(self._standby)
        return current.lag if any(other.folder == there for other in self._remembered) else None

    def _link_standby(self, current: _Generation) -> None:
        """Make the standby of what is served. It counts only when it is remembered, and then it is on disk."""
        alone = (replace(current, lag=None),)
        if self._remembered != alone:
            self._remember(*alone)
        _remove(self._standby)
        for _ in _link_folder(str(self._out), str(self._standby)):
            pass
        _sync_all(self._standby)

    def _remember(self, *generations: _Generation) -> None:
        """Write what is known; what was known before no longer holds."""
        known = [(each.folder, each.front, each.mark, each.lag) for each in generations]
        write_whole(self._memory, json.dumps(known, default=sorted).encode())
        self._remembered = generations

    def _forget(self) -> None:
        with suppress(FileNotFoundError):
            self._memory.unlink()
            _fsync(str(self._memory.parent))
        self._remembered = ()


# --- What is known ---


def _read(memory: Path) -> tuple[_Generation, ...]:
    """Read what the last build knew; nothing where it cannot be read, for it only saves time."""
    try:
        return tuple(
            _Generation(tuple(folder), tuple(front), mark, None if lag is None else frozenset(map(_within, lag)))
            for folder, front, mark, lag in json.loads(memory.read_bytes())
        )
    except (FileNotFoundError, ValueError, TypeError):
        return ()


def _within(path: str) -> str:
    """Return a path that stays within the board; ValueError where it does not."""
    if {"", ".", ".."}.intersection(path.split("/")):
        raise ValueError(f"{path!r} is no path within a board")
    return path


def _identity(folder: Path) -> tuple[int, int]:
    found = _status(str(folder))
    return (found.st_dev, found.st_ino) if found and stat.S_ISDIR(found.st_mode) else _NOWHERE


def _front(folder: Path) -> tuple[int, int]:
    found = _status(str(folder / FRONT))
    return (found.st_ino, found.st_mtime_ns) if found else _NOWHERE


def _status(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


# --- What the standby lacks ---


def _catch_up(out: str, standby: str, behind: frozenset[str], changed: frozenset[str]) -> None:
    """Give the standby the files of `out` at the paths `behind`; what will change or is gone from `out` it loses."""
    there = {path for path in behind - changed if os.path.isfile(f"{out}/{path}")}
    _take_out(standby, behind - there, behind - there)
    for path in sorted(there):
        _renew(f"{out}/{path}", f"{standby}/{path}")


def _take_out(standby: str, files: Collection[str], gone: Collection[str]) -> None:
    """Unlink files, for under their other name they may be being served; and folders which those `gone` left empty."""
    for path in sorted(files):
        _unlink(f"{standby}/{path}")
    for path in sorted(gone):
        _prune(standby, path)


def _unlink(path: str) -> None:
    """Remove a file, if it is there. Where a file was there may be a folder by now."""
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (IsADirectoryError, PermissionError):  # of a folder, Linux says the one and POSIX the other
        if not os.path.isdir(path):
            raise


def _prune(root: str, path: str) -> None:
    """Remove the folders that a file has left empty."""
    while path := path.rpartition("/")[0]:
        try:
            os.rmdir(f"{root}/{path}")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
                return
            raise


def _renew(source: str, target: str) -> None:
    """Let `target` be another name of the file `source`."""
    found = _status(target)
    if found is None:
        os.makedirs(os.path.dirname(target), exist_ok=True)
    elif os.path.samestat(found, os.lstat(source)):
        return
    else:
        os.unlink(target)
    _link(source, target)


def _link(source: str, target: str) -> None:
    """Give a file a second name; where the file system cannot, copy it."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        shutil.copyfile(source, target)
        _fsync(target)


def _link_folder(source: str, target: str, but: str = "") -> Iterator[str]:
    """Give every file below a folder a second name below a new one, except the file `but`; yield the folders made."""
    os.mkdir(target)
    with os.scandir(source) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _link_folder(entry.path, f"{target}/{entry.name}", but)
            elif entry.path != but:
                _link(entry.path, f"{target}/{entry.name}")
    yield target


def _carry_index(theirs: Path, ours: Path) -> None:
    """Let the standby have the search index of the board, which is exchanged there as a whole.

    The two are one where their notes are one file. Its words would not do: two indexes made at the same instant, as a
    pinned clock has it, may say the same. So it is linked last, when all the rest is on disk.
    """
    note = _status(str(theirs / NOTE))
    own = _status(str(ours / NOTE))
    if note and own and os.path.samestat(note, own):
        return
    _remove(ours)
    if note:
        for folder in _link_folder(str(theirs), str(ours), but=str(theirs / NOTE)):
            _fsync(folder)
        _link(str(theirs / NOTE), str(ours / NOTE))


def _remove(folder: Path) -> None:
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


# --- On disk ---


def _sync_some(root: Path, written: Collection[str], touched: Iterable[str]) -> None:
    """Have the files `written` on disk, and all folders in which a name of `touched` was added or removed."""
    files = [f"{root}/{path}" for path in written]
    folders = [folder for path in _folders(touched) if os.path.isdir(folder := f"{root}/{path}")]
    if len(files) + len(folders) <= SYNCED_ONE_BY_ONE:
        for path in (*files, *folders):
            _fsync(path)
        return
    for path in files:
        os.lstat(path)
    _sync_all(root)


def _folders(paths: Iterable[str]) -> set[str]:
    """Return all folders above some paths: with the first file in a folder, that is a new name in the one above it."""
    found = {""}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _sync_all(folder: Path) -> None:
    """Have all of a folder on disk.

    syncfs(2) does that at once for a whole file system, and on Linux gives "the same guarantees as fsync() called on
    every file". Before Linux 5.8 it does not tell of writes that failed. Where there is none, files are synced one by
    one.
    """
    try:
        syncfs = ctypes.CDLL(None, use_errno=True).syncfs
    except AttributeError:
        sync(folder)
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if syncfs(handle):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(handle)


def _fsync(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
