"""Group commit: many threads, one transaction, and each gets its own answer."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from amends.inbox import StoreUnavailableError
from amends.inbox.group import MOST, TRIES, GroupCommit
from tests.running import in_a_loop

THREADS = 16


class Store:
    """A store in memory that says what was in each transaction, and keeps what was committed."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.kept: list[int] = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.in_line, self.its_turn = threading.Event(), threading.Event()
        self.go_on.set()
        self.its_turn.set()
        self.lost = False
        self.taken: dict[int, int] = {}

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        self.in_line.set()
        assert self.its_turn.wait(20)
        self.groups.append([])
        yield None  # type: ignore[misc]  # nothing here looks at it
        self.begun.set()
        assert self.go_on.wait(20)
        if self.lost:
            raise StoreUnavailableError("the disk is full")
        self.kept += self.groups[-1]

    def store(self, _connection: Connection, jobs: Sequence[int]) -> list[int | Exception]:
        for job in jobs:
            if self.taken.get(job, 0) > 0:
                self.taken[job] -= 1
                raise IntegrityError("", {}, ValueError(f"{job} is taken"))
            if job == -1:
                raise KeyError("a mistake of ours")
            if job == -2:
                raise KeyboardInterrupt
        self.groups[-1] += jobs
        return [ValueError(str(job)) if job % 10 == 7 else job * 2 for job in jobs]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def group(store: Store) -> GroupCommit[int, int]:
    return GroupCommit(store.writing, store.store)


def results_of(group: GroupCommit[int, int], store: Store, first: int, others: Sequence[int]) -> list[object]:
    """Submit the first job, and while it is on its way to the disk all the others; return what each was answered."""

    def submit(job: int) -> object:
        try:
            return group.submit(job)
        except Exception as error:
            return error

    store.go_on.clear()
    with ThreadPoolExecutor(len(others) + 1) as threads:
        leading = threads.submit(submit, first)
        assert store.begun.wait(20)
        following = [threads.submit(submit, job) for job in others]
        while len(group._waiting) < len(others):
            threading.Event().wait(0.001)
        store.go_on.set()
        return [future.result(20) for future in [leading, *following]]


def test_what_comes_while_a_group_is_on_its_way_is_the_next_group(group: GroupCommit[int, int], store: Store) -> None:
    assert results_of(group, store, 1, range(10, 17)) == [2, *range(20, 34, 2)]
    assert [sorted(members) for members in store.groups] == [[1], list(range(10, 17))]


def test_who_comes_while_other_processes_write_is_taken_along(group: GroupCommit[int, int], store: Store) -> None:
    store.its_turn.clear()
    with ThreadPoolExecutor(3) as threads:
        answers = [threads.submit(group.submit, 1)]
        assert store.in_line.wait(20)
        answers += [threads.submit(group.submit, job) for job in (2, 3)]
        while len(group._waiting) < 3:
            threading.Event().wait(0.001)
        store.its_turn.set()
        assert [answer.result(20) for answer in answers] == [2, 4, 6]
    assert [sorted(members) for members in store.groups] == [[1, 2, 3]]


def test_more_than_fit_into_one_group_make_two(store: Store) -> None:
    group = GroupCommit(store.writing, store.store)
    assert results_of(group, store, 0, [20] * (MOST + 1))[-1] == 40
    assert [len(members) for members in store.groups] == [1, MOST, 1]


def test_one_that_is_refused_hears_so_and_the_others_are_kept(group: GroupCommit[int, int], store: Store) -> None:
    _, *answers = results_of(group, store, 1, [2, 17, 4])
    assert answers[0] == 4
    assert isinstance(answers[1], ValueError)
    assert answers[2] == 8


def test_nobody_hears_of_success_before_the_commit(group: GroupCommit[int, int], store: Store) -> None:
    store.lost = True
    for answer in results_of(group, store, 1, [2, 3]):
        assert isinstance(answer, StoreUnavailableError)
    store.lost = False
    assert group.submit(4) == 8
    assert store.kept == [4]


def test_each_gets_an_exception_of_its_own(group: GroupCommit[int, int], store: Store) -> None:
    store.lost = True
    answers = results_of(group, store, 1, [2, 3, 4])
    assert len({id(answer) for answer in answers}) == 4


def test_a_job_that_cannot_be_stored_takes_no_other_along(group: GroupCommit[int, int], store: Store) -> None:
    _, *answers = results_of(group, store, 1, [2, -1, 4])
    assert [answers[0], answers[2]] == [4, 8]
    assert isinstance(answers[1], KeyError)
    assert sorted(store.kept) == [1, 2, 4]


def test_what_another_process_took_is_tried_again_and_not_for_ever(group: GroupCommit[int, int], store: Store) -> None:
    store.taken = {5: 2}
    assert group.submit(5) == 10
    store.taken = {6: TRIES + 1}
    with pytest.raises(IntegrityError):
        group.submit(6)


def test_a_thread_that_is_ended_while_it_leads_leaves_nobody_waiting(
    group: GroupCommit[int, int], store: Store
) -> None:
    ended: list[BaseException] = []

    def lead() -> None:
        try:
            group.submit(-2)
        except KeyboardInterrupt as error:
            ended.append(error)

    leader = threading.Thread(target=lead)
    leader.start()
    leader.join(20)
    assert ended
    assert group.submit(3) == 6


def test_every_one_of_many_threads_gets_the_answer_to_its_own_job(group: GroupCommit[int, int], store: Store) -> None:
    jobs = [job for job in range(2000) if job % 10 != 7]
    with ThreadPoolExecutor(THREADS) as threads:
        assert list(threads.map(group.submit, jobs)) == [job * 2 for job in jobs]
    assert sorted(store.kept) == jobs
    assert len(store.groups) <= len(jobs)


def test_futures_of_a_loop_and_threads_share_groups_and_each_gets_its_own_answer(
    group: GroupCommit[int, int], store: Store
) -> None:
    even, odd = list(range(0, 600, 2)), [job for job in range(1, 600, 2) if job % 10 != 7]

    async def all_soon() -> list[int]:
        return await asyncio.wait_for(asyncio.gather(*(group.submit_soon(job) for job in even)), 20)

    with ThreadPoolExecutor(THREADS) as threads:
        answers = [threads.submit(group.submit, job) for job in odd]
        assert in_a_loop(all_soon()) == [job * 2 for job in even]
        assert [answer.result(20) for answer in answers] == [job * 2 for job in odd]
    assert sorted(store.kept) == sorted(even + odd)


def test_a_future_fails_with_what_its_job_was_refused_with(group: GroupCommit[int, int], store: Store) -> None:
    async def refused() -> list[object]:
        return await asyncio.gather(*(group.submit_soon(job) for job in (4, 17)), return_exceptions=True)

    answer, refusal = in_a_loop(refused())
    assert answer == 8
    assert isinstance(refusal, ValueError)
    store.lost = True
    assert all(isinstance(answer, StoreUnavailableError) for answer in in_a_loop(refused()))


def test_a_future_that_nobody_waits_for_any_more_is_stored_and_holds_nobody_up(
    group: GroupCommit[int, int], store: Store
) -> None:
    async def left() -> int:
        store.go_on.clear()
        future = group.submit_soon(1)
        await asyncio.to_thread(store.begun.wait, 20)
        future.cancel()
        store.go_on.set()
        return await asyncio.wait_for(group.submit_soon(2), 20)

    assert in_a_loop(left()) == 4
    assert store.kept == [1, 2]
