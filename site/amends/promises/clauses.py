"""The dates in a text, each with what is said around it.

A text is cut into sentences, and these into clauses. Whether a date is promised shows in the words of its clause and
its sentence, before it and behind it, in the words for the date itself, and in the signs of the grammar: "we will" and
"you can" before "by Friday". What each of these counts is learned, and said in `weights`.
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
_WORD = re.compile(rf"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|{_DATE}+|{_QUOTE}+|[^\s\w]")
_CHARACTER = re.compile(rf"\d+|{_DATE}+|{_QUOTE}+|\S")
_AHEAD = frozenset("tomorrow day_after_tomorrow weekday_next_week next_week next_month today this_week".split())
"""What can only be ahead."""
_EDGE = "|"
_STEM, _ENDING = 4, 3
"""Letters: by them a word is known, too, that is longer than both."""
_LONGEST = 40
"""More letters than any words have that stand right before a date."""
_FAR = 400
"""Letters of a sentence before and behind a date that are looked at: a text without a full stop costs no more."""


@dataclass(frozen=True, slots=True)
class Dated:
    """Words for a date and where they stand; `is_before` is whether the promise ends before that day.

    `is_ahead` is whether the words are only said of what is ahead.
    """

    start: int
    end: int
    meaning: str
    facts: dict[str, int]
    is_before: bool
    is_ahead: bool

    def day(self, now: datetime, calendar: Calendar) -> date | None:
        """Return the last day that is meant, said at a local time; see `day_of`."""
        day = day_of(self.meaning, self.facts, now, calendar)
        return day - timedelta(days=1) if day and self.is_before else day


@dataclass(frozen=True, slots=True)
class Said:
    """A date, the end of its sentence, and what is said around it: names of what `weights` knows."""

    dated: Dated
    sentence: int
    features: frozenset[str]


def said(text: str, small: str, words: Grammar) -> Iterator[Said]:
    """Yield the dates of a text that may be promised: none is in a question or in words that are quoted.

    `small` is the text folded.
    """
    small = _QUOTED.sub(lambda quote: _QUOTE * len(quote[0]), small)
    dates = _dates(small, words)
    if not dates:
        return
    bare = list(small)
    for one in dates:
        bare[one.start : one.end] = _DATE * (one.end - one.start)
    bared = "".join(bare)
    start = 0
    for end, mark in _sentences(text, bared):
        here = [one for one in dates if start <= one.start < end]
        if here and "?" not in mark and "？" not in mark:
            for one in (one for one in here if not _counts_later(bared, one, words)):
                yield Said(one, end, frozenset(_features(small, bared, start, end, one, words)))
        start = end


def _sentences(text: str, small: str) -> Iterator[tuple[int, str]]:
    """Yield the ends of the sentences, and what marks them: a full stop before a small letter does not."""
    for found in _SENTENCE.finditer(text):
        if small[found.start() : found.end()].strip(_DATE + _QUOTE) or found.end() == len(text):
            yield found.end(), found[0]


def _features(small: str, bared: str, start: int, end: int, one: Dated, words: Grammar) -> Iterator[str]:
    """Yield what is said around a date of the sentence from `start` to `end`; in `bared` no date is left."""
    start, end = max(start, one.start - _FAR), min(end, one.end + _FAR)
    cuts = [found.start() for found in words.starts.finditer(bared, start, end)]
    cuts += [found.end() for found in _CLAUSE.finditer(bared, start, end)]
    edges = sorted({start, end, *cuts})
    index = bisect_right(edges, one.start) - 1
    signs = _Signs(bared, list(pairwise(edges)), index, one, words)
    yield from signs.features()
    token = _CHARACTER if words.is_joined else _WORD
    before, behind = _tokens(token, bared[start : one.start]), _tokens(token, bared[one.end : end])
    near_before = _tokens(token, bared[edges[index] : one.start])
    near_behind = _tokens(token, bared[one.end : edges[index + 1]])
    yield from _words("b", near_before)
    yield from _words("a", near_behind)
    yield from _words("B", before)
    yield from _words("A", behind)
    yield from _words("d", _tokens(token, small[one.start : one.end]))
    for count in (2, 3):
        yield f"p {' '.join(before[-count:])}"
        yield f"n {' '.join(behind[:count])}"


def _tokens(token: re.Pattern[str], said: str) -> list[str]:
    marks = {_DATE: "@", _QUOTE: "“"}
    return [marks.get(one[0], "0" if one.isdigit() else one) for one in token.findall(said)]


def _words(place: str, tokens: Sequence[str]) -> Iterator[str]:
    """Yield the words of a place, what they begin and end with, and each two that stand side by side."""
    for one in tokens:
        yield f"{place} {one}"
        if len(one) > _STEM:
            yield f"{place} {one[:_STEM]}~"
            yield f"{place} ~{one[-_ENDING:]}"
    for one, another in pairwise((_EDGE, *tokens, _EDGE)):
        yield f"{place} {one} {another}"


@dataclass(frozen=True, slots=True)
class _Signs:
    """The grammar's signs around a date, whose clause is the one at `index`."""

    bared: str
    clauses: list[tuple[int, int]]
    index: int
    one: Dated
    words: Grammar

    def features(self) -> Iterator[str]:
        """Yield which signs stand nearest to the date, in its clause and around that."""
        own = self._in(self.index)
        before = [kind for _, end, kind in own if end <= self.one.start]
        behind = [kind for start, _, kind in own if start >= self.one.end]
        earlier = next((kinds[-1] for kinds in map(self._kinds, range(self.index - 1, -1, -1)) if kinds), "none")
        later = next(
            (kinds[0] for kinds in map(self._kinds, range(self.index + 1, len(self.clauses))) if kinds), "none"
        )
        nearest = [*before[-1:], *behind[:1], "none"][0]
        yield f"nearest {nearest}"
        yield f"nearest {nearest} {self.one.meaning}"
        yield f"nearest {nearest} {'ahead' if self.one.is_ahead else 'any'}"
        yield f"before {before[-1] if before else 'none'}"
        yield f"behind {behind[0] if behind else 'none'}"
        yield f"earlier {earlier}"
        yield f"later {later}"
        yield f"meaning {self.one.meaning}"
        yield "ahead" if self.one.is_ahead else "any"
        if _stands_back(self.bared, self.one, self.words):
            yield "back"

    def _kinds(self, index: int) -> list[str]:
        return [kind for _, _, kind in self._in(index)]

    def _in(self, index: int) -> list[tuple[int, int, str]]:
        start, end = self.clauses[index]
        found = self.words.signs.finditer(self.bared[start:end])
        return [(start + sign.start(), start + sign.end(), sign.lastgroup or "") for sign in found]


def _counts_later(small: str, one: Dated, words: Grammar) -> bool:
    """Whether a span begins when something else has happened: "within 14 days of the return"."""
    return one.meaning == "span" and words.counted_from.match(small, one.end) is not None


def _stands_back(small: str, one: Dated, words: Grammar) -> bool:
    """Whether the words right before or behind a date are such as stand by dates on which nothing is due."""
    before = small[max(0, one.start - _LONGEST) : one.start]
    return bool(words.not_behind.search(before) or words.not_ahead.match(small, one.end))


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
        is_ahead = when.meaning in _AHEAD or words.deadline.search(match[0]) is not None
        dates.append(Dated(start, end, when.meaning, words.facts(match), is_before, is_ahead))
    return sorted(dates, key=lambda one: one.start)
