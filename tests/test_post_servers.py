"""Delivering to servers that do as they like: they refuse, break off, go away, and want passwords."""

import re
import smtplib
from smtplib import SMTP

import pytest
from sqlalchemy import update

from amends.inbox import outbox
from amends.inbox.schema import message
from amends.post import Postman
from amends.post.postman import CLOSED, JITTER, PAUSES
from amends.post.smtp import Mailer
from amends.settings import Smtp
from tests.house import House
from tests.postal import (
    PASSWORD,
    SENDER,
    USER,
    HookServer,
    MailServer,
    fates,
    mail_server,
)
from tests.postroom import ANNA, a_postman, dead_letters, deliver, receive, states

# --- Servers that refuse ---


def test_what_is_refused_for_good_is_dead_at_once_and_can_be_put_back(house: House, server: MailServer) -> None:
    server.answer = lambda address: "550 no such user <x>" if "anna" in address else None
    receive(house)
    receive(house, "bea@mail.example")
    assert deliver(house, server) == 1
    (dead,) = dead_letters(house)
    assert (dead.recipient, dead.error, dead.attempts) == (ANNA, "550 no such user <x>", 1)
    server.answer = lambda _: None
    with house.inbox.writing() as connection:
        assert outbox.again(connection, dead.id, house.now)
    assert deliver(house, server) == 1
    assert dead_letters(house) == []


def test_a_mail_that_is_refused_for_what_is_in_it_is_dead_at_once(house: House, server: MailServer) -> None:
    server.after = lambda mail: "554 spam" if mail["To"] == ANNA else None
    receive(house)
    receive(house, "bea@mail.example")
    assert deliver(house, server) == 1
    assert [letter.error for letter in dead_letters(house)] == ["554 spam"]


@pytest.mark.parametrize("where", ["answer", "after"])
def test_what_is_refused_for_now_is_tried_again_and_the_others_do_not_wait(
    house: House, server: MailServer, where: str
) -> None:
    setattr(server, where, lambda told: "451 come back" if ANNA in str(told) else None)
    receive(house)
    receive(house, "bea@mail.example")
    assert deliver(house, server) == 1
    assert [fate.error for fate in fates(house.inbox)] == ["451 come back", ""]
    setattr(server, where, lambda _: None)
    house.pass_time(seconds=59)
    assert deliver(house, server) == 0
    house.pass_time(seconds=14)
    assert deliver(house, server) == 1


def test_the_pauses_grow_and_after_the_last_attempt_the_letter_is_dead(house: House, server: MailServer) -> None:
    server.answer = lambda _: "451 come back"
    receive(house)
    worker = a_postman(house, server)
    for attempt, pause in enumerate(PAUSES, 1):
        worker.deliver_due(house.now)
        (fate,) = fates(house.inbox)
        assert fate.due
        assert (fate.attempts, states(house)) == (attempt, ["waits"])
        assert pause <= fate.due - house.now <= pause * (1 + JITTER)
        house.now = fate.due
    worker.deliver_due(house.now)
    assert states(house) == ["dead"]
    assert fates(house.inbox)[0].attempts == len(PAUSES) + 1


def test_a_message_that_kills_whoever_delivers_it_does_not_do_so_for_ever(house: House, server: MailServer) -> None:
    receive(house)
    with house.inbox.writing() as connection:
        connection.execute(update(message).values(attempts=len(PAUSES) + 1))
    assert deliver(house, server) == 0
    assert (server.tried, states(house)) == (0, ["dead"])


def test_a_server_that_breaks_off_gets_the_same_mail_again_under_the_same_name(
    house: House, server: MailServer
) -> None:
    names: list[str] = []
    server.after = lambda mail: names.append(mail["Message-ID"])
    receive(house)
    server.breaks = True
    assert deliver(house, server) == 0
    server.breaks = False
    house.pass_time(minutes=2)
    assert deliver(house, server) == 1
    assert server.tried == 2
    ((_, mail),) = server.taken
    assert names == [mail["Message-ID"]] * 2


def test_the_name_of_a_mail_is_its_own_and_is_not_guessed(house: House, server: MailServer) -> None:
    receive(house)
    receive(house)
    deliver(house, server)
    names = {mail["Message-ID"] for _, mail in server.taken}
    assert len(names) == 2
    assert all(re.fullmatch(r"<[0-9a-f]{32}@board.example>", name) for name in names)


