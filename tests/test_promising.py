"""Promises, the company's own "solved" and gifts, decided at the desk and written into the record."""

from datetime import date

import pytest
from sqlalchemy import select

from amends.case import Case, State, promises, state
from amends.inbox import deeds, gifts
from amends.inbox.deeds import Deed
from amends.inbox.gifts import Gift
from amends.inbox.schema import message
from amends.publish.errors import CannotPublishError
from tests.house import House

DUE = "2026-11-09"
OLGA = 1
"""The first of the staff who is hired."""


@pytest.fixture
def number(house: House) -> str:
    """A public case whose customer can be reached."""
    number = house.receive(email="anna@customer.example")
    house.at_the_desk().decide(number, "publish", topic="delivery")
    house.work()
    return number


def decide(house: House, number: str, kind: str, **facts: str) -> None:
    """Decide something, and let it leave."""
    with house.inbox.writing() as connection:
        deeds.add(connection, Deed(0, "acme", number, kind, facts, OLGA, house.now, house.now))
    house.work()


def the_case(house: House, number: str) -> Case:
    return next(entry.case for entry in house.record().entries["acme"] if entry.case.number == number)


def failed(house: House, number: str) -> list[str]:
    with house.inbox.reading() as connection:
        return [deed.failed for deed in deeds.of_case(connection, number, "acme") if deed.failed]


def test_a_promise_stands_in_the_record_with_its_day(house: House, number: str) -> None:
    decide(house, number, "promise", what="a new label", due=DUE)
    decide(house, number, "promise", what="the money back", due=DUE)
    first, second = promises(the_case(house, number))
    assert (first.promise, first.what, first.due) == ("p1", "a new label", date(2026, 11, 9))
    assert (second.promise, second.what) == ("p2", "the money back")
    assert state(the_case(house, number), house.now) is State.PROMISED


def test_a_promise_is_moved_in_public_and_kept(house: House, number: str) -> None:
    decide(house, number, "promise", what="a new label", due=DUE)
    decide(house, number, "move", promise="p1", due="2026-11-12", why="The printer broke.")
    (promise,) = promises(the_case(house, number))
    assert (promise.first_due, promise.due, promise.why) == (
        date(2026, 11, 9),
        date(2026, 11, 12),
        "The printer broke.",
    )
    decide(house, number, "keep", promise="p1")
    assert promises(the_case(house, number))[0].kept == house.now


def test_a_promise_that_is_not_kept_says_why(house: House, number: str) -> None:
    decide(house, number, "promise", what="a new label", due=DUE)
    decide(house, number, "break", promise="p1", why="There are no labels any more.")
    (promise,) = promises(the_case(house, number))
    assert promise.broken == house.now
    assert promise.why == "There are no labels any more."


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("keep", {"promise": "p7"}),
        ("move", {"promise": "p1", "due": DUE, "why": "Too late."}),
        ("break", {"promise": "p1", "why": "Too late."}),
        ("promise", {"what": "a label", "due": "soon"}),
        ("promise", {"what": "a label"}),
    ],
    ids=["none", "moved when kept", "broken when kept", "no day", "without a day"],
)
def test_what_cannot_be_said_of_a_promise_fails_and_changes_nothing(
    house: House, number: str, kind: str, facts: dict[str, str]
) -> None:
    decide(house, number, "promise", what="a new label", due=DUE)
    decide(house, number, "keep", promise="p1")
    before = the_case(house, number)
    decide(house, number, kind, **facts)
    assert len(failed(house, number)) == 1
    assert the_case(house, number) == before


def test_nothing_is_promised_where_nobody_has_read_the_case(house: House) -> None:
    number = house.receive()
    house.at_the_desk()
    house.pass_time(hours=25)
    house.worker.turn()
    decide(house, number, "promise", what="a new label", due=DUE)
    assert len(failed(house, number)) == 1
    assert not the_case(house, number).events


def test_the_company_says_solved_and_its_customer_is_asked(house: House, number: str) -> None:
    decide(house, number, "solve", name="Olga", text="The label is on its way.")
    event = the_case(house, number).events[-1]
    assert (event.event, event.name, event.text) == ("solved", "Olga", "The label is on its way.")
    assert state(the_case(house, number), house.now) is State.SOLVED


def test_everyone_reads_what_was_given_and_only_the_customer_has_the_code(house: House, number: str) -> None:
    facts = {
        "what": "a voucher",
        "value": "10 EUR",
        "code": "CANARY-7",
        "conditions": "None.",
        "last_day": "2027-01-31",
    }
    decide(house, number, "give", **facts)
    assert the_case(house, number).events[-1].what == "a voucher"
    with house.inbox.reading() as connection:
        (given,) = gifts.of_case(connection, number)
    assert given == Gift(given.made, "a voucher", "10 EUR", "CANARY-7", "None.", date(2027, 1, 31))
    written = "".join(path.read_text() for path in house.content.rglob("*.md"))
    assert "CANARY-7" not in written
    assert "10 EUR" not in written


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("promise", {"what": "a new label", "due": DUE}),
        ("solve", {"name": "Olga"}),
        ("give", {"what": "a voucher", "value": "10 EUR", "conditions": "None."}),
    ],
)
def test_what_is_carried_out_again_is_written_once(
    house: House, number: str, kind: str, facts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, ended = deeds.done, []

    def end_once(*given: object) -> None:
        if not ended:
            ended.append(True)
            raise OSError("the process ends between the record and the inbox")
        real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(deeds, "done", end_once)
    with pytest.raises(CannotPublishError):
        decide(house, number, kind, **facts)
    house.pass_time(minutes=5)
    house.worker.turn()
    assert ended
    assert [event.event for event in the_case(house, number).events].count(
        {"give": "gift", "solve": "solved"}.get(kind, kind)
    ) == 1
    with house.inbox.reading() as connection:
        assert len(gifts.of_case(connection, number)) == (kind == "give")
        assert deeds.of_case(connection, number, "acme") == []


def test_its_customer_hears_of_a_moved_promise_and_of_a_gift(house: House, number: str) -> None:
    decide(house, number, "promise", what="a new label", due=DUE)
    decide(house, number, "move", promise="p1", due="2026-11-12", why="The printer broke.")
    decide(house, number, "give", what="a voucher", value="10 EUR", conditions="None.")
    with house.inbox.reading() as connection:
        told = set(connection.execute(select(message.c.kind).where(message.c.number == number)).scalars())
    assert {"moved", "gift"} <= told
