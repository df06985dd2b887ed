"""Stores with any rows in them, and archives of every kind, for the tests of backups."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from sqlalchemy import Boolean, Column, Integer, LargeBinary, String, Table, select

from amends.backup import back_up, files, restore, saving
from amends.inbox import Inbox, cases
from amends.inbox.cases import Arrival, Contact
from amends.inbox.schema import Instant, metadata
from tests.factories import a_received
from tests.house import House, settings_in

Rows = dict[str, list[dict[str, Any]]]


# --- Rows ---


def rows_of(inbox: Inbox) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in a store, in one order: databases sort texts in several."""
    with inbox.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def put_rows(inbox: Inbox, rows: Rows) -> None:
    with inbox.writing() as connection:
        for table in metadata.sorted_tables:
            if rows.get(table.name):
                connection.execute(table.insert(), rows[table.name])


def _values(column: Column[Any]) -> st.SearchStrategy[Any]:
    kind = column.type
    if isinstance(kind, Instant):
        found: st.SearchStrategy[Any] = st.integers(-(10**9), 4 * 10**9).map(lambda at: datetime.fromtimestamp(at, UTC))
    elif isinstance(kind, Boolean):
        found = st.booleans()
    elif isinstance(kind, LargeBinary):
        found = st.binary(max_size=kind.length or 40)
    elif isinstance(kind, String):
        # PostgreSQL has no place for NUL in a text.
        words = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
        found = st.text(words, max_size=min(kind.length or 40, 40))
    else:
        assert isinstance(kind, Integer), f"how are rows of {column} made?"
        found = st.integers(-(2**31), 2**31 - 1)
    return st.none() | found if column.nullable else found


@st.composite
def any_rows(draw: st.DrawFn) -> Rows:
    """Rows of every table that the schema has, whatever it is: all that its keys allow."""
    rows: Rows = {}
    for table in metadata.sorted_tables:
        taken: dict[str, set[Any]] = {}
        rows[table.name] = []
        for _ in range(draw(st.integers(0, 3))):
            row = _row(draw, table, rows)
            if row is not None and _is_free(row, table, taken):
                rows[table.name].append(row)
    # What stands on the erasure list is emptied wherever it comes back: no case here is to be changed by that.
    emptied = ("case", "note", "draft", "assignment")
    there = {row["number"] for name in emptied for row in rows[name]}
    rows["erasure"] = [row for row in rows["erasure"] if row["number"] not in there]
    return rows


def _row(draw: st.DrawFn, table: Table, rows: Rows) -> dict[str, Any] | None:
    row = {}
    for column in table.columns:
        for key in column.foreign_keys:
            there = [other[key.column.name] for other in rows[key.column.table.name]]
            if not there and not column.nullable:
                return None
            row[column.name] = draw(st.sampled_from(there)) if there else None
        if not column.foreign_keys:
            row[column.name] = draw(_values(column))
    return row


def _is_free(row: dict[str, Any], table: Table, taken: dict[str, set[Any]]) -> bool:
    keys = {"": tuple(row[column.name] for column in table.primary_key.columns)}
    keys |= {column.name: row[column.name] for column in table.columns if column.unique}
    if any(value in taken.get(name, ()) for name, value in keys.items()):
        return False
    for name, value in keys.items():
        taken.setdefault(name, set()).add(value)
    return True


# --- Installations ---


def files_in(content: Path) -> dict[str, bytes]:
    """What a record holds, by path; hidden files are no part of it."""
    if not content.exists():
        return {}
    found = {file.relative_to(content).as_posix(): file for file in content.rglob("*") if file.is_file()}
    return {path: file.read_bytes() for path, file in found.items() if not path.startswith(".")}


def live_a_little(house: House) -> House:
    """Let something of everything happen in an installation."""
    first = house.receive(text="My parcel is late. 包裹迟到 🙁", email="anna@x.example", reference="AB-1")
    house.receive(text="Between us.", publicity="private")
    house.receive(company="bolt", text="Still unread.")
    olga = house.at_the_desk()
    olga.decide(first, "publish", topic="delivery")
    olga.decide(first, "reply", name="Olga", text="Sorry.", do="send")
    house.work()
    return house


def backup_of(house: House, name: str = "backup.zip", **options: bool) -> Path:
    """Back an installation up into its own folder."""
    path = house.folder / name
    back_up(house.settings, house.inbox, path, house.now, **options)
    return path


def restored_in(folder: Path, path: Path, database: str | None = None, **options: bool) -> Inbox:
    """Make an installation of a backup; who asks for it closes its store."""
    place = settings_in(folder, **({"database": database} if database else {}))
    inbox = Inbox(place.database)
    try:
        restore(place, inbox, path, **options)
    except BaseException:
        inbox.close()
        raise
    return inbox


def interrupt(monkeypatch: pytest.MonkeyPatch, inbox: Inbox) -> None:
    """Let a case be received while the record is read into an archive."""

    def add_files(writer: Any, content: Path) -> list[str]:
        with inbox.writing() as connection:
            cases.add(connection, [Arrival(a_received("9zzz9zzz"), Contact("late@x.example"), "k", b"d" * 32)])
        return files.add_files(writer, content)

    monkeypatch.setattr(saving, "files", type("Files", (), {"add_files": staticmethod(add_files)}))


# --- Archives ---


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def forge(
    source: Path,
    target: Path,
    members: dict[str, bytes | None] | None = None,
    change: Callable[[dict[str, Any]], None] = lambda _: None,
    kinds: dict[str, int] | None = None,
) -> Path:
    """Make an archive like another with other members, whose manifest is right about them but for `change`."""
    found: dict[str, bytes | None] = {**members_of(source), **(members or {})}
    manifest = json.loads(found.pop("manifest.json") or b"")
    kept = {name: data for name, data in found.items() if data is not None}
    manifest["members"] = {name: hashlib.sha256(data).hexdigest() for name, data in kept.items()}
    manifest["rows"] = {
        name.removeprefix("store/").removesuffix(".jsonl"): data.count(b"\n")
        for name, data in kept.items()
        if name.startswith("store/")
    }
    change(manifest)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in {**kept, "manifest.json": json.dumps(manifest).encode()}.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (kinds or {}).get(name, 0) << 16
            opened.writestr(info, data)
    return target