def test_of_a_server_that_is_down_only_one_mail_is_tried(house: House, server: MailServer, hooked: HookServer) -> None:
    server.breaks = True
    worker = a_postman(house, server)
    for _ in range(3):
        receive(house)
    assert worker.deliver_due(house.now) == 3  # the calls to the webhook
    assert (server.tried, len(hooked.calls)) == (1, 3)
    assert sorted(fate.attempts for fate in fates(house.inbox)) == [0, 0, 1, 1, 1, 1]
    house.pass_time(seconds=1)
    assert worker.deliver_due(house.now) == 0
    assert server.tried == 1
    server.breaks = False
    house.now += CLOSED
    assert worker.deliver_due(house.now) >= 2


def test_a_server_that_goes_away_in_the_middle_is_asked_again_later(house: House, server: MailServer) -> None:
    server.answer = lambda _: "421 going away"
    receive(house)
    receive(house)
    assert deliver(house, server) == 0
    assert sorted(fate.attempts for fate in fates(house.inbox)) == [0, 1]


def test_one_connection_takes_all_mails_of_a_turn(
    house: House, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    class Counted(SMTP):
        def connect(self, *given: object, **facts: object) -> tuple[int, bytes]:
            opened.append(given)
            return super().connect(*given, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr("amends.post.smtp.SMTP", Counted)
    for _ in range(3):
        receive(house)
    assert deliver(house, server) == 3
    assert len(opened) == 1


# --- Encryption and signing in ---


def test_over_starttls_a_mail_goes_to_whom_we_trust_with_the_password(house: House) -> None:
    with mail_server(starttls=True, signs_in=True) as server:
        receive(house)
        facts = {"host": "localhost", "user": USER, "password": PASSWORD, "needs_starttls": True}
        assert deliver(house, server, **facts) == 1


@pytest.mark.parametrize("facts", [{"starttls": True}, {}], ids=["not trusted", "not offered"])
def test_without_starttls_nothing_is_sent_where_it_is_required(house: House, facts: dict[str, bool]) -> None:
    with mail_server(**facts) as server:
        receive(house)
        mailer = Mailer(server.settings(host="localhost", needs_starttls=True), SENDER)
        worker = Postman(house.settings, house.inbox, lambda: house.now, mailer=mailer)
        assert worker.deliver_due(house.now) == 0
        assert (server.tried, states(house)) == (0, ["waits"])


def test_a_wrong_password_holds_the_mail_back_and_stands_nowhere(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with mail_server(starttls=True, signs_in=True) as server:
        receive(house)
        facts = {"host": "localhost", "user": USER, "password": "canary-password", "needs_starttls": True}
        assert deliver(house, server, **facts) == 0
        assert states(house) == ["waits"]
        assert fates(house.inbox)[0].error.startswith("535")
        assert "canary" not in caplog.text + fates(house.inbox)[0].error + repr(server.settings(**facts))


def test_no_password_goes_over_the_net_in_the_clear(
    house: House, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in: list[object] = []
    monkeypatch.setattr(Smtp, "is_loopback", False)
    monkeypatch.setattr(smtplib.SMTP, "login", lambda *given: signed_in.append(given))
    receive(house)
    assert deliver(house, server, user=USER, password=PASSWORD) == 0
    assert (server.tried, signed_in) == (0, [])
    assert "no password is sent" in fates(house.inbox)[0].error


# --- Addresses in any letters ---


@pytest.mark.parametrize("address", ["анна@почта.example", "anna@bücher.example", "anna@straße.example"])
def test_where_the_server_takes_any_letters_an_address_goes_as_it_is(
    house: House, server: MailServer, address: str
) -> None:
    receive(house, address)
    assert deliver(house, server) == 1
    assert server.taken[0][0] == server.taken[0][1]["To"] == address


def test_where_it_does_not_a_domain_goes_in_ascii_and_what_has_none_is_dead(house: House) -> None:
    with mail_server(unicode=False) as server:
        for address in ("anna@bücher.example", "анна@почта.example", "anna@straße.example"):
            receive(house, address)
        assert deliver(house, server) == 1
        assert server.taken[0][0] == server.taken[0][1]["To"] == "anna@xn--bcher-kva.example"
        assert states(house) == ["sent", "dead", "dead"]
        assert ["SMTPUTF8" in letter.error for letter in dead_letters(house)] == [False, True]
