"""Making an installation of a backup."""

import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, MetaData, Table, exists, func, inspect, select, text
from sqlalchemy.exc import DataError, IntegrityError

from amends.backup.archive import Archive, ArchiveError, Manifest, read_archive, store_member
from amends.backup.files import Staged, visible
from amends.backup.rows import batches_of
from amends.inbox import Inbox, erasures
from amends.inbox.erasures import Erasure
from amends.inbox.revisions import head, is_known, revision_of, upgrade
from amends.inbox.schema import metadata
from amends.record import exclusive
from amends.settings import Settings

_VERSION_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored. `has_secret`: whether the private links given before the backup work here."""

    manifest: Manifest
    has_secret: bool


def after_restore(connection: Connection, erased: Iterable[Erasure]) -> None:
    """Do to the restored store what has to be done before anybody sees it, in the transaction that restores it.

    What customers had erased is erased again: what the backup's own list names, and what is `erased` since.
    """
    for one in erased:
        erasures.add(connection, one)
    erasures.apply_again(connection)


def _erased_until_now(connection: Connection) -> list[Erasure]:
    """Return the erasure list of the store that is to be replaced; empty where it has none."""
    return erasures.all_of_them(connection) if inspect(connection).has_table("erasure") else []


def restore(settings: Settings, inbox: Inbox, path: Path, *, replace: bool = False) -> Restored:
    """Let the installation be what the backup at `path` holds; a service that runs meanwhile sees the old or the new.

    Everything is checked first. ArchiveError where the backup is damaged or of a newer version, or where something is
    here already that only `replace` may take away; the store and the record are then as they were. A restore that is
    killed leaves them as they were too, or leaves a record without board.toml, which nothing works on: restore again.
    """
    with read_archive(path) as archive, exclusive(settings.locks, "record"):
        _check(settings, path, archive, replace=replace)
        staged = Staged(settings.content)
        try:
            staged.unpack(archive)
            _replace(settings, inbox, archive, staged, replace=replace)
        except BaseException:
            staged.give_up()
            raise
        staged.put_in_place()
        return Restored(archive.manifest, archive.secret() is not None or _secret(settings).exists())


def _check(settings: Settings, path: Path, archive: Archive, *, replace: bool) -> None:
    """Say why this cannot be restored here, before anything is written."""
    schema, secret = archive.manifest.schema, archive.secret()
    if not is_known(schema):
        made_by = archive.manifest.product
        raise ArchiveError(f"{path} was made by {made_by!r} and has the newer schema {schema!r}: update Amends first")
    free = shutil.disk_usage(next(at for at in (settings.content, *settings.content.parents) if at.exists())).free
    if archive.size > free:
        raise ArchiveError(f"{path} would need {archive.size:,} bytes; {settings.content} has room for {free:,}")
    if not replace and visible(settings.content):
        raise ArchiveError(f"{settings.content} is not empty; --replace takes away what is there")
    own = _secret(settings)
    if not replace and secret and own.exists() and own.read_text("ascii", "replace").strip() != secret:
        raise ArchiveError(f"{own} is another one than the backup's; --replace takes it away, and its links with it")
    archive.verify()


# --- The store ---


def _replace(settings: Settings, inbox: Inbox, archive: Archive, staged: Staged, *, replace: bool) -> None:
    kept: str | None = None
    own = _secret(settings)
    try:
        with inbox.writing() as connection:
            erased = _erased_until_now(connection)
            _fill(connection, archive, replace=replace)
            after_restore(connection, erased)
            # From here on until the new record is in place there is no board: nothing can work with half of a restore.
            staged.put_aside()
            secret = archive.secret()
            if secret:
                kept = own.read_text("ascii", "replace") if own.exists() else ""
                _write_secret(own, secret + "\n")
    except BaseException:
        if kept:
            _write_secret(own, kept)
        elif kept is not None:
            own.unlink(missing_ok=True)
        raise


def _fill(connection: Connection, archive: Archive, *, replace: bool) -> None:
    if revision_of(connection):
        _empty(connection, replace=replace)
    before = set(inspect(connection).get_table_names())
    upgrade(connection, archive.manifest.schema)
    made = set(inspect(connection).get_table_names()) - before - {_VERSION_TABLE}
    if made != archive.tables:
        raise ArchiveError(f"the backup has not the tables of its schema: {', '.join(sorted(made ^ archive.tables))}")
    # The tables as they were then: those of `metadata` are of today.
    then = MetaData()
    then.reflect(connection, only=sorted(made))
    for table in then.sorted_tables:
        _load(connection, archive, table)
    upgrade(connection, head())


def _empty(connection: Connection, *, replace: bool) -> None:
    upgrade(connection)
    full = [table.name for table in metadata.sorted_tables if connection.scalar(select(exists(select(table))))]
    if full and not replace:
        raise ArchiveError(f"the store has rows already ({', '.join(full)}); --replace takes away what is there")
    metadata.drop_all(connection)
    connection.execute(text(f"DROP TABLE {_VERSION_TABLE}"))


def _load(connection: Connection, archive: Archive, table: Table) -> None:
    count = 0
    with archive.open(store_member(table.name)) as member:
        for batch in batches_of(member, table):
            try:
                connection.execute(table.insert(), batch)
            except (DataError, IntegrityError) as error:
                # Their own words would name what is in the rows.
                where = f"among the rows {count + 1} to {count + len(batch)} of {table.name} is one"
                raise ArchiveError(f"{where} that this database does not take ({type(error.orig).__name__})") from None
            count += len(batch)
    if count != archive.manifest.rows[table.name]:
        raise ArchiveError(f"{table.name} has {count} rows; the manifest counts {archive.manifest.rows[table.name]}")
    if connection.dialect.name == "postgresql":
        _continue_numbers(connection, table)


def _continue_numbers(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number the next row after those that came with their numbers."""
    for column in table.primary_key.columns:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
        last = connection.scalar(select(func.max(column))) if sequence else None
        if last is not None and last > 0:
            following = text("SELECT setval(CAST(:sequence AS regclass), :last)")
            connection.execute(following, {"sequence": sequence, "last": last})


# --- The secret ---


def _secret(settings: Settings) -> Path:
    return settings.instance / "secret.key"


def _write_secret(path: Path, secret: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secret.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
