"""The disk below the store fails at any write: who has a receipt has a row, and all goes on when it works again."""

import errno
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from amends.inbox import Inbox, StoreUnavailableError, cases
from amends.inbox.cases import Arrival, Contact
from amends.inbox.schema import case, report
from tests.disk import Disk, watched
from tests.factories import NUMBER, a_case, a_received, put_case
from tests.house import NOON, URL, House

WORDS = [f"Complaint {index}. {'x' * 300}" for index in range(3)]
REPORTED = "My telephone number stands there."
ITS_OWN = {"Origin": URL, "Sec-Fetch-Site": "same-origin"}
TROUBLES = [(errno.ENOSPC, True), (errno.EIO, False), (errno.EROFS, True)]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with watched(tmp_path / "instance", tmp_path / "synced") as below:
        yield below


@pytest.fixture
def house(disk: Disk, tmp_path: Path) -> Iterator[House]:
    """An installation with one public case, whose log is carried over into the database every few pages."""
    built = House(tmp_path)
    put_case(built.content, a_case(received=NOON, text="The wheel came bent."))
    event.listen(built.inbox._writer, "connect", often_carried_over)
    built.close()
    yield built
    built.close()


def often_carried_over(connection: Any, _: object) -> None:
    connection.execute("PRAGMA wal_autocheckpoint = 12")


def send(house: House, index: int) -> TestResponse:
    return house.send(text=WORDS[index], key=f"{index:032}")


def send_all(house: House) -> list[TestResponse]:
    """Send one, then the others at once, which makes groups of them."""
    with ThreadPoolExecutor(2) as threads:
        return [send(house, 0), *threads.map(lambda index: send(house, index), range(1, len(WORDS)))]


def report_one(house: House) -> TestResponse:
    fields = {"reason": "personal-data", "words": REPORTED, "key": "r" * 32}
    return house.post(f"/acme/report/{NUMBER}", fields, **ITS_OWN)


def receipts(answers: list[TestResponse]) -> dict[str, str]:
    """The words by the number on their receipt. Who got none was told so, and when to come again."""
    given = {}
    for words, answer in zip(WORDS, answers, strict=True):
        assert answer.json is not None
        if answer.status_code == 201:
            given[answer.json["case"]] = words
        else:
            assert answer.status_code == 503
            assert answer.json["error"]["code"] == "unavailable"
            assert "saved" in answer.json["error"]["message"]
            assert answer.headers["Retry-After"]
    return given


def stored_in(inbox: Inbox) -> tuple[dict[str, str], list[str]]:
    """The words of all cases by number, and those of all reports."""
    with inbox.reading() as connection:
        found = {row.number: row.text for row in connection.execute(select(case.c.number, case.c.text))}
        return found, list(connection.execute(select(report.c.words)).scalars())


