"""Opening the private store: one engine, with durable commits and the schema brought up to date."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from amends.inbox import turns
from amends.inbox.errors import StoreUnavailableError, is_of_no_use, let_go
from amends.inbox.group import GroupCommit, Store

Job = TypeVar("Job")
Result = TypeVar("Result")

POOL = 32
"""Connections that are kept; as many as the server has threads, so that none waits for another."""

POOL_OF_A_SERVER = 8
"""Connections to a server, which has a hundred for everybody unless told otherwise."""

_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "wal_autocheckpoint = 8000")
"""How a file is used. Its log may grow to 32 MB, eight times SQLite's own limit, before it goes into the database: most
of its pages have changed again by then, and whoever happens to write waits an eighth as often (1 in 20 of all the cost
of intake under load)."""

CONNECTING = 5
"""Seconds until a server counts as lost that does not answer."""


class Inbox:
    """The private store. Every write is on disk when its block ends, or it raises and nothing of it is."""

    def __init__(self, url: str) -> None:
        """Open the database at that SQLAlchemy URL; nothing is read yet."""
        self.url = url
        parsed = make_url(url)
        self.file = Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
        """Where the database is; None where it is a server."""
        if self.file:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Apart, so that nobody writes by what was opened to read while the disk was read-only: it would stay so.
            self._reader = _engine_of_a_file(parsed, POOL, "BEGIN")
            # A transaction that reads first and writes later would fail where another one wrote in between.
            self._writer = _engine_of_a_file(parsed, 1, "BEGIN IMMEDIATE")
        else:
            self._writer = _engine_of_a_server(parsed)
            # What a file gives by itself: a block that reads sees one state.
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self.failed: float | None = None
        """When the store was last found unavailable, on the clock of `time.monotonic`; None since a write succeeded."""

    @property
    def is_shared(self) -> bool:
        """Whether other machines may write to it too."""
        return self.file is None

    def migrate(self) -> None:
        """Bring the schema up to this version's, from any earlier one or from nothing."""
        from amends.inbox.revisions import upgrade  # noqa: PLC0415 - Alembic is a third of what the server's processes load

        with self.writing() as connection:
            upgrade(connection)

    def reading(self) -> AbstractContextManager[Connection]:
        """Return a connection that sees one state of the store."""
        return self._reading()

    def writing(self) -> AbstractContextManager[Connection]:
        """Return a connection whose work is committed, and on disk, when the block ends. Writers take turns."""
        return self._writing(in_turn=True)

    def adding(self) -> AbstractContextManager[Connection]:
        """Return a connection for what only adds: on a server those who add do not wait for each other."""
        return self._writing(in_turn=not self.is_shared)

    def group(self, store: Store[Job, Result]) -> GroupCommit[Job, Result]:
        """Return what commits the jobs of many threads together."""
        return GroupCommit(self.adding, store)

    def close(self) -> None:
        """Give all connections back."""
        self._reader.dispose()
        self._writer.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._as_unavailable(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self, *, in_turn: bool) -> Iterator[Connection]:
        with self._as_unavailable(), turns.in_turn(self.file), self._writer.begin() as connection:
            if in_turn and self.is_shared:
                turns.wait(connection)
            yield connection
        self.failed = None

    @contextmanager
    def _as_unavailable(self) -> Iterator[None]:
        try:
            yield
        except (IntegrityError, ProgrammingError, DataError):
            raise
        except (DBAPIError, NoConnectionError, StoreUnavailableError) as error:
            self.failed = time.monotonic()
            why = error.orig if isinstance(error, DBAPIError) else error
            raise StoreUnavailableError(str(why)) from error


def _engine_of_a_file(url: URL, connections: int, begin: str) -> Engine:
    # The connection that was used last has its statements and pages at hand.
    waits = {"timeout": turns.PATIENCE}
    engine = create_engine(
        url, hide_parameters=True, connect_args=waits, pool_size=connections, max_overflow=POOL, pool_use_lifo=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    event.listen(engine, "handle_error", _open_anew)
    return engine


def _engine_of_a_server(url: URL) -> Engine:
    # A server that was restarted must cost nobody an error: connections are tried before they are used.
    return create_engine(
        url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url,
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECTING, "application_name": "amends"},
        pool_size=POOL_OF_A_SERVER,
        max_overflow=POOL_OF_A_SERVER,
        pool_timeout=turns.PATIENCE,
        pool_pre_ping=True,
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions begin late, at the first write; ours begin where `begin` says.
    connection.isolation_level = None
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()  # else it keeps its file open until it is collected: SQLAlchemy does not know of it yet
        raise


def _open_anew(context: ExceptionContext) -> None:
    if context.connection is not None and is_of_no_use(context.original_exception):
        let_go(context.connection)
        context.is_disconnect = True
