"""Promises of a date in what a company writes: "by Friday", "within three working days", "vóór 3 maart", "下周五之前".

What is found is a proposal, made for a person to confirm. Nothing here knows the case or keeps any of its words. The
words for dates stand in `words/<language>.toml`, and what they mean in `days`; which of the dates are promised is
learned from replies that people labelled, by what `clauses` finds around each and what that counts in `weights`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from amends.promises.clauses import Dated, Said, said
from amends.promises.days import from_monday_to_friday
from amends.promises.grammar import LANGUAGES, folded, grammar_of
from amends.promises.weights import LIKELY, probability

__all__ = ["FARTHEST", "LANGUAGES", "Proposal", "ahead", "find", "from_monday_to_friday"]

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
    spoken = here if here in LANGUAGES else _nearest(text)
    return tuple(_likely(spoken, ahead(text, spoken, local, calendar)))


def ahead(
    text: str, language: str, local: datetime, calendar: Callable[[date], bool]
) -> Iterator[tuple[Said, Proposal]]:
    """Yield every date that could be promised at a local time, likely or not, with what is said around it."""
    words = grammar_of(language)
    for one in said(text, folded(text, words), words):
        start, end, day = one.dated.start, one.dated.end, _day(one.dated, local, calendar)
        if day is None:
            continue
        due = datetime.combine(day + timedelta(days=1), time(0), local.tzinfo).astimezone(UTC)
        if local < due <= local + FARTHEST:
            yield one, Proposal(start, end, text[start:end], day, due)


def _likely(language: str, dates: Iterable[tuple[Said, Proposal]]) -> Iterator[Proposal]:
    proposed: set[tuple[int, date]] = set()
    for one, proposal in dates:
        key = (one.sentence, proposal.day)
        if key not in proposed and probability(one.features, language) > LIKELY:
            proposed.add(key)
            yield proposal


def _nearest(text: str) -> str:
    def known(language: str) -> tuple[int, int]:
        words = grammar_of(language)
        return words.known_in(folded(text, words))

    return max(LANGUAGES, key=known)


def _day(one: Dated, local: datetime, calendar: Callable[[date], bool]) -> date | None:
    try:
        return one.day(local, calendar)
    except (ValueError, OverflowError):  # the 31st of a month that has none, or the end of the calendar
        return None
