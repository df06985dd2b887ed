"""What commands have in common: options that mean the same, and what becomes of an error."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from amends import clock, logs
from amends.record import NotABoardError, RecordError
from amends.record.house import read_base_url
from amends.settings import Settings, SettingsError, read_settings

Errors = tuple[type[Exception], ...]

in_content = click.option("--content", metavar="DIR", help="The record. Default: content.")


def settings_of(**given: str | None) -> Settings:
    """Return the settings, of which the command line gives some."""
    try:
        return read_settings(os.environ, **given)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def instant(text: str | None) -> datetime:
    """Return the instant that `--now` names, or else SOURCE_DATE_EPOCH, or else now."""
    if text is None and "SOURCE_DATE_EPOCH" in os.environ:
        epoch = os.environ["SOURCE_DATE_EPOCH"]
        try:
            return datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise click.UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}; it should be a number of seconds") from error
    try:
        return clock.parse(text) if text else clock.system()
    except ValueError as error:
        raise click.UsageError(f"--now is {text!r}; it should be a time like 2026-11-02T09:14:05Z") from error


def base_url_of(text: str | None) -> str | None:
    """Return the address that `--base-url` gives, as the record would have it."""
    try:
        return None if text is None else read_base_url(text)
    except ValueError as error:
        raise click.UsageError(f"--base-url is {text!r}; it should be {error}") from error


@contextmanager
def failing(usage: Errors = (), failure: Errors = ()) -> Iterator[None]:
    """Turn what can go wrong into a sentence and the right exit status: 2 for wrong `usage`, 1 for a `failure`."""
    wrong: Errors = (NotABoardError, *usage)
    failed: Errors = (SettingsError, OSError, *failure)
    try:
        yield
    except wrong as error:
        raise click.UsageError(str(error)) from error
    except RecordError as error:
        raise click.ClickException(f"the record has faults; the old board is as it was\n{error}") from error
    except failed as error:
        raise click.ClickException(str(error)) from error


def log_to_terminal(form: str = "text") -> None:
    """Let the parts that tell what they do tell it to the terminal."""
    logs.configure(form)
