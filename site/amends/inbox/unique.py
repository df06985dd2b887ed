"""Rows that are there once, whoever comes first."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, key: str, values: dict[str, object]) -> bool:
    """Insert a row unless there is one with its value of the column `key`; whether it was inserted.

    Another row there leaves the transaction as it is, which on PostgreSQL an IntegrityError would end.
    """
    made = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    query = made.values(values).on_conflict_do_nothing(index_elements=[key]).returning(table.c[key])
    return connection.execute(query).first() is not None
