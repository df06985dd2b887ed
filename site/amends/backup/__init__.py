"""Everything of an installation in one file, and an installation made of that file.

The file is the same whatever database the private store is in, so it also moves an installation between SQLite and
PostgreSQL.
"""

from amends.backup.archive import ArchiveError
from amends.backup.restoring import Restored, after_restore, restore
from amends.backup.saving import Saved, back_up

__all__ = ["ArchiveError", "Restored", "Saved", "after_restore", "back_up", "restore"]
