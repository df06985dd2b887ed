"""Who is told what: these put messages into the outbox, in the transaction of what they tell of.

A notice holds no words of anybody: what it says is read when it is sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import Connection, or_, select

from amends.case import Case, Promise, as_of, end_of, promises
from amends.clock import stamp
from amends.inbox import cases, outbox, people, webhooks
from amends.inbox.cases import Received
from amends.inbox.outbox import Message
from amends.inbox.people import Person
from amends.inbox.schema import case
from amends.inbox.webhooks import Webhook
from amends.record import Company

MAIL, WEBHOOK = "mail", "webhook"
"""The channels. All mail goes through one server, so that it is one lane, of the same name."""

LINK = "link"
"""The kind of a message that sends a private link again. Whether there is one is not looked for before it is sent."""

TEST = "test"
"""The kind of a call by which a company tries its webhook, and of a mail by which an admin does: of no case."""

SOON = 4
"""A deadline is coming when this part of the time to answer is left: a quarter."""
_LONGEST = timedelta(hours=720) / SOON
MORNING = time(9)
"""When on the working day before its day a company is told of a promise, by its own clock."""
_LOOKED_BACK = timedelta(days=14)
"""How far before a promise's day a working day is looked for: a company may be closed for weeks."""
LOOK_BACK = timedelta(days=7)
"""How long ago a deadline may have been that somebody is still told of: less than the outbox remembers."""


class ToCustomer(StrEnum):
    """What a customer is told."""

    RECEIPT = "receipt"
    PUBLISHED = "published"
    WITHHELD = "withheld"
    REPLY = "reply"
    MOVED = "moved"
    GIFT = "gift"
    CORRECTION = "correction"
    ASKED = "asked"
    HIDDEN = "hidden"
    RESTORED = "restored"
    REMOVED = "removed"
    OBJECTION = "objection"
    QUESTION = "question"
    UPDATE = "update"


class ToCompany(StrEnum):
    """What a company is told, its staff by mail and its systems by a webhook."""

    NEW = "new"
    DUE_SOON = "due-soon"
    MISSED = "missed"
    PROMISE_DUE = "promise-due"
    PROMISE_MISSED = "promise-missed"
    CUSTOMER = "customer"
    DECIDED = "decided"


class ToStaff(StrEnum):
    """What one member of staff is sent: a link with which to choose a password."""

    INVITATION = "invitation"
    RESET = "reset"


def received(connection: Connection, new: Received) -> None:
    """Tell of a case that came in: its customer, where there is an address, and its company, unless it is held back.

    Intake only stores the case: its row says that this is still due, so that a visitor waits for no more than one row.
    """
    tell_customer(connection, new.number, ToCustomer.RECEIPT, new.received)
    if not new.is_held:
        tell_company(connection, new.company, new.number, ToCompany.NEW, new.received)
    cases.told(connection, new.number)


def tell_customer(
    connection: Connection, number: str, kind: ToCustomer, at: datetime, *, due: datetime | None = None
) -> None:
    """Tell a customer what happened `at`, from `due` on; nothing where the case or its address is not known here.

    The receipt and the question are told once for a case, all else once for each time at which it happens. Of an
    update tells `tell_of_update`.
    """
    only = kind in (ToCustomer.RECEIPT, ToCustomer.QUESTION)
    once = f"{kind}/{number}" if only else f"{kind}/{number}/{stamp(at)}"
    _to_customer(connection, number, kind, once, at, due or at)


def tell_of_update(connection: Connection, company: str, number: str, name: str, at: datetime) -> None:
    """Tell the customer of a company's case of the update of this `name` that came from it: once for both."""
    # A number in a company's folder says nothing of whose case it is: that the inbox knows.
    found = cases.get(connection, number)
    if found is not None and found.company == company:
        once = f"{ToCustomer.UPDATE}/{number}/{name}"
        _to_customer(connection, number, ToCustomer.UPDATE, once, at, at, update=name)


def _to_customer(
    connection: Connection, number: str, kind: ToCustomer, once: str, at: datetime, due: datetime, **more: str
) -> None:
    found, contact = cases.get(connection, number), cases.contacts_of(connection, number)
    if found is None or not contact.email:
        return
    facts = {"at": stamp(at), **more}
    outbox.add(connection, Message(found.company, number, MAIL, kind, contact.email, MAIL, once, at, due, facts))


def tell_company(
    connection: Connection,
    company: str,
    number: str,
    kind: ToCompany,
    at: datetime,
    *,
    due: datetime | None = None,
    promise: str = "",
) -> None:
    """Tell a company what happened `at`, from `due` on: each of its staff who has an address, and its webhook.

    `promise` is the name of the one that it is about, where it is about one.
    """
    due, once, facts = due or at, f"{kind}/{number}/{stamp(at)}", {"at": stamp(at)}
    if promise:
        once, facts = f"{once}/{promise}", {**facts, "promise": promise}
    for identity, email in people.addresses(connection, company):
        told = {**facts, "staff": str(identity)}
        new = Message(company, number, MAIL, kind, email, MAIL, f"{once}/{identity}", due, due, told)
        outbox.add(connection, new)
    hook = webhooks.get(connection, company)
    if hook and hook.stopped is None:
        lane = webhooks.lane_of(hook.url)
        outbox.add(connection, Message(company, number, WEBHOOK, kind, hook.url, lane, f"{once}/hook", due, due, facts))


