"""Links with which staff choose a password: invitations, and for who has forgotten theirs."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from amends.inbox import notices, outbox, people, second_step, sessions, tickets
from amends.inbox.people import Person
from amends.inbox.schema import message as messages
from amends.inbox.schema import staff
from amends.inbox.signing_tables import audit, ticket
from amends.language import LANGUAGES
from tests.house import NOON, PASSWORD, URL, House, Seat
from tests.postal import MailServer, parts_of
from tests.postroom import deliver
from tests.test_cli import run
from tests.test_second_step import acts, set_up

NEW_PASSWORD = "another horse battery"


def invited(house: House, login: str = "ida", role: str = "agent", company: str | None = "acme") -> Person:
    """Add somebody who is sent an invitation."""
    with house.inbox.writing() as connection:
        person = people.invite(connection, login, login.title(), role, company, house.now)
        people.reach(connection, login, f"{login}@{company or 'board'}.example")
        notices.invite(connection, person, house.now)
    return person


def links_in(server: MailServer) -> list[str]:
    """Return the addresses to choose a password that were mailed, the last one last."""
    texts = [parts_of(mail) for _, mail in server.taken]
    assert all(f'href="{link}"' in html for text, html in texts for link in re.findall(rf"{URL}/desk/choose/\S+", text))
    return [link.removeprefix(URL) for text, _ in texts for link in re.findall(rf"{URL}/desk/choose/\S+", text)]


def a_seat(house: House) -> Seat:
    return Seat(house, house.app.test_client())


def forget(house: House, login: str) -> Seat:
    seat = a_seat(house)
    seat.answer = seat.submit("/desk/forgot", login=login)
    return seat


@pytest.fixture
def mailing(house: House, server: MailServer) -> House:
    """An installation that sends mail."""
    house.smtp = server.settings()
    house.open_service()
    return house


# --- Invitations ---


def test_who_is_invited_chooses_a_password_once_and_signs_in(house: House, server: MailServer) -> None:
    invited(house)
    assert a_seat(house).submit("/desk/sign-in", login="ida", password="").status_code == 200
    assert a_seat(house).submit("/desk/sign-in", login="ida", password=PASSWORD).status_code == 401
    assert deliver(house, server) == 1
    (link,) = links_in(server)
    seat = a_seat(house)
    for _ in range(2):
        assert "For the login <b><bdi>ida</bdi></b>." in seat.get(link).text
    answer = seat.submit(link, new=PASSWORD)
    assert "Your password is set." in seat.get(answer.headers["Location"]).text
    assert seat.submit("/desk/sign-in", login="ida", password=PASSWORD).headers["Location"] == "/desk/"
    for used in (seat.get(link), seat.submit(link, page="/desk/sign-in", new=NEW_PASSWORD)):
        assert (used.status_code, "This link is not good any more" in used.text) == (410, True)
    assert acts(house, "ida") == ["sign-in failed", "password chosen", "signed in"]


@pytest.mark.parametrize(("password", "why"), [("1234567", "too short"), ("iloveyou", "common"), ("Ida2026!!", "name")])
def test_a_password_that_does_not_do_leaves_the_link_good(
    house: House, server: MailServer, password: str, why: str
) -> None:
    person = invited(house, "ida-marie")
    with house.inbox.writing() as connection:
        connection.execute(update(staff).where(staff.c.id == person.id).values(name="Ida"))
    deliver(house, server)
    (link,) = links_in(server)
    seat = a_seat(house)
    answer = seat.submit(link, new=password)
    assert (answer.status_code, why in answer.text) == (422, True)
    assert seat.submit(link, new=PASSWORD).status_code == 302


@pytest.mark.parametrize(("lasts", "kind"), [(tickets.INVITATION, "invitation"), (tickets.RESET, "reset")])
def test_a_link_ends_after_its_time(house: House, lasts: timedelta, kind: str) -> None:
    assert (timedelta(hours=72), timedelta(hours=1)) == (tickets.INVITATION, tickets.RESET)
    person = invited(house)
    with house.inbox.writing() as connection:
        made = tickets.make(connection, person, lasts, house.now)
    assert made.ends == NOON + lasts
    house.now = made.ends
    assert a_seat(house).get(f"/desk/choose/{made.token}").status_code == 200
    house.pass_time(seconds=1)
    assert a_seat(house).get(f"/desk/choose/{made.token}").status_code == 410
    assert a_seat(house).get(f"/desk/choose/{made.token[:-1]}").status_code == 410


def test_of_a_link_nothing_is_stored_with_which_it_could_be_followed(
    house: House, server: MailServer, tmp_path: Path
) -> None:
    invited(house)
    deliver(house, server)
    token = links_in(server)[0].rpartition("/")[2]
    stored = b"".join(path.read_bytes() for path in (tmp_path / "instance").glob("amends.db*"))
    assert token.encode() not in stored
    with house.inbox.reading() as connection:
        assert len(connection.execute(select(ticket.c.digest)).scalar_one()) == 32


def test_while_the_server_for_mail_is_down_an_invitation_waits_and_is_good_from_when_it_is_sent(
    house: House, server: MailServer
) -> None:
    person = invited(house)
    server.answer = lambda address: "451 4.3.0 not now"
    assert deliver(house, server) == 0
    with house.inbox.reading() as connection:
        state, said = outbox.fate(connection, f"invitation/{person.id}/")
    assert (state, "451" in said) == ("waits", True)
    server.answer = lambda address: None
    house.pass_time(hours=1)
    assert deliver(house, server) == 1
    house.pass_time(hours=71)
    assert a_seat(house).get(links_in(server)[-1]).status_code == 200
    with house.inbox.reading() as connection:
        assert outbox.fate(connection, f"invitation/{person.id}/")[0] == "sent"
        assert outbox.fate(connection, "invitation/99/") == ("", "")


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("kind", ["invitation", "reset"])
def test_a_letter_speaks_the_companys_language_and_names_the_board(
    house: House, server: MailServer, tag: str, kind: str
) -> None:
    toml = house.content / "acme" / "company.toml"
    toml.write_text(f'language = "{tag}"\n{toml.read_text()}')
    house.worker.copy_settings()
    person = invited(house)
    if kind == "reset":
        with house.inbox.writing() as connection:
            connection.execute(messages.delete())
            notices.ask_for_password(connection, person.login, "n" * 32, house.now)
    assert deliver(house, server) == 1
    ((_, mail),) = server.taken
    text, html = parts_of(mail)
    assert mail["Content-Language"] == tag
    assert "The board" in mail["Subject"]
    assert f'lang="{tag}"' in html
    assert "ida" in text
    assert not re.search(r"\{\w*\}", text)
    assert ("The link works once" in text) is (tag == "en")


def test_a_keeper_is_written_to_in_the_name_of_the_board_even_where_there_is_no_company(
    house: House, server: MailServer
) -> None:
    invited(house, "kay", "keeper", None)
    deliver(house, server)
    for slug in ("acme", "bolt"):
        (house.content / slug / "company.toml").unlink()
    house.worker.copy_settings()
    invited(house, "ken", "keeper", None)
    deliver(house, server)
    assert [mail["Subject"] for _, mail in server.taken] == [
        "You are invited to the desk of The board",
        "You are invited to the desk of Amends",
    ]


def test_who_is_only_invited_is_told_of_no_case(house: House, server: MailServer) -> None:
    invited(house)
    deliver(house, server)
    house.receive()
    assert deliver(house, server) == 0


# --- Forgotten ---


def test_whoever_asks_for_a_password_gets_the_same_answer_whether_or_not_the_login_exists(
    mailing: House, server: MailServer
) -> None:
    invited(mailing)
    deliver(mailing, server)
    mailing.at_the_desk()
    answers = [forget(mailing, login).answer for login in ("ida", "olga", "nobody")]
    pages = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers if answer}
    assert len(pages) == 1
    assert "If somebody has this login and an e-mail address, a link is on its way there." in pages.pop()
    assert deliver(mailing, server) == 1
    assert server.taken[-1][1]["To"] == "ida@acme.example"
    assert acts(mailing, "ida") == ["link for a password sent"]


def test_a_forgotten_password_is_chosen_anew_and_ends_all_sessions_but_asks_for_the_code_still(
    mailing: House, server: MailServer
) -> None:
    olga = mailing.at_the_desk()
    set_up(olga)
    with mailing.inbox.writing() as connection:
        people.reach(connection, "olga", "olga@acme.example")
    for _ in range(3):
        forget(mailing, "olga")
    assert deliver(mailing, server) == 1
    mailing.pass_time(hours=1)
    forget(mailing, "olga")
    assert deliver(mailing, server) == 1
    mailing.pass_time(minutes=-30)
    first, second = links_in(server)
    seat = a_seat(mailing)
    assert seat.submit(second, new=NEW_PASSWORD).status_code == 302
    assert seat.get(first).status_code == 410
    assert olga.get("/desk/").headers["Location"] == "/desk/sign-in"
    assert seat.submit("/desk/sign-in", login="olga", password=PASSWORD).status_code == 401
    assert seat.submit("/desk/sign-in", login="olga", password=NEW_PASSWORD).headers["Location"] == "/desk/code"


def test_whoever_chose_a_password_signs_in_there_while_others_storm_the_login(mailing: House) -> None:
    person = invited(mailing)
    with mailing.inbox.writing() as connection:
        made = tickets.make(connection, person, tickets.INVITATION, mailing.now)
    stranger, seat = a_seat(mailing), a_seat(mailing)
    seat.submit(f"/desk/choose/{made.token}", new=PASSWORD)
    tried = [stranger.submit("/desk/sign-in", login="ida", password="wrong horse").status_code for _ in range(6)]
    assert tried == [401] * 5 + [429]
    assert seat.submit("/desk/sign-in", login="ida", password=PASSWORD).status_code == 302


def test_one_network_asks_for_some_links_and_then_waits(mailing: House) -> None:
    seat = a_seat(mailing)
    seat.client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    answers = [seat.submit("/desk/forgot", login=f"login-{number}") for number in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1].headers["Retry-After"] == "360"


def test_a_board_that_sends_no_mail_says_so(house: House) -> None:
    assert "This board sends no mail." in a_seat(house).get("/desk/forgot").text
    assert a_seat(house).submit("/desk/forgot", page="/desk/sign-in", login="olga").status_code == 409
    with house.inbox.reading() as connection:
        assert connection.execute(select(messages.c.id)).first() is None


# --- The command line ---


def printed(output: str) -> str:
    found = re.fullmatch(r"http\S+(/desk/choose/\S+)\nThe link works once, until \S+Z\.\n", output)
    assert found, output
    return found[1]


def test_the_command_line_invites_and_prints_a_link_once(house: House) -> None:
    facts = ("ida", "Ida", "agent", "--company", "acme", "--email", "ida@acme.example")
    result = run(house, "staff", "invite", *facts)
    assert result.exit_code == 0, result.output
    with house.inbox.reading() as connection:
        (digest,) = connection.execute(select(ticket.c.digest)).scalars()
        assert digest == tickets._digest(printed(result.output).rpartition("/")[2])
        assert people.reachable(connection) == {"ida": "ida@acme.example"}
        entry = connection.execute(select(audit.c.login, audit.c.what, audit.c.about)).one()
    assert tuple(entry) == ("", "invited", "ida")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("invite", "olga", "Olga", "agent", "--company", "acme"), "there is a 'olga' already"),
        (("invite", "ida", "Ida", "keeper", "--company", "acme"), "a keeper belongs to no company"),
        (("invite", "ida", "Ida", "agent", "--company", "acme", "--email", "ida"), "'ida' is no address of mail"),
        (("invite", "ida", "Ida", "agent", "--company", "nobody"), "no company nobody in"),
        (("reset", "nobody"), "no nobody among the staff"),
        (("add", "ida", "--company", "acme", "--password", "iloveyou"), "one of the most common ones"),
    ],
)
def test_what_the_command_line_cannot_do_is_wrong_usage(house: House, arguments: tuple[str, ...], why: str) -> None:
    house.at_the_desk()
    result = run(house, "staff", *arguments)
    assert result.exit_code == 2, result.output
    assert why in " ".join(re.sub("[│╭╰─]", " ", result.output).split())


def test_whoever_lost_everything_gets_in_again_by_the_command_line(house: House) -> None:
    kim = house.at_the_desk("kim")
    result = run(house, "staff", "reset", "kim")
    assert kim.get("/desk/").headers["Location"] == "/desk/sign-in"
    with house.inbox.reading() as connection:
        person = people.with_login(connection, "kim")
        assert person
        assert not second_step.is_set(connection, person)
        assert sessions.of_person(connection, person, house.now) == []
        query = select(audit.c.what).where(audit.c.about == "kim")
        assert set(connection.execute(query).scalars()) == {
            "second step removed", "sessions ended", "link for a password sent",
        }  # fmt: skip
        (ends,) = connection.execute(select(ticket.c.ends)).scalars()
    house.now = ends
    seat = a_seat(house)
    assert seat.submit(printed(result.output), new=NEW_PASSWORD).status_code == 302
    assert seat.submit("/desk/sign-in", login="kim", password=NEW_PASSWORD).headers["Location"] == "/desk/"
    assert seat.get("/desk/").headers["Location"] == "/desk/account/second-step"
