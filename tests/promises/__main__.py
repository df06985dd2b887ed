"""Measure how much of what companies promise is found: `python -m tests.promises [--misses] [FILE.jsonl ...]`.

Without a file the labelled sets are measured, by language. A file holds a reply a line, as JSON with `text` and `date`,
or conversations with `turns`, as `amends import` reads them; everything that is found in it is printed, to be read.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from amends.promises import find
from tests.promises.measure import SETS, is_right, replies, scores


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.promises", description=__doc__.splitlines()[0])
    parser.add_argument("--misses", action="store_true", help="also print the replies of the development sets missed")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    if options.files:
        for file in options.files:
            read(file)
        return
    for name in SETS:
        say(f"{name:13} replies  right      none  false")
        for language, score in scores(name).items():
            right, false = score.right / score.dated, score.false / score.without
            say(f"{language:13} {score.dated:7} {right:6.1%} {score.without:9} {false:6.1%}")
    if options.misses:
        for reply in chain(replies("development"), replies("development_b")):
            if not is_right(reply):
                found = ", ".join(f"{reply.text[start:end]} = {day}" for start, end, day in reply.found())
                say(f"{reply.language} {reply.text} → {found or 'nothing'}")


def read(file: Path) -> None:
    texts = [turn for line in file.read_text().splitlines() for turn in turns_of(json.loads(line))]
    count = 0
    for text, at in texts:
        for one in find(text, at, ZoneInfo("UTC")):
            count += 1
            near = text[max(0, one.start - 70) : one.start], text[one.end : one.end + 40]
            say(f"{at:%a %Y-%m-%d} → {one.day:%a %Y-%m-%d}  {near[0]}[{one.words}]{near[1]}".replace("\n", " "))
    say(f"{file.name}: {count} in {len(texts)} replies")


def turns_of(row: dict) -> Iterator[tuple[str, datetime]]:
    if "turns" not in row:
        yield row["text"], datetime(2026, 11, 18, 10, tzinfo=UTC)
    for turn in row.get("turns", ()):
        if turn["who"] == "company":
            yield turn["text"], datetime.fromisoformat(turn["at"])


if __name__ == "__main__":
    main()
