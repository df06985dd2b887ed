"""What is asked of a build, and what it tells when it is done."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from amends.record import Fault


class BuildError(RuntimeError):
    """The pages written are not the pages there should be; the old board is as it was."""


class Watch(Protocol):
    """Follows long work, of which `count` things are to be done, in portions of different sizes."""

    def __call__(self, what: str, count: int, portions: Iterable[Any], size: Callable[[Any], int], /) -> Iterator[Any]:
        """Yield the portions as they are done."""


def unwatched(_: str, __: int, portions: Iterable[Any], ___: Callable[[Any], int], /) -> Iterator[Any]:
    """Follow nothing."""
    return iter(portions)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be built, and how: the parameters of `build`."""

    content: Path
    out: Path
    cache: Path
    now: datetime
    strict: bool = False
    base_url: str | None = None
    with_search: bool = False
    compress: bool = False
    changed: Sequence[Path] | None = None
    jobs: int | None = None
    watch: Watch = unwatched


class Shown(StrEnum):
    """What the board shows in place of a file with a fault."""

    LAST_GOOD = "as it was before the fault"
    PLACEHOLDER = "a placeholder, counted as unanswered"
    LOST = "a note that it is lost, counted as unanswered"
    LEDGER = "the file, with the times of the ledger"
    REST = "the rest of the file"
    LINES = "the lines that can be read"
    ADDRESS = "the company by its address alone"
    NOTHING = "nothing: it is left out"


@dataclass(frozen=True, slots=True)
class Instead:
    """A file with a fault and what the board shows in its place; `number` where it is a case's."""

    path: str
    company: str
    number: str | None
    shown: Shown


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: `next_due` is the next instant at which time alone makes the board out of date.

    Of the board's `pages`, its files for machines among them, so many were `changed` and so many `removed`. `phases`
    are the parts of the work and `slowest` the pages that took longest, with their seconds.
    """

    pages: int
    changed: int
    removed: int
    cases: int
    seconds: float
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]
    next_due: datetime
    instead: tuple[Instead, ...] = ()
    slowest: tuple[tuple[str, float], ...] = ()
    phases: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What one build did to the board; nothing where there was nothing to do. As in `Built`."""

    changed: int = 0
    removed: int = 0
    warnings: tuple[str, ...] = ()
    slowest: tuple[tuple[str, float], ...] = ()
    phases: Mapping[str, float] = field(default_factory=dict)
