"""How well the coach advises: `python -m tests.coach [--part PART]` prints precision, recall and F1 of each rule.

`python -m tests.coach --real FILE --language TAG` reads real replies instead and prints which of those that apologise
are called defensive. FILE has a JSON object a line: a reply's `text`, or the `turns` of a conversation, each with `who`
("customer" or "company") and `text`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click

from amends.case import Kind
from amends.coach import LANGUAGES, Finding, Reply, Rule, advise
from tests.coach_corpus import NOW, Part, pooled, scores


def replies_of(file: Path, language: str) -> Iterator[Reply]:
    """Every reply of a company, as an answer to the customer's words before it."""
    for line in file.read_text("utf-8").splitlines():
        facts = json.loads(line)
        asked = ""
        for turn in facts.get("turns", [{"who": "company", "text": facts.get("text", "")}]):
            if turn["who"] == "company":
                yield Reply(turn["text"], language, Kind.COMPLAINT, asked, NOW)
            else:
                asked = turn["text"]


def apologising(file: Path, language: str) -> Iterator[tuple[Reply, list[Finding]]]:
    """The replies that apologise, each with what is called defensive in it."""
    for reply in replies_of(file, language):
        found = advise(reply)
        if not any(one.rule is Rule.APOLOGY for one in found):
            yield reply, [one for one in found if one.rule is Rule.DEFENSIVE]


def show_real(file: Path, language: str) -> None:
    every = list(apologising(file, language))
    called = [(reply, found) for reply, found in every if found]
    for reply, found in called:
        for one in found:
            click.echo(f"{one.message}\n    {reply.text[one.start : one.end]!r} in {reply.text!r}")
    click.echo(f"{len(called)} of {len(every)} replies that apologise are called defensive")


@click.command()
@click.option("--part", type=click.Choice(get_args(Part)), default="held_out")
@click.option("--real", type=click.Path(path_type=Path, exists=True))
@click.option("--language", type=click.Choice(LANGUAGES), default="en")
def main(part: Part, real: Path | None, language: str) -> None:
    """Print how well the coach advises."""
    if real:
        show_real(real, language)
        return
    click.echo(f"{'':10}{'rule':16}{'precision':>10}{'recall':>8}{'F1':>6}{'of':>5}")
    for name, every in [*((tag, scores(tag, part)) for tag in LANGUAGES), ("all", pooled(part))]:
        for rule, score in every.items():
            numbers = f"{score.precision:10.2f}{score.recall:8.2f}{score.f1:6.2f}{score.positives:5}"
            click.echo(f"{name:10}{rule:16}{numbers}")


if __name__ == "__main__":
    main()
