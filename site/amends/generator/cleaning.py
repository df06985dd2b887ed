"""Removing what builds keep, and the board: only folders that hold what a build put there, and nothing else."""

import fcntl
import os
import re
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from amends.generator.order import BuildError

_KEPT = re.compile(
    r"(?:board|last-good)\.db(?:-wal|-shm)?|\.?generations\.json.*|build\.lock|preview",
)
"""What stands in the folder in which builds keep what costs time to find out again."""
_OURS = ("static/board.css", "_headers", "404.html")
"""Files that every board has."""


class NotOursError(ValueError):
    """A folder is none that a build made; nothing was removed."""


def clean(cache: Path, out: Path | None) -> list[Path]:
    """Remove the folder `cache` of the builds, and the board at `out` with its standby; return what was removed.

    NotOursError where one of them is something else, BuildError where a build or a preview is running: nothing is
    removed then.
    """
    folders = [cache] if _is_cache(cache) else []
    if out is not None:
        folders += [folder for folder in (out, out.with_name(f".{out.name}.next")) if _is_board(folder)]
    with ExitStack() as held:
        for lock in (cache / "build.lock", cache / "preview" / "preview.lock"):
            if lock.is_file():
                _hold(held.enter_context(lock.open("w")), cache)
        for folder in folders:
            shutil.rmtree(folder)
    return folders


def _hold(lock: IO[str], cache: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        message = f"a build or a preview that keeps its things in {cache} is running; nothing was removed"
        raise BuildError(message) from error


def _is_cache(folder: Path) -> bool:
    """Whether there is something to remove; NotOursError where it is no folder of the builds."""
    names = _names(folder)
    if names is None:
        return False
    strangers = sorted(name for name in names if not _KEPT.fullmatch(name))
    if strangers or not names:
        holds = f"it holds {strangers[0]}" if strangers else "it is empty"
        raise NotOursError(f"{folder} is no folder of the builds: {holds}; nothing was removed")
    return True


def _is_board(folder: Path) -> bool:
    if _names(folder) is None:
        return False
    missing = [name for name in _OURS if not (folder / name).is_file()]
    if missing:
        raise NotOursError(f"{folder} is no board that was built: it has no {missing[0]}; nothing was removed")
    return True


def _names(folder: Path) -> list[str] | None:
    """Return what stands in a folder, None where nothing stands at its path; NotOursError where it is no folder."""
    if not os.path.lexists(folder):
        return None
    if folder.is_symlink() or not folder.is_dir():
        raise NotOursError(f"{folder} is no folder; nothing was removed")
    return os.listdir(folder)
