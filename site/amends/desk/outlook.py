"""What the next build will change on the board, as far as it is known: for the keeper's overview."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from amends.desk.accounts import Account
from amends.doctor import is_being_built, last_written
from amends.generator.glance import Glance, glance
from amends.inbox import cases, deeds
from amends.record import Fault, Record
from amends.settings import Settings

AHEAD = timedelta(hours=24)
"""How far it looks ahead."""
_SHOWN = 5
"""So many faults are said in words; the page lists the others with those of the record."""


@dataclass(frozen=True, slots=True)
class Coming:
    """How many of something, and when the first of them happens; None where there is none. `of` says how many whose."""

    count: int = 0
    first: datetime | None = None
    of: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What changes the board soon. `leaving` leave within the seconds to undo, `long` within `AHEAD`, after days.

    `changed` are the files that say something else than on the board, by companies (empty: the board's own), and
    `faults` what keeps what they say off it. `stubs` are cases that nobody has read, `answers` and `promises` fall
    overdue. `written` is when a build last wrote a page, None: there is no board; `failed` is the instant of a later
    build that did not end, and `is_building` says that one is at work.
    """

    written: datetime | None
    failed: datetime | None
    is_building: bool
    leaving: Coming
    long: Coming
    changed: Coming
    faults: Sequence[Fault]
    more_faults: int
    stubs: Coming
    answers: Coming
    promises: Coming

    @property
    def is_calm(self) -> bool:
        """Whether nothing changes, but for the day that the board says it was built on."""
        coming = (self.leaving, self.long, self.changed, self.stubs, self.answers, self.promises)
        return not any(one.count for one in coming)


def outlook(
    settings: Settings, connection: Connection, record: Record, accounts: Iterable[Account], now: datetime
) -> Outlook:
    """Look ahead; OSError where the record cannot be read."""
    until, known = now + AHEAD, glance(settings.content, settings.cache)
    changed = set(known.changed)
    faults = [fault for fault in record.faults if fault.path in changed]
    is_building = is_being_built(settings)
    late = [account.falling_late(now, until) for account in accounts]
    return Outlook(
        written=last_written(settings),
        failed=None if is_building else _failed(known),
        is_building=is_building,
        leaving=Coming(*deeds.on_their_way(connection, now + timedelta(seconds=settings.undo_seconds), long=False)),
        long=Coming(*deeds.on_their_way(connection, until, long=True)),
        changed=Coming(len(changed), None, Counter(path.rpartition("/")[0].partition("/")[0] for path in changed)),
        faults=faults[:_SHOWN],
        more_faults=len(faults[_SHOWN:]),
        stubs=_stubs(cases.becoming_stubs(connection, now, until)),
        answers=_coming(at for answers, _ in late for at in answers),
        promises=_coming(at for _, promises in late for at in promises),
    )


def _failed(known: Glance) -> datetime | None:
    return None if known.has_ended else known.at


def _stubs(found: Mapping[str, tuple[int, datetime]]) -> Coming:
    of = {slug: count for slug, (count, _) in found.items()}
    return Coming(sum(of.values()), min((first for _, first in found.values()), default=None), of)


def _coming(moments: Iterable[datetime]) -> Coming:
    found = list(moments)
    return Coming(len(found), min(found, default=None))
