"""How often what is offered before somebody asks fits, over texts in files.

A file has made-up companies, one for each of some languages: written answers and solved cases by name, texts that one
of them fits, and texts that none fits. The threshold of widget/similar.js was set on `development`. `held_out` was
written before the matcher was first run, and nothing was set by it.

`python -m tests.browser.offers` prints how many were found among the three offered, and how many were offered in vain.
"""

import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright import sync_api

from amends.board import create_board
from amends.case import Outcome
from amends.record import Answer, Board, Entry, Record
from tests.browser import chromium
from tests.factories import a_case, a_company, after, an_event

FOLDER = Path(__file__).with_suffix("")
WIDGET = Path(__file__).parents[2] / "widget"
SETS = ("development", "held_out")


@dataclass(frozen=True)
class Asked:
    """A text that somebody types: the address of what fits it, None where nothing does, and what was offered."""

    language: str
    text: str
    fits: str | None
    offered: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    """Of `fitting` texts so many were offered what fits them; of `unfitting` ones so many were offered something."""

    found: int
    fitting: int
    in_vain: int
    unfitting: int


class Matcher:
    """widget/similar.js with an index, as a browser runs it."""

    def __init__(self, page: sync_api.Page, index: str) -> None:
        source = (WIDGET / "similar.js").read_text("utf-8") + f"\nexport const index = {index};\n"
        load = "source => import(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})))"
        self._module = page.evaluate_handle(load, source)

    def similar(self, text: str, language: str = "en", most: int = 3) -> list[dict[str, Any]]:
        ask = "(module, [text, language, most]) => module.similar(text, language, most)"
        found: list[dict[str, Any]] = self._module.evaluate(ask, [text, language, most])
        return found

    def terms(self, texts: Sequence[str]) -> list[list[str]]:
        found: list[list[str]] = self._module.evaluate("(module, texts) => texts.map(module.terms)", list(texts))
        return found


def index_of(record: Record) -> str:
    """What the board of a record offers."""
    return create_board(record, after(1000)).test_client().get("/acme/similar.json").text


def ask_all(page: sync_api.Page, name: str) -> Iterator[Asked]:
    """Yield every text of a set with what is offered for it."""
    for language, company in tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8")).items():
        record, places = _record(language, company)
        matcher = Matcher(page, index_of(record))
        fitting = [(text, places[key]) for key, texts in company["fitting"].items() for text in texts]
        for text, fits in [*fitting, *((text, None) for text in company["unfitting"]["all"])]:
            offered = tuple(str(offer["href"]) for offer in matcher.similar(text, language))
            yield Asked(language, text, fits, offered)


def _record(language: str, company: dict[str, Any]) -> tuple[Record, dict[str, str]]:
    """Return a company's board, and where its answers and cases stand on it."""
    answers = [
        Answer(key, date(2026, 11, 1) + timedelta(place), *words, language=language)
        for place, (key, words) in enumerate(company["answers"].items())
    ]
    solved = an_event("verdict", 9, outcome=Outcome.SOLVED)
    cases = {key: f"{place:08}" for place, key in enumerate(company["cases"], 1)}
    entries = [
        Entry(a_case(solved, number=number, text=company["cases"][key], language=language), f"{number}.md")
        for key, number in cases.items()
    ]
    board = Board("The board", base_url="https://board.example/")
    record = Record(
        board, (a_company(language=language),), {"acme": tuple(entries)}, {}, answers={"acme": tuple(answers)}
    )
    places = {answer.name: f"https://board.example/acme/answers/#{answer.name}" for answer in answers}
    return record, places | {key: f"https://board.example/acme/{number}/" for key, number in cases.items()}


def count(asked: Sequence[Asked]) -> Count:
    fitting = [one for one in asked if one.fits]
    unfitting = [one for one in asked if not one.fits]
    found = sum(one.fits in one.offered for one in fitting)
    return Count(found, len(fitting), sum(bool(one.offered) for one in unfitting), len(unfitting))


def lines_of(name: str, asked: Sequence[Asked]) -> Iterator[str]:
    """Yield a line for each language of a set, and one for all."""
    for language in [*dict.fromkeys(one.language for one in asked), ""]:
        told = count([one for one in asked if one.language == (language or one.language)])
        found, in_vain = f"{told.found} of {told.fitting}", f"{told.in_vain} of {told.unfitting}"
        yield f"{name:<12} {language or 'all':<8} found {found:<9} in vain {in_vain}\n"


def main() -> None:
    with chromium.driver() as running:
        browser = chromium.launch(running)
        page = browser.new_page()
        for name in SETS:
            sys.stdout.writelines(lines_of(name, list(ask_all(page, name))))
        browser.close()


if __name__ == "__main__":
    main()
