"""Group commit: what many hand in at the same time is made durable by one wait for the disk.

Whoever comes first leads: it takes along all who came while the group before was on its way to the disk, and when it
is back the first of those who came meanwhile leads the next group. No thread has to stand by for that, and who comes
alone is not handed from one thread to another.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from amends.inbox.errors import StoreUnavailableError

MOST = 256
"""Jobs in one transaction: as many as there ever wait, and few enough that nobody waits for long."""

TRIES = 5
"""How often one job is tried where other processes take what it wants: a number, a key."""

Job = TypeVar("Job")
Result = TypeVar("Result")

Store = Callable[[Connection, Sequence[Job]], Sequence[Result | Exception]]
"""Stores jobs; returns for each of them what to answer, or as an exception why it was refused."""


@dataclass(slots=True)
class _Turn(Generic[Job, Result]):
    """A job that waits for its result."""

    job: Job
    result: Result | Exception | None = None


@dataclass(slots=True)
class _OfThread(_Turn[Job, Result]):
    """A job for which a thread waits: until it has a result, or until it is to lead."""

    called: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True)
class _OfLoop(_Turn[Job, Result]):
    """A job for which no thread waits, but a future of an event loop."""

    future: "asyncio.Future[Result]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def tell(self) -> None:
        """Hand the result over; in the thread of the loop."""
        if self.future.done():
            return  # nobody waits for it any more
        if isinstance(self.result, Exception):
            self.future.set_exception(self.result)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]  # it has ended: there is a result


class GroupCommit(Generic[Job, Result]):
    """Hands the jobs of many threads and futures to `store`, together, in transactions of `writing`."""

    def __init__(self, writing: Callable[[], AbstractContextManager[Connection]], store: Store[Job, Result]) -> None:
        self._writing, self._store = writing, store
        self._waiting: list[_Turn[Job, Result]] = []
        self._has_leader = False
        self._changing = threading.Lock()
        # It leads for those who have no thread; it starts with the first of them.
        self._leader = ThreadPoolExecutor(1, "commit")

    def submit(self, job: Job) -> Result:
        """Return what `store` answers, after it is on disk; raise what `store` refuses it with, or failed with.

        StoreUnavailableError where the transaction could not be committed.
        """
        turn: _OfThread[Job, Result] = _OfThread(job)
        turn.called.acquire()
        if not self._leads(turn):
            turn.called.acquire()
        if turn.result is None:
            self._lead()
        if isinstance(turn.result, Exception):
            raise turn.result
        return turn.result  # type: ignore[return-value]  # it has ended: there is a result

    def submit_soon(self, job: Job) -> "asyncio.Future[Result]":
        """Return a future of the running event loop that ends as `submit` would."""
        turn: _OfLoop[Job, Result] = _OfLoop(job)
        if self._leads(turn):
            self._leader.submit(self._lead)
        return turn.future

    def _leads(self, turn: _Turn[Job, Result]) -> bool:
        with self._changing:
            self._waiting.append(turn)
            leads, self._has_leader = not self._has_leader, True
        return leads

    def _lead(self) -> None:
        """Commit what waits, the first of all among it, and call the next leader."""
        turns: list[_Turn[Job, Result]] = []
        try:
            results = self._results(turns)
        except BaseException as error:
            # This thread is being ended; the others must not wait for ever.
            self._gather(turns)
            results = [StoreUnavailableError(str(error)) for _ in turns]
            raise
        finally:
            self._call(turns, results)

    def _gather(self, turns: list[_Turn[Job, Result]]) -> None:
        """Take along who waits; nobody where that was done before."""
        if not turns:
            with self._changing:
                turns[:], self._waiting = self._waiting[:MOST], self._waiting[MOST:]

    def _call(self, turns: Sequence[_Turn[Job, Result]], results: Sequence[Result | Exception]) -> None:
        with self._changing:
            self._has_leader = bool(self._waiting)
            following = self._waiting[0] if self._waiting else None
        if isinstance(following, _OfThread):
            following.called.release()
        elif following:
            self._leader.submit(self._lead)
        for turn, result in zip(turns, results, strict=True):
            turn.result = result
            if isinstance(turn, _OfThread):
                turn.called.release()
        _tell([turn for turn in turns if isinstance(turn, _OfLoop)])

    def _results(self, turns: list[_Turn[Job, Result]]) -> Sequence[Result | Exception]:
        try:
            with self._writing() as connection:
                # Only now: who came while other processes wrote need not wait for the next group.
                self._gather(turns)
                return self._store(connection, [turn.job for turn in turns])
        except StoreUnavailableError as error:
            self._gather(turns)
            # One for each: an exception that several threads raise collects the traces of all.
            return [StoreUnavailableError(str(error)) for _ in turns]
        except Exception:
            self._gather(turns)
            # One of them cannot be stored; it must not take the others along.
            return [self._alone(turn.job) for turn in turns]

    def _alone(self, job: Job) -> Result | Exception:
        for _ in range(TRIES):
            try:
                with self._writing() as connection:
                    return self._store(connection, [job])[0]
            except IntegrityError as error:
                last: Exception = error
            except Exception as error:
                return error
        return last


def _tell(turns: Iterable[_OfLoop[Job, Result]]) -> None:
    """Hand results over, those of one event loop by one call: each call wakes it."""
    loops: dict[asyncio.AbstractEventLoop, list[_OfLoop[Job, Result]]] = {}
    for turn in turns:
        loops.setdefault(turn.future.get_loop(), []).append(turn)
    for loop, its in loops.items():
        loop.call_soon_threadsafe(_tell_all, its)


def _tell_all(turns: Iterable[_OfLoop[Job, Result]]) -> None:
    for turn in turns:
        turn.tell()
