"""The commands about what is told to whom: dead letters, the addresses of staff, webhooks."""

import re
from dataclasses import replace

import pytest
from click.testing import Result
from sqlalchemy import select, update

from amends.commands import telling
from amends.inbox import outbox, people, webhooks
from amends.inbox.schema import message
from tests.house import House
from tests.postal import HookServer, MailServer, a_message, fates
from tests.postroom import ANNA, a_postman, dead_letters, deliver, hire, receive, states
from tests.test_cli import run


def said(result: Result, status: int = 0) -> str:
    """What a command printed, without the frame that stands around its errors."""
    assert result.exit_code == status, result.output
    return " ".join(re.sub("[│╭╰─╮╯]", " ", result.output).split())


@pytest.fixture
def refused(house: House, server: MailServer) -> tuple[int, str]:
    """A receipt that a server refused, naming the address: its ID and its case."""
    server.answer = lambda address: f"550 no such user <{address}>"
    number = receive(house)
    deliver(house, server)
    server.answer = lambda _: None
    (letter,) = dead_letters(house)
    return letter.id, number


# --- Dead letters ---


def test_without_dead_letters_the_list_says_so(house: House) -> None:
    assert said(run(house, "post")) == "There are no dead letters."


def test_a_dead_letter_is_listed_with_its_reason_and_time_and_no_address(
    house: House, refused: tuple[int, str]
) -> None:
    identity, number = refused
    listed = said(run(house, "post"))
    assert listed.startswith(f"{identity} 2026-11-02T12:00:00Z receipt of acme/{number} to the customer, 1 attempt: ")
    assert "550 no such user" in listed
    assert "@" not in listed


def test_of_staff_the_login_is_listed_and_of_a_webhook_that_it_is_one(
    house: House, server: MailServer, hooked: HookServer
) -> None:
    hire(house, "ida", "ida@acme.example")
    hooked.answer = lambda: (410, {}, b"")
    server.answer = lambda _: "550 no"
    number = receive(house, "")
    a_postman(house, server).deliver_due(house.now)
    with house.inbox.writing() as connection:
        link = a_message("link/x/y", company="", number=None, kind="link")
        outbox.add(connection, replace(link, due=None, dead=house.now))
    lines = run(house, "post").output.splitlines()
    facts = [re.sub(r".*Z  ", "", line) for line in lines]
    assert facts == [
        "link to the customer, 0 attempts: ",
        f"new of acme/{number} to the webhook, 1 attempt: the webhook answered that it is gone",
        f"new of acme/{number} to ida, 1 attempt: 550 no",
    ]
    with house.inbox.writing() as connection:
        connection.execute(update(message).values(facts='{"at": "2026-11-02T12:00:00Z", "staff": "99"}'))
    assert "to nobody of the staff any more" in run(house, "post").output


def test_more_dead_letters_than_are_listed_are_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "MOST", 2)
    with house.inbox.writing() as connection:
        for count in range(5):
            outbox.add(connection, a_message(f"x/{count}", due=None, dead=house.now))
    lines = run(house, "post").output.splitlines()
    assert [line.split()[0] for line in lines] == ["5", "4", "and"]
    assert lines[-1] == "and 3 older ones"


def test_a_dead_letter_is_delivered_once_it_is_put_back(
    house: House, server: MailServer, refused: tuple[int, str]
) -> None:
    identity, _ = refused
    assert said(run(house, "post", "again", identity)) == "1 is to be delivered again."
    assert dead_letters(house) == []
    house.now = fates(house.inbox)[0].due or house.now
    assert deliver(house, server) == 1
    assert [to for to, _ in server.taken] == [ANNA]


def test_all_dead_letters_are_put_back_together_and_nothing_else(house: House, refused: tuple[int, str]) -> None:
    with house.inbox.writing() as connection:
        outbox.add(connection, a_message("x/1", due=None, dead=house.now, attempts=7))
        outbox.add(connection, a_message("x/2", due=house.now, attempts=3))
    assert said(run(house, "post", "again", "--all")) == "2 are to be delivered again."
    assert [fate.attempts for fate in fates(house.inbox)] == [0, 0, 3]
    assert said(run(house, "post", "again", "--all")) == "0 are to be delivered again."


def test_a_dead_letter_that_is_dropped_is_forgotten_with_its_address(house: House, refused: tuple[int, str]) -> None:
    identity, _ = refused
    assert said(run(house, "post", "drop", identity)) == f"{identity} is dropped."
    assert states(house) == ["dropped"]
    with house.inbox.reading() as connection:
        row = connection.execute(select(message.c.recipient, message.c.facts, message.c.dead)).one()
    assert tuple(row) == ("", "{}", None)
    assert said(run(house, "post")) == "There are no dead letters."


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("again",), "say which: the ID that `amends post` lists, or --all"),
        (("again", "1", "--all"), "say which"),
        (("again", "99"), "there is no dead letter 99: `amends post` lists them"),
        (("drop", "99"), "there is no dead letter 99"),
        (("drop", "x"), "'x' is not a valid integer"),
        (("drop",), "Missing argument 'ID'"),
        (("burn",), "No such command 'burn'"),
    ],
)
def test_what_is_no_dead_letter_is_wrong_usage_and_changes_nothing(
    house: House, arguments: tuple[str, ...], why: str
) -> None:
    with house.inbox.writing() as connection:
        outbox.add(connection, a_message("x/1"))
        outbox.add(connection, a_message("x/2", due=None, dead=house.now))
    before = fates(house.inbox)
    assert why in said(run(house, "post", *arguments), 2)
    assert fates(house.inbox) == before


