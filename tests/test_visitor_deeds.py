"""What the customer says behind the private link, and what becomes of it in the record."""

from datetime import timedelta

import pytest

from amends.case import Outcome, State, answer_owed, state
from amends.figures import Ending, Place, facts
from amends.inbox import cases, reports, verdicts
from tests.conftest import DATABASES, database_of
from tests.customers import a_customer, an_answered_customer, pending, read_by_staff
from tests.house import House
from tests.test_publish import ledger, text_of


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


# --- The verdict ---


def test_a_verdict_reaches_the_record_the_board_and_the_figures(house: House) -> None:
    customer = an_answered_customer(house)
    house.pass_time(hours=1)
    page = customer.done(
        "verdict", outcome="solved", again="yes", score="8", recommend="10", text="Thank you, that was quick."
    )
    assert "Thank you, that was quick." in page
    assert "You said that it is solved." in page
    house.work()
    case = customer.case()
    assert case is not None
    said = case.last("verdict")
    assert said is not None
    assert (said.outcome, said.again, said.score, said.recommend) == (Outcome.SOLVED, True, 8, 10)
    assert said.text is None
    assert state(case, house.now) is State.CONFIRMED
    assert "Thank you, that was quick." not in house.page(f"acme/{customer.number}")
    (fact,) = facts(house.record().entries["acme"], house.record().ledgers["acme"], house.record().company("acme").zone)
    assert (fact.ending, fact.again, fact.score, fact.recommend) == (Ending.CONFIRMED, True, 8, 10)
    assert pending(customer) == []


@pytest.mark.parametrize("outcome", ["partly", "unsolved"])
def test_a_verdict_of_not_solved_starts_a_new_clock_as_long_as_the_first(house: House, outcome: str) -> None:
    customer = an_answered_customer(house)
    house.pass_time(days=3)
    customer.done("verdict", outcome=outcome)
    house.work()
    case = customer.case()
    assert case is not None
    owed = answer_owed(case)
    assert owed is not None
    said = case.last("verdict")
    assert said is not None
    assert (owed.since, owed.due - owed.since) == (said.at, timedelta(hours=24))
    assert "answer again" in house.at_the_desk().get("/desk/").text.lower()


