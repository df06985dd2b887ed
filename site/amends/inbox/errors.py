"""What can be wrong with the private store as a whole."""

import sqlite3
from contextlib import suppress

from sqlalchemy import Connection


class StoreUnavailableError(RuntimeError):
    """The database cannot be written or read now: a full disk, a lost server. Nothing was stored."""


def is_of_no_use(error: BaseException) -> bool:
    """Whether the connection to a file that raised this has to be opened anew.

    What was opened while the disk was read-only, or before it was away, stays of no use when the disk is well again.
    """
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR)


def let_go(connection: Connection) -> None:
    """Give back the lock of a connection to a file that is of no use any more.

    SQLite closes a connection when its last statement is gone, and an error may hold on to that: not to the lock.
    """
    with suppress(sqlite3.Error):
        connection.connection.rollback()
