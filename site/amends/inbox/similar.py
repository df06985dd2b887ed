"""What the widget offers to read before somebody asks: a copy of what the board has, brought up to date by `work`."""

from collections.abc import Mapping
from hashlib import blake2b

from sqlalchemy import Connection, delete, insert, select

from amends.inbox.schema import similar_text


def get(connection: Connection, slug: str) -> str | None:
    """Return a company's `similar.json`; None where there is none."""
    text: str | None = connection.execute(select(similar_text.c.text).where(similar_text.c.company == slug)).scalar()
    return text


def marks(connection: Connection) -> dict[str, bytes]:
    """Return by company what changes with its copy."""
    return {row.company: row.mark for row in connection.execute(select(similar_text.c.company, similar_text.c.mark))}


def mark_of(text: str) -> bytes:
    """Return the mark of a copy."""
    return blake2b(text.encode(), digest_size=16).digest()


def put(connection: Connection, texts: Mapping[str, str]) -> None:
    """Replace the copies of these companies; one of an empty text is removed."""
    connection.execute(delete(similar_text).where(similar_text.c.company.in_(texts)))
    rows = [{"company": slug, "mark": mark_of(text), "text": text} for slug, text in texts.items() if text]
    if rows:
        connection.execute(insert(similar_text), rows)
