"""What the coach says of a reply, in the desk's language. It is advice: nothing waits for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends import coach
from amends.case import Kind
from amends.desk.matter import Matter
from amends.language import language
from amends.record import Record

EARLIER = 200
"""How many of the company's last replies are looked at for one that is nearly the same."""

_SPOKEN = language("en")


@dataclass(frozen=True, slots=True)
class Advice:
    """A piece of advice, and the words of the reply that it is about; empty where something is missing."""

    rule: str
    message: str
    words: str


def advice(matter: Matter, text: str, record: Record, now: datetime) -> Sequence[Advice]:
    """Return what the coach says of a reply to a case. Personal data is the desk's own business: it asks about it."""
    shown = matter.public or matter.received
    if shown is None:
        return ()
    company = matter.company
    reply = coach.Reply(
        text=text,
        language=shown.language or company.language,
        kind=Kind(shown.kind),
        asked="\n".join(_said(matter)),
        now=now,
        author=shown.author or None,
        earlier=_earlier(record, company.slug),
        contacts=tuple(contact.value for contact in company.contacts),
        order_pattern=company.order_pattern,
    )
    found = (one for one in coach.advise(reply) if one.rule is not coach.Rule.PERSONAL_DATA)
    return [Advice(str(one.rule), one.said(_SPOKEN), " ".join(text[one.start : one.end].split())) for one in found]


def _said(matter: Matter) -> Sequence[str]:
    """Return all that the customer said of the case."""
    later = [event.text for event in matter.public.events if event.by == "customer"] if matter.public else []
    first = (matter.public.text if matter.public else "") or (matter.received.text if matter.received else "")
    return [words for words in (first, *later, *(one.text for one in matter.additions)) if words]


def _earlier(record: Record, slug: str) -> tuple[str, ...]:
    replies = (reply for entry in record.entries.get(slug, ()) for reply in entry.case.replies if reply.text)
    newest = sorted(replies, key=lambda reply: reply.at, reverse=True)[:EARLIER]
    return tuple(reply.text or "" for reply in newest)
