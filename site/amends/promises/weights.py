"""What the words around a date count for its being promised, as learned from labelled replies.

The probability is that of a logistic regression: the sum of what each counts, made a number from 0 to 1 by the
logistic function. The numbers stand in `weights/<language>.json` and are made by `python -m tests.promises.learn`.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from math import exp

LIKELY = 0.7
"""A date is proposed that is promised with more than this probability: one that is proposed in vain costs a click, one
that is not found a look at the calendar, and both cost trust."""

ALWAYS = ""
"""The name of what counts for every date."""


def probability(features: Iterable[str], language: str) -> float:
    """Return how probable it is that a date with these features is promised, from 0 to 1."""
    return probability_of(features, _weights(language))


def probability_of(features: Iterable[str], known: Mapping[str, float]) -> float:
    """Return that probability by other weights."""
    total = known[ALWAYS] + sum(known.get(one, 0.0) for one in features)
    return 1 / (1 + exp(-total)) if total > 0 else exp(total) / (1 + exp(total))


@cache
def _weights(language: str) -> Mapping[str, float]:
    text = files("amends.promises").joinpath("weights", f"{language}.json").read_text(encoding="utf-8")
    known: Mapping[str, float] = json.loads(text)
    return known
