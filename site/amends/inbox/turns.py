"""Writers take turns, one after another, of whichever process and machine.

Both databases keep writers apart too, but in other ways than wanted here. Who waits for SQLite looks ever more rarely,
and under load some wait for seconds. PostgreSQL lets two go on at once who read the same before they write.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from amends.inbox.errors import StoreUnavailableError

PATIENCE = 20.0
"""Seconds to wait for other writers."""

LOOK = 0.0005
"""Seconds between two looks whether it is one's turn to write a file."""

_LOCK = 0x416D656E6473
"""The advisory lock of writers on a server; the letters of the product's name."""


@contextmanager
def in_turn(file: Path | None) -> Iterator[None]:
    """Wait for one's turn to write a file; None where it is a server. StoreUnavailableError where it does not come."""
    if file is None:
        yield
        return
    try:
        handle = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnavailableError(f"{file}.lock: {error.strerror}") from error
    try:
        give_up = time.monotonic() + PATIENCE
        while not _taken(handle):
            if time.monotonic() > give_up:
                raise StoreUnavailableError(f"another process has kept {file} locked for {PATIENCE:.0f} seconds")
            time.sleep(LOOK)
        yield
    finally:
        os.close(handle)


def wait(connection: Connection) -> None:
    """Wait for one's turn to write on a server, until the transaction ends; it fails where the turn does not come."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE:.0f}s'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise StoreUnavailableError(f"a file cannot be locked: {error.strerror}") from error
    return True
