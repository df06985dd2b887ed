"""What a company pastes into its pages."""

import os
from html import escape
from urllib.parse import urlsplit

import click

from amends import clock
from amends.board.edition import Edition
from amends.board.machines import badge
from amends.commands.common import failing, in_content, settings_of
from amends.intake.widget import integrity, newest, own_widget
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


def script(url: str, slug: str, *, pinned: bool) -> str:
    """Return the element that loads the launcher of the service at that address."""
    launchers = own_widget().launchers
    number = newest(launchers)
    source, pin = f"{url}/w/v1.js", ""
    if pinned:
        source = f"{url}/w/{number}.js"
        # Without CORS a browser may not look at the bytes of another site's script, and refuses them.
        pin = f' integrity="{integrity(launchers[number].encode())}" crossorigin="anonymous"'
    return f'<script async src="{source}"{pin} data-company="{slug}"></script>'


def policy(url: str, board: str) -> str:
    """Return the header that allows what the lines load: scripts and answers of the service, a picture of the board."""
    parts = urlsplit(board)
    return f"Content-Security-Policy: script-src {url}; connect-src {url}; img-src {parts.scheme}://{parts.netloc}"