def test_only_whether_it_is_solved_has_to_be_said(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("verdict", outcome="partly", again="", score="", recommend="", text=" \u200b ")
    house.work()
    case = customer.case()
    assert case is not None
    said = case.last("verdict")
    assert said is not None
    assert (said.again, said.score, said.recommend, said.text) == (None, None, None, None)


def test_no_has_its_own_meaning_where_again_is_asked(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("verdict", outcome="solved", again="no", recommend="0")
    house.work()
    case = customer.case()
    assert case is not None
    said = case.last("verdict")
    assert said is not None
    assert (said.again, said.recommend) == (False, 0)


@pytest.mark.parametrize("made_up", [{"score": "0"}, {"score": "11"}, {"recommend": "-1"}, {"again": "perhaps"}])
def test_a_mark_that_was_not_offered_is_left_out(house: House, made_up: dict[str, str]) -> None:
    customer = an_answered_customer(house)
    customer.done("verdict", outcome="solved", **made_up)
    house.work()
    case = customer.case()
    assert case is not None
    said = case.last("verdict")
    assert said is not None
    assert (said.again, said.score, said.recommend) == (None, None, None)


def test_a_verdict_can_be_given_again_and_the_last_one_counts(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("verdict", outcome="unsolved")
    house.work()
    house.pass_time(days=1)
    page = customer.done("verdict", outcome="solved")
    assert "You said that it is solved." in page
    house.work()
    assert customer.events() == ["published", "reply", "verdict", "verdict"]
    case = customer.case()
    assert case is not None
    assert state(case, house.now) is State.CONFIRMED


@pytest.mark.parametrize("waits", [True, False])
def test_the_same_verdict_pressed_twice_counts_once(house: House, *, waits: bool) -> None:
    customer = an_answered_customer(house)
    customer.done("verdict", outcome="unsolved", text="No.")
    if waits:
        house.work()
    customer.done("verdict", outcome="unsolved", text="No.")
    house.work()
    assert customer.events().count("verdict") == 1


def test_before_the_company_has_answered_there_is_nothing_to_judge(house: House) -> None:
    customer = a_customer(house)
    assert "Is it solved?" not in customer.page()
    answer = customer.do("verdict", outcome="solved")
    assert answer.status_code == 409
    assert "cannot be done any more" in answer.text
    assert pending(customer) == []


def test_praise_is_answered_and_not_judged(house: House) -> None:
    customer = an_answered_customer(house, kind="praise")
    assert "Is it solved?" not in customer.page()
    assert customer.do("verdict", outcome="solved").status_code == 409


def test_the_verdict_on_a_private_case_is_for_the_company_alone_and_counts_in_no_figure(house: House) -> None:
    customer = an_answered_customer(house, publicity="private")
    page = customer.done("verdict", outcome="unsolved", again="no", score="1", text="Canary verdict")
    assert "Canary verdict" in page
    assert "not solved" in page
    customer.done("verdict", outcome="unsolved", again="no", score="1", text="Canary verdict")
    house.work()
    with house.inbox.reading() as connection:
        (said,) = verdicts.of_case(connection, customer.number)
    assert (said.outcome, said.again, said.score, said.text) == (Outcome.UNSOLVED, False, 1, "Canary verdict")
    assert customer.case() is None
    assert "Canary" not in "".join(file.read_text() for file in house.content.rglob("*.*") if file.is_file())
    (fact,) = facts((), house.record().ledgers["acme"], house.record().company("acme").zone)
    assert (fact.place, fact.ending, fact.again) == (Place.PRIVATE, None, None)
    assert "Canary verdict" in house.at_the_desk().get(f"/desk/acme/{customer.number}").text


# --- Adding a detail ---


def test_a_public_detail_stands_beside_the_complaint_on_the_board(house: House) -> None:
    customer = an_answered_customer(house)
    page = customer.done("detail", text="It was the blue one.", readers="public")
    assert "It was the blue one." in page
    read_by_staff(customer)
    assert customer.events() == ["published", "reply", "followup"]
    assert "It was the blue one." in house.page(f"acme/{customer.number}")
    assert customer.page().count("It was the blue one.") == 1


@pytest.mark.parametrize("readers", ["company", "", "everybody"])
def test_a_detail_for_the_company_is_read_at_the_desk_and_nowhere_else(house: House, readers: str) -> None:
    customer = an_answered_customer(house)
    assert "Canary order 4711" in customer.done("detail", text="Canary order 4711", readers=readers)
    house.work()
    assert "Canary order 4711" in house.at_the_desk().get(f"/desk/acme/{customer.number}").text
    assert "Canary order 4711" not in house.at_the_desk("kim").get(f"/desk/acme/{customer.number}").text
    assert "Canary" not in text_of(house, customer.number)


@pytest.mark.parametrize("publicity", ["public", "private"])
def test_where_nobody_outside_can_read_the_case_every_detail_is_for_the_company(house: House, publicity: str) -> None:
    customer = a_customer(house, publicity=publicity)
    assert 'value="public"' not in customer.page()
    customer.done("detail", text="Between us.", readers="public")
    house.work()
    assert pending(customer) == []
    with house.inbox.reading() as connection:
        assert [(said.by, said.text) for said in cases.answers(connection, customer.number)] == [
            ("customer", "Between us.")
        ]


def test_what_the_customer_adds_in_private_answers_nothing(house: House) -> None:
    customer = a_customer(house, publicity="private")
    customer.done("detail", text="Hello?")
    house.work()
    assert ledger(house)[customer.number]["first_reply"] == ""
    assert "No answer yet" in customer.page()


def test_the_same_detail_pressed_twice_is_there_once(house: House) -> None:
    customer = an_answered_customer(house)
    for readers in ("public", "company"):
        for _ in range(2):
            customer.done("detail", text="Once.", readers=readers)
    read_by_staff(customer)
    customer.done("detail", text="Once.", readers="public")
    read_by_staff(customer)
    assert customer.events().count("followup") == 1
    with house.inbox.reading() as connection:
        assert len(cases.answers(connection, customer.number)) == 1


# --- Objecting ---


def test_an_objection_goes_to_the_keeper_and_to_no_company(house: House) -> None:
    customer = a_customer(house)
    assert "Object to" not in customer.page()
    assert customer.do("object", words="Why?").status_code == 409
    house.at_the_desk("kim").decide(customer.number, "withhold", reason="hate", why="x")
    house.work()
    assert "The keeper has your objection." in customer.done("object", words="It is no hate.")
    customer.done("object", words="It is no hate.")
    with house.inbox.reading() as connection:
        (only,) = reports.open_ones(connection, 10)
    assert (only.reason, only.words, only.number) == ("objection", "It is no hate.", customer.number)
    kim = house.at_the_desk("kim")
    page = kim.get("/desk/reports").text
    assert "The customer objects" in page
    assert "It is no hate." in page
    assert "It is no hate." not in house.at_the_desk().get(f"/desk/acme/{customer.number}").text
    kim.submit("/desk/reports", report=str(only.id), why="It stays.")
    assert "The keeper has decided" in customer.page()
