"""A disk below SQLite that fails at a chosen write, and knows what it would still hold after the power went.

SQLite reaches files through a table of functions, its VFS (https://www.sqlite.org/vfs.html), and each open file through
another. Both are laid open here by ctypes, so that every write to the database, its log and its journal passes by. The
tables are found from an open connection and not by their names: many a Python carries SQLite inside and exports none.
"""

import ctypes
import errno
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

CANNOT_OPEN, FULL = 14, 13
CANNOT_WRITE, CANNOT_SYNC, CANNOT_TRUNCATE, CANNOT_GROW = (10 | detail << 8 for detail in (3, 4, 6, 19))
"""What SQLite's own table says of a failed call: https://www.sqlite.org/rescode.html."""

READ_ONLY, READ_WRITE, CREATE, DATABASE, JOURNAL, LOG = 0x1, 0x2, 0x4, 0x100, 0x800, 0x80000
"""How a file is opened, and what it is for: https://www.sqlite.org/c3ref/c_open_autoproxy.html."""

Opening = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
Writing = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
Truncating = ctypes.CFUNCTYPE(c_int, c_void_p, c_int64)
Syncing = ctypes.CFUNCTYPE(c_int, c_void_p, c_int)
Mapping = ctypes.CFUNCTYPE(c_int, c_void_p, c_int, c_int, c_int, c_void_p)


_KEPT: list[object] = []
"""What SQLite may still call when a connection is closed late; freed, it would take the process with it."""


class Vfs(Structure):
    """The beginning of `sqlite3_vfs`: https://www.sqlite.org/c3ref/vfs.html."""

    _fields_ = [
        ("version", c_int),
        ("size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", Opening),
    ]


class Methods(Structure):
    """All of `sqlite3_io_methods`: https://www.sqlite.org/c3ref/io_methods.html."""

    _fields_ = [
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", Writing),
        ("truncate", Truncating),
        ("sync", Syncing),
        *((name, c_void_p) for name in ("size", "lock", "unlock", "is_reserved", "control", "sector", "traits")),
        ("map", Mapping),
        *((name, c_void_p) for name in ("lock_map", "barrier", "unmap", "fetch", "unfetch")),
    ]


class File(Structure):
    """The beginning of `sqlite3_file`."""

    _fields_ = [("methods", POINTER(Methods))]


@dataclass
class Disk:
    """A disk that fails at the n-th write, the first being 1, with `error`; and at all later ones if `lasting`."""

    synced: Path
    """The folder with what would be left of each file if the power went now, and all that was not synced with it."""
    error: int = errno.ENOSPC
    lasting: bool = True
    failing: int = 0
    writes: int = 0
    """How many there were: opening a file to write, writing, truncating, syncing, and making room for the index."""
    _paths: dict[int, Path] = field(default_factory=dict)
    _stale: set[int] = field(default_factory=set)
    _changing: threading.Lock = field(default_factory=threading.Lock)

    def fail_at(self, failing: int, error: int, *, lasting: bool) -> None:
        """Count from now on, and fail at that one; never where it is 0."""
        self.failing, self.error, self.lasting, self.writes = failing, error, lasting, 0

    def come_back(self) -> None:
        """Be there again after having been away: no file that is open now can be written any more."""
        self.error = errno.EIO
        self._stale.update(self._paths)

    @property
    def has_failed(self) -> bool:
        return 0 < self.failing <= self.writes

    def fails(self, file: int) -> bool:
        """Count a write; say whether it is to fail."""
        with self._changing:
            self.writes += 1
            return file in self._stale or (self.has_failed and (self.lasting or self.writes == self.failing))

    def open(self, original: Any, vfs: int, name: int, file: int, flags: int, opened: int) -> int:
        """Open a file. One that cannot be opened to write is opened to read, as SQLite's own does."""
        path = _path(name)
        self._stale.discard(file)
        if flags & READ_WRITE and self.fails(file):
            if self.error != errno.EROFS or not path.exists():
                return CANNOT_OPEN
            flags = flags & ~(READ_WRITE | CREATE) | READ_ONLY
        status = int(original(vfs, name, file, flags, opened))
        if status == 0:
            self._paths[file] = path
        return status

    def write(self, original: Any, file: int, data: int, amount: int, offset: int) -> int:
        """Write, or write the first half and fail, as where a disk is full."""
        if self.fails(file):
            original(file, data, amount // 2, offset)
            return FULL if self.error == errno.ENOSPC else CANNOT_WRITE
        return int(original(file, data, amount, offset))

    def truncate(self, original: Any, file: int, size: int) -> int:
        return CANNOT_TRUNCATE if self.fails(file) else int(original(file, size))

    def sync(self, _original: Any, file: int, _how: int) -> int:
        """Keep a copy of what is safe from now on. Nothing is really synced: the power stays on, and tests are many."""
        if self.fails(file):
            return CANNOT_SYNC
        shutil.copyfile(self._paths[file], self.synced / self._paths[file].name)
        return 0

    def map(self, original: Any, file: int, page: int, size: int, extends: int, memory: int) -> int:
        return CANNOT_GROW if extends and self.fails(file) else int(original(file, page, size, extends, memory))


@contextmanager
def watched(folder: Path, synced: Path) -> Iterator[Disk]:
    """Pass every write to a database in a folder by a disk, of every connection that is opened until the block ends."""
    synced.mkdir()
    vfs, disk = _vfs(), Disk(synced)
    assert vfs.name == b"unix", f"SQLite's table was not found, or is not the usual one: {vfs.name!r}"
    original = Opening.from_buffer_copy(vfs, Vfs.open.offset)
    wrapped = cache(partial(_wrapped, disk))

    def opening(vfs_: int, name: int | None, file: int, flags: int, opened: int) -> int:
        if name is None or not flags & (DATABASE | JOURNAL | LOG) or _path(name).parent != folder:
            return int(original(vfs_, name, file, flags, opened))
        status = disk.open(original, vfs_, name, file, flags, opened)
        if status == 0:
            beginning = File.from_address(file)
            beginning.methods = ctypes.pointer(wrapped(ctypes.addressof(beginning.methods.contents)))
        return status

    replaced = Opening(opening)
    _KEPT.extend([replaced, wrapped])
    vfs.open = replaced
    try:
        yield disk
    finally:
        vfs.open = original


def _vfs() -> Vfs:
    """Return SQLite's usual table: the first thing in what a connection of the driver points to points to it."""
    connection = sqlite3.connect(":memory:")
    inner = c_void_p.from_address(id(connection) + object.__basicsize__).value
    assert inner
    return POINTER(Vfs).from_address(inner).contents


def _path(name: int) -> Path:
    return Path(ctypes.string_at(name).decode())


def _wrapped(disk: Disk, address: int) -> Methods:
    """Return a file's table whose writes pass by the disk."""
    methods = Methods.from_buffer_copy(Methods.from_address(address))
    for name in ("write", "truncate", "sync", "map"):
        kind = dict(Methods._fields_)[name]
        original = kind.from_buffer_copy(methods, getattr(Methods, name).offset)
        setattr(methods, name, kind(partial(getattr(disk, name), original)))
    return methods
