"""The private store: there, of this version, writable, and sure to keep what it has acknowledged."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from amends.doctor.finding import Finding, State, Visit
from amends.inbox import Inbox, StoreUnavailableError
from amends.inbox.revisions import head, is_known, revision_of
from amends.inbox.schema import company

_DURABLE = {"synchronous_commit": {"on", "local", "remote_write", "remote_apply"}, "fsync": {"on"}}
"""What PostgreSQL has to be set to for a commit to be on disk, as the 201 says that it is."""
_SHARED = {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.glusterfs", "ceph", "lustre", "afs"}
"""File systems of several machines, over which SQLite's WAL does not work (https://www.sqlite.org/wal.html)."""


class _UndoneError(Exception):
    """Ends a test write, so that nothing of it is kept."""


def check(visit: Visit) -> Iterator[Finding]:
    """Look at the database; nothing is left in it."""
    try:
        inbox = Inbox(visit.settings.database)
    except ModuleNotFoundError as error:
        yield _fault(f"the driver {error.name} is not installed", 'pip install "amends[postgresql]"')
        return
    except SQLAlchemyError as error:
        yield _fault(f"AMENDS_DATABASE is no database: {type(error).__name__}", "give it as a SQLAlchemy URL")
        return
    try:
        yield from _look(inbox)
    except (StoreUnavailableError, DBAPIError) as error:
        why = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()
        yield _fault(
            f"it cannot be used: {why[0] if why else type(error).__name__}", "see AMENDS_DATABASE, and its log"
        )
    finally:
        inbox.close()


def _fault(found: str, remedy: str) -> Finding:
    return Finding("database", State.FAULT, found, remedy)


def _look(inbox: Inbox) -> Iterator[Finding]:
    if inbox.file and not inbox.file.is_file():
        yield _fault(f"{inbox.file} is not there", "amends migrate")
        return
    with inbox.reading() as connection:
        kind, found = connection.dialect.name, revision_of(connection)
        if found is None or (found != head() and is_known(found)):
            yield _fault(f"its schema is {found or 'none'}, this version's is {head()}", "amends migrate")
            return
        if found != head():
            yield _fault(f"its schema {found} is newer than this version's, {head()}", "update Amends")
            return
        wrong = list(_of_sqlite(connection) if kind == "sqlite" else _of_postgresql(connection))
    if inbox.file:
        wrong += _of_place(inbox.file.parent)
    _try_to_write(inbox)
    yield from wrong
    if not wrong:
        yield Finding("database", State.OK, f"{kind}, schema {found}, writable and durable")


def _try_to_write(inbox: Inbox) -> None:
    try:
        with inbox.writing() as connection:
            connection.execute(insert(company).values(slug="-", settings="", board=""))
            raise _UndoneError
    except _UndoneError:
        return


def _of_sqlite(connection: Connection) -> Iterator[Finding]:
    def pragma(name: str) -> str:
        return str(connection.exec_driver_sql(f"PRAGMA {name}").scalar())

    if pragma("journal_mode") != "wal":
        yield _fault("SQLite cannot use its write-ahead log there", "put the database on a local disk: AMENDS_DATABASE")
    if pragma("synchronous") != "2":
        yield _fault("SQLite does not wait for the disk", "put the database on a local disk: AMENDS_DATABASE")
    problem = pragma("quick_check(1)")
    if problem != "ok":
        yield _fault(f"its file is damaged: {problem}", "stop the service, and amends restore a backup with --replace")


def _of_postgresql(connection: Connection) -> Iterator[Finding]:
    for name, good in _DURABLE.items():
        value = str(connection.exec_driver_sql(f"SHOW {name}").scalar())
        if value not in good:
            yield _fault(f"{name} is {value}: what was acknowledged can be lost", f"ALTER SYSTEM SET {name} = on")
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        yield _fault(f"its encoding is {encoding}: not every word can be stored", "make it anew with ENCODING 'UTF8'")


def _of_place(folder: Path) -> Iterator[Finding]:
    kind = file_system_of(folder)
    if kind in _SHARED:
        remedy = "put it on a local disk, or use PostgreSQL: AMENDS_DATABASE"
        yield Finding("database", State.WARNING, f"SQLite stands on a file system of several machines ({kind})", remedy)
    if not locks_hold(folder):
        yield _fault(f"{folder} is on a file system without locks", "put it on a local disk, or use PostgreSQL")


def file_system_of(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the kind of file system that a folder is on, as Linux calls it; empty where that is not known."""
    try:
        lines = [line.split() for line in mounts.read_text("utf-8", "replace").splitlines()]
    except OSError:
        return ""
    above = {str(place) for place in (folder.resolve(), *folder.resolve().parents)}
    found = [(len(line[1]), number, line[2]) for number, line in enumerate(lines) if line[1] in above]
    return max(found)[2] if found else ""


def locks_hold(folder: Path) -> bool:
    """Whether a lock on a file in that folder keeps another holder away, as SQLite and the record rely on."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".lock-test.") as file:
        other = os.open(file.name, os.O_RDWR)
        try:
            fcntl.lockf(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            os.close(other)
    return False
