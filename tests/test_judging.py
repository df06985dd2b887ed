"""What the keeper decides about public cases, how long it waits, and who hears of it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from amends.case import Case, State, state
from amends.inbox import deeds
from amends.inbox.schema import message
from amends.publish import Publisher
from tests.customers import Customer, a_customer
from tests.house import House, Seat

WHY = {"reason": "personal-data", "why": "A name stands in it."}


@pytest.fixture
def kim(house: House) -> Seat:
    return house.at_the_desk("kim")


@pytest.fixture
def anna(house: House) -> Customer:
    """A customer whose case is public and answered."""
    text = "My parcel is late, says Bob Canary of the depot."
    customer = a_customer(house, text=text, email="anna@x.example", author="Anna")
    reply = {"name": "Olga, care", "text": "Sorry.", "topic": "delivery", "do": "send"}
    house.at_the_desk().decide(customer.number, "reply", **reply)
    house.work()
    return customer


def the_case(customer: Customer) -> Case:
    case = customer.case()
    assert case is not None
    return case


def told(house: House) -> set[tuple[str, str]]:
    query = select(message.c.channel, message.c.kind)
    with house.inbox.reading() as connection:
        return {(row.channel, row.kind) for row in connection.execute(query)}


def test_under_review_nobody_reads_it_and_it_is_said_since_when(house: House, kim: Seat, anna: Customer) -> None:
    assert kim.decide(anna.number, "hide", **WHY).status_code == 302
    house.work()
    assert state(the_case(anna), house.now) is State.HIDDEN
    page = house.page(f"acme/{anna.number}")
    assert "Canary" not in page
    assert "nder review" in page
    assert "A name stands in it." in page
    assert ("mail", "hidden") in told(house)
    assert "has decided" in anna.page()
    assert kim.decide(anna.number, "restore", why="It may stay.").status_code == 302
    house.work()
    assert "Canary" in house.page(f"acme/{anna.number}")
    assert ("mail", "restored") in told(house)


def test_a_removal_waits_three_days_and_can_be_taken_back(house: House, kim: Seat, anna: Customer) -> None:
    kim.decide(anna.number, "remove", **WHY)
    house.work()
    house.now += timedelta(days=3) - timedelta(minutes=1)
    house.work()
    assert the_case(anna).text
    kim = house.at_the_desk("kim")
    shown = kim.get(f"/desk/acme/{anna.number}").text
    assert "It is removed" in shown
    (deed,) = re.findall(r'name="deed" value="(\d+)"', shown)
    kim.decide(anna.number, "undo", deed=deed)
    house.now += timedelta(days=1)
    house.work()
    assert the_case(anna).text


def test_after_three_days_only_the_tombstone_is_left_and_nothing_counts_less(
    house: House, kim: Seat, anna: Customer
) -> None:
    kim.decide(anna.number, "remove", **WHY)
    house.now += timedelta(days=3)
    house.work()
    case = the_case(anna)
    assert (case.text, case.author, case.title) == ("", None, None)
    assert state(case, house.now) is State.REMOVED
    assert [reply.text for reply in case.replies] == ["Sorry."]
    page = house.page(f"acme/{anna.number}")
    assert "Canary" not in page
    assert "A name stands in it." in page
    assert {("mail", "removed")} <= told(house)
    assert "Canary" not in house.page("acme")


def test_two_keepers_remove_at_once_and_one_does_not(house: House, kim: Seat, anna: Customer) -> None:
    kim.decide(anna.number, "remove", **WHY)
    house.work()
    assert "Remove it now" not in kim.get(f"/desk/acme/{anna.number}").text
    assert kim.decide(anna.number, "hasten").status_code == 403
    second = house.at_the_desk("kai")
    assert "Remove it now" in second.get(f"/desk/acme/{anna.number}").text
    assert second.decide(anna.number, "hasten").status_code == 302
    house.work()
    assert state(the_case(anna), house.now) is State.REMOVED


def test_while_a_removal_waits_the_company_goes_on(house: House, kim: Seat, anna: Customer) -> None:
    kim.decide(anna.number, "remove", **WHY)
    house.work()
    olga = house.at_the_desk("olga")
    again = {"name": "Olga", "text": "A new one is on its way.", "topic": "delivery", "do": "send"}
    assert olga.decide(anna.number, "reply", **again).status_code == 302
    house.work()
    assert len(the_case(anna).replies) == 2
    assert "Remove it now" not in olga.get(f"/desk/acme/{anna.number}").text
    assert olga.decide(anna.number, "hasten").status_code == 403


def test_words_are_hidden_with_a_mark_and_all_else_stays(house: House, kim: Seat, anna: Customer) -> None:
    before = the_case(anna)
    assert kim.decide(anna.number, "mask", words="Bob Canary\n", why="A third person.").status_code == 302
    house.work()
    case = the_case(anna)
    assert case.text == "My parcel is late, says [hidden: personal data] of the depot."
    assert "Canary" not in (case.title or "")
    assert [event.event for event in case.events[len(before.events) :]] == ["masked"]
    page = house.page(f"acme/{anna.number}")
    assert "Canary" not in page
    assert "A third person." in page


def test_words_that_do_not_stand_there_are_told_and_nothing_is_written(house: House, kim: Seat, anna: Customer) -> None:
    before = the_case(anna)
    kim.decide(anna.number, "mask", words="Alice")
    house.work()
    assert the_case(anna) == before
    assert "none of these words stands there" in kim.get(f"/desk/acme/{anna.number}").text


def test_what_a_company_asks_is_answered_with_words_that_it_reads(house: House, kim: Seat, anna: Customer) -> None:
    olga = house.at_the_desk("olga")
    assert olga.decide(anna.number, "ask", reason="personal-data", why="Bob does not want it.").status_code == 302
    shown = kim.get(f"/desk/acme/{anna.number}").text
    assert "Bob does not want it." in shown
    assert '<option selected value="personal-data">' in shown
    assert kim.decide(anna.number, "decline", why="It tells how it was.").status_code == 302
    shown = olga.get(f"/desk/acme/{anna.number}").text
    assert "It tells how it was." in shown
    assert "Bob does not want it." not in shown
    with house.inbox.reading() as connection:
        assert deeds.asked(connection, anna.number) == []
    assert "My parcel" in house.page(f"acme/{anna.number}")


@pytest.mark.parametrize("what", ["hide", "restore", "remove", "mask", "decline", "hasten"])
def test_no_company_judges_itself(house: House, anna: Customer, what: str) -> None:
    fields = {**WHY, "words": "parcel"}
    for who in ("olga", "bo"):
        answer = house.at_the_desk(who).submit(f"/desk/acme/{anna.number}/{what}", page="/desk/", **fields)
        assert answer.status_code in (403, 404), who
    house.now += timedelta(days=4)
    house.work()
    assert [event.event for event in the_case(anna).events] == ["published", "reply"]


@pytest.mark.parametrize("what", ["hide", "restore", "remove", "mask"])
def test_what_was_written_but_not_noted_is_written_once(
    house: House, kim: Seat, anna: Customer, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "restore":
        kim.decide(anna.number, "hide", **WHY)
        house.work()
    kim.decide(anna.number, what, **{**WHY, "words": "Bob Canary"})
    house.now += timedelta(days=3, seconds=house.undo_seconds)
    dies = _fail_once(deeds.done)
    monkeypatch.setattr(deeds, "done", dies)
    publisher = Publisher(house.content, house.settings.instance / "locks", house.inbox)
    publisher.carry_out_due(house.now)
    assert publisher.failures
    written = the_case(anna)
    publisher.carry_out_due(house.now + timedelta(seconds=5))
    assert the_case(anna) == written
    with house.inbox.reading() as connection:
        assert deeds.of_case(connection, anna.number, "acme") == []


def _fail_once(real: Callable[..., None]) -> Callable[..., None]:
    calls: list[object] = []

    def called(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 1:
            raise OSError(28, "No space left on device")
        real(*arguments)

    return called


@pytest.mark.parametrize("what", ["hide", "mask", "remove"])
def test_no_company_takes_a_keepers_decision_back_nor_a_keeper_a_companys(
    house: House, kim: Seat, anna: Customer, what: str
) -> None:
    kim.decide(anna.number, what, **{**WHY, "words": "Bob Canary"})
    (judged,) = re.findall(r'name="deed" value="(\d+)"', kim.get(f"/desk/acme/{anna.number}").text)
    olga = house.at_the_desk("olga")
    assert f'name="deed" value="{judged}"' not in olga.get(f"/desk/acme/{anna.number}").text
    olga.decide(anna.number, "undo", deed=judged)
    house.now += timedelta(days=3)
    house.work()
    assert [event.event for event in the_case(anna).events][2:] == [
        {"hide": "hidden", "mask": "masked", "remove": "removed"}[what]
    ]


def test_a_keeper_does_not_take_a_companys_reply_back(house: House, kim: Seat, anna: Customer) -> None:
    again = {"name": "Olga", "text": "A new one is on its way.", "topic": "delivery", "do": "send"}
    olga = house.at_the_desk("olga")
    olga.decide(anna.number, "reply", **again)
    (reply,) = re.findall(r'name="deed" value="(\d+)"', olga.get(f"/desk/acme/{anna.number}").text)
    kim.decide(anna.number, "undo", deed=reply)
    house.work()
    assert len(the_case(anna).replies) == 2
