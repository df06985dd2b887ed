"""The links in a mail: whoever only follows them changes nothing; the button, and the mail program, do."""

import re

import pytest
from werkzeug.test import TestResponse

from amends import links
from amends.inbox import cases, correspondents
from tests.conftest import DATABASES, database_of
from tests.house import URL, House
from tests.postroom import ANNA


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


@pytest.fixture
def number(house: House) -> str:
    return house.receive(email=ANNA)


def confirming(house: House, number: str, email: str = ANNA) -> str:
    return f"/c/{links.confirmation(house.settings.secret(), number, 0, email)}/confirm"


def stopping(house: House, email: str = ANNA) -> str:
    secret = house.settings.secret()
    return f"/c/{links.stopping(secret, links.address_digest(secret, email))}/stop"


def get(house: House, address: str) -> TestResponse:
    return house.visitor().get(address, base_url=URL)


def is_confirmed(house: House, number: str) -> bool:
    with house.inbox.reading() as connection:
        return cases.contacts_of(connection, number).confirmed is not None


def has_stopped(house: House, email: str = ANNA) -> bool:
    with house.inbox.reading() as connection:
        return correspondents.has_stopped(connection, links.address_digest(house.settings.secret(), email))


def test_a_scanner_that_follows_every_link_confirms_and_stops_nothing(house: House, number: str) -> None:
    for address in (confirming(house, number), stopping(house)):
        for _ in range(2):
            page = get(house, address)
            assert page.status_code == 200
            assert "<form" in page.text
            assert house.visitor().head(address, base_url=URL).status_code == 200
    assert not is_confirmed(house, number)
    assert not has_stopped(house)


def test_the_button_confirms_the_address_and_leads_to_the_case(house: House, number: str) -> None:
    page = house.post(confirming(house, number), {}, Origin=URL)
    assert page.status_code == 200
    assert is_confirmed(house, number)
    case = re.search(r'href="(/c/[^"]+)"', page.text)
    assert case
    assert get(house, case[1]).status_code == 200
    assert "<form" not in get(house, confirming(house, number)).text


def test_one_click_of_the_mail_program_stops_the_mail_without_origin_or_token(house: House, number: str) -> None:
    answer = house.post(stopping(house), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert has_stopped(house)
    assert not has_stopped(house, "bea@mail.example")
    assert number in house.numbers()


def test_every_wrong_link_gets_the_same_404_and_changes_nothing(house: House, number: str) -> None:
    wrong = [
        confirming(house, number, "eve@mail.example"),
        confirming(house, "2abc4def"),
        stopping(house)[:-6] + "/stop",
    ]
    wrong += ["/c/x/confirm", "/c/x/stop", confirming(house, number).replace("/confirm", "/stop")]
    pages = {answer.text for address in wrong for answer in (get(house, address), house.post(address, {}))}
    assert len(pages) == 1
    assert {get(house, address).status_code for address in wrong} == {404}
    assert not is_confirmed(house, number)
    assert not has_stopped(house)


def test_the_pages_are_kept_out_of_caches_and_search_engines(house: House, number: str) -> None:
    for address in (confirming(house, number), stopping(house), "/c/x/stop"):
        answer = get(house, address)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in answer.headers
