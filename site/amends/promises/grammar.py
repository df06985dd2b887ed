"""How dates and promises are said in a language, read from its file of words."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "ru", "nl", "zh", "de", "fr", "es")
"""The languages that there are words of. Chinese is read in both scripts."""

UNITS = ("minute", "hour", "working_day", "day", "week", "month", "half_year")

_FLAGS = ("since", "before", "until", "end", "following")
"""Groups that stand for themselves: "from May", "before May", "by May", "the end of May", "the 5th of next month"."""

_SPACE, _NO_SPACE = r"\s{1,2}", r"\s{0,2}"
_DAY, _MONTH = "0?[1-9]|[12][0-9]|3[01]", "0?[1-9]|1[0-2]"
_ALIKE = {"’": "'", "‘": "'", "\u00a0": " ", "\u202f": " ", "，": ",", "：": ":", "；": ";", "（": "(", "）": ")"}


@dataclass(frozen=True, slots=True)
class When:
    """A way to write a date: `pattern`'s groups are the facts that its meaning needs."""

    meaning: str
    pattern: re.Pattern[str]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a language's promises are made of.

    By its `common` words a language is known; `is_joined` says that it sets no spaces between words. `starts` is what a
    clause begins with, and `signs` say whose a date in it is: `ours` that it is a promise of the company, `others` that
    it is something else, and so does the `past`. `not_behind` and `not_ahead` stand right before and behind a date that
    nothing is due on, `counted_from` behind a span that does not begin now; `deadline` is in words that can only be
    ahead. `weekdays`, `months` and `numbers` say what the words of the groups of `when` mean.
    """

    is_joined: bool
    alike: Mapping[int, str]
    common: re.Pattern[str]
    starts: re.Pattern[str]
    signs: re.Pattern[str]
    not_behind: re.Pattern[str]
    not_ahead: re.Pattern[str]
    counted_from: re.Pattern[str]
    deadline: re.Pattern[str]
    weekdays: tuple[re.Pattern[str], ...]
    months: tuple[re.Pattern[str], ...]
    numbers: Mapping[str, int]
    when: tuple[When, ...]

    def facts(self, match: re.Match[str]) -> dict[str, int]:
        """Return what the groups of a date that was found mean, in numbers."""
        said = {name: words for name, words in match.groupdict().items() if words}
        number = self._number(said.pop("n", "1"))
        facts = {name: number for name in UNITS if said.pop(f"unit_{name}", None)}
        if "weekday" in said:
            facts["weekday"] = _index(self.weekdays, said["weekday"])
        if "month" in said:
            facts["month"] = _index(self.months, said["month"]) + 1
        if "mon" in said:
            facts["month"] = int(said["mon"])
        facts |= {name: self._number(said[name]) for name in ("day", "year") if name in said}
        return facts | {name: 1 for name in _FLAGS if name in said}

    def known_in(self, small: str) -> tuple[int, int]:
        """Return how many of the language's commonest words stand in a folded text, and how many letters of dates."""
        dates = (match for when in self.when for match in when.pattern.finditer(small))
        return sum(1 for _ in self.common.finditer(small)), sum(len(match[0]) for match in dates)

    def _number(self, words: str) -> int:
        name = " ".join(words.split())
        return self.numbers[name] if name in self.numbers else int(name)


@cache
def grammar_of(language: str) -> Grammar:
    """Return the grammar of one of `LANGUAGES`, read when it is first asked for."""
    table = tomllib.loads(files("amends.promises").joinpath("words", f"{language}.toml").read_text(encoding="utf-8"))
    return _compiled(table)


def folded(text: str, words: Grammar) -> str:
    """Return the text as the patterns expect it, every letter in its place."""
    small = [low if len(low := letter.lower()) == 1 else letter for letter in text]
    return "".join(small).translate(words.alike)


def _index(patterns: Iterable[re.Pattern[str]], words: str) -> int:
    return next(index for index, pattern in enumerate(patterns) if pattern.fullmatch(words))


def _compiled(table: Mapping[str, Any]) -> Grammar:
    clauses, dates = table["clauses"], table["dates"]
    edge = not table.get("joined", False)
    slots = _slots(table)
    around = {
        key: _any(_filled(one, slots) for one in dates.get(key, ()))
        for key in _AROUND
        if key in dates or key == "before"
    }
    when = [
        When(
            meaning,
            re.compile(_whole(_filled(pattern, slots), around, edge=edge, is_bound=key == "bound")),
            meaning in _DAYS,
        )
        for key in ("free", "bound")
        for meaning, patterns in dates.get(key, {}).items()
        for pattern in patterns
    ]
    parts = {name: f"(?:{pattern})" for name, pattern in clauses.get("parts", {}).items()}
    signs = (
        f"(?P<{key}>{_edged(_any(_filled(one, parts) for one in clauses[key]), edge=edge)})"
        for key in ("past", "others", "ours")
    )
    return Grammar(
        is_joined=not edge,
        alike=str.maketrans(_ALIKE | {pair[0]: pair[1] for pair in table.get("alike", "").split()}),
        common=re.compile(_edged(table["common"], edge=edge)),
        starts=re.compile(_edged(_any(clauses["starts"]), edge=edge)),
        signs=re.compile("|".join(signs)),
        not_behind=re.compile(_edged(_any(dates["not_behind"]), edge=edge) + r"\s?$"),
        deadline=re.compile(_any(dates["deadline"])),
        not_ahead=re.compile(r"\s?" + _edged(_any(dates["not_ahead"]), edge=edge)),
        counted_from=re.compile(r"\s?" + _edged(_any(dates["counted_from"]), edge=edge)),
        weekdays=tuple(map(re.compile, _weekdays(table))),
        months=tuple(map(re.compile, table["months"])),
        numbers=table["numbers"] | table["ordinals"],
        when=tuple(when),
    )


