"""What the customer takes back or keeps for the company, and what stays of the case."""

from datetime import UTC, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

import amends.inbox
from amends.case import Case, Outcome, State, state
from amends.figures import Ending, Place, fact_of, facts
from amends.inbox import cases
from amends.publish.customers import tombstone
from amends.record import Entry, LedgerOutcome, case_file, read_case, write_case
from tests.customers import a_customer, an_answered_customer
from tests.effort import EFFORT
from tests.factories import START, a_case, a_line, an_event
from tests.house import House
from tests.test_publish import decide, ledger, text_of

# --- Taking back ---


def test_withdrawing_leaves_the_tombstone_and_takes_every_word_of_the_customer(house: House) -> None:
    customer = an_answered_customer(house, text="We repair it.", author="Canary Anna", page="/canary")
    customer.done("detail", text="Canary detail", readers="public")
    customer.done("verdict", outcome="unsolved", score="2", text="Canary verdict")
    house.work()
    page = customer.done("withdraw")
    assert "You withdrew it" in page
    assert "My parcel is late." not in page
    house.work()
    text = text_of(house, customer.number)
    assert "Canary" not in text
    assert "My parcel" not in text
    assert "We repair it." in text
    case = customer.case()
    assert case is not None
    assert [event.event for event in case.events] == ["published", "reply", "verdict", "withdrawn"]
    assert (case.title, case.author, case.page, case.text) == (None, None, None, "")
    assert state(case, house.now) is State.WITHDRAWN
    assert ledger(house)[customer.number]["outcome"] == "withdrawn"
    (fact,) = facts(house.record().entries["acme"], house.record().ledgers["acme"], house.record().company("acme").zone)
    assert (fact.place, fact.ending, fact.score) == (Place.WITHDRAWN, Ending.DISPUTED, 2)
    assert "Canary" not in house.page(f"acme/{customer.number}")
    assert "You withdrew it" in customer.page()
    assert customer.do("withdraw").status_code == 409


@pytest.mark.parametrize("publicity", ["public", "private"])
def test_withdrawing_what_nobody_has_read_leaves_its_line_alone(house: House, publicity: str) -> None:
    customer = a_customer(house, text="Canary words", author="Canary", publicity=publicity)
    customer.done("withdraw")
    house.work()
    house.pass_time(days=3)
    house.work()
    assert customer.case() is None
    assert ledger(house)[customer.number]["outcome"] == "withdrawn"
    with house.inbox.reading() as connection:
        received = cases.get(connection, customer.number)
    assert received is not None
    assert (received.text, received.author, received.is_answered_privately) == ("", "", False)
    assert "Canary" not in customer.page()


def test_withdrawing_comes_before_a_publication_that_could_still_be_undone(house: House) -> None:
    customer = a_customer(house, text="Canary words")
    house.at_the_desk().decide(customer.number, "publish", topic="delivery")
    customer.done("withdraw")
    house.worker.turn()
    house.work()
    assert customer.case() is None
    assert ledger(house)[customer.number]["outcome"] == "withdrawn"


def test_what_is_withheld_stays_counted_as_withheld(house: House) -> None:
    customer = a_customer(house)
    house.at_the_desk("kim").decide(customer.number, "withhold", reason="spam", why="x")
    house.work()
    assert "Withdraw my case" not in customer.page()
    assert customer.do("withdraw").status_code == 409


def test_hiding_the_name_leaves_every_other_byte_of_the_file(house: House) -> None:
    customer = an_answered_customer(house, author="Canary Anna")
    path = case_file(house.content, "acme", customer.number)
    assert path is not None
    path.write_text(before := path.read_text().replace("kind: complaint", "kind:   complaint  # by hand"))
    page = customer.done("name")
    assert "Canary" not in page
    house.work()
    assert path.read_text() == before.replace("author: Canary Anna\n", "")
    assert "Canary" not in house.page(f"acme/{customer.number}")
    assert customer.do("name").status_code == 409


def test_hiding_a_name_that_stands_over_several_lines_writes_the_file_anew(house: House) -> None:
    customer = an_answered_customer(house, author="Canary Anna")
    path = case_file(house.content, "acme", customer.number)
    assert path is not None
    path.write_text(path.read_text().replace("author: Canary Anna\n", "author:\n  Canary\n  Anna\n"))
    customer.done("name")
    house.work()
    assert "Canary" not in path.read_text()
    assert customer.events() == ["published", "reply"]


