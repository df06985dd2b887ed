"""What staff write for a customer beside the first reply: corrections, private questions, templates, duplicates."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.case import Case
from amends.clock import stamp
from amends.desk.fields import FIELDS, fill, left_open
from amends.inbox import cases
from amends.inbox.schema import message
from amends.record import find_case
from tests.house import URL, House, Seat

REPLY = {"name": "Olga", "text": "Sorry, a new one is on its way.", "topic": "delivery", "do": "send"}


@pytest.fixture
def olga(house: House) -> Seat:
    return house.at_the_desk("olga")


@pytest.fixture
def number(house: House, olga: Seat) -> str:
    """A case that is public and answered, whose customer can be written to."""
    number = house.receive(text="My parcel is late.", email="anna@customer.example", author="Anna")
    olga.decide(number, "reply", **REPLY)
    house.work()
    return number


def the_case(house: House, number: str) -> Case:
    case = find_case(house.content, "acme", number)
    assert case is not None
    return case


def told(house: House) -> set[str]:
    with house.inbox.reading() as connection:
        return set(connection.execute(message.select().with_only_columns(message.c.kind)).scalars())


def of(olga: Seat, number: str) -> str:
    found = re.search(r'name="of" value="([^"]+)"', olga.get(f"/desk/acme/{number}/correct").text)
    assert found
    return found[1]


# --- The preview ---


def test_the_preview_shows_words_name_and_measure_as_the_board_does(house: House, olga: Seat) -> None:
    number = house.receive(text="Late.")
    said = {
        **REPLY,
        "name": "Olga, care",
        "text": "Sorry, *really*.\n\n* a new one\n* [here](https://acme.example/r)\n\nWrite to a@b.example.",
        "measure": "Sent & refunded.",
    }
    preview = olga.decide(number, "reply", **{**said, "do": "preview"}).text.split('id="preview"')[1]
    keys = re.findall(r'name="seen" value="([^"]+)"', preview)
    assert olga.decide(number, "reply", **said, seen=keys[0], hide=keys[0]).status_code == 302
    house.work()
    board = house.page(f"acme/{number}").split('<article class="piece reply">')[1]
    for shown in (r'<div class="words"[^>]*>(.*?)</div>', r'<p class="voice"[^>]*>(.*?)</p>', r"<bdi>(Olga)</bdi>"):
        mine, theirs = re.search(shown, preview, re.DOTALL), re.search(shown, board, re.DOTALL)
        assert mine is not None
        assert theirs is not None
        assert mine[1] == theirs[1]


# --- Corrections ---


def test_a_correction_stands_beside_the_first_wording_with_its_reason(house: House, olga: Seat, number: str) -> None:
    said = {"text": "Sorry, a new one comes with the next delivery.", "why": "The first one named the wrong parcel."}
    assert olga.decide(number, "correct", of=of(olga, number), do="send", **said).status_code == 302
    assert "Your correction becomes public" in olga.get(f"/desk/acme/{number}").text
    house.work()
    case = the_case(house, number)
    correction = case.last("correction")
    assert correction is not None
    assert (correction.text, correction.why) == (said["text"], said["why"])
    assert [reply.text for reply in case.replies] == [REPLY["text"]]
    assert correction.of == case.replies[0].at
    assert "correction" in told(house)
    page = house.page(f"acme/{number}")
    assert "next delivery" in page
    assert "named the wrong parcel" in page


def test_a_correction_begins_with_how_the_reply_reads_now(house: House, olga: Seat, number: str) -> None:
    assert f"{REPLY['text']}</textarea>" in olga.get(f"/desk/acme/{number}/correct").text
    olga.decide(number, "correct", of=of(olga, number), do="send", text="It comes.", why="Shorter.")
    house.work()
    assert "It comes.</textarea>" in olga.get(f"/desk/acme/{number}/correct").text
    olga.decide(number, "reply", **{**REPLY, "text": "It came, we hope."})
    house.work()
    assert "It came, we hope.</textarea>" in olga.get(f"/desk/acme/{number}/correct").text
    first = stamp(the_case(house, number).replies[0].at)
    shown = olga.client.get(f"/desk/acme/{number}/correct", query_string={"of": first}, base_url=URL).text
    assert "It comes.</textarea>" in shown


def test_personal_data_in_a_correction_is_shown_before_it_leaves(house: House, olga: Seat, number: str) -> None:
    said = {"of": of(olga, number), "text": "We wrote to anna@customer.example.", "why": "More exact.", "do": "send"}
    shown = olga.decide(number, "correct", **said)
    assert shown.status_code == 200
    assert "there is personal data in it" in shown.text
    keys = re.findall(r'name="seen" value="([^"]+)"', shown.text)
    assert olga.decide(number, "correct", **said, seen=keys[0], hide=keys[0]).status_code == 302
    house.work()
    correction = the_case(house, number).last("correction")
    assert correction is not None
    assert correction.text == "We wrote to [hidden: email]."


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "", "why": "x"}, "What stands there cannot be emptied."),
        ({"text": "x", "why": " "}, "Please say why."),
        ({"of": "2020-01-01T00:00:00Z", "text": "x", "why": "y"}, "your words are kept here"),
    ],
)
def test_a_correction_without_words_reason_or_reply_is_refused(
    olga: Seat, number: str, fields: dict[str, str], said: str
) -> None:
    answer = olga.decide(number, "correct", **{"of": of(olga, number), "do": "send", **fields})
    assert answer.status_code == 422
    assert said in answer.text or fields["text"] in answer.text


def test_nothing_is_corrected_where_nothing_was_said_in_public(house: House, olga: Seat) -> None:
    number = house.receive()
    assert olga.get(f"/desk/acme/{number}/correct").status_code == 302


# --- Private questions ---


def test_a_private_question_leaves_a_public_trace_and_no_word_and_the_clock_goes_on(house: House, olga: Seat) -> None:
    number = house.receive(email="anna@customer.example")
    olga.decide(number, "publish", topic="delivery")
    house.work()
    assert olga.decide(number, "inquire", name="Olga", text="Canary: which order is it?").status_code == 302
    house.work()
    case = the_case(house, number)
    assert [event.event for event in case.events] == ["published", "asked"]
    assert case.first_reply is None
    assert "Canary" not in house.page(f"acme/{number}")
    assert number in olga.get("/desk/").text
    assert "asked" in told(house)
    with house.inbox.reading() as connection:
        (asked,) = cases.answers(connection, number)
        assert "Canary" not in str(connection.execute(message.select()).all())
    assert (asked.by, asked.text) == ("company", "Canary: which order is it?")


def test_the_customers_private_answer_leaves_its_trace_once(house: House, olga: Seat) -> None:
    answer = house.send(email="anna@customer.example")
    assert answer.json
    number, link = answer.json["case"], answer.json["link"].removeprefix(URL)
    olga.decide(number, "publish", topic="delivery")
    house.work()
    olga.decide(number, "inquire", name="Olga", text="Which order is it?")
    house.work()
    visitor = house.visitor()
    shown = visitor.get(link, base_url=URL).text
    assert "Which order is it?" in shown
    assert "asks you something" in shown
    assert "Is it solved?" not in shown
    for words in ("Canary 4711", "Canary 4712"):
        visitor.post(f"{link}detail", data={"text": words, "readers": "company"}, base_url=URL)
        house.work()
    assert [event.event for event in the_case(house, number).events] == ["published", "asked", "answered"]
    assert "Canary 4711" in olga.get(f"/desk/acme/{number}").text
    assert "Canary" not in house.page(f"acme/{number}")


# --- Duplicates ---


def test_a_company_tells_the_keeper_of_a_duplicate_and_the_keeper_marks_it(
    house: House, olga: Seat, number: str
) -> None:
    again = house.receive(text="My parcel is still late.")
    olga.decide(again, "publish", topic="delivery")
    house.work()
    assert olga.decide(again, "duplicate", of=number, why="Anna wrote twice.").status_code == 302
    house.work()
    assert the_case(house, again).last("duplicate") is None
    kim = house.at_the_desk("kim")
    shown = kim.get(f"/desk/acme/{again}").text
    assert f'value="{number}"' in shown
    assert "Anna wrote twice." in shown
    assert kim.decide(again, "duplicate", of=number, why="So it is.").status_code == 302
    house.work()
    marked = the_case(house, again).last("duplicate")
    assert marked is not None
    assert (marked.of, marked.why) == (number, "So it is.")
    assert number in house.page(f"acme/{again}")


def test_an_unread_duplicate_is_withheld_as_one(house: House, number: str) -> None:
    again, kim = house.receive(text="Again."), house.at_the_desk("kim")
    assert kim.decide(again, "duplicate", of=number, why="The same.").status_code == 302
    house.work()
    with house.inbox.reading() as connection:
        withheld = cases.get(connection, again)
    assert withheld is not None
    assert (withheld.outcome, withheld.reason) == ("withheld", "duplicate")


def test_a_duplicate_of_nothing_is_told_and_nothing_is_written(house: House, olga: Seat, number: str) -> None:
    kim = house.at_the_desk("kim")
    assert kim.decide(number, "duplicate", of="not one", why="x").status_code == 422
    kim.decide(number, "duplicate", of="00000000", why="x")
    house.work()
    assert "there is no case 00000000 of this company" in kim.get(f"/desk/acme/{number}").text
    assert the_case(house, number).last("duplicate") is None


# --- Templates ---


def test_a_template_is_kept_changed_and_removed_and_is_one_companys(house: House, olga: Seat) -> None:
    olga.submit("/desk/templates", name="Late", language="en", text="Sorry, {name}.")
    shown = olga.get("/desk/templates").text
    assert "Sorry, {name}." in shown
    assert "Late" not in house.at_the_desk("bo").get("/desk/templates").text
    assert house.at_the_desk("kim").get("/desk/templates").status_code == 403
    (identity,) = re.findall(r"change=(\d+)", shown)
    house.at_the_desk("bo").submit("/desk/templates", id=identity, name="Stolen", language="en", text="x")
    house.at_the_desk("bo").submit("/desk/templates", remove=identity)
    olga.submit("/desk/templates", id=identity, name="Lost", language="nl", text="Sorry, {name}!")
    shown = olga.get("/desk/templates").text
    assert "Sorry, {name}!" in shown
    assert "Lost" in shown
    assert "Late" not in shown
    olga.submit("/desk/templates", remove=identity)
    assert "There is none yet." in olga.get("/desk/templates").text


def test_a_template_is_put_below_what_is_written_and_what_is_unknown_is_not_sent(house: House, olga: Seat) -> None:
    number = house.receive(text="Late.")
    olga.submit("/desk/templates", name="Late", language="en", text="Dear {name}, case {number} of {company}. {me}")
    (identity,) = re.findall(r'<option value="(\d+)">Late', olga.get(f"/desk/acme/{number}").text)
    begun = olga.decide(number, "begin", template=identity, text="Hello!", name="Olga").text
    written = f"Hello!\n\nDear {{name}}, case {number} of Acme. Olga"
    assert f"{written}</textarea>" in begun
    answer = olga.decide(number, "reply", **{**REPLY, "text": written})
    assert answer.status_code == 422
    assert "{name} of the template is still to be filled in" in answer.text
    assert f"{written}</textarea>" in answer.text


@given(st.text(), st.dictionaries(st.sampled_from(sorted(FIELDS)), st.text(alphabet="ab{}", max_size=8)))
def test_a_field_is_filled_in_once_and_what_is_no_field_stays(text: str, known: dict[str, str]) -> None:
    parts = [f"{{{name}}}" for name in known]
    filled = fill(text + "".join(parts), known)
    assert filled == fill(text, known) + "".join(known[name] or f"{{{name}}}" for name in known)
    assert left_open(text) == [] or any(f"{{{name}}}" in text for name in FIELDS)


# --- The coach while somebody writes ---


def test_what_the_coach_says_while_somebody_writes_comes_from_this_service(house: House, olga: Seat) -> None:
    number = house.receive(text="My parcel is late.")
    answer = olga.decide(number, "advice", text="It is your own fault. Write to a@b.example. It comes by 5 November.")
    assert answer.status_code == 200
    said = json.loads(answer.text)
    assert {"apology", "defensive"} <= {one["rule"] for one in said["advice"]}
    assert said["personal"] == ["a@b.example"]
    assert said["promises"] == ["by 5 November"]
    empty = json.loads(olga.decide(number, "advice", text=" ").text)
    assert empty == {"advice": [], "personal": [], "promises": []}


# --- Keys ---


def test_single_keys_can_be_turned_off_and_on_in_a_browser(olga: Seat) -> None:
    assert 'data-keys="on"' in olga.get("/desk/").text
    olga.submit("/desk/keys", keys="off")
    assert 'data-keys="off"' in olga.get("/desk/").text
    assert "<kbd>?</kbd></a>" not in olga.get("/desk/").text
    olga.submit("/desk/keys", keys="on")
    assert 'data-keys="on"' in olga.get("/desk/").text


def test_a_private_question_about_a_public_case_is_none_of_the_keepers_business(
    house: House, olga: Seat, number: str
) -> None:
    olga.decide(number, "inquire", name="Olga", text="Canary: which order is it?")
    shown = house.at_the_desk("kim").get(f"/desk/acme/{number}").text
    assert "Canary" not in shown
    house.work()
    shown = house.at_the_desk("kim").get(f"/desk/acme/{number}").text
    assert "asked in private" in shown
    assert "Canary" not in shown


def test_agents_answer_and_moderators_write_what_the_company_says_to_all(house: House, olga: Seat, number: str) -> None:
    max_ = house.at_the_desk("max")
    olga.submit("/desk/templates", name="Late", language="en", text="Sorry, {name}.")
    assert "Sorry, {name}." in max_.get("/desk/templates").text
    refused = max_.submit("/desk/templates", page="/desk/", name="Mine", language="en", text="x")
    assert refused.status_code == 403
    assert "Mine" not in olga.get("/desk/templates").text
    for address in (
        "/desk/news/updates",
        "/desk/news/answers",
        f"/desk/acme/{number}/tell",
        f"/desk/acme/{number}/explain",
    ):
        assert max_.get(address).status_code == 403
        assert olga.get(address).status_code in (200, 302)
    assert "Tell what changed" not in max_.get(f"/desk/acme/{number}").text
