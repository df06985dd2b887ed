"""Of which code the kept things are: what another version has kept is thrown away, never trusted.

A process tells of its code as it was when it was first asked: what is installed beneath it later is not what it runs.
"""

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path

import amends

_HERE = Path(amends.__file__).parent
_READING = ("case.py", "moves.py", "clock.py", "text.py", "record", "shelves")
"""What decides how files are read and kept. All else decides how pages are written."""


@cache
def reading() -> str:
    """Return a digest of the code that reads the record: it changes with what the store holds, and how."""
    return _digest(path for name in _READING for path in _files(_HERE / name))


def of_store(content: Path) -> str:
    """Return the version of what builds keep of the record in `content`."""
    return f"{reading()} {content.resolve()}"


@cache
def rendering() -> str:
    """Return a digest of everything that decides what a page looks like: all code, templates, words and styles."""
    return _digest(_files(_HERE))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)


def _digest(files: Iterable[Path]) -> str:
    made = blake2b(digest_size=16)
    for file in files:
        made.update(f"{file.relative_to(_HERE)}\0".encode() + file.read_bytes())
    return made.hexdigest()
