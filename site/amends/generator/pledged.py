"""The cases in which a promise runs, as the last build found them: for who looks again and again."""

import sqlite3
from pathlib import Path

from amends.case import Case
from amends.generator.versions import of_store
from amends.record.packed import unpack
from amends.shelves.store import STORE, Peek


def pledged(content: Path, cache: Path) -> list[Case]:
    """Return the cases of `content` in which a promise runs, as their files were when a build last read them.

    None where nothing was built yet, or what builds keep was left by another version: the next build makes it anew.
    Nothing is changed and nobody is kept waiting.
    """
    try:
        with Peek(cache / STORE, of_store(content)) as store:
            found = list(store.rows("SELECT said, company FROM item WHERE pledged ORDER BY id"))
    except sqlite3.DatabaseError:
        return []
    return [unpack(said, company) for said, company in found]
