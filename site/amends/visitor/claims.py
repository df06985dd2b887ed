"""What a reply says by a day and its company does not count as a promise: its customer may take it as one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from amends.case import Case, Event, end_of
from amends.inbox import deeds
from amends.publish import is_promised, masked, own
from amends.record import Company

CLAIM_WITHIN = timedelta(days=14)
"""How long after its day somebody may still say that it was promised."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a reply that names a day; `words` are those for the day, `what` is all of it as everyone reads it.

    `reply` is the time of the reply; `key` tells it from the others of the case.
    """

    key: str
    reply: datetime
    words: str
    what: str
    due: date

    @property
    def facts(self) -> dict[str, str]:
        """Return what a deed keeps of it."""
        return {"what": self.what, "due": self.due.isoformat()}


def claims(connection: Connection, company: Company, public: Case, now: datetime) -> list[Claim]:
    """Return what the customer can take as a promise: what was found in a reply and dismissed, for a while and once."""
    if public.is_gone:
        return []
    return [
        one
        for one in _dismissed(connection, company, public)
        if now < end_of(one.due, company.zone) + CLAIM_WITHIN and not is_promised(public, one.what, one.due)
    ]


def _dismissed(connection: Connection, company: Company, public: Case) -> Iterator[Claim]:
    for deed in deeds.carried_out(connection, public.number, company.slug, "reply"):
        reply = _reply_of(deed, public)
        for place, one in enumerate(json.loads(deed.facts.get("dismissed", "[]"))):
            # Once only the words were kept: without the day that they meant there is nothing to take as a promise.
            if reply is not None and isinstance(one, dict):
                what = masked(company, one["what"], own(company))
                yield Claim(f"{deed.id}.{place}", reply.at, one["words"], what, date.fromisoformat(one["due"]))


def _reply_of(deed: deeds.Deed, public: Case) -> Event | None:
    """Return the reply that a decision wrote: it is never before the decision, and at once where the clock is right."""
    return next((reply for reply in public.replies if deed.at is not None and reply.at >= deed.at), None)
