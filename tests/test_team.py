"""What staff of a company tell each other about a case, and who may see it."""

import re
from datetime import timedelta

import pytest

from amends.inbox import cases, erasures, team
from amends.inbox.cases import Answer
from amends.inbox.erasures import Erasure
from amends.inbox.schema import contact, customer, note
from amends.record import find_case
from tests.house import House, Seat

REPLY = {"name": "Olga", "text": "Sorry, a new one is on its way.", "topic": "delivery", "do": "send"}


@pytest.fixture
def olga(house: House) -> Seat:
    return house.at_the_desk("olga")


@pytest.fixture
def max_(house: House) -> Seat:
    return house.at_the_desk("max")


@pytest.fixture
def number(house: House) -> str:
    return house.receive(text="My parcel is late.", email="anna@customer.example")


def page(seat: Seat, number: str, what: str = "") -> str:
    return seat.get(f"/desk/acme/{number}{what}").text


def basis(shown: str) -> str:
    found = re.search(r'name="basis" value="([0-9a-f]+)"', shown)
    assert found
    return found[1]


def confirm(house: House, *numbers: str) -> None:
    with house.inbox.writing() as connection:
        connection.execute(contact.update().where(contact.c.number.in_(numbers)).values(confirmed=house.now))


def test_a_case_is_taken_given_and_given_back(house: House, olga: Seat, max_: Seat, number: str) -> None:
    assert "<bdi>nobody</bdi>" in page(olga, number)
    with house.inbox.reading() as connection:
        ids = {name: identity for identity, name in team.colleagues(connection, "acme").items()}
    olga.decide(number, "assign", to=str(ids["Olga"]))
    assert "You <button" in page(olga, number)
    assert "<bdi>Olga</bdi>" in page(max_, number)
    olga.decide(number, "assign", to=str(ids["Max"]))
    assert "You <button" in page(max_, number)
    max_.decide(number, "assign", to="")
    assert "<bdi>nobody</bdi>" in page(olga, number)


def test_a_case_is_given_to_nobody_of_another_company(house: House, olga: Seat, number: str) -> None:
    house.at_the_desk("bo")
    with house.inbox.reading() as connection:
        (bo,) = team.colleagues(connection, "bolt")
    assert olga.decide(number, "assign", to=str(bo)).status_code == 422
    assert "<bdi>nobody</bdi>" in page(olga, number)


def test_notes_are_for_the_team_alone_and_stay_in_their_order(
    house: House, olga: Seat, max_: Seat, number: str
) -> None:
    olga.decide(number, "note", text="Canary: ask the warehouse.")
    max_.decide(number, "note", text="Canary: it was there.")
    shown = page(max_, number)
    assert shown.index("ask the warehouse") < shown.index("it was there")
    assert "<bdi>Olga</bdi>" in shown
    assert "Canary" not in page(house.at_the_desk("kim"), number)
    assert house.at_the_desk("bo").get(f"/desk/acme/{number}/note").status_code == 404
    assert house.at_the_desk("kim").decide(number, "note", text="x").status_code == 403


def test_an_empty_note_is_refused_with_a_sentence(olga: Seat, number: str) -> None:
    answer = olga.decide(number, "note", text=" \n ")
    assert answer.status_code == 422
    assert "There is nothing in it yet." in answer.text


def test_a_draft_comes_back_and_others_see_that_somebody_writes(
    house: House, olga: Seat, max_: Seat, number: str
) -> None:
    assert olga.decide(number, "draft", name="Olga", text="We are so", measure="").status_code == 302
    assert "We are so</textarea>" in page(olga, number)
    shown = page(max_, number)
    assert "is writing to this customer, too" in shown
    assert "We are so" in shown
    assert "We are so</textarea>" not in shown
    house.pass_time(minutes=15)
    assert "is writing to this customer, too" not in page(max_, number)
    assert "We are so</textarea>" in page(olga, number)


def test_a_draft_sent_by_script_is_kept_without_a_page(olga: Seat, number: str) -> None:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page(olga, number))
    assert token
    answer = olga.client.post(
        f"/desk/acme/{number}/draft",
        data={"csrf_token": token[1], "text": "So far", "name": "Olga"},
        headers={"Accept": "application/json", "Referer": "https://feedback.example/"},
        base_url="https://feedback.example",
    )
    assert (answer.status_code, answer.text) == (204, "")
    assert "So far</textarea>" in page(olga, number)


def test_a_draft_ends_when_its_reply_is_sent_or_it_is_emptied(house: House, olga: Seat, number: str) -> None:
    for ends in ({"what": "draft", "text": " "}, {"what": "reply", **REPLY}):
        olga.decide(number, "draft", name="Olga", text="We are so")
        facts = dict(ends)
        olga.decide(number, facts.pop("what"), **facts)
        with house.inbox.reading() as connection:
            assert team.drafts(connection, "acme", number) == []


def test_who_answers_after_somebody_else_is_told_and_both_texts_are_kept(
    house: House, olga: Seat, max_: Seat, number: str
) -> None:
    olga.decide(number, "publish", topic="delivery")
    house.work()
    seen = basis(page(max_, number))
    olga.decide(number, "reply", **REPLY)
    house.work()
    own = {**REPLY, "name": "Max", "text": "We sent another."}
    answer = max_.decide(number, "reply", basis=seen, **own)
    assert answer.status_code == 409
    assert "Somebody answered" in answer.text
    assert "We sent another.</textarea>" in answer.text
    assert "a new one is on its way" in answer.text
    house.work()
    assert len(replies(house, number)) == 1
    assert max_.decide(number, "reply", basis=basis(answer.text), **own).status_code == 302
    house.work()
    assert replies(house, number) == [REPLY["text"], "We sent another."]


