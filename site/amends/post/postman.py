"""Delivering what is due: each message at least once, and twice only if we are killed while a server takes it.

A message is in our hands before anything is sent, and noted as sent as soon as the server has it. Between the two no
transaction is open. A second attempt bears the same name (Message-ID, webhook-id): so it is known for what it is.
"""

import hashlib
import hmac
import logging
import secrets
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from amends import links
from amends.clock import Clock
from amends.inbox import (
    Inbox,
    StoreUnavailableError,
    audit,
    cases,
    contacts,
    correspondents,
    notices,
    outbox,
    people,
    tickets,
    webhooks,
)
from amends.inbox.audit import Act
from amends.inbox.notices import LINK, MAIL, TEST, ToCompany, ToCustomer, ToStaff
from amends.inbox.outbox import Message
from amends.post import to_company, to_customer, to_staff
from amends.post.doors import Doors
from amends.post.mail import Mail
from amends.post.matter import Matter, read_matter
from amends.post.smtp import Mailer
from amends.post.trouble import FailedError, NoLongerError, NotNowError, UndeliverableError
from amends.post.webhook import Call, Caller, GoneError
from amends.settings import Settings

_log = logging.getLogger("amends.post")

MOST, MOST_SECONDS = 20, 5.0
"""How much is done in one turn: so many messages, and none is begun after so many seconds."""
ANNOUNCED = 100
"""Cases that are put into the outbox in one turn: who writes meanwhile waits for no more of them."""
TICK, BACK_OFF = 1.0, 15.0
"""Seconds between two turns, and after one in which the store could not be used."""
CLOSED = timedelta(minutes=1)
"""How long a lane is left alone whose server is down."""
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)
"""How long a message waits after each attempt that failed; after one more it is dead."""
JITTER = 0.2
"""By how much of itself a pause is longer at most, so that what failed together does not come back together."""
MOST_LINKS = 5
"""Private links that are sent again in one mail: those of the latest cases."""
_REMIND, _TIDY = timedelta(minutes=1), timedelta(hours=1)


