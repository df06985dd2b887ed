"""The desk's page of a company's webhook."""

import json
import re
from collections.abc import Iterator

import pytest
from standardwebhooks import Webhook as Official

from amends.inbox import outbox, webhooks
from amends.inbox.webhooks import Webhook
from tests.house import House, Seat
from tests.postal import HookServer, MailServer, hook_server
from tests.postroom import deliver
from tests.test_second_step import acts

URL = "https://bolt.example/hooks"


@pytest.fixture
def bo(house: House) -> Seat:
    return house.at_the_desk("bo")


@pytest.fixture
def listening() -> Iterator[HookServer]:
    with hook_server() as running:
        yield running


def hook_of(house: House, company: str = "bolt") -> Webhook | None:
    with house.inbox.reading() as connection:
        return webhooks.get(connection, company)


def press(seat: Seat, what: str) -> None:
    assert seat.submit(f"/desk/webhook/{what}", page="/desk/webhook").status_code == 302


def test_the_secret_is_shown_once_and_is_another_one_each_time(house: House, bo: Seat) -> None:
    answer = bo.submit("/desk/webhook", url=URL)
    hook = hook_of(house)
    assert hook
    assert (hook.url, hook.secret in answer.text) == (URL, True)
    assert "no-store" in answer.headers["Cache-Control"]
    page = bo.get("/desk/webhook").text
    assert URL in page
    assert "whsec_" not in page
    again = bo.submit("/desk/webhook", url=URL).text
    assert hook.secret not in again
    assert "whsec_" in again
    assert acts(house, "bo").count("webhook changed") == 2


def test_a_test_reaches_the_other_side_signed_and_the_page_says_that_it_was_taken(
    house: House, bo: Seat, server: MailServer, listening: HookServer
) -> None:
    bo.submit("/desk/webhook", url=listening.url)
    assert "The last test" not in bo.get("/desk/webhook").text
    press(bo, "test")
    house.pass_time(seconds=20)
    press(bo, "test")
    assert "A test is on its way" in bo.get("/desk/webhook").text
    deliver(house, server)
    ((_, headers, body),) = listening.calls
    assert json.loads(body) == {"type": "test", "timestamp": "2026-11-02T12:00:00Z", "data": {"company": "bolt"}}
    hook = hook_of(house)
    assert hook
    assert Official(hook.secret).sign(headers["webhook-id"], house.now, body.decode()) == headers["webhook-signature"]
    assert "The last test was taken." in bo.get("/desk/webhook").text


@pytest.mark.parametrize(("status", "said"), [(500, "the webhook answered 500"), (410, "it is gone")])
def test_what_the_other_side_answered_instead_is_shown_and_it_is_not_tried_again(
    house: House, bo: Seat, server: MailServer, listening: HookServer, status: int, said: str
) -> None:
    listening.answer = lambda: (status, {}, b"")
    bo.submit("/desk/webhook", url=listening.url)
    press(bo, "test")
    deliver(house, server)
    page = bo.get("/desk/webhook").text
    assert "The last test was not taken" in page
    assert said in page
    house.pass_time(hours=1)
    deliver(house, server)
    assert len(listening.calls) == 1
    with house.inbox.reading() as connection:
        assert outbox.count_dead(connection)[0] == 0
    hook = hook_of(house)
    assert hook
    assert (hook.stopped is not None) == (status == 410)


def test_a_case_is_told_again_though_a_test_failed(
    house: House, bo: Seat, server: MailServer, listening: HookServer
) -> None:
    bo.submit("/desk/webhook", url=listening.url)
    listening.answer = lambda: (500, {}, b"")
    house.receive("bolt")
    deliver(house, server)
    listening.answer = lambda: (200, {}, b"")
    house.pass_time(minutes=2)
    deliver(house, server)
    assert [json.loads(body)["type"] for _, _, body in listening.calls] == ["case.received"] * 2


def test_an_address_that_cannot_be_called_is_told_beside_its_field(house: House, bo: Seat) -> None:
    answer = bo.submit("/desk/webhook", url="http://bolt.example/hooks")
    assert answer.status_code == 422
    assert re.search(r'id="url-wrong">.*a webhook&#39;s address should be like', answer.text, re.DOTALL)
    assert 'value="http://bolt.example/hooks"' in answer.text
    assert bo.submit("/desk/webhook", url="").status_code == 422
    assert hook_of(house) is None


def test_a_webhook_is_removed(house: House, bo: Seat) -> None:
    bo.submit("/desk/webhook", url=URL)
    press(bo, "remove")
    assert hook_of(house) is None
    press(bo, "test")
    assert "on its way" not in bo.get("/desk/webhook").text


@pytest.mark.parametrize("login", ["max", "olga", "kim"])
def test_only_admins_of_a_company_reach_its_webhook(house: House, bo: Seat, login: str) -> None:
    bo.submit("/desk/webhook", url=URL)
    seat = house.at_the_desk(login)
    assert seat.get("/desk/webhook").status_code == 403
    for address in ("/desk/webhook", "/desk/webhook/test", "/desk/webhook/remove"):
        assert seat.submit(address, page="/desk/keys", url="https://other.example/").status_code == 403
    hook = hook_of(house)
    assert hook
    assert hook.url == URL
    assert hook_of(house, "acme") is None
