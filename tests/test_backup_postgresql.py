"""Backups of PostgreSQL, and the move from SQLite to it and back."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import insert, inspect, select

from amends.backup import ArchiveError, back_up, restore
from amends.inbox import Inbox
from amends.inbox.schema import case, metadata, staff
from tests.archives import (
    Rows,
    any_rows,
    backup_of,
    files_in,
    interrupt,
    live_a_little,
    put_rows,
    restored_in,
    rows_of,
)
from tests.effort import EFFORT
from tests.house import NOON, House, settings_in
from tests.postgres import Server


def emptied(server: Server, name: str) -> str:
    """Return the address of a database that is empty, whatever was in it before."""
    server.drop(name)
    return server.make(name)


@pytest.fixture
def full(house: House) -> House:
    """An installation in which something of everything has happened."""
    return live_a_little(house)


@settings(max_examples=3 * EFFORT, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=any_rows())
def test_any_rows_move_from_sqlite_to_postgresql_and_back(postgresql: Server, rows: Rows) -> None:
    with tempfile.TemporaryDirectory() as folder:
        there = House(Path(folder) / "there")
        with there.inbox.writing() as connection:
            connection.execute(metadata.tables["company"].delete())
        put_rows(there.inbox, rows)
        moved = restored_in(Path(folder) / "pg", backup_of(there), emptied(postgresql, "moved"))
        assert rows_of(moved) == rows_of(there.inbox)
        again = Path(folder) / "again.zip"
        back_up(settings_in(Path(folder) / "pg"), moved, again, NOON)
        back = restored_in(Path(folder) / "back", again)
        assert rows_of(back) == rows_of(there.inbox)
        for inbox in (moved, back, there.inbox):
            inbox.close()


def test_postgresql_numbers_the_next_row_after_those_that_came(full: House, tmp_path: Path, postgresql: Server) -> None:
    inbox = restored_in(tmp_path / "pg", backup_of(full), emptied(postgresql, "numbers"))
    facts = {"login": "new", "name": "New", "role": "keeper", "password": "-", "created": NOON}
    with inbox.writing() as connection:
        connection.execute(insert(staff).values(**facts))
        ids = connection.execute(select(staff.c.id).order_by(staff.c.id)).scalars().all()
    assert ids == [1, 2]
    inbox.close()


def test_a_backup_of_postgresql_is_of_one_instant(
    full: House, tmp_path: Path, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = emptied(postgresql, "instant")
    inbox = restored_in(tmp_path / "pg", backup_of(full), url)
    before = rows_of(inbox)
    interrupt(monkeypatch, inbox)
    back_up(settings_in(tmp_path / "pg"), inbox, tmp_path / "b.zip", NOON)
    other = restored_in(tmp_path / "other", tmp_path / "b.zip")
    assert rows_of(other) == before != rows_of(inbox)
    inbox.close()
    other.close()


def test_what_postgresql_does_not_take_is_told_without_its_words_and_nothing_is_changed(
    full: House, tmp_path: Path, postgresql: Server
) -> None:
    with full.inbox.writing() as connection:
        connection.execute(case.update().values(author="anna\0secret"))
    inbox = Inbox(emptied(postgresql, "nul"))
    with pytest.raises(ArchiveError, match="among the rows 1 to 3 of case is one that this database") as error:
        restore(settings_in(tmp_path / "pg"), inbox, backup_of(full))
    assert "anna" not in str(error.value)
    with inbox.reading() as connection:
        assert inspect(connection).get_table_names() == []
    assert files_in(tmp_path / "pg" / "content") == {}
    inbox.close()
