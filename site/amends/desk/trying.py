"""What bounds trying at the door: failures slow down who fails, and few passwords are compared at once."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import request

from amends import gate
from amends.clock import Clock
from amends.inbox import Inbox, audit, people, tries
from amends.inbox.audit import Act
from amends.inbox.people import Person
from amends.inbox.sessions import Session
from amends.inbox.tries import Bucket

AT_ONCE, QUEUE = 2, 8
"""Passwords that a process compares at once, each with 64 MB and for some hundredths of a second, and how many wait.

However many come, most of the 32 threads of a process stay free for everybody else.
"""
CROWDED = 5
"""Seconds to wait for who found the queue full."""

Buckets = Mapping[bytes, Bucket]


class CrowdedError(Exception):
    """So many passwords are being compared that this one was not."""


class Turnstile:
    """Lets some through at once, some more wait, and sends away who comes when both places are full."""

    def __init__(self, at_once: int = AT_ONCE, queue: int = QUEUE) -> None:
        self._all, self._through = threading.BoundedSemaphore(at_once + queue), threading.BoundedSemaphore(at_once)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Do the block in one's turn; CrowdedError where too many wait."""
        if not self._all.acquire(blocking=False):
            raise CrowdedError
        try:
            with self._through:
                yield
        finally:
            self._all.release()


class Trying:
    """Counts the tries of one installation, whose secret keeps from everybody what is counted."""

    def __init__(self, inbox: Inbox, clock: Clock, secret: bytes) -> None:
        self._inbox, self._clock, self._secret = inbox, clock, secret

    def of_login(self, login: str, device: str | None) -> Buckets:
        """Return what a sign-in counts towards.

        On a device on which this login has signed in before it is the device alone: whoever tries passwords elsewhere
        does not keep a colleague out.
        """
        if device:
            return {self._key("device", device): tries.DEVICE}
        return {self._key("login", login): tries.LOGIN, **self._of_network("network", tries.NETWORK)}

    def of_links(self) -> Buckets:
        """Return what asking for a link counts towards."""
        return self._of_network("links", tries.LINKS)

    def of_code(self, person: Person, device: str | None) -> Buckets:
        """Return what somebody's code counts towards: where they have signed in before the device alone, as above."""
        return {self._key("code", device or str(person.id)): tries.CODE}

    def take(self, buckets: Buckets) -> int:
        """Count a try; where there is no room, count none and return how many seconds it is until there is."""
        now = self._clock()
        with self._inbox.reading() as connection:
            # Who comes too often costs no write.
            seconds = tries.wait(connection, buckets, now)
        if seconds:
            return seconds
        with self._inbox.writing() as connection:
            return tries.take(connection, buckets, now)

    def give_back(self, buckets: Buckets) -> None:
        """Let a try not count: it was right."""
        with self._inbox.writing() as connection:
            tries.give_back(connection, buckets, self._clock())

    def note_failure(self, login: str, buckets: Buckets) -> None:
        """Note that somebody could not sign in; not what was typed where there is no such login.

        The tries are written down once more with it, so that to say no takes as long whether or not there is one.
        """
        now = self._clock()
        with self._inbox.writing() as connection:
            tries.keep(connection, buckets)
            if known := people.with_login(connection, login):
                audit.note(connection, now, known, Act.FAILED)

    def wrong_password(self, found: Session, password: str) -> str:
        """Return why the password does not do with which somebody confirms a change; empty where it does.

        Each session has tries of its own: a stolen one keeps its owner from nothing.
        """
        person, buckets = found.person, {self._key("confirm", found.id.hex()): tries.CODE}
        if seconds := self.take(buckets):
            return too_many(seconds)
        with self._inbox.reading() as connection:
            is_right = people.has_password(connection, person, password)
        if not is_right:
            return "This is not your password. Nothing was changed."
        self.give_back(buckets)
        return ""

    def _of_network(self, what: str, bucket: Bucket) -> Buckets:
        network = gate.network_of(self._secret, request.remote_addr)
        return {self._key(what, network): bucket} if network else {}

    def _key(self, what: str, whose: str) -> bytes:
        return tries.key_of(self._secret, what, whose)


def too_many(seconds: int) -> str:
    """Say that somebody has to wait, and for how long."""
    return f"Too many tries went wrong. Nothing is locked: please try again in {seconds} seconds."
