"""Kills the real server at random instants while visitors send, and looks what became of what they sent.

    python -m tests.kills --kills 1000
    python -m tests.kills --kills 1000 --database postgresql://user@host/name

A visitor sends under one key until there is a receipt, as the widget does. In the end every receipt must have its case,
with the words that were sent, and no words may be there twice. A thousand kills take about half an hour.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from amends.inbox import Inbox
from amends.inbox.schema import case
from tests.house import House
from tests.running import free_port

VISITORS = 8
LONGEST = 0.3
"""Seconds that a server may live after its first answer."""
PATIENCE = 60.0


@dataclass
class Outcome:
    """What was sent and what is there: words by the number on their receipt, and all words in the store."""

    kills: int = 0
    receipts: dict[str, str] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)

    @property
    def lost(self) -> list[str]:
        """The numbers whose receipt was given and whose case is not there, or says something else."""
        return [number for number, words in self.receipts.items() if self.stored.get(number) != words]

    @property
    def doubled(self) -> list[str]:
        """The words that are there more than once."""
        return [words for words, count in Counter(self.stored.values()).items() if count > 1]


def run(folder: Path, database: str, kills: int, seed: int) -> Outcome:
    """Kill a server so many times; return what became of what was sent meanwhile."""
    house = House(folder, database=database, limits={"hourly_network": 0, "hourly_company": 0})
    house.close()
    chance, outcome, ended, port = random.Random(seed), Outcome(), threading.Event(), free_port()
    with ThreadPoolExecutor(VISITORS) as threads:
        visitors = [threads.submit(_visit, port, index, outcome.receipts, ended) for index in range(VISITORS)]
        try:
            while outcome.kills < kills:
                _live_and_die(house, port, chance.uniform(0, LONGEST), outcome.receipts)
                outcome.kills += 1
        finally:
            ended.set()
        for visitor in visitors:
            visitor.result(PATIENCE)
    inbox = Inbox(house.settings.database)
    with inbox.reading() as connection:
        outcome.stored = {row.number: row.text for row in connection.execute(select(case.c.number, case.c.text))}
    inbox.close()
    return outcome


def _visit(port: int, index: int, receipts: dict[str, str], ended: threading.Event) -> None:
    sent = 0
    while not ended.is_set():
        words, key = f"Visitor {index} says {sent}.", f"{index:02}{sent:030}"
        number = _send(port, words, key)
        if number:
            receipts[number] = words
            sent += 1
        else:
            ended.wait(0.01)


def _send(port: int, words: str, key: str) -> str | None:
    """Send once; return the number on the receipt, None where there came none."""
    body = urllib.parse.urlencode({"text": words, "key": key}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/acme/feedback", body, {"Accept": "application/json"})
    with suppress(OSError, ValueError), urllib.request.urlopen(request, timeout=20) as response:
        return str(json.load(response)["case"]) if response.status == 201 else None
    return None


def _live_and_die(house: House, port: int, seconds: float, receipts: dict[str, str]) -> None:
    """Run a server until that long after its first receipt, and kill it with all its processes."""
    settings = house.settings
    facts = {"CONTENT": settings.content, "INSTANCE": settings.instance, "DATABASE": settings.database}
    limits = {"AMENDS_HOURLY_NETWORK": "0", "AMENDS_HOURLY_COMPANY": "0", "AMENDS_URL": f"http://127.0.0.1:{port}"}
    environment = {**os.environ, **{f"AMENDS_{key}": str(value) for key, value in facts.items()}, **limits}
    command = [sys.executable, "-m", "amends", "serve", "--no-work", "--port", str(port)]
    before = len(receipts)
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            for _ in range(int(PATIENCE / 0.01)):
                if len(receipts) > before or process.poll() is not None:
                    break
                threading.Event().wait(0.01)
            assert process.poll() is None, "the server ended by itself"
            assert len(receipts) > before, f"no receipt within {PATIENCE:.0f} seconds"
            threading.Event().wait(seconds)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


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
    print(f"{len(outcome.lost)} lost, {len(outcome.doubled)} doubled")  # noqa: T201
    sys.exit(bool(outcome.lost or outcome.doubled))


if __name__ == "__main__":
    main()
