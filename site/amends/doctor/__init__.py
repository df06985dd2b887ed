"""Looking an installation over: whether it works, stays private and will go on doing so."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from amends.doctor import machine, mail, parts, store
from amends.doctor.finding import Finding, State, Visit
from amends.settings import Settings

__all__ = ["CHECKS", "Finding", "State", "Visit", "examine"]

CHECKS: dict[str, Callable[[Visit], Iterable[Finding]]] = {
    "settings": parts.check_settings,
    "database": store.check,
    "disk": machine.check_disk,
    "clock": machine.check_clock,
    "secret": parts.check_secret,
    "permissions": machine.check_permissions,
    "record": parts.check_record,
    "work": parts.check_work,
    "mail": mail.check,
}
"""All checks, in the order in which they are told. None waits for a network, but for the database and for mail."""


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Return what all checks find; one that fails itself is a finding, too. Nothing is changed."""
    visit = Visit(settings, now)
    return [finding for name in CHECKS for finding in _findings(name, visit)]


def _findings(name: str, visit: Visit) -> Iterator[Finding]:
    try:
        yield from CHECKS[name](visit)
    except OSError as error:
        yield Finding(name, State.FAULT, f"cannot be looked at: {error}", "see that this user may read it")
