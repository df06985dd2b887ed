"""Statements for where every microsecond counts: their text is made once, and the driver gets it as it is.

SQLAlchemy makes and prepares a statement anew for every execution, which takes four times as long as SQLite needs to
carry it out. What is written here has to be said by hand; all else goes through SQLAlchemy Core.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table


def insert(connection: Connection, table: Table, rows: Iterable[Sequence[Any]], more: str = "") -> None:
    """Insert rows that have a value for each column of the table, in the order of its columns.

    `more` follows the statement: what to do where a row is there already.
    """
    given = _given(table, connection.dialect)
    values = [tuple(turn(value) if turn else value for turn, value in zip(given, row, strict=True)) for row in rows]
    if values:
        connection.exec_driver_sql(_inserting(table, connection.dialect) + more, values)


def select(connection: Connection, statement: str, *values: Any) -> Sequence[Any]:
    """Return all rows; a list among the values takes the place of as many marks as it has members.

    In the statement `?` stands for a value, on every database.
    """
    counts = tuple(len(value) if isinstance(value, list) else None for value in values)
    flat = tuple(one for value in values for one in (value if isinstance(value, list) else [value]))
    return list(connection.exec_driver_sql(_asking(statement, counts, connection.dialect), flat))


@cache
def _given(table: Table, dialect: Dialect) -> tuple[Callable[[Any], Any] | None, ...]:
    """Return for each column what turns a value into one of the driver's, as SQLAlchemy would."""
    return tuple(column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns)


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
