"""Ten mistakes of who runs a board: each gets a sentence that says what happened, and has a way out."""

import errno
import re
import shutil
import socket
from collections.abc import Iterator

import pytest
from click.testing import Result
from sqlalchemy import delete, select

from amends.cli import main
from amends.doctor import State, mail
from amends.doctor.finding import Visit
from amends.inbox import Inbox, people
from amends.inbox.schema import staff
from amends.inbox.signing_tables import second_step
from amends.inbox.store import Inbox as Store
from amends.service import create_service
from tests.disk import Disk, watched
from tests.house import PASSWORD, SHOP, URL, House
from tests.postal import MailServer, mail_server
from tests.postroom import deliver, hire, states
from tests.test_choosing import a_seat
from tests.test_cli import run
from tests.test_docs import GUIDE, commands
from tests.test_second_step import set_up

LINK = re.compile(r"https?://[^/\s]+(/desk/choose/\S+)")


def told(result: Result) -> str:
    """What a command says, without the frame around it."""
    return " ".join(re.sub("[│╭╰─]", " ", result.output).split())


def choose(house: House, result: Result, password: str) -> None:
    """Choose a password with the link that a command printed."""
    assert result.exit_code == 0, result.output
    link = LINK.search(result.output)
    assert link, result.output
    answer = a_seat(house).submit(link[1], new=password)
    assert answer.status_code in (200, 302, 303), answer.text


def sign_in(house: House, login: str, password: str) -> bool:
    with house.inbox.reading() as connection:
        return people.sign_in(connection, login, password) is not None


# --- 1: the wrong slug ---


@pytest.mark.parametrize("command", ["leave", "return"])
def test_a_slug_that_nobody_has_is_told_with_how_one_is_added(house: House, command: str) -> None:
    result = run(house, "company", command, "acne")
    assert result.exit_code == 2
    assert f"no company acne in {house.content}: amends company add acne" in told(result).replace("\n", "")


def test_a_widget_with_a_wrong_slug_is_told_that_nothing_was_saved(house: House) -> None:
    answer = house.send("acne")
    assert answer.status_code == 404
    assert answer.json is not None
    message = answer.json["error"]["message"]
    assert message == "There is no company “acne” here. Nothing was saved; please check the address."


# --- 2: company.toml broken by hand ---


def test_settings_broken_by_hand_go_on_as_they_were_and_are_named_with_their_line(house: House) -> None:
    path = house.content / "acme" / "company.toml"
    good = path.read_text()
    house.worker.turn()
    path.write_text(good + 'reply_hour = "soon\n')
    house.worker.turn()
    assert house.send().status_code == 201
    result = run(house, "check")
    assert result.exit_code == 1
    assert f"acme/company.toml:{good.count(chr(10)) + 1}:" in result.output
    path.write_text(good)
    assert run(house, "check").exit_code == 0


# --- 3, 4, 5: who cannot get in ---


def test_an_admin_who_is_locked_out_gets_in_with_a_link_from_the_command(house: House) -> None:
    house.at_the_desk("bo")
    choose(house, run(house, "staff", "reset", "bo"), "another horse battery")
    assert sign_in(house, "bo", "another horse battery")
    assert not sign_in(house, "bo", PASSWORD)


def test_the_last_keeper_stays_and_where_none_is_left_the_command_makes_one(house: House) -> None:
    house.at_the_desk("kim")
    with house.inbox.writing() as connection:
        kim = people.with_login(connection, "kim")
        assert kim
        with pytest.raises(people.PersonError, match=r"Kim is the last keeper\. Nothing was changed"):
            people.remove(connection, kim, house.now)
        connection.execute(delete(staff))
    choose(house, run(house, "staff", "invite", "ada", "Ada", "keeper"), "another horse battery")
    assert sign_in(house, "ada", "another horse battery")


def test_whose_codes_are_lost_sets_them_up_anew(house: House) -> None:
    seat = house.at_the_desk("bo")
    set_up(seat)
    with house.inbox.reading() as connection:
        assert connection.execute(select(second_step)).first()
    choose(house, run(house, "staff", "reset", "bo"), "another horse battery")
    with house.inbox.reading() as connection:
        assert connection.execute(select(second_step)).first() is None


# --- 6: the mail server is down ---


def test_while_the_mail_server_is_down_mail_waits_and_doctor_says_so(house: House) -> None:
    hire(house, "lea", "lea@acme.example")
    house.receive()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nobody = MailServer(port=port)
    assert deliver(house, nobody) == 0
    assert states(house) == ["waits"]
    house.smtp = nobody.settings()
    faults = [found for found in mail.check(Visit(house.settings, house.now)) if found.state is State.FAULT]
    assert ("mail", "mend AMENDS_SMTP, or the server") in [(found.check, found.remedy) for found in faults]
    house.pass_time(minutes=10)
    with mail_server() as server:
        deliver(house, server)
        assert [to for to, _ in server.taken] == ["lea@acme.example"]
    assert states(house) == ["sent"]


