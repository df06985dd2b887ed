"""What runs by the clock."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import event

from amends.record import case_file
from tests.house import House


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


def test_a_second_worker_waits_until_the_first_one_has_ended(house: House) -> None:
    house.settings.locks.mkdir(parents=True, exist_ok=True)
    started, stop = threading.Event(), threading.Event()
    order: list[str] = []

    def first_turn() -> None:
        order.append("first")
        started.set()
        stop.wait(20)

    house.worker.turn = first_turn  # type: ignore[method-assign]  # the real one would end at once
    first = threading.Thread(target=house.worker.run, args=(stop,))
    first.start()
    assert started.wait(20)
    second_house = House(house.folder / "x")
    second_house.folder = house.folder
    second_stop = threading.Event()
    second = type(house.worker)(house.settings, house.inbox, lambda: house.now)

    def second_turn() -> None:
        order.append("second")
        second_stop.set()

    second.turn = second_turn  # type: ignore[method-assign]
    other = threading.Thread(target=second.run, args=(second_stop,))
    other.start()
    assert order == ["first"]
    stop.set()
    first.join(20)
    other.join(20)
    second_house.close()
    assert order == ["first", "second"]


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

    event.listen(house.inbox._engine, "before_cursor_execute", listen)
    house.worker.copy_settings()
    assert written == []
    (house.content / "acme" / "company.toml").write_text('name = "A"\nurl = "https://a.example/"\n')
    house.worker.copy_settings()
    assert written != []
