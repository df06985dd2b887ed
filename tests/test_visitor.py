"""The visitor's private page."""

import json

import pytest

from amends.inbox.schema import case
from tests.conftest import DATABASES, database_of
from tests.house import URL, House


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


def link_of(house: House, **fields: str) -> str:
    return str(json.loads(house.send(**fields).text)["link"])


def shown(house: House, link: str) -> str:
    answer = house.visitor().get(link)
    assert answer.status_code == 200
    return answer.text


def test_the_link_of_the_receipt_shows_the_case_to_its_customer(house: House) -> None:
    link = link_of(house, text="My parcel is late.")
    page = shown(house, link)
    assert "My parcel is late." in page
    assert "Nobody has read it yet" in page


def test_it_shows_the_public_reply_from_the_record(house: House) -> None:
    link = link_of(house, text="My parcel is late.")
    house.at_the_desk().decide(
        house.numbers()[0], "reply", name="Olga, care", text="Sorry.", topic="delivery", do="send"
    )
    house.work()
    page = shown(house, link)
    assert "My parcel is late." in page
    assert "Sorry." in page
    assert f"https://board.example/acme/{house.numbers()[0]}/" in page


def test_an_answer_to_a_private_case_is_read_here_and_nowhere_else(house: House) -> None:
    link = link_of(house, publicity="private")
    number = house.numbers()[0]
    house.at_the_desk().decide(number, "reply", name="Olga", text="Between us.", topic="other", do="send")
    house.work()
    assert "Between us." in shown(house, link)
    assert "Between us." not in "".join(file.read_text() for file in house.public.rglob("*.html"))


def test_a_withheld_case_is_told_with_its_reason(house: House) -> None:
    link = link_of(house)
    house.at_the_desk("kim").decide(house.numbers()[0], "withhold", reason="about-someone-else", why="x")
    house.work()
    assert "about someone else" in shown(house, link)


@pytest.mark.parametrize("change", ["number", "mac", "short", "empty", "other"])
def test_every_wrong_link_gets_the_same_404(house: House, change: str) -> None:
    link = link_of(house)
    token = link.rstrip("/").rsplit("/", 1)[1]
    number, mac = token.split("-", 1)
    wrong = {
        "number": f"00000000-{mac}",
        "mac": f"{number}-{'B' if mac[0] == 'A' else 'A'}{mac[1:]}",
        "short": token[:-1],
        "empty": number,
        "other": "../desk",
    }[change]
    answer = house.visitor().get(f"/c/{wrong}/", base_url=URL)
    assert answer.status_code == 404
    assert number not in answer.text


def test_the_page_is_kept_out_of_caches_and_search_engines(house: House) -> None:
    answer = house.visitor().get(link_of(house))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_link_of_an_earlier_generation_is_not_valid_any_more(house: House) -> None:
    link = link_of(house)
    shown(house, link)
    with house.inbox.writing() as connection:
        connection.execute(case.update().values(generation=1))
    assert house.visitor().get(link).status_code == 404


def test_the_link_to_a_case_of_a_company_that_is_gone_is_a_404(house: House) -> None:
    link = link_of(house)
    (house.content / "acme" / "company.toml").unlink()
    house.worker.copy_settings()
    assert house.visitor().get(link).status_code == 404
