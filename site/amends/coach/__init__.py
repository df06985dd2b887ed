"""Advice about a reply to a customer while it is written; advice never holds a reply back.

Each rule reads the words alone, by lists that stand in `languages/`, one file a language. Nothing is kept, nothing is
sent anywhere, and the same reply gets the same advice.
"""

from amends.coach import content, tone
from amends.coach.model import Finding, Reply, Rule
from amends.coach.reading import read_reply
from amends.coach.spelling import typos
from amends.coach.words import LANGUAGES, words_of

__all__ = ["LANGUAGES", "Finding", "Reply", "Rule", "advise"]

_RULES = (
    *(tone.apology, content.measure, content.unanswered),
    *(tone.defensive, tone.impersonal, content.too_long, typos, content.copied),
)
"""What is missing first, then what is there."""


def advise(reply: Reply, *, spelling: bool = True) -> tuple[Finding, ...]:
    """Return all advice about a reply; an empty one gets none, one in a language that the coach does not read only
    about personal data. Without `spelling` no dictionary is read, and no word looked up.

    No text makes it fail; ValueError says what is wrong with the country or the order pattern of the company.
    """
    words = words_of(reply.language)
    if words is None:
        return tuple(content.personal_data(reply))
    if not reply.text.strip():
        return ()
    read = read_reply(reply, words)
    rules = [rule for rule in _RULES if spelling or rule is not typos]
    return (*(finding for rule in rules for finding in rule(read)), *content.personal_data(reply))
