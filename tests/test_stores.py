"""Databases that one test leaves to the next: nothing of the one is in the other."""

import psycopg
import pytest

from amends.inbox.schema import metadata
from tests import postgres

PUT = "INSERT INTO staff (login, name, role, password, created) VALUES ('olga', 'Olga', 'agent', '', 0) RETURNING id"


@pytest.fixture
def stores(postgresql: postgres.Server) -> postgres.Stores:
    """None of them has been lent before."""
    return postgres.Stores(postgresql)


def asked(stores: postgres.Stores, name: str, statement: str) -> object:
    with psycopg.connect(stores.server.url(name), autocommit=True) as connection:
        answer = connection.execute(statement)
        return answer.fetchone() if answer.description else None


def test_one_that_is_lent_again_has_no_row_and_counts_from_one(stores: postgres.Stores) -> None:
    name = stores.lend()
    assert asked(stores, name, PUT) == asked(stores, stores.lend(), PUT) == (1,)
    stores.take_back(name)
    assert stores.lend() == name
    counts = " + ".join(f'(SELECT count(*) FROM "{table.name}")' for table in metadata.sorted_tables)
    assert asked(stores, name, f"SELECT {counts}") == (0,)
    assert asked(stores, name, PUT) == (1,)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE staff ADD COLUMN spoilt text",
        "DROP TABLE message",
        "CREATE FUNCTION spoilt() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 64', current_database()); END $$",
    ],
)
def test_one_in_which_more_was_changed_than_rows_is_not_lent_again(stores: postgres.Stores, statement: str) -> None:
    name = stores.lend()
    asked(stores, name, statement)
    stores.take_back(name)
    assert stores.lend() != name
    assert asked(stores, "postgres", f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == (0,)


def test_who_is_still_connected_is_not_there_when_it_is_lent_again(stores: postgres.Stores) -> None:
    name = stores.lend()
    with psycopg.connect(stores.server.url(name)) as late:
        late.execute(PUT)
        stores.take_back(name)
        assert stores.lend() == name
        with pytest.raises(psycopg.OperationalError):
            late.execute("SELECT 1")
    assert asked(stores, name, "SELECT count(*) FROM staff") == (0,)
