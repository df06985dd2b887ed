"""The labelled sets, and what the grammars find in them."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from amends.promises import find

HERE = Path(__file__).parent
AUTHORS = tuple(f"author_{name}" for name in "abcdef")
"""Each by another author, who wrote in all languages."""
TAUGHT = ("development", "development_b", *AUTHORS, "pairs", "more_pairs", "longer")
"""What the weights are learned from."""
HELD_OUT = ("held_out", "held_out_b", "held_out_c")
"""By three authors: nothing was learned from these, nor tuned on them."""
SETS = (*TAUGHT, *HELD_OUT)

_MARK = re.compile(r"\[([^|\]]*)\|(\d\d)-(\d\d)\]")


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of a labelled set; `promised` are the places of its dated promises and their days."""

    language: str
    text: str
    now: datetime
    zone: ZoneInfo
    promised: tuple[tuple[int, int, date], ...]

    def found(self) -> tuple[tuple[int, int, date], ...]:
        """Return what is proposed."""
        return tuple(
            (one.start, one.end, one.day) for one in find(self.text, self.now, self.zone, language=self.language)
        )


@dataclass(frozen=True, slots=True)
class Score:
    """Of a language: how many replies have a promise, in how many just that is found, and where there is none."""

    dated: int
    right: int
    without: int
    false: int


def replies(name: str) -> Iterator[Reply]:
    """Yield the replies of a set."""
    table = tomllib.loads((HERE / f"{name}.toml").read_text())
    now = table.pop("now")
    for language, said in table.items():
        for line in (said["dated"] + said["without"]).strip().splitlines():
            yield _reply(language, line, now, said)


def _reply(language: str, line: str, now: datetime, said: dict[str, Any]) -> Reply:
    text, promised, done = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[done : mark.start()]
        month, day = int(mark[2]), int(mark[3])
        year = now.year + ((month, day) < (now.month, now.day))
        promised.append((len(text), len(text) + len(mark[1]), date(year, month, day)))
        text, done = text + mark[1], mark.end()
    return Reply(language, text + line[done:], now, ZoneInfo(said["zone"]), tuple(promised))


def is_right(reply: Reply) -> bool:
    """Whether just the promised days are found, each at its place."""
    return is_right_of(reply, reply.found())


def is_right_of(reply: Reply, found: Sequence[tuple[int, int, date]]) -> bool:
    """Whether just the promised days are among what was found, each at its place."""
    return len(found) == len(reply.promised) and all(
        day == meant and start < until and since < end
        for (start, end, day), (since, until, meant) in zip(found, reply.promised, strict=True)
    )


def scores(name: str) -> dict[str, Score]:
    """Measure a set, by language."""
    by_language: dict[str, list[Reply]] = {}
    for reply in replies(name):
        by_language.setdefault(reply.language, []).append(reply)
    return {language: _score(several) for language, several in by_language.items()}


def _score(several: list[Reply]) -> Score:
    dated = [reply for reply in several if reply.promised]
    without = [reply for reply in several if not reply.promised]
    return Score(len(dated), sum(map(is_right, dated)), len(without), sum(bool(reply.found()) for reply in without))
