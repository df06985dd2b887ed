"""The notation in which people write down what to look for, and the regular expressions that are made of it.

A phrase is words as they are written. `work*` is any word that begins so, `*mos` any that ends so, `we/I` one word or
the other, `(very)` words that may be missing, `...` up to seven words of the same sentence and `#` a number. In a
language that sets no spaces between its words the pieces of a phrase stand one behind the other, and `...` is up to ten
characters.
"""

import re
from collections.abc import Iterable

_BETWEEN = r"[\s,;:()\"“”„«»–—-]+"
_WORD = r"(?:[^\s.!?…,;:()\"“”„«»–—]|[.,:](?=\w))+"
_GAP = f"(?:{_BETWEEN}{_WORD}){{0,7}}?"
_HAN_GAP = r"[^。！？!?；;\n]{0,10}?"
_REST = r"\w*"
_NUMBER = r"(?:\d[\d.,]*|[一二三四五六七八九十两兩几幾半]+)"
_PIECE = re.compile(r"\([^()]+\)|\S+")
_NOTHING = re.compile(r"(?!)")
# Letter for letter, so that offsets stay: how words are typed differs more than what they are.
_ALIKE = str.maketrans("’‘ʼ´`ёЁ\u00a0\u202f", "'''''еЕ  ")


def plain(text: str) -> str:
    """Return the text with one kind of apostrophe, of space and of the Russian e, each character in its place."""
    return text.translate(_ALIKE)


def phrases(written: Iterable[str], *, spaced: bool) -> re.Pattern[str]:
    """Return the pattern that finds any of these phrases in a `plain` text; ValueError says which cannot be read."""
    every = [_spaced(phrase) if spaced else _joined(phrase) for phrase in written]
    return re.compile("|".join(every), re.IGNORECASE) if every else _NOTHING


def _spaced(phrase: str) -> str:
    first, *others = _pieces(phrase)
    made = _one_of(first, _REST)
    for piece in others:
        if piece == "...":
            made += _GAP
        elif piece.startswith("("):
            made += f"(?:{''.join(_BETWEEN + _one_of(word, _REST) for word in piece[1:-1].split())})?"
        else:
            made += _BETWEEN + _one_of(piece, _REST)
    return rf"(?<!\w){made}(?!\w)"


def _joined(phrase: str) -> str:
    made = ""
    for piece in _pieces(phrase):
        if piece == "...":
            made += _HAN_GAP
        elif piece.startswith("("):
            made += f"(?:{''.join(_one_of(word, '') for word in piece[1:-1].split())})?"
        else:
            made += _one_of(piece, "")
    return made


def _pieces(phrase: str) -> list[str]:
    """Cut a phrase into its pieces; the first one is never one that may be missing."""
    pieces = _PIECE.findall(plain(phrase))
    if not pieces or pieces[0].startswith(("(", "...")) or pieces[-1] == "...":
        raise ValueError(f"a phrase that begins and ends with a word: {phrase!r}")
    if any(piece.startswith("(") != piece.endswith(")") for piece in pieces):
        raise ValueError(f"a phrase whose brackets are closed: {phrase!r}")
    return pieces


def _one_of(words: str, rest: str) -> str:
    """Return the pattern of `we/I`, `work*`, `*mos` or `#`; `rest` is what a star stands for."""
    if words == "#":
        return _NUMBER
    every = (rest.join(map(re.escape, word.split("*"))) for word in words.split("/"))
    return f"(?:{'|'.join(every)})"
