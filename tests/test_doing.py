"""What staff do about a case beside replying: promises, gifts, and saying that it is solved."""

import re
from datetime import timedelta
from html import escape, unescape

import pytest

from amends.case import Case, State, promises, state
from amends.inbox import gifts
from tests.house import House, Seat

GIFT = {"what": "a voucher", "value": "10 EUR", "code": "CANARY-7", "conditions": "None.", "last_day": ""}


@pytest.fixture
def olga(house: House) -> Seat:
    return house.at_the_desk()


@pytest.fixture
def number(house: House, olga: Seat) -> str:
    number = house.receive(text="My parcel is late.", email="anna@customer.example")
    olga.decide(number, "publish", topic="delivery")
    house.work()
    return number


def day(house: House, days: int) -> str:
    return (house.now.date() + timedelta(days=days)).isoformat()


def the_case(house: House, number: str) -> Case:
    return next(entry.case for entry in house.record().entries["acme"] if entry.case.number == number)


def made(house: House, number: str) -> list[tuple[str, str]]:
    return [(one.what, one.due.isoformat()) for one in promises(the_case(house, number)) if one.is_running]


def test_a_promise_leaves_after_the_seconds_to_undo_it_and_is_on_the_list(
    house: House, olga: Seat, number: str
) -> None:
    answer = olga.decide(number, "promise", what="a new label", due=day(house, 3))
    assert answer.status_code == 302
    assert "Your promise becomes public in a few seconds" in olga.get(f"/desk/acme/{number}").text
    assert made(house, number) == []
    house.work()
    assert made(house, number) == [("a new label", day(house, 3))]
    listed = olga.get("/desk/promises").text
    assert "a new label" in listed
    assert "Coming" in listed
    assert f"/desk/acme/{number}#promise-p1" in listed


def test_a_promise_that_is_undone_was_never_made(house: House, olga: Seat, number: str) -> None:
    olga.decide(number, "promise", what="a new label", due=day(house, 3))
    shown = olga.get(f"/desk/acme/{number}").text
    deed = shown.split('name="deed" value="')[1].split('"')[0]
    olga.decide(number, "undo", deed=deed)
    house.work()
    assert made(house, number) == []


def test_promises_are_listed_by_whether_their_day_is_over_today_or_to_come(
    house: House, olga: Seat, number: str
) -> None:
    start = house.now
    for what, days in (("third", 5), ("first", 0), ("second", 2)):
        olga.decide(number, "promise", what=what, due=day(house, days))
        house.work()
    for days, headings in ((0, ["Due today", "Coming"]), (2, ["Overdue", "Due today", "Coming"]), (9, ["Overdue"])):
        house.now = start + timedelta(days=days, minutes=5)
        listed = house.at_the_desk().get("/desk/promises").text
        assert [name for name in ("Overdue", "Due today", "Coming") if f"<h2>{name} " in listed] == headings
        assert listed.index("first") < listed.index("second") < listed.index("third")


def test_without_a_promise_the_list_says_so_calmly(olga: Seat) -> None:
    assert "No promise is open." in olga.get("/desk/promises").text


def test_a_promise_is_kept_moved_or_broken_with_a_reason(house: House, olga: Seat, number: str) -> None:
    for what in ("one", "two", "three"):
        olga.decide(number, "promise", what=what, due=day(house, 3))
        house.work()
    olga.decide(number, "keep", deed="p1")
    house.work()
    olga.decide(number, "move", promise="p2", due=day(house, 6), why="The printer broke.")
    house.work()
    olga.decide(number, "break", promise="p3", why="There are no labels any more.")
    house.work()
    assert made(house, number) == [("two", day(house, 6))]
    shown = olga.get(f"/desk/acme/{number}").text
    assert "The printer broke." in shown
    assert "There are no labels any more." in shown


