"""Opening the private store: one engine, with durable commits and the schema brought up to date."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from amends.inbox.errors import StoreUnavailableError
from amends.inbox.group import GroupCommit, Store

Job = TypeVar("Job")
Result = TypeVar("Result")

POOL = 32
"""Connections that are kept; as many as the server has threads, so that none waits for another."""

POOL_OF_A_SERVER = 8
"""Connections to a server, which has a hundred for everybody unless told otherwise."""


PATIENCE = 20.0
"""Seconds to wait for other writers, for a connection, or for a server that does not answer."""

LOOK = 0.0005
"""Seconds between two looks whether it is one's turn to write a file."""


class Inbox:
    """The private store. Every write is on disk when its block ends, or it raises and nothing of it is."""

    def __init__(self, url: str) -> None:
        """Open the database at that SQLAlchemy URL; nothing is read yet."""
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = url
        self._file = Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._engine = _engine_of_a_file(parsed)
        else:
            self._engine = _engine_of_a_server(parsed)
        self._reader = self._engine
        self._writer = self._engine.execution_options(amends_writes=True)
        if self.is_shared:
            # What a file gives by itself: a block that reads sees one state.
            self._reader = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def is_shared(self) -> bool:
        """Whether other machines may write to it too."""
        return self._file is None

    def migrate(self) -> None:
        """Bring the schema up to this version's, from any earlier one or from nothing."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.writing() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def reading(self) -> AbstractContextManager[Connection]:
        """Return a connection that sees one state of the store."""
        return _reading(self._reader)

    def writing(self) -> AbstractContextManager[Connection]:
        """Return a connection whose work is committed, and on disk, when the block ends. Writers take turns."""
        return _writing(self._writer, self._file)

    def adding(self) -> AbstractContextManager[Connection]:
        """Return a connection for what only adds: on a server those who add do not wait for each other."""
        return _adding(self._writer) if self.is_shared else self.writing()

    def group(self, store: Store[Job, Result]) -> GroupCommit[Job, Result]:
        """Return what commits the jobs of many threads together."""
        return GroupCommit(self.adding, store)

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()


def _engine_of_a_file(url: URL) -> Engine:
    # The connection that was used last has its statements and pages at hand.
    engine = create_engine(
        url, connect_args={"timeout": PATIENCE}, pool_size=POOL, max_overflow=POOL, pool_use_lifo=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _engine_of_a_server(url: URL) -> Engine:
    # A server that was restarted must cost nobody an error: connections are tried before they are used.
    return create_engine(
        url,
        connect_args={"connect_timeout": int(PATIENCE / 4), "application_name": "amends"},
        pool_size=POOL_OF_A_SERVER,
        max_overflow=POOL_OF_A_SERVER,
        pool_timeout=PATIENCE,
        pool_pre_ping=True,
    )


_TURN = 0x416D656E6473
"""The advisory lock that writers on a server take turns with; the letters of the product's name."""


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    with _as_unavailable(), engine.connect() as connection:
        yield connection


@contextmanager
def _writing(engine: Engine, file: Path | None) -> Iterator[Connection]:
    with _as_unavailable(), _in_turn(file), engine.begin() as connection:
        if file is None:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE:.0f}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")
        yield connection


@contextmanager
def _adding(engine: Engine) -> Iterator[Connection]:
    with _as_unavailable(), engine.begin() as connection:
        yield connection


@contextmanager
def _in_turn(file: Path | None) -> Iterator[None]:
    """Keep the writers of a file apart, of whichever process.

    SQLite keeps them apart too, but who waits there looks ever more rarely, and under load some wait for seconds.
    """
    if file is None:
        yield
        return
    try:
        handle = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnavailableError(f"{file}.lock: {error.strerror}") from error
    try:
        give_up = time.monotonic() + PATIENCE
        while not _taken(handle):
            if time.monotonic() > give_up:
                raise StoreUnavailableError(f"another process has kept {file} locked for {PATIENCE:.0f} seconds")
            time.sleep(LOOK)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise
    except DBAPIError as error:
        raise StoreUnavailableError(str(error.orig)) from error
    except NoConnectionError as error:
        raise StoreUnavailableError(str(error)) from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions begin late, at the first write; ours begin where `begin` says.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail where another one wrote in between.
    writes = connection.get_execution_options().get("amends_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
