"""A backup holds everything, and makes the same installation again, on any database."""

import fcntl
import json
import os
import stat
import tempfile
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection, inspect, select, text

from amends import backup, links
from amends.backup import ArchiveError, back_up, files, restore, restoring, saving
from amends.cli import main
from amends.inbox import Inbox, cases, erasures
from amends.inbox.erasures import Erasure
from amends.inbox.revisions import head, revision_of, upgrade
from amends.inbox.schema import case, metadata, staff
from tests.archives import (
    Rows,
    any_rows,
    backup_of,
    files_in,
    forge,
    interrupt,
    live_a_little,
    members_of,
    put_rows,
    restored_in,
    rows_of,
)
from tests.effort import EFFORT
from tests.factories import put
from tests.house import NOON, House, settings_in


@pytest.fixture
def full(house: House) -> House:
    """An installation in which something of everything has happened."""
    return live_a_little(house)


# --- Everything is in it ---


def test_a_restored_installation_is_the_one_that_was_backed_up(full: House, tmp_path: Path) -> None:
    path = backup_of(full)
    inbox = restored_in(tmp_path / "new", path)
    assert rows_of(inbox) == rows_of(full.inbox)
    assert files_in(tmp_path / "new" / "content") == files_in(full.content)
    assert sum(map(len, rows_of(inbox).values())) > 10
    inbox.close()


def test_every_table_is_in_a_backup_and_every_member_in_its_manifest(full: House) -> None:
    path = backup_of(full)
    members = members_of(path)
    manifest = json.loads(members.pop("manifest.json"))
    assert set(manifest["rows"]) == set(metadata.tables)
    assert set(manifest["members"]) == set(members)
    assert manifest["files"] == len(files_in(full.content))
    assert (manifest["format"], manifest["schema"], manifest["made"]) == (1, head(), "2026-11-02T12:00:10Z")
    assert {name: len(rows) for name, rows in rows_of(full.inbox).items()} == manifest["rows"]


@settings(max_examples=10 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=any_rows())
def test_any_rows_are_the_same_after_a_backup_and_a_restore(rows: Rows) -> None:
    with tempfile.TemporaryDirectory() as folder:
        there = House(Path(folder) / "there")
        with there.inbox.writing() as connection:
            connection.execute(metadata.tables["company"].delete())
        put_rows(there.inbox, rows)
        inbox = restored_in(Path(folder) / "new", backup_of(there))
        assert rows_of(inbox) == rows_of(there.inbox)
        inbox.close()
        there.close()


def test_the_secret_is_in_it_only_where_it_is_asked_for(full: House, tmp_path: Path) -> None:
    secret = full.settings.secret()
    plain, whole = backup_of(full), backup_of(full, "whole.zip", with_secret=True)
    assert "secret.key" not in members_of(plain)
    assert secret.hex().encode() not in b"".join(members_of(plain).values())
    restored_in(tmp_path / "plain", plain).close()
    assert not (tmp_path / "plain" / "instance" / "secret.key").exists()
    inbox = restored_in(tmp_path / "whole", whole)
    place = settings_in(tmp_path / "whole")
    assert place.secret() == secret
    assert stat.S_IMODE((place.instance / "secret.key").stat().st_mode) == 0o600
    with inbox.reading() as connection:
        number = connection.execute(select(case.c.number)).scalars().first() or ""
        received = cases.get(connection, number)
    assert received
    link = links.token(secret, number, received.generation)
    assert links.is_valid(place.secret(), link, number, received.generation)
    inbox.close()


# --- One instant ---


