"""What makes two texts alike: the terms in which they share more than words that stand in every text.

A term is the beginning of a word, or a pair of neighbouring Chinese characters: both are known to find nearly as much
as stems and a dictionary of words would (McNamee and Mayfield, Character N-Gram Tokenization for European Language Text
Retrieval, 2004; Nie, Gao, Zhang and Zhou, On the Use of Words and N-grams for Chinese Information Retrieval, 2000).
`terms` is written twice: widget/similar.js cuts what a visitor types as this module cuts what stands on the board.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

from amends.board.machines import common

_MARKS = re.compile("[\u0300-\u036f\u0640\u064b-\u065f\u0670]")
"""Accents, and in Arabic vowels, the hamza and the stroke that only makes a word longer."""

# Letters that all versions of Unicode treat alike, since browsers and Python have others.
_RUN = re.compile(
    "[a-z0-9ß-öø-ſ]+|[а-џ]+|[ء-ي]+|(?:(?![的了是我你他她它您们們在就也都很还還这這那個个吗嗎呢吧啊和与與])[㐀-鿿])+"
)
"""A word, or Chinese between characters that are only grammar."""
_HAN = "㐀"
_ENDS = re.compile("^(?:[وفبك]?ال|لل)(?=..)|(?<=...)(?:e?s|en?|[аеиоуыьюя]+)$")
"""What is cut off a word: in Arabic the article and what is written together with it (Larkey, Ballesteros and Connell,
Light Stemming for Arabic Information Retrieval, 2007), elsewhere the endings by which short words differ most.
"""

_LONGEST = 6
"""Letters of a word that count: what follows is mostly its ending."""

_MOST = 24
"""Terms of a text that are kept, those that weigh most: on the texts for development more found nothing more."""

_TITLE = 3
"""How many words of the text a word of the title is worth."""

_PLENTY = 10.0
"""The sum of squares below which a text says too little to be as like another as its few words are."""

SCALE = 1000
"""Weights are whole numbers: thousandths."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text as it is compared with others: `title` is empty where it has none, `language` None where nobody said."""

    title: str
    text: str
    language: str | None


def terms(text: str) -> list[str]:
    """Return the terms of a text in their order: no numbers, no single letters, nothing of any other script."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", text).lower())
    return [term for run in _RUN.findall(plain) for term in _of_run(run)]


def _of_run(run: str) -> list[str]:
    if run >= _HAN:
        return [run[start : start + 2] for start in range(len(run) - 1)]
    return [] if len(run) == 1 or run.isdecimal() else [_ENDS.sub("", run)[:_LONGEST]]


def weighed(texts: Sequence[Words]) -> list[dict[str, int]]:
    """Return for each of these texts its terms with their weights, the weightiest first.

    A term weighs the more, the oftener it is in its text and the fewer of the others have it (tf-idf); common words
    weigh nothing. It weighs as much as one of a text of usual length would, so that long texts are like no more others.
    """
    counts = [_counted(words) for words in texts]
    having = Counter(term for count in counts for term in count)
    rare = {term: log(1 + len(texts) / number) / log(1 + len(texts)) for term, number in having.items()}
    return [_weighed(count, rare) for count in counts]


def _counted(words: Words) -> Counter[str]:
    count = Counter(terms(words.text))
    for term in terms(words.title):
        count[term] += _TITLE
    for term in count.keys() & common.terms_of(words.language, terms):
        del count[term]
    return count


def _weighed(count: Counter[str], rare: dict[str, float]) -> dict[str, int]:
    found = {term: (1 + log(number)) * rare[term] for term, number in count.items()}
    length = sqrt(max(sum(weight * weight for weight in found.values()), _PLENTY))
    most = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    return {term: round(SCALE * weight * rare[term] / length) for term, weight in most}
