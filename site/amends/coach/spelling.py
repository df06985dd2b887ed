"""Words that are spelt wrong: what a language's own list has, and with a dictionary what is one slip away from a word.

The dictionaries are pyspellchecker's (MIT), which `amends[coach]` installs; nothing is fetched. Without it the lists
are all there is. One is read when it is first asked for, which takes up to a second and some thirty megabytes.
"""

import re
from collections.abc import Iterator, Mapping, Set
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from amends.coach.model import Finding, Rule
from amends.coach.phrases import plain
from amends.coach.reading import Read
from amends.language import N_

if TYPE_CHECKING:
    from spellchecker import SpellChecker

_TYPO = N_("A slip of the pen? “{right}” may be meant.")

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_PIECE = re.compile(r"`[^`]*`|\S+")
_NO_PROSE = re.compile(r"[@/\\_#`\d]|\w\.\w")
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?…:\n]|[¿¡«“\"(])\s*$")
_STANDS_ALONE = re.compile(r"\s*(?:[,!\n]|$)")
_FEWEST_LETTERS = 4
_LONG = 7
_MOST_LOOKED_UP = 24
"""Unknown words of one reply whose neighbours are looked up, so that a reply in another language costs little."""

_SHARE = 1e-6
"""How common a word has to be in its dictionary for somebody to have meant it."""

_PARTS = 4
"""The fewest letters of each part of a compound, which German and Dutch write as one word."""


def typos(read: Read) -> Iterator[Finding]:
    """Find slips in words that are no names: names, numbers, addresses and the customer's own words are left alone."""
    prose = _PIECE.sub(lambda found: " " * len(found[0]) if _NO_PROSE.search(found[0]) else found[0], read.text)
    listed = [
        (found.start(), found.end(), read.words.wrong[" ".join(found[0].casefold().split())])
        for found in read.words.misspelt.finditer(prose)
    ]
    taken = {place for start, end, _ in listed for place in range(start, end)}
    slips = [slip for slip in _slips(prose, read) if slip[0] not in taken]
    for start, end, right in sorted((*listed, *slips)):
        yield Finding(Rule.TYPOS, start, end, _TYPO, (("right", right),))


def _slips(prose: str, read: Read) -> Iterator[tuple[int, int, str]]:
    """Yield words that the dictionary has not, with the word that was probably meant."""
    speller = _dictionary(read.words.dictionary) if read.words.dictionary else None
    if not speller:
        return
    known = {word.lower() for word in _WORD.findall(plain(f"{read.reply.asked} {read.reply.author or ''}"))}
    unknown = (
        found
        for found in _WORD.finditer(prose)
        if len(found[0]) >= _FEWEST_LETTERS
        and found[0].lower() not in known
        and not _may_be_a_name(found, prose, read)
        and not read.words["typos.right"].fullmatch(found[0])
        and found[0].lower() not in read.words.said
        and not _is_word(found[0].lower(), speller)
    )
    for found in islice(unknown, _MOST_LOOKED_UP):
        word = found[0].lower()
        right = _meant(word, speller, read.words.said)
        is_sure = read.words.has_forms and not (read.words.has_capitals and _is_inside(found, prose))
        if right and (is_sure or _is_surely_a_slip(word, right, read.words.alike)):
            yield *found.span(), right


def _may_be_a_name(found: re.Match[str], prose: str, read: Read) -> bool:
    """Whether a word has a capital inside a sentence, is somebody addressed or signing, or has capitals only.

    Where every noun has a capital a long word inside a sentence may be one of them.
    """
    word = found[0]
    if not word[0].isupper():
        return False
    if _is_inside(found, prose):
        return word.isupper() or not read.words.has_capitals or len(word) < _LONG
    return word.isupper() or _STANDS_ALONE.match(prose, found.end()) is not None


def _is_inside(found: re.Match[str], prose: str) -> bool:
    """Whether a word has a capital although no sentence begins with it."""
    begins = _SENTENCE_BEGINS.search(prose, max(0, found.start() - 4), found.start())
    return found[0][0].isupper() and not begins


def _is_word(word: str, speller: "SpellChecker") -> bool:
    """Whether the dictionary has a word, its parts at apostrophes and hyphens, or the two words it is made of."""
    parts = re.split(r"['-]", word)
    if word in speller or (len(parts) > 1 and all(len(part) < _FEWEST_LETTERS or part in speller for part in parts)):
        return True
    places = range(_PARTS, len(word) - _PARTS + 1)
    return any(
        word[:at] in speller and (word[at:] in speller or (word[at] == "s" and word[at + 1 :] in speller))
        for at in places
    )


def _meant(word: str, speller: "SpellChecker", said: Set[str]) -> str | None:
    """Return the commonest word one slip away: a letter too many, too few, or wrong, or two of them changed round.

    What the lists of the coach have is what replies are made of, and so commoner than any other.
    """
    every = set(speller.edit_distance_1(word))
    if own := every & said:
        return min(own)
    near = speller.known(every)
    best = max(sorted(near), key=lambda each: speller[each], default=None)
    if best is None or speller[best] < _SHARE * speller.word_frequency.total_words:
        return None
    return best


def _is_surely_a_slip(word: str, right: str, alike: Mapping[int, str | None]) -> bool:
    """Whether a word lacks a letter inside, has two changed round or sounds the same, so that it is no form of the
    other: what tells one form from the other stands at the end.
    """
    if word[-2:] != right[-2:]:
        return False
    is_short = word[0] == right[0] and len(word) < len(right)
    return is_short or sorted(word) == sorted(right) or word.translate(alike) == right.translate(alike)


@cache
def _dictionary(language: str) -> "SpellChecker | None":
    try:
        from spellchecker import SpellChecker  # noqa: PLC0415 - it may not be installed
    except ImportError:
        return None
    return SpellChecker(language, distance=1)
