"""Noticing on which sites the form is opened, without anybody waiting for it or being noticed."""

import logging
import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from amends.clock import Clock
from amends.inbox import Inbox, StoreUnavailableError, openings

EVERY = timedelta(minutes=1)
"""Between two notes of the same site, in each process."""
PER_MINUTE = 20
"""So many sites are noted in a minute, in each process: whoever makes them up writes no more than that."""

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?")
_log = logging.getLogger(__name__)


class Noticing:
    """What the sites are noted by. `url` is the service's own, which is none of them. Threads share it."""

    def __init__(self, inbox: Inbox, clock: Clock, url: str) -> None:
        self._inbox, self._clock, self._url = inbox, clock, url
        self._lock = threading.Lock()
        self._noted: dict[tuple[str, str], datetime] = {}

    def of(self, company: str, origin: str | None) -> Callable[[], None] | None:
        """Return what notes a site, to be called when the answer is sent; None where there is nothing to note.

        A page without an origin of its own, as in a sandbox, says "null", and is none.
        """
        if origin is None or origin == self._url or len(origin) > openings.LONGEST or not _ORIGIN.fullmatch(origin):
            return None
        now = self._clock()
        with self._lock:
            self._noted = {key: at for key, at in self._noted.items() if now - at < EVERY}
            if (company, origin) in self._noted or len(self._noted) >= PER_MINUTE:
                return None
            self._noted[company, origin] = now
        return lambda: self._note(company, origin, now)

    def _note(self, company: str, origin: str, now: datetime) -> None:
        try:
            with self._inbox.writing() as connection:
                openings.note(connection, company, origin, now)
        except (StoreUnavailableError, SQLAlchemyError) as error:
            _log.info("not noted that the form of %s was opened on %s: %s", company, origin, error)
