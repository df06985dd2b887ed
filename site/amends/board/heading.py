"""The heading of a case and its text, which begin alike: a title is the customer's own first words.

Where the title is the whole first line, it is the heading and the text goes on after it. Where it was cut, or is all
there is, the text stands whole and the heading steps back. So nothing is said twice in the same voice.
"""

import re
from dataclasses import dataclass

from amends.board.row import Row


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over a case: `text` is the customer's text as it is shown below the heading."""

    steps_back: bool
    text: str


def heading(row: Row) -> Heading:
    """Weigh the title of a case against its text."""
    if not row.has_title:
        return Heading(steps_back=True, text=row.case.text)
    rest = _after(row.title, row.case.text)
    if rest:
        return Heading(steps_back=False, text=rest)
    return Heading(steps_back=_begins(row.case.text, row.title), text=row.case.text)


def _after(title: str, text: str) -> str:
    """Return what follows the title where it is the first line of the text, or the first lines in one."""
    for end in re.finditer(r"\n+", text):
        if " ".join(text[: end.start()].split()) == title:
            return text[end.end() :]
        if end.start() > len(title) + 20:
            break
    return ""


def _begins(text: str, title: str) -> bool:
    """Say whether a text begins with the letters of a title."""
    sought, beginning = _letters(title), _letters(text[: 2 * len(title) + 20])
    # The letters of a text begin with those of its beginning: enough of these decide.
    if len(beginning) < len(sought):
        beginning = _letters(text)
    return beginning.startswith(sought)


def _letters(words: str) -> str:
    return _NO_LETTERS.sub(" ", words).strip().casefold()


_NO_LETTERS = re.compile(r"\W+")
