"""Statements for where every microsecond counts: their text is made once, and the driver gets it as it is.

SQLAlchemy makes and prepares a statement anew for every execution, which takes four times as long as SQLite needs to
carry it out. What is written here has to be said by hand; all else goes through SQLAlchemy Core.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError

from amends.inbox.errors import is_of_no_use, let_go


def insert(connection: Connection, table: Table, rows: Iterable[Sequence[Any]], more: str = "") -> None:
    """Insert rows that have a value for each column of the table, in the order of its columns.

    `more` follows the statement: what to do where a row is there already.
    """
    turns = _turns(table, connection.dialect)
    given = [list(row) for row in rows]
    for row in given:
        for place, turn in turns:
            row[place] = turn(row[place])
    if given:
        with _cursor(connection) as cursor:
            cursor.executemany(_inserting(table, connection.dialect) + more, given)


def select(connection: Connection, statement: str, *values: Any) -> Sequence[Any]:
    """Return all rows; a list among the values takes the place of as many marks as it has members.

    In the statement `?` stands for a value, on every database.
    """
    counts = tuple(len(value) if isinstance(value, list) else None for value in values)
    flat = tuple(one for value in values for one in (value if isinstance(value, list) else [value]))
    with _cursor(connection) as cursor:
        cursor.execute(_asking(statement, counts, connection.dialect), flat)
        found: Sequence[Any] = cursor.fetchall()
        return found


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Send what is inserted in the block to a server at once, and wait for its answers at the end alone."""
    driver: Any = connection.connection.driver_connection
    with _as_of_sqlalchemy(connection), driver.pipeline() if hasattr(driver, "pipeline") else nullcontext():
        yield


@contextmanager
def _cursor(connection: Connection) -> Iterator[Any]:
    """Return the driver's own cursor."""
    if not connection.in_transaction():
        connection.begin()  # what is done with the driver's own cursor begins none
    with _as_of_sqlalchemy(connection), closing(connection.connection.cursor()) as cursor:
        yield cursor


@contextmanager
def _as_of_sqlalchemy(connection: Connection) -> Iterator[None]:
    """Raise what the driver raises as SQLAlchemy would."""
    driver: Any = connection.dialect.dbapi
    try:
        yield
    except driver.Error as error:
        if is_of_no_use(error):
            let_go(connection)
            connection.invalidate(error)
        raise DBAPIError.instance(None, None, error, driver.Error, hide_parameters=True) from error


@cache
def _turns(table: Table, dialect: Dialect) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    """Return what turns a value into one of the driver's, as SQLAlchemy would, for the columns where that is needed."""
    turns = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns]
    return tuple((place, turn) for place, turn in enumerate(turns) if turn)


@cache
def _inserting(table: Table, dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    marks = ", ".join([_mark(dialect)] * len(table.columns))
    return f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})"  # noqa: S608 -- the names are ours


@cache
def _asking(statement: str, counts: tuple[int | None, ...], dialect: Dialect) -> str:
    mark = _mark(dialect)
    first, *rest = statement.split("?")
    marks = [mark if count is None else f"({', '.join([mark] * count)})" for count in counts]
    return first + "".join(mark + part for mark, part in zip(marks, rest, strict=True))


def _mark(dialect: Dialect) -> str:
    return "?" if dialect.paramstyle == "qmark" else "%s"
