"""Delivering what is due: who gets which mail and which call, and who does not."""

import logging
import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from standardwebhooks import Webhook as Official

from amends import links, post
from amends.inbox import StoreUnavailableError, cases, notices, outbox, people, webhooks
from amends.inbox.notices import ToCompany
from amends.inbox.schema import contact, message
from amends.post import Postman, postman
from amends.post.postman import MOST
from tests.customers import a_customer, an_answered_customer
from tests.house import House
from tests.postal import (
    SENDER,
    HookServer,
    MailServer,
    fates,
    parts_of,
)
from tests.postroom import ANNA, a_postman, confirm, deliver, hire, receive, reply, states, told

# --- The road of a mail ---


def test_from_the_receipt_to_the_answer(house: House, server: MailServer) -> None:
    number, secret = receive(house, author="Anna"), house.settings.secret()
    assert deliver(house, server) == 1
    ((to, mail),) = server.taken
    assert to == mail["To"] == ANNA
    text, html = parts_of(mail)
    found = re.search(r"https://feedback.example/c/(\S+)/confirm", text)
    assert found
    assert found[0] in html
    private = re.search(r"https://feedback.example(/c/[^/\s]+/)\s", text)
    assert private
    assert house.visitor().get(private[1], base_url="https://feedback.example").status_code == 200
    with house.inbox.writing() as connection:
        asked = post.confirming(connection, secret, found[1])
        assert asked
        assert (asked.received.number, asked.email, asked.confirmed) == (number, ANNA, None)
        assert post.confirm(connection, secret, found[1], house.now)
        assert cases.contacts_of(connection, number).confirmed == house.now
    reply(house, number)
    assert deliver(house, server) == 1
    text, html = parts_of(server.taken[1][1])
    assert "Hello Anna," in text
    assert "<em>refunded</em>" in html
    assert deliver(house, server) == 0
    receipt, answer, question = fates(house.inbox)
    assert (receipt.recipient, answer.recipient) == ("", "")
    assert question.due == house.now + timedelta(days=3)


def test_looking_at_the_links_of_a_mail_changes_nothing(house: House) -> None:
    number, secret = receive(house), house.settings.secret()
    with house.inbox.writing() as connection:
        received = cases.get(connection, number)
        assert received
        good = links.confirmation(secret, number, received.generation, ANNA)
        for wrong in ("", "x", number, good + "x", good[:-1], good.replace(number, "2abc4def")):
            assert post.confirming(connection, secret, wrong) is None
            assert post.confirm(connection, secret, wrong, house.now) is None
        assert post.confirming(connection, secret, good)
        assert cases.contacts_of(connection, number).confirmed is None
        connection.execute(update(contact).values(email="eve@mail.example"))
        assert post.confirm(connection, secret, good, house.now) is None
        connection.execute(delete(contact))
        assert post.confirm(connection, secret, good, house.now) is None


def test_whoever_stops_the_mail_gets_none_whatever_the_case_and_the_letters(house: House, server: MailServer) -> None:
    receive(house)
    deliver(house, server)
    link = server.taken[0][1]["List-Unsubscribe"]
    found = re.fullmatch(r"<https://feedback.example/c/(\S+)/stop>", link)
    assert found
    secret = house.settings.secret()
    assert post.may_stop(secret, found[1])
    receive(house)
    assert deliver(house, server) == 1
    with house.inbox.writing() as connection:
        assert not post.stop(connection, secret, found[1] + "x", house.now)
        assert post.stop(connection, secret, found[1], house.now)
    receive(house)
    receive(house, ANNA.upper())
    receive(house, "bea@mail.example")
    assert deliver(house, server) == 1
    assert states(house) == ["sent", "sent", "dropped", "dropped", "sent"]


def test_an_address_that_nobody_confirms_gets_the_receipt_and_one_mail_without_words(
    house: House, server: MailServer
) -> None:
    number = receive(house)
    for text in ("First secret.", "Second secret."):
        reply(house, number, text)
        house.pass_time(minutes=1)
    deliver(house, server)
    assert [subject.partition(" ")[0] for _, subject in told(server)] == ["Your", "Acme"]
    assert not any("secret" in part for _, mail in server.taken for part in parts_of(mail))
    assert sorted(states(house)) == ["dropped", "sent", "sent", "waits"]


def test_the_sixth_mail_of_a_day_waits_until_tomorrow(house: House, server: MailServer) -> None:
    for _ in range(7):
        receive(house)
    receive(house, "bea@mail.example")
    assert deliver(house, server) == 6
    house.pass_time(hours=11, minutes=59)
    assert deliver(house, server) == 0
    house.pass_time(minutes=1)
    assert deliver(house, server) == 2
    assert {fate.attempts for fate in fates(house.inbox)} == {1}


