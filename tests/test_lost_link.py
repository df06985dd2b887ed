"""My link again: the mail goes to who left the address, and nobody else learns that there is one."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import delete, select

from amends import links
from amends.inbox import correspondents
from amends.inbox.schema import contact, message
from amends.visitor.lost import HOURLY
from tests.conftest import DATABASES, database_of
from tests.customers import ITS_OWN, a_customer
from tests.house import SHOP, URL, House
from tests.postal import MailServer, fates, parts_of
from tests.postroom import ANNA, deliver, receive, states


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


@pytest.fixture
def mailing(house: House, server: MailServer) -> House:
    """A house whose board sends mail, and has told its receipts."""
    house.smtp = server.settings()
    house.open_service()
    return house


def ask(house: House, email: str, what: str, *, status: int = 200) -> str:
    answer = house.post("/c/", {"email": email, "what": what}, **ITS_OWN)
    assert answer.status_code == status, answer.text
    return answer.text


def questions(house: House) -> int:
    with house.inbox.reading() as connection:
        return len(connection.execute(select(message.c.id).where(message.c.kind == "link")).all())


def mails(house: House, server: MailServer) -> list[tuple[str, list[str]]]:
    """Who gets a mail now, and the numbers of the cases whose private links stand in it."""
    before = len(server.taken)
    deliver(house, server)
    secret = house.settings.secret()
    told = []
    for to, mail in server.taken[before:]:
        found = re.findall(rf"{URL}/c/((\w{{8}})-[^/\s]+)/\s", parts_of(mail)[0])
        assert all(links.is_valid(secret, token, number, 0) for token, number in found)
        told.append((to, [number for _, number in found]))
    return told


def test_a_lost_link_is_mailed_to_the_address_of_its_case_and_opens_it(mailing: House, server: MailServer) -> None:
    customer = a_customer(mailing, email=ANNA, author="Anna")
    deliver(mailing, server)
    page = mailing.visitor().get("/c/", base_url=URL).text
    assert "The e-mail address that you left" in page
    ask(mailing, ANNA.upper(), f" {customer.number.upper()} ")
    assert mails(mailing, server) == [(ANNA, [customer.number])]
    _, mail = server.taken[-1]
    assert mail["Subject"] == "Your private link once more"
    assert mail["List-Unsubscribe"]
    assert customer.link in parts_of(mail)[0]
    assert f'href="{customer.link}"' in parts_of(mail)[1]
    assert [fate.recipient for fate in fates(mailing.inbox)] == ["", ""]


def test_all_cases_with_one_company_stand_in_one_mail_the_latest_first_and_five_at_most(
    mailing: House, server: MailServer
) -> None:
    numbers = []
    for _ in range(6):
        numbers.append(a_customer(mailing, email=ANNA).number)
        mailing.pass_time(minutes=1)
    deliver(mailing, server)
    mailing.pass_time(days=1)
    deliver(mailing, server)
    ask(mailing, ANNA, " aCMe ")
    ((to, found),) = mails(mailing, server)
    assert (to, found) == (ANNA, numbers[:0:-1])


def test_it_is_written_in_the_language_of_the_case(mailing: House, server: MailServer) -> None:
    number = a_customer(mailing, email=ANNA, language="de").number
    deliver(mailing, server)
    ask(mailing, ANNA, number)
    mails(mailing, server)
    assert server.taken[-1][1]["Content-Language"] == "de"
    assert f"Fall {number}, Ihre R" in parts_of(server.taken[-1][1])[0]


def unconfirmed(house: House) -> str:
    return receive(house)


def stopped(house: House) -> str:
    number = a_customer(house, email=ANNA).number
    digest = links.address_digest(house.settings.secret(), ANNA)
    with house.inbox.writing() as connection:
        correspondents.stop(connection, digest, house.now)
    return number


def forgotten(house: House) -> str:
    number = a_customer(house, email=ANNA).number
    with house.inbox.writing() as connection:
        connection.execute(delete(contact).where(contact.c.number == number))
    return number


def somebody_elses(house: House) -> str:
    return a_customer(house, email="bob@mail.example").number


@pytest.mark.parametrize("there", [unconfirmed, stopped, forgotten, somebody_elses])
def test_nothing_is_mailed_where_the_address_is_not_the_cases_or_wants_nothing(
    mailing: House, server: MailServer, there: Callable[[House], str]
) -> None:
    number = there(mailing)
    deliver(mailing, server)
    for what in (number, "acme", "bolt", "' OR 1=1", "%"):
        ask(mailing, ANNA, what)
    assert mails(mailing, server) == []
    assert states(mailing)[-5:] == ["dropped"] * 5
    assert {fate.recipient for fate in fates(mailing.inbox)} == {""}


def test_the_answer_and_what_is_done_for_it_are_the_same_whatever_there_is(mailing: House) -> None:
    number = a_customer(mailing, email=ANNA).number
    pages = set()
    for count, (email, what) in enumerate([(ANNA, number), (ANNA, "bolt"), ("eve@mail.example", number)], 1):
        pages.add(ask(mailing, email, what))
        assert questions(mailing) == count
    assert len(pages) == 1
    with mailing.inbox.reading() as connection:
        kept = connection.execute(select(message.c.number, message.c.company, message.c.once)).all()
    assert {(row.number, row.company) for row in kept} == {(None, "")}
    assert not any("@" in row.once or number in row.once for row in kept)


def test_it_counts_among_the_five_mails_of_a_day_and_the_same_question_once_an_hour(
    mailing: House, server: MailServer
) -> None:
    number = a_customer(mailing, email=ANNA).number
    assert len(mails(mailing, server)) == 1
    for _ in range(3):
        ask(mailing, ANNA, number)
        ask(mailing, ANNA.upper(), f"{number} ")
        mailing.pass_time(minutes=10)
    assert len(mails(mailing, server)) == 1
    for _ in range(5):
        mailing.pass_time(hours=1)
        ask(mailing, ANNA, number)
    assert len(mails(mailing, server)) == 3
    mailing.pass_time(days=1)
    assert len(mails(mailing, server)) == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "", "what": "acme"}, "give the address"),
        ({"email": "anna", "what": "acme"}, "no e-mail address"),
        ({"email": ANNA, "what": " "}, "give the number"),
    ],
)
def test_what_cannot_be_looked_for_comes_back_with_a_sentence(
    mailing: House, fields: dict[str, str], sentence: str
) -> None:
    page = ask(mailing, **fields, status=422)
    assert sentence in page
    assert f'value="{fields["email"]}"' in page
    assert questions(mailing) == 0


def test_another_site_asks_for_nobody(mailing: House) -> None:
    number = a_customer(mailing, email=ANNA).number
    assert mailing.post("/c/", {"email": ANNA, "what": number}, Origin=SHOP).status_code == 403
    assert questions(mailing) == 0


def test_one_network_can_ask_so_often_and_no_more_within_an_hour(mailing: House) -> None:
    def asked(address: str, what: str = "acme") -> int:
        fields, where = {"email": ANNA, "what": what}, {"REMOTE_ADDR": address}
        return mailing.visitor().post("/c/", data=fields, headers=ITS_OWN, base_url=URL, environ_base=where).status_code

    tries = range(HOURLY + 2)
    assert [asked(f"203.0.113.{last}", f"shop {last}") for last in tries] == [200] * HOURLY + [429] * 2
    assert questions(mailing) == HOURLY
    assert asked("198.51.100.1") == 200
    mailing.pass_time(hours=2)
    assert asked("203.0.113.1") == 200


def test_where_no_mail_can_be_sent_the_page_says_so_and_asks_for_nothing(house: House) -> None:
    answer = house.visitor().get("/c/", base_url=URL)
    assert answer.status_code == 200
    assert "This board sends no mail" in answer.text
    assert "<form" not in answer.text
    assert "This board sends no mail" in ask(house, ANNA, "acme", status=409)
    assert questions(house) == 0


def test_whoever_has_a_broken_link_is_led_to_the_page(house: House) -> None:
    answer = house.visitor().get("/c/2abc4def-wrong/", base_url=URL)
    assert answer.status_code == 404
    assert 'href="/c/"' in answer.text