def test_a_message_that_waits_is_no_dead_letter(house: House) -> None:
    with house.inbox.writing() as connection:
        outbox.add(connection, a_message("x/1"))
    for what in ("again", "drop"):
        assert "there is no dead letter 1" in said(run(house, "post", what, "1"), 2)
    assert states(house) == ["waits"]


# --- Staff ---


def address_of(house: House, login: str) -> str | None:
    with house.inbox.reading() as connection:
        return people.reachable(connection)[login]


def test_whom_new_cases_are_mailed_to_is_said_shown_and_taken_back(house: House, server: MailServer) -> None:
    hire(house, "ida", None)
    assert said(run(house, "staff", "address", "ida")) == "ida is told nothing by mail"
    told = "ida is told of new cases at ida@acme.example"
    assert said(run(house, "staff", "address", "ida", "ida@acme.example")) == told
    assert said(run(house, "staff", "address", "ida")) == told
    receive(house, "")
    assert deliver(house, server) == 1
    assert said(run(house, "staff", "address", "ida", "--remove")) == "ida is told nothing by mail"
    assert address_of(house, "ida") is None


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("nobody", "x@acme.example"), "no nobody among the staff of a company; there are ida"),
        (("kim", "kim@board.example"), "no kim among the staff of a company"),
        (("ida", "canary"), "'canary' is no address of mail"),
        (("ida", ""), "'' is no address of mail"),
        (("ida", "x@acme.example", "--remove"), "give an address, or --remove"),
    ],
)
def test_an_address_of_nobody_or_that_is_none_is_wrong_usage(
    house: House, arguments: tuple[str, ...], why: str
) -> None:
    hire(house, "ida", "ida@acme.example")
    house.at_the_desk("kim")
    assert why in said(run(house, "staff", "address", *arguments), 2)
    assert address_of(house, "ida") == "ida@acme.example"


# --- Webhooks ---

HOOK = "https://acme.example/hooks/amends"


def hook_of(house: House) -> webhooks.Webhook | None:
    with house.inbox.reading() as connection:
        return webhooks.get(connection, "acme")


def secret_in(result: Result) -> str:
    assert result.exit_code == 0, result.output
    found = re.fullmatch(r"secret: (whsec_\S+)\n", result.output)
    assert found
    return found[1]


def test_a_webhook_is_set_listed_and_removed_and_its_secret_shown_once(house: House) -> None:
    assert said(run(house, "webhook", "list")) == "There are no webhooks."
    first = secret_in(run(house, "webhook", "set", "acme", HOOK))
    assert (hook := hook_of(house))
    assert (hook.url, hook.secret) == (HOOK, first)
    second = secret_in(run(house, "webhook", "new-secret", "acme"))
    assert (hook := hook_of(house))
    assert (hook.url, hook.secret) == (HOOK, second)
    assert first != second
    listed = said(run(house, "webhook", "list"))
    assert re.fullmatch(rf"acme {HOOK} since \S+Z", listed)
    assert said(run(house, "webhook", "remove", "acme")) == "acme has no webhook any more."
    assert hook_of(house) is None


def test_a_webhook_that_is_gone_is_listed_so_until_it_is_set_again(house: House) -> None:
    run(house, "webhook", "set", "acme", HOOK)
    with house.inbox.writing() as connection:
        webhooks.stop(connection, "acme", HOOK, house.now)
    assert said(run(house, "webhook", "list")).endswith(", stopped at 2026-11-02T12:00:00Z: it said that it is gone")
    run(house, "webhook", "set", "acme", HOOK)
    assert "stopped" not in said(run(house, "webhook", "list"))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("set", "nobody", HOOK), "no company nobody in"),
        (("set", "../away", HOOK), "no company ../away in"),
        (("set", "acme", "http://acme.example/hook"), "a webhook's address should be like https://"),
        (("set", "acme"), "Missing argument 'URL'"),
        (("new-secret", "bolt"), "bolt has no webhook: amends webhook set bolt URL"),
        (("remove", "bolt"), "bolt has no webhook"),
    ],
)
def test_what_can_be_no_webhook_is_wrong_usage_and_changes_nothing(
    house: House, arguments: tuple[str, ...], why: str
) -> None:
    run(house, "webhook", "set", "acme", HOOK)
    before = hook_of(house)
    assert why in said(run(house, "webhook", *arguments), 2)
    assert hook_of(house) == before


def test_a_store_that_cannot_be_used_is_a_failure_in_a_sentence(house: House) -> None:
    house.close()
    file = house.inbox.file
    assert file
    file.write_bytes(b"no database" * 1000)
    for command in (("post",), ("webhook", "list"), ("staff", "address", "ida")):
        result = run(house, *command)
        assert result.exit_code == 1, result.output
        assert "Error" in result.output
