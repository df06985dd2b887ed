"""Shares, waits and means that carry what they were made of. All say when they were made of too few."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

FEW = 10
"""Below this number a share or a median says more about chance than about the company."""

Z95 = 1.959964
"""The standard normal quantile that leaves 2.5 % on either side."""

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`. `said`: of how many of the whole it is known; what is withheld is not among them."""

    part: int
    whole: int
    said: int

    @classmethod
    def of(cls, part: int, whole: int) -> "Share":
        """Return a share of which everything is known."""
        return cls(part, whole, whole)

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson score interval, 95 %, without continuity correction; None of nothing.

        E. B. Wilson, JASA 22 (1927) 209-212; method 3 in R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872.
        """
        if not self.whole:
            return None
        n, p, square = self.whole, self.part / self.whole, Z95 * Z95
        middle = 2 * n * p + square
        half = Z95 * sqrt(square + 4 * n * p * (1 - p))
        # At the ends the bound is 0 or 1 itself; rounding would miss it by a hair.
        low = 0.0 if self.part == 0 else (middle - half) / (2 * (n + square))
        high = 1.0 if self.part == n else (middle + half) / (2 * (n + square))
        return low, high

    @property
    def percent(self) -> int | None:
        """Whole percent, for print: 100 only of all and 0 only of none; None of nothing."""
        if not self.whole:
            return None
        if self.part in (0, self.whole):
            return 100 if self.part else 0
        return min(99, max(1, (200 * self.part + self.whole) // (2 * self.whole)))

    @property
    def too_few(self) -> bool:
        """Whether it is made of too few to be shown as a share."""
        return self.said < FEW


@dataclass(frozen=True, slots=True)
class Wait:
    """How long something took, `lengths` shortest first; `waiting` have waited in vain so far and count as infinite."""

    lengths: tuple[timedelta, ...]
    waiting: int

    @classmethod
    def of(cls, lengths: Iterable[timedelta | None]) -> "Wait":
        """Return the wait that these lengths make; None: still waiting."""
        given = tuple(lengths)
        had = sorted(length for length in given if length is not None)
        return cls(tuple(had), len(given) - len(had))

    @classmethod
    def of_seconds(cls, lengths: Iterable[int], whole: int) -> "Wait":
        """Return the wait of so many in all, of which these had it after so many seconds, shortest first."""
        had = tuple(length * SECOND for length in lengths)
        return cls(had, whole - len(had))

    @property
    def whole(self) -> int:
        """How many there are, those still waiting among them."""
        return len(self.lengths) + self.waiting

    def percentile(self, percent: int) -> timedelta | None:
        """Return the shortest time within which at least that share had it (nearest rank); None: fewer have it.

        ValueError for a percentage outside 1 to 100.
        """
        if not 1 <= percent <= 100:
            raise ValueError(f"no percentile: {percent}")
        rank = -(-percent * self.whole // 100)
        return self.lengths[rank - 1] if 0 < rank <= len(self.lengths) else None

    def within(self, limit: timedelta) -> Share:
        """Return the share of all that had it within that time."""
        return Share.of(bisect_right(self.lengths, limit), self.whole)

    @property
    def too_few(self) -> bool:
        """Whether it is made of too few for a percentile."""
        return self.whole < FEW


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean score, 0 to 10: `total` points of `whole` cases; `said` as in a Share."""

    total: int
    whole: int
    said: int

    @property
    def value(self) -> float | None:
        """The mean; None of nothing."""
        return self.total / self.whole if self.whole else None

    @property
    def too_few(self) -> bool:
        """Whether it is made of too few to be shown."""
        return self.said < FEW


@dataclass(frozen=True, slots=True)
class Nps:
    """The net promoter score: who recommends with 9 or 10 less who does with 0 to 6, of `whole`; `said` as in a Share.

    F. F. Reichheld, "The One Number You Need to Grow", Harvard Business Review, December 2003.
    """

    promoters: int
    detractors: int
    whole: int
    said: int

    @property
    def value(self) -> float | None:
        """The score, -100 to 100; None of nothing."""
        return 100 * (self.promoters - self.detractors) / self.whole if self.whole else None

    @property
    def too_few(self) -> bool:
        """Whether it is made of too few to be shown."""
        return self.said < FEW