class Postman:
    """Delivers the messages of one inbox. Any number of processes may, on any number of machines.

    `mailer` and `caller` are made of the settings, unless a test has its own.
    """

    def __init__(
        self,
        settings: Settings,
        inbox: Inbox,
        clock: Clock,
        *,
        mailer: Mailer | None = None,
        caller: Caller | None = None,
    ) -> None:
        self._inbox, self._clock, self._content = inbox, clock, settings.content
        self._secret = settings.secret()
        self._doors = Doors(settings.url, self._secret)
        self._mailer = mailer or (Mailer(settings.smtp, settings.mail_from) if settings.smtp else None)
        self._caller = caller or Caller()
        self._closed: dict[str, datetime] = {}
        self._reminded = self._tidied = datetime.min.replace(tzinfo=UTC)

    def run(self, stop: threading.Event) -> None:
        """Deliver turn by turn until `stop` is set. A failure is logged and tried again; it never ends the work."""
        pause = TICK
        while not stop.wait(pause):
            pause = TICK
            try:
                self.deliver_due(self._clock())
            except StoreUnavailableError as error:
                _log.error("%s; trying again in %d s", error, BACK_OFF)
                pause = BACK_OFF
            except Exception:
                # A mistake of ours in one turn must not end the post for good.
                _log.exception("trying again in %d s", BACK_OFF)
                pause = BACK_OFF

    def deliver_due(self, now: datetime) -> int:
        """Deliver what is due, `MOST` messages at most; return how many were delivered.

        StoreUnavailableError where the inbox cannot be used: what is in our hands is free again after its lease.
        """
        self._announce()
        self._remind(now)
        self._tidy(now)
        self._closed = {lane: until for lane, until in self._closed.items() if until > now}
        ends, delivered = time.monotonic() + MOST_SECONDS, 0
        try:
            for _ in range(MOST):
                if time.monotonic() >= ends:
                    break
                with self._inbox.writing() as connection:
                    message = outbox.take(connection, now, self._closed)
                if message is None:
                    break
                delivered += self._deliver(message, now)
        finally:
            if self._mailer:
                self._mailer.close()
        return delivered

    def _deliver(self, message: Message, now: datetime) -> bool:
        """Deliver a message that is in our hands, and note what became of it; whether it was delivered."""
        try:
            self._send(message, now)
        except NoLongerError as why:
            with self._inbox.writing() as connection:
                outbox.drop(connection, message.id, now, str(why))
        except NotNowError as early:
            with self._inbox.writing() as connection:
                outbox.postpone(connection, message.id, early.until)
        except UndeliverableError as why:
            self._give_up(message, now, str(why))
        except FailedError as why:
            if why.is_down:
                self._closed[message.lane] = now + CLOSED
            self._retry(message, now, str(why))
        except StoreUnavailableError:
            raise
        except Exception as error:
            # A message that we cannot write must not keep the others from leaving.
            _log.exception("message %d (%s)", message.id, message.kind)
            self._retry(message, now, f"{type(error).__name__}: {error}")
        else:
            with self._inbox.writing() as connection:
                outbox.sent(connection, message.id, self._clock())
            return True
        return False

    def _send(self, message: Message, now: datetime) -> None:
        if message.attempts > len(PAUSES) + 1:
            raise UndeliverableError("whoever tried to deliver it was killed")
        if message.channel != MAIL:
            self._call_or_forget(message, now)
        elif self._mailer is None:
            # What happened long ago must not be told on the day on which mail is set up.
            raise NoLongerError("no mail is sent: AMENDS_SMTP is not set")
        elif message.kind == LINK:
            self._mailer.send(self._with_links(message, now))
        elif message.kind == TEST:
            self._mailer.send(self._to_try(message))
        elif message.kind in set(ToStaff):
            self._mailer.send(self._with_ticket(message, now))
        else:
            write = self._to_staff if message.kind in set(ToCompany) else self._to_customer
            self._mailer.send(write(message, read_matter(self._inbox, self._content, message, now)))

    def _to_customer(self, message: Message, matter: Matter) -> Mail:
        """Write a mail to a customer, if it is wanted, and count it: five a day go to one address."""
        kind, email = ToCustomer(message.kind), message.recipient
        if matter.contact.email != email:
            raise NoLongerError("the case has another address by now, or none")
        letter = to_customer.letter(matter, kind, self._doors)
        is_notice = matter.contact.confirmed is None and kind is not ToCustomer.RECEIPT
        self._count(message, matter, is_notice=is_notice)
        return Mail(letter, email, self._name(message), self._clock(), self._doors.stop(email))

    def _with_links(self, message: Message, now: datetime) -> Mail:
        """Write the mail with the private links that somebody asked for, if there are any, and count it as one."""
        with self._inbox.reading() as connection:
            found = contacts.cases_with(connection, message.recipient, message.facts["what"], MOST_LINKS)
        asked = [replace(message, company=case.company, number=case.number) for case in found]
        matters = [read_matter(self._inbox, self._content, one, now) for one in asked]
        if not matters:
            raise NoLongerError("there is no such case with this address")
        letter, email = to_customer.links_again(matters, self._doors), matters[0].contact.email
        self._count(message, matters[0])
        return Mail(letter, email, self._name(message), self._clock(), self._doors.stop(email))

    def _count(self, message: Message, matter: Matter, *, is_notice: bool = False) -> None:
        """Count a mail to a customer's address; NoLongerError where none is wanted, NotNowError after the day's last.

        With `is_notice` it is the one mail besides the receipt that goes to an address nobody confirmed.
        """
        digest = links.address_digest(self._secret, matter.contact.email)
        with self._inbox.writing() as connection:
            if correspondents.has_stopped(connection, digest):
                raise NoLongerError("no more mail is wanted at this address")
            if is_notice and not correspondents.notice(connection, matter.number, message.id):
                raise NoLongerError("nobody confirmed this address, and it has had its one mail")
            may_go = correspondents.count(connection, digest, message.id, matter.now)
        if not may_go:
            raise NotNowError(_tomorrow(matter.now))

    def _to_staff(self, message: Message, matter: Matter) -> Mail:
        with self._inbox.reading() as connection:
            staff = people.addresses(connection, message.company)
        if (int(message.facts["staff"]), message.recipient) not in staff:
            raise NoLongerError("nobody of the staff has this address any more")
        letter = to_company.letter(matter, ToCompany(message.kind), self._doors)
        return Mail(letter, message.recipient, self._name(message), self._clock())

    def _with_ticket(self, message: Message, now: datetime) -> Mail:
        """Write the mail with which somebody chooses a password; its secret is made here, and in the mail alone."""
        kind = ToStaff(message.kind)
        with self._inbox.writing() as connection:
            person = people.get(connection, int(message.facts["staff"]))
            email = people.address(connection, person) if person else None
            if person is None or not email:
                raise NoLongerError("nobody of the staff has this login, or an address")
            if kind is ToStaff.INVITATION and not people.is_invited(connection, person):
                raise NoLongerError("who was invited has chosen a password")
            ticket = tickets.make(connection, person, to_staff.LASTS[kind], now)
            if kind is ToStaff.RESET:
                audit.note(connection, now, person, Act.RESET_SENT)
            voice = to_staff.voice_of(connection, person)
        letter = to_staff.letter(voice, kind, person, ticket, self._doors)
        return Mail(letter, email, self._name(message), self._clock())

    def _to_try(self, message: Message) -> Mail:
        """Write the mail by which one of the staff sees that mail arrives."""
        with self._inbox.reading() as connection:
            person = people.get(connection, int(message.facts["staff"]))
            email = people.address(connection, person) if person else None
            if person is None or not email:
                raise NoLongerError("nobody of the staff has this login, or an address")
            voice = to_staff.voice_of(connection, person)
        return Mail(to_staff.trial(voice), email, self._name(message), self._clock())

    def _call_or_forget(self, message: Message, now: datetime) -> None:
        """Call a webhook. Somebody waits for the answer to a test: it is made once, whatever that is."""
        try:
            self._call(message, now)
        except (FailedError, UndeliverableError) as error:
            if message.kind == TEST:
                raise NoLongerError(str(error)) from error
            raise

    def _call(self, message: Message, now: datetime) -> None:
        with self._inbox.reading() as connection:
            hook = webhooks.get(connection, message.company)
        if hook is None or hook.stopped or hook.url != message.recipient:
            raise NoLongerError("the company has another webhook by now, or none")
        if message.kind == TEST:
            body = to_company.body_of_test(message.company, message.made)
        else:
            matter = read_matter(self._inbox, self._content, message, now)
            body = to_company.body(matter, ToCompany(message.kind), self._doors)
        call = Call(f"msg_{self._name(message)}", int(self._clock().timestamp()), body)
        try:
            self._caller.call(hook, call)
        except GoneError:
            with self._inbox.writing() as connection:
                webhooks.stop(connection, message.company, hook.url, self._clock())
            raise

    def _name(self, message: Message) -> str:
        """Return what a message is called, the same at every attempt, and by which nobody can guess another."""
        return hmac.digest(self._secret, f"message\n{message.once}".encode(), hashlib.sha256)[:16].hex()

    def _retry(self, message: Message, now: datetime, why: str) -> None:
        if message.attempts > len(PAUSES):
            self._give_up(message, now, why)
            return
        pause = PAUSES[message.attempts - 1] * (1 + secrets.SystemRandom().uniform(0, JITTER))
        with self._inbox.writing() as connection:
            outbox.retry(connection, message.id, now + pause, why)

    def _give_up(self, message: Message, now: datetime, why: str) -> None:
        # What a server says may name an address: it stands in the outbox alone.
        _log.warning("message %d (%s) cannot be delivered", message.id, message.kind)
        with self._inbox.writing() as connection:
            outbox.give_up(connection, message.id, now, why)

    def _announce(self) -> None:
        """Put into the outbox what is to be told of cases that came in."""
        with self._inbox.reading() as connection:
            if not cases.post_due(connection, 1):
                return
        with self._inbox.writing() as connection:
            for new in cases.post_due(connection, ANNOUNCED):
                notices.received(connection, new)

    def _remind(self, now: datetime) -> None:
        """Tell companies of deadlines, once a minute."""
        if now < self._reminded + _REMIND:
            return
        with self._inbox.reading() as connection:
            found = notices.deadlines(connection, self._reminded, now)
        if found:
            with self._inbox.writing() as connection:
                for deadline in found:
                    told = (deadline.company, deadline.number, deadline.kind, deadline.reply_by)
                    notices.tell_company(connection, *told, due=now)
        self._reminded = now

    def _tidy(self, now: datetime) -> None:
        """Forget what need not be known any more, once an hour."""
        if now >= self._tidied + _TIDY:
            with self._inbox.writing() as connection:
                outbox.purge(connection, now)
                correspondents.purge(connection, now)
            self._tidied = now


def _tomorrow(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
