"""Days that are promised in a reply: found while it is written, and made promises only where a person confirms them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import zip_longest
from operator import attrgetter

from amends.desk.matter import Matter
from amends.promises import Proposal, find
from amends.text import one_line

_ENDS = ".!?\n。！？"
"""What ends a sentence, well enough for a proposal that somebody reads."""

MOST_CHARACTERS = 300
"""How long the words of a promise may be."""

MOST = 10
"""How many are proposed for one reply."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A promise that a reply seems to make: what, and by the end of which day. `key` tells it from the others."""

    key: str
    words: str
    what: str
    due: date

    @property
    def facts(self) -> dict[str, str]:
        """Return what a deed keeps of it."""
        return {"what": self.what, "due": self.due.isoformat()}


def proposed(matter: Matter, text: str, now: datetime) -> Sequence[Proposed]:
    """Return what a public reply seems to promise."""
    company = matter.company
    # A short reply does not show its language: it is read as that of its customer, of its company, and as it looks.
    tongues = dict.fromkeys((matter.language, company.language, None))
    worked = company.hours.is_working_day
    every = [one for tongue in tongues for one in find(text, now, company.zone, tongue, worked)]
    apart = [one for at, one in enumerate(every) if not any(_overlap(one, before) for before in every[:at])]
    found = sorted(apart, key=attrgetter("start"))
    return [
        Proposed(f"{one.day.isoformat()}/{one.words}", one.words, _sentence(text, one.start, one.end), one.day)
        for one in found[:MOST]
    ]


def _overlap(one: Proposal, other: Proposal) -> bool:
    return one.start < other.end and other.start < one.end


def confirmed(
    found: Sequence[Proposed], ticked: Iterable[str], said: Sequence[str], days: Sequence[str], today: date
) -> dict[str, str]:
    """Return what a deed keeps of what was proposed: what is promised by which day, and what is none by which words.

    `said` and `days` are what staff wrote, for each that was found. What is empty or no day counts as not written,
    and a day that is over as `today`.
    """
    kept = set(ticked)
    made = [
        replace(one, what=one_line(what, MOST_CHARACTERS) or one.what, due=_day(day, one.due, today)).facts
        for one, what, day in zip_longest(found, said, days, fillvalue="")
        if isinstance(one, Proposed) and one.key in kept
    ]
    dismissed = [{"words": one.words, **one.facts} for one in found if one.key not in kept]
    facts = {"promises": made, "dismissed": dismissed}
    return {name: json.dumps(value, ensure_ascii=False) for name, value in facts.items() if value}


def _day(chosen: str, found: date, today: date) -> date:
    try:
        return max(date.fromisoformat(chosen), today)
    except ValueError:
        return found


def _sentence(text: str, start: int, end: int) -> str:
    """Return the sentence in which the words stand, shortened to what a promise may say."""
    first = max(text.rfind(mark, 0, start) for mark in _ENDS) + 1
    last = min((at for mark in _ENDS if (at := text.find(mark, end)) >= 0), default=len(text))
    return " ".join(text[first:last].split())[:MOST_CHARACTERS]
