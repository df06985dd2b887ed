"""Cases and lines of the ledger as short JSON."""

import json
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from amends.case import Case, Event, Kind, Outcome, Reason
from amends.record import LedgerLine, LedgerOutcome
from amends.record.packed import pack, pack_line, unpack, unpack_line
from tests.effort import EFFORT
from tests.factories import a_case, a_line, after, an_event

instants = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC, fold=0)
)
texts = st.text(st.characters(), max_size=40) | st.sampled_from(["", "\ud83d\ude00", "\ud800", "\x00", '"\\', "\u2028"])
maybe_texts = st.none() | texts
grades = st.none() | st.integers(0, 10)

events = st.builds(
    Event,
    at=instants,
    by=texts,
    event=texts,
    **dict.fromkeys(("name", "promise", "what", "measure", "why", "text"), maybe_texts),
    due=st.none() | st.dates(),
    outcome=st.none() | st.sampled_from(Outcome),
    again=st.none() | st.booleans(),
    score=grades,
    recommend=grades,
    reason=st.none() | st.sampled_from(Reason),
    of=maybe_texts | instants,
    received=st.none() | instants,
    reply_by=st.none() | instants,
)
cases = st.builds(
    Case,
    **dict.fromkeys(("number", "company", "topic", "text"), texts),
    **dict.fromkeys(("author", "language", "title", "page", "same", "source", "url"), maybe_texts),
    kind=st.sampled_from(Kind),
    received=instants,
    reply_by=instants,
    events=st.lists(events, max_size=4).map(tuple),
)
lines = st.builds(
    LedgerLine,
    case=texts,
    received=instants,
    reply_by=instants,
    outcome=st.sampled_from(LedgerOutcome),
    reason=st.none() | st.sampled_from(Reason),
    at=st.none() | instants,
    first_reply=st.none() | instants,
)


@given(cases)
@settings(max_examples=100 * EFFORT, deadline=None)
def test_what_is_packed_is_unpacked_as_it_was(case: Case) -> None:
    found = unpack(pack(case), case.company)
    assert found == case
    assert repr(found) == repr(case)  # the kinds of the values too


@given(lines)
@settings(max_examples=100 * EFFORT, deadline=None)
def test_a_line_is_unpacked_as_it_was(line: LedgerLine) -> None:
    found = unpack_line(pack_line(line))
    assert found == line
    assert repr(found) == repr(line)


def test_what_is_packed_is_short() -> None:
    reply = an_event("reply", text="Words.")
    promise = an_event("promise", 2, due=date(2026, 11, 6))
    case = a_case(an_event("published", 0), reply, promise, text="Words.")
    assert len(pack(case)) < 300
    assert json.loads(pack(case))[5][0] == [1793610000, "system", "published"]
    assert len(pack_line(a_line(first_reply=after(1)))) < 80
