"""The command that advises about a reply."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from amends import clock, coach
from amends.case import Case, Kind
from amends.language import language as language_of
from amends.promises import find
from amends.record import Company, RecordError, read_case, read_company, read_text

_NOBODY = Company("company", "company", "")


@click.command("coach")
@click.option("--language", metavar="TAG", help="The reply's language, like de. Default: the company's, else English.")
@click.option("--at", metavar="TIME", help="When it is written, like 2026-11-24T09:00:00Z. Default: now.")
@click.option(
    "--case",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file of the case that it answers.",
)
@click.option("--json", "as_json", is_flag=True, help="Print findings and promises as JSON.")
def coach_command(language: str | None, at: str | None, file: Path | None, *, as_json: bool) -> None:
    """Print advice about the reply on the standard input, and the days that it promises."""
    now = _instant(at) if at else clock.system()
    company, case = _answered(file) if file else (_NOBODY, None)
    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"the text is not UTF-8: byte {error.start} cannot be read") from error
    spoken = language or company.language
    reply = coach.Reply(
        text=text,
        language=spoken,
        kind=case.kind if case else Kind.COMPLAINT,
        asked=case.text if case else "",
        now=now,
        author=case.author if case else None,
        earlier=tuple(event.text or "" for event in case.replies) if case else (),
        contacts=tuple(contact.value for contact in company.contacts),
        order_pattern=company.order_pattern,
    )
    english = language_of("en")
    findings = [
        {"rule": str(one.rule), "start": one.start, "end": one.end, "message": one.said(english)}
        for one in coach.advise(reply)
    ]
    dated = find(text, now, company.zone, language, company.hours.is_working_day)
    promises = [{"text": one.words, "due": clock.stamp(one.due)} for one in dated]
    if as_json:
        click.echo(json.dumps({"findings": findings, "promises": promises}, ensure_ascii=False))
    else:
        _tell(text, findings, promises)


def _tell(text: str, findings: list[dict[str, Any]], promises: list[dict[str, str]]) -> None:
    for one in findings:
        said = " ".join(text[one["start"] : one["end"]].split())
        click.echo(f"{one['rule']}: {one['message']}" + (f" ({said})" if said else ""))
    for promise in promises:
        click.echo(f"promise: “{promise['text']}” is over at {promise['due']}")
    if not findings and not promises:
        click.echo("nothing to say")


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise click.UsageError(f"--at is {text!r}; it should be a time with its zone, like 2026-11-24T09:00:00Z")
    return found.astimezone(UTC)


def _answered(file: Path) -> tuple[Company, Case]:
    """Return a case from its file, and its company from the settings above it where they are there."""
    folder = file.resolve().parents[2] if len(file.resolve().parents) > 2 else file.parent
    settings = folder / "company.toml"
    try:
        case = read_case(read_text(file, str(file)), folder.name, str(file))
        text = read_text(settings, str(settings)) if settings.is_file() else None
        return (read_company(text, folder.name, str(settings)) if text else _NOBODY), case
    except RecordError as error:
        raise click.ClickException(str(error)) from error
