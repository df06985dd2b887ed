"""What is to be told, until it is: on each database that there is."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from amends.inbox import Inbox, cases, correspondents, outbox, people, webhooks
from amends.inbox.cases import Contact
from amends.inbox.correspondents import DAILY
from amends.inbox.outbox import KEPT, LEASE
from amends.inbox.schema import correspondent, message
from amends.inbox.webhooks import Webhook, WebhookError
from tests.conftest import DATABASES, database_of
from tests.factories import NUMBER, OTHER_NUMBER, START, a_received, after, make_inbox
from tests.postal import a_message, fates
from tests.test_inbox import add as add_case

DIGEST, OTHER_DIGEST = b"d" * 16, b"o" * 16


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


@pytest.fixture
def inbox(tmp_path: Path, database: str) -> Iterator[Inbox]:
    opened = make_inbox(tmp_path, database)
    yield opened
    opened.close()


def put(inbox: Inbox, *messages: outbox.Message) -> list[bool]:
    with inbox.writing() as connection:
        return [outbox.add(connection, new) for new in messages]


def take(inbox: Inbox, hours: float = 0, closed: tuple[str, ...] = ()) -> outbox.Message | None:
    with inbox.writing() as connection:
        return outbox.take(connection, after(hours), closed)


def taken(inbox: Inbox, hours: float = 0) -> outbox.Message:
    found = take(inbox, hours)
    assert found
    return found


def test_a_message_is_taken_as_it_was_put(inbox: Inbox) -> None:
    put(inbox, a_message())
    found = taken(inbox)
    assert replace(found, id=0) == a_message(attempts=1)


def test_the_same_is_told_once_even_after_it_was_told(inbox: Inbox) -> None:
    assert put(inbox, a_message(), a_message(recipient="eve@mail.example"), a_message("other")) == [True, False, True]
    found = taken(inbox)
    with inbox.writing() as connection:
        outbox.sent(connection, found.id, START)
    assert put(inbox, a_message()) == [False]


def test_what_is_told_with_something_that_is_not_stored_is_not_told(inbox: Inbox) -> None:
    def fail() -> None:
        with inbox.writing() as connection:
            outbox.add(connection, a_message())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert take(inbox) is None


def test_what_is_not_due_waits_and_what_waits_longest_goes_first(inbox: Inbox) -> None:
    put(inbox, a_message("a", due=after(3)), a_message("b", due=after(1)), a_message("c", due=after(2)))
    assert take(inbox, 0.5) is None
    assert [taken(inbox, 2.5).once, taken(inbox, 2.5).once, take(inbox, 2.5)] == ["b", "c", None]


def test_a_message_in_somebodys_hands_is_nobody_elses_until_its_lease_ends(inbox: Inbox) -> None:
    put(inbox, a_message())
    hours = LEASE / timedelta(hours=1)
    assert taken(inbox).attempts == 1
    assert take(inbox, hours * 0.99) is None
    assert taken(inbox, hours).attempts == 2


def test_a_closed_lane_does_not_hold_up_the_others(inbox: Inbox) -> None:
    put(inbox, a_message("a", lane="down:443"), a_message("b"))
    found = take(inbox, closed=("down:443",))
    assert found
    assert found.once == "b"
    assert take(inbox, closed=("down:443",)) is None


def test_two_who_take_at_once_never_take_the_same(inbox: Inbox) -> None:
    names = [f"m{number}" for number in range(30)]
    put(inbox, *map(a_message, names))

    def all_there_are(_: int) -> list[str]:
        found = []
        while new := take(inbox):
            found.append(new.once)
        return found

    with ThreadPoolExecutor(4) as pool:
        hands = list(pool.map(all_there_are, range(4)))
    assert sorted(name for hand in hands for name in hand) == sorted(names)


def test_on_a_server_nobody_waits_for_whoever_is_taking(inbox: Inbox) -> None:
    put(inbox, a_message("a"), a_message("b"))
    with inbox.adding() as connection:
        first = outbox.take(connection, START)
        assert first
        if inbox.is_shared:
            with inbox.adding() as other:
                other.execute(text("SET LOCAL lock_timeout = '1s'"))
                second = outbox.take(other, START)
            assert second
            assert {first.once, second.once} == {"a", "b"}
    assert (take(inbox) is None) is inbox.is_shared


def test_what_was_sent_is_not_sent_again_and_its_address_is_forgotten(inbox: Inbox) -> None:
    put(inbox, a_message())
    found = taken(inbox)
    with inbox.writing() as connection:
        outbox.sent(connection, found.id, after(1))
    assert take(inbox, 99) is None
    (fate,) = fates(inbox)
    assert (fate.sent, fate.due, fate.recipient, fate.error) == (after(1), None, "", "")


def test_what_was_dropped_is_not_sent_and_says_why_without_its_address(inbox: Inbox) -> None:
    put(inbox, a_message())
    found = taken(inbox)
    with inbox.writing() as connection:
        outbox.drop(connection, found.id, after(1), "withdrawn")
    assert take(inbox, 99) is None
    (fate,) = fates(inbox)
    assert (fate.dropped, fate.recipient, fate.error) == (after(1), "", "withdrawn")


def test_what_failed_comes_back_when_it_is_due(inbox: Inbox) -> None:
    put(inbox, a_message())
    found = taken(inbox)
    with inbox.writing() as connection:
        outbox.retry(connection, found.id, after(1), "x" * 9999)
    assert take(inbox, 0.9) is None
    again = taken(inbox, 1)
    assert (again.attempts, len(again.error)) == (2, outbox.LONGEST_ERROR)


def test_what_was_postponed_was_not_tried(inbox: Inbox) -> None:
    put(inbox, a_message())
    found = taken(inbox)
    with inbox.writing() as connection:
        outbox.postpone(connection, found.id, after(1))
    assert take(inbox, 0.9) is None
    assert taken(inbox, 1).attempts == 1


def test_a_dead_letter_can_be_listed_and_put_back_once(inbox: Inbox) -> None:
    put(inbox, a_message("a"), a_message("b"), a_message("c"))
    first, second = taken(inbox), taken(inbox)
    with inbox.writing() as connection:
        outbox.give_up(connection, first.id, START, "550 no such user")
        outbox.give_up(connection, second.id, START, "554 no")
    assert [taken(inbox).once, take(inbox)] == ["c", None]
    with inbox.writing() as connection:
        assert [letter.error for letter in outbox.dead(connection, 9)] == ["554 no", "550 no such user"]
        assert [letter.once for letter in outbox.dead(connection, 1)] == ["b"]
        assert outbox.again(connection, first.id, START)
        assert not outbox.again(connection, first.id, START)
    back = taken(inbox)
    assert (back.recipient, back.attempts, back.error) == ("anna@mail.example", 1, "")


def test_of_an_erased_case_nothing_more_is_told_and_no_address_is_left(inbox: Inbox) -> None:
    put(inbox, *map(a_message, ("waits", "died", "sent")), a_message("other", number=OTHER_NUMBER))
    died, sent = id_of(inbox, "died"), id_of(inbox, "sent")
    with inbox.writing() as connection:
        outbox.sent(connection, sent, START)
        outbox.give_up(connection, died, START, "550 no <anna@mail.example>")
        outbox.forget(connection, NUMBER, START)
    assert taken(inbox, 99).once == "other"
    assert take(inbox, 99) is None
    assert [(fate.recipient, fate.error) for fate in fates(inbox)][:2] == [("", "the case was erased")] * 2
    assert [fate.dropped for fate in fates(inbox)] == [START, START, None, None]
    with inbox.reading() as connection:
        assert outbox.dead(connection, 9) == []


def id_of(inbox: Inbox, once: str) -> int:
    with inbox.reading() as connection:
        return connection.execute(select(message.c.id).where(message.c.once == once)).scalar_one()


def test_what_ended_is_forgotten_after_a_month_and_what_waits_is_not(inbox: Inbox) -> None:
    put(inbox, *map(a_message, ("sent", "dropped", "died", "waits")))
    ids = [taken(inbox).id for _ in range(4)]
    with inbox.writing() as connection:
        outbox.sent(connection, ids[0], START)
        outbox.drop(connection, ids[1], START, "")
        outbox.give_up(connection, ids[2], START, "")
        outbox.purge(connection, START + KEPT)
    assert len(fates(inbox)) == 4
    with inbox.writing() as connection:
        outbox.purge(connection, START + KEPT + timedelta(seconds=1))
    assert [fate.due for fate in fates(inbox)] == [START]


# --- Addresses ---


def count(inbox: Inbox, identity: int, hours: float = 0, digest: bytes = DIGEST) -> bool:
    with inbox.writing() as connection:
        return correspondents.count(connection, digest, identity, after(hours))


def test_five_mails_go_to_an_address_a_day_and_another_attempt_is_not_another_mail(inbox: Inbox) -> None:
    put(inbox, *(a_message(f"m{number}") for number in range(8)))
    ids = [taken(inbox).id for _ in range(8)]
    assert [count(inbox, identity) for identity in ids[:6]] == [True] * DAILY + [False]
    assert count(inbox, ids[0])
    assert not count(inbox, ids[5])
    assert count(inbox, ids[5], digest=OTHER_DIGEST)
    assert not count(inbox, ids[6], hours=14.9)  # 23:54 UTC
    assert [count(inbox, identity, hours=15) for identity in ids[:6]] == [True] * DAILY + [False]


def test_whoever_stopped_the_mail_has_stopped_it_until_they_confirm_an_address(inbox: Inbox) -> None:
    with inbox.writing() as connection:
        add_case(connection, a_received(), Contact("anna@mail.example"))
        correspondents.stop(connection, DIGEST, START)
        correspondents.stop(connection, DIGEST, START)
        assert correspondents.has_stopped(connection, DIGEST)
        assert not correspondents.has_stopped(connection, OTHER_DIGEST)
        correspondents.confirm(connection, NUMBER, DIGEST, after(1))
        correspondents.confirm(connection, NUMBER, DIGEST, after(2))
        assert not correspondents.has_stopped(connection, DIGEST)
        assert cases.contacts_of(connection, NUMBER).confirmed == after(1)


def test_an_address_that_is_not_confirmed_gets_one_mail_besides_the_receipt(inbox: Inbox) -> None:
    with inbox.writing() as connection:
        add_case(connection, a_received(), Contact("anna@mail.example"))
        told = [correspondents.notice(connection, NUMBER, identity) for identity in (7, 8, 7)]
        assert told == [True, False, True]
        assert not correspondents.notice(connection, OTHER_NUMBER, 7)


def test_a_digest_is_kept_as_long_as_it_says_something(inbox: Inbox) -> None:
    put(inbox, a_message())
    found = taken(inbox)
    count(inbox, found.id)
    with inbox.writing() as connection:
        correspondents.stop(connection, OTHER_DIGEST, START)
        correspondents.purge(connection, START + correspondents.KEPT)
        assert len(connection.execute(select(correspondent)).all()) == 2
        correspondents.purge(connection, START + correspondents.KEPT + timedelta(days=1))
        assert connection.execute(select(correspondent.c.digest)).scalars().all() == [OTHER_DIGEST]


def test_staff_are_told_at_the_address_that_they_gave(inbox: Inbox) -> None:
    with inbox.writing() as connection:
        for login, company in (("olga", "acme"), ("ida", "acme"), ("bo", "bolt")):
            people.add(connection, login, login, "agent", company, "correct horse", START)
            people.reach(connection, login, f"{login}@{company}.example")
        people.reach(connection, "ida", None)
        assert [email for _, email in people.addresses(connection, "acme")] == ["olga@acme.example"]


# --- Webhooks ---

SECRET = "whsec_" + "A" * 32


def test_a_webhook_is_kept_replaced_stopped_and_removed(inbox: Inbox) -> None:
    with inbox.writing() as connection:
        webhooks.put(connection, "acme", "https://acme.example/a", SECRET, START)
        webhooks.put(connection, "acme", "https://acme.example/b", SECRET, after(1))
        hook = webhooks.get(connection, "acme")
        assert hook == Webhook("https://acme.example/b", SECRET, after(1))
        assert (hook.key, SECRET in repr(hook)) == (b"\0" * 24, False)
        webhooks.stop(connection, "acme", "https://acme.example/a", after(2))
        assert webhooks.get(connection, "acme") == hook
        webhooks.stop(connection, "acme", "https://acme.example/b", after(2))
        assert webhooks.get(connection, "acme") == replace(hook, stopped=after(2))
        webhooks.remove(connection, "acme")
        assert webhooks.get(connection, "acme") is None


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.example/", "acme.example", "https://", "https:///x", "https://a@acme.example/",
        "https://a:b@acme.example/", "https://acme.example/ x", "https://acme.example/\r\nX: y", "https://ämter.example/",
        "https://acme.example:0/", "https://acme.example:99999/", "https://acme.example/#x", "https://acme.example\\@x/",
        "https://[::1/", "https://acme.example/" + "x" * 2000, "",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_webhook_is_refused(inbox: Inbox, url: str) -> None:
    with inbox.writing() as connection, pytest.raises(WebhookError, match="should be like https"):
        webhooks.put(connection, "acme", url, SECRET, START)


@pytest.mark.parametrize("secret", ["", "whsec_", "A" * 32, "whsec_" + "A" * 28, "whsec_" + "A" * 100, "whsec_é" * 9])
def test_what_is_no_secret_of_a_webhook_is_refused(inbox: Inbox, secret: str) -> None:
    with inbox.writing() as connection, pytest.raises(WebhookError, match="the secret should be whsec_"):
        webhooks.put(connection, "acme", "https://acme.example/", secret, START)


def test_a_new_secret_will_do_and_is_new(inbox: Inbox) -> None:
    made = {webhooks.new_secret() for _ in range(9)}
    assert len(made) == 9
    with inbox.writing() as connection:
        for secret in made:
            webhooks.put(connection, "acme", "https://acme.example/", secret, START)
