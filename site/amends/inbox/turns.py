"""Writers take turns, one after another, of whichever process and machine.

Both databases keep writers apart too, but in other ways than wanted here. Who waits for SQLite looks ever more rarely,
and under load some wait for seconds. PostgreSQL lets two go on at once who read the same before they write.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from amends.inbox.errors import StoreUnavailableError

PATIENCE = 20.0
"""Seconds to wait for other writers."""

_LOCK = 0x416D656E6473
"""The advisory lock of writers on a server; the letters of the product's name."""


@contextmanager
def in_turn(file: Path | None) -> Iterator[None]:
    """Wait for one's turn to write a file; None where it is a server. StoreUnavailableError where it does not come."""
    if file is None:
        yield
        return
    handle = _locked(f"{file}.lock")
    try:
        yield
    finally:
        os.close(handle)


def _locked(name: str) -> int:
    """Return a handle of a file that nobody else has locked; closing it lets the next one have its turn."""
    try:
        handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreUnavailableError(f"{name}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _Wait(handle, name).until_it_is_over()
    except OSError as error:
        os.close(handle)
        raise _unlockable(name, error) from error
    return handle


def _unlockable(name: str, error: OSError) -> StoreUnavailableError:
    return StoreUnavailableError(f"{name} cannot be locked: {error.strerror}")


class _Wait:
    """Waits for a lock, in line with all others who do, in a thread of its own: flock(2) knows no limit.

    Whoever looks again and again instead comes late, and those who came after get ahead: under load one in a hundred
    waits half as long again.
    """

    def __init__(self, handle: int, name: str) -> None:
        self._handle, self._name = handle, name
        self._came, self._decided = threading.Lock(), threading.Lock()
        self._came.acquire()
        self._failed: OSError | None = None

    def until_it_is_over(self) -> None:
        """Wait; StoreUnavailableError where the lock does not come, and then the handle is closed."""
        threading.Thread(target=self._stand_in_line, name="turn", daemon=True).start()
        if not self._came.acquire(timeout=PATIENCE) and self._decided.acquire(blocking=False):
            raise StoreUnavailableError(f"another process has kept {self._name} locked for {PATIENCE:.0f} seconds")
        if self._failed:
            os.close(self._handle)
            raise _unlockable(self._name, self._failed) from self._failed

    def _stand_in_line(self) -> None:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX)
        except OSError as error:
            self._failed = error
        if self._decided.acquire(blocking=False):
            self._came.release()
        else:
            os.close(self._handle)  # nobody waits for it any more


def wait(connection: Connection) -> None:
    """Wait for one's turn to write on a server, until the transaction ends; it fails where the turn does not come."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE:.0f}s'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
