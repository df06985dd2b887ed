"""What staff decide about personal data: which of what was found stays hidden, and what else is to be."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from amends.personal import Choice, occurs
from amends.publish import Piece, masked, own, pieces
from amends.record import Company

MOST = 10
"""How many words or lines staff may hide by hand: more is not masking but withholding, and the keeper's to decide."""
MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text as it becomes public, and what of it staff can decide about."""

    text: str
    author: str
    found: Sequence[Piece]
    choice: Choice

    @property
    def by_hand(self) -> str:
        """What is hidden besides, a line each."""
        return "\n".join(self.choice.hidden)


@dataclass(frozen=True, slots=True)
class Sight:
    """What was found in words that the company is about to say, and whether staff have looked at all of it."""

    found: Sequence[Piece]
    choice: Choice
    was_shown: bool


def sight(company: Company, texts: Iterable[str], seen: Collection[str], hidden: Collection[str]) -> Sight:
    """Look for what staff have to see before it leaves: of what they have `seen`, what they left `hidden` counts."""
    found = found_in_reply(company, *texts)
    was_shown = {piece.key for piece in found} <= set(seen)
    return Sight(found, chosen(found, hidden if was_shown else [piece.key for piece in found]), was_shown)


def proposal(company: Company, text: str, author: str, choice: Choice) -> Proposal:
    """Return a customer's words as they become public with this choice."""
    shown = masked(company, text, choice)
    return Proposal(shown, masked(company, author, choice), found_in(company, text, author), choice)


def found_in(company: Company, *texts: str) -> Sequence[Piece]:
    """Return what was found in some texts, each thing once."""
    return list({piece.key: piece for text in texts for piece in pieces(company, text)}.values())


def found_in_reply(company: Company, *texts: str) -> Sequence[Piece]:
    """Return what was found in what the company says, but for its own contacts."""
    return [piece for piece in found_in(company, *texts) if own(company).hides(piece.words)]


def chosen(found: Sequence[Piece], hidden: Collection[str], by_hand: str = "") -> Choice:
    """Return what was decided: the keys of what stays hidden, and words by hand, a line each."""
    lines = (" ".join(line.split()) for line in by_hand.splitlines())
    return Choice(
        frozenset(piece.key for piece in found if piece.key not in hidden), tuple(dict.fromkeys(filter(None, lines)))
    )


def wrong_words(company: Company, choice: Choice, text: str, author: str) -> str:
    """Say what is wrong with the words to be hidden by hand; nothing where nothing is."""
    strange = [words for words in choice.hidden if not (occurs(words, text) or occurs(words, author))]
    if strange:
        return f"“{strange[0][:80]}” does not stand there; nothing was changed. Type it as it is written."
    if len(choice.hidden) > MOST or any(len(words) > MOST_CHARACTERS for words in choice.hidden):
        return (
            f"At most {MOST} places of {MOST_CHARACTERS} characters can be hidden. If more of it may not be read, ask "
            "the keeper to withhold it."
        )
    if choice.hidden and not any(map(str.isalpha, _without_masks(masked(company, text, choice)))):
        return "Nothing would be left to read. If nobody may read it, ask the keeper to withhold it."
    return ""


def _without_masks(text: str) -> str:
    return re.sub(r"\[hidden: [a-z -]*\]", "", text)
