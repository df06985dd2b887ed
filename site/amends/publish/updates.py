"""Letting customers hear of what a company changed because of their case, whoever wrote the update, and where."""

from datetime import datetime
from pathlib import Path

from amends.inbox import Inbox, notices
from amends.inbox.notices import LOOK_BACK
from amends.publish.telling import UPDATES
from amends.publish.writer import Writer
from amends.record import RecordError, Update, case_file, read_text, sift_update
from amends.record.listing import Traits, inner, list_folder, roles


class Updates:
    """Looks at the updates in the record, and again at those whose files have changed.

    An update is told while it is new: for `LOOK_BACK` after its day. What is older was told already, or long before
    there was this inbox; of it only links are told that are added while somebody looks.
    """

    def __init__(self, writer: Writer, inbox: Inbox) -> None:
        self._writer, self._inbox = writer, inbox
        self._looked: dict[str, tuple[Traits, tuple[str, ...]]] = {}

    def files(self) -> list[tuple[str, Traits]]:
        """Return the paths of all updates, within the record, and by what a change of each is seen."""
        content = self._writer.content
        folders = [f"{slug}/{UPDATES}" for slug in list_folder(content, "").folders]
        listings = [list_folder(content, path) for path in folders if path in inner(list_folder(content, _above(path)))]
        return [(listing.below(name), listing.files[name]) for listing in listings for name, _ in roles(listing)]

    def tell(self, path: str, traits: Traits, now: datetime) -> bool:
        """Tell the customers of cases that an update newly came from; whether it had any.

        While its file has a fault, nothing is told.
        """
        before = self._looked.get(path)
        if before and before[0] == traits:
            return False
        slug, update = _above(_above(path)), self._read(path)
        today = now.astimezone(self._writer.house(slug).zone).date()
        if update is None or update.day > today:
            return False
        known = before[1] if before else () if today - update.day <= LOOK_BACK else update.cases
        new = [number for number in update.cases if number not in known]
        if new:
            with self._inbox.writing() as connection:
                for number in new:
                    notices.tell_of_update(connection, slug, number, update.name, now)
        self._looked[path] = (traits, update.cases)
        return bool(new)

    def _read(self, path: str) -> Update | None:
        """Return the update; None while its file has a fault, such as a link to a case that is not there yet."""
        content, name = self._writer.content, path.rpartition("/")[2].removesuffix(".md")
        try:
            text = read_text(content / path, path)
            update, faults = sift_update(text, name, path, _Cases(content, _above(_above(path))))
        except RecordError:
            return None
        return None if faults else update


class _Cases:
    """The numbers of the cases in a company's folder."""

    def __init__(self, content: Path, slug: str) -> None:
        self._content, self._slug = content, slug

    def __contains__(self, number: object) -> bool:
        return case_file(self._content, self._slug, str(number)) is not None


def _above(path: str) -> str:
    return path.rpartition("/")[0]
