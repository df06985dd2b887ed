"""What looks like spam is held back until the keeper decides: it is counted, and never dropped.

These signs are few and plain on purpose. Who is held back wrongly waits for a person; who is let in wrongly is read by
one anyway before anything becomes public.
"""

import re
from datetime import datetime, timedelta

from amends.submission import Submission

HASTE = timedelta(seconds=2)
"""Nobody reads a form, writes what went wrong and sends it in less."""

MOST_LINKS = 2

FEWEST_WORDS = 10
"""Characters that have to stand beside links: who complains says what of."""

_LINK = re.compile(r"(?:https?://|\bwww\.)\S+", re.IGNORECASE)
_MARKUP = re.compile(r"<a\s[^>]*href|\[url\b|\[link\b", re.IGNORECASE)


def suspicion(submission: Submission, shown: datetime | None, now: datetime) -> str:
    """Return why a submission looks like spam: `markup`, `links` or `haste`; empty where it does not.

    `shown` is when the form was shown, None where that is not known.
    """
    if _MARKUP.search(submission.text):
        return "markup"
    if _has_links(submission.text):
        return "links"
    if shown is not None and timedelta() <= now - shown < HASTE:
        return "haste"
    return ""


def _has_links(text: str) -> bool:
    """Whether there are too many of them, or nothing is said beside them."""
    if "://" not in text and "www." not in text.lower():  # a cheap first look
        return False
    beside, links = _LINK.subn("", text)
    return links > MOST_LINKS or (links > 0 and len(beside.strip()) < FEWEST_WORDS)
