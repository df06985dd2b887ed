"""The words of a language, read from its file in `languages/`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from amends.coach.phrases import phrases, plain
from amends.language import nearest

LANGUAGES = ("en", "ru", "nl", "zh-Hant", "zh-Hans", "de", "fr", "es")
"""The languages in which the coach reads, as BCP 47 tags."""

PHRASES = {
    "apology": ("said", "but"),
    "measure": ("done", "when", "ask", "empty", "not"),
    "defensive": ("blame", "denial", "terms", "feelings", "mockery", "causes"),
    "impersonal": ("boilerplate", "first_person"),
    "question": ("begin", "answer", "quantity", "time", "money", "number"),
    "typos": ("right",),
}
"""Each table of a language's file with its lists of phrases."""

_WHOLE = re.compile(r"(?<![\w*'-])[^\W\d_]{4,}(?![\w*'-])")


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked for in one language.

    `spaced` tells whether spaces stand between words. `lists` are the phrases by table and list, as in `apology.said`.
    `common` are the words that tell nothing about what a question is about, `titles` what a name is followed by where
    a surname alone is a name, `wrong` the spellings that are wrong with the right ones. `has_forms` tells whether the
    dictionary has the forms of a word, not the word alone, and `has_capitals` whether every noun begins with a capital.
    `alike` are the letters that are written for one another, each with the one that stands for them all; what is not
    heard has None. `said` are the words that stand whole in the phrases.
    """

    tag: str
    spaced: bool
    lists: Mapping[str, re.Pattern[str]]
    common: frozenset[str]
    titles: tuple[str, ...]
    wrong: Mapping[str, str]
    misspelt: re.Pattern[str]
    dictionary: str | None
    has_forms: bool
    has_capitals: bool
    alike: Mapping[int, str | None]
    said: frozenset[str]

    def __getitem__(self, name: str) -> re.Pattern[str]:
        return self.lists[name]


def words_of(tag: str) -> Words | None:
    """Return the words of the language that a BCP 47 tag asks for; None where the coach has none."""
    found = nearest(tag, "")
    return read(found) if found in LANGUAGES else None


@cache
def read(tag: str) -> Words:
    """Read one of `LANGUAGES`. KeyError and ValueError name what is wrong with its file."""
    written = tomllib.loads(files("amends.coach").joinpath("languages", f"{tag}.toml").read_text("utf-8"))
    return _words(tag, written)


def _words(tag: str, written: Mapping[str, Any]) -> Words:
    spaced: bool = written["spaced"]
    lists = {
        f"{table}.{name}": phrases(written[table][name], spaced=spaced)
        for table, names in PHRASES.items()
        for name in names
    }
    wrong = {plain(word).casefold(): right for word, right in written["typos"]["wrong"].items()}
    return Words(
        tag=tag,
        spaced=spaced,
        lists=lists,
        common=frozenset(plain(word).casefold() for word in written["question"]["common"]),
        titles=tuple(written["impersonal"].get("titles", ())),
        wrong=wrong,
        misspelt=phrases(wrong, spaced=spaced),
        dictionary=written["typos"].get("dictionary"),
        has_forms=written["typos"].get("forms", True),
        has_capitals=written["typos"].get("capitals", False),
        alike={
            ord(letter): group[0] if len(group) > 1 else None
            for group in written["typos"].get("alike", ())
            for letter in group
        },
        said=frozenset(
            word
            for table, names in PHRASES.items()
            for name in names
            for phrase in written[table][name]
            for word in _WHOLE.findall(plain(phrase).casefold())
        ),
    )
