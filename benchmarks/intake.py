#!/usr/bin/env python3
"""Measures how many complaints are taken in a second, and what each costs: see README.md beside this.

.venv/bin/python benchmarks/intake.py --seconds 4 --rounds 3 --isso isso-venv/bin
"""

import argparse
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Final

from amends.inbox import Inbox, companies

ROOT: Final = Path(__file__).resolve().parents[1]
PORT: Final = "{port}"
"""Stands in commands and environments for a port on which nobody listens, chosen anew for every run."""

COMPANY: Final = "acme"
BOARD: Final = 'title = "The board"\nbase_url = "https://board.example/"\nlanguage = "en"\n'
SETTINGS: Final = 'name = "Acme"\nurl = "https://acme.example/"\nreply_hours = 24\ntopics = ["delivery"]\n'
WORDS: Final = (
    "I ordered a kettle three weeks ago. It was promised for Friday the 12th and has not come. Nobody answers my "
    "mails. Please tell me when it comes, or send the money back. This is the {}th time that I ask."
)
BARE: Final = "bare.db"
"""Where `bare.py` keeps what it gets, in its working folder."""

WARM_UP: Final = 1
"""Seconds under load before anything is measured."""

SCRIPT: Final = """
local sent = 0
wrk.method = "POST"
{headers}
request = function()
  sent = sent + 1
  return wrk.format(nil, nil, nil, (string.gsub([==[{body}]==], "COUNT", tostring(sent))))
end
done = function(summary, latency, requests)
  local bad = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), bad.status + bad.connect + bad.read + bad.write + bad.timeout))
end
"""


