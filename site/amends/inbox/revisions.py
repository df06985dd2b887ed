"""The schema's revisions: bringing a store up to this version's, from any earlier one or from nothing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from amends.inbox.errors import StoreUnavailableError


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the schema up to a revision, from any earlier one or from nothing, in the connection's transaction.

    StoreUnavailableError where the schema is a newer version's: this one would not know what it breaks.
    """
    found = revision_of(connection)
    if found is not None and not is_known(found):
        raise StoreUnavailableError(
            f"the database is of a newer version of Amends: its schema is {found}, and this one goes up to {head()}. "
            "Nothing was changed; run that version, or restore a backup that this one made"
        )
    config = _migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def head() -> str:
    """Return the revision of this version's schema."""
    return ScriptDirectory.from_config(_migrations()).get_current_head() or ""


def is_known(revision: str) -> bool:
    """Whether this version can bring a schema of that revision up to its own."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(_migrations()).walk_revisions())


def revision_of(connection: Connection) -> str | None:
    """Return the revision of a store's schema; None where it has none yet."""
    return MigrationContext.configure(connection).get_current_revision()


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
