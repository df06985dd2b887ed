"""Stores that earlier versions left behind: brought up to this one with every row, and read by its code."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Column, MetaData, Table, select, text

from amends.cli import main
from amends.inbox import Inbox, StoreUnavailableError, cases, deeds, outbox, passwords, reports, webhooks
from amends.inbox.revisions import head, upgrade
from tests import postgres
from tests.conftest import DATABASES
from tests.factories import NUMBER, OTHER_NUMBER
from tests.house import BOARD, COMPANY, NOON, PASSWORD, House

EARLIER = [f"{number:04}" for number in range(1, int(head()))]
NOW = int(NOON.timestamp())

HASH = passwords._hasher.hash(PASSWORD)
WRITTEN: dict[str, tuple[Any, Any]] = {
    "id": (1, 2),
    "number": (NUMBER, OTHER_NUMBER),
    "company": ("acme", "acme"),
    "slug": ("acme", "bolt"),
    "settings": (COMPANY.format(name="Acme", slug="acme"), COMPANY.format(name="Bolt", slug="bolt")),
    "board": (BOARD, BOARD),
    "same": (OTHER_NUMBER, None),
    "publicity": ("public", "private"),
    "language": ("en", "zh-Hant"),
    "case.kind": ("complaint", "praise"),
    "case.outcome": ("waiting", "private"),
    "case.reason": ("spam", None),
    "deed.kind": ("publish", "reply"),
    "message.kind": ("receipt", "new"),
    "message.channel": ("mail", "webhook"),
    "facts": ("{}", "{}"),
    "login": ("olga", "kim"),
    "role": ("agent", "keeper"),
    "password": (HASH, HASH),
    "staff": (1, 2),
    "closed_by": (1, None),
    "url": ("https://acme.example/hook", "https://bolt.example/hook"),
    "webhook.company": ("acme", "bolt"),
    "similar_text.company": ("acme", "bolt"),
    "answer.by": ("company", "customer"),
    "masks": ('{"shown": [], "hidden": ["Rose Lane 4"]}', ""),
    "addition.kind": ("detail", "verdict"),
    "addition.outcome": ("waiting", "withheld"),
    "verdict.outcome": ("solved", "partly"),
    "verdict.score": (10, 1),
    "verdict.recommend": (10, 0),
    "staff.removed": (None, None),
}
"""What earlier versions wrote where a column cannot hold just anything: in a full row, and in one with few facts."""


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store without a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/instance/amends.db"
        return
    server: postgres.Server = request.getfixturevalue("postgresql")
    yield server.make("earlier")
    server.drop("earlier")


def value_for(column: Column[Any], place: int) -> Any:
    kind = column.type.python_type
    for name in (f"{column.table.name}.{column.name}", column.name):
        if name in WRITTEN and kind is not bytes:
            return WRITTEN[name][place]
    if column.nullable and place:
        return None
    words = f"{column.name} {place} 包裹 🙁"[: getattr(column.type, "length", None)]
    return {int: NOW, bool: True, bytes: words.encode()}.get(kind, words)


def fill(inbox: Inbox) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """Put two rows into every table, one with a value in every column; return columns and rows of each."""
    stored = {}
    with inbox.writing() as connection:
        then = MetaData()
        then.reflect(connection)
        for table in then.sorted_tables:
            if table.name != "alembic_version":
                rows = [{column.name: value_for(column, place) for column in table.columns} for place in (0, 1)]
                connection.execute(table.insert(), rows)
                stored[table.name] = list(rows[0]), [tuple(row.values()) for row in rows]
    return stored


def rows_now(inbox: Inbox, name: str, columns: list[str]) -> list[tuple[Any, ...]]:
    with inbox.reading() as connection:
        table = Table(name, MetaData(), autoload_with=connection)
        asked = select(*(table.c[column] for column in columns)).order_by(*table.primary_key)
        return [tuple(row) for row in connection.execute(asked)]


@pytest.mark.parametrize("revision", EARLIER)
def test_every_row_of_an_earlier_version_is_there_and_is_read(empty: str, revision: str, tmp_path: Path) -> None:
    inbox = Inbox(empty)
    with inbox.writing() as connection:
        upgrade(connection, revision)
    stored = fill(inbox)
    assert {"case", "contact", "answer", "deed", "request", "session", "staff", "submission_key"} <= set(stored)
    inbox.migrate()
    for name, (columns, rows) in stored.items():
        assert sorted(rows_now(inbox, name, columns), key=str) == sorted(rows, key=str)
    inbox.close()
    read_all(House(tmp_path, database=empty), set(stored))


def read_all(house: House, there: set[str]) -> None:
    """Let the code of this version read the rows, take a new case in, and show both to who was staff already."""
    with house.inbox.reading() as connection:
        found = cases.get(connection, NUMBER)
        assert found is not None
        assert (found.received, found.salt, found.author) == (NOON, "salt 0 包裹 🙁".encode(), "author 0 包裹 🙁")
        assert cases.contacts_of(connection, NUMBER).email == "email 0 包裹 🙁"
        assert [(given.by, given.text) for given in cases.answers(connection, NUMBER)] == [
            ("company", "text 0 包裹 🙁")
        ]
        assert [deed.kind for deed in deeds.of_case(connection, OTHER_NUMBER, "acme")] == ["reply"]
        assert deeds.asked(connection, OTHER_NUMBER) == [("reason 1 包裹 🙁", "why 1 包裹 🙁", NOON, None)]
        if "report" in there:
            assert [told.words for told in reports.open_ones(connection, 9)] == ["words 1 包裹 🙁"]
        if "message" in there:
            assert [message.once for message in outbox.dead(connection, 9)] == ["once 0 包裹 🙁"]
            assert webhooks.get(connection, "bolt") is not None
    new = house.receive(text="After the upgrade.")
    house.hired.add("olga")
    olga = house.at_the_desk()
    desk = olga.get("/desk/").text
    assert NUMBER in desk
    assert new in desk
    assert "text 0 包裹 🙁" in olga.get(f"/desk/acme/{NUMBER}").text
    house.close()


def test_a_store_of_a_newer_version_is_left_alone_and_that_is_said(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = Inbox(empty)
    inbox.migrate()
    with inbox.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailableError, match=rf"schema is 9999.*{head()}"):
        inbox.migrate()
    inbox.close()
    monkeypatch.setenv("AMENDS_DATABASE", empty)
    done = CliRunner().invoke(main, ["migrate"])
    assert done.exit_code == 1
    assert "a newer version of Amends" in done.output
