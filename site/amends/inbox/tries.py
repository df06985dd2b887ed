"""How often something may be tried: failures slow down whoever fails, and never lock anybody out for good.

Each bucket is a row that says when all its tries are forgotten: a leaky bucket as a meter, or GCRA (ITU-T I.371).
What is tried counts before it is known whether it is right, so that no number of tries at once is more than a bucket
holds.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from amends.inbox.signing_tables import throttle
from amends.inbox.unique import insert_once


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many tries at once, and after them one more `every`."""

    at_once: int
    every: timedelta


LOGIN = Bucket(5, timedelta(minutes=1))
"""Failures with one login, from wherever somebody has not signed in with it before."""
DEVICE = Bucket(10, timedelta(minutes=1))
"""Failures with one login on a device on which it has signed in: nobody else's failures count there."""
NETWORK = Bucket(20, timedelta(seconds=30))
"""Failures from one network, with whichever login."""
CODE = Bucket(5, timedelta(minutes=5))
"""Wrong codes of somebody whose password was right, or wrong passwords to confirm a change, in one session."""
LINKS = Bucket(10, timedelta(minutes=6))
"""Links to choose a new password that one network may ask for."""


def key_of(secret: bytes, what: str, whose: str) -> bytes:
    """Return by what a bucket is known where nobody may learn whose it is: somebody may type a password as login."""
    return hmac.digest(secret, f"tries\n{what}\n{whose}".encode(), hashlib.sha256)[:16]


def wait(connection: Connection, buckets: Mapping[bytes, Bucket], now: datetime) -> int:
    """Return how many seconds it is until each of the buckets has room for a try; 0 where they have."""
    query = select(throttle.c.key, throttle.c.until).where(throttle.c.key.in_(list(buckets)))
    free = [row.until - buckets[row.key].every * (buckets[row.key].at_once - 1) for row in connection.execute(query)]
    return max([0, *(int((at - now).total_seconds()) for at in free)])


def take(connection: Connection, buckets: Mapping[bytes, Bucket], now: datetime) -> int:
    """Count a try in each of the buckets; where one of them has no room, count none and return as `wait` does."""
    seconds = wait(connection, buckets, now)
    if not seconds:
        connection.execute(delete(throttle).where(throttle.c.until <= now))
        for key, bucket in buckets.items():
            _move(connection, key, bucket.every, now)
    return seconds


def give_back(connection: Connection, buckets: Mapping[bytes, Bucket], now: datetime) -> None:
    """Take a try out of each of the buckets again: it was right."""
    for key, bucket in buckets.items():
        _move(connection, key, -bucket.every, now)


def keep(connection: Connection, buckets: Mapping[bytes, Bucket]) -> None:
    """Write down again what stands there: for who must not show by the time it takes that there is nothing to write."""
    connection.execute(update(throttle).where(throttle.c.key.in_(list(buckets))).values(until=throttle.c.until))


def _move(connection: Connection, key: bytes, by: timedelta, now: datetime) -> None:
    until = connection.execute(select(throttle.c.until).where(throttle.c.key == key)).scalar() or now
    if not insert_once(connection, throttle, "key", {"key": key, "until": until + by}):
        connection.execute(update(throttle).where(throttle.c.key == key).values(until=until + by))
