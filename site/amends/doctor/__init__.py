"""Looking an installation over: whether it works, stays private and will go on doing so."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from amends.doctor import machine, mail, parts, store
from amends.doctor.finding import Finding, State, Visit
from amends.doctor.parts import is_being_built, last_written
from amends.settings import Settings

__all__ = [
    "AT_A_GLANCE",
    "CHECKS",
    "Finding",
    "State",
    "Visit",
    "examine",
    "glance",
    "is_being_built",
    "last_written",
]

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


AT_A_GLANCE: dict[str, Callable[[Visit], Iterable[Finding]]] = {
    "disk": machine.check_disk,
    "work": parts.check_work,
    "mail": mail.check_outbox,
}
"""Those that cost no more than a page may, and ask nobody else."""


def glance(settings: Settings, now: datetime) -> list[Finding]:
    """Return what can be found at a glance: whether there is room, somebody works, and mail leaves."""
    visit = Visit(settings, now)
    return [finding for name in AT_A_GLANCE for finding in _findings(name, visit, AT_A_GLANCE)]


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Return what all checks find; one that fails itself is a finding, too. Nothing is changed."""
    visit = Visit(settings, now)
    return [finding for name in CHECKS for finding in _findings(name, visit, CHECKS)]


def _findings(name: str, visit: Visit, checks: Mapping[str, Callable[[Visit], Iterable[Finding]]]) -> Iterator[Finding]:
    try:
        yield from checks[name](visit)
    except OSError as error:
        yield Finding(name, State.FAULT, f"cannot be looked at: {error}", "see that this user may read it")
