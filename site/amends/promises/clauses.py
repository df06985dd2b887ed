"""Which of the dates in a text are promised: by the company, and for the time to come.

A text is cut into sentences and clauses. In a clause the sign that stands nearest before a date decides what the date
is ("we will ... by Friday", "you can ... by Friday"), else the nearest behind it; a clause without a sign goes with the
one before it in its sentence, else with the one behind it. In a sentence without any sign only what cannot but be ahead
is promised ("tomorrow", "by Friday"); nothing is in a question, nor in words that are quoted.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from amends.promises.days import Calendar, day_of
from amends.promises.grammar import Grammar

_QUOTED = re.compile(
    r"^[ \t]*>.*$|“[^“”\n]*”|„[^„“”\n]*[“”]|«[^«»\n]*»|「[^「」\n]*」|『[^『』\n]*』|\"[^\"\n]*\"", re.MULTILINE
)
_SENTENCE = re.compile(r"[.!?…]+(?=\s+[^\sa-zа-я]|\s*$|[\"'”»)])|[。！？]+|\n|$")
_CLAUSE = re.compile(r"[;,:()、]|\s[-–—]\s|—")
_DATE, _QUOTE = "\0", "\1"
_AHEAD = frozenset("tomorrow day_after_tomorrow weekday_next_week next_week next_month".split())
"""What can only be ahead: no sign of the past says anything of it."""
_NEAR = _AHEAD | {"today", "this_week"}
"""What is believed to be promised where no sign says anything."""
_LONGEST = 40
"""More letters than any words have that stand right before a date."""


@dataclass(frozen=True, slots=True)
class Dated:
    """Words for a date and where they stand; `is_before` is whether the promise ends before that day.

    `is_ahead` is whether the words are only said of what is ahead, and `signs` are those among the words themselves.
    """

    start: int
    end: int
    meaning: str
    facts: dict[str, int]
    is_before: bool
    is_ahead: bool
    signs: tuple[re.Match[str], ...]

    def day(self, now: datetime, calendar: Calendar) -> date | None:
        """Return the last day that is meant, said at a local time; see `day_of`."""
        day = day_of(self.meaning, self.facts, now, calendar)
        return day - timedelta(days=1) if day and self.is_before else day


def promised(text: str, small: str, words: Grammar) -> Iterator[tuple[Dated, int]]:
    """Yield each date that is promised and where its sentence ends; `small` is the text folded by the grammar."""
    small = _QUOTED.sub(lambda quote: _QUOTE * len(quote[0]), small)
    dates = _dates(small, words)
    if not dates:
        return
    bare = list(small)
    for one in dates:
        bare[one.start : one.end] = _DATE * (one.end - one.start)
    small = "".join(bare)
    start = 0
    for end, mark in _sentences(text, small):
        here = [one for one in dates if start <= one.start < end]
        if here and "?" not in mark and "？" not in mark:
            yield from ((one, end) for one in _of_sentence(small, start, end, here, words))
        start = end


def _sentences(text: str, small: str) -> Iterator[tuple[int, str]]:
    """Yield the ends of the sentences, and what marks them: a full stop before a small letter does not."""
    for found in _SENTENCE.finditer(text):
        if small[found.start() : found.end()].strip(_DATE + _QUOTE) or found.end() == len(text):
            yield found.end(), found[0]


def _of_sentence(small: str, start: int, end: int, dates: Sequence[Dated], words: Grammar) -> Iterator[Dated]:
    cuts = [found.start() for found in words.starts.finditer(small, start, end)]
    cuts += [found.end() for found in _CLAUSE.finditer(small, start, end)]
    edges = sorted({start, end, *cuts})
    clauses = list(pairwise(edges))
    signs = [list(words.signs.finditer(small[a:b])) for a, b in clauses]
    for one in dates:
        if _is_none(small, one, words):
            continue
        index = bisect_right(edges, one.start) - 1
        offset = one.start - edges[index]
        before = [sign for sign in signs[index] if sign.end() <= offset]
        behind = [sign for sign in signs[index] if sign.start() >= offset]
        nearest = [*before[::-1], *behind, *one.signs]
        if one.meaning in _AHEAD:
            nearest = [sign for sign in nearest if not sign["past"]]
        around = [sign for clause in signs[:index][::-1] for sign in clause[::-1]]
        around += [sign for clause in signs[index + 1 :] for sign in clause]
        # "We found the cause, and by Friday it is gone."
        nearest += [sign for sign in around if not (one.is_ahead and sign["past"])]
        if nearest[0]["ours"] if nearest else one.is_ahead:
            yield one


def _is_none(small: str, one: Dated, words: Grammar) -> bool:
    """Whether the words right before or behind a date say that nothing is due then."""
    return bool(
        words.not_behind.search(small[max(0, one.start - _LONGEST) : one.start])
        or words.not_ahead.match(small, one.end)
        or (one.meaning == "span" and words.counted_from.match(small, one.end))
    )


def _own(said: str, words: Grammar) -> tuple[re.Match[str], ...]:
    """Return what a date's own words say: "at the latest" is a promise. Other words of a date are no signs."""
    return tuple(sign for sign in words.signs.finditer(said) if sign["ours"])


def _dates(small: str, words: Grammar) -> list[Dated]:
    """Find all dates, the longest where two overlap."""
    found = [(when, match) for when in words.when for match in when.pattern.finditer(small)]
    found.sort(key=lambda pair: pair[1].start() - pair[1].end())
    taken = bytearray(len(small))
    dates = []
    for when, match in found:
        start, end = match.span()
        if any(taken[start:end]):
            continue
        taken[start:end] = b"\1" * (end - start)
        is_before = when.is_exact and match["before"] is not None
        is_ahead = when.meaning in _NEAR or words.deadline.search(match[0]) is not None
        dates.append(Dated(start, end, when.meaning, words.facts(match), is_before, is_ahead, _own(match[0], words)))
    return sorted(dates, key=lambda one: one.start)
