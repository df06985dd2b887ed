"""Finding cases by words: every word has to occur somewhere in what the searcher may read of a case.

A word is found wherever it stands, in the middle of another one too: Chinese and Thai have no spaces. Letters are
compared as Unicode folds them, here and in no database: SQLite's own `lower` knows ASCII alone.
"""

import unicodedata
from collections.abc import Sequence

LONGEST = 200
"""Characters of what is searched for; what is longer is cut."""


def fold(text: str) -> str:
    """Return a text as it is compared with another one: composed (NFC), without capitals."""
    return unicodedata.normalize("NFC", text).casefold()


def words_of(query: str) -> list[str]:
    """Return the words that are searched for."""
    return list(dict.fromkeys(fold(query[:LONGEST]).split()))


class Search:
    """The words that are searched for, each with the numbers of the cases in which it was found so far."""

    def __init__(self, query: str) -> None:
        self._found: dict[str, set[str]] = {word: set() for word in words_of(query)}

    def see(self, texts: Sequence[tuple[str, str]]) -> None:
        """Look for the words in folded texts, each with the number of its case."""
        for word, found in self._found.items():
            found |= {number for number, text in texts if word in text}

    @property
    def numbers(self) -> set[str]:
        """The numbers of the cases in which every word was found."""
        return set.intersection(*self._found.values()) if self._found else set()