def test_while_one_reply_leaves_the_other_one_waits_and_both_texts_are_shown(
    house: House, olga: Seat, max_: Seat, number: str
) -> None:
    olga.decide(number, "publish", topic="delivery")
    house.work()
    olga.decide(number, "reply", **REPLY)
    answer = max_.decide(number, "reply", **{**REPLY, "name": "Max", "text": "We sent another."})
    assert answer.status_code == 409
    assert "What <bdi>Olga</bdi> wrote" in answer.text
    assert "a new one is on its way" in answer.text
    assert "We sent another." in answer.text


def test_a_reply_does_not_leave_where_its_file_was_edited_meanwhile_and_no_word_is_lost(
    house: House, olga: Seat, number: str
) -> None:
    olga.decide(number, "publish", topic="delivery")
    house.work()
    olga.decide(number, "reply", **REPLY)
    (file,) = house.content.glob(f"acme/*/*/{number}.md")
    written = file.read_text().replace("My parcel is late.", "My parcel is very late.")
    file.write_text(written)
    house.work()
    assert file.read_text() == written
    shown = page(olga, number)
    assert "Nothing was overwritten" in shown
    assert "a new one is on its way" in shown
    deed = re.search(r'name="deed" value="(\d+)"', shown)
    assert deed
    back = olga.decide(number, "undo", deed=deed[1])
    assert "a new one is on its way.</textarea>" in back.text
    olga.decide(number, "reply", basis=basis(back.text), **REPLY)
    house.work()
    assert replies(house, number) == [REPLY["text"]]


@pytest.mark.parametrize("what", ["by the customer", "by hand"])
def test_what_is_said_meanwhile_is_read_before_a_reply_leaves(house: House, olga: Seat, number: str, what: str) -> None:
    olga.decide(number, "publish", topic="delivery")
    house.work()
    seen = basis(page(olga, number))
    if what == "by hand":
        (file,) = house.content.glob(f"acme/*/*/{number}.md")
        file.write_text(file.read_text().replace("My parcel is late.", "Canary words"))
    else:
        with house.inbox.writing() as connection:
            cases.add_answer(connection, number, Answer(house.now, "", "Canary words", by="customer"))
    answer = olga.decide(number, "reply", basis=seen, **REPLY)
    assert answer.status_code == 409
    assert "Canary words" in answer.text
    assert "a new one is on its way.</textarea>" in answer.text


def test_earlier_cases_are_shown_where_the_same_address_was_confirmed_for_both(house: House, olga: Seat) -> None:
    first, second, third = (house.receive(email=mail) for mail in ("a@x.example", "A@x.example", "b@x.example"))
    assert f"/desk/acme/{first}" not in _team(page(olga, second))
    confirm(house, first)
    assert f"/desk/acme/{first}" not in _team(page(olga, second))
    confirm(house, first, second, third)
    assert f"/desk/acme/{first}" in _team(page(olga, second))
    assert f"/desk/acme/{first}" not in _team(page(olga, third))
    elsewhere = house.receive("bolt", email="a@x.example")
    confirm(house, elsewhere)
    assert f"/desk/bolt/{elsewhere}" not in _team(page(olga, second))


def _team(shown: str) -> str:
    return shown.split('class="team"')[1].split("</section>", maxsplit=1)[0]


def test_what_is_known_of_a_customer_is_shown_with_each_of_their_cases(house: House, olga: Seat) -> None:
    first, second = house.receive(email="a@x.example"), house.receive(email="a@x.example")
    assert "Note what you know" not in page(olga, first)
    assert olga.decide(first, "known", text="Canary").status_code == 302
    assert "Canary" not in page(olga, first), "nobody knows whose address it is"
    confirm(house, first, second)
    olga.decide(first, "known", text="Prefers the phone.")
    assert "Prefers the phone." in page(olga, second)
    olga.decide(second, "known", text="Prefers letters.")
    assert "Prefers letters." in page(olga, first)
    olga.decide(second, "known", text="")
    assert "Prefers" not in page(olga, first)


def test_an_erased_case_leaves_no_note_and_no_stranger_behind(house: House, olga: Seat) -> None:
    first, second = house.receive(email="a@x.example"), house.receive(email="a@x.example")
    confirm(house, first, second)
    olga.decide(first, "known", text="Prefers the phone.")
    for number, left in ((first, 1), (second, 0)):
        olga.decide(number, "note", text="Canary")
        olga.decide(number, "draft", text="Canary")
        with house.inbox.writing() as connection:
            erasures.add(connection, Erasure(number, "acme", house.now))
            assert team.notes(connection, "acme", number) == []
            assert team.drafts(connection, "acme", number) == []
            assert len(connection.execute(customer.select()).all()) == left


def test_notes_go_with_the_contact_when_a_case_ended_long_ago(house: House, olga: Seat, number: str) -> None:
    confirm(house, number)
    olga.decide(number, "note", text="Canary")
    olga.decide(number, "known", text="Canary")
    olga.decide(number, "publish", topic="delivery")
    olga.decide(number, "reply", **REPLY)
    house.work()
    house.now += timedelta(days=180) + timedelta(days=400)
    house.work()
    with house.inbox.reading() as connection:
        assert connection.execute(note.select()).all() == []
        assert connection.execute(customer.select()).all() == []


def replies(house: House, number: str) -> list[str | None]:
    case = find_case(house.content, "acme", number)
    assert case is not None
    return [reply.text for reply in case.replies]