def test_a_name_hidden_before_publication_is_never_published(house: House) -> None:
    customer = a_customer(house, author="Canary Anna")
    customer.done("name")
    house.work()
    decide(house, customer.number, "publish")
    house.work()
    assert "Canary" not in text_of(house, customer.number)


# --- Only for the company ---


@pytest.mark.parametrize("hours", [1, 30])
def test_an_unread_case_can_be_kept_from_the_board_also_where_its_stub_stood_there(house: House, hours: int) -> None:
    customer = a_customer(house)
    house.pass_time(hours=hours)
    house.work()
    assert (customer.case() is not None) is (hours > 24)
    assert "Only <bdi>Acme</bdi> and you" in customer.done("private")
    house.work()
    assert customer.case() is None
    assert not (house.public / "acme" / customer.number).exists()
    assert ledger(house)[customer.number]["outcome"] == "private"
    house.at_the_desk().decide(customer.number, "reply", name="Olga", text="Between us.", topic="other", do="send")
    house.work()
    assert "Between us." in customer.page()


def test_what_became_public_meanwhile_is_not_kept_from_the_board_and_the_customer_is_told(house: House) -> None:
    customer = a_customer(house)
    decide(house, customer.number, "publish")
    customer.done("private")
    house.work()
    assert "It could not be kept from the board." in customer.page()
    assert customer.case() is not None
    assert ledger(house)[customer.number]["outcome"] == "published"


# --- What stays of a case ---

_HAPPENED = ("reply", "followup", "verdict", "solved", "promise", "hidden")


@st.composite
def told(draw: st.DrawFn) -> Case:
    """A case in which anything happened, with a word that only its customer says."""
    names = draw(st.lists(st.sampled_from(_HAPPENED), max_size=8))
    events = []
    for place, name in enumerate(names):
        facts: dict[str, object] = {}
        if name == "verdict":
            marks = st.none() | st.integers(0, 10)
            facts = {"outcome": draw(st.sampled_from(Outcome)), "text": draw(st.sampled_from([None, "Canary"]))}
            facts |= {"score": draw(marks), "recommend": draw(marks), "again": draw(st.none() | st.booleans())}
        elif name == "followup":
            facts = {"text": "Canary"}
        elif name == "promise":
            facts = {"promise": f"p{place}"}
        events.append(an_event(name, place + 1, **facts))
    if draw(st.booleans()):
        return a_case(*events, an_event("removed", 20), author="Canary")
    return a_case(*events, text="Canary", title="Canary", author="Canary", page="/canary", same="2abc4def")


@settings(max_examples=100 * EFFORT, deadline=None)
@given(told())
def test_a_tombstone_has_no_word_of_the_customer_and_everything_that_counts(case: Case) -> None:
    after = tombstone(case, START + timedelta(days=2))
    text = write_case(after)
    assert "canary" not in text.lower()
    assert read_case(text, "acme", "x.md") == after
    assert tombstone(after, START + timedelta(days=9)) == after
    assert after.is_gone
    line = a_line(outcome=LedgerOutcome.WITHDRAWN, at=START + timedelta(days=2))
    before, found = (fact_of(Entry(one, "x.md"), line, UTC) for one in (case, after))
    for name in ("received", "reply_by", "first_reply", "first_measure", "again", "score", "recommend", "promises"):
        assert getattr(found, name) == getattr(before, name), name
    if before.verdict_at:
        assert found.ending == before.ending


def test_a_store_of_the_revision_before_keeps_what_it_has(house: House) -> None:
    customer = an_answered_customer(house, text="Between us.", publicity="private")
    customer.done("detail", text="From the customer.")
    config = Config()
    config.set_main_option("script_location", str(Path(amends.inbox.__file__).parent / "migrations"))
    with house.inbox.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
        assert {"verdict", "gift", "referral", "erasure"}.isdisjoint(inspect(connection).get_table_names())
        assert "by" not in {column["name"] for column in inspect(connection).get_columns("answer")}
    house.inbox.migrate()
    with house.inbox.reading() as connection:
        kept = [(answer.by, answer.text) for answer in cases.answers(connection, customer.number)]
    assert kept == [("company", "Between us.")]
    assert "Between us." in customer.page()
    customer.done("verdict", outcome="solved")
