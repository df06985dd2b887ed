"""What is told besides replies: a company's updates ("you said, we did"; news) and answers, the keeper's own words."""

import re
from collections.abc import Collection, Container, Mapping
from typing import Any

from amends.record import front
from amends.record.model import Answer, Fault, RecordError, Update, UpdateKind
from amends.record.schema import CASE_KEYS
from amends.record.values import Reader, Reading, day, one_of, open_file, words

Told = Update | Answer

MAX_CHARACTERS = 20_000
"""The longest text: an hour's work to read, and far more than an answer needs."""

LONGEST_NAME = 80

NAME = re.compile(rf"[a-z0-9](?:[a-z0-9-]{{0,{LONGEST_NAME - 2}}}[a-z0-9])?")
"""A file's name without its suffix; it is an anchor in a page."""

UPDATE_KEYS: Mapping[str, Reader] = {
    "kind": one_of(UpdateKind),
    "date": day,
    "title": words,
    "said": words,
    "starts": day,
    "cases": CASE_KEYS["case"],
    "language": CASE_KEYS["language"],
}
"""The keys of an update; `cases` is a list, read item by item."""

PAGES = ("about", "rules", "privacy")
"""The pages of the board at whose end the keeper may say something, in `<page>.md` beside board.toml."""

ANSWER_KEYS: Mapping[str, Reader] = {
    "title": words,
    "date": day,
    "topic": CASE_KEYS["topic"],
    "cases": CASE_KEYS["case"],
    "language": CASE_KEYS["language"],
}
"""The keys of an answer; `cases` is a list, read item by item."""


def sift_update(text: str, name: str, path: str, numbers: Container[str]) -> tuple[Update, tuple[Fault, ...]]:
    """Read an update of the company that has the cases with these numbers.

    A link to any other case is left out and named among the faults returned. RecordError, with all faults of the
    file at `path`, where it cannot be taken at all.
    """
    reading = _Reading(path)
    facts = reading.file(text, UPDATE_KEYS, ("kind", "date", "title"), numbers)
    if facts.get("kind") is UpdateKind.CHANGE and "starts" in facts:
        # "We did" is said of what is done; what is still to come is news.
        reading.fault(
            reading.lines["starts"], "starts", "the day on which a change starts", "no such key, or kind price or news"
        )
    if reading.faults:
        raise RecordError(reading.faults)
    return Update(name=name, **facts), tuple(reading.slips)


def sift_answer(
    text: str, name: str, path: str, numbers: Container[str], topics: Collection[str]
) -> tuple[Answer, tuple[Fault, ...]]:
    """Read a written answer of the company that has these topics and the cases with these numbers.

    Another topic and a link to any other case are left out and named among the faults returned. RecordError, with
    all faults of the file at `path`, where it cannot be taken at all.
    """
    reading = _Reading(path)
    facts = reading.file(text, ANSWER_KEYS, ("title", "date"), numbers)
    if reading.faults:
        raise RecordError(reading.faults)
    if "topic" in facts and facts["topic"] not in topics:
        found = repr(facts.pop("topic"))
        reading.slip(reading.lines["topic"], "topic", found, f"a topic of the company: {', '.join(topics)}")
    return Answer(name=name, **facts), tuple(reading.slips)


def read_page(text: str, path: str) -> str:
    """Read what the keeper says at the end of a page; RecordError where that is nothing, or too much."""
    reading = _Reading(path)
    reading.check_length(text, 1, "some text, or no such file")
    if reading.faults:
        raise RecordError(reading.faults)
    return text.strip("\r\n")


class _Reading(Reading):
    """One pass over one file. `slips` are the faults that cost the reader what they name and nothing else."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.slips: list[Fault] = []
        self.lines: dict[str, int] = {}

    def slip(self, line: int, key: str, found: str, expected: str) -> None:
        self.slips.append(Fault(self.path, line, key, found, expected))

    def file(
        self, text: str, keys: Mapping[str, Reader], required: tuple[str, ...], numbers: Container[str]
    ) -> dict[str, Any]:
        """Read the whole file into the facts of an update or an answer, as far as it has no fault."""
        parts, tree = open_file(text, self.path)
        self.lines = {key: line for key, (line, _) in tree.items.items()}
        single = {key: item for key, item in tree.items.items() if key != "cases"}
        facts = self.facts(single, keys, required, tree.line)
        if "date" in facts:
            facts["day"] = facts.pop("date")
        if "cases" in tree.items:
            facts["cases"] = self.links(*tree.items["cases"], keys["cases"], numbers)
        facts["text"] = parts.body.strip("\r\n")
        self.check_length(facts["text"], text.count("\n", 0, len(text) - len(parts.body)) + 1)
        return facts

    def links(self, line: int, node: front.Node, reader: Reader, numbers: Container[str]) -> tuple[str, ...]:
        if not isinstance(node, front.Sequence):
            self.fault(line, "cases", "no list", "a list of numbers of cases, each with a dash")
            return ()
        found: dict[str, None] = {}
        for item in node.items:
            number = self.number(item, reader)
            if number is None:
                continue
            if number not in numbers:
                self.slip(item.line, "cases", f"the number {number}", "the number of a case of this company")
            elif number in found:
                self.slip(item.line, "cases", f"the number {number} a second time", "each case once")
            else:
                found[number] = None
        return tuple(found)

    def number(self, item: front.Node, reader: Reader) -> str | None:
        if not isinstance(item, front.Scalar):
            self.fault(item.line, "cases", "a list or keys", "the number of a case")
            return None
        read: dict[str, Any] = {}
        self.fact(read, "cases", reader, item)
        return read.get("cases")

    def check_length(self, body: str, line: int, expected: str = "some text below the front matter") -> None:
        if not body.strip():
            self.fault(line, None, "no text", expected)
        elif len(body) > MAX_CHARACTERS:
            self.fault(line, None, f"a text of {len(body)} characters", f"at most {MAX_CHARACTERS}")
