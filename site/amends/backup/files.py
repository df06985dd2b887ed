"""The files of the record, into an archive and out of it.

What comes out of an archive is written into a hidden folder of the record first. That is on the same file system, also
where the record's folder is a mounted one that cannot be exchanged, and no reader of the record looks there. What was
there before is moved into another hidden folder: `board.toml` goes first and comes last, so that a record that is only
partly there is no board to anybody.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from amends.backup.archive import RECORD, Archive, ArchiveError, Writer, is_safe, sync_folder
from amends.generator.swap import sync

_RESTORING = ".restoring-"
_REPLACED = ".replaced-"
_BOARD = "board.toml"
_ATTEMPTS = 5


# --- Into an archive ---


def add_files(writer: Writer, content: Path) -> list[str]:
    """Write every file of the record into an archive; return what was left out: links, and names no archive can have.

    Names that begin with a dot are no part of the record.
    """
    left_out: list[str] = []
    for path in _paths(content, left_out):
        data = read_whole(content / path)
        if data is not None:
            writer.add(RECORD + path, iter((data,)))
    return left_out


def _paths(content: Path, left_out: list[str]) -> Iterator[str]:
    folders = [""]
    while folders:
        folder = folders.pop()
        with os.scandir(content / folder) as entries:
            found = sorted((entry for entry in entries if entry.name[0] != "."), key=lambda entry: entry.name)
        for entry in found:
            path = f"{folder}{entry.name}"
            if not is_safe(path) or not (entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False)):
                left_out.append(ascii(path)[1:-1])
            elif entry.is_dir(follow_symlinks=False):
                folders.append(f"{path}/")
            else:
                yield path


def read_whole(path: Path) -> bytes | None:
    """Return what is in a file as it was at one instant; None where it is gone or no file any more.

    Amends replaces files whole; an editor may write one in place, and then it is read again. ArchiveError where it
    never stands still.
    """
    for _ in range(_ATTEMPTS):
        try:
            # A link or a pipe may have come into its place; a pipe would keep whoever opens it waiting.
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except (FileNotFoundError, NotADirectoryError):
            return None
        with os.fdopen(handle, "rb") as file:
            before = os.fstat(handle)
            if not stat.S_ISREG(before.st_mode):
                return None
            data = file.read()
            if _state(before) == _state(os.fstat(handle)) and len(data) == before.st_size:
                return data
    raise ArchiveError(f"{path} changes all the time: it cannot be read whole")


def _state(facts: os.stat_result) -> tuple[int, int, int]:
    return facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


# --- Out of an archive ---


class Staged:
    """A record that is to take the place of the one in `content`, which nobody else may write meanwhile."""

    def __init__(self, content: Path) -> None:
        self._content = content
        self._made = not content.exists()
        content.mkdir(parents=True, exist_ok=True)
        self._remove(_RESTORING)
        self._new = Path(tempfile.mkdtemp(prefix=_RESTORING, dir=content))
        self._old: Path | None = None

    def unpack(self, archive: Archive) -> None:
        """Write the record of an archive, on disk when this returns, where no reader sees it."""
        for path in archive.record:
            target = self._new / path
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(RECORD + path) as member, target.open("xb") as file:
                    shutil.copyfileobj(member, file)
            except (FileExistsError, NotADirectoryError) as error:
                raise ArchiveError(f"{path!r} and another file of the archive have one name on this disk") from error
        sync(self._new)

    def put_aside(self) -> None:
        """Take away the record that is there; `give_up` puts it back."""
        self._old = Path(tempfile.mkdtemp(prefix=_REPLACED, dir=self._content))
        _move(self._content, self._old, sorted(visible(self._content), key=lambda name: name != _BOARD))

    def put_in_place(self) -> None:
        """Let the new record be the one that is there, and forget the old one."""
        _move(self._new, self._content, sorted(os.listdir(self._new), key=lambda name: name == _BOARD))
        sync_folder(self._content)
        self._remove(_RESTORING)
        self._remove(_REPLACED)

    def give_up(self) -> None:
        """Leave everything as it was."""
        if self._old is not None:
            _move(self._old, self._content, sorted(os.listdir(self._old), key=lambda name: name == _BOARD))
            self._old.rmdir()
        self._remove(_RESTORING)
        if self._made:
            self._content.rmdir()

    def _remove(self, prefix: str) -> None:
        for folder in self._content.glob(f"{prefix}*"):
            shutil.rmtree(folder)


def visible(content: Path) -> list[str]:
    """Return the names in the folder of a record, but for those that begin with a dot."""
    return [name for name in os.listdir(content) if name[0] != "."] if content.exists() else []


def _move(source: Path, target: Path, names: list[str]) -> None:
    for name in names:
        os.rename(source / name, target / name)
