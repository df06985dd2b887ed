"""Phone numbers, in the habits of all countries: by Google's metadata, by how they are written, and by what is said."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from amends.personal.fold import is_part_of_word, without
from amends.personal.model import Kind, Span
from amends.personal.others import find_others, is_article, is_date
from amends.personal.words import Said, is_phone_behind, said_of

_MOST, _FEWEST = 15, 7  # digits: ITU-T E.164, and the shortest that stands for itself
_FEWEST_NAMED = 5
_MOST_NATIONAL, _FEWEST_AFTER_ZERO = 9, 9
_SMALL = 2
_MOST_SINGLES = 3  # groups of one digit
_LONGEST = 45

# An extension belongs to its number.
_EXTENSION = re.compile(
    r" ?[,;]? ?(?:ext\.?|extension|x|доб\.?|вн\.?|дод\.?|poste|wew\.?|int\.?|toestel|durchwahl|dw|app\.?|kl\.?"
    r"|內線|内線|分机|分機|转|轉|내선)[ :.]{0,2}[0-9]{1,6}(?![0-9])",
    re.IGNORECASE,
)
_RUN = re.compile(r"\(?(?:\+ ?)?\(?\+?[0-9](?:[ .\-/()]{0,4}[0-9])*")
_NAME_THAT_TOUCHES = re.compile(r"(?:tel|fon|phone|mob|тел|моб|wa\.me/)$", re.IGNORECASE)
_GROUP = re.compile("[0-9]+")
_AMERICAN = re.compile(r"(?:1[ .-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}([.-]))[0-9]{3}[.-][0-9]{4}")
_BEGINNING_OF_ANY = re.compile(r"\(?0|8[ (-]|[78]9[0-9]{9}$|1[3-9][0-9]{9}$")

# Whose national numbers are tried where no country is given, by the script of the text around them.
_BY_SCRIPT = {
    "HIRAGANA": "JP",
    "KATAKANA": "JP",
    "HANGUL": "KR",
    "CJK": "CN TW HK JP",
    "CYRILLIC": "RU UA BY KZ BG RS",
    "ARABIC": "EG SA AE IR MA",
    "DEVANAGARI": "IN",
    "BENGALI": "BD IN",
    "HEBREW": "IL",
    "GREEK": "GR CY",
    "THAI": "TH",
    "LATIN": "DE GB FR IT ES NL US PL TR BR SE CH AT CZ DK FI PT HU RO VN ID",
}


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as it is written, its digits, and how many of them are in each group.

    `is_named_behind` is whether a word for a phone follows, `is_sure` whether it counts only
    as one that is given out somewhere.
    """

    text: str
    digits: str
    sizes: tuple[int, ...]
    is_named_behind: bool
    is_sure: bool

    @property
    def is_international(self) -> bool:
        return "+" in self.text[:3]

    @property
    def is_grouped(self) -> bool:
        return len(self.sizes) > 1


def known_countries() -> frozenset[str]:
    """Return the codes of the countries whose national numbers are known: ISO 3166-1, as phonenumbers has them."""
    import phonenumbers  # noqa: PLC0415 - takes 70 ms, and most texts have no number

    return frozenset(phonenumbers.SUPPORTED_REGIONS)


def find_phones(text: str, country: str | None) -> Iterator[Span]:
    """Yield the phone numbers of a folded text; `country` is whose national numbers are understood."""
    regions = _regions(text) if country is None else (country,)
    rest = without(text, find_others(text))
    done = 0
    for run in _RUN.finditer(rest):
        groups = [(run.start() + group.start(), run.start() + group.end()) for group in _GROUP.finditer(run[0])]
        if sum(end - start for start, end in groups) < _FEWEST_NAMED:
            continue
        for start, end in _in_run(text, rest, groups, regions):
            if start >= done:
                extension = _EXTENSION.match(text, end)
                done = extension.end() if extension else end
                yield start, done


def _in_run(text: str, rest: str, groups: list[Span], regions: tuple[str, ...]) -> Iterator[Span]:
    """Yield the numbers of a run: most often it is one, but people also write numbers side by side."""
    first, follows = 0, True
    while first < len(groups):
        found = None
        if follows or _begins(rest, groups, first):
            found = _from(text, rest, groups, first, regions)
        if found is not None:
            last, span = found
            yield span
            first, follows = last + 1, True
        elif first == 0 and _is_of_something_else(text, groups[0][0]):
            first, follows = _next_apart(rest, groups), True
        else:
            first, follows = first + 1, False


def _is_of_something_else(text: str, start: int) -> bool:
    said = said_of(text, start)
    return said.at_once and said.kind not in (None, Kind.PHONE)


def _next_apart(rest: str, groups: list[Span]) -> int:
    """Return the first group that stands apart from those before it."""
    places = range(1, len(groups))
    return next((place for place in places if _is_apart(rest, groups, place)), len(groups))


def _begins(rest: str, groups: list[Span], place: int) -> bool:
    """Whether a number can begin with this group, which others stand before."""
    return _is_apart(rest, groups, place) or rest[groups[place][0]] == "0"


def _is_apart(rest: str, groups: list[Span], place: int) -> bool:
    before = rest[groups[place - 1][1] : groups[place][0]]
    return any(mark in before for mark in ("  ", ". ", " (")) or len(before) > 2


