"""A language in which the product speaks: its words, its plurals, and how it writes dates, numbers and durations.

The words stand in `locales/<language>.po`, gettext catalogues; what is compiled of one is kept by its content, so that
there is no copy that could be older. English is the language of the code and needs none. Dates, numbers and units are
Unicode's (CLDR), by Babel. Times are always UTC, and the same on every machine, whatever its own locale.
"""

import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Literal

from babel import Locale, dates, numbers, units
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from amends import compiled

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

_KEPT = 512
"""How many days, durations and numbers are kept as they are written: Babel takes longer over one than over a page."""

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


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
        self._medium = str(self._locale.datetime_formats["medium"])
        kept = lru_cache(maxsize=_KEPT)
        self._day, self._around = kept(self._written_day), kept(self._written_around)
        self._number, self._percent, self._unit = (
            kept(self._written_number),
            kept(self._written_percent),
            kept(self._written_unit),
        )
        self._duration, self._roughly = kept(self._written_duration), kept(self._written_roughly)
        # Of these there are no more than the sources have.
        self._said, self._said_in = cache(self._translated), cache(self._translated_in)

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return str(self._units.display_name)

    # --- Words ---

    def gettext(self, message: str, **facts: object) -> str:
        """Translate a message and fill in its `{names}`; numbers are written as this language writes them."""
        said = self._said(message)
        return self._filled(said, facts) if facts else said

    def pgettext(self, context: str, message: str, **facts: object) -> str:
        """Translate a message that means something else in another context."""
        said = self._said_in(context, message)
        return self._filled(said, facts) if facts else said

    def ngettext(self, one: str, many: str, number: int, **facts: object) -> str:
        """Translate a message in the form that goes with `number`, which stands in it as `{number}`."""
        return self._filled(self._catalogue.ngettext(one, many, number), {"number": number, **facts})

    def sentence(self, message: str, **parts: Part) -> Sentence:
        """Translate a message whose `{names}` are parts that the page marks up: times, days, words of people."""
        return tuple([parts[piece] if named else piece for piece, named in _pieces(self._said(message))])

    def flat(self, sentence: Sentence) -> str:
        """Write a sentence without its markup."""
        return "".join([part if isinstance(part, str) else self._flat(part) for part in sentence])

    def listed(self, words: Iterable[str]) -> str:
        """Write `a, b and c`."""
        *before, last = words
        if not before:
            return last
        return self.gettext(
            "{words} and {last}", words=self.pgettext("between two of a list", ", ").join(before), last=last
        )

    def _translated(self, message: str) -> str:
        return self._catalogue.gettext(message)

    def _translated_in(self, context: str, message: str) -> str:
        return self._catalogue.pgettext(context, message)

    def _filled(self, message: str, facts: dict[str, object]) -> str:
        return "".join([self._fact(facts[piece]) if named else piece for piece, named in _pieces(message)])

    def _fact(self, fact: object) -> str:
        return self.number(fact) if isinstance(fact, int) else str(fact)

    def _flat(self, part: date | Said | Link) -> str:
        if isinstance(part, datetime):
            return self.long(part)
        if isinstance(part, date):
            return self.day(part)
        if isinstance(part, Said):
            return self.gettext("“{words}”", words=part.text)
        return part.text

    # --- Numbers ---

    def number(self, number: float, digits: int = 0) -> str:
        """Write `12,345`, with so many decimal places."""
        # Only whole numbers: 0.0 and -0.0 are equal, and not written alike.
        return self._number(number, digits) if type(number) is int else self._written_number(number, digits)

    def percent(self, percent: int) -> str:
        """Write a whole percentage, `81 %` or as the language has it."""
        return self._percent(percent)

    def _written_number(self, number: float, digits: int) -> str:
        written = str(numbers.format_decimal(number, format=f"#,##0.{'0' * digits}", locale=self._locale))
        return _LEFT_TO_RIGHT + written if self.direction == "rtl" and number < 0 else written

    def _written_percent(self, percent: int) -> str:
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
        return self._day(on.toordinal(), "long")

    def short_day(self, on: date) -> str:
        """Write a day as `2 Nov 2026`."""
        return self._day(on.toordinal(), "yMMMd")

    def brief_day(self, on: date) -> str:
        """Write a day as `2 Nov`, where the year stands near by."""
        return self._day(on.toordinal(), "MMMd")

    def month(self, of: date) -> str:
        """Write the month of a day as `November 2026`."""
        return self._day(of.toordinal() - of.day + 1, "yMMMM")

    def brief_month(self, of: date) -> str:
        """Write the month of a day as `Nov`, where the year stands near by."""
        # Where CLDR has no name of its own for a month alone, Babel answers in Chinese.
        return self._day(of.toordinal() - of.day + 1, "LLL" if self.tag == "ru" else "MMM")

    def day_of_year(self, on: date) -> str:
        """Write a day of every year as `2 November`."""
        return self._day(on.toordinal(), "MMMMd")

    def weekday(self, day: int) -> str:
        """Write a day of the week as `Mon`, which is 0."""
        return str(dates.get_day_names("abbreviated", "stand-alone", self._locale)[day])

    def duration(self, length: timedelta) -> str:
        """Write a length of time in two units at most: `2 hr 26 min`, `5 days 8 hr`, `38 min`."""
        return self._duration(length // _MINUTE)

    def roughly(self, length: timedelta) -> str:
        """Write a length of time as one would say it: `4 days`, `5 hours`, `20 min`."""
        return self._roughly(round(length / _MINUTE))

    def within(self, length: timedelta) -> str:
        """Write what a company promised: `24 hours`, `3 days` where it is whole days beyond two, or a duration."""
        hours, rest = divmod(length, _HOUR)
        if rest:
            return self.duration(length)
        if hours > 48 and hours % 24 == 0:
            return self._unit(hours // 24, "day", "long")
        return self._unit(hours, "hour", "long")

    def days(self, number: int) -> str:
        """Write `1 day` or `14 days`."""
        return self._unit(number, "day", "long")

    def _instant(self, at: datetime, style: str) -> str:
        if at.tzinfo is not UTC:
            at = at.astimezone(UTC)
        before, after = self._around(at.toordinal(), style)
        return f"{before}{at.hour:02}:{at.minute:02}{after}"

    def _written_around(self, day: int, style: str) -> tuple[str, str]:
        """Write what stands before and after the time of a day."""
        before, _, after = self._medium.replace("{1}", self._day(day, style)).partition("{0}")
        return before, after

    def _written_day(self, day: int, style: str) -> str:
        on = date.fromordinal(day)
        if style in ("long", "MMM", "LLL"):
            return str(dates.format_date(on, style, self._locale))
        return str(dates.format_skeleton(style, on, locale=self._locale))

    def _written_duration(self, minutes: int) -> str:
        if minutes < 1:
            return self.gettext("under {minute}", minute=self._unit(1, "minute", self._short))
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        pair = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (minutes, "minute")]
        return self.joint.join(self._unit(number, unit, self._short) for number, unit in pair if number)

    def _written_roughly(self, minutes: int) -> str:
        minutes = max(minutes, 1)
        if minutes < 60:
            return self._unit(minutes, "minute", self._short)
        if minutes < 36 * 60:
            return self._unit(round(minutes / 60), "hour", "long")
        return self._unit(round(minutes / 60 / 24), "day", "long")

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
    name, words = f"locale-{tag}", _words(tag)
    made = compiled.recall(name, words)
    if made is None:
        made = _compile(tag, words)
        compiled.keep(name, words, made)
    return GNUTranslations(BytesIO(made))


def words_of(tag: str) -> bytes:
    """Return all words of a language as they stand in its catalogue; English has none."""
    return b"" if tag == "en" else _words(tag)


def _words(tag: str) -> bytes:
    return files("amends").joinpath("locales", f"{tag.replace('-', '_')}.po").read_bytes()


def _compile(tag: str, words: bytes) -> bytes:
    written = BytesIO()
    write_mo(written, read_po(BytesIO(words), locale=tag.replace("-", "_")))
    return written.getvalue()
