"""Putting a whole new folder in the place of the old one, in one step that every reader sees whole."""

import ctypes
import errno
import os
import sys
from pathlib import Path

_AT_FDCWD = -100
_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux's renameat2(2), and RENAME_SWAP of macOS's renamex_np(2)."""


class CannotSwapError(OSError):
    """The file system cannot exchange two folders; the old one is untouched."""


def put_in_place(new: Path, place: Path) -> None:
    """Let `place` be what `new` is now; `new` is afterwards what `place` was, if it was there."""
    if not place.exists():
        new.rename(place)
        return
    failure = _exchange(os.fsencode(new), os.fsencode(place))
    if failure:
        raise CannotSwapError(
            f"the file system of {place} cannot exchange two folders ({os.strerror(failure)}); "
            "the old board is as it was. Build into a folder that does not exist yet: --out FOLDER"
        )


def sync(folder: Path) -> None:
    """Have all of a folder on disk, before it takes another one's place."""
    for root, _, files in os.walk(folder):
        for name in [".", *files]:
            handle = os.open(os.path.join(root, name), os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _exchange(new: bytes, place: bytes) -> int:
    """Exchange two paths; return 0 or the error's number."""
    library = ctypes.CDLL(None, use_errno=True)
    try:
        if sys.platform == "darwin":
            result = library.renamex_np(new, place, ctypes.c_uint(_EXCHANGE))
        else:
            result = library.renameat2(_AT_FDCWD, new, _AT_FDCWD, place, ctypes.c_uint(_EXCHANGE))
    except AttributeError:
        return errno.ENOSYS
    return 0 if result == 0 else ctypes.get_errno()
