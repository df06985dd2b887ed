"""What the machine gives: room on its disks, the right time, and folders with the right permissions."""

import ctypes
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from amends.doctor.finding import Finding, State, Visit
from amends.inbox import Inbox

_LEAST_FREE = 10**9
_LEAST_SHARE = 0.05
_TIME_ERROR = 5
"""What adjtimex(2) returns where the clock is not synchronised."""
_APART = 5.0
"""Seconds by which a file's time may differ from the clock's: some file systems keep only every second one."""


def check_disk(visit: Visit) -> Iterator[Finding]:
    """Look at the room where the store, the record and the board are."""
    settings = visit.settings
    places = {"the record": settings.content, "the board": settings.out, "the instance": settings.instance}
    told: dict[int, str] = {}
    for name, place in places.items():
        folder = next(above for above in (place, *place.parents) if above.is_dir())
        told.setdefault(folder.stat().st_dev, "")
        total, _, free = shutil.disk_usage(folder)
        if (free < _LEAST_FREE or free < total * _LEAST_SHARE) and not told[folder.stat().st_dev]:
            told[folder.stat().st_dev] = name
            found = f"{folder} has room for {free / 10**9:.1f} GB of {total / 10**9:.1f}"
            yield Finding("disk", State.WARNING, found, f"make room on the disk of {name}")
    if not any(told.values()):
        yield Finding("disk", State.OK, "room for the store, the record and the board")


def check_clock(visit: Visit) -> Iterator[Finding]:
    """Look at the clock, by which every promise is measured: against a file's, and at what the system says of it."""
    wrong = False
    if visit.settings.instance.is_dir():
        with tempfile.NamedTemporaryFile(dir=visit.settings.instance, prefix=".clock-test.") as file:
            apart = abs(os.fstat(file.fileno()).st_mtime - visit.now.timestamp())
        if apart > _APART:
            wrong = True
            yield Finding(
                "clock", State.WARNING, f"files are dated {apart:.0f} s off", "set the clocks of both machines"
            )
    if _is_unsynchronised():
        wrong = True
        yield Finding("clock", State.WARNING, "it is not synchronised", "timedatectl set-ntp true")
    if not wrong:
        yield Finding("clock", State.OK, "as files have it, and the system finds nothing wrong with it")


def _is_unsynchronised() -> bool:
    """Whether the system says so; adjtimex(2) with nothing to adjust only asks it. Not on macOS."""
    try:
        adjtimex = ctypes.CDLL(None).adjtimex
    except AttributeError:
        return False
    return bool(adjtimex(ctypes.create_string_buffer(512)) == _TIME_ERROR)


def check_permissions(visit: Visit) -> Iterator[Finding]:
    """Look at who may read what is private, and whether this user may write what has to be written."""
    settings = visit.settings
    wrong = list(_open_to_others(visit))
    for name, folder in (("record", settings.content), ("folder of the board", settings.out.parent)):
        if folder.is_dir() and not is_writable(folder):
            remedy = f"chown -R {os.geteuid()} {folder}"
            wrong.append(Finding("permissions", State.FAULT, f"the {name}, {folder}, cannot be written", remedy))
    yield from wrong
    if not wrong:
        yield Finding("permissions", State.OK, "what is private is for this user alone, and the record can be written")


def _open_to_others(visit: Visit) -> Iterator[Finding]:
    instance = visit.settings.instance
    if not instance.is_dir():
        yield Finding("permissions", State.FAULT, f"{instance} is not there", "amends migrate")
        return
    if _mode(instance) & 0o077:
        yield Finding("permissions", State.FAULT, f"others may look into {instance}", f"chmod 700 {instance}")
    file = _database_file(visit)
    if file and file.is_file() and not file.resolve().is_relative_to(instance.resolve()) and _mode(file) & 0o077:
        yield Finding("permissions", State.FAULT, f"others may read {file}", f"chmod 600 {file}")


def _database_file(visit: Visit) -> Path | None:
    try:
        inbox = Inbox(visit.settings.database)
    except Exception:
        return None  # what is wrong with it is told by the check of the database
    inbox.close()
    return inbox.file


def is_writable(folder: Path) -> bool:
    """Whether this user can make a file there; asked of the file system itself, which may be read-only to everyone."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".write-test."):
            return True
    except OSError:
        return False


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