def test_a_case_that_was_erased_meanwhile_is_not_told(house: House, server: MailServer) -> None:
    first, second = receive(house), receive(house)
    with house.inbox.writing() as connection:
        connection.execute(delete(contact).where(contact.c.number == first))
        outbox.forget(connection, second, house.now)
    assert deliver(house, server) == 0
    assert states(house) == ["dropped", "dropped"]
    assert [fate.recipient for fate in fates(house.inbox)] == ["", ""]


def test_a_case_whose_file_has_a_fault_is_told_when_that_is_mended(house: House, server: MailServer) -> None:
    number = receive(house)
    confirm(house, number)
    deliver(house, server)
    reply(house, number)
    (file,) = house.content.rglob(f"{number}.md")
    text = file.read_text()
    file.write_text("---\nnonsense")
    assert deliver(house, server) == 0
    assert fates(house.inbox)[1].error == "the file of the case has a fault"
    file.write_text(text)
    house.pass_time(minutes=2)
    assert deliver(house, server) == 1


def test_where_no_mail_is_set_up_nothing_is_kept_to_be_told_later(house: House) -> None:
    receive(house)
    assert Postman(house.settings, house.inbox, lambda: house.now).deliver_due(house.now) == 0
    assert [(fate.recipient, fate.error) for fate in fates(house.inbox)] == [
        ("", "no mail is sent: AMENDS_SMTP is not set")
    ]


# --- Companies ---


def test_a_company_is_told_by_mail_and_by_its_webhook(house: House, server: MailServer, hooked: HookServer) -> None:
    hire(house, "ida", "ida@acme.example")
    hire(house, "nils", None)
    hire(house, "bob", "bob@bolt.example", "bolt")
    number = receive(house, "")
    assert deliver(house, server) == 2
    assert told(server) == [("ida@acme.example", "New complaint: case")]
    ((_, headers, body),) = hooked.calls
    with house.inbox.reading() as connection:
        hook = webhooks.get(connection, "acme")
    assert hook
    timestamp = str(int(house.now.timestamp()))
    assert headers["webhook-timestamp"] == timestamp
    assert Official(hook.secret).sign(headers["webhook-id"], house.now, body.decode()) == headers["webhook-signature"]
    assert b'"type": "case.received"' in body
    assert number.encode() in body
    assert not re.search(b"parcel|@", body)


def test_a_call_that_failed_is_made_again_under_the_same_name(
    house: House, server: MailServer, hooked: HookServer
) -> None:
    hooked.answer = lambda: (500, {}, b"")
    receive(house)
    assert deliver(house, server) == 1
    hooked.answer = lambda: (204, {}, b"")
    house.pass_time(minutes=2)
    assert deliver(house, server) == 1
    assert len({headers["webhook-id"] for _, headers, _ in hooked.calls}) == 1
    assert len({headers["webhook-timestamp"] for _, headers, _ in hooked.calls}) == 2


def test_a_webhook_that_is_gone_is_switched_off(house: House, server: MailServer, hooked: HookServer) -> None:
    hooked.answer = lambda: (410, {}, b"")
    receive(house)
    receive(house)
    deliver(house, server)
    receive(house)
    deliver(house, server)
    assert len(hooked.calls) == 1
    assert [fate.error for fate in fates(house.inbox) if "https" in fate.recipient or "webhook" in fate.error] == [
        "the webhook answered that it is gone",
        "the company has another webhook by now, or none",
    ]


def test_whoever_is_no_longer_staff_or_has_another_webhook_is_not_told(
    house: House, server: MailServer, hooked: HookServer
) -> None:
    hire(house, "ida", "ida@acme.example")
    receive(house, "")
    with house.inbox.writing() as connection:
        people.reach(connection, "ida", "other@acme.example")
        webhooks.put(connection, "acme", hooked.url + "&new", webhooks.new_secret(), house.now)
    assert deliver(house, server) == 0
    assert states(house) == ["dropped", "dropped"]


def test_staff_are_told_of_a_deadline_that_comes_and_of_one_that_is_missed(house: House, server: MailServer) -> None:
    hire(house, "ida", "ida@acme.example")
    house.receive()
    assert deliver(house, server) == 1
    house.now += timedelta(hours=18)
    assert deliver(house, server) == 1
    house.now += timedelta(hours=6)
    for _ in range(3):
        deliver(house, server)
    assert [mail["Subject"].partition(": ")[2] for _, mail in server.taken[1:]] == ["6 hours left", "late"]


