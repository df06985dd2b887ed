"""What a page may weigh before compression: who reads on a slow line waits for words and for nothing else."""

import re

import pytest

from amends.board import create_board
from amends.record import load
from tests.boards import EXAMPLE, NOW, STATIC

KB = 1024


def test_every_case_of_the_example_is_a_page_of_at_most_20_kb() -> None:
    record = load(EXAMPLE)
    client = create_board(record, NOW).test_client()
    cases = [f"/{slug}/{entry.case.number}/" for slug, entries in record.entries.items() for entry in entries]
    weights = {url: len(client.get(url).data) for url in cases}
    assert {url: weight for url, weight in weights.items() if weight > 20 * KB} == {}


@pytest.mark.parametrize(
    ("file", "most"),
    [("board.css", 15), ("board.js", 8), ("lists.css", 8), ("figures.css", 8), ("prose.css", 8), ("search.css", 2)],
)
def test_what_every_page_loads_stays_small(file: str, most: int) -> None:
    assert (STATIC / file).stat().st_size <= most * KB


def test_a_case_loads_two_style_sheets_and_one_script_that_waits() -> None:
    record = load(EXAMPLE)
    client = create_board(record, NOW).test_client()
    company, entries = next(iter(record.entries.items()))
    page = client.get(f"/{company}/{entries[0].case.number}/").text
    assert re.findall(r'<link rel="stylesheet" href="([^"?]+)', page) == [
        "/static/board.css",
        f"/{company}/accent.css",
    ]
    scripts = re.findall(r"<script(?! type=\"application/ld\+json\")[^>]*>", page)
    assert len(scripts) == 1
    assert scripts[0].endswith(" defer>")
    assert len(client.get(f"/{company}/accent.css").data) <= KB
