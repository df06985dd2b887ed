"""What can be wrong with the private store as a whole."""

import sqlite3


class StoreUnavailableError(RuntimeError):
    """The database cannot be written or read now: a full disk, a lost server. Nothing was stored."""


def is_of_no_use(error: BaseException) -> bool:
    """Whether the connection to a file that raised this has to be opened anew.

    What was opened while the disk was read-only, or before it was away, stays of no use when the disk is well again.
    """
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR)
