"""Kills the real server at random instants while visitors send, and looks what became of what they sent.

    python -m tests.kills --kills 1000
    python -m tests.kills --kills 1000 --database postgresql://user@host/name

A visitor sends under one key until there is a receipt, as the widget does, and after a kill once more what has one. In
the end every receipt must have its case, with the words that were sent, no words may be there twice, and the same
key must have had the same receipt. One kill in three comes while the server starts, and the first ones while it makes
its schema.

Most of a start is the import of libraries. A process that has done it stands by, and servers are forked from it: so a
kill costs a tenth. From there on all is as with `amends serve`.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import select

from amends import serve
from amends.cli import main as amends
from amends.inbox import Inbox
from amends.inbox.schema import case
from amends.serve import reserve
from tests.house import House
from tests.running import free_port

VISITORS = 4
LONGEST = 0.2
"""Seconds that a server may live: about as long as a start takes, and as many receipts are given in."""
EARLY = 4
"""Kills at the beginning that come while the server starts."""
PATIENCE = 60.0


@dataclass
class Outcome:
    """What was sent and what is there: words by the number on their receipt, and all words in the store."""

    kills: int = 0
    receipts: dict[str, str] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    """The numbers whose key later had another receipt."""

    @property
    def lost(self) -> list[str]:
        """The numbers whose receipt was given and whose case is not there, or says something else."""
        return [number for number, words in self.receipts.items() if self.stored.get(number) != words]

    @property
    def doubled(self) -> list[str]:
        """The words that are there more than once."""
        return [words for words, count in Counter(self.stored.values()).items() if count > 1]


def run(folder: Path, database: str, kills: int, seed: int) -> Outcome:
    """Kill a server so many times; return what became of what was sent meanwhile. There is no schema yet."""
    House(folder).close()
    database = database or f"sqlite:///{folder}/killed/amends.db"
    chance, outcome, ended, port = random.Random(seed), Outcome(), threading.Event(), free_port()
    environment = environment_of(folder, database, port)
    with ThreadPoolExecutor(VISITORS) as threads:
        visitors = [threads.submit(_visit, port, index, outcome, ended) for index in range(VISITORS)]
        try:
            while outcome.kills < kills:
                _live_and_die(environment, port, chance, outcome)
                outcome.kills += 1
        finally:
            ended.set()
        for visitor in visitors:
            visitor.result(PATIENCE)
    inbox = Inbox(database)
    with inbox.reading() as connection:
        outcome.stored = {row.number: row.text for row in connection.execute(select(case.c.number, case.c.text))}
    inbox.close()
    return outcome


def _visit(port: int, index: int, outcome: Outcome, ended: threading.Event) -> None:
    sent, earlier, answered = 0, "", True
    while not ended.is_set():
        again = sent > 0 and not answered
        place = sent - again
        words, key = f"Visitor {index} says {place}.", f"{index:02}{place:030}"
        number = _send(port, words, key)
        answered = number is not None
        if number is None:
            ended.wait(0.01)
        elif again:
            outcome.changed.extend([earlier] * (number != earlier))
        else:
            outcome.receipts[number] = words
            sent, earlier = sent + 1, number


def _send(port: int, words: str, key: str) -> str | None:
    """Send once; return the number on the receipt, None where there came none."""
    body = urllib.parse.urlencode({"text": words, "key": key}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/acme/feedback", body, {"Accept": "application/json"})
    with suppress(OSError, HTTPException, ValueError), urllib.request.urlopen(request, timeout=20) as response:
        return str(json.load(response)["case"]) if response.status == 201 else None
    return None


def environment_of(folder: Path, database: str, port: int) -> dict[str, str]:
    """Return what tells a server of an installation without limits in that folder."""
    facts = {"CONTENT": folder / "content", "INSTANCE": folder / "instance", "DATABASE": database}
    limits = {"AMENDS_HOURLY_NETWORK": "0", "AMENDS_HOURLY_COMPANY": "0", "AMENDS_URL": f"http://127.0.0.1:{port}"}
    return {**{f"AMENDS_{key}": str(value) for key, value in facts.items()}, **limits}


def _live_and_die(environment: dict[str, str], port: int, chance: random.Random, outcome: Outcome) -> None:
    """Run a server until an instant of its start or of its work, and kill it with all its processes."""
    before, starting = len(outcome.receipts), outcome.kills < EARLY or chance.random() < 1 / 3
    with server(environment, port, chance.choice([1, 1, 2])) as process:
        if not starting:
            for _ in range(int(PATIENCE / 0.01)):
                if len(outcome.receipts) > before or not process.is_alive():
                    break
                process.join(0.01)
            assert process.is_alive(), "the server ended by itself"
            assert len(outcome.receipts) > before, f"no receipt within {PATIENCE:.0f} seconds"
        threading.Event().wait(chance.uniform(0, LONGEST))


@contextmanager
def server(
    environment: dict[str, str], port: int, workers: int = 1, log: str = os.devnull
) -> Iterator[ForkServerProcess]:
    """Run a server until the block ends, and kill it with all its processes. It writes to a file that is there."""
    _wait_until_free(port)
    process = _nursery().Process(target=_serve, args=(environment, port, workers, log))
    process.start()
    try:
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # it has no group of its own yet, or is gone
            process.kill()
        process.join()


def _wait_until_free(port: int) -> None:
    """Wait until the one who was killed has let go of the port."""
    for _ in range(int(PATIENCE / 0.01)):
        with suppress(OSError):
            reserve("127.0.0.1", port).close()
            return
        threading.Event().wait(0.01)
    raise AssertionError("the port was never free again")


def _nursery() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["amends.service", "amends.commands.serving", "amends.inbox.revisions", "tests.house"]
    )
    return context


def _serve(environment: dict[str, str], port: int, workers: int, log: str) -> None:
    """Do what `amends serve` does, in a group of processes of its own."""
    os.setsid()
    os.environ.update(environment)
    told = os.open(log, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(told, stream)
    forking = partial(multiprocessing.set_start_method, "fork")
    serve.multiprocessing = SimpleNamespace(set_start_method=lambda _, force: forking(force=force))  # type: ignore[assignment]  # this much of it is used there
    amends(["serve", "--no-work", "--port", str(port), "--workers", str(workers)])


def main() -> None:
    """Kill as often as the command line says; exit 1 where anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--database", default="", help="default: SQLite in a temporary folder")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder), asked.database, asked.kills, asked.seed)
    receipts, stored = len(outcome.receipts), len(outcome.stored)
    print(f"{outcome.kills} kills, {receipts} receipts, {stored} cases stored")  # noqa: T201
    print(f"{len(outcome.lost)} lost, {len(outcome.doubled)} doubled, {len(outcome.changed)} changed")  # noqa: T201
    sys.exit(bool(outcome.lost or outcome.doubled or outcome.changed))


if __name__ == "__main__":
    main()