@pytest.mark.parametrize(
    ("what", "fields", "said"),
    [
        ("promise", {"what": "", "due": "2026-12-24"}, "Please say what you promise."),
        ("promise", {"what": "a label", "due": ""}, "Please choose the day."),
        ("promise", {"what": "a label", "due": "soon"}, "Please choose the day."),
        ("promise", {"what": "a label", "due": "2020-01-01"}, "This day is over; choose today or a later one."),
        ("move", {"promise": "p1", "due": "2020-01-01", "why": "Late."}, "This day is over"),
        ("move", {"promise": "p1", "due": "2026-12-24", "why": ""}, "Please say why."),
        ("break", {"promise": "p1", "why": ""}, "Please say why."),
        ("give", {**GIFT, "conditions": ""}, "Please write the conditions out"),
        (
            "give",
            {**GIFT, "conditions": "If you take back your review."},
            "A gift never depends on what the customer says",
        ),
        (
            "give",
            {**GIFT, "conditions": "Nur nach positiver Bewertung."},
            "A gift never depends on what the customer says",
        ),
        ("give", {**GIFT, "conditions": "Удалите отзыв."}, "A gift never depends on what the customer says"),
        ("give", {**GIFT, "value": ""}, "Please say what it is worth."),
        ("give", {**GIFT, "last_day": "2020-01-01"}, "This day is over"),
    ],
)
def test_what_is_missing_or_wrong_is_told_beside_its_field_and_nothing_leaves(
    house: House, olga: Seat, number: str, what: str, fields: dict[str, str], said: str
) -> None:
    olga.decide(number, "promise", what="a new label", due=day(house, 3))
    house.work()
    answer = olga.decide(number, what, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    for words in fields.values():
        assert escape(words) in answer.text
    house.work()
    assert made(house, number) == [("a new label", day(house, 3))]


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("keep", {"deed": "p7"}),
        ("move", {"promise": "p7", "due": "2026-12-24", "why": "Late."}),
        ("break", {"promise": "p7", "why": "Late."}),
    ],
)
def test_nothing_is_said_of_a_promise_that_was_not_made(
    house: House, olga: Seat, number: str, what: str, fields: dict[str, str]
) -> None:
    assert olga.decide(number, what, **fields).status_code == 422


def test_a_gift_is_offered_in_public_and_its_code_is_for_the_customer_alone(
    house: House, olga: Seat, number: str
) -> None:
    olga.decide(number, "give", **GIFT)
    house.work()
    with house.inbox.reading() as connection:
        (given,) = gifts.of_case(connection, number)
    assert (given.what, given.value, given.code, given.conditions) == ("a voucher", "10 EUR", "CANARY-7", "None.")
    public = "".join(path.read_text() for path in house.content.rglob("*.md"))
    assert "a voucher" in public
    assert "CANARY-7" not in public


def test_what_the_company_calls_solved_is_no_more_than_that(house: House, olga: Seat, number: str) -> None:
    olga.decide(number, "reply", name="Olga", text="Sorry. It is on its way.", do="send", topic="delivery")
    house.work()
    olga.decide(number, "solve", name="Olga", text="It came.")
    house.work()
    assert state(the_case(house, number), house.now) is State.SOLVED


@pytest.mark.parametrize("what", ["promise", "move", "keep", "break", "solve", "give"])
def test_nobody_promises_for_another_company_nor_the_keeper_for_any(
    house: House, olga: Seat, number: str, what: str
) -> None:
    fields = {"what": "a label", "due": day(house, 3), "why": "x", "name": "x", **GIFT}
    bo, kim = house.at_the_desk("bo"), house.at_the_desk("kim")
    assert bo.submit(f"/desk/acme/{number}/{what}", page="/desk/", **fields).status_code in (403, 404)
    assert kim.submit(f"/desk/acme/{number}/{what}", page="/desk/", **fields).status_code in (403, 404)
    assert "a new label" not in bo.get("/desk/promises").text


@pytest.mark.parametrize("fields", [{"publicity": "private"}, {}], ids=["private", "not read yet"])
def test_there_is_nothing_to_promise_where_nobody_else_can_read_it(
    house: House, olga: Seat, fields: dict[str, str]
) -> None:
    number = house.receive(**fields)
    assert "Promise something" not in olga.get(f"/desk/acme/{number}").text
    assert olga.decide(number, "promise", what="a label", due=day(house, 3)).status_code == 422


def test_two_decisions_at_once_are_told_and_the_second_loses_no_word(house: House, olga: Seat, number: str) -> None:
    olga.decide(number, "promise", what="a new label", due=day(house, 3))
    answer = olga.submit(f"/desk/acme/{number}/give", page="/desk/", **GIFT)
    assert answer.status_code == 409
    assert "CANARY-7" in answer.text


# --- What a reply promises ---

REPLY = {"name": "Olga", "measure": "", "topic": "delivery", "do": "send"}
WORDS = "I am sorry. We will send a new label by Friday. It costs nothing. You get the money back within two days."


def keys_of(page: str) -> list[str]:
    return [unescape(key) for key in re.findall(r'name="proposed" value="([^"]*)"', page)]


def test_days_in_a_reply_are_proposed_as_promises_before_it_leaves(house: House, olga: Seat, number: str) -> None:
    answer = olga.decide(number, "reply", text=WORDS, **REPLY)
    assert answer.status_code == 200
    assert "Nothing was sent yet: your reply seems to promise something by a day." in answer.text
    assert "the customer can still take as one" in answer.text
    assert "We will send a new label by Friday" in answer.text
    assert len(keys_of(answer.text)) == 2
    house.work()
    assert not the_case(house, number).replies


