"""Commands of those who run an installation."""

import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

import click

from amends import clock
from amends.backup import ArchiveError, back_up, restore
from amends.backup.archive import Manifest
from amends.commands.common import failing, in_content, log_to_terminal, settings_of
from amends.doctor import Finding, State, examine
from amends.inbox import Inbox, StoreUnavailableError
from amends.settings import SettingsError, read_settings

_FAILURES = (ArchiveError, StoreUnavailableError)
_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command("backup")
@_file
@click.option("--with-secret", is_flag=True, help="Also the key of the private links: keep such a file like a key.")
@in_content
def backup_command(file: Path, content: str | None, *, with_secret: bool) -> None:
    """Write the record and the private store into FILE, a new one, while the service runs."""
    settings, started = settings_of(content=content), time.perf_counter()
    with failing(failure=_FAILURES):
        inbox = Inbox(settings.database)
        try:
            saved = back_up(settings, inbox, file, clock.system(), with_secret=with_secret)
        finally:
            inbox.close()
    for path in saved.left_out:
        click.echo(f"{settings.content}/{path} is left out: a link, or a name that an archive cannot have", err=True)
    size = f"{file.stat().st_size:,} bytes in {time.perf_counter() - started:.1f} s"
    click.echo(f"{file}: {_counted(saved.manifest)}, {size}")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Take away the record, the store and the secret that are here.")
@in_content
def restore_command(file: Path, content: str | None, *, replace: bool) -> None:
    """Make an installation of the backup in FILE, on the database of AMENDS_DATABASE."""
    log_to_terminal()
    settings = settings_of(content=content)
    with failing(failure=_FAILURES):
        inbox = Inbox(settings.database)
        try:
            restored = restore(settings, inbox, file, replace=replace)
        finally:
            inbox.close()
    click.echo(f"{_counted(restored.manifest)} of {restored.manifest.made} are restored")
    if not restored.has_secret:
        click.echo(
            f"The backup holds no secret, and there is none here: put the old one into {settings.instance}/secret.key "
            "before the service starts, or every private link given so far becomes invalid.",
            err=True,
        )


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@in_content
def doctor_command(content: str | None, *, as_json: bool) -> None:
    """Look the installation over; exit status 1 where something is wrong."""
    try:
        findings = examine(read_settings(os.environ, content=content), clock.system())
    except SettingsError as error:
        findings = [Finding("settings", State.FAULT, str(error), "mend the variable, or settings.toml")]
    if as_json:
        click.echo(json.dumps({"findings": [asdict(finding) for finding in findings]}, indent=1))
    else:
        for finding in findings:
            click.echo(f"{finding.state:<9}{finding.check:<13}{finding.found}")
            if finding.remedy:
                click.echo(f"{'':22}-> {finding.remedy}")
    if any(finding.state is State.FAULT for finding in findings):
        sys.exit(1)


def _counted(manifest: Manifest) -> str:
    return f"{manifest.files:,} files of the record and {sum(manifest.rows.values()):,} rows of the store"
