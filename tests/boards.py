"""Boards of one company for the tests of the board, and the cases that may stand on them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from amends.board import accent, create_board, urls
from amends.board.row import Row, row_of
from amends.case import Case, Kind, Outcome
from amends.language import language
from amends.record import Board, Entry, LedgerLine, Record, Standing
from tests.factories import OTHER_NUMBER, START, a_case, a_company, after, an_event

EXAMPLE = Path(__file__).parents[1] / "content"
STATIC = Path(accent.__file__).parent / "static"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""An instant at which the example board has cases of every state."""
EN = language("en")
SERVICE = "https://feedback.example/"
SOON = after(1)
TEXT = "My parcel is three weeks late and nobody answers.\n\nWhere is it?"


def a_record(
    *cases: Case | Entry, ledger: tuple[LedgerLine, ...] = (), board: Board | None = None, **facts: Any
) -> Record:
    """A record of one company with these cases, oldest first."""
    entries = [case if isinstance(case, Entry) else Entry(case, f"{case.number}.md") for case in cases]
    entries.sort(key=lambda entry: (entry.case.received, entry.case.number))
    company = a_company(**{"service_url": SERVICE, **facts})
    return Record(board or Board("The board"), (company,), {"acme": tuple(entries)}, {"acme": ledger})


def a_client(*cases: Case | Entry, now: datetime = SOON, **facts: Any) -> FlaskClient:
    return create_board(a_record(*cases, **facts), now).test_client()


def a_page(case: Case | Entry, now: datetime = SOON, **facts: Any) -> str:
    """The page of one case, as it stands at that instant."""
    number = (case.case if isinstance(case, Entry) else case).number
    return read(a_client(case, now=now, **facts), f"/acme/{number}/")


def read(client: FlaskClient, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.text


def a_row(case: Case, now: datetime, standing: Standing = Standing.GOOD, zone: str = "UTC") -> Row:
    return row_of(a_company(zone=ZoneInfo(zone)), Entry(case, "x.md", standing), now)


def html_of(record: Record, now: datetime) -> list[str]:
    """The addresses of what people read; the rest is for machines and for browsers."""
    return [url for url in urls(record, now) if url.endswith(("/", ".html"))]


def words_of(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:time|bdi)[^>]*>", "", page))).split())


def board_of(record: Record, now: datetime) -> dict[str, bytes]:
    """All pages of a board by their addresses, but the front page, which says on which day it was built."""
    client = create_board(record, now).test_client()
    return {url: client.get(url).data for url in urls(record, now) if url != "/"}


def numbered(index: int, received: datetime = START) -> Case:
    return a_case(number=f"{index:08}", received=received + timedelta(hours=index), text=TEXT)


REPLY = an_event("reply", 2.5, text="Dear Anna, I am **sorry**.")
PROMISE = an_event("promise", 2.5)
KEPT = an_event("kept", 70)
SOLVED = an_event("verdict", 90, text="Thank you.", again=True, score=8, recommend=9)
PARTLY = an_event("verdict", 90, outcome=Outcome.PARTLY)

CASES = {
    "awaiting": a_case(text=TEXT),
    "promised": a_case(REPLY, PROMISE, text=TEXT),
    "kept": a_case(REPLY, PROMISE, KEPT, text=TEXT),
    "moved": a_case(REPLY, PROMISE, an_event("moved", 60, due=date(2026, 11, 9)), text=TEXT),
    "broken": a_case(REPLY, PROMISE, an_event("broken", 60), text=TEXT),
    "confirmed": a_case(REPLY, PROMISE, KEPT, SOLVED, text=TEXT),
    "disputed": a_case(REPLY, PARTLY, text=TEXT),
    "answered-again": a_case(REPLY, PARTLY, an_event("reply", 95), text=TEXT),
    "solved-by-company": a_case(REPLY, an_event("solved", 40, text="Done."), text=TEXT),
    "corrected": a_case(REPLY, an_event("correction", 3, of=REPLY.at, text="Dear Anna, I am sad."), text=TEXT),
    "private": a_case(REPLY, an_event("asked", 3), an_event("answered", 4), an_event("gift", 5), text=TEXT),
    "added": a_case(an_event("followup", 2), an_event("followup", 4), text=TEXT),
    "hidden": a_case(REPLY, an_event("hidden", 5), text=TEXT),
    "restored": a_case(REPLY, an_event("hidden", 5), an_event("restored", 6), text=TEXT),
    "masked": a_case(an_event("masked", 1, what="phone"), an_event("published", 1), text="Call [hidden: phone]."),
    "removed": a_case(REPLY, an_event("removed", 5)),
    "withdrawn": a_case(REPLY, an_event("withdrawn", 5)),
    "stub": a_case(),
    "imported": a_case(replace(REPLY, name=None), text=TEXT, source="Market Square", url="https://market.example/1"),
    "imported-unanswered": a_case(text=TEXT, source="Market Square"),
    "praise": a_case(REPLY, text=TEXT, kind=Kind.PRAISE),
    "question": a_case(text=TEXT, kind=Kind.QUESTION, language="ar"),
    "duplicate": a_case(an_event("duplicate", 2, of=OTHER_NUMBER), text=TEXT, same=OTHER_NUMBER),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