def test_what_is_received_during_a_backup_is_in_all_tables_or_in_none(
    full: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows_of(full.inbox)
    interrupt(monkeypatch, full.inbox)
    inbox = restored_in(tmp_path / "new", backup_of(full))
    assert rows_of(inbox) == before != rows_of(full.inbox)
    inbox.close()


def test_nothing_leaves_for_the_record_between_the_store_and_the_record_and_the_rest_does_not_wait(
    full: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_free() -> bool:
        with (full.settings.locks / "record.lock").open("w") as lock:
            try:
                fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    found = []
    begin, add_files, lines_of = saving._begin, files.add_files, saving.lines_of
    for name, real in (("_begin", begin), ("lines_of", lines_of)):
        monkeypatch.setattr(saving, name, lambda *given, real=real: (found.append(is_free()), real(*given))[1])
    looking = staticmethod(lambda *given: (found.append(is_free()), add_files(*given))[1])
    monkeypatch.setattr(saving, "files", type("Files", (), {"add_files": looking}))
    backup_of(full)
    assert found == [False, False, *[True] * len(metadata.tables)]


def test_a_file_that_is_written_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, looks, fstat = put(tmp_path / "a.md", "half"), [], os.fstat

    def edit(handle: int) -> os.stat_result:
        looks.append(handle)
        if len(looks) == 2:
            path.write_text("all of it")
        return fstat(handle)

    monkeypatch.setattr(os, "fstat", edit)
    assert files.read_whole(path) == b"all of it"
    monkeypatch.setattr(
        os, "fstat", lambda handle: (path.write_text(str(len(looks))), looks.append(0), fstat(handle))[2]
    )
    looks.extend([0] * 10**4)
    with pytest.raises(ArchiveError, match="changes all the time"):
        files.read_whole(put(tmp_path / "a.md", "x" * 9))


def test_what_is_no_file_of_the_record_is_left_out_and_told(full: House, tmp_path: Path) -> None:
    outside = put(tmp_path / "elsewhere" / "outside.md", "outside")
    (full.content / "linked.md").symlink_to(outside)
    (full.content / "folder").symlink_to(outside.parent)
    os.mkfifo(full.content / "pipe")
    put(full.content / ".git" / "config", "x")
    put(full.content / "acme" / ".draft.md", "x")
    put(full.content / "back\\slash.md", "x")
    Path(os.fsdecode(os.fsencode(full.content) + b"/\xff.md")).write_text("x")
    saved = back_up(full.settings, full.inbox, full.folder / "b.zip", full.now)
    assert set(saved.left_out) == {"linked.md", "folder", "pipe", "back\\\\slash.md", "\\udcff.md"}
    assert not [name for name in members_of(full.folder / "b.zip") if "/." in name or "outside" in name]


# --- Where it goes ---


def test_a_backup_is_for_its_owner_alone_and_leaves_nothing_beside_itself(full: House, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    back_up(full.settings, full.inbox, folder / "b.zip", full.now)
    assert os.listdir(folder) == ["b.zip"]
    assert stat.S_IMODE((folder / "b.zip").stat().st_mode) == 0o600


def test_a_file_that_is_there_is_never_overwritten(full: House, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(full.folder / "b.zip", "precious")
    with pytest.raises(ArchiveError, match="is there already"):
        back_up(full.settings, full.inbox, path, full.now)
    path.unlink()

    def come(connection: Connection) -> str:
        path.write_text("precious")
        return head()

    monkeypatch.setattr(saving, "_begin", come)
    with pytest.raises(ArchiveError, match="is there by now"):
        back_up(full.settings, full.inbox, path, full.now)
    assert path.read_text() == "precious"
    assert [name for name in os.listdir(full.folder) if "b.zip" in name] == ["b.zip"]


def test_a_file_system_without_second_names_gets_a_backup_too_and_keeps_what_is_there(
    full: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    path = backup_of(full)
    assert zipfile.is_zipfile(path)
    before = path.read_bytes()
    with pytest.raises(ArchiveError, match="is there already"):
        backup_of(full)
    assert path.read_bytes() == before


@pytest.mark.parametrize("place", ["content", "public/deeper"])
def test_a_backup_does_not_go_where_everybody_reads(full: House, place: str) -> None:
    (full.folder / place).mkdir(parents=True, exist_ok=True)
    with pytest.raises(ArchiveError, match="would be public"):
        back_up(full.settings, full.inbox, full.folder / place / "b.zip", full.now)


def test_without_a_store_of_this_version_there_is_no_backup(full: House, tmp_path: Path) -> None:
    nowhere = replace(full.settings, database=f"sqlite:///{tmp_path}/none.db")
    inbox = Inbox(nowhere.database)
    with pytest.raises(ArchiveError, match=r"none\.db is not there"):
        back_up(nowhere, inbox, tmp_path / "b.zip", NOON)
    inbox.close()
    assert not (tmp_path / "none.db").exists()
    with full.inbox.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(ArchiveError, match=r"schema is 0001, this version's .*: amends migrate"):
        back_up(full.settings, full.inbox, tmp_path / "b.zip", NOON)
    with pytest.raises(ArchiveError, match="is no folder: there is no record"):
        back_up(replace(full.settings, content=tmp_path / "no"), full.inbox, tmp_path / "b.zip", NOON)


# --- Restoring ---


def test_a_backup_of_an_older_schema_is_brought_up_to_this_one(tmp_path: Path, another_house: Any) -> None:
    house = another_house()
    old = Inbox(f"sqlite:///{tmp_path}/old.db")
    with old.writing() as connection:
        upgrade(connection, "0001")
        connection.execute(
            text("INSERT INTO staff VALUES (7, :login, :login, :login, NULL, :login, 0)"), {"login": "kim"}
        )
    old.close()
    then = {"report"} | (set(metadata.tables) - tables_of("0001", tmp_path))
    members: dict[str, bytes | None] = {f"store/{name}.jsonl": None for name in then}
    line = {"id": 7, "login": "kim", "name": "Kim", "role": "keeper", "company": None, "password": "-", "created": 0}
    columns = columns_of("0001", "staff", tmp_path)
    assert set(columns) == set(line)
    members |= {f"store/{name}.jsonl": b"" for name in tables_of("0001", tmp_path)}
    members["store/staff.jsonl"] = json.dumps(line).encode() + b"\n"
    path = forge(backup_of(house), tmp_path / "old.zip", members, lambda facts: facts.update(schema="0001"))
    inbox = restored_in(tmp_path / "new", path)
    with inbox.reading() as connection:
        assert revision_of(connection) == head()
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
        assert connection.execute(select(staff.c.id, staff.c.login)).all() == [(7, "kim")]
    inbox.close()


def opened_at(revision: str, folder: Path) -> Inbox:
    inbox = Inbox(f"sqlite:///{folder}/{revision}.db")
    with inbox.writing() as connection:
        upgrade(connection, revision)
    return inbox


def tables_of(revision: str, folder: Path) -> set[str]:
    inbox = opened_at(revision, folder)
    with inbox.reading() as connection:
        found = set(inspect(connection).get_table_names()) - {"alembic_version"}
    inbox.close()
    return found


def columns_of(revision: str, table: str, folder: Path) -> list[str]:
    inbox = opened_at(revision, folder)
    with inbox.reading() as connection:
        found = [column["name"] for column in inspect(connection).get_columns(table)]
    inbox.close()
    return found


def state(house: House) -> tuple[object, ...]:
    key = house.settings.instance / "secret.key"
    return rows_of(house.inbox), files_in(house.content), sorted(os.listdir(house.content)), key.read_text()


def test_what_is_there_goes_only_where_it_is_asked_for(full: House, another_house: Any) -> None:
    path, house = backup_of(full, with_secret=True), another_house()
    put(house.content / ".git" / "HEAD", "ref")
    house.receive(text="Already here.")
    before = state(house)
    with pytest.raises(ArchiveError, match="content is not empty; --replace"):
        restore(house.settings, house.inbox, path)
    assert state(house) == before
    elsewhere = replace(house.settings, content=house.folder / "fresh")
    with pytest.raises(ArchiveError, match=r"secret\.key is another one than the backup's"):
        restore(elsewhere, house.inbox, path)
    with pytest.raises(ArchiveError, match=r"the store has rows already \(.*case.*\); --replace"):
        restore(elsewhere, house.inbox, backup_of(full, "plain.zip"))
    assert state(house) == before
    assert not elsewhere.content.exists()
    restore(house.settings, house.inbox, path, replace=True)
    assert rows_of(house.inbox) == rows_of(full.inbox)
    assert files_in(house.content) == files_in(full.content)
    assert house.settings.secret() == full.settings.secret()
    assert sorted(name for name in os.listdir(house.content) if name[0] == ".") == [".git"]


def test_a_restored_installation_goes_on_where_the_old_one_was(full: House, another_house: Any) -> None:
    house = another_house()
    waiting = full.receive(text="To be published after the restore")
    full.at_the_desk().decide(waiting, "publish", topic="delivery")
    path = backup_of(full)
    full.work()
    restore(house.settings, house.inbox, path, replace=True)
    house.now = full.now - timedelta(seconds=full.undo_seconds)
    house.work()
    assert files_in(house.content) == files_in(full.content)
    assert "To be published after the restore" in house.page(f"acme/{waiting}")
    assert house.receive(text="And on.") not in full.numbers()


def test_what_has_to_be_done_after_a_restore_is_done_before_anybody_sees_it(
    full: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = backup_of(full), []

    def hook(connection: Connection, _erased: object) -> None:
        seen.append((revision_of(connection), len(connection.execute(select(case)).all())))
        with Inbox(settings_in(tmp_path / "new").database).reading() as other:
            seen.append(inspect(other).get_table_names())
        connection.execute(case.update().values(author="erased again"))
        if len(seen) == 2:
            raise KeyboardInterrupt

    assert restoring.after_restore is backup.after_restore
    monkeypatch.setattr(restoring, "after_restore", hook)
    with pytest.raises(KeyboardInterrupt):
        restored_in(tmp_path / "new", path)
    assert not (tmp_path / "new" / "content").exists()
    inbox = restored_in(tmp_path / "new", path)
    assert seen == [(head(), 3), [], (head(), 3), []]
    with inbox.reading() as connection:
        assert set(connection.execute(select(case.c.author)).scalars()) == {"erased again"}
    inbox.close()


def test_what_was_erased_since_the_backup_is_erased_in_what_is_restored(full: House, tmp_path: Path) -> None:
    path = backup_of(full)
    with full.inbox.writing() as connection:
        number = connection.execute(select(case.c.number).where(case.c.text != "")).scalars().first()
        assert number
        erasures.add(connection, Erasure(number, "acme", full.now))
    restore(full.settings, full.inbox, path, replace=True)
    with full.inbox.reading() as connection:
        found = cases.get(connection, number)
        assert found
        assert (found.text, found.author, found.salt) == ("", "", b"")
        assert erasures.has(connection, "acme", number)


# --- The commands ---


def test_the_commands_tell_what_they_did_and_what_was_left_out(full: House, tmp_path: Path) -> None:
    (full.content / "linked.md").symlink_to(tmp_path)
    environ = {"AMENDS_INSTANCE": str(full.settings.instance), "AMENDS_CONTENT": str(full.content)}
    file = str(full.folder / "b.zip")
    made = CliRunner().invoke(main, ["backup", file], env=environ)
    count = sum(map(len, rows_of(full.inbox).values()))
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith(f"{file}: {len(files_in(full.content))} files of the record and {count} rows of the")
    assert made.stderr.startswith(f"{full.content}/linked.md is left out: a link")
    again = CliRunner().invoke(main, ["backup", file], env=environ)
    assert (again.exit_code, again.stderr.strip()) == (1, f"Error: {file} is there already, and is not overwritten")
    new = {"AMENDS_INSTANCE": str(tmp_path / "n" / "i"), "AMENDS_CONTENT": str(tmp_path / "n" / "content")}
    done = CliRunner().invoke(main, ["restore", file], env=new)
    assert done.exit_code == 0, done.output
    assert f"{count} rows of the store of " in done.stdout
    assert "The backup holds no secret, and there is none here" in done.stderr
    refused = CliRunner().invoke(main, ["restore", file], env=new)
    assert refused.exit_code == 1
    assert "--replace takes away what is there" in refused.stderr
    assert CliRunner().invoke(main, ["restore", "--replace", file], env=new).exit_code == 0
