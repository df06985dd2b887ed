"""The commands about people at the desk."""

import secrets

import click

from amends import clock
from amends.commands.common import failing, in_content, settings_of
from amends.commands.store import FAILURES, check_company, opened
from amends.inbox import audit, people, second_step, sessions, tickets
from amends.inbox.audit import Act
from amends.inbox.passwords import PasswordError
from amends.inbox.people import ROLES, PersonError
from amends.inbox.tickets import Ticket
from amends.settings import Settings
from amends.submission import wrong_address


@click.group("staff")
def staff_command() -> None:
    """People at the desk."""


@staff_command.command("add")
@click.argument("login")
@click.option("--company", "slug", help="The company; a keeper has none.")
@click.option("--role", type=click.Choice(ROLES), default="agent", show_default=True, help="What they may do.")
@click.option("--name", help="How this person signs replies. Default: LOGIN.")
@click.option("--password", help="Default: a random one, printed once.")
@in_content
def staff_add(
    login: str, slug: str | None, role: str, name: str | None, password: str | None, content: str | None
) -> None:
    """Let a person into the desk."""
    settings = settings_of(content=content)
    chosen = password or secrets.token_urlsafe(12)
    if slug is not None:
        check_company(settings, slug)
    with (
        failing(usage=(PersonError, PasswordError), failure=FAILURES),
        opened(settings) as inbox,
        inbox.writing() as connection,
    ):
        now = clock.system()
        people.add(connection, login, name or login, role, slug, chosen, now)
        audit.note(connection, now, None, Act.INVITED, login)
    click.echo(f"login: {login}" + ("" if password else f"\npassword: {chosen}"))


@staff_command.command("address")
@click.argument("login")
@click.argument("email", metavar="[E-MAIL]", required=False)
@click.option("--remove", is_flag=True, help="Tell this person nothing by mail any more.")
def staff_address(login: str, email: str | None, *, remove: bool) -> None:
    """Say at which address LOGIN is told of the company's cases, or show it."""
    if email is not None and (remove or not email or wrong_address(email)):
        raise click.UsageError("give an address, or --remove" if remove else f"{email!r} is no address of mail")
    with failing(failure=FAILURES), opened(settings_of()) as inbox, inbox.writing() as connection:
        known = people.reachable(connection)
        if login not in known:
            raise click.UsageError(f"no {login} among the staff of a company; there are {', '.join(known) or 'none'}")
        if email or remove:
            people.reach(connection, login, email)
            known[login] = email
    address = known[login]
    click.echo(f"{login} is told of new cases at {address}" if address else f"{login} is told nothing by mail")


@staff_command.command("invite")
@click.argument("login")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--company", "slug", help="The company; a keeper has none.")
@click.option("--email", metavar="E-MAIL", help="Where this person is told of cases, and gets a new password.")
@in_content
def staff_invite(login: str, name: str, role: str, slug: str | None, email: str | None, content: str | None) -> None:
    """Add NAME, who chooses a password with the link that is printed, once."""
    settings = settings_of(content=content)
    if email is not None and (not email or wrong_address(email)):
        raise click.UsageError(f"{email!r} is no address of mail")
    if slug is not None:
        check_company(settings, slug)
    invite(settings, login, name, role, slug, email)


@staff_command.command("reset")
@click.argument("login")
def staff_reset(login: str) -> None:
    """Let LOGIN choose another password with the link that is printed, and set up codes anew; end all sessions."""
    settings, now = settings_of(), clock.system()
    with failing(failure=FAILURES), opened(settings) as inbox, inbox.writing() as connection:
        person = people.with_login(connection, login)
        if person is None:
            raise click.UsageError(f"no {login} among the staff")
        second_step.remove(connection, person)
        sessions.end_all(connection, person)
        ticket = tickets.make(connection, person, tickets.RESET, now)
        for act in (Act.STEP_REMOVED, Act.ENDED, Act.RESET_SENT):
            audit.note(connection, now, None, act, login)
    _print(settings, ticket)


def invite(settings: Settings, login: str, name: str, role: str, slug: str | None, email: str | None) -> None:
    """Add somebody who is still to choose a password, and print the link for that."""
    now = clock.system()
    with failing(usage=(PersonError,), failure=FAILURES), opened(settings) as inbox, inbox.writing() as connection:
        person = people.invite(connection, login, name, role, slug, now)
        people.reach(connection, login, email)
        ticket = tickets.make(connection, person, tickets.INVITATION, now)
        audit.note(connection, now, None, Act.INVITED, login)
    _print(settings, ticket)


def _print(settings: Settings, ticket: Ticket) -> None:
    click.echo(f"{settings.url}/desk/choose/{ticket.token}\nThe link works once, until {clock.stamp(ticket.ends)}.")
