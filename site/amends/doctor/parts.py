"""The parts of an installation: its settings, its secret, its record, and what works on them."""

import fcntl
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from amends import clock
from amends.doctor.finding import Finding, State, Visit
from amends.record import NotABoardError, load
from amends.record.lint import BoardOrNone
from amends.record.listing import BOARD
from amends.settings import Settings, SettingsError
from amends.work import LOCK

_STALE = timedelta(hours=26)
"""The front page says on which day it was built: where somebody works it is written every day."""


def check_settings(visit: Visit) -> Iterator[Finding]:
    """Look at how the service is reached; that each setting can be read is known by now."""
    settings = visit.settings
    if _is_local(settings.host):
        yield _warning("settings", f"AMENDS_URL is {settings.url}: only this machine reaches it", "set AMENDS_URL")
    elif not settings.secure:
        found = "AMENDS_URL begins with http: what visitors and staff send can be read on its way"
        yield Finding("settings", State.FAULT, found, "put a web server with HTTPS in front, and set AMENDS_URL")
    elif not settings.proxies:
        found = "AMENDS_URL begins with https, which the service does not speak itself, and no proxy is believed"
        yield _warning("settings", found, "AMENDS_PROXIES=1, or as many as stand in front")
    else:
        yield Finding("settings", State.OK, f"{settings.url}, {settings.proxies} proxies in front")


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_secret(visit: Visit) -> Iterator[Finding]:
    """Look at the key of all private links; it is neither made nor told."""
    path = visit.settings.instance / "secret.key"
    if not path.exists():
        found = f"{path} is not there yet; the first start makes it"
        yield _warning("secret", found, "start the service, or put the old one there after a restore")
        return
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding("secret", State.FAULT, f"others may read {path}", f"chmod 600 {path}")
        return
    try:
        visit.settings.secret()
    except SettingsError as error:
        yield Finding("secret", State.FAULT, str(error), f"put {path} back as it was")
        return
    yield Finding("secret", State.OK, "there, sound, and for this user alone")


def check_record(visit: Visit) -> Iterator[Finding]:
    """Look for faults in the record, and count them; `amends check` names them."""
    content = visit.settings.content
    try:
        record = load(content, BoardOrNone())
    except NotABoardError:
        yield Finding("record", State.FAULT, f"{content} is no board: it has no {BOARD}", "amends init, or restore it")
        return
    files = {fault.path for fault in record.faults}
    if BOARD in files:
        yield Finding("record", State.FAULT, f"{content}/{BOARD} has a fault", "amends check")
    elif files:
        yield _warning(
            "record", f"{len(files)} of its files have a fault, and are not shown as they are", "amends check"
        )
    else:
        cases = sum(map(len, record.entries.values()))
        yield Finding("record", State.OK, f"{cases:,} cases, {len(record.companies):,} companies, no fault")


def check_work(visit: Visit) -> Iterator[Finding]:
    """Look whether somebody does what runs by the clock, and when the board was built."""
    settings = visit.settings
    wrong = []
    if not is_held(settings.locks / LOCK):
        wrong.append(_warning("work", "nothing is published: nobody does what runs by the clock", "amends work"))
    built = last_written(settings)
    if built is None:
        wrong.append(_warning("work", f"there is no board in {settings.out}", "amends build"))
    elif visit.now - built > _STALE:
        wrong.append(_warning("work", f"the board was built last at {clock.stamp(built)}", "amends build"))
    yield from wrong
    if built and not wrong:
        yield Finding("work", State.OK, f"somebody works, and the board was built last at {clock.stamp(built)}")


def is_held(lock: Path) -> bool:
    """Whether somebody holds a lock; it is not kept from who comes for it meanwhile, who tries again."""
    try:
        with lock.open("r+") as file:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def is_being_built(settings: Settings) -> bool:
    """Whether a build is at work."""
    return is_held(settings.cache / "build.lock")


def last_written(settings: Settings) -> datetime | None:
    """Return when a build last wrote something, by the clock of its files; None where there is no board."""
    times = []
    for path in (settings.out / "index.html", settings.cache / "generations.json"):
        try:
            times.append(path.stat().st_mtime)
        except FileNotFoundError:
            continue
    if not (settings.out / "index.html").is_file():
        return None
    return datetime.fromtimestamp(max(times), UTC).replace(microsecond=0)


def _warning(check: str, found: str, remedy: str) -> Finding:
    return Finding(check, State.WARNING, found, remedy)
