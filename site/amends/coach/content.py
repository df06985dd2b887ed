"""Whether a reply moves the case on, answers what was asked, and can be read and shown."""

import re
from collections.abc import Iterator
from itertools import pairwise

from amends import personal
from amends.case import Kind
from amends.coach.dates import days_in
from amends.coach.model import Finding, Reply, Rule
from amends.coach.phrases import plain
from amends.coach.reading import QUESTION_MARKS, Read, is_question, sentences_of
from amends.language import N_

_NO_MEASURE = N_(
    "Neither what was done nor what comes next is said: name a deed, a day or a question, as in “I refunded you €20;"
    " the new lamp leaves on Friday”."
)
_TOO_LONG = N_("Few read on from here: leave out what the customer need not know. Above {most}: {over}.")
_PERSONAL = N_("This is personal data, and everybody can read the reply: leave it out, or answer in private.")
_NOT_ANSWERED = N_("What the customer asked is not taken up: answer it, or ask what you need in order to answer.")
_COPIED = N_("This is nearly an earlier reply of yours: say what is true of this case alone.")

MOST_WORDS, MOST_HAN = 120, 220
"""How long a reply may be: words, or characters where no spaces stand between words."""

_CLAUSE_BEGINS = re.compile(r"(?:^|[.,;:!?¡¿…\n(–—-])\s*$")
_CLAUSE_ENDS = re.compile(r"\s*(?:[.,;:!…\n)–—]|$)")
_HAN_NUMBER = "[\\d一二三四五六七八九十两兩百千]"
_MONEY = re.compile(
    r"[€$£¥]\s?\d[\d.,]{0,20}|(?<![\w.,])\w[\w.,]{0,20}\s?"
    r"(?:[%€$£¥](?!\s?\d)|(?:percent|procent|prozent|процент|euro|pound|dollar|рубл)\w*)"
    rf"|(?<!{_HAN_NUMBER}){_HAN_NUMBER}{{1,12}}[元块塊折]",
    re.IGNORECASE,
)
"""Sums and shares of money, with the number or the word before them."""

_HAN = r"\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(r"[^\W_]+(?:['’.,@-][^\W_]+)*")
_UNIT = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+")
_RUN, _ALIKE = 5, 0.6
_FEWEST, _FEWEST_HAN = 12, 20
_SHORT = 25
_STEM, _LEAST_OF_A_WORD = 5, 3


def measure(read: Read) -> Iterator[Finding]:
    """Miss a deed, a day to come and a question that moves it on, in the answer to a complaint."""
    if read.is_complaint and not read.deeds:
        yield Finding(Rule.MEASURE, 0, 0, _NO_MEASURE)


def too_long(read: Read) -> Iterator[Finding]:
    """Find what stands beyond `MOST_WORDS` or `MOST_HAN`."""
    units, most = (_WORD, MOST_WORDS) if read.words.spaced else (_UNIT, MOST_HAN)
    every = list(units.finditer(read.text))
    if len(every) > most:
        facts = (("most", most), ("over", len(every) - most))
        yield Finding(Rule.TOO_LONG, every[most].start(), len(read.text), _TOO_LONG, facts)


def personal_data(reply: Reply) -> Iterator[Finding]:
    """Find personal data, but not the company's own contacts, and not what the customer shows as their name."""
    own = {personal.key(contact) for contact in reply.contacts}
    shown = personal.key(reply.author or "")
    for found in personal.find(reply.text, reply.country, reply.order_pattern):
        key = personal.key(reply.text[found.start : found.end])
        if key not in own and key not in shown:
            yield Finding(Rule.PERSONAL_DATA, found.start, found.end, _PERSONAL)


def unanswered(read: Read) -> Iterator[Finding]:
    """Miss an answer to what the customer asked.

    A question is taken up by a yes or a no, by asking back, by a day where it asks when, by a number in a short reply
    where it asks for a quantity (a sum of money only where it asks for one), and by any word of the question that tells
    what it is about. So a reply that repeats a word and says nothing is not seen, and one that answers wholly in other
    words is taken for none.
    """
    asked = _questions(read)
    if asked and not any(_is_taken_up(question, read) for question in asked):
        yield Finding(Rule.UNANSWERED, 0, 0, _NOT_ANSWERED)


def _questions(read: Read) -> list[str]:
    """Return what the customer asked: sentences with a question mark, or which begin as a question does."""
    if read.reply.kind in (Kind.PRAISE, Kind.IDEA):
        return []
    text = plain(read.reply.asked)
    sentences = [text[start:end].strip() for start, end in sentences_of(text)]
    begins = read.words["question.begin"].match if read.reply.kind is Kind.QUESTION else lambda _: None
    return [sentence for sentence in sentences if is_question(sentence) or begins(sentence)]


def _is_taken_up(question: str, read: Read) -> bool:
    words = read.words
    if _says_yes_or_no(read) or any(mark in read.text for mark in QUESTION_MARKS):
        return True
    if words["question.time"].search(question) and _names_a_day(read):
        return True
    is_short = len(_UNIT.findall(read.text)) <= _SHORT
    if is_short and words["question.quantity"].search(question):
        numbers = read.text if words["question.money"].search(question) else _MONEY.sub(" ", read.text)
        if words["question.number"].search(numbers):
            return True
    return not _subjects(question, read).isdisjoint(_subjects(read.text, read))


def _says_yes_or_no(read: Read) -> bool:
    """Whether a yes or a no stands by itself, at the beginning or the end of a clause; in Chinese anywhere."""
    return any(
        not read.words.spaced
        or _CLAUSE_BEGINS.search(read.text, max(0, found.start() - 4), found.start())
        or _CLAUSE_ENDS.match(read.text, found.end())
        for found in read.words["question.answer"].finditer(read.text)
    )


def _names_a_day(read: Read) -> bool:
    days = days_in(read.text, read.words.tag, read.reply.now.date())
    return read.words["measure.when"].search(read.text) is not None or next(days, None) is not None


def _subjects(text: str, read: Read) -> set[str]:
    """Return what a text is about: the beginnings of its words, or its pairs of characters, without common ones."""
    text = text.casefold()
    common = read.words.common
    if read.words.spaced:
        words = (word for word in _WORD.findall(text) if len(word) >= _LEAST_OF_A_WORD and word not in common)
        return {word[:_STEM] for word in words}
    for word in sorted((word for word in common if len(word) > 1), key=len, reverse=True):
        text = text.replace(word, " ")
    units = [(found[0], found.start()) for found in _UNIT.finditer(text)]
    pairs = ((one, two) for (one, at), (two, next_at) in pairwise(units) if next_at == at + 1)
    return {one + two for one, two in pairs if one not in common or two not in common}


def copied(read: Read) -> Iterator[Finding]:
    """Find a reply that has six in ten of its runs of five words (or characters) in common with an earlier one.

    The measure is Jaccard's, of both sets of runs. Thanks in one sentence are nobody's copy.
    """
    units = _WORD if read.words.spaced else _UNIT
    own = _runs(read.text, units)
    if len(own) + _RUN - 1 < (_FEWEST if read.words.spaced else _FEWEST_HAN):
        return
    if any(_jaccard(own, _runs(plain(earlier), units)) >= _ALIKE for earlier in read.reply.earlier):
        yield Finding(Rule.COPIED, 0, len(read.text), _COPIED)


def _runs(text: str, units: re.Pattern[str]) -> set[tuple[str, ...]]:
    words = units.findall(text.casefold())
    return {tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)}


def _jaccard(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    both = len(one & other)
    return both / (len(one) + len(other) - both)
