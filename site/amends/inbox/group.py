"""Group commit: what many threads hand in at the same time is made durable by one wait for the disk.

Whoever comes first leads: it takes along all who came while the group before was on its way to the disk, and when it
is back the first of those who came meanwhile leads the next group. No thread has to stand by for that, and who comes
alone is not handed from one thread to another.
"""

import threading
from collections.abc import Callable, Sequence
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
    """A job and the thread that waits for it: until it has a result, or until it is to lead."""

    job: Job
    result: Result | Exception | None = None
    called: threading.Lock = field(default_factory=threading.Lock)


class GroupCommit(Generic[Job, Result]):
    """Hands the jobs of many threads to `store`, together, in transactions of `writing`."""

    def __init__(self, writing: Callable[[], AbstractContextManager[Connection]], store: Store[Job, Result]) -> None:
        self._writing, self._store = writing, store
        self._waiting: list[_Turn[Job, Result]] = []
        self._has_leader = False
        self._changing = threading.Lock()

    def submit(self, job: Job) -> Result:
        """Return what `store` answers, after it is on disk; raise what `store` refuses it with, or failed with.

        StoreUnavailableError where the transaction could not be committed.
        """
        turn: _Turn[Job, Result] = _Turn(job)
        turn.called.acquire()
        with self._changing:
            self._waiting.append(turn)
            leads, self._has_leader = not self._has_leader, True
        if not leads:
            turn.called.acquire()
        if turn.result is None:
            self._lead()
        if isinstance(turn.result, Exception):
            raise turn.result
        return turn.result  # type: ignore[return-value]  # it has ended: there is a result

    def _lead(self) -> None:
        """Commit what waits, this thread's own job first among it, and call the next leader."""
        with self._changing:
            turns, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            results = self._results(turns)
        except BaseException as error:
            # This thread is being ended; the others must not wait for ever.
            results = [StoreUnavailableError(str(error)) for _ in turns]
            raise
        finally:
            self._call(turns, results)

    def _call(self, turns: Sequence[_Turn[Job, Result]], results: Sequence[Result | Exception]) -> None:
        with self._changing:
            self._has_leader = bool(self._waiting)
            if self._waiting:
                self._waiting[0].called.release()
        for turn, result in zip(turns, results, strict=True):
            turn.result = result
            turn.called.release()

    def _results(self, turns: Sequence[_Turn[Job, Result]]) -> Sequence[Result | Exception]:
        try:
            return self._stored([turn.job for turn in turns])
        except StoreUnavailableError as error:
            # One for each: an exception that several threads raise collects the traces of all.
            return [StoreUnavailableError(str(error)) for _ in turns]
        except Exception:
            # One of them cannot be stored; it must not take the others along.
            return [self._alone(turn.job) for turn in turns]

    def _alone(self, job: Job) -> Result | Exception:
        for _ in range(TRIES):
            try:
                return self._stored([job])[0]
            except IntegrityError as error:
                last: Exception = error
            except Exception as error:
                return error
        return last

    def _stored(self, jobs: Sequence[Job]) -> Sequence[Result | Exception]:
        with self._writing() as connection:
            return self._store(connection, jobs)
