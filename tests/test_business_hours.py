"""A company with hours of business, in every room: what it promises, and what is said of that."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from amends.case import Event, Outcome, clock_runs_until
from amends.clock import stamp
from amends.hours import Hours, read_week
from amends.imports import read_line
from amends.inbox import additions, deeds
from amends.publish import CannotPublishError, as_given
from amends.record import find_case
from tests.boards import REPLY, a_client, a_page, read, words_of
from tests.customers import Customer, an_answered_customer, fail
from tests.factories import a_case, a_company, after, an_event
from tests.house import URL, House

SCHEMA = json.loads(Path(__file__).parents[1].joinpath("docs/schema/figures.schema.json").read_text())

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
    page = words_of(house.page(f"acme/{customer.number}"))
    assert "9 Nov 2026, 13:00 The clock The time for a new answer passed." in page


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


# --- What is said of it ---

WEEK = Hours(read_week(["mon-fri 09:00-17:30", "sat 10:00-14:00"]), ("12-25", "2027-05-06"))
LUNCH = Hours(read_week(["mon-thu 13:00-17:00", "mon-thu 09:00-12:00", "sun 10:00-24:00"]))


def company_page(**facts: Any) -> str:
    return words_of(read(a_client(a_case(REPLY, text="Late."), **facts), "/acme/"))


def test_the_company_shows_its_hours_and_that_its_promise_counts_them() -> None:
    page = company_page(hours=WEEK, zone=ZoneInfo("Europe/Amsterdam"))
    assert "Promises an answer within 24 business hours, 7 days at the latest." in page
    shown = "Mon–Fri 09:00–17:30 Sat 10:00–14:00 Europe/Amsterdam Holidays: 25 December and 6 May 2027"
    assert f"Business hours {shown}" in page


def test_a_company_without_hours_of_business_promises_hours_of_the_wall_and_shows_none() -> None:
    page = company_page(hours=Hours(holidays=("12-25",)))
    assert "Promises an answer within 24 hours." in page
    assert "Business hours" not in page
    assert "25 December" not in page


@pytest.mark.parametrize(
    ("reply_hours", "said"),
    [(1, "1 business hour, 7 days"), (72, "72 business hours, 7 days"), (168, "7 days."), (200, "200 hours.")],
)
def test_what_is_not_counted_in_hours_of_business_is_not_called_so(reply_hours: int, said: str) -> None:
    assert f"Promises an answer within {said}" in company_page(hours=WEEK, reply_hours=reply_hours)


@pytest.mark.parametrize(
    ("tag", "said", "lines"),
    [
        ("en", "24 business hours", ("Mon–Thu 09:00–12:00, 13:00–17:00", "Sun 10:00–24:00")),
        ("ru", "24 рабочих часа,", ("пн–чт 09:00–12:00, 13:00–17:00", "вс 10:00–24:00")),
        ("nl", "24 openingsuren,", ("ma–do 09:00–12:00, 13:00–17:00", "zo 10:00–24:00")),
        ("zh-Hant", "24 個營業小時", ("週一–週四 09:00–12:00、13:00–17:00", "週日 10:00–24:00")),
        ("zh-Hans", "24个营业小时", ("周一–周四 09:00–12:00、13:00–17:00", "周日 10:00–24:00")),
        ("de", "24 Geschäftsstunden,", ("Mo–Do 09:00–12:00, 13:00–17:00", "So 10:00–24:00")),
        ("fr", "24 heures ouvrées,", ("lun.–jeu. 09:00–12:00, 13:00–17:00", "dim. 10:00–24:00")),
        ("es", "24 horas hábiles,", ("lun–jue 09:00–12:00, 13:00–17:00", "dom 10:00–24:00")),
        ("ar", "24 ساعة عمل،", ("الاثنين–الخميس 09:00–12:00 و13:00–17:00", "الأحد 10:00–24:00")),
    ],
)
def test_hours_and_promise_are_said_in_the_language_of_the_page(tag: str, said: str, lines: tuple[str, str]) -> None:
    page = company_page(language=tag, hours=LUNCH)
    assert said in page
    assert f"{lines[0]} {lines[1]} UTC" in page


def test_each_turn_of_a_case_says_within_what_time_an_answer_was_promised_then() -> None:
    verdict = an_event("verdict", 60, outcome=Outcome.UNSOLVED, reply_by=after(60 + 44.5))
    case = a_case(REPLY, verdict, text="Late.", reply_by=after(26))
    page = words_of(a_page(case, after(61)))
    assert "answered in 2 hr 30 min promised: within 26 hours" in page
    assert "no new answer yet promised: within 1 day 20 hr" in page
    answered = words_of(a_page(replace(case, events=(*case.events, an_event("reply", 62))), after(63)))
    assert "answered again in 2 hr promised: within 1 day 20 hr" in answered


def test_form_and_receipt_say_what_is_promised(house: House) -> None:
    pages = [("1", "1 hour"), ("24", "24 hours"), ("168", "168 hours")]
    for hours, said in pages:
        house.settle(f"reply_hours = {hours}")
        assert f"They promise an answer within {said}." in words_of(the_form(house))
    house.settle(OPEN)
    assert "They promise an answer within 168 hours." in words_of(the_form(house))
    house.settle("reply_hours = 24")
    form = words_of(the_form(house))
    assert "They promise an answer within 24 business hours." in form
    assert "If nobody reads it within 24 business hours, the board shows" in form
    receipt = words_of(house.post("/acme/feedback", {"text": "Late."}).text)
    assert "They promise an answer within 24 business hours, so by 5 Nov 2026, 10:30 UTC ." in receipt


def the_form(house: House) -> str:
    return house.visitor().get("/acme/new", base_url=URL).text


def test_machines_are_told_of_hours_of_business_where_there_are_any() -> None:
    def told(**facts: Any) -> dict[str, Any]:
        found = json.loads(read(a_client(a_case(text="Late."), **facts), "/acme/figures.json"))
        jsonschema.validate(found, SCHEMA)
        company: dict[str, Any] = found["company"]
        return company

    company = told(hours=WEEK, zone=ZoneInfo("Europe/Amsterdam"))
    assert read_week(company["business_hours"]) == WEEK.week
    assert (company["holidays"], company["timezone"]) == (list(WEEK.holidays), "Europe/Amsterdam")
    assert not {"business_hours", "holidays", "timezone"} & told(hours=Hours(holidays=("12-25",))).keys()
