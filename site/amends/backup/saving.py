"""Making a backup, while the service runs."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Table

from amends.backup import files
from amends.backup.archive import KEY, ArchiveError, Manifest, Writer, new_file, store_member, write_archive
from amends.backup.rows import lines_of
from amends.inbox import Inbox
from amends.inbox.revisions import head, revision_of
from amends.inbox.schema import metadata
from amends.record import exclusive
from amends.settings import Settings


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup holds; `left_out` are paths of the record that no archive can have, and links."""

    manifest: Manifest
    left_out: tuple[str, ...]


def back_up(settings: Settings, inbox: Inbox, path: Path, now: datetime, *, with_secret: bool = False) -> Saved:
    """Write the record and the store into a new file at `path`.

    The secret stays out unless it is asked for: who has it and the store can open every private link. ArchiveError
    where the file is there, would be public, or the store is not of this version.
    """
    _check_places(settings, inbox, path)
    with (
        new_file(path) as file,
        write_archive(file, now) as writer,
        ExitStack() as publishing,
        inbox.reading() as connection,
    ):
        # What leaves the store is in the record first. So the store is looked at before the record, and nothing leaves
        # in between: otherwise a case could be in neither, or a reply be written a second time after a restore.
        publishing.enter_context(exclusive(settings.locks, "record"))
        schema = _begin(connection)
        left_out = files.add_files(writer, settings.content)
        publishing.close()
        rows = {table.name: _add_rows(writer, connection, table) for table in metadata.sorted_tables}
        if with_secret:
            writer.add(KEY, iter((settings.secret().hex().encode() + b"\n",)))
        manifest = writer.finish(schema, rows)
    return Saved(manifest, tuple(left_out))


def _check_places(settings: Settings, inbox: Inbox, path: Path) -> None:
    if not settings.content.is_dir():
        raise ArchiveError(f"{settings.content} is no folder: there is no record to back up")
    if inbox.file and not inbox.file.is_file():
        raise ArchiveError(f"{inbox.file} is not there: there is no store to back up")
    for public in (settings.content, settings.out):
        if path.resolve().is_relative_to(public.resolve()):
            raise ArchiveError(f"{path} would be public: a backup holds what is private")


def _begin(connection: Connection) -> str:
    """Begin the one transaction in which everything is read; return the schema's revision."""
    if connection.dialect.name == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    found = revision_of(connection)
    if found != head():
        raise ArchiveError(f"the store's schema is {found}, this version's {head()}: amends migrate")
    return found


def _add_rows(writer: Writer, connection: Connection, table: Table) -> int:
    count = 0

    def counted() -> Iterator[bytes]:
        nonlocal count
        for line in lines_of(connection, table):
            count += 1
            yield line

    writer.add(store_member(table.name), counted())
    return count