class FailedError(RuntimeError):
    """Something that is needed is missing, or a server has failed; the text says what."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A server under load: how it is started in its folder, what it is sent, and how what it kept is counted."""

    name: str
    command: tuple[str, ...]
    body: str
    count: Callable[[Path], int]
    environment: Mapping[str, str] = field(default_factory=dict)
    path: str = f"/{COMPANY}/feedback"
    headers: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[Path], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a run: accepted a second, milliseconds to the receipt, microseconds of processor for each."""

    rate: float
    half: float
    most: float
    processor: float


# --- Who is measured ---

FORM: Final = "text={}&page=%2Forders%2F17&author=Anna+Smith&email=anna%40example.org&kind=complaint"
ENCODED: Final = FORM.format(WORDS.format("COUNT").replace(" ", "+").replace(",", "%2C"))
NO_LIMITS: Final = {"AMENDS_HOURLY_NETWORK": "1000000000", "AMENDS_HOURLY_COMPANY": "1000000000"}


def amends(name: str, command: Iterable[str], accept: str, database: str = "") -> Subject:
    """Return Amends with all its checks on; the limits are kept and counted, and never reached."""
    environment = {
        **NO_LIMITS,
        "AMENDS_CONTENT": "content",
        "AMENDS_INSTANCE": "instance",
        "AMENDS_OUT": "public",
        "AMENDS_CACHE": "cache",
        "AMENDS_URL": f"http://127.0.0.1:{PORT}",
        **({"AMENDS_DATABASE": database} if database else {}),
    }
    count = _rows_of_a_server(database) if database else _rows_of_a_file("instance/amends.db", '"case"')
    headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
    return Subject(name, tuple(command), ENCODED, count, environment, headers=headers, prepare=_prepare_amends)


def subjects(servers: Path | None, isso: Path | None, database: str) -> Iterator[Subject]:
    """Return all who can be measured here: the ones that are asked for have their programs in these folders."""
    python = sys.executable
    ours = (python, "-m", "amends", "serve", "--no-work", "--port", PORT)
    yield amends("amends", ours, "application/json")
    yield amends("amends, the page without a script", ours, "text/html")
    if database:
        yield amends("amends, PostgreSQL", ours, "application/json", database)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    bare = ("--interface", "wsgi", "--factory", "--workers", "2", "--blocking-threads", "8", "--no-ws")
    where = ("--host", "127.0.0.1", "--port", PORT, "--log-level", "error", "benchmarks.bare:application")
    program = str(Path(python).with_name("granian"))
    kept = _rows_of_a_file(BARE, "complaint")
    yield Subject(
        "bare Flask, a commit each", (program, *bare, *where), ENCODED, kept, headers=form, prepare=_prepare_bare
    )
    if servers:
        yield from _under_other_servers(servers)
    if isso:
        yield _isso(isso)


def _under_other_servers(programs: Path) -> Iterator[Subject]:
    """Return Amends as other WSGI servers run it."""
    bind = f"127.0.0.1:{PORT}"
    commands = {
        "gunicorn, 2 x 32 threads": ("gunicorn", "-w2", "-k", "gthread", "--threads", "32", "-b", bind),
        "gunicorn, 4 processes": ("gunicorn", "-w4", "-b", bind),
        "waitress, 32 threads": ("waitress-serve", f"--listen={bind}", "--threads=32", "--call"),
    }
    for name, (program, *options) in commands.items():
        app = "amends.serve:application" if program == "waitress-serve" else "amends.serve:application()"
        subject = amends(f"amends under {name}", (str(programs / program), *options, app), "application/json")
        yield replace(subject, prepare=_prepare_store)


def _isso(programs: Path) -> Subject:
    sent = {"author": "Anna Smith", "email": "anna@example.org", "title": "Order 17", "text": WORDS.format("COUNT")}
    body = json.dumps(sent)
    headers = {"Content-Type": "application/json", "Origin": "http://127.0.0.1:8300"}
    command = (str(programs / "gunicorn"), "-w2", "--preload", "-b", f"127.0.0.1:{PORT}", "isso.run")
    count = _rows_of_a_file("isso.db", "comments")
    path = "/new?uri=%2Forders%2F17"
    return Subject("Isso", command, body, count, {"ISSO_SETTINGS": "isso.cfg"}, path, headers, _prepare_isso)


def _prepare_bare(folder: Path) -> None:
    """Make the store: to begin its log is nothing that several processes can do at once."""
    with closing(sqlite3.connect(folder / BARE, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE complaint (id INTEGER PRIMARY KEY, at REAL, text TEXT, email TEXT)")


def _prepare_amends(folder: Path) -> None:
    (folder / "content" / COMPANY).mkdir(parents=True)
    (folder / "content" / "board.toml").write_text(BOARD)
    (folder / "content" / COMPANY / "company.toml").write_text(SETTINGS)


def _prepare_store(folder: Path) -> None:
    """Make the store ready, which only `amends serve` does by itself."""
    _prepare_amends(folder)
    inbox = Inbox(f"sqlite:///{folder / 'instance' / 'amends.db'}")
    inbox.migrate()
    with inbox.writing() as connection:
        companies.put_all(connection, {COMPANY: SETTINGS}, BOARD)
    inbox.close()


def _prepare_isso(folder: Path) -> None:
    # Its guard allows two comments a minute from one address; the title is given, so that it does not fetch the page.
    (folder / "isso.cfg").write_text(
        "[general]\ndbpath = isso.db\nhost = http://127.0.0.1:8300/\n[guard]\nenabled = false\n"
    )


def _rows_of_a_file(name: str, table: str) -> Callable[[Path], int]:
    def count(folder: Path) -> int:
        with sqlite3.connect(folder / name, timeout=30) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 -- the names are ours

    return count


def _rows_of_a_server(database: str) -> Callable[[Path], int]:
    def count(_: Path) -> int:
        import psycopg  # noqa: PLC0415 - an extra that only this needs

        with psycopg.connect(database) as connection:
            row = connection.execute('SELECT count(*) FROM "case"').fetchone()
            return int(row[0]) if row else 0

    return count


# --- A run ---


def measure(subject: Subject, connections: int, seconds: int, slow: Path | None) -> Result:
    """Start a server with an empty store, load it and end it; FailedError where it lost or refused anything."""
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".benchmark-") as name:
        folder = Path(name)
        subject.prepare(folder)
        with _running(subject, folder, slow) as (process, port):
            before = subject.count(folder)
            warm = _load(subject, folder, port, min(8, connections), WARM_UP)
            spent = _processor(process.pid)
            loaded = _load(subject, folder, port, connections, seconds)
            spent = _processor(process.pid) - spent
            kept = subject.count(folder) - before
    accepted, micros, half, most, bad = loaded
    if bad or warm[4]:
        raise FailedError(f"{subject.name}: {bad + warm[4]} answers were no receipt")
    if kept < accepted + warm[0]:
        raise FailedError(f"{subject.name}: {accepted + warm[0]} receipts, and {kept} rows are kept")
    return Result(accepted / micros * 1e6, half / 1000, most / 1000, spent / accepted * 1e6)


@contextmanager
def _running(subject: Subject, folder: Path, slow: Path | None) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    slowed = {"LD_PRELOAD": str(slow), "SLOW_US": "2000"} if slow else {}
    its_own = {name: value.replace(PORT, str(port)) for name, value in subject.environment.items()}
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}", **its_own, **slowed}
    command = [word.replace(PORT, str(port)) for word in subject.command]
    with (folder / "said").open("w+b") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=said, stderr=said, start_new_session=True
        )
        try:
            _await(subject, process, port, said.name)
            yield process, port
        finally:
            if process.poll() is None:
                process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(2)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with all processes that it started
            process.wait()


def _await(subject: Subject, process: subprocess.Popen[bytes], port: int, said: str) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise FailedError(f"{subject.name} ended: {Path(said).read_text('utf-8', 'replace')[-500:]}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except urllib.error.HTTPError:
            return  # it answers, if only that it has no such page
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise FailedError(f"{subject.name} does not answer")


def _load(subject: Subject, folder: Path, port: int, connections: int, seconds: int) -> tuple[int, int, int, int, int]:
    """Load it with wrk; return requests, microseconds, those to half and 99 % of the answers, failures."""
    headers = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in subject.headers.items())
    script = folder / "load.lua"
    script.write_text(SCRIPT.format(headers=headers, body=subject.body))
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script)]
    command = ["wrk", *options, f"http://127.0.0.1:{port}{subject.path}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = [line for line in said.splitlines() if line.startswith("RESULT")]
    if not found:
        raise FailedError(f"wrk: {said[-300:]}")
    requests, micros, half, most, bad = map(int, found[0].split()[1:])
    return requests, micros, half, most, bad


def _processor(leader: int) -> float:
    """Return the seconds of processor of all processes in the session of that one (proc(5))."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[3]) == leader:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _disk(folder: Path) -> float:
    """Return the milliseconds that the disk takes to keep a page, of many the one in the middle."""
    took = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(40):
            started = time.perf_counter()
            os.write(file.fileno(), b"x" * 4096)
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - started)
    return median(took) * 1000


