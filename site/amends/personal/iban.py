"""International bank account numbers: ISO 13616, in the lengths and forms of its registry, with check digits."""

import re
from collections.abc import Iterator
from functools import lru_cache

from amends.personal.model import Span

# The national part by form: so many digits (n), letters (a) or either (c), in order. SWIFT's registry, release 101.
_FORMS = {
    "8n12c": "AD",
    "19n": "AE IL SO TL",
    "8n16c": "AL CY",
    "16n": "AT BA EE LT MN XK",
    "4a20c": "AZ",
    "12n": "BE",
    "4a6n8c": "BG",
    "4a14c": "BH",
    "23n": "BI DJ MR",
    "23n1a1c": "BR",
    "4c4n16c": "BY",
    "5n12c": "CH LI",
    "18n": "CR DE ME RS VA",
    "20n": "CZ ES SE SK TN",
    "14n": "DK FI FO GL SD",
    "4c20n": "DO",
    "25n": "EG",
    "2a12n": "FK",
    "10n11c2n": "FR MC",
    "4a14n": "GB IE",
    "2a16n": "GE",
    "4a15c": "GI",
    "7n16c": "GR",
    "24c": "GT",
    "4a20n": "HN NI SV",
    "17n": "HR",
    "24n": "HU PL",
    "4a15n": "IQ",
    "22n": "IS",
    "1a10n12c": "IT SM",
    "4a4n18c": "JO YE",
    "4a22c": "KW",
    "3n13c": "KZ LU",
    "4n20c": "LB",
    "4a24c": "LC",
    "4a13c": "LV",
    "21n": "LY PT ST",
    "20c": "MD",
    "3n10c2n": "MK",
    "4a5n18c": "MT",
    "4a19n3a": "MU",
    "4a10n": "NL",
    "11n": "NO",
    "3n16c": "OM",
    "4a16c": "PK RO",
    "4a21c": "PS QA",
    "14n15c": "RU",
    "2n18c": "SA",
    "4a20n3a": "SC",
    "15n": "SI",
    "6n16c": "TR",
    "6n19c": "UA",
    "4a16n": "VG",
}
_CLASSES = {"n": "[0-9]", "a": "[A-Z]", "c": "[0-9A-Z]"}

_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2} ?[0-9] ?[0-9]")
_NEXT = re.compile(r"(?: {1,2}| ?[-.] ?| ?\n ?)?([A-Za-z0-9])")


def find_ibans(text: str) -> Iterator[Span]:
    """Yield the account numbers of a folded text: in groups or not, in letters of any case."""
    end = 0
    for start in _START.finditer(text):
        found = _end(text, start.start()) if start.start() >= end else None
        if found is not None:
            end = found
            yield start.start(), end


def _end(text: str, start: int) -> int | None:
    form = _form(text[start : start + 2].upper())
    if form is None:
        return None
    length, fits = form
    letters = ""
    place = start
    while len(letters) < length:
        letter = _NEXT.match(text, place)
        if letter is None:
            return None
        letters += letter[1].upper()
        place = letter.end()
    touches = text[place : place + 1]
    if touches.isascii() and touches.isalnum():
        return None
    return place if fits.fullmatch(letters) and _checks(letters) else None


def _checks(letters: str) -> bool:
    """Whether the check digits are right: ISO 7064, MOD 97-10."""
    return int("".join(str(int(letter, 36)) for letter in letters[4:] + letters[:4])) % 97 == 1


@lru_cache(128)
def _form(country: str) -> tuple[int, re.Pattern[str]] | None:
    for form, countries in _FORMS.items():
        if country in countries.split():
            parts = [(int(count), kind) for count, kind in re.findall(r"(\d+)([nac])", form)]
            pattern = "".join(f"{_CLASSES[kind]}{{{count}}}" for count, kind in parts)
            return 4 + sum(count for count, _ in parts), re.compile(f"[A-Z]{{2}}[0-9]{{2}}{pattern}")
    return None
