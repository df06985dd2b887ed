"""Doing the same to many things in several processes, which share nothing and end with the one they serve."""

import ctypes
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

Crew = Callable[[Callable[[Any, Any], Any], Iterable[Any]], Iterator[Any]]
"""Does the same to many things: yields `work(prepared, thing)` of each thing, in their order."""

_PR_SET_PDEATHSIG = 1
"""Of Linux's prctl(2): the signal that a process gets when the one that made it has ended."""

_AHEAD = 2
"""Things that wait for each process: enough that none has to wait, and so few that memory stays flat."""


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def crew(jobs: int, prepare: Callable[[], Any]) -> Iterator[Crew]:
    """Give the block a crew of that many processes, of this one alone where it is one.

    Each process prepares itself once. They are forked here, before the block: what the block opens is not theirs. The
    work, the things and what comes of them are pickled.
    """
    if jobs <= 1:
        prepared = prepare()
        yield lambda work, things: (work(prepared, thing) for thing in things)
        return
    with ProcessPoolExecutor(jobs, get_context("fork"), _begin, (os.getpid(), prepare)) as pool:
        for started in [pool.submit(os.getpid) for _ in range(jobs)]:
            started.result()
        yield lambda work, things: _spread(pool, _AHEAD * jobs, work, things)


def _spread(
    pool: ProcessPoolExecutor, ahead: int, work: Callable[[Any, Any], Any], things: Iterable[Any]
) -> Iterator[Any]:
    waiting: deque[Future[Any]] = deque()
    for thing in things:
        waiting.append(pool.submit(_do, work, thing))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


_prepared: list[Any] = []
"""In a process of a crew: what it has prepared. Empty in every other process."""


def _begin(parent: int, prepare: Callable[[], Any]) -> None:
    """Leave Ctrl-C to the parent, and end when it ends, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    _prepared.append(prepare())


def _do(work: Callable[[Any, Any], Any], thing: Any) -> Any:
    return work(_prepared[0], thing)
