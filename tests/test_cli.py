"""The command, and starting a record with it."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from amends.cli import main
from amends.inbox import Inbox, people
from tests.house import House

ADD = ("--name", "Acme", "--url", "https://acme.example/")


def run(house: House, *arguments: object) -> Result:
    environ = {"AMENDS_INSTANCE": str(house.settings.instance), "AMENDS_CONTENT": str(house.content)}
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environ)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("init", "CONTENT"), "is a board already"),
        (("company", "add", "acme", *ADD), "there is a company acme already"),
        (("company", "add", "desk", *ADD), "'desk' cannot be a company's address"),
        (("company", "add", "../away", *ADD), "'../away' cannot be a company's address"),
        (("company", "add", "new-one", "--name", "N", "--url", "no address"), "new-one/company.toml:"),
        (("company", "add", "new-one", *ADD, "--content", "NOWHERE"), "is no board"),
        (("staff", "add", "olga", "--company", "../away"), "no company ../away in"),
        (("snippet", "nobody"), "no company nobody: there are acme, bolt"),
    ],
)
def test_what_cannot_be_is_wrong_usage_and_nothing_is_written(
    house: House, arguments: tuple[str, ...], why: str
) -> None:
    before = files_of(house.content)
    places = {"CONTENT": str(house.content), "NOWHERE": str(house.folder / "nowhere")}
    result = run(house, *(places.get(argument, argument) for argument in arguments))
    assert result.exit_code == 2, result.output
    assert why in " ".join(re.sub("[│╭╰─]", " ", result.output).split())
    assert files_of(house.content) == before
    assert not (house.folder / "nowhere").exists()


def test_a_password_is_printed_only_where_it_was_made_up(house: House) -> None:
    given = run(house, "staff", "add", "olga", "--company", "acme", "--password", "chosen by herself")
    made = run(house, "staff", "add", "bo", "--company", "acme")
    assert given.exit_code == made.exit_code == 0
    assert "chosen by herself" not in given.output
    password = re.search(r"^password: (\S{12,})$", made.output, re.MULTILINE)
    assert password
    with house.inbox.reading() as connection:
        assert people.sign_in(connection, "bo", password[1])
        assert people.sign_in(connection, "olga", "chosen by herself")


def test_migrate_makes_the_tables(tmp_path: Path) -> None:
    environ = {"AMENDS_INSTANCE": str(tmp_path / "instance")}
    result = CliRunner().invoke(main, ["migrate"], env=environ)
    assert result.exit_code == 0
    inbox = Inbox(f"sqlite:///{tmp_path / 'instance' / 'amends.db'}")
    with inbox.reading() as connection:
        assert people.of_session(connection, "", House.now) is None
    inbox.close()
