"""What is found in a text: of which kind, and where."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What personal data is; the word stands in the place of what was masked."""

    EMAIL = "email"
    PHONE = "phone"
    IBAN = "iban"
    CARD = "card"
    ORDER = "order"


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A piece of personal data: `start` and `end` are offsets in code points, `end` behind its last one."""

    start: int
    end: int
    kind: Kind


Span = tuple[int, int]
"""From where to where in a folded text, in code points."""
