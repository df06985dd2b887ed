"""The dates in a text, each with what is said around it.

A text is cut into sentences, and these into clauses. Whether a date is promised shows in the words of its clause and
its sentence, before it and behind it, in the words for the date itself, and in the signs of the grammar: "we will" and
"you can" before "by Friday". What each of these counts is learned, and said in `weights`.
"""

import re
from bisect import bisect_left, bisect_right
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
"""What is hardly ever said of the past."""
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
            sentence = _Sentence(small, bared, start, end, words)
            for one in (one for one in here if not _counts_later(bared, one, words)):
                yield Said(one, end, frozenset(sentence.features(one)))
        start = end


def _sentences(text: str, small: str) -> Iterator[tuple[int, str]]:
    """Yield the ends of the sentences, and what marks them: a full stop before a small letter does not."""
    for found in _SENTENCE.finditer(text):
        if small[found.start() : found.end()].strip(_DATE + _QUOTE) or found.end() == len(text):
            yield found.end(), found[0]


class _Sentence:
    """A sentence from `start` to `end`; in `bared` there is no date left. What all its dates need is found once."""

    def __init__(self, small: str, bared: str, start: int, end: int, words: Grammar) -> None:
        self._small, self._bared, self._words = small, bared, words
        self._token = _CHARACTER if words.is_joined else _WORD
        cuts = [found.start() for found in words.starts.finditer(bared, start, end)]
        cuts += [found.end() for found in _CLAUSE.finditer(bared, start, end)]
        self._edges = sorted({start, end, *cuts})
        self._signs = [sign for clause in pairwise(self._edges) for sign in self._signs_in(*clause)]
        self._ends = [end for _, end, _ in self._signs]

    def features(self, one: Dated) -> Iterator[str]:
        """Yield what is said around a date."""
        yield from self._of_signs(one)
        start, end = max(self._edges[0], one.start - _FAR), min(self._edges[-1], one.end + _FAR)
        clause, clause_end = self._clause(one)
        before, behind = self._tokens(start, one.start), self._tokens(one.end, end)
        yield from _words("b", self._tokens(max(start, clause), one.start))
        yield from _words("a", self._tokens(one.end, min(end, clause_end)))
        yield from _words("B", before)
        yield from _words("A", behind)
        yield from _words("d", _named(self._token, self._small[one.start : one.end]))
        for count in (2, 3):
            yield f"p {' '.join(before[-count:])}"
            yield f"n {' '.join(behind[:count])}"

    def _of_signs(self, one: Dated) -> Iterator[str]:
        """Yield which signs of the grammar stand nearest to a date, in its clause and around that."""
        clause, clause_end = self._clause(one)
        at = bisect_right(self._ends, one.start)
        left, right = self._signs[max(at - 1, 0) : at], self._signs[at : at + 1]
        before = next((kind for start, _, kind in left if start >= clause), "none")
        behind = next((kind for start, _, kind in right if start < clause_end), "none")
        first, last = bisect_left(self._signs, (clause, 0, "")), bisect_left(self._signs, (clause_end, 0, ""))
        nearest = behind if before == "none" else before
        ahead = "ahead" if one.is_ahead else "any"
        yield from (f"nearest {nearest}", f"nearest {nearest} {one.meaning}", f"nearest {nearest} {ahead}")
        yield from (f"before {before}", f"behind {behind}")
        yield f"earlier {self._signs[first - 1][2] if first else 'none'}"
        yield f"later {self._signs[last][2] if last < len(self._signs) else 'none'}"
        yield from (f"meaning {one.meaning}", ahead)
        if _stands_back(self._bared, one, self._words):
            yield "back"

    def _clause(self, one: Dated) -> tuple[int, int]:
        index = bisect_right(self._edges, one.start)
        return self._edges[index - 1], self._edges[index]

    def _signs_in(self, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        for sign in self._words.signs.finditer(self._bared[start:end]):
            yield start + sign.start(), start + sign.end(), sign.lastgroup or ""

    def _tokens(self, start: int, end: int) -> list[str]:
        return _named(self._token, self._bared[start:end])


def _named(token: re.Pattern[str], said: str) -> list[str]:
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
