"""Promises of a date in what a company writes: "by Friday", "within three working days", "vóór 3 maart", "下周五之前".

What is found is a proposal, made for a person to confirm. Nothing here knows the case or keeps any of its words. What
is looked for stands in `words/<language>.toml`; what the words mean, and what is a promise, is said in `days` and
`clauses`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from amends.promises.clauses import Dated, promised
from amends.promises.days import from_monday_to_friday
from amends.promises.grammar import LANGUAGES, Grammar, folded, grammar_of

__all__ = ["FARTHEST", "LANGUAGES", "Proposal", "find", "from_monday_to_friday"]

FARTHEST = timedelta(days=400)
"""How far ahead a promise is believed to be one."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A date that seems to be promised.

    `start` and `end` are offsets in code points, `end` behind the last one of `words`. `day` is the last day on which
    the promise is kept in time, and `due` the instant in UTC at which it is over in the company's time zone.
    """

    start: int
    end: int
    words: str
    day: date
    due: datetime


def find(
    text: str,
    now: datetime,
    zone: tzinfo,
    language: str | None = None,
    calendar: Callable[[date], bool] = from_monday_to_friday,
) -> tuple[Proposal, ...]:
    """Find the dates that a company promises in a reply written at `now`, in the order of the text.

    `language` is the reply's BCP 47 tag; without one, or with one that has no grammar, the one is taken whose
    commonest words the text has most of. `calendar` says of a day whether it is one of the company's
    working days. Of a day that is promised twice in one sentence only the first is proposed.
    """
    local = now.astimezone(zone)
    here = (language or "").lower().partition("-")[0]
    words = grammar_of(here) if here in LANGUAGES else _nearest(text)
    return tuple(_found(text, words, local, zone, calendar))


def _nearest(text: str) -> Grammar:
    every = [grammar_of(one) for one in LANGUAGES]
    return max(every, key=lambda words: words.known_in(folded(text, words)))


def _found(
    text: str, words: Grammar, local: datetime, zone: tzinfo, calendar: Callable[[date], bool]
) -> Iterator[Proposal]:
    said: set[tuple[int, date]] = set()
    for one, sentence in promised(text, folded(text, words), words):
        day = _day(one, local, calendar)
        if day is None or (sentence, day) in said:
            continue
        due = datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC)
        if local < due <= local + FARTHEST:
            said.add((sentence, day))
            yield Proposal(one.start, one.end, text[one.start : one.end], day, due)


def _day(one: Dated, local: datetime, calendar: Callable[[date], bool]) -> date | None:
    try:
        return one.day(local, calendar)
    except (ValueError, OverflowError):  # the 31st of a month that has none, or the end of the calendar
        return None
