"""A company's other name in every table: what is told of it here moves together, or not at all."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Column, Connection, Table, and_, delete, exists, select, update

from amends.inbox.schema import case, company, metadata
from amends.inbox.signing_tables import audit


def rename(connection: Connection, old: str, new: str) -> None:
    """Give everything of the company `old` to `new`. To be done in one transaction; done twice it is done once.

    Where both have what there can be one of, such as what was sent under one key, that of `new` stays.
    """
    for table, column in _columns():
        if column.primary_key:
            other = table.alias()
            same = [other.c[key.name] == key for key in table.primary_key if key is not column]
            taken = exists().where(and_(other.c[column.name] == new, *same))
            connection.execute(delete(table).where(column == old, taken))
        connection.execute(update(table).where(column == old).values({column.name: new}))


def left_behind(connection: Connection, slugs: Iterable[str]) -> set[str]:
    """Return under which of these names there are cases: a service may have used one for some seconds more."""
    return set(connection.execute(select(case.c.company).where(case.c.company.in_(slugs)).distinct()).scalars())


def _columns() -> Iterator[tuple[Table, Column[str]]]:
    """Yield every column of the store that names a company, with its table, but that of the audit trail.

    What stands there is never changed: it says what the company was called on that day.
    """
    yield company, company.c.slug
    for table in metadata.sorted_tables:
        if table is audit:
            continue
        yield from ((table, column) for column in table.columns if column.name == "company")
