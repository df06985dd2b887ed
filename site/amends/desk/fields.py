"""The fields of a template of replies. What stays open of them is not sent."""

import re
from collections.abc import Mapping, Sequence

FIELDS: Mapping[str, str] = {
    "name": "the customer’s name",
    "number": "the number of the case",
    "topic": "its topic",
    "company": "your company",
    "me": "your name",
}
"""What can stand in braces in a template, and what it becomes."""

_FIELD = re.compile(r"\{(" + "|".join(FIELDS) + r")\}")


def fill(text: str, known: Mapping[str, str]) -> str:
    """Return a template's text with its fields filled in. What nobody knows stays as it is, for a person to see to."""
    return _FIELD.sub(lambda field: known.get(field[1]) or field[0], text)


def left_open(text: str) -> Sequence[str]:
    """Return the fields that still stand in a text as they were written in its template."""
    return list(dict.fromkeys(field[0] for field in _FIELD.finditer(text)))
