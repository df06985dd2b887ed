"""What the tests of the files for machines share: hostile words, a record full of them, and how files are read."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from amends.board import create_board
from amends.case import Case, Event
from amends.record import Board, Record
from tests.boards import PARTLY, PROMISE, REPLY, a_record
from tests.factories import a_case, an_event

NASTY = (
    "]]>",
    "</script><script>alert(1)</script>",
    "<!--",
    "&amp;&#0;",
    "\x00\x0b\x1f\x7f",
    "\ufffe\uffff",
    "\u202egnirts\u202c",
    "\u2028\u2029",
    "\"'`\\",
    "👩‍👩‍👧🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "=1+1",
    "@SUM(A1)",
    "＝1",
    "\t-1",
    "a,b;c\r\nd",
)
hostile = st.builds("".join, st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=8)), min_size=1, max_size=5))
"""Words that try to leave the format in which they are written."""


def said_by_all(words: str, text: str = "It broke.") -> Case:
    """A case in which everybody who can say something says these words."""
    events: tuple[Event, ...] = (
        replace(REPLY, name=words, text=words, measure=words),
        replace(PROMISE, what=words),
        an_event("followup", 3, text=words),
        an_event("moved", 4, why=words),
        replace(PARTLY, text=words),
        an_event("correction", 91, of=REPLY.at, text=words, why=words),
    )
    return a_case(*events, text=text + words, title=words, author=words)


def said_everywhere(words: str) -> Record:
    """A board on which they are also the name of the company, and that of the board."""
    return a_record(said_by_all(words), board=Board(words), name=words, about=words)


def fetch(record: Record, now: datetime, address: str) -> str:
    answer = create_board(record, now).test_client().get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def fetch_json(record: Record, now: datetime, address: str) -> Any:
    return json.loads(fetch(record, now, address))
