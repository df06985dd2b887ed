#!/usr/bin/env python3
"""Measures what a page of the desk costs where many cases wait: see README.md beside this.

.venv/bin/python benchmarks/desk.py --open 10000 --closed 10000
"""

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flask.testing import FlaskClient

from amends.case import Case
from amends.generator.build import build
from amends.inbox import Inbox, cases, people
from amends.inbox.cases import Arrival, Contact, Received
from amends.record import write_case, write_whole
from amends.service import create_service
from amends.settings import Settings
from benchmarks.records import NOW, a_case, write_cases, write_companies

URL: Final = "https://feedback.example"
COMPANY: Final = "harbour-post"
PASSWORD: Final = "correct horse battery"  # noqa: S105 - nobody's
STEP: Final = timedelta(minutes=7)
"""Between two cases that wait."""


def write_house(folder: Path, waiting: int, closed: int) -> tuple[Settings, Inbox]:
    """Make an installation: of those that wait, half are public, and half has nobody read."""
    settings = Settings(
        content=folder / "content",
        instance=folder / "instance",
        out=folder / "public",
        cache=folder / "cache",
        database=f"sqlite:///{folder}/instance/amends.db",
        url=URL,
        proxies=0,
        undo_seconds=10,
        require_totp=False,
    )
    public = waiting // 2
    write_companies(settings.content)
    write_cases(settings.content, (*_closed(closed), *(_open(index, closed) for index in range(public))))
    inbox = Inbox(settings.database)
    inbox.migrate()
    arrivals = [_arrival(_open(public + index, closed), "waiting") for index in range(waiting - public)]
    arrivals += [_arrival(replace(case, text="", author=None), "published") for case in _closed(closed)]
    with inbox.writing() as connection:
        cases.add(connection, arrivals)
        people.add(connection, "olga", "Olga", "agent", COMPANY, PASSWORD, NOW)
        people.add(connection, "kim", "Kim", "keeper", None, PASSWORD, NOW)
    return settings, inbox


def _closed(count: int) -> Iterator[Case]:
    """Yield cases that were answered, over seven years."""
    answered = (case for index in range(2 * count) if (case := a_case(index, 2 * count)).first_reply)
    for _, case in zip(range(count), answered, strict=False):
        events = tuple(event for event in case.events if event.event != "verdict")
        yield replace(case, company=COMPANY, events=events)


def _open(index: int, closed: int) -> Case:
    case = a_case(2 * closed + index, 2 * closed + index + 1)
    received = NOW - STEP * (index + 1)
    events = tuple(replace(event, at=received) for event in case.events if event.event == "published")
    return replace(case, company=COMPANY, received=received, reply_by=received + timedelta(days=1), events=events)


def _arrival(case: Case, outcome: str) -> Arrival:
    received = Received(
        number=case.number,
        company=case.company,
        kind=case.kind,
        topic=case.topic,
        received=case.received,
        reply_by=case.reply_by,
        publicity="public",
        language=case.language or "",
        salt=b"s" * 32,
        committed=b"{}",
        text=case.text,
        outcome=outcome,
    )
    contact = Contact(f"{case.number}@example.org", f"AB-{case.number}")
    return Arrival(received, contact, case.number * 4, b"d" * 32)


def sign_in(client: FlaskClient, login: str) -> None:
    """Sign somebody in."""
    page = client.get("/desk/sign-in", base_url=URL).text
    (token,) = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    given = {"csrf_token": token, "login": login, "password": PASSWORD}
    client.post("/desk/sign-in", data=given, base_url=URL, headers={"Referer": f"{URL}/desk/sign-in"})


def pages(public: Case, unread: Case) -> Iterable[tuple[str, str]]:
    """Return what is measured: a name and an address each."""
    return (
        ("inbox", "/desk/"),
        ("inbox, page 100", "/desk/?page=100"),
        ("late only, one topic", "/desk/?late=yes&topic=billing"),
        ("search, a word of many", "/desk/?q=order"),
        ("search, Chinese", "/desk/?q=%E5%8C%85%E8%A3%B9"),
        ("search, an e-mail address", f"/desk/?q={unread.number}@example.org"),
        ("a public case", f"/desk/{COMPANY}/{public.number}"),
        ("an unread case", f"/desk/{COMPANY}/{unread.number}"),
        ("promises", "/desk/promises"),
        ("figures", "/desk/figures"),
    )


def cost(get: Callable[[], object], before: Callable[[], object], runs: int) -> float:
    """Return the median of the milliseconds of processor that a page takes, after `before` each time."""
    taken = []
    for _ in range(runs):
        before()
        started = time.process_time()
        get()
        taken.append(1000 * (time.process_time() - started))
    return median(taken)


def measure(folder: Path, waiting: int, closed: int, runs: int) -> None:
    """Print a line for each page."""
    settings, inbox = write_house(folder, waiting, closed)
    public, unread = _open(0, closed), _open(waiting // 2, closed)
    file = settings.content / COMPANY / f"{public.received:%Y/%m}" / f"{public.number}.md"
    turns = iter(range(sys.maxsize))

    def change() -> None:
        write_whole(file, write_case(replace(public, text=f"{public.text} {next(turns)}")).encode())

    # Twice: what was written shortly before it is read is looked at once more.
    for _ in range(2):
        build(settings.content, settings.out, settings.cache, NOW)
    service = create_service(settings, inbox, lambda: NOW)
    staff, keeper = service.test_client(), service.test_client()
    sign_in(staff, "olga")
    sign_in(keeper, "kim")
    sys.stdout.write(f"{'page':28}{'CPU ms':>8}{'a case changed':>16}\n")
    asked = [(name, partial(_ok, staff, address)) for name, address in pages(public, unread)]
    for name, ask in (*asked, ("the keeper's overview", partial(_ok, keeper, "/desk/figures"))):
        ask()
        sys.stdout.write(f"{name:28}{cost(ask, int, runs):8.1f}{cost(ask, change, runs):16.1f}\n")
        sys.stdout.flush()
    inbox.close()


def _ok(client: FlaskClient, address: str) -> None:
    answer = client.get(address, base_url=URL)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status}")


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="Measure what a page of the desk costs.")
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--closed", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--work", type=Path, default=None)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="amends-desk-", dir=given.work))
    try:
        measure(folder, given.open, given.closed, given.runs)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
