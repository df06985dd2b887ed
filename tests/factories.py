"""Makers of what the tests are about. Everything has a default; a test names only the facts that matter to it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from amends.case import SHAPES, Case, Event, Kind, Outcome, Reason
from amends.inbox import Inbox
from amends.inbox.cases import Received
from amends.record import Company, LedgerLine, case_path, month_of, write_case, write_ledger

NUMBER = "7k3m9qxz"
OTHER_NUMBER = "2abc4def"
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""A Monday; the default time of receipt."""

BOARD_TOML = 'title = "Board"\nbase_url = "https://board.example/"\n'

_BY = {event: by for by, event in SHAPES}
_FACTS: dict[str, Any] = {
    "name": "Olga, customer care",
    "text": "Some words.",
    "promise": "p1",
    "what": "Refund of the delivery fee",
    "due": date(2026, 11, 6),
    "why": "The carrier lost it.",
    "outcome": Outcome.SOLVED,
    "reason": Reason.SPAM,
    "of": OTHER_NUMBER,
    "received": START,
}


def after(hours: float) -> datetime:
    """An instant that many hours after the default receipt."""
    return START + timedelta(hours=hours)


def an_event(event: str, hours: float = 1, **facts: Any) -> Event:
    """An event of that name, so many hours after the receipt, with the facts that it must have."""
    by = _BY[event]
    required = {key: _FACTS[key] for key in SHAPES[by, event].required}
    return Event(**{"at": after(hours), "by": by, "event": event, **required, **facts})


def a_case(*events: Event, **facts: Any) -> Case:
    """A complaint to `acme`, received at START, to be answered within 24 hours."""
    received = facts.pop("received", START)
    given = {
        "number": NUMBER,
        "company": "acme",
        "kind": Kind.COMPLAINT,
        "topic": "delivery",
        "received": received,
        "reply_by": received + timedelta(hours=24),
        "events": events,
    }
    return Case(**{**given, **facts})


def a_company(slug: str = "acme", **facts: Any) -> Company:
    return Company(**{"slug": slug, "name": "Acme Post", "url": "https://acme.example/", **facts})


def company_toml(name: str = "Acme Post", *lines: str) -> str:
    return "\n".join([f'name = "{name}"', 'url = "https://acme.example/"', *lines, ""])


def a_line(case: str = NUMBER, **facts: Any) -> LedgerLine:
    """A line of the ledger for a case received at START and still waiting."""
    received = facts.pop("received", START)
    return LedgerLine(**{"case": case, "received": received, "reply_by": received + timedelta(hours=24), **facts})


def a_received(number: str = NUMBER, **facts: Any) -> Received:
    """A complaint in the inbox that nobody has read."""
    given = {
        "number": number,
        "company": "acme",
        "kind": "complaint",
        "topic": "other",
        "received": START,
        "reply_by": after(24),
        "publicity": "public",
        "language": "en",
        "salt": b"s" * 32,
        "committed": b"{}",
        "text": "Parcel three weeks late.",
    }
    return Received(**{**given, **facts})


def make_inbox(folder: Path, database: str = "") -> Inbox:
    """An inbox with nothing in it; whoever asks for it closes it."""
    return open_inbox(database or f"sqlite:///{folder}/instance/amends.db")


def open_inbox(database: str) -> Inbox:
    """An inbox whose schema is up to date. A file that is not there yet is a copy of one that was migrated."""
    inbox = Inbox(database)
    if inbox.file and not inbox.file.exists():
        inbox.file.write_bytes(_migrated())
    else:
        inbox.migrate()
    return inbox


@cache
def _migrated() -> bytes:
    """The file of a store with nothing in it."""
    with TemporaryDirectory() as folder:
        inbox = Inbox(f"sqlite:///{folder}/amends.db")
        inbox.migrate()
        inbox.close()
        return (Path(folder) / "amends.db").read_bytes()


def make_board(folder: Path, *cases: Case, lines: Iterable[LedgerLine] = ()) -> Path:
    """Write a record into `folder`/content and return that: the cases, acme's ledger, and all companies they name."""
    content = folder / "content"
    put(content / "board.toml", BOARD_TOML)
    for slug in {"acme", *(case.company for case in cases)}:
        put(content / slug / "company.toml", company_toml())
    for case in cases:
        put_case(content, case)
    lines = tuple(lines)
    for month in {month_of(line.received) for line in lines}:
        text = write_ledger(line for line in lines if month_of(line.received) == month)
        put(content / "acme" / "ledger" / f"{month}.csv", text)
    return content


def put_case(content: Path, case: Case) -> Path:
    """Write a case file where it belongs."""
    return put(content / case_path(case.company, case.received, case.number), write_case(case))


def put(path: Path, text: str | bytes) -> Path:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path
