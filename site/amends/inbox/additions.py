"""What customers add to public cases for everyone to read: a person reads it first, as with the first words.

What was published stands in the record, and no longer here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select, update

from amends.inbox.schema import addition, case

DETAIL, VERDICT = "detail", "verdict"
"""What was added: one more thing to say, or the words of a verdict. Its marks count at once and are none of these."""


@dataclass(frozen=True, slots=True)
class Addition:
    """Words to be read by `due`. `outcome` is waiting or withheld; `reason` says why it was withheld."""

    id: int
    company: str
    number: str
    at: datetime
    due: datetime
    kind: str
    text: str
    outcome: str = "waiting"
    reason: str | None = None
    masks: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet if everyone may read it."""
        return self.outcome == "waiting"


_columns = [case.c.company if name == "company" else addition.c[name] for name in Addition.__slots__]
_query = select(*_columns).join(case, case.c.number == addition.c.number)


def add(connection: Connection, new: Addition) -> bool:
    """Store what was added, and return whether it was not there before.

    Its `id` is made here, and its company is that of its case.
    """
    same = (addition.c.number == new.number, addition.c.kind == new.kind, addition.c.text == new.text)
    if connection.execute(select(addition.c.id).where(*same)).first():
        return False
    facts = {name: getattr(new, name) for name in Addition.__slots__ if name not in ("id", "company")}
    connection.execute(insert(addition).values(facts))
    return True


def get(connection: Connection, identity: int) -> Addition | None:
    """Return what was added under this number of the store's."""
    return next(iter(_all(connection.execute(_query.where(addition.c.id == identity)).all())), None)


def of_case(connection: Connection, number: str) -> Sequence[Addition]:
    """Return what is not in the record of what was added to a case, oldest first."""
    return _all(connection.execute(_query.where(addition.c.number == number).order_by(addition.c.id)).all())


def waiting(connection: Connection, company: str | None) -> Sequence[Addition]:
    """Return what waits to be read in a company (None: in all), the one due first on top."""
    query = _query.where(addition.c.outcome == "waiting").order_by(addition.c.due, addition.c.id)
    return _all(connection.execute(query if company is None else query.where(case.c.company == company)).all())


def unread_at(connection: Connection, now: datetime) -> Sequence[Addition]:
    """Return what nobody has read in time, where the board was not told so yet."""
    late = (addition.c.outcome == "waiting", addition.c.due <= now, addition.c.told.is_(None))
    return _all(connection.execute(_query.where(*late).order_by(addition.c.due, addition.c.id)).all())


def told(connection: Connection, identity: int, now: datetime) -> None:
    """Note that the board was told."""
    connection.execute(update(addition).where(addition.c.id == identity).values(told=now))


def set_masks(connection: Connection, identity: int, masks: str) -> None:
    """Note what staff decided about the personal data in it."""
    connection.execute(update(addition).where(addition.c.id == identity).values(masks=masks))


def published(connection: Connection, identity: int) -> None:
    """Drop what the record now holds: it must not stand in two places."""
    connection.execute(delete(addition).where(addition.c.id == identity))


def withhold(connection: Connection, identity: int, reason: str) -> None:
    """Note that nobody else will read it, and why."""
    connection.execute(update(addition).where(addition.c.id == identity).values(outcome="withheld", reason=reason))


def _all(rows: Sequence[Row[*tuple[object, ...]]]) -> Sequence[Addition]:
    return [Addition(**row._mapping) for row in rows]