# --- The table ---


def main() -> None:
    """Measure in rounds, one subject after another in each, and print the medians."""
    asked = _options().parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk makes the load, and is not here: apt-get install wrk, or https://github.com/wg/wrk")
    chosen = [one for one in subjects(asked.servers, asked.isso, asked.database) if asked.only in one.name]
    results: dict[str, list[Result]] = defaultdict(list)
    print(f"{asked.connections} connections, {asked.seconds} s, a page on disk in {_disk(ROOT):.2f} ms", flush=True)
    for _ in range(asked.rounds):
        for subject in chosen:
            try:
                result = measure(subject, asked.connections, asked.seconds, asked.slow)
                results[subject.name].append(result)
            except FailedError as error:
                print(error, file=sys.stderr)
    print(f"{'who':40} {'a second':>9} {'p50 ms':>8} {'p99 ms':>8} {'CPU us':>8}")
    for name, found in results.items():
        middle = [median(getattr(one, what) for one in found) for what in Result.__slots__]
        print("{:40} {:9.0f} {:8.1f} {:8.1f} {:8.0f}".format(name, *middle))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--isso", type=Path, help="the folder with Isso's gunicorn")
    parser.add_argument("--servers", type=Path, help="the folder with other servers, beside an Amends")
    parser.add_argument("--database", default="", help="an empty database on a PostgreSQL server")
    parser.add_argument("--slow", type=Path, help="slow.so, made of slow.c: a disk that takes 2 ms more")
    parser.add_argument("--only", default="", help="those with this in their name")
    return parser


if __name__ == "__main__":
    main()
