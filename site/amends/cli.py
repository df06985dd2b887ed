"""The command `amends`. Exit 0: done; 1: the work failed; 2: wrong usage."""

import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from amends import clock
from amends.board.edition import Edition
from amends.board.freeze import BuildError, build
from amends.board.machines import badge
from amends.board.search import NotBuiltError, SearchError
from amends.board.search import index as make_index
from amends.demo import run as run_demo
from amends.imports import import_file
from amends.inbox import Inbox, StoreUnavailableError, people
from amends.inbox.people import ROLES, PersonError
from amends.publish import Publisher, Put
from amends.record import NotABoardError, RecordError, is_slug, load
from amends.record.house import read_base_url
from amends.scaffold import ScaffoldError, add_company, new_board
from amends.serve import reserve
from amends.serve import serve as run_service
from amends.settings import DEFAULT_URL, Settings, SettingsError, read_settings
from amends.work import Worker

_content = click.option("--content", metavar="DIR", help="The record. Default: content.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="amends")
def main() -> None:
    """Feedback in, a public board out: each complaint stands next to the company's reply."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("alembic").setLevel(logging.WARNING)


@main.command("build")
@click.argument("content", required=False)
@click.option("--out", metavar="DIR", help="Where the board goes. Default: public.")
@click.option("--cache", metavar="DIR", help="Kept between builds; deleting it costs time. Default: .amends.")
@click.option("--now", "at", metavar="TIME", help="Build as of then, like 2026-11-02T09:14:05Z. Default: now.")
@click.option("--strict", is_flag=True, help="Swap nothing in while any file has a fault.")
@click.option("--base-url", metavar="URL", help="Where the board is served, instead of board.toml's.")
@click.option("--search", "with_search", is_flag=True, help="Make the search index too: see `amends index`.")
def build_command(
    content: str | None,
    out: str | None,
    cache: str | None,
    at: str | None,
    *,
    strict: bool,
    base_url: str | None,
    with_search: bool,
) -> None:
    """Build the board from the record in CONTENT."""
    settings = _settings(content=content, out=out, cache=cache)
    with _failing():
        built = build(
            *(settings.content, settings.out, settings.cache, _instant(at)),
            strict=strict,
            base_url=_base_url(base_url),
            with_search=with_search,
        )
    for fault in built.faults:
        click.echo(f"{settings.content / str(fault)}", err=True)
    for warning in built.warnings:
        click.echo(warning, err=True)
    if built.faults:
        click.echo("Files with faults are shown as they were last good, or as a placeholder.", err=True)
    summary = f"{built.cases} cases, {built.pages} files in {built.seconds:.1f} s: {settings.out}"
    click.echo(summary if not built.faults else f"{summary} ({len(built.faults)} faults)")


@main.command("index")
@click.argument("public", required=False)
@click.option("--cache", metavar="DIR", help="The build's. Default: .amends.")
def index_command(public: str | None, cache: str | None) -> None:
    """Make the search index of the board built in PUBLIC, with Pagefind; later builds keep it."""
    settings = _settings(out=public, cache=cache)
    with _failing():
        made = make_index(settings.out, settings.cache, clock.system())
    languages = ", ".join(made.languages) or "no language"
    click.echo(f"{settings.out / 'pagefind'}: {made.found} found on the pages, in {languages}")


@main.command()
@click.option("--port", type=click.IntRange(1024, 65000), default=8000, help="The first port to try.")
def demo(port: int) -> None:
    """Run a throw-away board with two example companies on this machine, until Ctrl-C."""
    with _failing():
        run_demo(port)


@main.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", default="Board", help="What the board is called.")
@click.option("--base-url", default="https://board.example/", help="Where the board will be served.")
@click.option("--service-url", help="Where the service will be: the board links to its form.")
def init_command(folder: Path, title: str, base_url: str, service_url: str | None) -> None:
    """Start a record of your own in FOLDER."""
    with _failing():
        new_board(folder, title, base_url, service_url)
    click.echo(f"{folder} is a board. Next: amends company add SLUG --name NAME --url URL --content {folder}")


@main.group()
def company() -> None:
    """Companies on the board."""


@company.command("add")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--url", required=True, help="The company's own site.")
@click.option("--origin", "origins", multiple=True, help="A site that may embed the widget, https://HOST.")
@click.option("--reply-hours", type=click.IntRange(1, 720), default=24, help="The promise to answer, in hours.")
@_content
def company_add(
    slug: str, name: str, url: str, origins: tuple[str, ...], reply_hours: int, content: str | None
) -> None:
    """Add a company under the address SLUG."""
    settings = _settings(content=content)
    with _failing():
        path = add_company(settings.content, slug, name, url, origins, reply_hours)
    click.echo(f"{path} is written. Next: amends staff add LOGIN --company {slug} --role admin")


@main.group()
def staff() -> None:
    """People at the desk."""


@staff.command("add")
@click.argument("login")
@click.option("--company", "slug", help="The company; a keeper has none.")
@click.option("--role", type=click.Choice(ROLES), default="agent", show_default=True, help="What they may do.")
@click.option("--name", help="How this person signs replies. Default: LOGIN.")
@click.option("--password", help="Default: a random one, printed once.")
@_content
def staff_add(
    login: str, slug: str | None, role: str, name: str | None, password: str | None, content: str | None
) -> None:
    """Let a person into the desk."""
    settings = _settings(content=content)
    chosen = password or secrets.token_urlsafe(12)
    if slug is not None and not (is_slug(slug) and (settings.content / slug / "company.toml").is_file()):
        raise click.UsageError(f"no company {slug} in {settings.content}: amends company add {slug}")
    with _failing(), _open(settings) as inbox, inbox.writing() as connection:
        people.add(connection, login, name or login, role, slug, chosen, clock.system())
    click.echo(f"login: {login}" + ("" if password else f"\npassword: {chosen}"))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes for requests.")
@click.option("--no-work", is_flag=True, help="Another `amends work` does what runs by the clock.")
def serve(host: str, port: int, workers: int, *, no_work: bool) -> None:
    """Run the service: intake, visitors' pages, the desk, and what runs by the clock."""
    settings = _settings()
    with _failing():
        reserved = reserve(host, port)
        said = f"Listening on {host}, port {port}. Desk: {settings.url}/desk/"
        run_service(settings, reserved, workers, work=not no_work, ready=lambda: click.echo(said))


@main.command()
def work() -> None:
    """Do what runs by the clock: publish, show deadlines, keep the ledger, rebuild the board."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = _settings()
    with _failing(), _open(settings) as inbox:
        load(settings.content)
        Worker(settings, inbox, clock.system).run(stop)


@main.command()
def migrate() -> None:
    """Bring the database up to this version; `serve` does it too."""
    with _failing(), _open(_settings()):
        click.echo("The database is up to date.")


@main.command()
@click.argument("content", required=False)
def check(content: str | None) -> None:
    """Look for faults in the record without building it."""
    settings = _settings(content=content)
    with _failing():
        record = load(settings.content)
    for fault in record.faults:
        click.echo(str(fault), err=True)
    if record.faults:
        sys.exit(1)
    click.echo(f"{sum(map(len, record.entries.values()))} cases, no fault.")


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--company", "slug", required=True, help="Whose cases these are.")
@click.option("--source", default="another channel", show_default=True, help="Where they come from, in words.")
@_content
def import_command(file: Path, slug: str, source: str, content: str | None) -> None:
    """Put conversations from FILE (JSON Lines) into the record; doing it twice adds nothing twice."""
    settings = _settings(content=content)
    with _failing():
        record = load(settings.content)
        if slug not in {company.slug for company in record.companies}:
            raise NotABoardError(f"{settings.content} has no company {slug}: amends company add {slug}")
        publisher = Publisher(settings.content, settings.locks, Inbox(settings.database))
        done = import_file(file, record.company(slug), source, publisher)
    for line, why in done.refused:
        click.echo(f"{file}:{line}: {why}", err=True)
    added, extended, present = (done.cases[put] for put in Put)
    click.echo(f"{added} added, {extended} extended, {present} there already, {len(done.refused)} lines refused")
    if done.refused:
        sys.exit(1)


@main.command()
@click.argument("slug")
@_content
def snippet(slug: str, content: str | None) -> None:
    """Print what a company pastes into its pages."""
    settings = _settings(content=content)
    with _failing():
        record = load(settings.content)
    if slug not in {company.slug for company in record.companies}:
        names = ", ".join(company.slug for company in record.companies)
        raise click.UsageError(f"no company {slug}: there are {names or 'none'}")
    if "AMENDS_URL" not in os.environ and settings.url == DEFAULT_URL:
        click.echo("AMENDS_URL is not set: these lines lead to this machine.", err=True)
    click.echo(f'<a href="{settings.url}/{slug}/new" data-amends>Tell us what went wrong</a>')
    click.echo(f'<script async src="{settings.url}/w/v1.js" data-company="{slug}"></script>')
    click.echo(badge.embed(Edition(record, clock.system()), slug))


def _settings(**given: str | None) -> Settings:
    try:
        return read_settings(os.environ, **given)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def _instant(text: str | None) -> datetime:
    if text is None and "SOURCE_DATE_EPOCH" in os.environ:
        return datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    try:
        return clock.parse(text) if text else clock.system()
    except ValueError as error:
        raise click.UsageError(f"--now is {text!r}; it should be a time like 2026-11-02T09:14:05Z") from error


def _base_url(text: str | None) -> str | None:
    try:
        return None if text is None else read_base_url(text)
    except ValueError as error:
        raise click.UsageError(f"--base-url is {text!r}; it should be {error}") from error


@contextmanager
def _open(settings: Settings) -> Iterator[Inbox]:
    inbox = Inbox(settings.database)
    try:
        inbox.migrate()
        yield inbox
    finally:
        inbox.close()


@contextmanager
def _failing() -> Iterator[None]:
    """Turn what can go wrong into a sentence and the right exit status."""
    try:
        yield
    except (NotABoardError, NotBuiltError, ScaffoldError, PersonError) as error:
        raise click.UsageError(str(error)) from error
    except RecordError as error:
        raise click.ClickException(f"the record has faults; the old board is as it was\n{error}") from error
    except (BuildError, SearchError, StoreUnavailableError, SettingsError, OSError) as error:
        raise click.ClickException(str(error)) from error
