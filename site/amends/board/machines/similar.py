"""What somebody could read before they ask: a company's written answers, and the cases that were solved.

Solved is what the customer called solved; what the company says of it counts for nothing here. The widget compares what
a visitor types with this file (widget/similar.js), so that nobody's unsent words leave their browser.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from amends import text
from amends.board.edition import Edition
from amends.board.machines import address, entries
from amends.board.machines.terms import Words, weighed
from amends.board.page import digest
from amends.board.shelf import Shelf
from amends.record import Answer, Standing

VERSION = 1
"""Of the format. Names may be added to it; none changes its meaning without another number here."""

MOST = 100
"""How many texts there are at most: answers first, those revised last, then cases, those solved last."""

LARGEST = 60_000
"""The most bytes of the file. Of texts that are too many for it the last are left out."""

_MASKED = re.compile(r"\[hidden: [a-z][a-z -]{0,39}\]")


@dataclass(frozen=True, slots=True)
class _Text:
    """A text that may be offered: what its link says, where it leads, and the words by which it is found."""

    kind: str
    title: str
    href: str
    words: Words


def index(edition: Edition, shelf: Shelf) -> str:
    """Write the texts that may be offered, with the terms by which they are found: a line for each, as JSON."""
    texts = [*_answers(edition, shelf), *_cases(edition, shelf)][:MOST]
    found = weighed([one.words for one in texts])
    lines: list[str] = []
    size = len(_whole([]))
    for one, terms in zip(texts, found, strict=True):
        line = _line(one, terms)
        size += len(line.encode()) + len(",\n")
        if size > LARGEST:
            break
        lines.append(line)
    return _whole(lines)


def made_of(edition: Edition, shelf: Shelf) -> bytes:
    """Tell what the file is made of: the settings, the answers, and what the pages of the cases in it show."""
    shown = shelf.last_marks("solved", MOST)
    return digest(edition.settings, repr(edition.record.answers.get(shelf.company.slug, ())), repr(shown))


def _whole(lines: list[str]) -> str:
    return f'{{"version": {VERSION}, "texts": [\n' + ",\n".join(lines) + "\n]}\n"


def _line(one: _Text, terms: dict[str, int]) -> str:
    told = {"kind": one.kind, "title": one.title, "href": one.href, "language": one.words.language, "terms": terms}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _answers(edition: Edition, shelf: Shelf) -> Iterator[_Text]:
    company = shelf.company
    page = address.at(edition.board, company.slug, "answers/")
    answers = sorted(edition.record.answers.get(company.slug, ()), key=_latest_first)
    for answer in answers:
        title = text.one_line(answer.title, text.MAX_TITLE)
        words = Words(answer.title, answer.text, answer.language or company.language)
        yield _Text("answer", title, f"{page}#{answer.name}", words)


def _latest_first(answer: Answer) -> tuple[int, str]:
    return -answer.day.toordinal(), answer.name


def _cases(edition: Edition, shelf: Shelf) -> Iterator[_Text]:
    lang = edition.lang_of(shelf.company)
    for row in shelf.last("solved", MOST):
        # Its title is the beginning of its text.
        if row.has_title and row.standing is Standing.GOOD:
            words = Words("", _MASKED.sub(" ", row.case.text or row.title), row.case.language)
            yield _Text("case", entries.title(lang, row), address.of_case(edition.board, row), words)
