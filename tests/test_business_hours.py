"""A company with hours of business, in every room: what it promises, and what is said of that."""

import json
from datetime import UTC, datetime, timedelta

from amends.clock import stamp
from amends.hours import Hours, read_week
from amends.imports import read_line
from amends.inbox import additions
from amends.record import find_case
from tests.customers import an_answered_customer
from tests.factories import a_company
from tests.house import House

OPEN = 'business_hours = ["mon-fri 09:00-17:30", "sat 10:00-14:00"]'
BERLIN = 'timezone = "Europe/Berlin"'
FRIDAY_NIGHT = datetime(2026, 11, 6, 22, 0, tzinfo=UTC)


# --- When an answer is due ---


def test_an_answer_is_promised_in_hours_of_business(house: House) -> None:
    house.settle(OPEN, BERLIN)
    answer = house.send()
    assert answer.json is not None
    # Noon is 13:00 in Berlin: 4½ hours of Monday, 8½ of each of the next two days, 2½ of Thursday.
    assert answer.json["reply_by"] == stamp(datetime(2026, 11, 5, 10, 30, tzinfo=UTC))


def test_hours_named_later_change_nothing_about_what_was_received(house: House) -> None:
    number = house.receive()
    house.settle(OPEN)
    later = house.receive()
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.work()
    case = find_case(house.content, "acme", number)
    assert case is not None
    assert case.promised_within == timedelta(hours=24)
    (line, other) = sorted(house.record().ledgers["acme"], key=lambda line: line.reply_by)
    assert (line.case, line.reply_by - line.received) == (number, timedelta(hours=24))
    assert (other.case, other.reply_by) == (later, datetime(2026, 11, 5, 10, 30, tzinfo=UTC))


def test_an_unread_case_appears_when_the_hours_of_business_are_over_and_not_before(house: House) -> None:
    house.settle(OPEN)
    number = house.receive()
    due = datetime(2026, 11, 5, 10, 30, tzinfo=UTC)
    house.now = due - timedelta(minutes=1)
    house.work()
    assert find_case(house.content, "acme", number) is None
    house.now = due
    house.work()
    stub = find_case(house.content, "acme", number)
    assert stub is not None
    assert (stub.is_stub, stub.reply_by) == (True, due)


def test_what_is_added_at_night_is_to_be_read_in_hours_of_business(house: House) -> None:
    house.settle(OPEN)
    customer = an_answered_customer(house)
    house.now = FRIDAY_NIGHT
    customer.done("detail", text="It was the blue one.", readers="public")
    with house.inbox.reading() as connection:
        (added,) = additions.of_case(connection, customer.number)
    # 4 hours of Saturday, 8½ of Monday and of Tuesday, 3 of Wednesday.
    assert added.due == datetime(2026, 11, 11, 12, 0, tzinfo=UTC)


def test_an_imported_case_has_the_promise_of_the_company_too() -> None:
    company = a_company(hours=Hours(read_week(["mon-fri 09:00-17:00"])))
    turns = [{"who": "customer", "at": "2026-11-02T09:00:00Z", "text": "Late."}]
    case = read_line(json.dumps({"turns": turns}).encode(), company, "x")
    assert case.reply_by == datetime(2026, 11, 4, 17, 0, tzinfo=UTC)
