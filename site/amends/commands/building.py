"""Commands that make the board of a record, or look at either."""

import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from amends import clock
from amends.commands.bar import Bar
from amends.commands.common import base_url_of, failing, instant, settings_of
from amends.generator import reporting
from amends.generator.build import BuildError, Built, build
from amends.generator.cleaning import NotOursError, clean
from amends.generator.order import unwatched
from amends.generator.reporting import Format, counted, fault_line, shown, warning_line
from amends.generator.search import NotBuiltError, SearchError
from amends.generator.search import index as make_index
from amends.record import Fault, Record, RecordError, load
from amends.record.lint import BoardOrNone, lint

RECENT = timedelta(days=7)
"""Of how old replies `check` says by itself what the coach advises: each costs some milliseconds to read."""

_FAILURES = (BuildError, SearchError)

_content = click.argument("content", required=False)
_cache = click.option("--cache", metavar="DIR", help="Kept between builds; deleting it costs time. Default: .amends.")
_form = click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Format]),
    default=Format.TEXT.value,
    callback=lambda _, __, value: Format(value),
    show_default=True,
    help="How faults and warnings are told: in lines for a person, or as GitHub's annotations.",
)
_at = click.option("--now", "at", metavar="TIME", help="As of then, like 2026-11-02T09:14:05Z. Default: now.")


@click.command("build")
@_content
@click.option("--out", metavar="DIR", help="Where the board goes. Default: public.")
@_cache
@_at
@click.option("--strict", is_flag=True, help="Swap nothing in while any file has a fault.")
@click.option("--base-url", metavar="URL", help="Where the board is served, instead of board.toml's.")
@click.option("--search", "with_search", is_flag=True, help="Make the search index too: see `amends index`.")
@click.option("--changed", metavar="FILE", multiple=True, help="Look at this file of the record only; several may be.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes. Default: one for each processor.")
@click.option("--compress", is_flag=True, help="Write each file of text as .gz and .br beside itself, too.")
@click.option("--quiet", is_flag=True, help="Print faults and failures only.")
@click.option("--verbose", is_flag=True, help="Print where the time went, and when the board changes by itself.")
@_form
def build_command(
    content: str | None,
    out: str | None,
    cache: str | None,
    at: str | None,
    *,
    strict: bool,
    base_url: str | None,
    with_search: bool,
    changed: tuple[str, ...],
    jobs: int | None,
    compress: bool,
    quiet: bool,
    verbose: bool,
    form: Format,
) -> None:
    """Build the board from the record in CONTENT."""
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
    settings = settings_of(content=content, out=out, cache=cache)
    options: dict[str, Any] = {
        "strict": strict,
        "base_url": base_url_of(base_url),
        "with_search": with_search,
        "compress": compress,
        "changed": _within(settings.content, changed),
        "jobs": jobs,
        "watch": unwatched if quiet else Bar(),
    }
    with failing(usage=(NotBuiltError,), failure=_FAILURES):
        try:
            built = build(settings.content, settings.out, settings.cache, instant(at), **options)
        except RecordError as error:
            _tell_faults(error.faults, settings.content, form)
            told = counted(len(error.faults), "fault")
            raise click.ClickException(f"{told} in the record; nothing was built") from error
    _tell_faults(built.faults, settings.content, form)
    if not quiet:
        _tell_rest(built, settings.out, form, verbose=verbose)


def _within(content: Path, files: Iterable[str]) -> list[Path] | None:
    """Return the files of the record to look at, None for all; there or not, they are in its folder."""
    # A link stands in the record, wherever it leads.
    found = [Path(file).parent.resolve() / Path(file).name for file in files]
    for file in found:
        if not file.is_relative_to(content.resolve()):
            raise click.UsageError(f"--changed is {shown(file)}; it should be a file in {shown(content)}")
    return found or None


def _tell_faults(faults: Iterable[Fault], content: Path, form: Format, level: str = "error") -> None:
    # GitHub reads what a command prints for it from the standard output.
    for fault in faults:
        click.echo(fault_line(fault, content, form, level), err=form is Format.TEXT)


