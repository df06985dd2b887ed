"""Reading the record without its cases: the board, its companies, and what these and the keeper tell besides."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from amends.record import House
from amends.record.house import clashes, read_base_url
from amends.record.listing import Role
from amends.record.walk import Reader
from amends.shelves.memory import LastGood
from amends.shelves.store import Store


def read_house(store: Store, content: Path, cache: Path, base_url: str | None) -> House:
    """Read the settings, the referrals, and what the keeper says; what companies tell is read by `with_told`.

    ValueError where `base_url` is no such address; NotABoardError and RecordError as `load` raises them.
    """
    memory = LastGood(cache)
    try:
        reader = Reader(content, memory)
        board = reader.board()
        companies = tuple(reader.company(path) for path in _paths(store, Role.COMPANY))
        pages = dict(reader.pages(_paths(store, Role.PAGE)))
        referrals = dict(reader.referrals(_paths(store, Role.REFERRALS)))
    finally:
        memory.close()
    with store.writing():
        store.blame("settings", [*reader.faults, *clashes(companies)])
    if base_url is not None:
        board = replace(board, base_url=read_base_url(base_url))
    return House(board, companies, pages=pages, referrals=referrals)


def with_told(house: House, store: Store, content: Path, cache: Path, slugs: Collection[str]) -> House:
    """Return the record with what these companies tell: a link to a case that is not theirs is left out.

    To these belong those of which a build that was cut off has left pages to write.
    """
    updates, answers = {}, {}
    memory = LastGood(cache)
    left = {path.partition("/")[0] for (path,) in store.rows("SELECT path FROM stale")}
    slugs = left.union(slugs)
    gone = slugs.difference(company.slug for company in house.companies)
    with store.writing():
        for slug in gone:
            store.blame(f"{slug}/told", ())
    try:
        for company in (company for company in house.companies if company.slug in slugs):
            reader = Reader(content, memory)
            numbers = _Numbers(store, company.slug)
            updates[company.slug] = reader.updates(_paths(store, Role.UPDATE, company.slug), numbers)
            answers[company.slug] = reader.answers(company, _paths(store, Role.ANSWER, company.slug), numbers)
            with store.writing():
                store.blame(f"{company.slug}/told", reader.faults)
    finally:
        memory.close()
    return replace(house, updates=updates, answers=answers)


class _Numbers:
    """The numbers of a company's cases that have a page."""

    def __init__(self, store: Store, slug: str) -> None:
        self._store, self._slug = store, slug

    def __contains__(self, number: object) -> bool:
        found = self._store.row(
            "SELECT 1 FROM item WHERE company = ? AND number = ? AND said IS NOT NULL", self._slug, number
        )
        return found is not None


_FOLDERS = {Role.PAGE: "", Role.UPDATE: "/updates", Role.ANSWER: "/answers"}
"""In which folder below a company's, or of the record, such files stand."""


def _paths(store: Store, role: Role, slug: str = "") -> list[str]:
    if role in (Role.COMPANY, Role.REFERRALS):
        # By the few folders: among the files are all cases. SQLite would begin with these without CROSS.
        found = "SELECT file.path FROM folder CROSS JOIN file ON folder = folder.path WHERE instr(folder.path, '/') = 0"
        return [path for (path,) in store.rows(f"{found} AND role = ? ORDER BY 1", role)]
    asked = "SELECT path FROM file WHERE folder = ? AND role = ? ORDER BY path"
    return [path for (path,) in store.rows(asked, f"{slug}{_FOLDERS[role]}", role)]
