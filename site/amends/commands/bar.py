"""A bar that shows how far long work is."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import click

AT_ONCE = 1.0
"""Seconds of work before a bar is shown: what is done sooner needs none."""


class Bar:
    """Follows a build on the standard error, where that is a terminal."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()

    def __call__(self, what: str, count: int, portions: Iterable[Any], size: Callable[[Any], int], /) -> Iterator[Any]:
        """Yield the portions, and show how much of the work they are once it has taken its time."""
        if not sys.stderr.isatty():
            yield from portions
            return
        done = 0
        with ExitStack() as shown:
            bar: Any = None
            for portion in portions:
                yield portion
                done += size(portion)
                if bar is None and done < count and self._clock() - self._started > AT_ONCE:
                    bar = shown.enter_context(
                        click.progressbar(length=count, label=f"{what:<11}", file=sys.stderr, show_pos=True)
                    )
                if bar is not None:
                    bar.update(min(done, count) - bar.pos)
            if bar is not None:
                bar.update(count - bar.pos)
