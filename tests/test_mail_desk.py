"""The desk's page of the mail to a team, and the list that leads to every part of the settings."""

import re

import pytest

from amends.inbox import people
from tests.house import House, Seat
from tests.postal import MailServer, parts_of
from tests.postroom import dead_letters, deliver, hire, states

ADDRESS = "bo@bolt.example"


@pytest.fixture
def mailing(house: House, server: MailServer) -> House:
    """An installation that sends mail."""
    house.smtp = server.settings()
    house.open_service()
    return house


def reach(house: House, login: str, email: str | None = ADDRESS) -> None:
    with house.inbox.writing() as connection:
        people.reach(connection, login, email)


def words_on(seat: Seat, address: str = "/desk/bolt/mail") -> str:
    main = seat.get(address).text.split("<main", 1)[1]
    return " ".join(re.sub("<[^>]+>", " ", main).split())


def press(seat: Seat) -> int:
    return seat.submit("/desk/mail/test", page="/desk/bolt/mail").status_code


def test_the_page_says_who_hears_of_it_and_shows_nobodys_address_to_colleagues(mailing: House) -> None:
    bo, bea = mailing.at_the_desk("bo"), mailing.at_the_desk("bea")
    reach(mailing, "bo")
    with mailing.inbox.writing() as connection:
        people.invite(connection, "ida", "Ida", "agent", "bolt", mailing.now)
        people.reach(connection, "ida", "ida@bolt.example")
    mailing.at_the_desk("olga")
    kim = mailing.at_the_desk("kim")
    for seat, knows in ((bo, True), (bea, False), (kim, False)):
        words = words_on(seat)
        assert "Bea agent no address: hears of nothing" in words
        assert "Bo admin hears of it" in words
        assert "Ida agent invited: hears of it once a password is chosen" in words
        assert "Olga" not in words
        assert (ADDRESS in words, "ida@bolt.example" in words) == (knows, False)
        assert ("Change it in your account" in words) == (seat is not kim)


def test_a_test_arrives_at_the_own_address_and_the_page_says_that_it_left(mailing: House, server: MailServer) -> None:
    bo = mailing.at_the_desk("bo")
    reach(mailing, "bo")
    assert "The last test" not in words_on(bo)
    assert press(bo) == 302
    mailing.pass_time(seconds=20)
    assert press(bo) == 302
    assert "A test is on its way" in words_on(bo)
    assert deliver(mailing, server) == 1
    ((to, mail),) = server.taken
    assert (to, mail["Subject"]) == (ADDRESS, "A test from the desk of The board")
    text, html = parts_of(mail)
    assert "You asked for this mail at the desk." in text
    assert "You asked for this mail at the desk." in html
    assert "The last test has left" in words_on(bo)
    ann = mailing.at_the_desk("ann")
    reach(mailing, "ann", "ann@acme.example")
    assert "The last test" not in words_on(ann, "/desk/acme/mail")


def test_a_test_speaks_the_companys_language(mailing: House, server: MailServer) -> None:
    mailing.settle('language = "de"', company="bolt")
    bo = mailing.at_the_desk("bo")
    reach(mailing, "bo")
    press(bo)
    assert deliver(mailing, server) == 1
    assert server.taken[0][1]["Subject"] == "Ein Test vom Arbeitsplatz von The board"


def test_what_the_server_says_of_a_test_stands_on_the_page(mailing: House, server: MailServer) -> None:
    bo = mailing.at_the_desk("bo")
    reach(mailing, "bo")
    server.answer = lambda address: "451 4.3.0 not now"
    press(bo)
    assert deliver(mailing, server) == 0
    assert "has not left yet, and is tried again by itself: " in words_on(bo)
    assert "not now" in words_on(bo)
    server.answer = lambda address: "550 5.1.1 no such address"
    mailing.pass_time(minutes=2)
    assert deliver(mailing, server) == 0
    assert "could not be sent: " in words_on(bo)
    assert "no such address" in words_on(bo)
    assert len(dead_letters(mailing)) == 1


def test_without_a_server_for_mail_the_page_says_so_and_nothing_is_sent(house: House) -> None:
    bo = house.at_the_desk("bo")
    reach(house, "bo")
    assert "This board sends no mail" in words_on(bo)
    assert "Bo admin has an address" in words_on(bo)
    assert "Send a test" not in words_on(bo)
    answer = bo.submit("/desk/mail/test", page="/desk/bolt/mail")
    assert (answer.status_code, "<title>Not sent: Mail" in answer.text) == (409, True)
    assert states(house) == []


def test_without_an_address_the_page_says_where_to_give_one_and_nothing_is_sent(mailing: House) -> None:
    bo = mailing.at_the_desk("bo")
    hire(mailing, "ida", "ida@bolt.example", company="bolt")
    assert "Your account has no e-mail address" in words_on(bo)
    assert press(bo) == 409
    assert states(mailing) == []


def test_a_test_that_was_overtaken_is_not_sent(mailing: House, server: MailServer) -> None:
    bo = mailing.at_the_desk("bo")
    reach(mailing, "bo")
    press(bo)
    reach(mailing, "bo", None)
    assert deliver(mailing, server) == 0
    assert states(mailing) == ["dropped"]


def test_of_a_company_that_is_not_there_there_is_no_page(house: House) -> None:
    assert house.at_the_desk("kim").get("/desk/nobody/mail").status_code == 404


# --- All parts of the settings ---

PAGES = {
    "ann": {"/desk/team", "/desk/templates", "/desk/acme/mail", "/desk/webhook", "/desk/acme/snippet"},
    "olga": {"/desk/templates", "/desk/acme/mail", "/desk/acme/snippet"},
    "kim": {"/desk/team", "/desk/acme/mail", "/desk/acme/snippet"},
}


@pytest.mark.parametrize("login", PAGES)
def test_the_list_leads_to_every_part_that_one_may_see(house: House, login: str) -> None:
    seat = house.at_the_desk(login)
    page = seat.get("/desk/acme/settings").text
    parts = page.partition('aria-label="Parts of the settings"')[2].partition("</nav>")[0]
    found = re.findall(r'href="([^"]+)"', parts)
    here = [link.removeprefix("#") for link in found if link.startswith("#")]
    assert here == [f"part-{key}" for key in ("name", "reply_hours", "topics", "order_pattern", "contacts", "accent")]
    for name in here:
        assert page.count(f'id="{name}"') == 1, name
    assert set(found) - {f"#{name}" for name in here} == PAGES[login]
    for link in PAGES[login]:
        assert seat.get(link).status_code == 200, link


def test_while_the_file_has_a_fault_the_list_leads_to_the_other_parts(house: House) -> None:
    path = house.content / "acme" / "company.toml"
    path.write_text(path.read_text() + "reply_hours = 0\n")
    page = house.at_the_desk("ann").get("/desk/acme/settings").text
    assert "#part-" not in page
    assert 'href="/desk/acme/mail"' in page
