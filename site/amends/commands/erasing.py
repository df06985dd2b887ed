"""The command that takes erased words out of the history of the record."""

import click

from amends import clock
from amends.commands.common import failing, in_content, settings_of
from amends.history import HistoryError, Plan, commands, plan, rewrite
from amends.inbox import Inbox, StoreUnavailableError, erasures
from amends.record import exclusive


@click.command("erase")
@click.option("--rewrite-history", is_flag=True, required=True, help="Do it in the record's git history.")
@click.option("--yes", is_flag=True, help="Answer the first of the two questions.")
@in_content
def erase_command(*, rewrite_history: bool, yes: bool, content: str | None) -> None:
    """Take the words that customers erased out of the git history of the record; every clone has them still."""
    if not rewrite_history:
        raise click.UsageError("say --rewrite-history: the record as it is now is emptied by `amends work`")
    settings = settings_of(content=content)
    now = clock.system()
    bundle = settings.instance / f"history-{now:%Y%m%dT%H%M%SZ}.bundle"
    with failing(failure=(HistoryError, StoreUnavailableError)), exclusive(settings.locks, "record"):
        inbox = Inbox(settings.database)
        inbox.migrate()
        with inbox.reading() as connection:
            erased = erasures.all_of_them(connection)
        inbox.close()
        found = plan(settings.content, erased)
        if not found.blobs:
            click.echo(f"{_cases(len(erased))} erased, and the history has none of their words.")
            return
        _tell(found, len(erased))
        for line in commands(found, bundle, f"{now:%Y%m%dT%H%M%SZ}"):
            click.echo(f"    {line}")
        if not (yes or click.confirm("Rewrite the history?")):
            click.echo("Nothing was changed.")
            return
        if click.prompt("How many cases were erased? Type the number", type=str) != str(len(erased)):
            raise click.ClickException("this is not the number; nothing was changed")
        refs = rewrite(found, bundle, now)
    _tell_rest(refs, bundle)


def _tell(found: Plan, erased: int) -> None:
    click.echo(
        f"{_cases(erased)} erased. {len(found.blobs)} old contents of {len(found.files)} files, brought in by "
        f"{found.commits} commits, are replaced by what the files say now:"
    )
    for path in found.files:
        click.echo(f"  {path}")
    click.echo(
        "Every commit from the first of these on gets another id, and commits and tags lose their signatures. Whoever "
        "has a clone or a fork keeps the words and the old history until they clone anew; do not merge such a clone "
        "back in. Messages of commits are not changed. What is done:"
    )


def _tell_rest(refs: str, bundle: object) -> None:
    click.echo("Done: the present files are as they were. What was before is kept in two places, words and all:")
    click.echo(f"  {bundle}\n  {refs}")
    click.echo("When you have looked at the new history, publish it, and remove what was before:")
    for line in (
        "git push --force --all && git push --force --tags",
        f"git for-each-ref --format='delete %(refname)' {refs} | git update-ref --stdin",
        "git reflog expire --expire=now --all && git gc --prune=now",
        f"rm {bundle}",
    ):
        click.echo(f"    {line}")


def _cases(number: int) -> str:
    return "1 case is" if number == 1 else f"{number} cases are"