# --- 7: the disk is full ---


@pytest.fixture
def disk(house: House) -> Iterator[Disk]:
    house.close()
    with watched(house.settings.instance, house.folder / "synced") as below:
        yield below
        house.close()


def test_with_a_full_disk_nobody_gets_a_receipt_and_the_words_stay_in_the_form(house: House, disk: Disk) -> None:
    assert house.send(key="f" * 32).status_code == 201
    disk.fail_at(1, errno.ENOSPC, lasting=True)
    page = house.post("/acme/feedback", {"text": "The bell fell off.", "key": "k" * 32}, Origin=URL)
    assert page.status_code == 503
    assert "This could not be saved just now. Nothing was sent; your text is still here." in page.text
    assert "The bell fell off." in page.text
    disk.fail_at(0, errno.ENOSPC, lasting=True)
    assert house.send().status_code == 201


# --- 8: the clock jumps ---


def test_a_clock_that_ran_a_day_ahead_and_is_put_back_leaves_a_record_that_can_be_read(house: House) -> None:
    number = house.receive()
    house.pass_time(days=1, hours=1)
    house.work()
    assert house.record().entry("acme", number).case.is_stub
    seat = house.at_the_desk()
    seat.decide(number, "reply", name="Olga", text="Sorry.", topic="delivery", do="send")
    house.work()
    house.pass_time(days=-1)
    seat.decide(number, "solve", name="Olga", text="It is on its way.")
    house.work()
    case = house.record().entry("acme", number).case
    assert house.record().faults == ()
    assert [event.at for event in case.events] == sorted(event.at for event in case.events)
    assert [event.event for event in case.events if event.by == "company"] == ["reply", "solved"]


def test_a_clock_that_is_put_back_a_day_takes_feedback_in_and_stops_no_decision(house: House) -> None:
    first = house.receive()
    house.work()
    house.pass_time(days=-1)
    second = house.receive(text="The wheel came bent.")
    house.at_the_desk().decide(second, "publish", topic="delivery")
    house.work()
    assert house.record().entry("acme", second)
    assert house.record().faults == ()
    assert {first, second} == set(house.numbers())


# --- 9: two services on one instance ---


def test_two_services_on_one_instance_share_it_and_one_of_them_works(house: House) -> None:
    other = Inbox(house.settings.database)
    try:
        app = create_service(house.settings, other, lambda: house.now, fresh=0)
        headers = {"Origin": SHOP, "Accept": "application/json"}
        sent = {"text": "My parcel is late.", "key": "k" * 32}
        first = house.send()
        second = app.test_client().post("/acme/feedback", data=sent, headers=headers, base_url=URL)
    finally:
        other.close()
    assert first.json is not None
    assert second.json is not None
    assert first.json["case"] == second.json["case"]
    assert len(house.numbers()) == 1


# --- 10: yesterday's database ---


def test_with_yesterdays_database_the_record_keeps_what_was_public_and_all_goes_on(house: House) -> None:
    before = house.receive()
    house.work()
    house.close()
    file = Store(house.settings.database).file
    assert file
    yesterday = file.with_name("yesterday.db")
    shutil.copyfile(file, yesterday)
    since = house.receive(text="The wheel came bent.")
    house.at_the_desk().decide(since, "publish", topic="delivery")
    house.work()
    house.close()
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    shutil.copyfile(yesterday, file)
    house.pass_time(**{"days": 1})
    house.work()
    assert house.numbers() == [before]
    record = house.record()
    assert record.faults == ()
    assert record.entry("acme", since).case.text == "The wheel came bent."
    assert since in {line.case for line in record.ledgers["acme"]}
    house.hired.clear()
    again = house.receive(text="And the bell.")
    house.at_the_desk("max").decide(again, "publish", topic="delivery")
    house.work()
    assert house.record().entry("acme", again)


# --- The guide ---


def test_the_guide_has_a_row_for_each_mistake_and_names_only_commands_that_there_are() -> None:
    section = GUIDE.split("### When something goes wrong\n", 1)[1].split("\n### ", 1)[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 10
    assert all(len(row) == 3 and all(row) for row in rows)
    named = re.findall(r"`(amends(?: [a-z]+)+)", section)
    assert len(named) > 5
    assert {name for name in named if not any(f"{known} ".startswith(f"{name} ") for known in commands(main))} == set()
