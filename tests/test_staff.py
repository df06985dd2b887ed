"""The team's page: who is let in, as what, and for how long; and the audit trail, which nobody changes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Delete, Update, delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from amends.inbox import Inbox, audit, deeds, people, reports, team
from amends.inbox.audit import PAGE, Choice
from amends.inbox.people import Person
from amends.inbox.reports import Report
from amends.inbox.schema import assignment, staff
from amends.inbox.signing_tables import audit as trail
from tests.conftest import DATABASES, database_of
from tests.factories import NUMBER, START, make_inbox
from tests.house import PASSWORD, House, Seat
from tests.postal import MailServer
from tests.postroom import deliver
from tests.test_choosing import a_seat, links_in
from tests.test_second_step import acts, hire, set_up

ADA = {"login": "ada", "name": "Ada, orders", "email": "ada@bolt.example", "role": "agent"}


@pytest.fixture
def mailing(house: House, server: MailServer) -> House:
    """An installation that sends mail."""
    house.smtp = server.settings()
    house.open_service()
    return house


def person_of(house: House, login: str) -> Person:
    with house.inbox.reading() as connection:
        found = people.with_login(connection, login)
    assert found, login
    return found


def change(seat: Seat, login: str, what: str, **fields: str) -> TestResponse:
    return seat.submit(f"/desk/team/{person_of(seat.house, login).id}/{what}", page="/desk/team", **fields)


def invite(seat: Seat, **fields: str) -> TestResponse:
    return seat.submit("/desk/team", **{**ADA, **fields})


def on_the_page(seat: Seat) -> str:
    """Return the words of the team's page."""
    main = seat.get("/desk/team").text.split("<main", 1)[1]
    return " ".join(re.sub("<[^>]+>", " ", main).split()).replace(" ;", ";").replace(" ,", ",")


# --- Who leads a team ---


@pytest.mark.parametrize("role", ["agent", "moderator"])
def test_whoever_leads_no_team_sees_neither_team_nor_trail_and_changes_nothing(house: House, role: str) -> None:
    house.sign_in("bo")
    ida = hire(house, "ida", role, "bolt")
    assert "/desk/team" not in ida.get("/desk/").text
    assert (ida.get("/desk/team").status_code, ida.get("/desk/audit").status_code) == (403, 403)
    assert ida.submit("/desk/team", page="/desk/", **ADA).status_code == 403
    for what in ("role", "remove", "codes", "again"):
        address = f"/desk/team/{person_of(house, 'bo').id}/{what}"
        assert ida.submit(address, page="/desk/", role="agent").status_code == 403
    assert person_of(house, "bo").role == "admin"


def test_an_admin_sees_the_own_team_and_changes_nobody_elses(house: House) -> None:
    bo = house.sign_in("bo")
    house.sign_in("kim")
    house.sign_in("olga")
    assert "Bo admin" in on_the_page(bo)
    assert "Olga" not in on_the_page(bo)
    assert "Kim" not in on_the_page(bo)
    for login in ("olga", "kim"):
        for what in ("role", "remove", "codes", "again"):
            assert change(bo, login, what, role="agent").status_code == 404
    assert change(bo, "bo", "nonsense").status_code == 404
    assert bo.submit("/desk/team/999/remove", page="/desk/team").status_code == 404


def test_a_keeper_sees_all_teams_and_changes_the_keepers_alone(house: House) -> None:
    house.sign_in("olga")
    house.sign_in("bo")
    kim = house.sign_in("kim")
    for name in ("Keepers", "Kim keeper", "acme", "Olga moderator", "bolt", "Bo admin"):
        assert name in on_the_page(kim)
    assert change(kim, "olga", "remove").status_code == 404
    hire(house, "kay", "keeper", None)
    assert change(kim, "kay", "role", role="admin").status_code == 409
    assert person_of(house, "kay").role == "keeper"
    assert change(kim, "kay", "remove").status_code == 302
    assert "Kay" not in on_the_page(kim)


# --- Inviting ---


