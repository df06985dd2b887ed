"""The record as it stands now, for those who look at it again and again."""

from pathlib import Path
from threading import Lock

from amends.case import Case
from amends.record.house import read_company
from amends.record.model import Company, Record, RecordError
from amends.record.rereading import Rereader
from amends.record.resolve import case_path, read_text
from amends.record.schema import NUMBER, read_case


class Current:
    """Reads the record in `content`, and of it again only what has changed. Safe to share between threads.

    What the product writes is seen at once. What somebody edits in place is, too, in a record of up to `MOST` files; in
    a larger one all have been looked at when so many times `MOST` have been.
    """

    def __init__(self, content: Path) -> None:
        self._read = Rereader(content)
        self._lock = Lock()

    def __call__(self) -> Record:
        """Return the record as it is, with board.toml as it last was without fault; raises what `load` raises."""
        with self._lock:
            return self._read()


def case_file(content: Path, company: str, number: str) -> Path | None:
    """Return where a case's file stands, whatever its month; of several, the one that stands in the right place."""
    if not NUMBER.fullmatch(number):
        return None
    found = sorted((content / company).glob(f"[0-9][0-9][0-9][0-9]/[0-9][0-9]/{number}.md"))
    return next((path for path in found if len(found) == 1 or _is_in_place(content, company, path)), None)


def _is_in_place(content: Path, company: str, path: Path) -> bool:
    shown = path.relative_to(content).as_posix()
    try:
        case = read_case(read_text(path, shown), company, shown)
    except RecordError:
        return False
    return shown == case_path(company, case.received, case.number)


def find_case(content: Path, company: str, number: str) -> Case | None:
    """Read one case, fresh from its file; None where there is none or it has a fault."""
    path = case_file(content, company, number)
    if path is None:
        return None
    shown = path.relative_to(content).as_posix()
    try:
        return read_case(read_text(path, shown), company, shown)
    except RecordError:
        return None


def once_called(content: Path, slug: str) -> Company | None:
    """Return the company that was called so before; None where there is none, or its company.toml has a fault."""
    for path in sorted(content.glob("*/company.toml")):
        shown = path.relative_to(content).as_posix()
        try:
            company = read_company(read_text(path, shown), path.parent.name, shown)
        except RecordError:
            continue
        if slug in company.aliases:
            return company
    return None
