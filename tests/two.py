"""A record that is now the one and now the other, the boards that belong to both, and processes that build them."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from amends.generator import making
from amends.generator.build import Built, build
from amends.record import LedgerLine
from amends.shelves import reading
from tests.factories import put
from tests.kept import NOW, NUMBERS, Kept, assert_same, begin, files_of, quick_folder

Files = dict[str, bytes]


class Two:
    """A record that is now the one and now the other, and the board that belongs to each."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.content = folder, folder / "content"
        self.records, self.boards = map(list, _made())
        self.which = 0
        self.lay(0)
        self.mend()

    @property
    def pages(self) -> list[dict[str, bytes | None]]:
        """The pages of each board, those of the other with nothing."""
        names = sorted(self.boards[0].keys() | self.boards[1].keys())
        return [{name: board.get(name) for name in names} for board in self.boards]

    def built_from_nothing(self) -> Files:
        """Return the board that belongs to the record as it is."""
        with quick_folder() as folder:
            places = folder / "public", folder / "cache"
            assert ended(forked(lambda: build(self.content, *places, NOW, jobs=1))) == 0
            return files_of(folder / "public")

    def lay(self, which: int) -> None:
        """Let the record be the one or the other, by files that are written, removed and renamed into place."""
        self.which, there = which, files_of(self.content)
        for name in there.keys() - self.records[which].keys():
            (self.content / name).unlink()
        for name, said in self.records[which].items():
            if there.get(name) != said:
                put(self.content / name, said)

    def build(self, **how: Any) -> Built:
        return build(self.content, self.folder / "public", self.folder / "cache", NOW, **{"jobs": 1, **how})

    def is_whole(self) -> bool:
        """Whether the board is one of the two, whole."""
        return files_of(self.folder / "public") in self.boards

    def mend(self) -> None:
        """Build once more, in a process that leaves nothing open, and see that the board is right."""
        assert ended(forked(self.build)) == 0
        assert_same(files_of(self.folder / "public"), self.boards[self.which])


def _change(kept: Kept) -> None:
    """Let a little of everything change: a case comes, one goes, one is edited, the other company says something."""
    content = kept.content
    cases = {path.stem: path for path in kept.files("acme/*/*/*.md")}
    kept.write(cases[NUMBERS[1]].with_stem(NUMBERS[9]), cases[NUMBERS[1]].read_text().replace(NUMBERS[1], NUMBERS[9]))
    kept.write(cases[NUMBERS[2]], cases[NUMBERS[2]].read_text().replace("Parcel 2.", "Other words."))
    kept.remove(cases[NUMBERS[4]])
    kept.enter(kept.ledger("acme", "2026-11"), LedgerLine(NUMBERS[10], NOW, NOW), but=NUMBERS[3])
    kept.remove(kept.ledger("bolt", "2026-08"))
    kept.write(content / "bolt" / "company.toml", 'name = "Bolt"\nurl = "https://bolt.example/"\n')
    kept.write(content / "about.md", "We keep this board.")


def forked(work: Callable[[], object]) -> int:
    """Let a child of this process do something; return its number."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    return child


def ended(child: int) -> int:
    """Wait for a child; return its exit status, or the signal that ended it, negative."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@contextmanager
def two_boards() -> Iterator[Two]:
    """Make them in a folder of their own, and let few cases do what many do."""
    with quick_folder() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "FEW", 0)
        patch.setattr(reading, "SLICE", 3)
        yield Two(folder)


@cache
def _made() -> tuple[tuple[Files, Files], tuple[Files, Files]]:
    """Make both records, and build both boards in this process: those that it forks have all compiled then."""
    with quick_folder() as folder:
        kept = begin(folder / "content")
        records, boards = [], []
        for which in ("one", "other"):
            if boards:
                _change(kept)
            build(kept.content, folder / which, folder / f"cache-{which}", NOW, jobs=1)
            records.append(files_of(kept.content))
            boards.append(files_of(folder / which))
        return (records[0], records[1]), (boards[0], boards[1])
