"""A company with hours of business, in every room: what it promises, and what is said of that."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from amends.case import Event, clock_runs_until
from amends.clock import stamp
from amends.hours import Hours, read_week
from amends.imports import read_line
from amends.inbox import additions, deeds
from amends.publish import CannotPublishError, as_given
from amends.record import find_case
from tests.customers import Customer, an_answered_customer, fail
from tests.factories import a_company
from tests.house import House

OPEN = 'business_hours = ["mon-fri 09:00-17:30", "sat 10:00-14:00"]'
BERLIN = 'timezone = "Europe/Berlin"'
NO_SUNDAYS = 'holidays = ["2026-11-08"]'
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


# --- A dispute ---


def disputed(house: House) -> Customer:
    """A customer who was answered at once, and says on a Friday night that nothing is solved."""
    customer = an_answered_customer(house)
    house.now = FRIDAY_NIGHT
    customer.done("verdict", outcome="unsolved")
    house.work()
    return customer


def verdict_of(customer: Customer) -> Event:
    case = customer.case()
    assert case is not None
    (verdict,) = [event for event in case.events if event.event == "verdict"]
    return verdict


def test_a_dispute_is_answered_in_hours_of_business_of_its_moment(house: House) -> None:
    house.settle("reply_hours = 8", OPEN)
    customer = disputed(house)
    case, verdict = customer.case(), verdict_of(customer)
    assert case is not None
    # Received at noon of Monday: 5½ hours, and 2½ of the next day. Now 4 hours of Saturday, and 4 of Monday.
    assert case.reply_by == datetime(2026, 11, 3, 11, 30, tzinfo=UTC)
    assert clock_runs_until(case) == verdict.reply_by == datetime(2026, 11, 9, 13, 0, tzinfo=UTC)
    page = house.page(f"acme/{customer.number}")
    assert "A new answer is promised by" in page
    assert "9 November 2026, 13:00" in page
    house.now = datetime(2026, 11, 9, 13, 0, tzinfo=UTC)
    house.work()
    assert "The time for a new answer passed." in house.page(f"acme/{customer.number}")


def test_without_hours_of_business_a_dispute_runs_as_long_as_the_first_clock_and_says_nothing_of_it(
    house: House,
) -> None:
    customer = an_answered_customer(house)
    house.settle(NO_SUNDAYS)
    house.now = FRIDAY_NIGHT
    customer.done("verdict", outcome="partly")
    house.work()
    case, verdict = customer.case(), verdict_of(customer)
    assert case is not None
    assert verdict.reply_by is None
    assert clock_runs_until(case) == verdict.at + timedelta(hours=24)


def test_more_reply_hours_lengthen_no_dispute_of_an_older_case(house: House) -> None:
    house.settle("reply_hours = 8", OPEN)
    customer = an_answered_customer(house)
    house.settle("reply_hours = 720")
    house.now = FRIDAY_NIGHT
    customer.done("verdict", outcome="unsolved")
    house.work()
    # From noon to half past eleven it had 23½ hours: 23 of business are 4 of Saturday, 17 of two days, and 2.
    assert verdict_of(customer).reply_by == datetime(2026, 11, 11, 11, 0, tzinfo=UTC)


def test_a_solved_verdict_starts_no_clock(house: House) -> None:
    house.settle(OPEN)
    customer = an_answered_customer(house)
    house.now = FRIDAY_NIGHT
    customer.done("verdict", outcome="solved")
    house.work()
    assert verdict_of(customer).reply_by is None


@pytest.mark.parametrize("later", ['holidays = ["11-09"]', "reply_hours = 1"])
def test_a_verdict_is_written_once_whatever_the_company_names_meanwhile(house: House, later: str) -> None:
    house.settle(OPEN)
    customer = an_answered_customer(house)
    house.now = FRIDAY_NIGHT
    customer.done("verdict", outcome="unsolved", again="no")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(deeds, "done", fail)
        with pytest.raises(CannotPublishError, match="No space"):
            house.work()
    first, case = verdict_of(customer), customer.case()
    assert first.reply_by is not None
    assert case is not None
    with house.inbox.reading() as connection:
        waiting = deeds.of_case(connection, customer.number, "acme")
    assert [deed.kind for deed in waiting] == ["verdict"]
    assert as_given(case, waiting) == case
    house.settle(later)
    house.pass_time(hours=1)
    house.work()
    customer.done("verdict", outcome="unsolved", again="no")
    house.work()
    assert verdict_of(customer) == first
