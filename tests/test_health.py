"""What `/healthz` may say of the store."""

import os
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from amends.health import LATELY, is_healthy
from amends.inbox import Inbox, StoreUnavailableError, cases
from amends.inbox.cases import Arrival, Contact
from tests.factories import a_received, make_inbox


def fail_to_write(inbox: Inbox) -> None:
    """Find the store unwritable, as a visitor does whose words cannot be stored."""

    def write() -> None:
        with inbox.writing() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            cases.add(connection, [Arrival(a_received(), Contact(), "k", b"d")])

    with pytest.raises(StoreUnavailableError):
        write()


def test_a_store_that_nobody_found_wanting_is_healthy(tmp_path: Path) -> None:
    inbox = make_inbox(tmp_path)
    assert is_healthy(inbox)
    inbox.close()


def test_a_store_that_could_not_be_written_is_unhealthy_for_a_while(tmp_path: Path) -> None:
    inbox = make_inbox(tmp_path)
    fail_to_write(inbox)
    failed = inbox.failed
    assert failed is not None
    assert [is_healthy(inbox, lambda after=after: failed + after) for after in (0, LATELY - 0.1, LATELY)] == [
        False,
        False,
        True,
    ]
    inbox.close()


def test_a_write_that_succeeds_makes_up_for_one_that_failed(tmp_path: Path) -> None:
    inbox = make_inbox(tmp_path)
    fail_to_write(inbox)
    assert not is_healthy(inbox)
    with inbox.writing() as connection:
        cases.add(connection, [Arrival(a_received(), Contact(), "k", b"d")])
    assert is_healthy(inbox)
    inbox.close()


def test_what_a_visitor_got_wrong_is_no_failure_of_the_store(tmp_path: Path) -> None:
    inbox = make_inbox(tmp_path)
    for outcome in (False, True):
        with inbox.writing() as connection:
            cases.add(connection, [Arrival(a_received(f"{outcome:08}"), Contact(), str(outcome), b"d")])
    with pytest.raises(IntegrityError), inbox.writing() as connection:
        cases.add(connection, [Arrival(a_received("00000001"), Contact(), "k", b"d")])
    assert is_healthy(inbox)
    inbox.close()


def test_a_store_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    inbox = make_inbox(tmp_path)
    inbox.close()
    assert inbox.file
    for file in inbox.file.parent.glob("amends.db*"):
        os.unlink(file)
    with pytest.raises(StoreUnavailableError):
        is_healthy(inbox)
    inbox.close()


def test_asking_reads_one_row_and_writes_nothing(tmp_path: Path) -> None:
    inbox = make_inbox(tmp_path)
    asked: list[str] = []
    event.listen(inbox._reader, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert is_healthy(inbox)
    assert [statement.split()[0] for statement in asked] == ["BEGIN", "SELECT"]
    inbox.close()
