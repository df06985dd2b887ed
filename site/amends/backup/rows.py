"""The rows of a table as lines of JSON, and back. What kinds of columns there may be is written here only."""

import base64
import json
from collections.abc import Iterator
from typing import IO, Any

from sqlalchemy import Column, ColumnElement, Connection, Table, TypeDecorator, select, type_coerce

from amends.backup.archive import ArchiveError

LONGEST = 64 * 2**20
"""The most bytes that a line may have: what is read of an archive has room in memory."""
TOGETHER = 500
"""So many rows are read or written at once."""
_KINDS = (str, int, bool, bytes)
"""The kinds of values there are, as Python has them. A time is a number in every database (`inbox.schema.Instant`)."""


def lines_of(connection: Connection, table: Table) -> Iterator[bytes]:
    """Yield the rows of a table, in the order of its key, as the database has them; bytes are in base64."""
    query = select(*map(_as_stored, table.columns)).order_by(*table.primary_key.columns)
    for row in connection.execute(query, execution_options={"yield_per": TOGETHER}):
        line = json.dumps(dict(row._mapping), ensure_ascii=False, separators=(",", ":"), default=_encoded).encode()
        if len(line) >= LONGEST:
            raise ArchiveError(f"a row of {table.name} has {len(line):,} bytes; a backup has room for {LONGEST:,}")
        yield line + b"\n"


def batches_of(member: IO[bytes], table: Table) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows that a member has for a table, some hundreds at a time; ArchiveError where one is none."""
    batch, number = [], 0
    while line := member.readline(LONGEST + 1):
        number += 1
        if not line.endswith(b"\n"):
            raise ArchiveError(f"row {number} of {table.name} is cut off or too long")
        try:
            batch.append(_row(json.loads(line), table))
        except (ValueError, RecursionError) as error:
            raise ArchiveError(f"row {number} of {table.name} is not one of this table: {error}") from error
        if len(batch) == TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _as_stored(column: Column[Any]) -> ColumnElement[Any]:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if kind.python_type not in _KINDS:
        raise ArchiveError(f"{column} is of a kind that no backup has: {kind}")
    return type_coerce(column, kind).label(column.name)


def _encoded(value: object) -> dict[str, str]:
    return {"base64": base64.b64encode(value).decode()}  # type: ignore[arg-type]  # of `_KINDS` JSON lacks bytes only


def _row(facts: object, table: Table) -> dict[str, Any]:
    if not isinstance(facts, dict) or facts.keys() != set(table.columns.keys()):
        raise ValueError("it has other columns")
    return {column.name: _value(facts[column.name], column) for column in table.columns}


def _value(value: Any, column: Column[Any]) -> Any:
    if isinstance(value, dict) and value.keys() == {"base64"} and isinstance(value["base64"], str):
        value = base64.b64decode(value["base64"], validate=True)
    if value is None:
        if column.nullable:
            return None
        raise ValueError(f"{column.name} is empty")
    if type(value) is not column.type.python_type or (type(value) is int and not -(2**63) <= value < 2**63):
        raise ValueError(f"{column.name} is of another kind")
    return value
