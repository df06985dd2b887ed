"""Where the marks of a chart stand. Numbers in, geometry out; the SVG is in `templates/charts.html`.

Across, places are percentages of the plot, so that a chart fits any screen without its words shrinking; down, they are
pixels of a fixed height. Every length is true to scale: a small number makes a small mark, and stands beside it.
Where the reading direction is right to left, the plot is `mirrored`: time runs as the text does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate, pairwise
from math import log

from amends.figures import Wait

HOURS = (1, 3, 6, 12, 24, 48, 72, 168, 336, 720)
"""Within how many hours the share that has an answer is drawn: from one hour to thirty days."""

_CURVE = 94.0
"""How much of the width the curve takes; the rest is for those whom no answer has reached."""

_REST = 3.0

_LINES = 4
"""The largest number of lines across a plot of columns, the ground line apart."""

_DAYS = 48
"""From how many hours on a step is named in days."""


@dataclass(frozen=True, slots=True)
class Level:
    """A line across the plot: what it stands for, and how far down it is, in pixels."""

    value: int
    y: float


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a part below and a rest on top of it: place in percent of the width, heights in pixels."""

    left: float
    middle: float
    part: float
    rest: float


@dataclass(frozen=True, slots=True)
class Columns:
    """A row of columns on the ground line at `height`; `width` of each in percent, `levels` from the ground up."""

    height: int
    width: float
    columns: tuple[Column, ...]
    levels: tuple[Level, ...]


def columns(pairs: Sequence[tuple[int, int]], height: int, *, mirrored: bool = False) -> Columns:
    """Draw pairs of a part and its rest as columns; ValueError for a negative number."""
    if any(number < 0 for pair in pairs for number in pair):
        raise ValueError("a column cannot be lower than the ground")
    levels = _levels(max((part + rest for part, rest in pairs), default=0))
    scale = height / levels[-1]
    step = 100 / max(len(pairs), 1)
    drawn = []
    for place, (part, rest) in enumerate(pairs):
        middle = _across((place + 0.5) * step, mirrored=mirrored)
        drawn.append(Column(_short(middle - step * 0.275), middle, _short(part * scale), _short(rest * scale)))
    lines = tuple(Level(value, _short(height - value * scale)) for value in levels)
    return Columns(height, _short(step * 0.55), tuple(drawn), lines)


def _levels(top: int) -> tuple[int, ...]:
    """Return round numbers from 0 to `top` or the next beyond it."""
    step = next(
        size for power in range(20) for size in (10**power, 2 * 10**power, 5 * 10**power) if top <= size * _LINES
    )
    return tuple(range(0, top + step, step)) if top else (0, step)


@dataclass(frozen=True, slots=True)
class Point:
    """A step of the curve: so many hours, the share that had an answer by then, and where that stands."""

    hours: int
    part: int
    x: float
    y: float

    @property
    def length(self) -> timedelta:
        """The step as a length of time."""
        return timedelta(hours=self.hours)

    @property
    def in_days(self) -> bool:
        """Whether the step is named in days."""
        return self.hours >= _DAYS


@dataclass(frozen=True, slots=True)
class Rest:
    """A bar that hangs from the top: place in percent of the width, height in pixels."""

    left: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Curve:
    """What share had an answer within each of `HOURS`, and the share without one as a bar that hangs from the top.

    `promised` is where the promise stands; None where it is beyond the steps. The steps stand as their logarithms do.
    """

    height: int
    points: tuple[Point, ...]
    promised: float | None
    levels: tuple[Level, ...]
    rest: Rest

    @property
    def segments(self) -> tuple[tuple[Point, Point], ...]:
        """The pairs of points between which a line runs."""
        return tuple(pairwise(self.points))


def curve(wait: Wait, promised: timedelta | None, height: int, *, mirrored: bool = False) -> Curve:
    """Draw how many of all had an answer within how long; ValueError where there are none."""
    if not wait.whole:
        raise ValueError("no case, no curve")
    points = []
    for hours in HOURS:
        part = wait.within(timedelta(hours=hours)).part
        y = _short(height * (1 - part / wait.whole))
        points.append(Point(hours, part, _across(_CURVE * _logarithmic(hours), mirrored=mirrored), y))
    hours_promised = promised / timedelta(hours=1) if promised else 0
    drawn = HOURS[0] <= hours_promised <= HOURS[-1]
    where = _across(_CURVE * _logarithmic(hours_promised), mirrored=mirrored) if drawn else None
    levels = tuple(Level(value, _short(height * (1 - value / 100))) for value in (0, 25, 50, 75, 100))
    rest = Rest(0 if mirrored else 100 - _REST, _REST, _short(height * wait.waiting / wait.whole))
    return Curve(height, tuple(points), where, levels, rest)


def _logarithmic(hours: float) -> float:
    return log(hours / HOURS[0]) / log(HOURS[-1] / HOURS[0])


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a bar, in percent of its width."""

    left: float
    width: float


def segments(counts: Sequence[int], *, mirrored: bool = False) -> tuple[Segment, ...]:
    """Part a bar among the counts; all stretches are empty where the counts are."""
    whole = sum(counts) or 1
    ends = [0.0, *(100 * reached / whole for reached in accumulate(counts))]
    return tuple(
        Segment(_across(end if mirrored else start, mirrored=mirrored), _short(end - start))
        for start, end in pairwise(ends)
    )


def spark(counts: Sequence[int], top: int) -> str:
    """Return small columns, at most `top`, as one SVG path: 10 wide each and 24 high, standing on the ground line."""
    scale = 24 / top if top else 0
    return "".join(f"M{place * 10 + 5} 24v-{_short(count * scale):g}" for place, count in enumerate(counts) if count)


def _across(x: float, *, mirrored: bool) -> float:
    return _short(100 - x if mirrored else x)


def _short(length: float) -> float:
    """Round to hundredths, finer than a screen shows."""
    return round(length, 2)