def after_the_power_went(folder: Path, disk: Disk) -> tuple[dict[str, str], list[str]]:
    """What whoever starts again finds, if all is lost that was not synced."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(disk.synced, folder)
    inbox = Inbox(f"sqlite:///{folder}/amends.db")
    try:
        return stored_in(inbox)
    finally:
        inbox.close()


def begin(house: House, disk: Disk, database: bytes) -> None:
    """Put the database of before the first request everywhere."""
    house.close()
    for folder in (house.settings.instance, disk.synced):
        for file in folder.glob("amends.db*"):
            file.unlink()
        (folder / "amends.db").write_bytes(database)


@pytest.mark.parametrize(("error", "lasting"), TROUBLES, ids=["full", "failing once", "read-only"])
def test_whichever_write_fails_a_receipt_has_its_row_and_all_goes_on_when_the_disk_works_again(
    house: House, disk: Disk, error: int, lasting: bool, thorough: bool
) -> None:
    database = (house.settings.instance / "amends.db").read_bytes()
    # Each write fails in one of the ways, and in all of them where there is time.
    first, step = (1, 1) if thorough else (1 + TROUBLES.index((error, lasting)), len(TROUBLES))
    for failing in count(first, step):
        begin(house, disk, database)
        disk.fail_at(failing, error, lasting=lasting)
        given, reported = receipts(send_all(house)), report_one(house)
        has_failed = disk.has_failed
        assert reported.status_code in (303, 503)
        found, reports = after_the_power_went(house.folder / "found", disk)
        assert given.items() <= found.items()
        assert reports == [REPORTED] or reported.status_code == 503
        disk.fail_at(0, error, lasting=lasting)
        again = receipts(send_all(house))
        assert report_one(house).status_code == 303
        assert given.items() <= again.items()
        assert stored_in(house.inbox) == (again, [REPORTED])
        assert sorted(again.values()) == WORDS
        if not has_failed:
            break
    assert failing > 60


def test_a_schema_that_could_not_be_written_is_written_when_the_disk_works_again(disk: Disk, tmp_path: Path) -> None:
    for failing in range(1, 110, 9):
        for file in (tmp_path / "instance").glob("*"):
            file.unlink()
        inbox = Inbox(f"sqlite:///{tmp_path}/instance/amends.db")
        disk.fail_at(failing, errno.ENOSPC, lasting=True)
        with pytest.raises(StoreUnavailableError):
            inbox.migrate()
        disk.fail_at(0, errno.ENOSPC, lasting=True)
        inbox.migrate()
        assert stored_in(inbox) == ({}, [])
        inbox.close()


def test_a_file_that_was_opened_while_the_disk_was_read_only_costs_nobody_an_error_afterwards(
    house: House, disk: Disk
) -> None:
    with house.inbox.reading():  # as another process would, it keeps the log there
        disk.fail_at(1, errno.EROFS, lasting=True)
        assert send(house, 0).status_code == 503
        assert stored_in(house.inbox) == ({}, [])
        disk.fail_at(0, errno.EROFS, lasting=True)
        assert send(house, 0).status_code == 201


def test_files_that_are_lost_with_their_disk_are_opened_anew(house: House, disk: Disk) -> None:
    assert send(house, 0).status_code == 201
    disk.come_back()
    assert [send(house, 1).status_code, send(house, 1).status_code] == [503, 201]
    assert len(receipts([send(house, index) for index in range(3)])) == 3


def test_an_error_that_somebody_holds_on_to_holds_no_other_writer_up(house: House) -> None:
    def write(pragma: str) -> None:
        with house.inbox.writing() as connection:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
            cases.add(connection, [Arrival(a_received(), Contact(), "k", b"d" * 32)])

    with pytest.raises(StoreUnavailableError) as held:
        write("query_only = ON")
    write("query_only")
    assert "readonly" in str(held.value)
    assert len(house.numbers()) == 1


def test_whoever_sends_while_nothing_can_be_read_either_gets_every_word_back(house: House, disk: Disk) -> None:
    assert send(house, 0).status_code == 201
    house.close()
    disk.fail_at(1, errno.ENOSPC, lasting=True)
    page = house.post("/acme/feedback", {"text": "These words.", "key": "z" * 32})
    assert page.status_code == 503
    assert "These words." in page.text
    assert page.headers["Retry-After"]


def test_a_service_that_never_could_read_anything_says_so_to_people_and_programs(house: House, disk: Disk) -> None:
    disk.fail_at(1, errno.EIO, lasting=True)
    assert receipts([send(house, 0), send(house, 1), send(house, 2)]) == {}
    page = house.post("/acme/feedback", {"text": "These words.", "key": "z" * 32})
    assert page.status_code == 503
    assert "Nothing was saved" in page.text


def test_a_file_system_that_cannot_lock_is_told_like_a_full_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(_: int, __: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    assert send(house, 0).status_code == 201
    monkeypatch.setattr("amends.inbox.turns.fcntl.flock", flock)
    answer = send(house, 1)
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["error"]["code"] == "unavailable"
