"""Numbers of payment cards: ISO/IEC 7812, by the issuers' ranges and lengths, with the check digit."""

import re
from collections.abc import Iterator

from amends.personal.model import Kind, Span
from amends.personal.words import said_of

# First digits, from and to, and the lengths with them: the ranges that the networks publish.
_ISSUERS = (
    ("4", "4", (13, 16, 19)),  # Visa
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),  # Mastercard
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),  # American Express
    ("300", "305", (14, 16, 19)),  # Diners Club
    ("3095", "3095", (14, 16, 19)),  # Diners Club
    ("36", "36", (14, 16, 19)),  # Diners Club
    ("38", "39", (14, 16, 19)),  # Diners Club
    ("3528", "3589", (16, 17, 18, 19)),  # JCB
    ("2200", "2204", (16, 17, 18, 19)),  # Mir
    ("5018", "5018", tuple(range(13, 20))),  # Maestro
    ("5020", "5020", tuple(range(13, 20))),  # Maestro
    ("5038", "5038", tuple(range(13, 20))),  # Maestro
    ("5893", "5893", tuple(range(13, 20))),  # Maestro
    ("6304", "6304", tuple(range(13, 20))),  # Maestro
    ("6759", "6759", tuple(range(13, 20))),  # Maestro
    ("6761", "6763", tuple(range(13, 20))),  # Maestro
    ("5019", "5019", (16,)),  # Dankort
    ("5067", "5067", (16,)),  # Elo
    ("509", "509", (16,)),  # Elo
    ("606282", "606282", (16,)),  # Hipercard
    ("6362", "6363", (16,)),  # Elo
    ("6011", "6011", (16, 17, 18, 19)),  # Discover
    ("644", "649", (16, 17, 18, 19)),  # Discover
    ("65", "65", (16, 17, 18, 19)),  # Discover, RuPay, Troy, Elo
    ("60", "60", (16,)),  # RuPay
    ("81", "82", (16,)),  # RuPay, UnionPay
    ("62", "62", (16, 17, 18, 19)),  # UnionPay
    ("8600", "8600", (16,)),  # Uzcard
    ("9860", "9860", (16,)),  # Humo
    ("9792", "9792", (16,)),  # Troy
)
_LENGTHS = range(13, 20)
_AMERICAN, _DINERS = (4, 6, 5), (4, 6, 4)

_PREFERRED = (13, 14, 15, 17, 16, 18, 19).index

_RUN = re.compile(r"(?<![A-Za-z0-9+])[0-9]+(?:(?: {1,2}| ?- ?|\.)[0-9]+)*(?![A-Za-z])")
_PART = re.compile(r"([0-9]+)([^0-9]*)")


def find_cards(text: str) -> Iterator[Span]:
    """Yield the card numbers of a folded text: in groups or not, and whatever stands behind them."""
    for run in _RUN.finditer(text):
        if run.end() - run.start() >= _LENGTHS.start:
            yield from _in_run(text, run.start(), run[0])


def _in_run(text: str, offset: int, run: str) -> Iterator[Span]:
    parts = [(part[1], part[2].strip() or part[2][:1], part.start(), part.end(1)) for part in _PART.finditer(run)]
    first = 0
    while first < len(parts):
        last = _last_group(text, offset, parts, first)
        if last is None:
            first += 1
        else:
            yield offset + parts[first][2], offset + parts[last][3]
            first = last + 1


def _last_group(text: str, offset: int, parts: list[tuple[str, str, int, int]], first: int) -> int | None:
    """Return with which group the card number ends that begins with `first`, None where there is none."""
    digits, sizes, marks = "", list[int](), set[str]()
    ends: dict[int, int] = {}
    for last in range(first, len(parts)):
        group, mark = parts[last][:2]
        digits += group
        sizes.append(len(group))
        if len(digits) > _LENGTHS[-1]:
            break
        alone = first == 0 and last == len(parts) - 1
        if len(marks) <= 1 and _is_grouped(tuple(sizes), parts, first, last, alone=alone) and is_card(digits):
            ends[len(digits)] = last
        marks.add(mark)
    # What stands behind a card's number, like a sum or the month of its end, may make another of them by chance.
    for length in sorted(ends, key=_PREFERRED, reverse=True):
        last = ends[length]
        if last > first or _stands_alone(text, offset + parts[first][2], parts[first][0]):
            return last
    return None


def _is_grouped(
    sizes: tuple[int, ...], parts: list[tuple[str, str, int, int]], first: int, last: int, *, alone: bool
) -> bool:
    """Whether people group a card's number so, and it is not cut out of a longer number in fours."""
    if len(sizes) == 1 or sizes in (_AMERICAN, _DINERS):
        return True
    if set(sizes[:-1]) == {4} and sizes[-1] <= 4:
        before = first > 0 and len(parts[first - 1][0]) == 4
        behind = last + 1 < len(parts) and len(parts[last + 1][0]) == 4
        return not before and not behind
    return alone and min(sizes) >= 3


def _stands_alone(text: str, start: int, digits: str) -> bool:
    """Whether a number without groups is a card's: there are other numbers of 13 and 14 digits, and others by name."""
    word = said_of(text, start).kind
    if len(digits) <= 14:
        return word is Kind.CARD
    return word in (None, Kind.CARD)


def is_card(digits: str) -> bool:
    """Whether an issuer gives out such numbers, and the check digit is right: ISO/IEC 7812-1, annex B."""
    issued = any(low <= digits[: len(low)] <= high and len(digits) in lengths for low, high, lengths in _ISSUERS)
    return issued and _luhn(digits) % 10 == 0


def _luhn(digits: str) -> int:
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return sum(map(int, digits[::-2])) + sum(digit - 9 if digit > 9 else digit for digit in doubled)
