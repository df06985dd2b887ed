"""What a company pastes into its pages."""

import os
from html import escape

import click

from amends import clock
from amends.board.edition import Edition
from amends.board.machines import badge
from amends.commands.common import failing, in_content, settings_of
from amends.intake.snippet import policy, script
from amends.record import load
from amends.settings import DEFAULT_URL


@click.command("snippet")
@click.argument("slug")
@click.option("--pinned", is_flag=True, help="Pin the script: the browser then runs these very bytes and no others.")
@click.option("--csp", is_flag=True, help="Print what the Content-Security-Policy of the pages has to allow instead.")
@in_content
def snippet_command(slug: str, content: str | None, *, pinned: bool, csp: bool) -> None:
    """Print what a company pastes into its pages."""
    settings = settings_of(content=content)
    with failing():
        record = load(settings.content)
    if slug not in {company.slug for company in record.companies}:
        names = ", ".join(company.slug for company in record.companies)
        raise click.UsageError(f"no company {slug}: there are {names or 'none'}")
    if "AMENDS_URL" not in os.environ and settings.url == DEFAULT_URL:
        click.echo("AMENDS_URL is not set: these lines lead to this machine.", err=True)
    if csp:
        click.echo(policy(settings.url, record.board.base_url))
        return
    edition = Edition(record, clock.system())
    words = edition.lang_of(record.company(slug)).gettext("Tell us what went wrong")
    click.echo(f'<a href="{settings.url}/{slug}/new" data-amends>{escape(words)}</a>')
    click.echo(script(settings.url, slug, pinned=pinned))
    click.echo(badge.embed(edition, slug))
