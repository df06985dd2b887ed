"""Who is told what, and when."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from amends.inbox import Inbox, notices, outbox, people, webhooks
from amends.inbox.cases import Contact, Received
from amends.inbox.notices import LOOK_BACK, ToCompany, ToCustomer
from amends.inbox.schema import case, message
from tests.factories import NUMBER, OTHER_NUMBER, START, a_received, after, make_inbox
from tests.postal import fates
from tests.test_inbox import add

ANNA = Contact("anna@mail.example", "ORDER-1")


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    opened = make_inbox(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def staffed(inbox: Inbox) -> Inbox:
    """An inbox with two companies' staff, of whom one has no address, and acme's webhook."""
    with inbox.writing() as connection:
        for login, company in (("olga", "acme"), ("ida", "acme"), ("nils", "acme"), ("bo", "bolt")):
            people.add(connection, login, login, "agent", company, "correct horse", START)
            if login != "nils":
                people.reach(connection, login, f"{login}@{company}.example")
        webhooks.put(connection, "acme", "https://acme.example:8443/hook", webhooks.new_secret(), START)
    return inbox


def store(inbox: Inbox, contact: Contact = ANNA, **facts: object) -> Received:
    with inbox.writing() as connection:
        return add(connection, a_received(**facts), contact)


def recipients(inbox: Inbox) -> list[tuple[str, str]]:
    return [(fate.kind, fate.recipient) for fate in fates(inbox)]


def test_of_a_new_case_its_customer_is_told_and_its_company(staffed: Inbox) -> None:
    received = store(staffed)
    with staffed.writing() as connection:
        notices.received(connection, received)
        notices.received(connection, received)
    assert recipients(staffed) == [
        ("receipt", "anna@mail.example"),
        ("new", "olga@acme.example"),
        ("new", "ida@acme.example"),
        ("new", "https://acme.example:8443/hook"),
    ]


def test_who_left_no_address_is_told_nothing(inbox: Inbox) -> None:
    store(inbox, Contact(reference="ORDER-1"))
    with inbox.writing() as connection:
        notices.tell_customer(connection, NUMBER, ToCustomer.REPLY, START)
        notices.tell_customer(connection, OTHER_NUMBER, ToCustomer.REPLY, START)
    assert recipients(inbox) == []


def test_a_webhook_that_is_gone_is_told_nothing(staffed: Inbox) -> None:
    store(staffed)
    with staffed.writing() as connection:
        webhooks.stop(connection, "acme", "https://acme.example:8443/hook", START)
        notices.tell_company(connection, "acme", NUMBER, ToCompany.NEW, START)
    assert [recipient for _, recipient in recipients(staffed)] == ["olga@acme.example", "ida@acme.example"]


def test_each_answer_is_told_once_and_the_question_once_for_a_case(inbox: Inbox) -> None:
    store(inbox)
    with inbox.writing() as connection:
        for kind in (ToCustomer.REPLY, ToCustomer.QUESTION):
            for at in (after(1), after(2), after(1)):
                notices.tell_customer(connection, NUMBER, kind, at, due=after(9))
    assert [fate.kind for fate in fates(inbox)] == ["reply", "reply", "question"]
    assert {fate.due for fate in fates(inbox)} == {after(9)}


def test_no_key_and_no_fact_of_a_message_has_an_address_or_a_word_of_anybody(staffed: Inbox) -> None:
    received = store(staffed, text="canary-text", author="canary-author", page="canary-page")
    with staffed.writing() as connection:
        notices.received(connection, received)
        for kind in ToCustomer:
            notices.tell_customer(connection, NUMBER, kind, START)
        said = [f"{row.once} {row.facts} {row.lane}" for row in connection.execute(select(message))]
    assert len(said) > 9
    assert not any(word in text for text in said for word in ("canary", "@", "https", "ORDER"))


# --- Deadlines ---


def deadlines(inbox: Inbox, since: float, now: float) -> list[tuple[str, ToCompany]]:
    with inbox.reading() as connection:
        found = notices.deadlines(connection, after(since), after(now))
    return [(deadline.number, deadline.kind) for deadline in found]


def test_a_deadline_comes_when_a_quarter_of_the_time_is_left(inbox: Inbox) -> None:
    store(inbox)
    assert deadlines(inbox, 0, 17.99) == []
    assert deadlines(inbox, 17.99, 18) == [(NUMBER, ToCompany.DUE_SOON)]
    assert deadlines(inbox, 18, 23.99) == []
    assert deadlines(inbox, 23.99, 24) == [(NUMBER, ToCompany.MISSED)]
    assert deadlines(inbox, 24, 99) == []


def test_of_a_deadline_that_came_and_went_unseen_only_the_end_is_told(inbox: Inbox) -> None:
    store(inbox)
    assert deadlines(inbox, 0, 30) == [(NUMBER, ToCompany.MISSED)]


def test_a_deadline_of_long_ago_is_not_told(inbox: Inbox) -> None:
    store(inbox)
    days = LOOK_BACK / timedelta(hours=1)
    assert deadlines(inbox, -9999, 24 + days - 1) == [(NUMBER, ToCompany.MISSED)]
    assert deadlines(inbox, -9999, 24 + days) == []
    assert outbox.KEPT > LOOK_BACK


@pytest.mark.parametrize(
    "facts",
    [
        {"first_reply": after(1)},
        {"outcome": "withdrawn"},
        {"outcome": "erased"},
        {"outcome": "withheld", "reason": "spam"},
    ],
)
def test_where_no_answer_is_owed_there_is_no_deadline(inbox: Inbox, facts: dict[str, object]) -> None:
    store(inbox, **facts)
    assert deadlines(inbox, 0, 20) == deadlines(inbox, 0, 30) == []


@pytest.mark.parametrize(
    "facts", [{"outcome": "published"}, {"outcome": "private"}, {"outcome": "withheld", "reason": "hate"}]
)
def test_where_an_answer_is_owed_there_is_one(inbox: Inbox, facts: dict[str, object]) -> None:
    store(inbox, **facts)
    assert deadlines(inbox, 0, 20) == [(NUMBER, ToCompany.DUE_SOON)]


@pytest.fixture(scope="module")
def one_case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    opened = make_inbox(tmp_path_factory.mktemp("deadlines"))
    with opened.writing() as connection:
        add(connection, a_received())
    yield opened
    opened.close()


@given(hours=st.integers(1, 720), looks=st.lists(st.integers(1, 100), max_size=10))
@settings(deadline=None)
def test_however_often_one_looks_each_deadline_is_found_once(one_case: Inbox, hours: int, looks: list[int]) -> None:
    with one_case.writing() as connection:
        connection.execute(update(case).values(reply_by=after(hours)))
    now, found = 0.0, []
    for step in [*looks, max(hours - sum(looks), 1)]:
        found += deadlines(one_case, now, now + step)
        now += step
    kinds = [kind for _, kind in found]
    assert kinds in ([ToCompany.MISSED], [ToCompany.DUE_SOON, ToCompany.MISSED])