def test_what_is_held_back_is_told_to_its_company_once_the_keeper_lets_it_through(
    house: House, server: MailServer
) -> None:
    hire(house, "ida", "ida@acme.example")
    number = house.receive(text="https://a.example https://b.example https://c.example")
    assert deliver(house, server) == 0
    house.at_the_desk("kim").decide(number, "release")
    house.work()
    assert deliver(house, server) == 1


def test_staff_are_not_told_of_a_deadline_once_it_was_met(house: House, server: MailServer) -> None:
    number = receive(house, "")
    hire(house, "ida", "ida@acme.example")
    with house.inbox.writing() as connection:
        notices.tell_company(connection, "acme", number, ToCompany.MISSED, house.now)
        cases.answered(connection, number, "acme", house.now)
    assert deliver(house, server) == 0
    assert states(house) == ["dropped"]


def test_staff_are_told_that_a_customer_said_something_to_them_alone_and_not_what(
    house: House, server: MailServer
) -> None:
    private = an_answered_customer(house, publicity="private")
    public = an_answered_customer(house)
    hire(house, "ida", "ida@acme.example")
    deliver(house, server)
    server.taken.clear()
    for customer, what, fields in (
        (private, "detail", {"text": "Canary words.", "readers": "company"}),
        (private, "verdict", {"outcome": "partly", "text": "Canary verdict."}),
        (public, "detail", {"text": "Canary number.", "readers": "company"}),
    ):
        house.pass_time(minutes=1)
        for _ in range(2):
            customer.done(what, **fields)
        assert deliver(house, server) == 1
        to, mail = server.taken[-1]
        assert (to, mail["Subject"]) == ("ida@acme.example", f"The customer has answered: case {customer.number}")
        assert "anary" not in mail.as_string()


def test_of_what_is_held_back_staff_are_told_nothing_that_its_customer_adds(house: House, server: MailServer) -> None:
    hire(house, "ida", "ida@acme.example")
    customer = a_customer(house, text="https://a.example https://b.example https://c.example")
    customer.done("detail", text="And more.", readers="company")
    assert deliver(house, server) == 0


# --- A turn ---


def test_a_turn_is_bounded_by_a_number_of_messages_and_by_time(
    house: House, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(MOST + 2):
        receive(house, f"a{number}@mail.example")
    worker = a_postman(house, server)
    assert worker.deliver_due(house.now) == MOST
    monkeypatch.setattr(postman, "MOST_SECONDS", 0)
    assert worker.deliver_due(house.now) == 0
    monkeypatch.undo()
    assert worker.deliver_due(house.now) == 2


def test_while_a_server_is_talked_to_others_can_write(house: House, server: MailServer) -> None:
    def write(_: object) -> None:
        with house.inbox.writing() as connection:
            people.reach(connection, "nobody", None)

    server.answer = server.after = write
    receive(house)
    assert deliver(house, server) == 1


def test_a_message_that_we_cannot_write_does_not_hold_up_the_others(house: House, server: MailServer) -> None:
    receive(house)
    with house.inbox.writing() as connection:
        connection.execute(update(message).values(kind="nonsense"))
    receive(house, "bea@mail.example")
    assert deliver(house, server) == 1
    assert fates(house.inbox)[0].error == "ValueError: 'nonsense' is not a valid ToCustomer"


def test_what_was_told_a_month_ago_is_forgotten(house: House, server: MailServer) -> None:
    receive(house)
    deliver(house, server)
    house.pass_time(days=31)
    deliver(house, server)
    assert fates(house.inbox) == []


def test_no_log_names_an_address(house: House, server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="amends")
    server.answer = lambda address: f"550 no such user {address}"
    receive(house)
    deliver(house, server)
    assert "cannot be delivered" in caplog.text
    assert "mail.example" not in caplog.text


class Stop(threading.Event):
    """Stops after so many turns, without waiting for them."""

    def __init__(self, turns: int) -> None:
        super().__init__()
        self.turns, self.waited = turns, list[float]()

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0)
        return len(self.waited) > self.turns


def test_the_work_goes_on_whatever_fails(house: House, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, stop, failures = a_postman(house, server), Stop(4), [StoreUnavailableError("full"), RuntimeError("ours")]
    real = worker.deliver_due

    def failing(now: object) -> int:
        if failures:
            raise failures.pop(0)
        return real(now)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "deliver_due", failing)
    receive(house)
    worker.run(stop)
    assert stop.waited == [1, 15, 15, 1, 1]
    assert len(server.taken) == 1


def test_the_settings_say_where_mail_goes(house: House, server: MailServer) -> None:
    settings = replace(house.settings, smtp=server.settings(), mail_from=SENDER)
    receive(house)
    assert Postman(settings, house.inbox, lambda: house.now).deliver_due(house.now) == 1
    assert server.taken[0][1]["From"].addresses[0].addr_spec == SENDER
