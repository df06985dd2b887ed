"""What the columns of the private store are made of."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, MetaData, String, TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware time in UTC, kept as whole seconds: SQLite has no times with a zone."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002, RUF100
        """Turn a time into seconds."""
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, RUF100
        """Turn seconds into a time."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

number, slug = String(8), String(40)
"""A case's number, and a company's name in addresses."""
