"""The record as it stands now, for those who look at it again and again."""

import hashlib
import os
from pathlib import Path
from threading import Lock

from amends.case import Case
from amends.record.model import Record, RecordError
from amends.record.resolve import case_path, read_text
from amends.record.schema import NUMBER, read_case
from amends.record.walk import load


def fingerprint(content: Path) -> bytes:
    """Return a digest that changes whenever a file of the record does (name, size, times, inode)."""
    digest = hashlib.sha256()
    folders = [os.fspath(content)]
    while folders:
        with os.scandir(folders.pop()) as found:
            for entry in sorted(found, key=lambda item: item.name):
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                    continue
                digest.update(os.fsencode(entry.path) + _traits(entry))
    return digest.digest()


def _traits(entry: os.DirEntry[str]) -> bytes:
    try:
        facts = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return b"gone\n"
    return f"\0{facts.st_size}\0{facts.st_mtime_ns}\0{facts.st_ctime_ns}\0{facts.st_ino}\n".encode()


class Current:
    """Reads the record in `content`, and again only when a file has changed. Safe to share between threads."""

    def __init__(self, content: Path) -> None:
        self._content = content
        self._lock = Lock()
        self._seen = b""
        self._record: Record | None = None

    def __call__(self) -> Record:
        """Return the record as it was when it could last be read; before that, what `load` raises is raised here."""
        with self._lock:
            seen = fingerprint(self._content) if self._content.is_dir() else b""
            if self._record is None or seen != self._seen:
                try:
                    self._record, self._seen = load(self._content), seen
                except RecordError:
                    # board.toml was broken by hand: what it said before is better than nothing.
                    if self._record is None:
                        raise
            return self._record


def case_file(content: Path, company: str, number: str) -> Path | None:
    """Return where a case's file stands, whatever its month; of several, the one that stands in the right place."""
    if not NUMBER.fullmatch(number):
        return None
    found = sorted((content / company).glob(f"[0-9][0-9][0-9][0-9]/[0-9][0-9]/{number}.md"))
    return next((path for path in found if len(found) == 1 or _is_in_place(content, company, path)), None)


def _is_in_place(content: Path, company: str, path: Path) -> bool:
    shown = path.relative_to(content).as_posix()
    try:
        case = read_case(read_text(path, shown), company, shown)
    except RecordError:
        return False
    return shown == case_path(company, case.received, case.number)


def find_case(content: Path, company: str, number: str) -> Case | None:
    """Read one case, fresh from its file; None where there is none or it has a fault."""
    path = case_file(content, company, number)
    if path is None:
        return None
    shown = path.relative_to(content).as_posix()
    try:
        return read_case(read_text(path, shown), company, shown)
    except RecordError:
        return None
