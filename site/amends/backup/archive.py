"""The file that a backup is: a ZIP archive of which every member has its SHA-256 in `manifest.json`.

    manifest.json         what this is, of which schema, and the digests
    record/...            the files of the record
    store/<table>.jsonl   the rows of a table of the private store, one JSON object a line
    secret.key            the secret of the private links, where it was asked for

Whoever reads an archive does not trust it: it may be cut off, changed, or made to write elsewhere or fill the disk.
"""

import hashlib
import json
import os
import re
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from amends import clock

FORMAT = 1
MANIFEST = "manifest.json"
KEY = "secret.key"
RECORD = "record/"
_STORE = re.compile(r"store/([a-z][a-z0-9_]*)\.jsonl")

CHUNK = 2**20
_ENTRY = 8 * 1024
"""The most bytes that the manifest may have for each member: a path of 4,096 bytes and its digest have room."""
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError),
    *(RuntimeError, ValueError, LookupError, OverflowError),
)
"""What `zipfile` raises where bytes are not what they should be; RuntimeError is also what is nested too deep."""


class ArchiveError(ValueError):
    """A backup cannot be made of this, or not be restored; the text says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself: `rows` by table, the number of the record's `files`, SHA-256 by member."""

    format: int
    product: str
    schema: str
    made: str
    rows: dict[str, int]
    files: int
    members: dict[str, str] = field(repr=False)


def store_member(table: str) -> str:
    """Return the name of the member that has the rows of a table."""
    return f"store/{table}.jsonl"


def is_safe(path: str) -> bool:
    """Whether a path leads to a file of the record, below its folder, on every system and in every archive."""
    pieces = path.split("/")
    if "\\" in path or not path.isprintable() or len(os.fsencode(path)) > 4096:
        return False
    # A surrogate is not printable, and a name that begins with a dot is no part of the record.
    return all(piece and piece[0] != "." and len(piece.encode()) <= 255 for piece in pieces)


