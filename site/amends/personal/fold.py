"""A text as a searcher wants it: every digit, dash and space of the world as the one of ASCII."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from amends.personal.model import Span

GAP = "\0"
"""Stands where something is that is not looked at again; one for each of its characters."""

_FULL_WIDTH = range(0xFF01, 0xFF5F)
_FULL_WIDTH_BY = 0xFEE0
# U+30FC lengthens a vowel, and stands for a hyphen between digits; so does its half-width form.
_LIKE = {"−": "-", "ー": "-", "ｰ": "-", "·": ".", "․": ".", "‧": ".", "・": ".", "⁄": "/", "∕": "/", "\t": " "}
# What makes an emoji of a digit.
_KEYCAP = "\ufe0f\u20e3"
_BY_CATEGORY = {"Zs": " ", "Pd": "-", "Cf": ""}
_WITHOUT_SPACES = frozenset(("CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR"))
_SPACED_LETTERS = frozenset(("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN"))


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, and where each of its characters stood."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """Return the place in the text as it was given."""
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """Fold a text: digits of any script, full-width forms, dashes and spaces; what cannot be seen is left out."""
    if text.isascii():
        return Folded(text.replace("\t", " ").replace(GAP, " "), range(len(text)))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        folded = fold_letter(letter)
        if folded:
            letters.append(folded)
            places.append(place)
    return Folded("".join(letters), places)


@lru_cache(4096)
def fold_letter(letter: str) -> str:
    """Return the one character that stands for this one, or nothing."""
    if ord(letter) in _FULL_WIDTH:
        letter = chr(ord(letter) - _FULL_WIDTH_BY)
    if letter in _LIKE:
        return _LIKE[letter]
    if letter == GAP:
        return " "
    if letter.isascii():
        return letter
    if letter in _KEYCAP:
        return ""
    category = unicodedata.category(letter)
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    return _BY_CATEGORY.get(category, letter)


@lru_cache(4096)
def script(letter: str) -> str:
    """Return the script of a letter; one name for all that are written without spaces, none for what is no letter."""
    if not letter.isalpha():
        return ""
    if letter.isascii():
        return "LATIN"
    name = unicodedata.name(letter, "").partition(" ")[0]
    return "CJK" if name in _WITHOUT_SPACES else name


def is_part_of_word(letter: str) -> bool:
    """Whether a number that touches this letter is a part of a code: there are scripts where numbers touch words."""
    return script(letter) in _SPACED_LETTERS


def without(text: str, spans: Iterable[Span]) -> str:
    """Return the text with gaps in the place of the spans, as long as it was."""
    pieces: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if end > done:
            pieces += (text[done:start], GAP * (end - max(start, done)))
            done = end
    return "".join((*pieces, text[done:]))
