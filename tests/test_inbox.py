"""The private store and its queries."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import IntegrityError

from amends.inbox import Inbox, StoreUnavailableError, cases
from amends.inbox.cases import Answer, Arrival, Contact, Received
from amends.inbox.schema import case, metadata, submission_key
from tests.conftest import DATABASES, database_of
from tests.factories import NUMBER, OTHER_NUMBER, START, a_received, after, make_inbox

KEY, DIGEST = "k" * 22, b"d" * 32


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


@pytest.fixture
def inbox(tmp_path: Path, database: str) -> Iterator[Inbox]:
    opened = make_inbox(tmp_path, database)
    yield opened
    opened.close()


@pytest.fixture
def in_a_file(tmp_path: Path) -> Iterator[Inbox]:
    """A store of which something is tested that a server has not, or keeps to itself."""
    opened = make_inbox(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def connection(inbox: Inbox) -> Iterator[Connection]:
    with inbox.writing() as opened:
        yield opened


def add(connection: Connection, received: Received, contact: Contact | None = None, key: str = "") -> Received:
    cases.add(connection, [Arrival(received, contact or Contact(), key or received.number, DIGEST)])
    return received


# --- The store ---


def test_the_migrations_build_exactly_the_tables_of_the_schema_and_once(inbox: Inbox) -> None:
    def tables(opened: Connection) -> list[object]:
        found = inspect(opened)
        return [
            [name, found.get_columns(name), found.get_indexes(name), found.get_foreign_keys(name)]
            for name in sorted(found.get_table_names())
        ]

    with inbox.reading() as opened:
        before = str(tables(opened))
        assert compare_metadata(MigrationContext.configure(opened, opts={"compare_type": True}), metadata) == []
        assert set(inspect(opened).get_table_names()) == {*metadata.tables, "alembic_version"}
    inbox.migrate()
    with inbox.reading() as opened:
        assert str(tables(opened)) == before


def test_a_migration_keeps_what_is_stored(inbox: Inbox) -> None:
    with inbox.writing() as opened:
        add(opened, a_received())
    inbox.migrate()
    with inbox.reading() as opened:
        assert cases.get(opened, NUMBER) == a_received()


def test_every_connection_is_durable_and_keeps_its_references(in_a_file: Inbox) -> None:
    with in_a_file.reading() as one, in_a_file.writing() as other, in_a_file.reading() as third:
        for opened in (one, other, third):
            found = [opened.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")]
            assert found == ["wal", 1]
            assert opened.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL


def test_the_folder_of_the_database_is_for_its_owner_alone(in_a_file: Inbox, tmp_path: Path) -> None:
    assert (tmp_path / "instance").stat().st_mode & 0o777 == 0o700
    assert in_a_file.url.endswith("/instance/amends.db")


def test_a_block_that_raises_leaves_nothing(inbox: Inbox) -> None:
    def crash() -> None:
        with inbox.writing() as opened:
            add(opened, a_received())
            assert cases.get(opened, NUMBER)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crash()
    with inbox.reading() as opened:
        assert cases.get(opened, NUMBER) is None


def test_what_is_written_is_there_for_everybody_when_the_block_ends_and_not_before(inbox: Inbox) -> None:
    with inbox.writing() as opened:
        add(opened, a_received())
        with inbox.reading() as other:
            assert cases.get(other, NUMBER) is None
    another = Inbox(inbox.url)
    with another.reading() as other:
        assert cases.get(other, NUMBER)
    another.close()


def test_a_reading_block_stores_nothing(inbox: Inbox) -> None:
    try:
        with inbox.reading() as opened:
            add(opened, a_received())
    except StoreUnavailableError as error:
        assert "read-only" in str(error)  # noqa: PT017 -- a server may refuse what a file forgets
    with inbox.reading() as opened:
        assert cases.get(opened, NUMBER) is None


def test_a_reading_block_sees_one_state_of_the_store(inbox: Inbox) -> None:
    with inbox.reading() as reader:
        assert cases.get(reader, NUMBER) is None
        with inbox.writing() as writer:
            add(writer, a_received())
        assert cases.get(reader, NUMBER) is None


def test_writers_that_read_first_take_turns(inbox: Inbox) -> None:
    def count(times: int) -> None:
        for _ in range(times):
            with inbox.writing() as opened:
                found = cases.get(opened, NUMBER)
                assert found
                opened.execute(case.update().values(generation=found.generation + 1))

    with inbox.writing() as opened:
        add(opened, a_received())
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, [10] * 4))
    with inbox.reading() as opened:
        assert cases.get(opened, NUMBER) == a_received(generation=40)


def test_a_full_disk_is_said_and_stores_nothing(in_a_file: Inbox) -> None:
    def fill() -> None:
        with in_a_file.writing() as opened:
            pages = opened.exec_driver_sql("PRAGMA page_count").scalar_one()
            opened.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
            add(opened, a_received(OTHER_NUMBER))
            add(opened, a_received(text="x" * 100_000))

    with pytest.raises(StoreUnavailableError, match="full"):
        fill()
    with in_a_file.reading() as opened:
        assert cases.ledger_due(opened) == []


def test_a_database_that_cannot_be_written_is_said(inbox: Inbox) -> None:
    def write() -> None:
        with inbox.writing() as opened:
            read_only = "SET TRANSACTION READ ONLY" if inbox.is_shared else "PRAGMA query_only = ON"
            opened.exec_driver_sql(read_only)
            add(opened, a_received())

    with pytest.raises(StoreUnavailableError, match=r"read-?only"):
        write()


@pytest.mark.parametrize("block", [Inbox.reading, Inbox.writing])
def test_a_database_that_cannot_be_opened_is_said(
    tmp_path: Path, block: Callable[[Inbox], AbstractContextManager[Connection]]
) -> None:
    (tmp_path / "amends.db").mkdir()
    with pytest.raises(StoreUnavailableError, match="unable to open"), block(Inbox(f"sqlite:///{tmp_path}/amends.db")):
        pass


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    lost = Inbox(f"sqlite:///{tmp_path}/amends.db")
    (tmp_path / "amends.db").write_bytes(b"x" * 8192)
    with pytest.raises(StoreUnavailableError, match="not a database"), lost.reading():
        pass


def test_an_instant_is_kept_to_the_second_in_utc_on_disk_as_a_number(connection: Connection) -> None:
    berlin = START.astimezone(ZoneInfo("Europe/Berlin")).replace(microsecond=999_999)
    add(connection, a_received(received=berlin))
    found = cases.get(connection, NUMBER)
    assert found is not None
    assert (found.received, found.received.tzinfo) == (START, UTC)
    assert connection.exec_driver_sql('SELECT received FROM "case"').scalar_one() == 1_793_610_000


# --- Cases ---


def test_a_case_is_kept_as_it_was_received(connection: Connection) -> None:
    full = a_received(author="Anna", page="/a", same=OTHER_NUMBER, generation=3, salt=bytes(range(32)), topic="x")
    add(connection, full, Contact("anna@mail.example", "AC-1"))
    assert cases.get(connection, NUMBER) == full
    assert cases.contacts_of(connection, NUMBER) == Contact("anna@mail.example", "AC-1")
    assert cases.get(connection, OTHER_NUMBER) is None
    assert cases.contacts_of(connection, OTHER_NUMBER) == Contact()
    assert not full.is_private
    assert a_received(publicity="private").is_private


def test_a_number_and_a_key_are_taken_once(inbox: Inbox) -> None:
    with inbox.writing() as opened:
        add(opened, a_received(), key=KEY)
    for received, key in ((a_received(), "other"), (a_received(OTHER_NUMBER), KEY)):
        with pytest.raises(IntegrityError), inbox.writing() as opened:
            add(opened, received, key=key)
    with inbox.writing() as opened:
        add(opened, a_received(OTHER_NUMBER, company="bolt"), key=KEY)
        assert cases.with_keys(opened, "acme", [KEY, "other"]) == {KEY: (DIGEST, NUMBER)}
        assert cases.with_keys(opened, "bolt", [KEY]) == {KEY: (DIGEST, OTHER_NUMBER)}
        assert cases.with_keys(opened, "acme", ["other"]) == {}


def test_a_key_is_remembered_for_thirty_days(connection: Connection) -> None:
    add(connection, a_received(), key=KEY)
    cases.forget_keys(connection, START + timedelta(days=30))
    assert cases.with_keys(connection, "acme", [KEY])
    cases.forget_keys(connection, START + timedelta(days=30, seconds=1))
    assert cases.with_keys(connection, "acme", [KEY]) == {}
    assert cases.get(connection, NUMBER)


def test_what_belongs_to_a_case_goes_with_it_and_never_stands_alone(inbox: Inbox) -> None:
    with inbox.writing() as opened:
        add(opened, a_received(), Contact("anna@mail.example"), KEY)
        opened.execute(case.delete())
        assert cases.contacts_of(opened, NUMBER) == Contact()
        assert opened.execute(select(func.count()).select_from(submission_key)).scalar() == 0
    with pytest.raises(IntegrityError), inbox.writing() as opened:
        cases.add_answer(opened, NUMBER, Answer(START, "Olga", "Sorry."))


def test_an_unread_case_becomes_a_stub_at_its_deadline_and_no_other_does(connection: Connection) -> None:
    unread = add(connection, a_received("00000001", reply_by=after(2)))
    add(connection, a_received("00000002", reply_by=after(1), outcome="private"))
    add(connection, a_received("00000003", reply_by=after(3)))
    assert cases.unread_at(connection, after(2) - timedelta(seconds=1)) == []
    assert cases.next_deadline(connection, START) == after(2)
    assert cases.unread_at(connection, after(2)) == [unread]
    assert cases.next_deadline(connection, after(2)) == after(3)
    assert cases.next_deadline(connection, after(3)) is None


def test_what_became_of_a_case_is_noted_the_first_time_only(connection: Connection) -> None:
    add(connection, a_received())
    cases.ledger_written(connection, a_received())
    cases.close(connection, NUMBER, "withheld", after(1), "spam")
    cases.close(connection, NUMBER, "published", after(2))
    cases.answered(connection, NUMBER, "acme", after(3))
    cases.answered(connection, NUMBER, "acme", after(4))
    closed = replace(a_received(), outcome="withheld", reason="spam", outcome_at=after(1), first_reply=after(3))
    assert cases.ledger_due(connection) == [closed]


def test_a_line_of_the_ledger_is_due_until_it_says_what_is_true_now(connection: Connection) -> None:
    first, second = a_received(OTHER_NUMBER), a_received(received=after(1))
    add(connection, second)
    add(connection, first)
    assert cases.ledger_due(connection) == [first, second]
    cases.ledger_written(connection, first)
    assert cases.ledger_due(connection) == [second]
    cases.answered(connection, NUMBER, "acme", after(2))
    cases.ledger_written(connection, second)  # as it was before the reply
    assert cases.ledger_due(connection) == [replace(second, first_reply=after(2))]
    cases.ledger_written(connection, replace(second, first_reply=after(2)))
    assert cases.ledger_due(connection) == []


def test_what_the_record_holds_is_emptied_and_what_is_private_stays(connection: Connection) -> None:
    add(connection, a_received(author="Anna", page="/a"), Contact("anna@mail.example"))
    cases.empty(connection, NUMBER, "delivery")
    assert cases.get(connection, NUMBER) == a_received(author="", page="", text="", topic="delivery")
    assert cases.contacts_of(connection, NUMBER).email == "anna@mail.example"


def test_an_answer_to_a_private_case_is_stored_once(connection: Connection) -> None:
    add(connection, a_received(publicity="private"))
    first, second = Answer(after(1), "Olga", "Sorry."), Answer(after(1), "Olga", "And thank you.")
    for answer in (first, second, first):
        cases.add_answer(connection, NUMBER, answer)
    assert cases.answers(connection, NUMBER) == [first, second]
    assert cases.answers(connection, OTHER_NUMBER) == []
