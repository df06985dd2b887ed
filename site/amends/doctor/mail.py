"""Mail and webhooks: whether the server takes our mail, and whether any message waits or has died."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, Queue
from threading import Thread

from sqlalchemy.exc import SQLAlchemyError

from amends.clock import stamp
from amends.doctor.finding import Finding, State, Visit
from amends.inbox import Inbox, StoreUnavailableError, cases, outbox
from amends.post import FailedError, Mailer
from amends.settings import Settings, Smtp

ANSWER_SECONDS, ALL_SECONDS = 5.0, 10.0
"""How long each answer of the mail server may take, and all of them together with the look-up of its name."""
_WAITS = timedelta(hours=1)
"""What is due is delivered within seconds, and what failed is not due before its next attempt."""
_NOBODYS = ("example", "invalid", "local", "localhost", "test")
"""Domains that no mail comes from (RFC 2606, 2; RFC 6762, 3)."""


@dataclass(frozen=True, slots=True)
class _Outbox:
    """How many messages have died, since when, and since when what is due waits."""

    dead: int
    died: datetime | None
    waits: datetime | None


def check(visit: Visit) -> Iterator[Finding]:
    """Look at the mail server, as far as signing in, and at what was not delivered; nothing is sent."""
    settings, kept = visit.settings, _outbox_of(visit.settings)
    wrong = [*_of_server(settings), *(_of_outbox(kept, visit.now) if kept else ())]
    yield from wrong
    if not wrong and settings.smtp:
        stuck = ", and no message waits or has died" if kept else ""
        yield Finding("mail", State.OK, f"{_named(settings.smtp)} takes our mail{stuck}")


def check_outbox(visit: Visit) -> Iterator[Finding]:
    """Look at what was not delivered, and ask no server."""
    kept = _outbox_of(visit.settings)
    yield from _of_outbox(kept, visit.now) if kept else ()


def _of_server(settings: Settings) -> Iterator[Finding]:
    if settings.smtp is None:
        found = "no mail is sent to customers or staff: AMENDS_SMTP is not set"
        yield Finding("mail", State.WARNING, found, "set AMENDS_SMTP and AMENDS_MAIL_FROM")
        return
    domain = settings.mail_from.rpartition("@")[2].lower()
    if "." not in domain or domain.rpartition(".")[2] in _NOBODYS:
        found = f"AMENDS_MAIL_FROM is an address at {domain}, from which no other server takes mail"
        yield Finding("mail", State.WARNING, found, "set AMENDS_MAIL_FROM to an address at your own domain")
    why = _trouble(settings.smtp, settings.mail_from)
    if why:
        found = f"{_named(settings.smtp)} takes no mail from us: {why}"
        yield Finding("mail", State.FAULT, found, "mend AMENDS_SMTP, or the server")


def _named(smtp: Smtp) -> str:
    return f"{smtp.host}, port {smtp.port},"


def _trouble(smtp: Smtp, mail_from: str) -> str:
    """Return why a server takes no mail from us; empty where it does."""
    told: Queue[str] = Queue()

    def try_it() -> None:
        try:
            Mailer(smtp, mail_from, seconds=ANSWER_SECONDS).sign_in()
        except (FailedError, ValueError) as error:
            told.put(" ".join(str(error).split())[: outbox.LONGEST_ERROR])
        else:
            told.put("")

    # In a thread that is left behind: neither a look-up nor a server that sends a byte now and then ends by itself.
    Thread(target=try_it, daemon=True).start()
    try:
        return told.get(timeout=ALL_SECONDS)
    except Empty:
        return f"it did not answer within {ALL_SECONDS:.0f} seconds"


def _of_outbox(kept: _Outbox, now: datetime) -> Iterator[Finding]:
    if kept.dead and kept.died:
        found = f"{kept.dead:,} messages could not be delivered, the first of them at {stamp(kept.died)}"
        yield Finding("mail", State.WARNING, found, "amends post")
    if kept.waits and kept.waits < now - _WAITS:
        found = f"nobody delivers messages: one is due since {stamp(kept.waits)}"
        yield Finding("mail", State.FAULT, found, "amends work")


def _outbox_of(settings: Settings) -> _Outbox | None:
    """Read what was not delivered; None where the database cannot be used: the check of the database tells why."""
    try:
        inbox = Inbox(settings.database)
        try:
            if inbox.file and not inbox.file.is_file():
                return None
            with inbox.reading() as connection:
                waits = [time for time in (outbox.due_since(connection), cases.untold_since(connection)) if time]
                return _Outbox(*outbox.count_dead(connection), min(waits, default=None))
        finally:
            inbox.close()
    except (OSError, ImportError, SQLAlchemyError, StoreUnavailableError):
        return None