def test_what_staff_tick_becomes_a_promise_by_the_day_they_choose_and_nothing_else_does(
    house: House, olga: Seat, number: str
) -> None:
    label, money = keys_of(olga.decide(number, "reply", text=WORDS, **REPLY).text)
    days = [day(house, 9), day(house, 9)]
    fields = {"text": WORDS, **REPLY, "proposed": [label, money], "promise": [label], "promise_due": days}
    fields |= {"promise_what": ["a new label", ""]}
    assert olga.decide(number, "reply", **fields).status_code == 302  # type: ignore[arg-type]  # lists, as forms have them
    house.work()
    assert the_case(house, number).replies[0].text == WORDS
    assert made(house, number) == [("a new label", day(house, 9))]


@pytest.mark.parametrize(("chosen", "days"), [("", 2), ("soon", 2), ("2020-01-01", 0)])
def test_a_day_that_is_none_leaves_the_one_that_was_found_and_one_that_is_over_is_today(
    house: House, olga: Seat, number: str, chosen: str, days: int
) -> None:
    words = "We will send it within two days."
    (key,) = keys_of(olga.decide(number, "reply", text=words, **REPLY).text)
    olga.decide(number, "reply", text=words, **REPLY, proposed=key, promise=key, promise_due=chosen)
    house.work()
    assert made(house, number) == [("We will send it within two days", day(house, days))]


@pytest.mark.parametrize(
    ("lines", "last_day"),
    [
        ((), "2026-11-05"),
        (('holidays = ["11-04"]',), "2026-11-06"),
        (('business_hours = ["mon-tue 09:00-17:00", "sat 10:00-14:00"]',), "2026-11-09"),
    ],
)
def test_working_days_are_those_of_the_company(
    house: House, olga: Seat, number: str, lines: tuple[str, ...], last_day: str
) -> None:
    house.settle(*lines)
    words = "We will send it within three working days."
    (key,) = keys_of(olga.decide(number, "reply", text=words, **REPLY).text)
    assert key.partition("/")[0] == last_day


def test_a_reply_that_was_changed_after_the_proposals_is_looked_at_again(house: House, olga: Seat, number: str) -> None:
    (key,) = keys_of(olga.decide(number, "reply", text="We will send it by Friday.", **REPLY).text)
    changed = "We will send it by Friday. We will call you tomorrow."
    answer = olga.decide(number, "reply", text=changed, **REPLY, proposed=key, promise=key)
    assert len(keys_of(answer.text)) == 2


def test_what_only_the_customer_reads_is_no_promise_to_everyone(house: House, olga: Seat) -> None:
    number = house.receive(publicity="private")
    fields = {**REPLY, "text": "We will send it by Friday."}
    assert olga.decide(number, "reply", **fields).status_code == 302


# --- The coach ---


def test_the_preview_has_advice_and_sending_needs_none_of_it(house: House, olga: Seat, number: str) -> None:
    words = "Dear customer, your feedback is important to us."
    shown = olga.decide(number, "reply", text=words, **{**REPLY, "do": "preview"}).text
    assert '<details class="advice" open>' in shown
    assert "Dear customer" in shown.split('<details class="advice" open>')[1].split("</details>")[0]
    assert olga.decide(number, "reply", text=words, **REPLY).status_code == 302
    house.work()
    assert the_case(house, number).replies[0].text == words


def test_a_reply_that_was_given_before_is_pointed_out(house: House, olga: Seat, number: str) -> None:
    words = "We are sorry that your parcel was late. The carrier lost it, so we have sent you a new one this morning."
    olga.decide(number, "reply", text=words, **REPLY)
    house.work()
    other = house.receive(text="Where is my parcel?")
    for text, is_copy in ((words, True), ("We are sorry. We sent you a new parcel this morning.", False)):
        shown = olga.decide(other, "reply", text=text, **{**REPLY, "do": "preview"}).text
        assert ('data-rule="copied"' in shown) is is_copy


def test_a_day_in_a_short_reply_is_found_in_the_language_of_its_customer(house: House, olga: Seat) -> None:
    number = house.receive(text="My parcel is late.", language="en")
    shown = olga.decide(
        number, "reply", name="Olga", text="Sorry. It is there by 4 November 2026.", topic="delivery", do="send"
    )
    assert '<q class="voice" dir="auto">by 4 November 2026</q>' in shown.text
    assert shown.text.count('name="proposed"') == 1


@pytest.mark.parametrize("what", ["move", "break"])
def test_words_about_a_promise_that_does_not_run_are_kept(house: House, olga: Seat, number: str, what: str) -> None:
    answer = olga.decide(number, what, promise="p9", due=day(house, 3), why="Canary words.")
    assert answer.status_code == 422
    assert "your words are kept here" in answer.text
    assert "Canary words." in answer.text
