"""What runs by the clock."""

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from amends.generator.build import Built, build
from amends.record import case_file, exclusive
from amends.work import BACK_OFF, TICK
from tests.house import NOON, URL, House


@pytest.fixture
def house(prompt_house: House) -> House:
    return prompt_house


def built_at(house: House) -> int:
    return (house.public / "index.html").stat().st_mtime_ns


def test_nothing_is_built_while_nothing_changes(house: House) -> None:
    house.work()
    first = built_at(house)
    house.work()
    assert built_at(house) == first


def test_a_hand_edit_is_on_the_board_without_anyone_running_a_command(house: House) -> None:
    house.work()
    path = house.content / "acme" / "company.toml"
    path.write_text(path.read_text().replace('"Acme"', '"Acme Renamed"'))
    house.worker._look_again = 0.0
    house.work()
    assert "Acme Renamed" in house.page("acme")


def test_a_deadline_that_passes_is_on_the_board_at_once(house: House) -> None:
    number = house.receive(text="Late already")
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.work()
    assert number not in house.page("acme/overdue")
    house.pass_time(hours=24)
    house.work()
    assert number in house.page("acme/overdue")


def test_an_unread_case_becomes_a_stub_on_the_board_when_its_time_is_over(house: House) -> None:
    number = house.receive(text="Canary")
    house.work()
    assert not (house.public / "acme" / number).exists()
    house.pass_time(hours=24)
    house.work()
    page = house.page(f"acme/{number}")
    assert "not read yet" in page or "has read it" in page
    assert "Canary" not in page


def test_intake_keeps_the_last_good_settings_of_a_company(house: House) -> None:
    path = house.content / "acme" / "company.toml"
    path.write_text(path.read_text() + "colour = 3\n")
    house.worker.copy_settings()
    assert house.send().status_code == 201


def test_a_company_whose_folder_is_gone_takes_no_more_feedback(house: House) -> None:
    (house.content / "acme" / "company.toml").unlink()
    house.worker.copy_settings()
    assert house.send().status_code == 404


@pytest.mark.parametrize("mistake", [OSError("disk full"), ZeroDivisionError("ours")])
def test_no_failure_of_a_turn_ends_the_work(
    house: House, mistake: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("amends.work.BACK_OFF", 0.0)
    stop, turns = threading.Event(), []

    def turn() -> None:
        turns.append(1)
        if len(turns) == 3:
            stop.set()
        raise mistake

    monkeypatch.setattr(house.worker, "turn", turn)
    house.worker.run(stop)
    assert len(turns) == 3
    assert str(mistake) in caplog.text


def test_what_is_published_has_left_no_temporary_file(house: House) -> None:
    number = house.receive()
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.work()
    path = case_file(house.content, "acme", number)
    assert path is not None
    assert [file.name for file in Path(path.parent).iterdir()] == [path.name]


def test_intake_keeps_the_last_good_settings_of_the_board(house: House) -> None:
    (house.content / "board.toml").write_text("title = 3\n")
    house.worker.copy_settings()
    assert house.send().status_code == 201


def test_settings_that_have_not_changed_are_not_written_again(house: House) -> None:
    written: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        written.extend([statement] if statement.startswith(("INSERT", "DELETE", "UPDATE")) else [])

    event.listen(house.inbox._writer, "before_cursor_execute", listen)
    house.worker.copy_settings()
    assert written == []
    (house.content / "acme" / "company.toml").write_text('name = "A"\nurl = "https://a.example/"\n')
    house.worker.copy_settings()
    assert written != []


def test_a_deadline_is_on_the_board_at_its_very_instant(house: House) -> None:
    number = house.receive()
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.work()
    house.now = NOON.replace(day=3)
    house.worker.turn()
    assert number in house.page("acme/overdue")


def test_what_is_edited_while_the_board_is_built_is_on_the_next_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = house.content / "acme" / "company.toml"

    def build_then_edit(*arguments: Any, **given: Any) -> Built:
        built = build(*arguments, **given)
        path.write_text(path.read_text().replace('"Acme"', '"Acme Renamed"'))
        return built

    with monkeypatch.context() as editing:
        editing.setattr("amends.work.build", build_then_edit)
        house.work()
    house.worker._look_again = 0.0
    house.work()
    assert "Acme Renamed" in house.page("acme")


@pytest.mark.parametrize(("mistake", "seconds"), [(OSError("disk full"), BACK_OFF), (None, TICK)])
def test_after_a_failure_the_next_turn_waits_longer(
    house: House, mistake: Exception | None, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float | None] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            return True

    def turn() -> None:
        if mistake:
            raise mistake

    monkeypatch.setattr(house.worker, "turn", turn)
    house.worker.run(Stop())
    assert waits == [seconds]


def test_a_worker_that_waits_for_its_turn_can_be_stopped(house: House) -> None:
    stop = threading.Event()
    stop.set()
    waiting = threading.Thread(target=house.worker.run, args=(stop,))
    with exclusive(house.settings.locks, "work"):
        waiting.start()
        waiting.join(5)
        ended = not waiting.is_alive()
    waiting.join(20)
    assert ended


def test_a_turn_gives_intake_the_settings_as_they_are_now(house: House) -> None:
    path = house.content / "acme" / "company.toml"
    path.write_text(path.read_text().replace('"Acme"', '"Acme Renamed"'))
    house.worker.turn()
    assert "Acme Renamed" in house.visitor().get("/acme/new", base_url=URL).text


def test_a_folder_that_can_be_no_companys_address_takes_no_feedback(house: House) -> None:
    (house.content / "Not A Slug").mkdir()
    text = (house.content / "acme" / "company.toml").read_text()
    (house.content / "Not A Slug" / "company.toml").write_text(text)
    house.worker.copy_settings()
    assert house.send("Not A Slug").status_code == 404


def test_a_worker_takes_no_turn_while_another_one_holds_the_lock(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return True

    turns: list[int] = []
    monkeypatch.setattr(house.worker, "turn", lambda: turns.append(1))
    with exclusive(house.settings.locks, "work"):
        house.worker.run(Stop())
        assert turns == []
    house.worker.run(Stop())
    assert turns == [1]


def test_a_faulty_file_of_one_company_makes_nobody_else_wait_and_is_told_once(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    broken = house.content / "acme" / "ledger" / "2026-11.csv"
    broken.parent.mkdir()
    broken.write_text("<<<<<<< ours\n")
    house.receive()
    assert house.worker._turn_safely() < 1
    assert house.worker._turn_safely() < 1
    assert caplog.text.count("acme/ledger/2026-11.csv:1") == 1
