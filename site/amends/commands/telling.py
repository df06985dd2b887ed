"""Commands about what is told to whom: what could not be delivered, and companies' webhooks."""

import click
from sqlalchemy import Connection

from amends import clock
from amends.commands.common import failing, in_content, settings_of
from amends.commands.store import FAILURES, check_company, opened
from amends.inbox import outbox, people, webhooks
from amends.inbox.notices import WEBHOOK
from amends.inbox.outbox import Message
from amends.inbox.webhooks import WebhookError
from amends.logs import discreet

MOST = 100
"""Dead letters that are listed."""


@click.group("post", invoke_without_command=True)
@click.pass_context
def post_command(context: click.Context) -> None:
    """List the dead letters: what could not be delivered, newest first, without addresses."""
    if context.invoked_subcommand is not None:
        return
    with failing(failure=FAILURES), opened(settings_of()) as inbox, inbox.reading() as connection:
        letters, (number, _) = outbox.dead(connection, MOST), outbox.count_dead(connection)
        for letter in letters:
            click.echo(_line(connection, letter))
    if number > MOST:
        click.echo(f"and {number - MOST:,} older ones")
    if not number:
        click.echo("There are no dead letters.")


@post_command.command("again")
@click.argument("identity", metavar="[ID]", type=int, required=False)
@click.option("--all", "every", is_flag=True, help="All dead letters.")
def post_again(identity: int | None, *, every: bool) -> None:
    """Try to deliver a dead letter once more, as if nobody had tried before."""
    if every is (identity is not None):
        raise click.UsageError("say which: the ID that `amends post` lists, or --all")
    now = clock.system()
    with failing(failure=FAILURES), opened(settings_of()) as inbox, inbox.writing() as connection:
        back = outbox.again(connection, identity, now)
    if identity is not None and not back:
        raise _no_letter(identity)
    click.echo(f"{back:,} {'is' if back == 1 else 'are'} to be delivered again.")


@post_command.command("drop")
@click.argument("identity", metavar="ID", type=int)
def post_drop(identity: int) -> None:
    """Give a dead letter up, and forget to whom it was."""
    with failing(failure=FAILURES), opened(settings_of()) as inbox, inbox.writing() as connection:
        if not outbox.discard(connection, identity, clock.system()):
            raise _no_letter(identity)
    click.echo(f"{identity} is dropped.")


def _no_letter(identity: int) -> click.UsageError:
    return click.UsageError(f"there is no dead letter {identity}: `amends post` lists them")


def _line(connection: Connection, letter: Message) -> str:
    """Write a dead letter as a line; what the server said may name an address."""
    attempts = "1 attempt" if letter.attempts == 1 else f"{letter.attempts} attempts"
    about = f" of {letter.company}/{letter.number}" if letter.number else ""
    died = clock.stamp(letter.dead) if letter.dead else ""
    why = " ".join(discreet(letter.error).split())
    return f"{letter.id}  {died}  {letter.kind}{about} to {_whom(connection, letter)}, {attempts}: {why}"


def _whom(connection: Connection, letter: Message) -> str:
    if letter.channel == WEBHOOK:
        return "the webhook"
    if "staff" not in letter.facts:
        return "the customer"
    return people.login_of(connection, int(letter.facts["staff"])) or "nobody of the staff any more"


@click.group("webhook")
def webhook_command() -> None:
    """Where companies' own systems are told what happens."""


@webhook_command.command("list")
def webhook_list() -> None:
    """List the webhooks of all companies, without their secrets."""
    with failing(failure=FAILURES), opened(settings_of()) as inbox, inbox.reading() as connection:
        found = webhooks.all_of_them(connection)
    for company, hook in found.items():
        stopped = f", stopped at {clock.stamp(hook.stopped)}: it said that it is gone" if hook.stopped else ""
        click.echo(f"{company}  {hook.url}  since {clock.stamp(hook.created)}{stopped}")
    if not found:
        click.echo("There are no webhooks.")


@webhook_command.command("set")
@click.argument("company")
@click.argument("url")
@in_content
def webhook_set(company: str, url: str, content: str | None) -> None:
    """Tell COMPANY's system at URL what happens, in place of an earlier one; its new secret is printed once."""
    settings = settings_of(content=content)
    check_company(settings, company)
    secret = webhooks.new_secret()
    with (
        failing(usage=(WebhookError,), failure=FAILURES),
        opened(settings) as inbox,
        inbox.writing() as connection,
    ):
        webhooks.put(connection, company, url, secret, clock.system())
    click.echo(f"secret: {secret}")


@webhook_command.command("new-secret")
@click.argument("company")
def webhook_new_secret(company: str) -> None:
    """Sign COMPANY's calls with a new secret from now on; it is printed once."""
    secret = webhooks.new_secret()
    with failing(failure=FAILURES), opened(settings_of()) as inbox, inbox.writing() as connection:
        hook = webhooks.get(connection, company)
        if hook is None:
            raise _no_webhook(company)
        webhooks.put(connection, company, hook.url, secret, clock.system())
    click.echo(f"secret: {secret}")


@webhook_command.command("remove")
@click.argument("company")
def webhook_remove(company: str) -> None:
    """Tell COMPANY's system nothing any more."""
    with failing(failure=FAILURES), opened(settings_of()) as inbox, inbox.writing() as connection:
        if webhooks.get(connection, company) is None:
            raise _no_webhook(company)
        webhooks.remove(connection, company)
    click.echo(f"{company} has no webhook any more.")


def _no_webhook(company: str) -> click.UsageError:
    return click.UsageError(f"{company} has no webhook: amends webhook set {company} URL")
