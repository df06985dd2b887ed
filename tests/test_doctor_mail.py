"""A look at the mail: whether it leaves, and what has not."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from socket import create_server

import pytest

from amends.doctor import Finding, State, Visit, mail
from amends.doctor.mail import check
from amends.inbox import outbox, webhooks
from tests.conftest import DATABASES, database_of
from tests.house import SENDER, House
from tests.postal import PASSWORD, USER, MailServer, a_message, certificate, fates, hook_server, mail_server
from tests.postroom import ANNA, a_postman, deliver, receive


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


@pytest.fixture
def mailing(house: House, server: MailServer) -> House:
    house.smtp = server.settings()
    return house


def look(house: House, **changes: object) -> list[tuple[State, str, str]]:
    found: list[Finding] = list(check(Visit(replace(house.settings, **changes), house.now)))  # type: ignore[arg-type]
    return [(finding.state, finding.found, finding.remedy) for finding in found]


def test_a_server_that_takes_our_mail_is_a_good_word(mailing: House, server: MailServer) -> None:
    where = f"127.0.0.1, port {server.port},"
    assert look(mailing) == [(State.OK, f"{where} takes our mail, and no message waits or has died", "")]
    assert server.taken == []


def test_without_a_server_no_mail_is_sent_and_that_is_told(house: House) -> None:
    ((state, found, remedy),) = look(house)
    assert (state, remedy) == (State.WARNING, "set AMENDS_SMTP and AMENDS_MAIL_FROM")
    assert "no mail is sent" in found


@pytest.mark.parametrize("domain", ["board.example", "localhost", "acme.test", "mail", "Board.LOCAL"])
def test_a_sender_from_whom_nobody_takes_mail_is_told_without_its_name(mailing: House, domain: str) -> None:
    ((state, found, remedy),) = look(mailing, mail_from=f"canary@{domain}")
    assert (state, remedy) == (State.WARNING, "set AMENDS_MAIL_FROM to an address at your own domain")
    assert domain.lower() in found
    assert "canary" not in found


def test_signing_in_over_starttls_is_tried_with_a_certificate_that_is_checked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(starttls=True, signs_in=True) as server:
        facts = {"host": "localhost", "user": USER, "password": PASSWORD, "needs_starttls": True}
        house.smtp = server.settings(**facts)
        ((state, found, _),) = look(house)
        assert (state, "certificate" in found) == (State.FAULT, True)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate()[0]))
        assert [state for state, *_ in look(house)] == [State.OK]
        house.smtp = server.settings(**{**facts, "password": "canary"})
        ((state, found, remedy),) = look(house)
        assert (state, remedy) == (State.FAULT, "mend AMENDS_SMTP, or the server")
        assert "535" in found
        assert "canary" not in found


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and says nothing."""
    with create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize("slow", ["ANSWER_SECONDS", "ALL_SECONDS"])
def test_a_server_that_says_nothing_is_left_in_time(
    mailing: House, silent: int, slow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, slow, 0.05)
    assert mailing.smtp
    mailing.smtp = replace(mailing.smtp, port=silent)
    before = threading.active_count()
    ((state, found, _),) = look(mailing)
    assert state is State.FAULT
    assert ("did not answer within" in found) is (slow == "ALL_SECONDS")
    assert threading.active_count() <= before + 1


def test_a_server_that_is_not_there_is_told(mailing: House) -> None:
    with create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert mailing.smtp
    mailing.smtp = replace(mailing.smtp, port=port)
    ((state, found, _),) = look(mailing)
    assert state is State.FAULT
    assert "ConnectionRefusedError" in found


def test_what_could_not_be_delivered_is_counted_from_the_first_on(mailing: House, server: MailServer) -> None:
    server.answer = lambda address: f"550 no such user {address}"
    for email in (ANNA, "bea@mail.example"):
        receive(mailing, email)
        deliver(mailing, server)
        mailing.pass_time(hours=1)
    ((state, found, remedy),) = look(mailing)
    assert (state, remedy) == (State.WARNING, "amends post")
    assert found == "2 messages could not be delivered, the first of them at 2026-11-02T12:00:00Z"


def a_new_case(house: House) -> None:
    house.receive(email=ANNA)


def a_letter(house: House) -> None:
    receive(house)


@pytest.mark.parametrize("waiting", [a_new_case, a_letter])
def test_what_is_due_for_more_than_an_hour_tells_that_nobody_delivers(
    mailing: House, server: MailServer, waiting: Callable[[House], None]
) -> None:
    waiting(mailing)
    mailing.pass_time(hours=1)
    assert [state for state, *_ in look(mailing)] == [State.OK]
    mailing.pass_time(seconds=1)
    ((state, found, remedy),) = look(mailing)
    assert (state, remedy) == (State.FAULT, "amends work")
    assert found == "nobody delivers messages: one is due since 2026-11-02T12:00:00Z"
    deliver(mailing, server)
    assert [state for state, *_ in look(mailing)] == [State.OK]


def test_what_is_tried_again_later_does_not_wait(mailing: House, server: MailServer) -> None:
    server.answer = lambda _: "451 later"
    receive(mailing)
    for _ in range(6):
        deliver(mailing, server)
        (fate,) = fates(mailing.inbox)
        assert fate.due
        mailing.now = fate.due - timedelta(seconds=1)
        assert [state for state, *_ in look(mailing)] == [State.OK]
        mailing.now = fate.due


def test_dead_calls_are_told_where_no_mail_is_set_up_too(house: House) -> None:
    with hook_server(answer=lambda: (410, {}, b"")) as hook, mail_server() as server:
        with house.inbox.writing() as connection:
            webhooks.put(connection, "acme", hook.url, webhooks.new_secret(), house.now)
        receive(house, "")
        a_postman(house, server).deliver_due(house.now)
    assert [remedy for *_, remedy in look(house)] == ["set AMENDS_SMTP and AMENDS_MAIL_FROM", "amends post"]


@pytest.mark.parametrize("harm", ["no table", "no driver", "no file"])
def test_where_the_database_cannot_be_used_only_the_server_is_told_of(mailing: House, harm: str) -> None:
    with mailing.inbox.writing() as connection:
        outbox.add(connection, a_message())
        if harm == "no table":
            connection.exec_driver_sql("DROP TABLE message")
    absent = mailing.folder / "absent.db"
    urls = {"no driver": "mysql+pymysql://x@db/x", "no file": f"sqlite:///{absent}"}
    changes = {"database": urls[harm]} if harm in urls else {}
    assert mailing.smtp
    assert look(mailing, **changes) == [(State.OK, f"127.0.0.1, port {mailing.smtp.port}, takes our mail", "")]
    assert not absent.exists()
    assert SENDER not in str(look(mailing))
