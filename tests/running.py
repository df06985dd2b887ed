"""The product as processes of its own: the demo is known by the lines that it prints."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO, Any, TypeVar

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0
"""Seconds until a demo that does not start is ended."""


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns, in a thread of its own: tests of the browser leave a running loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result(PATIENCE)


@dataclass
class Demo:
    """A running demo. `said` holds what it printed, by the word before the colon."""

    process: subprocess.Popen[str]
    said: dict[str, str]

    @property
    def shop(self) -> str:
        return self.said["shop"]

    @property
    def desk(self) -> str:
        return self.said["desk"]

    @property
    def board(self) -> str:
        return self.said["board"]

    def end(self) -> int:
        """Press Ctrl-C; return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@contextmanager
def demo(port: int = 8700, folder: Path | None = None, **environment: str) -> Iterator[Demo]:
    """Start a demo, which works in `folder` if one is given, and wait until it has said where it is."""
    environ = {**os.environ, **({"TMPDIR": str(folder)} if folder else {}), **environment}
    command = [sys.executable, "-m", "amends", "demo", "--port", str(port)]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        watchdog = Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            yield Demo(process, _listen(process, log))
        finally:
            watchdog.cancel()
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(PATIENCE)
                finally:
                    process.kill()


def _listen(process: subprocess.Popen[str], log: IO[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    assert process.stdout is not None
    for line in process.stdout:
        word, _, rest = line.partition(": ")
        said[word] = rest.strip()
        if "Ctrl-C" in line:
            return said
    log.seek(0)
    raise AssertionError(f"the demo ended before it was ready: {log.read()}")
