"""The last good version of every file of the record, kept beside the board so that a typo cannot hide a case."""

import sqlite3
from pathlib import Path

VERSION = 1
MEMORY = "last-good.db"
"""What the file is called."""


class LastGood:
    """A SQLite file in the cache folder; deleting it costs the last good versions of faulty files only."""

    def __init__(self, cache: Path) -> None:
        """Open the memory in that folder; one of another version is thrown away, never trusted."""
        cache.mkdir(parents=True, exist_ok=True)
        path = cache / MEMORY
        self._store = self._open(path) or self._anew(path)

    def recall(self, path: str) -> str | None:
        """Return what the file said when it was last without fault."""
        row = self._store.execute("SELECT text FROM good WHERE path = ?", (path,)).fetchone()
        return row[0] if row else None

    def keep(self, path: str, text: str) -> None:
        """Remember that the file is without fault and says this."""
        self._store.execute("INSERT OR REPLACE INTO good VALUES (?, ?)", (path, text))

    def commit(self) -> None:
        """Write everything that was kept so far."""
        self._store.commit()

    def close(self) -> None:
        """Write everything and let go of the file."""
        self.commit()
        self._store.close()

    def _open(self, path: Path) -> sqlite3.Connection | None:
        store = sqlite3.connect(path)
        try:
            if store.execute("PRAGMA user_version").fetchone()[0] == VERSION:
                store.execute("PRAGMA synchronous = NORMAL")
                return store
        except sqlite3.DatabaseError:
            pass
        store.close()
        return None

    def _anew(self, path: Path) -> sqlite3.Connection:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        store = sqlite3.connect(path)
        # Readers in other processes and the one that writes do not wait for each other.
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA synchronous = NORMAL")
        store.execute(f"PRAGMA user_version = {VERSION}")
        store.execute("CREATE TABLE good (path TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID")
        return store