def try_webhook(connection: Connection, company: str, now: datetime) -> None:
    """Call a company's webhook to try it, where there is one: once within a minute."""
    hook = webhooks.get(connection, company)
    if hook and hook.stopped is None:
        once, lane = f"{tries_of(company, hook)}{stamp(now)[:16]}", webhooks.lane_of(hook.url)
        outbox.add(connection, Message(company, None, WEBHOOK, TEST, hook.url, lane, once, now, now))


def tries_of(company: str, hook: Webhook) -> str:
    """Return how the names of the tests of a webhook begin, as it is set up now."""
    return f"{TEST}/{company}/{stamp(hook.created)}/"


def try_mail(connection: Connection, person: Person, now: datetime) -> None:
    """Send a member of staff a mail to try that: once within a minute. The address is read when it is sent."""
    once, facts = f"{mail_tries_of(person)}{stamp(now)[:16]}", {"at": stamp(now), "staff": str(person.id)}
    outbox.add(connection, Message(person.company or "", None, MAIL, TEST, "", MAIL, once, now, now, facts))


def mail_tries_of(person: Person) -> str:
    """Return how the names of the mails begin with which somebody tries that."""
    return f"{TEST}-mail/{person.id}/"


def ask_for_link(connection: Connection, email: str, what: str, name: str, now: datetime) -> None:
    """Store that somebody asks for the links of the cases with this address that `what` names.

    It is one row, whoever asks and whatever there is, so that nobody learns from the time it takes. `name` is what
    the question is known by: it is told once within an hour.
    """
    once, facts = f"{LINK}/{name}/{stamp(now)[:13]}", {"at": stamp(now), "what": what}
    outbox.add(connection, Message("", None, MAIL, LINK, email, MAIL, once, now, now, facts))


def invite(connection: Connection, person: Person, now: datetime) -> None:
    """Send somebody who was added a link with which to choose a password. It is made when it is sent."""
    _send_link(connection, ToStaff.INVITATION, person, f"{person.id}/{stamp(now)}", now)


def ask_for_password(connection: Connection, login: str, name: str, now: datetime) -> None:
    """Store that somebody asks for a link with which to choose another password.

    It is one row, whether or not there is such a login, so that nobody learns from the time it takes. `name` is what
    the question is known by: it is asked once within an hour.
    """
    _send_link(connection, ToStaff.RESET, people.with_login(connection, login), f"{name}/{stamp(now)[:13]}", now)


def _send_link(connection: Connection, kind: ToStaff, person: Person | None, name: str, now: datetime) -> None:
    company = (person.company if person else None) or ""
    facts = {"at": stamp(now), "staff": str(person.id if person else 0)}
    outbox.add(connection, Message(company, None, MAIL, kind, "", MAIL, f"{kind}/{name}", now, now, facts))


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time at which a company is told that an answer is due soon or was missed."""

    company: str
    number: str
    kind: ToCompany
    reply_by: datetime


def deadlines(connection: Connection, since: datetime, now: datetime) -> list[Deadline]:
    """Return what companies are to be told of answers still owed, of all that became so after `since`.

    What became so longer ago than the outbox surely remembers is left out: it would be told twice.
    """
    since = max(since, now - LOOK_BACK)
    owed = (
        case.c.first_reply.is_(None),
        case.c.outcome.in_(("waiting", "published", "private", "withheld")),
        or_(case.c.reason.is_(None), case.c.reason != "spam"),
        case.c.reply_by > since,
        case.c.reply_by <= now + _LONGEST,
    )
    query = select(case.c.number, case.c.company, case.c.received, case.c.reply_by).where(*owed)
    found = []
    for row in connection.execute(query.order_by(case.c.reply_by, case.c.number)):
        soon = row.reply_by - (row.reply_by - row.received) / SOON
        if now >= row.reply_by:
            found.append(Deadline(row.company, row.number, ToCompany.MISSED, row.reply_by))
        elif since < soon <= now:
            found.append(Deadline(row.company, row.number, ToCompany.DUE_SOON, row.reply_by))
    return found


@dataclass(frozen=True, slots=True)
class Reminder:
    """A promise of which a company is to be told that its day comes, or is over; `due` is when it is over."""

    company: str
    number: str
    promise: str
    kind: ToCompany
    due: datetime


def reminders(found: Case, company: Company, now: datetime) -> Iterator[Reminder]:
    """Yield of which promises of a case its company is to be told at `now`, told before or not.

    Of one that was moved it is told anew. A day that was over longer ago than the outbox surely remembers is left out.
    """
    for made in promises(as_of(found, now)):
        due = end_of(made.due, company.zone)
        if made.is_running and now < due + LOOK_BACK:
            kind = ToCompany.PROMISE_MISSED if now >= due else ToCompany.PROMISE_DUE
            if now >= due or now >= _reminded_at(made, company):
                yield Reminder(found.company, found.number, made.promise, kind, due)


def _reminded_at(made: Promise, company: Company) -> datetime:
    """Return when its day comes close: in the morning of the working day before it."""
    day = made.due - timedelta(days=1)
    first = made.due - _LOOKED_BACK
    while day > first and not company.hours.is_working_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, MORNING, company.zone).astimezone(UTC)


def remind(connection: Connection, reminder: Reminder, now: datetime) -> None:
    """Tell a company of a promise, unless it was told."""
    told = (reminder.company, reminder.number, reminder.kind, reminder.due)
    tell_company(connection, *told, due=now, promise=reminder.promise)
