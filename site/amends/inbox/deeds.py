"""What staff decided and the customer did, on its way to the record.

What staff decided waits a few seconds, in which it can be undone; what the customer did leaves at once.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, insert, select, update

from amends.inbox.schema import deed, request

LONG = frozenset({"remove"})
"""What waits for days before it leaves, so that somebody can still object; other decisions do not wait for it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One decision about one case; `facts` are those of its kind. `staff` is None where the customer made it.

    What a company tells everyone is about no case: its `number` is empty.
    """

    id: int
    company: str
    number: str
    kind: str
    facts: dict[str, str]
    staff: int | None
    made: datetime
    leaves: datetime
    at: datetime | None = None
    done: datetime | None = None
    failed: str | None = None

    @property
    def is_customers(self) -> bool:
        """Whether the customer made it, and no member of staff may take it back."""
        return self.staff is None

    @property
    def is_leaving(self) -> bool:
        """Whether staff decided it and it leaves within seconds, so that nothing else is decided meanwhile."""
        return self.staff is not None and self.failed is None and self.kind not in LONG


_columns = (
    deed.c.id,
    deed.c.company,
    deed.c.number,
    deed.c.kind,
    deed.c.facts,
    deed.c.staff,
    deed.c.made,
    deed.c.leaves,
    deed.c.at,
    deed.c.done,
    deed.c.failed,
)
_COUNTS = ("verdict", "claim")
"""What a customer said of the company: erasing a case makes no figure better."""
_waiting = (deed.c.done.is_(None), deed.c.undone.is_(None), deed.c.failed.is_(None))


def add(connection: Connection, new: Deed) -> int:
    """Store a decision; its `id` is made here and returned."""
    facts = {column.name: getattr(new, column.name) for column in _columns if column.name != "id"}
    result = connection.execute(insert(deed).values({**facts, "facts": json.dumps(new.facts)}))
    key = result.inserted_primary_key
    return int(key[0]) if key else 0


def of_case(connection: Connection, number: str, company: str) -> list[Deed]:
    """Return the decisions about a case that have not left, and those that could not, oldest first.

    With an empty number those of a company that are about no case.
    """
    of_it = (deed.c.number == number, deed.c.company == company)
    query = select(*_columns).where(*of_it, deed.c.done.is_(None), deed.c.undone.is_(None))
    return [_deed(row) for row in connection.execute(query.order_by(deed.c.id))]


def carried_out(connection: Connection, number: str, company: str, kind: str) -> list[Deed]:
    """Return the decisions of one kind about a case that have left, oldest first."""
    of_it = (deed.c.number == number, deed.c.company == company, deed.c.kind == kind)
    query = select(*_columns).where(*of_it, deed.c.done.is_not(None))
    return [_deed(row) for row in connection.execute(query.order_by(deed.c.id))]


def undo(connection: Connection, undone: Deed, now: datetime) -> bool:
    """Take a decision back; False where it is too late. One that failed can always be put aside."""
    condition = (deed.c.at.is_(None)) | (deed.c.failed.is_not(None))
    open_ = (deed.c.done.is_(None), deed.c.undone.is_(None), condition)
    query = update(deed).where(deed.c.id == undone.id, *open_)
    return connection.execute(query.values(undone=now)).rowcount > 0


def hasten(connection: Connection, waiting: Deed, second: int, now: datetime) -> bool:
    """Let what waits for days leave now, because a second person decided the same; False where it is no second one."""
    if waiting.kind not in LONG or waiting.staff in (None, second):
        return False
    open_ = (deed.c.id == waiting.id, deed.c.at.is_(None), deed.c.undone.is_(None))
    facts = json.dumps({**waiting.facts, "second": str(second)})
    return connection.execute(update(deed).where(*open_).values(leaves=now, facts=facts)).rowcount > 0


def next_leaving(connection: Connection) -> datetime | None:
    """Return when the next decision leaves."""
    return connection.execute(select(func.min(deed.c.leaves)).where(*_waiting)).scalar()


def on_their_way(connection: Connection, until: datetime, *, long: bool) -> tuple[int, datetime | None]:
    """Return how many decisions leave by then, and when the first: of those that wait for days, or of all others."""
    kinds = deed.c.kind.in_(LONG) if long else deed.c.kind.not_in(LONG)
    query = select(func.count(), func.min(deed.c.leaves)).where(*_waiting, deed.c.leaves <= until, kinds)
    count, first = connection.execute(query).one()
    return count, first


def leaving(connection: Connection, now: datetime) -> list[Deed]:
    """Return the decisions that leave now, in the order in which they were made, each with its time fixed.

    The time is stored before anything is written, so that a second attempt writes the same event.
    """
    due = (*_waiting, deed.c.leaves <= now)
    connection.execute(update(deed).where(*due, deed.c.at.is_(None)).values(at=now))
    return [_deed(row) for row in connection.execute(select(*_columns).where(*due).order_by(deed.c.id))]


def done(connection: Connection, identity: int, now: datetime) -> None:
    """Note that a decision has left; what the customer said with it stands in the record now, and only there."""
    connection.execute(update(deed).where(deed.c.id == identity).values(done=now))
    connection.execute(update(deed).where(deed.c.id == identity, deed.c.staff.is_(None)).values(facts="{}"))


def failed(connection: Connection, identity: int, why: str) -> None:
    """Note why a decision cannot leave; the desk shows it, with the words kept."""
    connection.execute(update(deed).where(deed.c.id == identity).values(failed=why))


class Asked(NamedTuple):
    """What a company asked of the keeper, and has no answer to. `of` is the case of which this one is a duplicate."""

    reason: str
    why: str
    made: datetime
    of: str | None = None


def ask_keeper(connection: Connection, number: str, staff: int, asked: Asked) -> None:
    """Store what a company asks of the keeper about a case."""
    connection.execute(insert(request).values(number=number, staff=staff, **asked._asdict()))


def asked(connection: Connection, number: str) -> list[Asked]:
    """Return what the keeper was asked about a case and has not decided, oldest first."""
    columns = [request.c[name] for name in Asked._fields]
    query = select(*columns).where(request.c.number == number, request.c.decided.is_(None))
    return [Asked(*row) for row in connection.execute(query.order_by(request.c.id))]


def decide(connection: Connection, number: str, now: datetime, answer: str = "") -> None:
    """Note that the keeper has decided what was asked about a case; `answer` says why nothing is done about it."""
    open_ = (request.c.number == number, request.c.decided.is_(None))
    connection.execute(update(request).where(*open_).values(decided=now, answer=answer))


def declined(connection: Connection, number: str) -> list[tuple[str, datetime]]:
    """Return what the keeper said of requests about a case that nothing followed from, oldest first, and when."""
    query = select(request.c.answer, request.c.decided).where(request.c.number == number, request.c.answer != "")
    return [(row.answer, row.decided) for row in connection.execute(query.order_by(request.c.id))]


def silence(connection: Connection, number: str, company: str, now: datetime) -> None:
    """Empty what was said about an erased case: of the customer all words, of staff those that have left.

    A verdict that has not left yet still counts, without its words, and so does what was taken as a promise.
    """
    of_it = (deed.c.number == number, deed.c.company == company)
    connection.execute(update(deed).where(*of_it, deed.c.done.is_not(None)).values(facts="{}"))
    for pending in of_case(connection, number, company):
        if pending.is_customers and pending.kind != "erase":
            facts = {name: fact for name, fact in pending.facts.items() if name != "text"}
            undone = None if pending.kind in _COUNTS and pending.failed is None else now
            query = update(deed).where(deed.c.id == pending.id)
            connection.execute(query.values(facts=json.dumps(facts), undone=undone))


def _deed(row: Row[*tuple[Any, ...]]) -> Deed:
    facts = dict(row._mapping)
    return Deed(**{**facts, "facts": json.loads(facts["facts"])})
