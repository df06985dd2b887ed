"""Advice about a reply to a customer while it is written; advice never holds a reply back.

Each rule reads the words alone, by lists that stand in `languages/`, one file a language. Nothing is kept, nothing is
sent anywhere, and the same reply gets the same advice.
"""

from collections.abc import Iterable
from dataclasses import replace

from amends.coach import content, tone
from amends.coach.model import Finding, Reply, Rule
from amends.coach.reading import read_reply
from amends.coach.spelling import typos
from amends.coach.words import LANGUAGES, words_of

__all__ = ["LANGUAGES", "Finding", "Reply", "Rule", "advise"]

_MISSING = (tone.apology, content.measure, content.unanswered)
_THERE = (tone.defensive, tone.impersonal, content.too_long, content.copied)


def advise(reply: Reply, *, spelling: bool = True) -> tuple[Finding, ...]:
    """Return all advice about a reply, what is missing first.

    An empty one gets none, one in a language that the coach does not read only about personal data. Without `spelling`
    no dictionary is read, and no word looked up.

    No text makes it fail; ValueError says what is wrong with the country or the order pattern of the company.
    """
    words = words_of(reply.language)
    if words is None:
        return tuple(content.personal_data(reply))
    if not reply.text.strip():
        return ()
    read = read_reply(reply, words)
    slips = tuple(typos(read)) if spelling else ()
    meant = read_reply(replace(reply, text=_corrected(reply.text, slips)), words) if slips else read
    missing = (finding for rule in _MISSING for finding in rule(meant))
    there = (finding for rule in _THERE for finding in rule(read))
    return (*missing, *there, *slips, *content.personal_data(reply))


def _corrected(text: str, slips: Iterable[Finding]) -> str:
    """Return the text with the words that were meant, so that a slip in "sorry" is no want of regret."""
    for slip in sorted(slips, reverse=True):
        text = f"{text[: slip.start]}{dict(slip.facts)['right']}{text[slip.end :]}"
    return text
