"""How much was taken in during the last hour, from whom and for whom, over all processes of an installation."""

import os
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete

from amends.inbox import quick
from amends.inbox.schema import rate

HOUR = 3600
"""Seconds in a slot."""

SHARDS = 16
"""Rows among which the processes on a server share a count."""


_USED = "SELECT scope, slot, sum(count) FROM rate WHERE scope IN ? AND slot IN ? GROUP BY scope, slot"
_MORE = " ON CONFLICT (scope, slot, shard) DO UPDATE SET count = rate.count + excluded.count"


def own_shard(*, is_shared: bool) -> int:
    """Return in which rows this process counts; `is_shared` says that the store is a server's."""
    return os.getpid() % SHARDS if is_shared else 0


def used(connection: Connection, scopes: Collection[str], now: datetime) -> dict[str, float]:
    """Return for each of the scopes how many were counted in the hour before now.

    Of the slot before this one the part that is not yet an hour ago, as if they had come evenly: no turn of the clock
    lets in twice as many.
    """
    slot, passed = divmod(int(now.timestamp()), HOUR)
    found = dict.fromkeys(scopes, 0.0)
    for scope, of, count in quick.select(connection, _USED, list(scopes), [slot - 1, slot]):
        found[scope] += int(count) if of == slot else int(count) * (1 - passed / HOUR)
    return found


def add(connection: Connection, counts: Mapping[str, int], now: datetime, shard: int) -> None:
    """Count so many more in each scope, in the rows of that shard."""
    slot = int(now.timestamp()) // HOUR
    # In one order, so that two processes never wait for each other.
    quick.insert(connection, rate, [(scope, slot, shard, counts[scope]) for scope in sorted(counts)], _MORE)


def forget(connection: Connection, now: datetime) -> None:
    """Delete what is no longer counted."""
    connection.execute(delete(rate).where(rate.c.slot < int(now.timestamp() // HOUR) - 1))