def test_who_an_admin_invites_joins_the_team_in_the_role_that_was_given(mailing: House, server: MailServer) -> None:
    bo = mailing.sign_in("bo")
    assert invite(bo, role="moderator").status_code == 302
    assert "Ada, orders moderator, login ada ada@bolt.example; the invitation has not left yet" in on_the_page(bo)
    assert deliver(mailing, server) == 1
    assert "ada@bolt.example; the invitation was sent" in on_the_page(bo)
    seat = a_seat(mailing)
    seat.submit(links_in(server)[0], new=PASSWORD)
    assert "ada@bolt.example; not signed in" in on_the_page(bo)
    seat.submit("/desk/sign-in", login="ada", password=PASSWORD)
    assert "ada@bolt.example; last seen 2 Nov 2026" in on_the_page(bo)
    ada = person_of(mailing, "ada")
    assert (ada.role, ada.company, ada.name) == ("moderator", "bolt", "Ada, orders")


def test_a_keeper_invites_keepers(mailing: House) -> None:
    kim = mailing.sign_in("kim")
    assert invite(kim, role="admin").status_code == 422
    assert invite(kim, role="keeper").status_code == 302
    assert person_of(mailing, "ada").is_keeper


def test_a_keeper_invites_the_first_admin_of_a_company_and_that_one_invites_all_others(
    mailing: House, server: MailServer
) -> None:
    mailing.sign_in("olga")
    kim = mailing.sign_in("kim")
    assert "/desk/team?role=admin/bolt#invite" in kim.get("/desk/companies").text
    chosen = '<option selected value="admin/bolt">the first admin of bolt</option>'
    assert chosen in kim.get("/desk/team?role=admin/bolt").text
    assert invite(kim, role="admin/bolt").status_code == 302
    ada = person_of(mailing, "ada")
    assert (ada.role, ada.company) == ("admin", "bolt")
    again = invite(kim, login="ida", role="admin/bolt")
    assert (again.status_code, "There is an admin of bolt already" in again.text) == (422, True)
    for role in ("admin", "agent", "moderator", "admin/nobody", "admin/", "agent/acme"):
        assert invite(kim, login="ida", role=role).status_code == 422
    assert "first admin of acme" in on_the_page(kim)
    assert "first admin of bolt" not in on_the_page(kim)
    assert "role=admin/bolt" not in kim.get("/desk/companies").text
    assert deliver(mailing, server) == 1
    a_seat(mailing).submit(links_in(server)[0], new=PASSWORD)
    assert person_of(mailing, "ada").company == "bolt"
    assert acts(mailing, "kim")[1:] == ["invited"]


def test_a_keeper_sends_the_invitation_of_a_first_admin_again_and_that_of_nobody_else(
    mailing: House, server: MailServer
) -> None:
    kim, ann = mailing.sign_in("kim"), mailing.sign_in("ann")
    invite(kim, role="admin/bolt")
    invite(ann, login="ida", role="admin")
    assert deliver(mailing, server) == 2
    mailing.pass_time(minutes=1)
    assert "Send the invitation again to Ada, orders" in on_the_page(kim)
    assert change(kim, "ada", "again").status_code == 302
    assert deliver(mailing, server) == 1
    for what in ("remove", "role", "codes"):
        assert change(kim, "ada", what, role="agent").status_code == 404
    assert change(kim, "ida", "again").status_code == 404
    assert change(ann, "ada", "again").status_code == 404
    a_seat(mailing).submit(links_in(server)[-1], new=PASSWORD)
    assert change(kim, "ada", "again").status_code == 404


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"login": "bo"}, "Somebody has this login already"),
        ({"login": "a da"}, "A login has no spaces."),
        ({"login": ""}, "Please choose a login."),
        ({"name": ""}, "Please give a name."),
        ({"email": ""}, "Please give the address"),
        ({"email": "ada"}, "This is no e-mail address."),
        ({"role": "keeper"}, "Not a valid choice"),
        ({"role": "admin/acme"}, "Not a valid choice"),
    ],
)
def test_who_cannot_be_invited_is_not_and_the_words_stay(mailing: House, fields: dict[str, str], why: str) -> None:
    bo = mailing.sign_in("bo")
    answer = invite(bo, **fields)
    assert (answer.status_code, why in answer.text) == (422, True)
    assert 'value="Ada, orders"' in answer.text or not fields.get("name", "Ada")
    assert "ada@bolt.example" not in on_the_page(bo)