# --- Writing ---


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file for its owner alone that is at `path` when the block ends, whole and on disk, or never.

    ArchiveError where something is there already.
    """
    if os.path.lexists(path):
        raise ArchiveError(f"{path} is there already, and is not overwritten")
    if not path.parent.is_dir():
        raise ArchiveError(f"{path.parent} is no folder")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _give_name(temporary, path)
    except OSError as error:
        # A disk that is full does not say which.
        raise (error if error.filename else OSError(error.errno, error.strerror, str(path))) from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
    sync_folder(path.parent)


def _give_name(temporary: str, path: Path) -> None:
    try:
        os.link(temporary, path)
    except OSError:
        if os.path.lexists(path):
            raise ArchiveError(f"{path} is there by now, and is not overwritten") from None
        # No second names here (FAT, some network shares).
        os.rename(temporary, path)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def write_archive(file: IO[bytes], made: datetime) -> Iterator["Writer"]:
    """Yield what writes an archive into a file, which is one when the block ends."""
    with zipfile.ZipFile(file, "w") as opened:
        yield Writer(opened, made)


class Writer:
    """Writes an archive, member by member, and at last its manifest."""

    def __init__(self, opened: zipfile.ZipFile, made: datetime) -> None:
        self._zip, self._made = opened, made
        self._members: dict[str, str] = {}

    def add(self, name: str, pieces: Iterator[bytes]) -> None:
        """Write a member made of pieces; its whole need not be in memory."""
        digest = hashlib.sha256()
        with self._zip.open(self._info(name), "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                member.write(piece)
        self._members[name] = digest.hexdigest()

    def finish(self, schema: str, rows: dict[str, int]) -> Manifest:
        """Write the manifest, last because only now the digests are known."""
        files = sum(name.startswith(RECORD) for name in self._members)
        product, made = f"amends {version('amends')}", clock.stamp(self._made)
        manifest = Manifest(FORMAT, product, schema, made, rows, files, self._members)
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
        self._zip.writestr(self._info(MANIFEST), text)
        return manifest

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._made.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = (stat.S_IFREG | 0o600) << 16
        return info


# --- Reading ---


class Archive:
    """An open archive whose names and sizes are sound; `verify` says whether its bytes are."""

    def __init__(self, path: Path, opened: zipfile.ZipFile) -> None:
        self._path, self._zip = path, opened
        infos = opened.infolist()
        self._infos = {info.filename: info for info in infos}
        if len(self._infos) != len(infos):
            raise ArchiveError(f"{path} has two members of one name")
        for info in infos:
            _check_kind(path, info)
        self.manifest = self._read_manifest()
        if set(self.manifest.members) | {MANIFEST} != set(self._infos):
            raise ArchiveError(f"{path} has not the members that its manifest names")
        for name in self.manifest.members:
            if not (name == KEY or _STORE.fullmatch(name) or _is_of_record(name)):
                raise ArchiveError(f"{path} has a member that no backup has: {name!r}")
        if set(self.manifest.rows) != self.tables:
            raise ArchiveError(f"{path} has not the tables that its manifest counts")

    @property
    def tables(self) -> set[str]:
        """The names of the tables that it has."""
        return {found[1] for name in self.manifest.members if (found := _STORE.fullmatch(name))}

    @property
    def record(self) -> list[str]:
        """The paths of the record's files."""
        return [name.removeprefix(RECORD) for name in self.manifest.members if name.startswith(RECORD)]

    @property
    def size(self) -> int:
        """The bytes that all its members say that they have."""
        return sum(info.file_size for info in self._infos.values())

    def verify(self) -> None:
        """Read everything and compare it with the digests; ArchiveError where something differs."""
        with _sound(self._path):
            for name, expected in self.manifest.members.items():
                digest = hashlib.sha256()
                with self.open(name) as member:
                    while piece := member.read(CHUNK):
                        digest.update(piece)
                if digest.hexdigest() != expected:
                    raise ArchiveError(f"{self._path} is damaged: {name} has another SHA-256 than its manifest says")

    def open(self, name: str) -> IO[bytes]:
        """Open a member."""
        return self._zip.open(self._infos[name])

    def secret(self) -> str | None:
        """Return the secret that it holds, 64 hexadecimal characters; None where it has none."""
        if KEY not in self._infos:
            return None
        with _sound(self._path), self.open(KEY) as member:
            text = member.read(100).decode("ascii", "replace").strip()
        if not re.fullmatch("[0-9a-f]{64}", text):
            raise ArchiveError(f"{self._path} has a {KEY} that is none")
        return text

    def _read_manifest(self) -> Manifest:
        info = self._infos.get(MANIFEST)
        if info is None:
            raise ArchiveError(f"{self._path} is no backup: it has no {MANIFEST}")
        if info.file_size > _ENTRY * len(self._infos):
            raise ArchiveError(f"{self._path} has a {MANIFEST} that is too large")
        with self.open(MANIFEST) as member:
            return _manifest(self._path, json.loads(member.read()))


@contextmanager
def read_archive(path: Path) -> Iterator[Archive]:
    """Open an archive; ArchiveError where it is none, or not one that this version writes or wrote."""
    with path.open("rb") as file, ExitStack() as opened:
        with _sound(path):
            archive = Archive(path, opened.enter_context(zipfile.ZipFile(file)))
        yield archive


@contextmanager
def _sound(path: Path) -> Iterator[None]:
    try:
        yield
    except ArchiveError:
        raise
    except _UNREADABLE as error:
        raise ArchiveError(f"{path} is no backup, or is damaged or cut off ({type(error).__name__})") from error


def _check_kind(path: Path, info: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.is_dir() or kind not in (0, stat.S_IFREG):
        raise ArchiveError(f"{path} has a member that is no file: {info.filename!r}")
    if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveError(f"{path} has a member in a form that no backup has: {info.filename!r}")


def _is_of_record(name: str) -> bool:
    return name.startswith(RECORD) and is_safe(name.removeprefix(RECORD))


def _manifest(path: Path, facts: Any) -> Manifest:
    if not isinstance(facts, dict) or type(facts.get("format")) is not int:
        raise ArchiveError(f"{path} is no backup: its {MANIFEST} does not say so")
    if facts["format"] != FORMAT:
        raise ArchiveError(f"{path} has the format {facts['format']}; this version reads {FORMAT}: update Amends")
    kinds = {"product": str, "schema": str, "made": str, "rows": dict, "files": int, "members": dict}
    if facts.keys() != {"format", *kinds} or any(type(facts[key]) is not kind for key, kind in kinds.items()):
        raise ArchiveError(f"{path} has a {MANIFEST} with other keys or values than a backup's")
    if any(type(count) is not int for count in facts["rows"].values()):
        raise ArchiveError(f"{path} has a {MANIFEST} that counts no rows")
    return Manifest(**facts)
