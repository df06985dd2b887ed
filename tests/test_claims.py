"""What a reply says by a day and staff did not call a promise: its customer takes it as one, and it runs in public."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select, update

from amends.case import Event, State, promises, state
from amends.figures import facts
from amends.inbox import deeds, people
from amends.inbox.schema import deed, message
from amends.publish import Publisher
from tests.conftest import DATABASES, database_of
from tests.customers import Customer, a_customer, an_answered_customer, pending
from tests.house import House

WORDS = "I am sorry. We will send a new label by Friday. You get the money back within two days."
REPLY = {"name": "Olga", "topic": "delivery", "do": "send"}
FRIDAY = date(2026, 11, 6)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


def dismissed(house: House, text: str = WORDS, keep: int = 0) -> Customer:
    """A customer who was answered in words that name days; staff called the first `keep` of them promises."""
    customer = a_customer(house, email="anna@customer.example")
    olga = house.at_the_desk()
    shown = olga.decide(customer.number, "reply", text=text, **REPLY).text
    keys, seen = (re.findall(f'name="{name}" value="([^"]*)"', shown) for name in ("proposed", "seen"))
    keys = [unescape(key) for key in keys]
    fields = {"text": text, **REPLY, "proposed": keys, "promise": keys[:keep], "seen": seen, "hide": seen}
    assert olga.decide(customer.number, "reply", **fields).status_code == 302  # type: ignore[arg-type]
    house.work()
    return customer


def offered(customer: Customer) -> list[str]:
    """What the page offers to take as a promise."""
    return re.findall(r'name="of" value="([^"]*)"', customer.page())


def made(customer: Customer) -> list[tuple[str, date, bool]]:
    case = customer.case()
    assert case is not None
    return [(one.what, one.due, one.claimed) for one in promises(case)]


def test_what_staff_dismissed_is_offered_under_the_reply_and_what_they_promised_is_not(house: House) -> None:
    assert offered(an_answered_customer(house, "We look into it.")) == []
    assert len(offered(dismissed(house, keep=1))) == 1
    customer = dismissed(house)
    page = " ".join(re.sub("<[^>]*>", " ", customer.page()).split())
    assert "Acme wrote by Friday and does not count it as a promise. Do you take it as one?" in page
    assert "Acme wrote within two days and does not count it" in page
    assert made(customer) == []


def test_what_the_customer_takes_as_a_promise_runs_in_public(house: House) -> None:
    customer = dismissed(house)
    label, _ = offered(customer)
    page = customer.done("claim", of=label)
    assert "It counts as a promise." in page
    assert "You took it as a promise" in page
    assert len(offered(customer)) == 1
    house.worker.turn()
    case = customer.case()
    assert case is not None
    assert case.events[-1] == Event(
        house.now, "customer", "claimed", promise="p1", what="We will send a new label by Friday", due=FRIDAY
    )
    assert made(customer) == [("We will send a new label by Friday", FRIDAY, True)]
    assert state(case, house.now) is State.PROMISED
    assert pending(customer) == []
    shown = " ".join(re.sub("<[^>]*>", " ", house.page(f"acme/{customer.number}")).split())
    assert "Promise as the customer took it" in shown
    assert "Took it as a promise, by 6 November 2026 : We will send a new label by Friday" in shown
    (fact,) = facts(house.record().entries["acme"], house.record().ledgers["acme"], house.record().company("acme").zone)
    assert [one.due for one in fact.promises] == [FRIDAY]
    assert fact.first_measure is None


def test_at_the_desk_it_is_marked_and_kept_moved_and_broken_like_any_other(house: House) -> None:
    customer = dismissed(house)
    for key in offered(customer):
        customer.done("claim", of=key)
    olga = house.at_the_desk()
    leaving = olga.get(f"/desk/acme/{customer.number}").text
    assert leaving.count("The customer takes a sentence of your reply as a promise") == 2
    house.worker.turn()
    assert "as the customer took it" in olga.get("/desk/promises").text
    assert "The customer took it as a promise." in olga.get(f"/desk/acme/{customer.number}").text
    olga.decide(customer.number, "move", promise="p1", due="2026-11-09", why="The printer broke.")
    house.work()
    olga.decide(customer.number, "keep", deed="p1")
    house.work()
    olga.decide(customer.number, "break", promise="p2", why="The bank is shut.")
    house.work()
    case = customer.case()
    assert case is not None
    label, money = promises(case)
    assert (label.first_due, label.due, label.kept is not None) == (FRIDAY, date(2026, 11, 9), True)
    assert (money.broken is not None, money.why) == (True, "The bank is shut.")


@pytest.mark.parametrize("forged", ["", "1.9", "999.0", "p1", "We will send a new label by Friday"])
def test_nothing_but_what_was_found_and_dismissed_can_be_taken_as_a_promise(house: House, forged: str) -> None:
    customer = dismissed(house)
    answer = customer.do("claim", of=forged, text="A million", due="2026-11-03")
    assert answer.status_code == 409
    assert "cannot be done any more" in answer.text
    assert pending(customer) == []


def test_what_one_customer_can_take_as_a_promise_another_cannot(house: House) -> None:
    customer = dismissed(house)
    other = an_answered_customer(house)
    assert other.do("claim", of=offered(customer)[0]).status_code == 409


@pytest.mark.parametrize("waits", [True, False])
def test_it_is_taken_once(house: House, *, waits: bool) -> None:
    customer = dismissed(house)
    label, _ = offered(customer)
    customer.done("claim", of=label)
    if not waits:
        house.worker.turn()
    assert customer.do("claim", of=label).status_code == 409
    house.worker.turn()
    assert customer.events().count("claimed") == 1


def test_what_staff_promised_after_all_is_not_promised_twice(house: House) -> None:
    customer = dismissed(house)
    label, _ = offered(customer)
    olga = house.at_the_desk()
    olga.decide(customer.number, "promise", what="We will send a new label by Friday", due=FRIDAY.isoformat())
    house.work()
    assert label not in offered(customer)
    assert customer.do("claim", of=label).status_code == 409


def test_it_can_be_taken_for_fourteen_days_after_its_day_and_not_longer(house: House) -> None:
    customer = dismissed(house)
    label, _ = offered(customer)
    over = datetime(2026, 11, 7, tzinfo=UTC) + timedelta(days=14)
    house.now = over - timedelta(seconds=1)
    assert offered(customer) == [label]
    house.now = over
    assert offered(customer) == []
    assert customer.do("claim", of=label).status_code == 409
    house.now = over - timedelta(seconds=1)
    customer.done("claim", of=label)
    house.worker.turn()
    case = customer.case()
    assert case is not None
    assert state(case, house.now) is State.PROMISE_OVERDUE


def test_the_words_for_a_day_alone_as_they_once_were_kept_offer_nothing(house: House) -> None:
    customer = dismissed(house)
    old = json.dumps({"name": "Olga", "text": WORDS, "dismissed": json.dumps(["by Friday", "within two days"])})
    with house.inbox.writing() as connection:
        connection.execute(update(deed).where(deed.c.kind == "reply").values(facts=old))
    assert offered(customer) == []


def test_what_a_reply_that_never_left_says_is_not_offered_under_another(house: House) -> None:
    customer = dismissed(house)
    with house.inbox.writing() as connection:
        connection.execute(update(deed).where(deed.c.kind == "reply").values(done=None, failed="no space"))
    assert offered(customer) == []


def test_what_is_private_in_the_sentence_is_hidden_as_in_the_reply(house: House) -> None:
    customer = dismissed(house, "We will call you at +49 30 901820 by Friday.")
    customer.done("claim", of=offered(customer)[0])
    assert offered(customer) == []
    house.worker.turn()
    assert made(customer) == [("We will call you at [hidden: phone] by Friday", FRIDAY, True)]
    assert offered(customer) == []


def test_carried_out_again_it_is_written_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = dismissed(house)
    label, _ = offered(customer)
    customer.done("claim", of=label)
    with monkeypatch.context() as ending:
        ending.setattr(deeds, "done", _end)
        publisher = Publisher(house.content, house.settings.locks, house.inbox)
        publisher.carry_out_due(house.now)
        assert publisher.failures == ["the process ends between the record and the inbox"]
    house.pass_time(minutes=5)
    assert customer.page().count("You took it as a promise") == 1
    assert len(offered(customer)) == 1
    house.worker.turn()
    assert customer.events().count("claimed") == 1
    assert pending(customer) == []


def _end(*_: object) -> None:
    raise OSError("the process ends between the record and the inbox")


def test_the_company_is_told(house: House) -> None:
    customer = dismissed(house)
    house.at_the_desk()
    with house.inbox.writing() as connection:
        people.reach(connection, "olga", "olga@acme.example")
    customer.done("claim", of=offered(customer)[0])
    house.worker.turn()
    with house.inbox.reading() as connection:
        told = connection.execute(select(message.c.kind).where(message.c.recipient == "olga@acme.example")).scalars()
        assert list(told) == ["customer"]


def test_a_promise_that_cannot_be_written_says_so_on_the_page(house: House) -> None:
    customer = dismissed(house)
    label, _ = offered(customer)
    customer.done("claim", of=label)
    file = next(house.content.rglob(f"{customer.number}.md"))
    file.unlink()
    house.worker.turn()
    assert "The promise could not be put on the board." in customer.page()


def test_a_case_that_is_erased_or_taken_back_still_counts_the_promise_and_offers_none(house: House) -> None:
    erased, withdrawn = dismissed(house), dismissed(house)
    for customer, what in ((erased, "erase"), (withdrawn, "withdraw")):
        customer.done("claim", of=offered(customer)[0])
        customer.done(what, sure="y")
    house.worker.turn()
    assert offered(withdrawn) == []
    for customer in (erased, withdrawn):
        assert customer.events()[-2:] == ["claimed", "withdrawn"]
    with house.inbox.reading() as connection:
        kept = connection.execute(select(deed.c.facts).where(deed.c.number == erased.number)).scalars()
        assert set(kept) == {"{}"}