def test_while_the_server_for_mail_is_down_the_page_says_so_and_the_invitation_stays(
    mailing: House, server: MailServer
) -> None:
    bo = mailing.sign_in("bo")
    invite(bo)
    server.answer = lambda address: "451 4.3.0 not now"
    deliver(mailing, server)
    assert "the server for mail does not take it, and it is tried again by itself" in on_the_page(bo)
    server.answer = lambda address: "550 5.1.1 no such address"
    mailing.pass_time(minutes=5)
    deliver(mailing, server)
    assert "the invitation could not be delivered" in on_the_page(bo)
    server.answer = lambda address: None
    assert change(bo, "ada", "again").status_code == 302
    assert deliver(mailing, server) == 1
    assert "the invitation was sent" in on_the_page(bo)
    a_seat(mailing).submit(links_in(server)[-1], new=PASSWORD)
    answer = change(bo, "ada", "again")
    assert (answer.status_code, "has chosen a password already" in answer.text) == (409, True)


def test_an_invitation_that_was_overtaken_is_not_sent(mailing: House, server: MailServer) -> None:
    bo = mailing.sign_in("bo")
    invite(bo)
    change(bo, "ada", "remove")
    assert deliver(mailing, server) == 0
    invite(bo, login="ida")
    with mailing.inbox.writing() as connection:
        people.choose_password(connection, person_of(mailing, "ida"), PASSWORD)
    assert deliver(mailing, server) == 0


def test_without_mail_the_page_says_how_people_are_invited(house: House) -> None:
    bo = house.sign_in("bo")
    assert "amends staff invite LOGIN NAME ROLE" in on_the_page(bo)
    assert bo.submit("/desk/team", page="/desk/account", **ADA).status_code == 409
    with pytest.raises(AssertionError):
        person_of(house, "ada")


# --- Roles, and the end of them ---


def test_another_role_counts_at_once(house: House) -> None:
    bo, ida = house.sign_in("bo"), hire(house, "ida", "agent", "bolt")
    assert change(bo, "ida", "role", role="admin").status_code == 302
    assert ida.get("/desk/").headers["Location"] == "/desk/account/second-step"
    set_up(ida)
    assert ida.get("/desk/team").status_code == 200
    assert change(ida, "bo", "role", role="agent").status_code == 302
    assert bo.get("/desk/team").status_code == 403
    for nonsense in ("keeper", "boss", ""):
        change(ida, "bo", "role", role=nonsense)
        assert person_of(house, "bo").role == "agent"


def test_who_is_removed_is_out_at_once_and_what_they_did_keeps_their_name(house: House) -> None:
    number = house.receive("bolt")
    bo, ida = house.sign_in("bo"), hire(house, "ida", "agent", "bolt")
    ida.decide(number, "note", company="bolt", text="I called them.")
    ida.decide(number, "publish", company="bolt", topic="delivery")
    theirs = person_of(house, "ida").id
    ida.submit(f"/desk/bolt/{number}/assign", page=f"/desk/bolt/{number}", to=str(theirs))
    assert change(bo, "ida", "remove").status_code == 302
    assert ida.get("/desk/").headers["Location"] == "/desk/sign-in"
    assert house.sign_in("ida").get("/desk/").status_code == 302
    assert "Ida" not in on_the_page(bo)
    with house.inbox.reading() as connection:
        assert [deed.staff for deed in deeds.of_case(connection, number, "bolt")] == [theirs]
        assert [note.name for note in team.notes(connection, "bolt", number)] == ["Ida"]
        assert theirs not in team.colleagues(connection, "bolt")
        assert connection.execute(select(assignment.c.staff)).first() is None
        row = connection.execute(select(staff.c.password, staff.c.email).where(staff.c.id == theirs)).one()
    assert tuple(row) == ("", None)


