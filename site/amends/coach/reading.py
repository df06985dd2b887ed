"""A reply as the rules read it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from amends.case import Kind
from amends.coach.dates import days_in
from amends.coach.model import Reply
from amends.coach.phrases import plain
from amends.coach.words import Words

Span = tuple[int, int]

_SENTENCE = re.compile(r"(?:[^.!?。！？…\n]|\.(?=\w))+[.!?。！？…]*")
_CLAUSE_ENDS = re.compile(r"[.!?,;:。！？，；：\n]")
QUESTION_MARKS = ("?", "？")
# How far before a deed its "not" may stand, in characters.
_BEFORE, _BEFORE_HAN = 30, 4


@dataclass(frozen=True, slots=True)
class Read:
    """A reply, its `plain` text, the words of its language, its sentences, and what it says was or will be done."""

    reply: Reply
    text: str
    words: Words
    sentences: tuple[Span, ...]
    deeds: tuple[Span, ...]

    @property
    def is_complaint(self) -> bool:
        """Whether somebody is owed an apology and a measure."""
        return self.reply.kind is Kind.COMPLAINT


def read_reply(reply: Reply, words: Words) -> Read:
    """Read a reply once for all rules."""
    text = plain(reply.text)
    sentences = sentences_of(text)
    return Read(reply, text, words, sentences, tuple(_deeds(reply, text, words, sentences)))


def sentences_of(text: str) -> tuple[Span, ...]:
    """Return from where to where each sentence goes; a point inside a number or an address ends none."""
    return tuple(found.span() for found in _SENTENCE.finditer(text) if found[0].strip())


def is_question(sentence: str) -> bool:
    """Whether a sentence ends as a question does."""
    return sentence.rstrip().endswith(QUESTION_MARKS)


def _deeds(reply: Reply, text: str, words: Words, sentences: tuple[Span, ...]) -> Iterator[Span]:
    """Yield what moves the case on: a deed of ours, a day to come, a question that the customer can answer.

    What only sounds like a deed (`measure.empty`), and what is said not to be done, is none.
    """
    told = words["measure.empty"].sub(lambda found: "\ue000" * len(found[0]), text)
    for found in words["measure.done"].finditer(told):
        if not _is_denied(told, found.span(), words):
            yield found.span()
    yield from (found.span() for found in words["measure.when"].finditer(told))
    for on, span in days_in(told, words.tag, reply.now.date()):
        if on >= reply.now.date() and on - reply.now.date() < timedelta(days=366):
            yield span
    for start, end in sentences:
        if is_question(text[start:end]) and words["measure.ask"].search(told, start, end):
            yield start, end


def _is_denied(text: str, span: Span, words: Words) -> bool:
    """Whether a "not" stands in a deed, or before it in the same clause."""
    start, end = span
    before = text[max(0, start - (_BEFORE if words.spaced else _BEFORE_HAN)) : start]
    clause = _CLAUSE_ENDS.split(before)[-1]
    return words["measure.not"].search(clause + text[start:end]) is not None
