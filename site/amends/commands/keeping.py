"""Commands that change the record."""

import sys
from pathlib import Path

import click

from amends.commands.common import failing, in_content, log_to_terminal, settings_of
from amends.imports import import_file
from amends.inbox import Inbox, StoreUnavailableError
from amends.publish import Publisher, Put
from amends.record import NotABoardError, load
from amends.scaffold import ScaffoldError, add_company, new_board


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
@in_content
def company_add(
    slug: str, name: str, url: str, origins: tuple[str, ...], reply_hours: int, content: str | None
) -> None:
    """Add a company under the address SLUG."""
    settings = settings_of(content=content)
    with failing(usage=(ScaffoldError,)):
        path = add_company(settings.content, slug, name, url, origins, reply_hours)
    click.echo(f"{path} is written. Next: amends staff add LOGIN --company {slug} --role admin")


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
