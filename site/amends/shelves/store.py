"""The SQLite file: its tables, its version, and the few statements that everybody needs."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from amends.record import Fault

_SCHEMA = """
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- What was read. A folder or file without a stamp is looked at again, by content.
CREATE TABLE folder (path TEXT PRIMARY KEY, stamp BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE file (
  path TEXT PRIMARY KEY, folder TEXT NOT NULL, role TEXT NOT NULL, stamp BLOB NOT NULL, digest BLOB NOT NULL,
  number TEXT, said TEXT, kept INTEGER NOT NULL
) WITHOUT ROWID;
-- Files of cases that are yet to be read, with the stamps they will have, and numbers to settle, without a path.
CREATE TABLE unread (number TEXT NOT NULL, path TEXT NOT NULL, stamp BLOB NOT NULL, PRIMARY KEY (path, number))
WITHOUT ROWID;
CREATE TABLE line (
  path TEXT NOT NULL, place INTEGER NOT NULL, company TEXT NOT NULL, number TEXT NOT NULL, said TEXT NOT NULL,
  PRIMARY KEY (path, place)
) WITHOUT ROWID;
CREATE TABLE fault (
  owner TEXT NOT NULL, place INTEGER NOT NULL, path TEXT NOT NULL, line INTEGER, key TEXT, found TEXT NOT NULL,
  expected TEXT NOT NULL, PRIMARY KEY (owner, place)
) WITHOUT ROWID;

-- A case received: what its file and its ledger say, and what follows from them until `turns` (seconds since 1970).
CREATE TABLE item (
  id INTEGER PRIMARY KEY, company TEXT NOT NULL, number TEXT NOT NULL, path TEXT, standing TEXT, said TEXT, line TEXT,
  fresh INTEGER NOT NULL DEFAULT 1, at INTEGER, month TEXT, turns INTEGER, later INTEGER NOT NULL DEFAULT 0,
  differs TEXT, ledger TEXT, received INTEGER, changed INTEGER, topic TEXT, same TEXT, duplicate TEXT, page BLOB,
  pledged INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE kept (
  id INTEGER PRIMARY KEY, icon TEXT, subject TEXT, received TEXT, settled TEXT, waiting TEXT
);
CREATE TABLE tabled (id INTEGER PRIMARY KEY, json TEXT NOT NULL, csv TEXT NOT NULL);
CREATE TABLE listed (
  company TEXT NOT NULL, name TEXT NOT NULL, rank INTEGER NOT NULL, at INTEGER NOT NULL, number TEXT NOT NULL,
  id INTEGER NOT NULL, owed INTEGER NOT NULL, solved INTEGER NOT NULL, changed INTEGER NOT NULL, mark BLOB,
  PRIMARY KEY (company, name, rank, at, number)
) WITHOUT ROWID;
CREATE TABLE list (
  company TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL, owed INTEGER NOT NULL, solved INTEGER NOT NULL,
  changed INTEGER NOT NULL, extent TEXT NOT NULL, PRIMARY KEY (company, name)
) WITHOUT ROWID;
-- What is counted of the cases that came in a month, empty where it is to be counted anew.
CREATE TABLE month (company TEXT NOT NULL, month TEXT NOT NULL, sums TEXT NOT NULL, PRIMARY KEY (company, month))
WITHOUT ROWID;

-- The board: the pages that stand on more than one case with what they are made of, and those not yet written anew.
CREATE TABLE page (path TEXT PRIMARY KEY, company TEXT NOT NULL, made_of BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE touched (company TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE stale (path TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE mention (company TEXT NOT NULL, number TEXT NOT NULL, said TEXT NOT NULL, PRIMARY KEY (company, number))
WITHOUT ROWID;
"""

_INDEXES = (
    "CREATE INDEX file_of_folder ON file (folder)",
    "CREATE INDEX file_of_number ON file (number) WHERE number IS NOT NULL",
    "CREATE INDEX unread_of_number ON unread (number)",
    "CREATE INDEX line_of_number ON line (number, company)",
    "CREATE INDEX page_of_company ON page (company)",
    "CREATE UNIQUE INDEX item_of_number ON item (company, number)",
    "CREATE INDEX item_of_other ON item (number)",
    "CREATE INDEX item_of_month ON item (company, month)",
    "CREATE INDEX item_of_ledger ON item (company, ledger) WHERE ledger IS NOT NULL",
    "CREATE INDEX item_in_order ON item (company, at, number)",
    "CREATE INDEX listed_by_change ON listed (company, changed, number) WHERE name = 'all'",
    "CREATE INDEX listed_open_by_change ON listed (company, changed, number) WHERE name = 'open'",
    "CREATE INDEX listed_of_item ON listed (id)",
    "CREATE INDEX item_by_turn ON item (turns) WHERE turns IS NOT NULL",
    "CREATE INDEX item_fresh ON item (company, month) WHERE fresh",
    "CREATE INDEX item_pledged ON item (id) WHERE pledged",
    "CREATE INDEX item_later ON item (path) WHERE later",
    "CREATE INDEX item_differing ON item (company, differs) WHERE differs IS NOT NULL",
    "CREATE INDEX item_of_same ON item (company, same) WHERE same IS NOT NULL",
    "CREATE INDEX item_of_duplicate ON item (company, duplicate) WHERE duplicate IS NOT NULL",
)

_BATCH = 500
"""Rows written at a time."""


STORE = "board.db"
"""What the file is called."""


def throw_away(path: Path) -> None:
    """Remove the file, and what SQLite has put beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


class Store:
    """One connection to the file, or to a store in memory where there is no path. Not to be carried into a fork."""

    def __init__(self, path: Path | None, version: str = "") -> None:
        """Open the store; one of another version is thrown away, never trusted."""
        self.path = path
        self.version = version
        self.connection = self._open(path) or self._anew(path)

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def rows(self, statement: str, *values: object) -> Iterator[Any]:
        """Yield the rows that a statement finds."""
        return self.connection.execute(statement, values)

    def row(self, statement: str, *values: object) -> Any:
        """Return the first row that a statement finds; None where it finds none."""
        return self.connection.execute(statement, values).fetchone()

    def value(self, statement: str, *values: object) -> Any:
        """Return the first value of the first row; None where there is none."""
        found = self.connection.execute(statement, values).fetchone()
        return None if found is None else found[0]

    def change(self, statement: str, *values: object) -> None:
        """Carry out a statement."""
        self.connection.execute(statement, values)

    def change_all(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Carry out a statement for each row of values."""
        self.connection.executemany(statement, rows)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let everything that is written in the block be there, or nothing of it."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    # --- What everybody needs ---

    def setting(self, key: str) -> str | None:
        """Return what was noted under a key."""
        found: str | None = self.value("SELECT value FROM setting WHERE key = ?", key)
        return found

    def note(self, key: str, value: str) -> None:
        """Note something under a key."""
        self.change("INSERT OR REPLACE INTO setting VALUES (?, ?)", key, value)

    def touch(self, companies: Iterable[str]) -> None:
        """Note that something of these companies changed, or of the board where one is empty."""
        self.change_all("INSERT OR IGNORE INTO touched VALUES (?)", ((company,) for company in companies))

    def blame(self, owner: str, faults: Iterable[Fault]) -> None:
        """Let these be the faults that were found with something, in place of those before."""
        if owner in self._blamed:
            self.change("DELETE FROM fault WHERE owner = ?", owner)
        rows = [
            (owner, place, fault.path, fault.line, fault.key, fault.found, fault.expected)
            for place, fault in enumerate(faults)
        ]
        if rows:
            self._blamed.add(owner)
            self.change_all("INSERT INTO fault VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    @cached_property
    def _blamed(self) -> set[str]:
        """With whom a fault was found, and perhaps no longer is: nearly nobody, and asking for each would take long."""
        return {owner for (owner,) in self.rows("SELECT DISTINCT owner FROM fault")}

    def faults(self) -> tuple[Fault, ...]:
        """Return all faults of the record, by file and line."""
        found = self.rows("SELECT path, line, key, found, expected FROM fault ORDER BY path, line, owner, place")
        return tuple(Fault(*row) for row in found)

    def _open(self, path: Path | None) -> sqlite3.Connection | None:
        if path is None or not path.is_file():
            return None
        connection = _connected(path)
        try:
            found = connection.execute("SELECT value FROM setting WHERE key = 'version'").fetchone()
            if found is not None and found[0] == self.version:
                return connection
        except sqlite3.DatabaseError:
            pass
        connection.close()
        return None

    def _anew(self, path: Path | None) -> sqlite3.Connection:
        if path is not None:
            throw_away(path)
        connection = _connected(path)
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} {';'.join(_INDEXES)};")
        connection.execute("INSERT INTO setting VALUES ('version', ?)", (self.version,))
        connection.execute("COMMIT")
        return connection


class Peek(Store):
    """The store for who only looks: nothing of it is made, changed or thrown away, and nobody is kept waiting.

    sqlite3.DatabaseError where there is none, or one of another version.
    """

    def __init__(self, path: Path, version: str) -> None:
        self.path = path
        self.version = version
        self.connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            # All that is asked from here on is of one instant.
            self.change("BEGIN")
            if self.setting("version") != version:
                raise sqlite3.DatabaseError("another version kept it")
        except sqlite3.DatabaseError:
            self.connection.close()
            raise


def _connected(path: Path | None) -> sqlite3.Connection:
    connection = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=60, check_same_thread=False)
    if path is not None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -4000")
    connection.execute("PRAGMA foreign_keys = OFF")
    return connection