_AROUND = ("by", "before", "since", "until", "behind")

_DAYS = ("weekday", "weekday_next_week", "date", "day_of_month", "tomorrow", "day_after_tomorrow")
"""What is one day, so that "before" it is the day before."""


def _slots(table: Mapping[str, Any]) -> dict[str, str]:
    """Return the parts that patterns name in braces.

    {shortday} and {anyday} are also the short names of days, only to be asked for where a number or another word shows
    that they are: "do" and "so" are words, too. {dayth} may be an ordinal word; {mday} is a number that neither an hour
    nor a price begins with. {several} are the spans of a range, {longer} the units from a day on.
    """
    words = "|".join(sorted(table["numbers"], key=len, reverse=True))
    ordinals = "|".join(sorted(table["ordinals"], key=len, reverse=True))
    number = rf"(?<!\d)(?<!\d[.,])\d{{1,3}}(?![\d.,]\d|\d)|{words}"
    unit = {name: f"(?P<unit_{name}>{table['units'][name]})" for name in UNITS if name in table["units"]}
    day = f"(?<![0-9])(?:{_DAY})(?![0-9])" + (f"|{words}" if table.get("joined") else "")
    weekdays = "|".join(_weekdays(table))
    longer = "|".join(unit[name] for name in UNITS[2:] if name in unit)
    return {
        "weekday": f"(?P<weekday>{'|'.join(table['weekdays'])})",
        "shortday": f"(?P<weekday>{weekdays})",
        "anymonth": f"(?:{'|'.join(table['months'])})",
        "num": f"(?:{number})",
        "anyday": f"(?:{weekdays})",
        "month": f"(?P<month>{'|'.join(table['months'])})",
        "mon": f"(?<![0-9])(?P<mon>{_MONTH})(?![0-9])",
        "day": f"(?P<day>{day})",
        "dayth": f"(?P<day>{day}|{ordinals})",
        "mday": f"(?P<day>{day})(?![:.,–-]?[0-9]|{_NO_SPACE}(?:[%€$£]|{table['oclock']}))",
        "ordinal": f"(?P<day>{ordinals})",
        "clock": f"(?:{table['clock']})",
        "hour": rf"(?:{table.get('hours', '(?!)')})(?! ?[\w-])",
        "year": r"(?P<year>20\d\d)(?!\d)",
        "n": rf"(?:(?:{number})\s?(?:{table['range']})\s?)?(?P<n>{number})",
        "several": rf"(?:{number})\s?(?:{table['range']})\s?(?P<n>{number})",
        "unit": f"(?:{'|'.join(unit.values())})",
        "longer": f"(?:{longer})",
        "workday": unit["working_day"],
    }


def _weekdays(table: Mapping[str, Any]) -> list[str]:
    """Return the long and the short names of the days; some languages have no short ones of their own."""
    short = table.get("short", ["(?!)"] * 7)
    return [rf"{long}|(?:{brief})\.?" for long, brief in zip(table["weekdays"], short, strict=True)]


def _whole(core: str, around: Mapping[str, str], *, edge: bool, is_bound: bool) -> str:
    """Return the pattern of a date with the words around it that belong to it: without them a bound one is none."""
    space = _SPACE if edge else r"\s?"
    words = "|".join([*(f"(?P<{key}>{around[key]})" for key in _FLAGS if key in around), around["by"]])
    front = f"(?:(?:{words}){space}){{{int(is_bound and edge)},3}}"
    back = f"(?:(?:{space})?{around['behind']}){{{int(is_bound and not edge)},2}}"
    return _edged(f"{front}(?:{core}){back}", edge=edge)


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    """Put the parts in the place of their names in braces; a space stands for any white space."""
    return _spaced(re.sub(r"\{([a-z]+)\}", lambda name: parts[name[1]], pattern))


def _spaced(pattern: str) -> str:
    return pattern.replace(" ?", _NO_SPACE).replace(" ", _SPACE)


def _any(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(_spaced, patterns)) or '(?!)'})"


def _edged(pattern: str, *, edge: bool) -> str:
    return rf"(?<!\w)(?:{pattern})(?!\w)" if edge else f"(?:{pattern})"
