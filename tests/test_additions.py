"""What a customer adds to a public case for everyone: a person reads it first, and hiding it leaves a trace."""

from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

import amends.inbox
from amends.board.proof import Tally
from amends.case import as_of
from amends.figures import facts
from amends.inbox import additions, deeds
from amends.inbox.additions import Addition
from amends.inbox.deeds import Deed
from tests.conftest import DATABASES, database_of
from tests.customers import Customer, a_customer, an_answered_customer, fail, pending, read_by_staff
from tests.house import House
from tests.test_publish import decide, text_of


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


def waiting(customer: Customer) -> list[Addition]:
    with customer.house.inbox.reading() as connection:
        return [added for added in additions.of_case(connection, customer.number) if added.is_waiting]


def withhold(customer: Customer) -> None:
    """Let the keeper withhold what waits."""
    (added,) = waiting(customer)
    kim = customer.house.at_the_desk("kim")
    kim.decide(customer.number, f"{added.id}/withhold", reason="hate", why="It calls for violence.")
    customer.house.work()


# --- What counts at once, and what waits ---


def test_a_verdict_counts_at_once_and_its_words_wait(house: House) -> None:
    customer = an_answered_customer(house)
    page = customer.done("verdict", outcome="unsolved", again="no", score="2", text="Canary words")
    assert "what you wrote once a person has read it" in page
    assert page.count("<p>Canary words</p>") == 1
    house.work()
    assert customer.events() == ["published", "reply", "verdict"]
    (fact,) = facts(house.record().entries["acme"], house.record().ledgers["acme"], house.record().company("acme").zone)
    assert (fact.again, fact.score) == (False, 2)
    assert "Canary" not in text_of(house, customer.number)
    assert "Canary" not in house.page(f"acme/{customer.number}")
    assert [added.text for added in waiting(customer)] == ["Canary words"]


