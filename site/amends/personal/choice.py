"""What a person decided about the masks of a text: what a machine finds is a proposal."""

import json
import re
from dataclasses import dataclass

BY_HAND = "personal data"
"""What stands in the place of words that nobody but a person found, in the words of the record's reasons."""


@dataclass(frozen=True, slots=True)
class Choice:
    """`shown` are the keys of what stays although it was found, `hidden` words that go although they were not."""

    shown: frozenset[str] = frozenset()
    hidden: tuple[str, ...] = ()

    def __or__(self, other: "Choice") -> "Choice":
        return Choice(self.shown | other.shown, (*self.hidden, *other.hidden))

    def dump(self) -> str:
        """Write it down; nothing where nothing was decided."""
        facts = {"shown": sorted(self.shown), "hidden": self.hidden}
        return json.dumps(facts, ensure_ascii=False) if self.shown or self.hidden else ""

    @classmethod
    def load(cls, written: str) -> "Choice":
        """Read what `dump` wrote."""
        facts = json.loads(written) if written else {"shown": (), "hidden": ()}
        return cls(frozenset(facts["shown"]), tuple(facts["hidden"]))

    def hides(self, words: str) -> bool:
        """Whether something that was found is to be masked."""
        return key(words) not in self.shown


def key(words: str) -> str:
    """Return by what something that was found is known again, however its letters and digits are set apart."""
    return "".join(character for character in words.casefold() if character.isalnum() or character in "@+")


def occurs(words: str, text: str) -> bool:
    """Whether words stand in a text as they were typed; between two of them any white space may stand."""
    return bool(words.split()) and re.search(pattern_of(words), text) is not None


def pattern_of(words: str) -> str:
    """Return the regular expression of words as they were typed."""
    return r"\s+".join(map(re.escape, words.split()))