def _from(text: str, rest: str, groups: list[Span], first: int, regions: tuple[str, ...]) -> tuple[int, Span] | None:
    """Return the longest number that begins with a group, and its last group."""
    said: Said | None = None
    for last, is_sure in _ends(rest, groups, first):
        start, end = _edges(rest, groups[first][0], groups[last][1])
        if _is_code(text, start, end):
            continue
        said = said or said_of(text, start)
        number = _Number(
            text=text[start:end],
            digits="".join(text[slice(*group)] for group in groups[first : last + 1]),
            sizes=tuple(end - start for start, end in groups[first : last + 1]),
            is_named_behind=is_phone_behind(text, end),
            is_sure=is_sure,
        )
        if _is_phone(number, said, regions):
            return last, (start, end)
    return None


def _ends(rest: str, groups: list[Span], first: int) -> list[tuple[int, bool]]:
    """Return with which groups a number can end, the likeliest first, and whether it has to be one that is given out.

    A count or an hour may follow a number after a space: then a part of the digits is the number.
    """
    ends: list[int] = []
    cuts: list[int] = []
    digits = singles = 0
    for last in range(first, len(groups)):
        size = groups[last][1] - groups[last][0]
        digits, singles = digits + size, singles + (size == 1)
        if digits > _MOST + 3 or singles > _MOST_SINGLES or groups[last][1] - groups[first][0] > _LONGEST:
            break
        if last == len(groups) - 1 or _begins(rest, groups, last + 1):
            ends += [last] * (digits >= _FEWEST_NAMED)
        elif rest[groups[last][1]] == " ":
            cuts += [last] * (digits >= _FEWEST)
    ends.reverse()
    cuts.reverse()
    surest: list[int] = []
    if ends and cuts and ends[0] == cuts[0] + 1 and groups[ends[0]][1] - groups[ends[0]][0] <= _SMALL:
        surest = [ends[0], cuts[0]]
    return [(last, True) for last in surest] + [(last, False) for last in ends] + [(last, True) for last in cuts]


def _edges(rest: str, start: int, end: int) -> Span:
    """Return where the number begins with its plus and its bracket, if that is closed in it."""
    before = re.search(r"\(?(?:\+ ?)?\(?\+?$", rest[max(0, start - 4) : start])
    start -= len(before[0]) if before else 0
    while rest[start:end].count("(") > rest[start:end].count(")") and rest[start] == "(":
        start += 1
    return start, end


def _is_code(text: str, start: int, end: int) -> bool:
    """Whether letters touch the number, so that it is a part of something else."""
    before, behind = text[max(0, start - 2) : start], text[end : end + 2]
    if _NAME_THAT_TOUCHES.search(text[max(0, start - 6) : start]):
        return False
    if before and is_part_of_word(before[-1]):
        return True
    if len(before) == 2 and before[1] in "-/#_" and _is_of_code(before[0]):
        return True
    if behind[:1] == "_":
        return _is_of_code(behind[1:])
    return bool(behind) and is_part_of_word(behind[0]) and not _EXTENSION.match(text, end)


def _is_of_code(letter: str) -> bool:
    return letter.isdecimal() or is_part_of_word(letter)


def _is_phone(number: _Number, said: Said, regions: tuple[str, ...]) -> bool:
    if number.is_international:
        return _is_international(number)
    if said.kind is Kind.PHONE and said.at_once and len(number.digits) <= _MOST and not number.is_sure:
        return True
    if said.kind not in (None, Kind.PHONE) and (said.at_once or not number.is_grouped):
        return False
    if len(number.digits) < _FEWEST:
        return False
    named = said.kind is Kind.PHONE or number.is_named_behind
    # Any number is one that people of some region dial.
    is_shaped = len(number.sizes) > 2 and not number.is_sure
    if len(regions) > 1 and not (named or is_shaped or _BEGINNING_OF_ANY.match(number.text)):
        return False
    return any(_is_national(number, region, named=named) for region in regions)


def _is_international(number: _Number) -> bool:
    import phonenumbers  # noqa: PLC0415 - see above

    try:
        parsed = phonenumbers.parse("+" + number.text.replace("+", "").lstrip(" ("), None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) if number.is_sure else phonenumbers.is_possible_number(parsed)


def _is_national(number: _Number, region: str, *, named: bool) -> bool:
    """Whether a number is one that people of a region dial, and is written like one where nothing says so."""
    import phonenumbers  # noqa: PLC0415 - see above

    if not named and not _looks_like_one(number):
        return False
    if any(found.raw_string == number.text for found in phonenumbers.PhoneNumberMatcher(number.text, region)):
        return True
    if number.is_sure:
        return False
    abroad = number.digits.startswith("00") and len(number.digits) > _MOST_NATIONAL
    try:
        parsed = phonenumbers.parse("+" + number.digits[2:] if abroad else number.text, None if abroad else region)
    except phonenumbers.NumberParseException:
        return False
    if abroad:
        home = parsed.country_code == phonenumbers.country_code_for_region(region)
        return phonenumbers.is_possible_number(parsed) if home or named else phonenumbers.is_valid_number(parsed)
    american = parsed.country_code == 1 and _AMERICAN.fullmatch(number.text) is not None
    return (named or american or _is_grouped_after_zero(number)) and phonenumbers.is_possible_number(parsed)


def _is_grouped_after_zero(number: _Number) -> bool:
    return number.text.lstrip("(").startswith("0") and number.is_grouped and len(number.digits) >= _FEWEST_AFTER_ZERO


def _looks_like_one(number: _Number) -> bool:
    if len(number.digits) > _MOST or len(set(number.digits)) == 1:
        return False
    return number.is_grouped or not (is_date(number.digits) or is_article(number.digits))


def _regions(text: str) -> tuple[str, ...]:
    """Return whose numbers a text is likely to hold, by its letters."""
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in set(text) if letter.isalpha()}
    scripts = [name for name in _BY_SCRIPT if name in names] or ["LATIN"]
    return tuple(region for name in scripts for region in _BY_SCRIPT[name].split())
