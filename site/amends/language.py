"""A language in which the product speaks: its words, its plurals, and how it writes dates, numbers and durations.

The words stand in `locales/<language>.po`, gettext catalogues that are read as they are written: there is no compiled
copy that could be older. English is the language of the code and needs none. Dates, numbers and units are Unicode's
(CLDR), by Babel. Times are always UTC, and the same on every machine, whatever its own locale.
"""

import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Literal

from babel import Locale, dates, numbers, units
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("en", "ru", "nl", "zh-Hant", "zh-Hans", "de", "fr", "es", "ar")
"""The languages that there is a catalogue of, as BCP 47 tags; every catalogue is complete."""

_LOCALES = {"en": "en_GB"}
"""Where a language's dates are not those of its largest country: English writes the day first, as the others do."""

_ABBREVIATES: dict[str, Literal["short", "long"]] = {"ar": "long"}
"""Arabic spells its units out: its abbreviations are not in use."""

_AND = {"zh-Hans": "", "ar": " و"}
"""What stands between two units of one duration, where it is not a space."""

_LEFT_TO_RIGHT = "\u200e"
"""Keeps a sign at its number in a text that runs from right to left; Babel leaves out the marks that CLDR has."""

_TRADITIONAL = ("zh-tw", "zh-hk", "zh-mo", "zh-hant")


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a person inside a sentence of ours: shown as theirs, in their own language and direction."""

    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """Words of ours inside a sentence that lead somewhere."""

    text: str
    url: str


Part = str | date | Said | Link
"""A piece of a sentence: words of ours, words that were `Said`, a `Link`, an instant or a day."""

Sentence = tuple[Part, ...]


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for a message that is looked up later
    """Mark a message for the catalogues and return it as it is."""
    return message


def nearest(tag: str | None, fallback: str = "en") -> str:
    """Return which of our languages a BCP 47 tag asks for; `fallback` where we have none like it."""
    asked = (tag or "").lower()
    if asked.partition("-")[0] == "zh":
        return "zh-Hant" if asked.startswith(_TRADITIONAL) else "zh-Hans"
    found = asked.partition("-")[0]
    return found if found in LANGUAGES else fallback


@cache
def language(tag: str) -> "Language":
    """Return one of `LANGUAGES`; ValueError for any other."""
    if tag not in LANGUAGES:
        raise ValueError(f"not one of {', '.join(LANGUAGES)}: {tag}")
    return Language(tag)


class Language:
    """One language. `tag` is its BCP 47 tag, `direction` is `ltr` or `rtl`, `joint` stands between units."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        base = tag.partition("-")[0]
        self._locale = Locale.parse(_LOCALES.get(tag, tag.replace("-", "_")))
        self._units = Locale.parse(tag.replace("-", "_"))
        self._short = _ABBREVIATES.get(base, "short")
        self.direction: str = self._locale.text_direction
        self.joint = _AND.get(tag, " ")
        self._catalogue = _catalogue(tag)
        self._day = cache(self._written_day)
        self._unit = cache(self._written_unit)

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return str(self._units.display_name)

    # --- Words ---

    def gettext(self, message: str, **facts: object) -> str:
        """Translate a message and fill in its `{names}`; numbers are written as this language writes them."""
        return self._filled(self._catalogue.gettext(message), facts)

    def pgettext(self, context: str, message: str, **facts: object) -> str:
        """Translate a message that means something else in another context."""
        return self._filled(self._catalogue.pgettext(context, message), facts)

    def ngettext(self, one: str, many: str, number: int, **facts: object) -> str:
        """Translate a message in the form that goes with `number`, which stands in it as `{number}`."""
        return self._filled(self._catalogue.ngettext(one, many, number), {"number": number, **facts})

    def sentence(self, message: str, **parts: Part) -> Sentence:
        """Translate a message whose `{names}` are parts that the page marks up: times, days, words of people."""
        return tuple(parts[piece] if named else piece for piece, named in _pieces(self._catalogue.gettext(message)))

    def flat(self, sentence: Sentence) -> str:
        """Write a sentence without its markup."""
        return "".join(map(self._flat, sentence))

    def listed(self, words: Iterable[str]) -> str:
        """Write `a, b and c`."""
        *before, last = words
        if not before:
            return last
        return self.gettext(
            "{words} and {last}", words=self.pgettext("between two of a list", ", ").join(before), last=last
        )

    def _filled(self, message: str, facts: dict[str, object]) -> str:
        if not facts:
            return message
        return message.format_map({name: self._fact(fact) for name, fact in facts.items()})

    def _fact(self, fact: object) -> str:
        return self.number(fact) if isinstance(fact, int) else str(fact)

    def _flat(self, part: Part) -> str:
        if isinstance(part, datetime):
            return self.long(part)
        if isinstance(part, date):
            return self.day(part)
        if isinstance(part, Said):
            return self.gettext("“{words}”", words=part.text)
        return part.text if isinstance(part, Link) else part

    # --- Numbers ---

    def number(self, number: float, digits: int = 0) -> str:
        """Write `12,345`, with so many decimal places."""
        written = str(numbers.format_decimal(number, format=f"#,##0.{'0' * digits}", locale=self._locale))
        return _LEFT_TO_RIGHT + written if self.direction == "rtl" and number < 0 else written

    def percent(self, percent: int) -> str:
        """Write a whole percentage, `81 %` or as the language has it."""
        written = str(numbers.format_percent(percent / 100, locale=self._locale))
        return f"{_LEFT_TO_RIGHT}{written}{_LEFT_TO_RIGHT}" if self.direction == "rtl" else written

    # --- Times ---

    def long(self, at: datetime) -> str:
        """Write an instant as `2 November 2026, 09:14`, in UTC."""
        return self._instant(at, "long")

    def short(self, at: datetime) -> str:
        """Write an instant as `2 Nov 2026, 09:14`, in UTC."""
        return self._instant(at, "yMMMd")

    def day(self, on: date) -> str:
        """Write a day as `2 November 2026`."""
        return self._day(on.year, on.month, on.day, "long")

    def short_day(self, on: date) -> str:
        """Write a day as `2 Nov 2026`."""
        return self._day(on.year, on.month, on.day, "yMMMd")

    def brief_day(self, on: date) -> str:
        """Write a day as `2 Nov`, where the year stands near by."""
        return self._day(on.year, on.month, on.day, "MMMd")

    def month(self, of: date) -> str:
        """Write the month of a day as `November 2026`."""
        return self._day(of.year, of.month, 1, "yMMMM")

    def brief_month(self, of: date) -> str:
        """Write the month of a day as `Nov`, where the year stands near by."""
        # Where CLDR has no name of its own for a month alone, Babel answers in Chinese.
        return self._day(of.year, of.month, 1, "LLL" if self.tag == "ru" else "MMM")

    def duration(self, length: timedelta) -> str:
        """Write a length of time in two units at most: `2 hr 26 min`, `5 days 8 hr`, `38 min`."""
        minutes = length // timedelta(minutes=1)
        if minutes < 1:
            return self.gettext("under {minute}", minute=self._unit(1, "minute", self._short))
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        pair = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (minutes, "minute")]
        return self.joint.join(self._unit(number, unit, self._short) for number, unit in pair if number)

    def roughly(self, length: timedelta) -> str:
        """Write a length of time as one would say it: `4 days`, `5 hours`, `20 min`."""
        minutes = max(round(length / timedelta(minutes=1)), 1)
        if minutes < 60:
            return self._unit(minutes, "minute", self._short)
        if minutes < 36 * 60:
            return self._unit(round(minutes / 60), "hour", "long")
        return self._unit(round(minutes / 60 / 24), "day", "long")

    def within(self, length: timedelta) -> str:
        """Write what a company promised: `24 hours`, and `3 days` where it is whole days beyond two."""
        hours = round(length / timedelta(hours=1))
        if hours > 48 and hours % 24 == 0:
            return self._unit(hours // 24, "day", "long")
        return self._unit(hours, "hour", "long")

    def days(self, number: int) -> str:
        """Write `1 day` or `14 days`."""
        return self._unit(number, "day", "long")

    def _instant(self, at: datetime, style: str) -> str:
        at = at.astimezone(UTC)
        day = self._day(at.year, at.month, at.day, style)
        return str(self._locale.datetime_formats["medium"]).replace("{1}", day).replace("{0}", f"{at:%H:%M}")

    def _written_day(self, year: int, month: int, day: int, style: str) -> str:
        on = date(year, month, day)
        if style in ("long", "MMM", "LLL"):
            return str(dates.format_date(on, style, self._locale))
        return str(dates.format_skeleton(style, on, locale=self._locale))

    def _written_unit(self, number: int, unit: str, length: Literal["short", "long"]) -> str:
        if self.tag == "es" and length == "short":
            # CLDR abbreviates alike for every number; for one Babel falls back to the long word in the plural.
            return self._unit_by_babel(2, unit, length).replace("2", str(number))
        written = self._unit_by_babel(number, unit, length)
        if length == "long" and f"duration-{unit}" in written:
            # Babel finds no long form where CLDR says "as the short one" (Dutch hours, Chinese everything).
            return self._unit_by_babel(number, unit, "short")
        return written

    def _unit_by_babel(self, number: int, unit: str, length: Literal["short", "long"]) -> str:
        return str(units.format_unit(number, f"duration-{unit}", length=length, locale=self._units))


@cache
def _pieces(message: str) -> tuple[tuple[str, bool], ...]:
    """Cut a message into its words and the names between them; the second says that it is a name."""
    found = []
    for words, name, _, _ in string.Formatter().parse(message):
        if words:
            found.append((words, False))
        if name is not None:
            found.append((name, True))
    return tuple(found)


def _catalogue(tag: str) -> NullTranslations:
    if tag == "en":
        return NullTranslations()
    path = files("amends").joinpath("locales", f"{tag.replace('-', '_')}.po")
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(path.read_bytes()), locale=tag.replace("-", "_")))
    compiled.seek(0)
    return GNUTranslations(compiled)
