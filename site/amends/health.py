"""Whether the service should be sent visitors: what `/healthz` answers."""

import time
from collections.abc import Callable

from amends.inbox import Inbox, cases

LATELY = 60.0
"""Seconds after which visitors may try a store again that failed."""


def is_healthy(inbox: Inbox, seconds: Callable[[], float] = time.monotonic) -> bool:
    """Whether the store can be read, and has not failed this process in the last `LATELY` seconds.

    A write that succeeds makes up for a failure. Asking costs one row and writes nothing: a probe that writes would
    compete for the disk with what visitors have to say. StoreUnavailableError where the store cannot be read.
    """
    with inbox.reading() as connection:
        cases.get(connection, "")
    return inbox.failed is None or seconds() - inbox.failed >= LATELY
