"""A company's own order numbers: found by the mask in its company.toml."""

import re
from collections.abc import Iterator
from functools import lru_cache

from amends.personal.fold import fold, is_part_of_word, script
from amends.personal.model import Span

_MOST = 40
_FEWEST_DIGITS = 3
_CLASSES = {"A": r"[^\W\d_]", "9": "[0-9]"}


def read_order_pattern(mask: str) -> str:
    """Return a mask as it stands; ValueError says what was expected.

    `A` stands for a letter of any script, `9` for a digit, everything else for itself. A mask of few digits would
    hide words and small numbers.
    """
    if len(mask) > _MOST or mask.count("9") < _FEWEST_DIGITS or not mask.isprintable() or mask != mask.strip():
        raise ValueError(
            f"a mask like AA-999999, where A stands for a letter and 9 for a digit: {_FEWEST_DIGITS} digits at least"
            f" and {_MOST} characters at most"
        )
    return mask


def find_orders(text: str, mask: str) -> Iterator[Span]:
    """Yield the order numbers of a folded text that are no part of a longer word or number."""
    for found in _pattern(mask).finditer(text):
        start, end = found.span()
        if not (_goes_on(text, start, start - 1) or _goes_on(text, end - 1, end)):
            yield start, end


def _goes_on(text: str, inner: int, outer: int) -> bool:
    """Whether the word or number with the character at `inner` has the one at `outer` too."""
    if not 0 <= outer < len(text):
        return False
    mine, other = text[inner], text[outer]
    if mine.isdecimal() or other.isdecimal():
        return other.isdecimal() or is_part_of_word(other)
    return bool(script(mine)) and script(mine) == script(other)


@lru_cache(64)
def _pattern(mask: str) -> re.Pattern[str]:
    letters = (_CLASSES.get(letter) or re.escape(letter) for letter in fold(read_order_pattern(mask)).text)
    return re.compile("".join(letters), re.IGNORECASE)
