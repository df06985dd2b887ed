"""Opening the private store: one engine, with durable commits and the schema brought up to date."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

POOL = 32
"""Connections that are kept; as many as the server has threads, so that none waits for another."""


class StoreUnavailableError(RuntimeError):
    """The database cannot be written or read now: a full disk, a lost server. Nothing was stored."""


class Inbox:
    """The private store. Every write is on disk when its block ends, or it raises and nothing of it is."""

    def __init__(self, url: str) -> None:
        """Open the database at that SQLAlchemy URL; nothing is read yet."""
        self.url = url
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        waits = {"timeout": 20} if parsed.get_backend_name() == "sqlite" else {}
        self._engine = create_engine(url, connect_args=waits, pool_size=POOL, max_overflow=POOL)
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        self._writer = self._engine.execution_options(amends_writes=True)

    def migrate(self) -> None:
        """Bring the schema up to this version's, from any earlier one or from nothing."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.writing() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def reading(self) -> AbstractContextManager[Connection]:
        """Return a connection that sees one state of the store."""
        return _reading(self._engine)

    def writing(self) -> AbstractContextManager[Connection]:
        """Return a connection whose work is committed, and on disk, when the block ends."""
        return _writing(self._writer)

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    with _as_unavailable(), engine.connect() as connection:
        yield connection


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with _as_unavailable(), engine.begin() as connection:
        yield connection


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise
    except DBAPIError as error:
        raise StoreUnavailableError(str(error.orig)) from error


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
