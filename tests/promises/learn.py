"""Learns from the labelled replies what the words around a date count: `python -m tests.promises.learn`.

Wants scikit-learn beside what the tests want: `pip install scikit-learn`. With `--try` nothing is written: each author
in turn is left out, and it is told how well what the others taught reads that one's replies, by the probability from
which on a date is proposed.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from amends import promises
from amends.promises import LANGUAGES, ahead, clauses, from_monday_to_friday
from amends.promises.weights import ALWAYS, LIKELY, probability_of
from tests.promises.measure import AUTHORS, HERE, TAUGHT, Reply, is_right_of, replies

MADE = Path(promises.__file__).parent / "weights"
FACTS = HERE / "made.json"
"""Of what the weights were made."""
SELDOM = 3
"""A feature of fewer dates says nothing of others."""
LITTLE = 0.1
"""What counts less than this is left out."""
STRENGTH = 3.0
"""The inverse of the strength of the regularization. With it and a `LIKELY` of 0.7 authors who are left out are read
best of all ways in which at most three in a hundred of their replies without a promise have a false one."""
GENERAL = ("nearest ", "before ", "behind ", "earlier ", "later ", "meaning ", "ahead", "any", "back")
"""What features of the grammar's signs begin with: they count the same in all languages."""


@dataclass(frozen=True, slots=True)
class Example:
    """A date of a reply: its features, and whether it is promised."""

    features: frozenset[str]
    is_promised: bool


def digest() -> str:
    """Return what changes with all that the weights are made of: replies, words for dates, and features."""
    files = [*(HERE / f"{name}.toml" for name in TAUGHT), *sorted(MADE.parent.glob("words/*.toml"))]
    files += [Path(clauses.__file__), MADE.parent / "grammar.py", MADE.parent / "days.py", Path(__file__)]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.promises.learn", description=__doc__.splitlines()[0])
    parser.add_argument("--try", action="store_true", dest="tries", help="leave each author out in turn; write nothing")
    options = parser.parse_args()
    said = {name: list(replies(name)) for name in TAUGHT}
    if options.tries:
        for name, theirs in [(name, said[name]) for name in AUTHORS]:
            _tell(name, theirs, learned(one for other, several in said.items() if other != name for one in several))
        return
    for language, weights in learned(one for several in said.values() for one in several).items():
        text = json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True)
        (MADE / f"{language}.json").write_text(text + "\n", encoding="utf-8")
    FACTS.write_text(json.dumps({"digest": digest()}) + "\n")


def _tell(name: str, several: Sequence[Reply], weights: Mapping[str, Mapping[str, float]]) -> None:
    """Say how many replies are read rightly with these weights, and in how many without a promise one is found."""
    said = [name.ljust(14)]
    for likely in (0.5, 0.6, LIKELY):
        right = false = 0
        for reply in several:
            found = _found(reply, weights[reply.language], likely)
            right += bool(reply.promised) and is_right_of(reply, found)
            false += bool(found) and not reply.promised
        dated = sum(bool(reply.promised) for reply in several)
        said.append(f"{likely}: right {right / dated:5.1%}, false {false / (len(several) - dated):5.1%}")
    sys.stdout.write("   ".join(said) + "\n")


def _found(reply: Reply, weights: Mapping[str, float], likely: float) -> list[tuple[int, int, date]]:
    found: dict[tuple[int, date], tuple[int, int, date]] = {}
    for one, proposal in ahead(reply.text, reply.language, reply.now.astimezone(reply.zone), from_monday_to_friday):
        if probability_of(one.features, weights) > likely:
            found.setdefault((one.sentence, proposal.day), (proposal.start, proposal.end, proposal.day))
    return list(found.values())


def learned(several: Iterable[Reply]) -> dict[str, dict[str, float]]:
    """Return by language what each feature counts."""
    from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415 - only who learns has it
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    examples = [(reply.language, one) for reply in several for one in examples_of(reply)]
    named = [[_named(language, feature) for feature in one.features] for language, one in examples]
    often = {
        feature for feature, count in Counter(name for names in named for name in names).items() if count >= SELDOM
    }
    vectorizer: Any = DictVectorizer()
    seen = vectorizer.fit_transform([dict.fromkeys(often.intersection(names), 1) for names in named])
    model: Any = LogisticRegression(C=STRENGTH, max_iter=1000)
    model.fit(seen, [one.is_promised for _, one in examples])
    made: dict[str, dict[str, float]] = {language: {ALWAYS: round(model.intercept_[0], 2)} for language in LANGUAGES}
    for (language, feature), count in zip(vectorizer.feature_names_, model.coef_[0], strict=True):
        for one in [language] if language else LANGUAGES:
            if abs(count) >= LITTLE:
                made[one][feature] = round(count, 2)
    return made


def examples_of(reply: Reply) -> list[Example]:
    """Return the dates of a reply that could be promised."""
    dates = ahead(reply.text, reply.language, reply.now.astimezone(reply.zone), from_monday_to_friday)
    spans = [(start, end) for start, end, _ in reply.promised]
    return [
        Example(one.features, any(found.start < end and start < found.end for start, end in spans))
        for one, found in dates
    ]


def _named(language: str, feature: str) -> tuple[str, str]:
    return ("" if feature.startswith(GENERAL) else language, feature)


if __name__ == "__main__":
    main()
