"""Replies of made-up companies with the rules whose advice each should get, and how well the coach agrees with them.

A language has a file of cases and passages, and two of replies, a line each: the case, the rules, the text. Word lists
are written by `development`; `held_out` is only measured. Those whose names begin with `second` are another author's,
who knew the rules and not the lists.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from amends.case import Kind
from amends.coach import LANGUAGES, Reply, Rule, advise

TEXTS = Path(__file__).parent / "coach_texts"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
Part = Literal["development", "held_out", "second_development", "second_held_out", "third_held_out"]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A reply and the rules whose advice it should get."""

    language: str
    reply: Reply
    rules: frozenset[Rule]


@dataclass(frozen=True, slots=True)
class Score:
    """How often advice was given rightly, wrongly, and not although it should have been."""

    right: int
    wrong: int
    missed: int

    def __add__(self, other: "Score") -> "Score":
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.positives + self.wrong else 1.0

    @property
    def positives(self) -> int:
        return self.right + self.missed


def labelled(language: str, part: Part) -> Iterator[Labelled]:
    """All replies of one part in one language."""
    name = part.partition("_")[0]
    author = f"{language}.{name}" if name in ("second", "third") else language
    facts = tomllib.loads((TEXTS / f"{author}.toml").read_text("utf-8"))
    for line in (TEXTS / f"{language}.{part}.txt").read_text("utf-8").splitlines():
        case, rules, text = line.split("|", 2)
        reply = _reply(language, facts["cases"][case], facts["passages"], text)
        yield Labelled(language, reply, frozenset(map(Rule, rules.split())))


def _reply(language: str, case: dict[str, Any], passages: dict[str, str], text: str) -> Reply:
    return Reply(
        text=text.format(**passages),
        language=language,
        kind=Kind(case["kind"]),
        asked=case["text"],
        now=NOW,
        author=case.get("author"),
        earlier=tuple(one.format(**passages) for one in case["earlier"]),
        contacts=("help@riverbend.example",),
        order_pattern="AA-999999",
    )


@cache
def scores(language: str, part: Part) -> dict[Rule, Score]:
    """How well the coach agrees with the labels, by rule."""
    right, wrong, missed = Counter[Rule](), Counter[Rule](), Counter[Rule]()
    for one in labelled(language, part):
        given = {finding.rule for finding in advise(one.reply)}
        right.update(given & one.rules)
        wrong.update(given - one.rules)
        missed.update(one.rules - given)
    return {rule: Score(right[rule], wrong[rule], missed[rule]) for rule in Rule}


def pooled(part: Part) -> dict[Rule, Score]:
    """How well the coach agrees with the labels over all languages, by rule."""
    every = [scores(language, part) for language in LANGUAGES]
    return {rule: sum((one[rule] for one in every), Score(0, 0, 0)) for rule in Rule}
