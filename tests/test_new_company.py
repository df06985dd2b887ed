"""Adding a company, at the desk and on the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from amends.cli import main
from amends.inbox import people
from amends.inbox.schema import staff
from amends.record import read_company
from tests.house import House, Seat
from tests.postal import MailServer
from tests.postroom import deliver
from tests.test_choosing import a_seat, links_in
from tests.test_second_step import acts
from tests.test_settings_desk import wrong

NEW = {"slug": "cogs", "company": "Cogs", "url": "https://cogs.example/", "origins": "https://cogs.example\n"}
ADMIN = {"login": "ada", "name": "Ada", "email": "ada@cogs.example"}


@pytest.fixture
def kim(house: House) -> Seat:
    return house.at_the_desk("kim")


@pytest.fixture
def mailing(house: House, server: MailServer) -> House:
    """An installation that sends mail."""
    house.smtp = server.settings()
    house.open_service()
    return house


def file_of(house: House, slug: str = "cogs") -> Path:
    return house.content / slug / "company.toml"


def test_a_keeper_adds_a_company_that_takes_feedback_at_once(house: House, kim: Seat) -> None:
    assert kim.submit("/desk/companies", **NEW).status_code == 302
    company = read_company(file_of(house).read_text(), "cogs", "")
    assert (company.name, company.url, company.origins) == ("Cogs", "https://cogs.example/", ("https://cogs.example",))
    page = kim.get("/desk/companies").text
    assert "<bdi>Cogs</bdi>" in page
    assert "amends staff invite LOGIN NAME admin --company cogs" in page
    assert kim.get("/desk/cogs/settings").status_code == 200
    house.worker.turn()
    house.receive("cogs")


def test_its_first_admin_is_invited_by_mail(mailing: House, server: MailServer) -> None:
    kim = mailing.at_the_desk("kim")
    assert kim.submit("/desk/companies", **NEW, **ADMIN).status_code == 302
    mailing.worker.turn()
    deliver(mailing, server)
    (link,) = links_in(server)
    assert a_seat(mailing).get(link).status_code == 200
    with mailing.inbox.reading() as connection:
        ada = people.with_login(connection, "ada")
    assert ada
    assert (ada.role, ada.company, ada.name) == ("admin", "cogs", "Ada")
    assert "--company cogs" not in kim.get("/desk/companies").text


@pytest.mark.parametrize(
    ("fields", "key", "said"),
    [
        ({"slug": ""}, "slug", "Please choose the address."),
        ({"slug": "desk"}, "slug", "'desk' cannot be a company's address"),
        ({"slug": "../cogs"}, "slug", "cannot be a company's address"),
        ({"slug": "Cogs"}, "slug", "cannot be a company's address"),
        ({"slug": "acme"}, "slug", "there is a company acme already"),
        ({"company": " "}, "company", "Please give the name."),
        ({"url": "cogs.example"}, "url", "expected an http or https address"),
        ({"origins": "https://cogs.example/shop"}, "origins", "expected origins like https://acme.example"),
        ({"login": "kim"}, "login", "Somebody has this login already"),
        ({"email": "ada"}, "email", "This is no e-mail address."),
    ],
    ids=str,
)
def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_written(
    mailing: House, fields: dict[str, str], key: str, said: str
) -> None:
    before = sorted(mailing.content.rglob("*"))
    answer = mailing.at_the_desk("kim").submit("/desk/companies", **{**NEW, **ADMIN, **fields})
    assert answer.status_code == 422
    assert list(wrong(answer)) == [key]
    assert said in wrong(answer)[key].replace("&#39;", "'")
    assert sorted(mailing.content.rglob("*")) == before
    with mailing.inbox.reading() as connection:
        assert connection.execute(select(staff.c.id).where(staff.c.login == "ada")).first() is None


@pytest.mark.parametrize("login", ["max", "olga", "bo"])
def test_nobody_else_sees_or_adds_companies(house: House, login: str) -> None:
    seat = house.at_the_desk(login)
    assert seat.get("/desk/companies").status_code == 403
    assert seat.submit("/desk/companies", page="/desk/keys", **NEW).status_code == 403
    assert not file_of(house).exists()


def test_it_is_in_the_audit_trail(house: House, kim: Seat) -> None:
    kim.submit("/desk/companies", **NEW)
    assert "company added" in acts(house, "kim")


# --- On the command line ---


def add(house: House, *more: str, slug: str = "cogs") -> Result:
    line = ["company", "add", slug, "--name", "Cogs", "--url", "https://cogs.example/", "--content", str(house.content)]
    return CliRunner().invoke(main, [*line, *more], env={"AMENDS_INSTANCE": str(house.settings.instance)})


def test_the_command_adds_a_company_and_says_how_its_admin_gets_in(house: House) -> None:
    result = add(house)
    assert result.exit_code == 0, result.output
    assert "Next: amends staff invite LOGIN NAME admin --company cogs" in result.output
    assert file_of(house).exists()


def test_the_command_prints_the_link_of_the_first_admin(house: House) -> None:
    result = add(house, "--admin", "ada@cogs.example")
    assert "/desk/choose/" in result.output
    with house.inbox.reading() as connection:
        ada = people.with_login(connection, "ada@cogs.example")
    assert ada
    assert (ada.role, ada.company, ada.name) == ("admin", "cogs", "ada")


@pytest.mark.parametrize(
    ("slug", "admin", "said"),
    [
        ("acme", "", "there is a company acme already"),
        ("cogs", "ada", "no address"),
        ("cogs", "a@b.example", "already"),
    ],
)
def test_the_command_writes_nothing_where_slug_or_admin_do_not_do(
    house: House, slug: str, admin: str, said: str
) -> None:
    with house.inbox.writing() as connection:
        people.invite(connection, "a@b.example", "A", "agent", "acme", house.now)
    before = file_of(house, "acme").read_text()
    result = add(house, *(["--admin", admin] if admin else []), slug=slug)
    assert result.exit_code == 2
    assert said in result.output
    assert not file_of(house).exists()
    assert file_of(house, "acme").read_text() == before
