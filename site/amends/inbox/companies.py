"""The companies' public settings as intake needs them: a copy of the record, brought up to date by `work`."""

from sqlalchemy import Connection, delete, insert, select

from amends.inbox.schema import company


def get_all(connection: Connection) -> dict[str, tuple[str, str]]:
    """Return all copies by slug: the texts of company.toml and of board.toml."""
    return {row.slug: (row.settings, row.board) for row in connection.execute(select(company))}


def put_all(connection: Connection, settings: dict[str, str], board: str) -> None:
    """Replace all copies by these texts of company.toml, by slug, and of board.toml."""
    connection.execute(delete(company))
    if settings:
        rows = [{"slug": slug, "settings": text, "board": board} for slug, text in settings.items()]
        connection.execute(insert(company), rows)


def get(connection: Connection, slug: str) -> tuple[str, str] | None:
    """Return the texts of a company's company.toml and of board.toml."""
    row = connection.execute(select(company.c.settings, company.c.board).where(company.c.slug == slug)).first()
    return (row.settings, row.board) if row else None
