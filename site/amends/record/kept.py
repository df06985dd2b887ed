"""What was read of files, with what was wrong with them: until they change, or what they cite does."""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from amends.record.listing import BOARD
from amends.record.model import Company, Fault
from amends.record.walk import Reader

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Kept(Generic[Said]):
    """What was read, and what was wrong with it."""

    said: Said
    faults: tuple[Fault, ...] = ()


class Source:
    """Reads files of the record in `content` one by one.

    Nothing that a file said earlier is shown, but for board.toml: better an old board than no record.
    """

    def __init__(self, content: Path) -> None:
        self._content, self._memory = content, _BoardAlone()

    def read(self, read: Callable[..., Said], *given: object) -> Kept[Said]:
        """Return what `read` makes of a reader, and the faults that the reader noted."""
        reader = Reader(self._content, self._memory)
        said = read(reader, *given)
        return Kept(said, tuple(reader.faults))


class Files(Generic[Said]):
    """What files of one kind said, by their paths. `read` reads one of them, given a reader and its path."""

    def __init__(self, source: Source, read: Callable[[Reader, str], Said]) -> None:
        self._source, self._read = source, read
        self._kept: dict[str, Kept[Said]] = {}

    def renew(self, paths: Iterable[str], changed: Container[str]) -> None:
        """Read again which of these files have changed, and forget all others."""
        known = self._kept
        self._kept = {
            path: known[path] if path in known and path not in changed else self._source.read(self._read, path)
            for path in paths
        }

    @property
    def all(self) -> list[Kept[Said]]:
        """What all of them said, in the order in which they were renewed."""
        return list(self._kept.values())

    def items(self) -> Iterable[tuple[str, Kept[Said]]]:
        """Return each path and what its file said."""
        return self._kept.items()


class Told(Generic[Said]):
    """What a company's files tell that cite its cases.

    `read` reads one of them, given a reader, the company, the path and the numbers of the cases.
    """

    def __init__(self, source: Source, read: Callable[[Reader, Company, str, Container[str]], Said]) -> None:
        self._source, self._read = source, read
        self._kept: dict[str, tuple[Kept[Said], Company, _Cited]] = {}

    def renew(self, company: Company, paths: Iterable[str], changed: Container[str], numbers: Container[str]) -> None:
        """Read again which of these files have changed, or cite a case that has come or gone since."""
        known = self._kept
        self._kept = {}
        for path in paths:
            kept = known.get(path)
            if kept is None or path in changed or kept[1] is not company or not kept[2].stands(numbers):
                cited = _Cited(numbers)
                kept = self._source.read(self._read, company, path, cited), company, cited
            self._kept[path] = kept

    @property
    def all(self) -> list[Kept[Said]]:
        """What all of them tell."""
        return [kept for kept, _, _ in self._kept.values()]


@dataclass(slots=True)
class _Cited:
    """The numbers of a company's cases, for who reads one file: remembers of which it was asked and what it said."""

    numbers: Container[str]
    said: dict[str, bool] = field(default_factory=dict)

    def __contains__(self, number: object) -> bool:
        return self.said.setdefault(str(number), number in self.numbers)

    def stands(self, numbers: Container[str]) -> bool:
        """Whether the same would be said of these numbers."""
        return all((number in numbers) == said for number, said in self.said.items())


class _BoardAlone:
    """Remembers what board.toml last said without fault, and of no other file anything."""

    def __init__(self) -> None:
        self._text: str | None = None

    def recall(self, path: str) -> str | None:
        return self._text if path == BOARD else None

    def keep(self, path: str, text: str) -> None:
        if path == BOARD:
            self._text = text
