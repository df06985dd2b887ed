"""Servers that are killed at random: what was acknowledged is there, once, under the receipt that was given."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from amends.inbox.schema import case
from tests import kills, postgres
from tests.effort import is_thorough
from tests.house import House

KILLS = 14 if is_thorough() else 9
PATIENCE = 60.0


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store without a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/killed/amends.db"
        return
    server: postgres.Server = request.getfixturevalue("postgresql")
    yield server.make("killed")
    server.drop("killed")


def test_no_receipt_is_lost_doubled_or_changed_by_kills_at_any_instant(tmp_path: Path, empty: str) -> None:
    seed = 1
    outcome = kills.run(tmp_path, empty, KILLS, seed)
    assert (outcome.lost, outcome.doubled, outcome.changed) == ([], [], []), f"with seed {seed}"
    assert len(outcome.receipts) > KILLS / 2, "the visitors were hardly heard"


def visit(house: House, index: int, crashed: Event, ended: Event) -> tuple[set[int], dict[str, str]]:
    """Send until there were five receipts after the crash; return every status, and the words by their receipt."""
    statuses, given, after, sent = set(), {}, 0, 0
    while after < 5 and not ended.is_set():
        words, seen = f"Visitor {index} says {sent}.", crashed.is_set()
        answer = house.send(text=words, key=f"{index:02}{sent:030}")
        sent += 1
        statuses.add(answer.status_code)
        if answer.status_code == 201:
            given[json.loads(answer.text)["case"]] = words
            after += seen
    return statuses, given


def test_a_database_server_that_crashes_takes_no_receipt_along_and_needs_no_restart_of_ours(
    tmp_path: Path, postgresql: postgres.Server
) -> None:
    house = House(tmp_path, database=postgresql.make("crashing", like="migrated"))
    crashed, ended = Event(), Event()
    with ThreadPoolExecutor(4) as threads:
        visitors = [threads.submit(visit, house, index, crashed, ended) for index in range(4)]
        try:
            while not house.numbers():
                ended.wait(0.01)
            postgresql.crash()
            crashed.set()
            found = [visitor.result(PATIENCE) for visitor in visitors]
        finally:
            ended.set()
    assert set.union(*(statuses for statuses, _ in found)) <= {201, 503}
    with house.inbox.reading() as connection:
        stored = {row.number: row.text for row in connection.execute(select(case.c.number, case.c.text))}
    for _, given in found:
        assert len(given) >= 5
        assert given.items() <= stored.items()
    house.close()
    postgresql.drop("crashing")
