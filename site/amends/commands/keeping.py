"""Commands that change the record."""

import sys
from pathlib import Path

import click

from amends.commands.common import failing, in_content, instant, log_to_terminal, settings_of
from amends.commands.staffing import invite
from amends.commands.store import FAILURES, opened
from amends.imports import import_file
from amends.inbox import Inbox, StoreUnavailableError, people
from amends.publish import CannotPublishError, Publisher, Put
from amends.publish.leaving import come_back, join, leave
from amends.publish.renaming import rename
from amends.record import NotABoardError, load
from amends.scaffold import ScaffoldError, add_company, new_board
from amends.settings import Settings
from amends.submission import wrong_address


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", default="Board", help="What the board is called.")
@click.option("--base-url", default="https://board.example/", help="Where the board will be served.")
@click.option("--service-url", help="Where the service will be: the board links to its form.")
def init_command(folder: Path, title: str, base_url: str, service_url: str | None) -> None:
    """Start a record of your own in FOLDER."""
    with failing(usage=(ScaffoldError,)):
        new_board(folder, title, base_url, service_url)
    click.echo(f"{folder} is a board. Next: amends company add SLUG --name NAME --url URL --content {folder}")


@click.group("company")
def company_command() -> None:
    """Companies on the board."""


@company_command.command("add")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--url", required=True, help="The company's own site.")
@click.option("--origin", "origins", multiple=True, help="A site that may embed the widget, https://HOST.")
@click.option("--reply-hours", type=click.IntRange(1, 720), default=24, help="The promise to answer, in hours.")
@click.option("--admin", metavar="E-MAIL", help="Let the first admin in, whose login is this address.")
@in_content
def company_add(
    slug: str,
    name: str,
    url: str,
    origins: tuple[str, ...],
    reply_hours: int,
    admin: str | None,
    content: str | None,
) -> None:
    """Add a company under the address SLUG. With --admin a link is printed with which a password is chosen."""
    settings = settings_of(content=content)
    if admin is not None:
        _check_login(settings, admin)
    with failing(usage=(ScaffoldError,)):
        path = add_company(settings.content, settings.locks, slug, name, url, origins, reply_hours)
    click.echo(
        f"{path} is written." + ("" if admin else f" Next: amends staff invite LOGIN NAME admin --company {slug}")
    )
    if admin is not None:
        invite(settings, admin, admin.partition("@")[0], "admin", slug, admin)


def _check_login(settings: Settings, login: str) -> None:
    """Say before anything is written that this address is none, or is the login of somebody else."""
    if wrong_address(login):
        raise click.UsageError(f"{login!r} is no address of mail")
    with failing(failure=FAILURES), opened(settings) as inbox, inbox.reading() as connection:
        if people.is_taken(connection, login):
            raise click.UsageError(f"there is a {login!r} already")


@company_command.command("leave")
@click.argument("slug")
@click.option("--now", metavar="TIME", help="When they left. Default: now.")
@in_content
def company_leave(slug: str, now: str | None, content: str | None) -> None:
    """Let a company leave: its record stays, its open cases stay open, and nothing new is taken in for it."""
    settings = settings_of(content=content)
    with failing(usage=(CannotPublishError,)):
        company = leave(settings.content, settings.locks, slug, instant(now).date())
    day = f" on {company.left}" if company.left else ""
    click.echo(f"{company.name} left the board{day}. Back: amends company return {slug}")


@company_command.command("return")
@click.argument("slug")
@in_content
def company_return(slug: str, content: str | None) -> None:
    """Let a company that left take part again."""
    settings = settings_of(content=content)
    with failing(usage=(CannotPublishError,)):
        company = come_back(settings.content, settings.locks, slug)
    click.echo(f"{company.name} takes part in the board.")


@company_command.command("join")
@click.argument("old")
@click.argument("new")
@click.option("--now", metavar="TIME", help="When they joined. Default: now.")
@in_content
def company_join(old: str, new: str, now: str | None, content: str | None) -> None:
    """Let the company OLD become part of NEW: it leaves, its record stays, and its pages lead to NEW."""
    settings = settings_of(content=content)
    with failing(usage=(CannotPublishError,)):
        join(settings.content, settings.locks, old, new, instant(now).date())
    click.echo(f"{old} left the board and is part of {new}. Back: amends company return {old}")


@company_command.command("rename")
@click.argument("old")
@click.argument("new")
@in_content
def company_rename(old: str, new: str, content: str | None) -> None:
    """Call the company OLD NEW: its old addresses lead to the new ones. If it was cut off, do it again."""
    settings = settings_of(content=content)
    with failing(usage=(CannotPublishError,), failure=FAILURES), opened(settings) as inbox:
        rename(settings.content, settings.locks, inbox, old, new)
    click.echo(f"{old} is called {new}; its old addresses lead there with the next build.")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--company", "slug", required=True, help="Whose cases these are.")
@click.option("--source", default="another channel", show_default=True, help="Where they come from, in words.")
@in_content
def import_command(file: Path, slug: str, source: str, content: str | None) -> None:
    """Put conversations from FILE (JSON Lines) into the record; doing it twice adds nothing twice."""
    log_to_terminal()
    settings = settings_of(content=content)
    with failing(failure=(StoreUnavailableError,)):
        record = load(settings.content)
        if slug not in {company.slug for company in record.companies}:
            raise NotABoardError(f"{settings.content} has no company {slug}: amends company add {slug}")
        inbox = Inbox(settings.database)
        inbox.migrate()
        publisher = Publisher(settings.content, settings.locks, inbox)
        done = import_file(file, record.company(slug), source, publisher)
    for line, why in done.refused:
        click.echo(f"{file}:{line}: {why}", err=True)
    added, extended, present = (done.cases[put] for put in Put)
    click.echo(f"{added} added, {extended} extended, {present} there already, {len(done.refused)} lines refused")
    if done.refused:
        sys.exit(1)