@pytest.mark.parametrize(
    ("login", "what", "why"),
    [
        ("bo", "remove", "Bo is the last admin of bolt."),
        ("bo", "role", "Bo is the last admin of bolt."),
        ("kim", "remove", "Kim is the last keeper."),
    ],
)
def test_the_last_who_leads_stays_until_somebody_else_can(house: House, login: str, what: str, why: str) -> None:
    seat = house.sign_in(login)
    leader = person_of(house, login)
    with house.inbox.writing() as connection:
        people.invite(connection, "new", "New", leader.role, leader.company, house.now)
        people.add(connection, "other", "Other", "admin", "acme", PASSWORD, house.now)
    answer = change(seat, login, what, role="agent")
    assert (answer.status_code, why in answer.text) == (409, True)
    assert person_of(house, login).role == leader.role
    with house.inbox.writing() as connection:
        people.choose_password(connection, person_of(house, "new"), PASSWORD)
    assert change(seat, login, what, role="agent").headers["Location"] == "/desk/"


def test_an_admin_takes_lost_codes_away_from_agents_and_from_nobody_who_leads(house: House) -> None:
    bo, ida = house.sign_in("bo"), hire(house, "ida", "moderator", "bolt")
    set_up(ida)
    hire(house, "ada", "admin", "bolt")
    assert change(bo, "ida", "codes").status_code == 302
    assert ida.get("/desk/").headers["Location"] == "/desk/sign-in"
    assert house.sign_in("ida").get("/desk/").status_code == 200
    answer = change(bo, "ada", "codes")
    assert (answer.status_code, "amends staff reset LOGIN" in answer.text) == (409, True)


# --- The audit trail ---


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return database_of(request)


@pytest.fixture
def inbox(tmp_path: Path, database: str) -> Iterator[Inbox]:
    opened = make_inbox(tmp_path, database)
    yield opened
    opened.close()


@pytest.mark.parametrize("changing", [update(trail).values(what="nothing"), delete(trail)], ids=["update", "delete"])
def test_no_row_of_the_trail_can_be_changed_or_deleted(inbox: Inbox, changing: Update | Delete) -> None:
    with inbox.writing() as connection:
        audit.note(connection, START, None, "invited", "olga")
    with pytest.raises(DBAPIError, match="the audit trail is never changed"), inbox.writing() as connection:
        connection.execute(changing)
    with inbox.reading() as connection:
        assert connection.execute(select(trail.c.what)).scalars().all() == ["invited"]


def noted(connection: Connection, login: str, company: str | None, times: int, days: int = 0) -> Person:
    person = people.invite(connection, login, login, "agent" if company else "keeper", company, START)
    for number in range(times):
        audit.note(connection, START + timedelta(days=days, seconds=number), person, "decided: reply", NUMBER)
    return person


def test_entries_are_of_one_company_one_person_and_one_day_and_fifty_a_page(inbox: Inbox) -> None:
    with inbox.writing() as connection:
        noted(connection, "olga", "acme", 60)
        noted(connection, "max", "acme", 3, days=1)
        noted(connection, "bo", "bolt", 2)
        noted(connection, "kim", None, 1)

        def found(**asked: object) -> list[str]:
            return [entry.login for entry in audit.entries(connection, Choice(**asked))]  # type: ignore[arg-type]

        assert PAGE == 50
        assert found() == ["kim", "bo", "bo", "max", "max", "max", *["olga"] * 45]
        assert found(page=2) == ["olga"] * 16
        assert found(page=3) == []
        assert found(companies=("bolt",)) == ["bo"] * 2
        assert found(companies=("acme",), login="bo") == []
        assert found(companies=("acme", "bolt"), page=2) == ["olga"] * 15
        assert found(companies=()) == []
        assert found(companies=("acme",), login="olga", page=2) == ["olga"] * 10
        assert found(day=(START + timedelta(days=1)).date()) == ["max"] * 3
        assert found(day=(START - timedelta(days=1)).date()) == []
        assert audit.logins(connection, ("acme",)) == ["max", "olga"]
        assert audit.logins(connection, None) == ["bo", "kim", "max", "olga"]