def test_words_of_a_verdict_that_were_read_stand_with_it(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("verdict", outcome="unsolved", text="The wheel is still bent.")
    house.work()
    house.pass_time(hours=3)
    read_by_staff(customer)
    case = customer.case()
    assert case is not None
    verdict, words = case.events[-2:]
    assert (verdict.event, words.event, words.received) == ("verdict", "followup", verdict.at)
    page = house.page(f"acme/{customer.number}")
    assert page.count("The wheel is still bent.") == page.count("<p>The wheel is still bent.</p>") + 1  # as data
    assert "Published what the customer added." in page
    assert "Added a detail." not in page
    assert customer.page().count("<p>The wheel is still bent.</p>") == 1


def test_a_detail_waits_as_long_as_the_first_words_did_and_its_time_is_the_one_at_which_it_was_said(
    house: House,
) -> None:
    customer = an_answered_customer(house)
    house.pass_time(days=2)
    said = house.now
    page = customer.done("detail", text="It was the blue one.", readers="public")
    assert "Everyone can read it once a person has." in page
    assert "reads it first, until" in page
    (added,) = waiting(customer)
    assert (added.at, added.due) == (said, said + timedelta(hours=24))
    house.pass_time(hours=5)
    read_by_staff(customer)
    case = customer.case()
    assert case is not None
    event = case.last("followup")
    assert event is not None
    assert (event.received, event.at) == (said, house.now)
    assert waiting(customer) == []
    assert "reads it first" not in customer.page()
    assert "It was the blue one." in house.page(f"acme/{customer.number}")


@pytest.mark.parametrize("text", ["Canary.", ""])
def test_a_verdict_that_is_on_its_way_with_words_leaves_without_them(house: House, text: str) -> None:
    customer = an_answered_customer(house)
    facts = {"outcome": "solved", **({"text": text} if text else {})}
    with house.inbox.writing() as connection:
        deeds.add(connection, Deed(0, "acme", customer.number, "verdict", facts, None, house.now, house.now))
    house.work()
    assert customer.events() == ["published", "reply", "verdict"]
    assert "Canary" not in text_of(house, customer.number)


# --- Who decides ---


def test_what_was_added_stands_in_the_list_of_what_waits_until_somebody_has_read_it(house: House) -> None:
    customer = an_answered_customer(house)
    olga = house.at_the_desk()
    assert "Read what was added" not in olga.get("/desk/").text
    customer.done("detail", text="Blue, not red.", readers="public")
    for seat, other in ((olga, house.at_the_desk("bo")), (house.at_the_desk("kim"), None)):
        page = seat.get("/desk/").text
        assert "Read what was added" in page
        assert "Blue, not red." in page
        assert other is None or "Blue, not red." not in other.get("/desk/").text
    read_by_staff(customer)
    assert "Read what was added" not in olga.get("/desk/").text


def test_a_company_asks_and_only_the_keeper_withholds(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("detail", text="Canary insult", readers="public")
    (added,) = waiting(customer)
    olga = house.at_the_desk()
    assert olga.decide(customer.number, f"{added.id}/withhold", reason="hate", why="x").status_code == 403
    assert olga.decide(customer.number, "ask", reason="hate", why="It is an insult.").status_code == 302
    assert ">Decide<" in house.at_the_desk("kim").get("/desk/").text
    withhold(customer)
    assert customer.events() == ["published", "reply", "withheld"]
    with house.inbox.reading() as connection:
        assert list(deeds.asked(connection, customer.number)) == []
    page = house.page(f"acme/{customer.number}")
    assert "The keeper has withheld these words: hate" in page
    assert "It calls for violence." in page
    assert "Canary" not in page
    assert "1 detail was withheld by the keeper" in house.page("proof")


def test_the_customer_sees_why_and_can_object(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("detail", text="My own words", readers="public")
    assert "Object to" not in customer.page()
    withhold(customer)
    page = customer.page()
    assert "My own words" in page
    assert "withheld it from the public: hate" in page
    assert "The keeper has your objection." in customer.done("object", words="It is true.")
    customer.done("detail", text="My own words", readers="public")
    assert waiting(customer) == []


@pytest.mark.parametrize("what", ["publish", "withhold"])
def test_what_was_added_to_another_case_cannot_be_decided_here(house: House, what: str) -> None:
    customer, other = an_answered_customer(house), an_answered_customer(house)
    customer.done("detail", text="Canary", readers="public")
    (added,) = waiting(customer)
    kim = house.at_the_desk("kim")
    assert kim.decide(other.number, f"{added.id}/{what}", reason="hate", why="x").status_code == 422
    decide(house, other.number, f"{what}_words", addition=str(added.id), reason="hate")
    house.work()
    assert other.events() == customer.events() == ["published", "reply"]
    with house.inbox.reading() as connection:
        (failed,) = deeds.of_case(connection, other.number, "acme")
    assert failed.failed == f"it was not added to case {other.number}"


def test_a_decision_can_be_undone_before_it_leaves(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("detail", text="Wait.", readers="public")
    (added,) = waiting(customer)
    olga = house.at_the_desk()
    olga.decide(customer.number, f"{added.id}/publish")
    page = olga.get(f"/desk/acme/{customer.number}").text
    assert "What the customer added becomes public" in page
    with house.inbox.reading() as connection:
        (deed,) = deeds.of_case(connection, customer.number, "acme")
    olga.decide(customer.number, "undo", deed=str(deed.id))
    house.work()
    assert customer.events() == ["published", "reply"]
    assert waiting(customer) == [added]


# --- When nobody decides ---


def test_what_nobody_reads_in_time_leaves_a_trace_without_a_word_and_can_still_be_published(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("detail", text="Canary", readers="public")
    due = house.now + timedelta(hours=24)
    house.pass_time(hours=23)
    house.work()
    assert "unread" not in customer.events()
    house.pass_time(hours=1)
    house.work()
    house.work()
    assert customer.events() == ["published", "reply", "unread"]
    case = customer.case()
    assert case is not None
    assert case.events[-1].at == due
    assert "Canary" not in text_of(house, customer.number)
    page = house.page(f"acme/{customer.number}")
    assert "Nobody has read these words in time" in page
    assert "1 detail was not read in time by the company" in house.page("proof")
    assert "Nobody has read it in time" in customer.page()
    read_by_staff(customer)
    page = house.page(f"acme/{customer.number}")
    assert "Nobody has read these words in time" not in page
    assert "Canary" in page
    assert "The time passed in which what the customer added was to be read." in page


def test_of_a_case_that_is_gone_nothing_more_is_told(house: House) -> None:
    customer, removed = an_answered_customer(house), an_answered_customer(house)
    customer.done("detail", text="Canary", readers="public")
    removed.done("detail", text="Canary", readers="public")
    customer.done("withdraw")
    house.work()
    assert waiting(customer) == []
    with house.inbox.writing() as connection:
        first = additions.of_case(connection, removed.number)[0]
    path = next(house.content.rglob(f"{removed.number}.md"))
    kept = "".join(line for line in path.read_text().splitlines(keepends=True) if not line.startswith("title:"))
    removal = f"- at: {house.now:%Y-%m-%dT%H:%M:%SZ}\n  by: keeper\n  event: removed\n  reason: hate\n---\n"
    path.write_text(kept.rsplit("---\n", 1)[0] + removal)
    house.pass_time(days=3)
    house.work()
    assert removed.events() == ["published", "reply", "removed"]
    assert "Read what was added" not in house.at_the_desk().get("/desk/").text
    assert house.at_the_desk().decide(removed.number, f"{first.id}/publish").status_code == 422
    assert customer.events() == ["published", "reply", "withdrawn"]


@pytest.mark.parametrize("at", ["deeds.done", "additions.published", "additions.withhold", "additions.told"])
def test_what_was_written_but_not_noted_is_written_once(house: House, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    read, kept_back, late = (an_answered_customer(house) for _ in range(3))
    for customer in (read, kept_back, late):
        customer.done("detail", text="More.", readers="public")
    house.pass_time(hours=30)
    decide(house, read.number, "publish_words", addition=str(waiting(read)[0].id))
    decide(house, kept_back.number, "withhold_words", addition=str(waiting(kept_back)[0].id), reason="spam")
    module, name = at.split(".")
    with monkeypatch.context() as broken:
        broken.setattr({"deeds": deeds, "additions": additions}[module], name, fail)
        with pytest.raises(ValueError, match="No space"):
            house.work()
    house.pass_time(minutes=5)
    house.work()
    # What could not be noted was not read in time, either: that is true, and said once.
    decided = [[event for event in customer.events() if event != "unread"] for customer in (read, kept_back)]
    assert decided == [["published", "reply", "followup"], ["published", "reply", "withheld"]]
    assert late.events() == ["published", "reply", "unread"]
    assert max(customer.events().count("unread") for customer in (read, kept_back)) <= 1
    assert [pending(customer) for customer in (read, kept_back, late)] == [[], [], []]


# --- Counting ---


def test_hiding_what_was_added_makes_no_figure_better(house: House) -> None:
    told, silent = (an_answered_customer(house) for _ in range(2))
    for customer in (told, silent):
        customer.done("verdict", outcome="unsolved", score="1", text="Bad.")
    house.work()
    withhold(told)
    house.pass_time(days=2)
    house.work()
    record = house.record()
    one, other = facts(record.entries["acme"], record.ledgers["acme"], UTC)
    # But for their times.
    names = ("case", "received", "reply_by", "first_reply", "verdict_at", "turns")
    assert replace(one, **{name: getattr(other, name) for name in names}) == other
    assert told.events()[-1] == "withheld"
    assert silent.events()[-1] == "unread"


def test_the_proof_adds_up_what_was_kept_back_and_what_nobody_read() -> None:
    one, other = Tally(kept_back=1, unread=2), Tally(kept_back=3)
    assert ((one + other).kept_back, (one + other).unread) == (4, 2)
    assert Tally.of_plain(one.plain()) == one


def test_before_it_was_read_the_case_is_as_if_nothing_had_been_said(house: House) -> None:
    customer = an_answered_customer(house)
    customer.done("detail", text="More.", readers="public")
    before = house.now
    house.pass_time(hours=2)
    read_by_staff(customer)
    case = customer.case()
    assert case is not None
    assert as_of(case, before).last("followup") is None


# --- An older store ---


def test_words_that_were_on_their_way_wait_after_the_upgrade(house: House) -> None:
    customer = an_answered_customer(house)
    config = Config()
    config.set_main_option("script_location", str(Path(amends.inbox.__file__).parent / "migrations"))
    with house.inbox.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
        for kind, facts in (("followup", {"text": "A detail."}), ("verdict", {"outcome": "partly", "text": "Words."})):
            deeds.add(connection, Deed(0, "acme", customer.number, kind, facts, None, house.now, house.now))
    house.inbox.migrate()
    made = house.now
    assert [(added.kind, added.text, added.at, added.due - made) for added in waiting(customer)] == [
        ("detail", "A detail.", made, timedelta(hours=24)),
        ("verdict", "Words.", made, timedelta(hours=24)),
    ]
    assert pending(customer) == ["verdict"]
    house.work()
    assert customer.events() == ["published", "reply", "verdict"]
    assert "Words." not in text_of(house, customer.number)


def test_a_case_without_a_public_page_takes_no_words_for_everyone(house: House) -> None:
    customer = a_customer(house, publicity="private")
    customer.done("detail", text="Between us.", readers="public")
    assert waiting(customer) == []
