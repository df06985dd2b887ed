"""Letting customers hear of what a company changed because of their case, whoever wrote the update, and where."""

from datetime import datetime
from pathlib import Path

from amends.inbox import Inbox, notices
from amends.inbox.notices import LOOK_BACK
from amends.publish.telling import UPDATES
from amends.publish.writer import Writer
from amends.record import RecordError, Update, case_file, read_text, sift_update
from amends.record.told import NAME

_Stamp = tuple[int, ...]


class Updates:
    """Looks at the updates in the record, and again at those whose files have changed.

    An update is told while it is new: for `LOOK_BACK` after its day. What is older was told already, or long before
    there was this inbox; of it only links are told that are added while somebody looks.
    """

    def __init__(self, writer: Writer, inbox: Inbox) -> None:
        self._writer, self._inbox = writer, inbox
        self._looked: dict[Path, tuple[_Stamp, tuple[str, ...]]] = {}

    def files(self) -> list[Path]:
        """Return where updates may stand; no link leads out of the record."""
        content = self._writer.content.resolve()
        found = sorted(content.glob(f"*/{UPDATES}/*.md"))
        return [path for path in found if path.resolve() == path and path.is_file() and NAME.fullmatch(path.stem)]

    def tell(self, path: Path, now: datetime) -> bool:
        """Tell the customers of cases that an update newly came from; whether it had any.

        OSError where its file cannot be read. While that has a fault, nothing is told.
        """
        slug, stamp = path.parts[-3], _stamp(path)
        before = self._looked.get(path)
        if before and before[0] == stamp:
            return False
        update = self._read(path, slug)
        today = now.astimezone(self._writer.house(slug).zone).date()
        if update is None or update.day > today:
            return False
        known = before[1] if before else () if today - update.day <= LOOK_BACK else update.cases
        new = [number for number in update.cases if number not in known]
        if new:
            with self._inbox.writing() as connection:
                for number in new:
                    notices.tell_of_update(connection, slug, number, update.name, now)
        self._looked[path] = (stamp, update.cases)
        return bool(new)

    def _read(self, path: Path, slug: str) -> Update | None:
        """Return the update; None while its file has a fault, such as a link to a case that is not there yet."""
        shown = "/".join(path.parts[-3:])
        try:
            update, faults = sift_update(read_text(path, shown), path.stem, shown, _Cases(self._writer.content, slug))
        except RecordError:
            return None
        return None if faults else update


class _Cases:
    """The numbers of the cases in a company's folder."""

    def __init__(self, content: Path, slug: str) -> None:
        self._content, self._slug = content, slug

    def __contains__(self, number: object) -> bool:
        return case_file(self._content, self._slug, str(number)) is not None


def _stamp(path: Path) -> _Stamp:
    facts = path.stat()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns
