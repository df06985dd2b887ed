"""Times: each has just one spelling."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amends import clock
from amends.record.values import INSTANT, UnfitError, instant
from tests.effort import EFFORT

FORM = "%Y-%m-%dT%H:%M:%SZ"

instants = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)).map(lambda at: at.replace(microsecond=0))
zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
fields = st.tuples(*(st.integers(0, most) for most in (9999, 13, 32, 25, 61, 61)))
looks_like_a_time = fields.map(lambda parts: "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parts))


@st.composite
def nearly_times(draw: st.DrawFn) -> str:
    """A time, of which some characters are others."""
    text = draw(looks_like_a_time)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        put = draw(st.sampled_from(["", " ", "0", "9", "-", "+", ":", ".5", "t", "z", "\n", "٣", "W", "+00:00"]))
        text = text[:place] + put + text[place + draw(st.integers(0, 1)) :]
    return text


def read_slowly(text: str) -> datetime | None:
    """The definition: what `strptime` reads of a year with four digits, and writes again in the same way."""
    try:
        at = datetime.strptime(text, FORM).replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if at.year >= 1000 and at.strftime(FORM) == text else None


@given(nearly_times() | st.text(max_size=24))
@example("2026-11-02T24:00:00Z")
@example("2026-11-02T09:14:05Z\n")
@example("0999-11-02T09:14:05Z")
@settings(max_examples=200 * EFFORT)
def test_a_time_is_read_if_it_is_what_would_be_written(text: str) -> None:
    expected = read_slowly(text)
    if expected is None:
        with pytest.raises(ValueError, match="not a time like"):
            clock.parse(text)
    else:
        assert clock.parse(text) == expected
        assert clock.parse(text).tzinfo is UTC


@given(nearly_times())
@settings(max_examples=200 * EFFORT)
def test_a_time_of_the_record_is_one_of_our_time(text: str) -> None:
    expected = read_slowly(text)
    if expected and 1970 <= expected.year < 2200:
        assert instant(text) == expected
        assert re.fullmatch(INSTANT, text)
    else:
        with pytest.raises(UnfitError):
            instant(text)
        if re.fullmatch(INSTANT, text):
            with pytest.raises(ValueError, match=r"must be in|out of range"):
                datetime.fromisoformat(text)


@given(instants, zones)
@settings(max_examples=200 * EFFORT)
def test_a_time_is_written_in_utc_wherever_it_was_told(at: datetime, zone: timezone) -> None:
    assert clock.stamp(at.replace(tzinfo=zone)) == at.replace(tzinfo=zone).astimezone(UTC).strftime(FORM)
    assert clock.parse(clock.stamp(at.replace(tzinfo=UTC))) == at.replace(tzinfo=UTC)


def test_a_year_has_four_digits() -> None:
    assert clock.stamp(datetime(204, 1, 2, 3, 4, 5, tzinfo=UTC)) == "0204-01-02T03:04:05Z"