def test_decisions_and_what_is_undone_stand_in_the_trail_without_a_word_of_anybody(house: House) -> None:
    number = house.receive("bolt", text="Canary of the customer.")
    bo = house.sign_in("bo")
    bo.decide(number, "reply", company="bolt", name="Bo", text="Canary of ours.", topic="delivery", do="send")
    page = bo.get(f"/desk/bolt/{number}").text
    found = re.search(r'name="deed" value="(\d+)"', page)
    assert found
    bo.decide(number, "undo", company="bolt", deed=found[1])
    bo.decide(number, "ask", company="bolt", reason="spam", why="Canary of a reason.")
    assert acts(house, "bo") == ["signed in", "decided: reply", "undone: reply", "decided: ask"]
    text = bo.get("/desk/audit").text
    assert text.count(number) >= 3
    with house.inbox.reading() as connection:
        stored = str(connection.execute(select(trail)).all())
    assert "Canary" not in stored
    assert "Canary" not in text.split("<main", 1)[1]


def test_what_is_changed_for_everybody_stands_in_the_trail(house: House) -> None:
    bo, kim = house.sign_in("bo"), house.sign_in("kim")
    bo.submit("/desk/templates", name="Thanks", language="en", text="Canary of a template.")
    (found,) = re.findall(r'name="remove" value="(\d+)"', bo.get("/desk/templates").text)
    bo.submit("/desk/templates", remove=found)
    assert acts(house, "bo")[1:] == ["templates changed", "templates changed"]
    with house.inbox.writing() as connection:
        reports.add(connection, Report("bolt", NUMBER, "other", "Words.", "", house.now), "k" * 32)
    kim.submit("/desk/reports", report="1", why="Canary of a decision.")
    kim.submit("/desk/reports", page="/desk/account", report="1", why="Once more.")
    assert acts(house, "kim")[1:] == ["report closed"]


def test_failures_stand_in_the_trail_and_no_login_that_nobody_has(house: House) -> None:
    bo = house.sign_in("bo")
    for login in ("bo", "nobody", PASSWORD):
        a_seat(house).submit("/desk/sign-in", login=login, password="wrong horse")
    assert acts(house, "bo") == ["signed in", "sign-in failed"]
    with house.inbox.reading() as connection:
        assert len(connection.execute(select(trail.c.id)).all()) == 2
    assert "sign-in failed" in bo.get("/desk/audit").text


def test_an_admin_reads_the_trail_of_the_own_company_and_a_keeper_that_of_all(house: House) -> None:
    house.sign_in("olga")
    bo, kim = house.sign_in("bo"), house.sign_in("kim")

    def rows(seat: Seat, query: str = "") -> list[str]:
        return re.findall(r"<b><bdi>(.*?)</bdi></b>", seat.get(f"/desk/audit{query}").text.split("<main", 1)[1])

    assert rows(bo) == ["bo"]
    assert rows(bo, "?who=olga") == []
    assert rows(kim) == ["kim", "bo", "olga"]
    assert rows(kim, "?who=olga") == ["olga"]
    assert rows(kim, "?day=2026-11-02") == ["kim", "bo", "olga"]
    assert rows(kim, "?day=2026-11-03") == []
    for nonsense in ("?day=x", "?page=0", "?page=-1", "?page=x", "?page=99999999999", "?who="):
        assert rows(kim, nonsense) == ["kim", "bo", "olga"]


def test_pages_of_the_trail_lead_on_to_each_other_with_what_was_chosen(house: House) -> None:
    kim = house.sign_in("kim")
    with house.inbox.writing() as connection:
        connection.execute(insert(trail), [{"at": house.now, "login": "olga", "what": "x", "about": ""}] * 120)
    first = kim.get("/desk/audit?who=olga&day=2026-11-02").text
    assert 'href="/desk/audit?who=olga&amp;day=2026-11-02&amp;page=2">Earlier ones' in first
    assert "Later ones" not in first
    last = kim.get("/desk/audit?who=olga&day=2026-11-02&page=3").text
    assert (last.count("<b><bdi>olga"), "Earlier ones" in last, "Later ones" in last) == (20, False, True)


def test_who_leads_reads_what_the_command_line_did_to_the_team(house: House) -> None:
    with house.inbox.writing() as connection:
        noted(connection, "ada", "bolt", 0)
        audit.note(connection, house.now, None, "invited", "ada")
        audit.note(connection, house.now, None, "invited", "nobody")
    page = house.sign_in("bo").get("/desk/audit").text
    assert (page.count("command line"), "nobody" in page.split("<ol", 1)[1]) == (1, False)