def _tell_rest(built: Built, out: Path, form: Format, *, verbose: bool) -> None:
    for warning in built.warnings:
        click.echo(warning_line(warning, form), err=form is Format.TEXT)
    if built.instead:
        click.echo("In place of files with faults:", err=True)
        for line in reporting.table(built.instead):
            click.echo(line, err=True)
    if verbose:
        for line in reporting.details(built):
            click.echo(line)
    click.echo(reporting.summary(built, out))


@click.command("check")
@_content
@_at
@_form
@click.option(
    "--coach/--no-coach",
    "coached",
    default=None,
    help="Advise about every reply, or about none. Default: those of the last seven days.",
)
def check_command(content: str | None, at: str | None, form: Format, *, coached: bool | None) -> None:
    """Look for faults in the record without building it."""
    settings = settings_of(content=content)
    started, now = time.perf_counter(), instant(at)
    with failing():
        record = load(settings.content, BoardOrNone())
        warnings = lint(record, settings.content, now)
    _tell_faults(record.faults, settings.content, form)
    _tell_faults(warnings, settings.content, form, "warning")
    if coached is not False:
        since = datetime.min.replace(tzinfo=UTC) if coached else now - RECENT
        with failing():
            _advise(record, settings.content, since, now, form)
    cases = counted(sum(map(len, record.entries.values())), "case")
    companies = f"{len(record.companies):,} compan{'y' if len(record.companies) == 1 else 'ies'}"
    wrong = f"{counted(len(record.faults), 'fault') if record.faults else 'no fault'}"
    wrong += f", {counted(len(warnings), 'warning')}" if warnings else ""
    click.echo(f"{shown(settings.content)}: {cases} of {companies}, {wrong}, in {time.perf_counter() - started:.1f} s")
    if record.faults:
        sys.exit(1)


def _advise(record: Record, content: Path, since: datetime, now: datetime, form: Format) -> None:
    from amends.coach.written import of_record  # noqa: PLC0415 - Babel, and the finder of personal data: 0.1 s
    from amends.language import language  # noqa: PLC0415 - the same

    english = language("en")
    for one in of_record(record, content, since, now):
        told = one.finding.said(english) + (f" ({one.words})" if one.words else "")
        click.echo(reporting.advice_line(content / one.path, one.line, told, form), err=form is Format.TEXT)


@click.command("index")
@click.argument("public", required=False)
@click.option("--cache", metavar="DIR", help="The build's. Default: .amends.")
def index_command(public: str | None, cache: str | None) -> None:
    """Make the search index of the board built in PUBLIC, with Pagefind; later builds keep it."""
    settings = settings_of(out=public, cache=cache)
    with failing(usage=(NotBuiltError,), failure=_FAILURES):
        made = make_index(settings.out, settings.cache, clock.system())
    languages = ", ".join(made.languages) or "no language"
    click.echo(f"{settings.out / 'pagefind'}: {made.found} found on the pages, in {languages}")


@click.command("preview")
@_content
@_cache
@click.option("--port", type=click.IntRange(1024, 65535), default=8000, show_default=True, help="The first to try.")
def preview_command(content: str | None, cache: str | None, port: int) -> None:
    """Show the board of CONTENT on this machine, and each change of a file at once, until Ctrl-C."""
    from amends.generator.preview import InUseError, preview  # noqa: PLC0415 - Flask, Jinja and Babel: 0.25 s

    settings = settings_of(content=content, cache=cache)
    with failing(failure=(InUseError,)):
        try:
            preview(settings.content, settings.cache, port, click.echo, Bar())
        except RecordError as error:
            _tell_faults(error.faults, settings.content, Format.TEXT)
            raise click.ClickException(f"{counted(len(error.faults), 'fault')} in the record") from error


@click.command("clean")
@click.option("--cache", metavar="DIR", help="What builds keep. Default: .amends.")
@click.option("--out", metavar="DIR", help="Remove the board there, too.")
def clean_command(cache: str | None, out: str | None) -> None:
    """Remove what builds keep between them, and the board where --out names it; the next build makes all anew."""
    settings = settings_of(cache=cache, out=out)
    with failing(usage=(NotOursError,), failure=(BuildError,)):
        removed = clean(settings.cache, settings.out if out else None)
    for folder in removed:
        click.echo(f"{shown(folder)} is removed")
    if not removed:
        click.echo("There is nothing to remove.")
