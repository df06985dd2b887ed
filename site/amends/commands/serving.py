"""Commands that run the service, and what belongs to it."""

import signal
import threading
from functools import partial

import click

from amends import clock
from amends.commands.common import failing, log_to_terminal, settings_of
from amends.commands.store import FAILURES, opened
from amends.demo import run as run_demo
from amends.generator.crew import processors
from amends.post import Postman
from amends.record import load
from amends.serve import MOST_WORKERS, reserve
from amends.serve import serve as run_service
from amends.work import Worker


@click.command("demo")
@click.option("--port", type=click.IntRange(1024, 65000), default=8000, help="The first port to try.")
def demo_command(port: int) -> None:
    """Run a throw-away board with two example companies on this machine, until Ctrl-C."""
    log_to_terminal()
    with failing(failure=FAILURES):
        run_demo(port)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: min(processors(), MOST_WORKERS),
    show_default=f"one for each processor, {MOST_WORKERS} at most",
    help="Processes for requests.",
)
@click.option("--no-work", is_flag=True, help="Another `amends work` does what runs by the clock.")
@click.option("--access-log", is_flag=True, help="Tell each request in a line, without its address.")
def serve_command(host: str, port: int, workers: int, *, no_work: bool, access_log: bool) -> None:
    """Run the service: intake, visitors' pages, the desk, and what runs by the clock."""
    settings = settings_of()
    log_to_terminal(settings.log)
    with failing(failure=FAILURES):
        reserved = reserve(host, port)
        said = f"Listening on {host}, port {port}. Desk: {settings.url}/desk/"
        ready = partial(click.echo, said)
        run_service(settings, reserved, workers, work=not no_work, access_log=access_log, ready=ready)


@click.command("work")
def work_command() -> None:
    """Do what runs by the clock: publish, show deadlines, keep the ledger, rebuild the board."""
    settings = settings_of()
    log_to_terminal(settings.log)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with failing(failure=FAILURES), opened(settings) as inbox:
        load(settings.content)
        post = threading.Thread(target=Postman(settings, inbox, clock.system).run, args=(stop,), name="post")
        post.start()
        Worker(settings, inbox, clock.system).run(stop)
        post.join()


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database up to this version; `serve` does it too."""
    log_to_terminal()
    with failing(failure=FAILURES), opened(settings_of()):
        click.echo("The database is up to date.")
