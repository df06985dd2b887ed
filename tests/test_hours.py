"""Hours of business: how they are written, and the clock that runs only in them."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.hours import AT_MOST, Hours, read_holidays, read_week, write_week
from tests.effort import EFFORT

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CHANGES = {
    "Europe/Amsterdam": ("2026-03-29T01:00", "2026-10-25T01:00"),
    "America/New_York": ("2026-03-08T07:00", "2026-11-01T06:00"),
    "Australia/Lord_Howe": ("2026-04-04T15:00", "2026-10-03T15:30"),
    "Asia/Shanghai": ("1991-04-13T18:00", "1991-09-14T17:00"),
    "Africa/Cairo": ("2026-04-23T22:00", "2026-10-29T21:00"),
    "Pacific/Apia": ("2011-12-30T10:00", "2011-09-24T14:00"),
}
"""Zones with instants in UTC at which their clocks change: by half an hour, at midnight, and by a whole day, too."""
SHOP = Hours(read_week(["mon-fri 09:00-17:30", "sat 10:00-14:00"]))
MONDAY = datetime(2026, 11, 2, tzinfo=UTC)


def around(names: tuple[str, ...]) -> st.SearchStrategy[tuple[ZoneInfo, datetime]]:
    """A zone, and an instant within ten days of a change of its clocks."""
    changes = st.sampled_from([(name, change) for name in names for change in CHANGES[name]])
    minutes = st.integers(-10 * 24 * 60, 10 * 24 * 60) | st.integers(-24 * 60, 3 * 60)
    return st.builds(
        lambda change, ahead: (
            ZoneInfo(change[0]),
            datetime.fromisoformat(change[1]).replace(tzinfo=UTC) + timedelta(minutes=ahead),
        ),
        changes,
        minutes,
    )


@st.composite
def weeks(draw: st.DrawFn) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Hours of a week, those of the night more often: that is when clocks change."""
    edges = st.lists(st.integers(0, 1440) | st.integers(0, 300), max_size=6, unique=True).map(sorted)
    days = [tuple(zip(found[::2], found[1::2], strict=False)) for found in draw(st.tuples(*[edges] * 7))]
    return tuple(days) if any(days) else ((), (), ((540, 1020),), (), (), (), ())


@st.composite
def openings(draw: st.DrawFn, start: datetime) -> Hours:
    """Hours of business with holidays near `start`."""
    near = [(start + timedelta(days=ahead)).date().isoformat() for ahead in range(-1, 9)]
    days = st.sampled_from([*near, *(day[5:] for day in near)])
    return Hours(draw(weeks()), tuple(draw(st.lists(days, max_size=4, unique=True))))


@st.composite
def promises(draw: st.DrawFn) -> tuple[Hours, datetime, int, ZoneInfo]:
    """What `Hours.after` is asked: hours, a beginning, how many, and the zone."""
    zone, start = draw(around(tuple(CHANGES)))
    return draw(openings(start)), start, draw(st.integers(0, 30) | st.integers(0, 200)), zone


def instant(day: date, minute: int, zone: tzinfo) -> datetime:
    """Return when a minute of a day is, as zoneinfo says of a wall time."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def after_slowly(hours: Hours, start: datetime, number: int, zone: tzinfo) -> datetime:
    """The definition: go on minute by minute, and count those that lie between an opening and its closing."""
    days = [start.astimezone(zone).date() + timedelta(days=ahead) for ahead in range(-2, 20)]
    spans = [
        (instant(day, opens, zone), instant(day, closes, zone))
        for day in days
        if not {day.isoformat(), f"{day:%m-%d}"}.intersection(hours.holidays)
        for opens, closes in hours.week[day.weekday()]
    ]
    left, at, last = number * 60, start, start + max(AT_MOST, timedelta(hours=number))
    while left and at < last:
        left -= any(opens <= at < closes for opens, closes in spans)
        at += timedelta(minutes=1)
    return at


@given(promises())
@settings(max_examples=30 * EFFORT, deadline=None)
def test_the_clock_runs_as_if_every_open_minute_were_counted(asked: tuple[Hours, datetime, int, ZoneInfo]) -> None:
    hours, start, number, zone = asked
    assert hours.after(start, number, zone) == after_slowly(hours, start, number, zone)


@given(promises(), st.integers(0, 7 * 24 * 3600), st.integers(0, 20))
@settings(max_examples=60 * EFFORT, deadline=None)
def test_what_begins_later_or_takes_longer_never_ends_earlier(
    asked: tuple[Hours, datetime, int, ZoneInfo], seconds: int, more: int
) -> None:
    hours, start, number, zone = asked
    due = hours.after(start, number, zone)
    assert hours.after(start + timedelta(seconds=seconds), number, zone) >= due
    assert hours.after(start, number + more, zone) >= due


@given(promises())
@settings(max_examples=60 * EFFORT, deadline=None)
def test_an_answer_is_due_after_its_hours_and_within_seven_days_or_just_then(
    asked: tuple[Hours, datetime, int, ZoneInfo],
) -> None:
    hours, start, number, zone = asked
    by_the_wall, due = timedelta(hours=number), hours.after(start, number, zone) - start
    assert by_the_wall <= due <= max(by_the_wall, timedelta(days=7))
    assert hours.after(start, number, zone).tzinfo is UTC


@given(promises())
@settings(max_examples=50 * EFFORT, deadline=None)
def test_without_hours_of_business_the_clock_on_the_wall_runs(asked: tuple[Hours, datetime, int, ZoneInfo]) -> None:
    hours, start, number, zone = asked
    wall = start + timedelta(hours=number)
    assert Hours(holidays=hours.holidays).after(start, number, zone) == wall
    assert Hours(read_week(["mon-sun 00:00-24:00"])).after(start, number, zone) == wall


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-02T09:00+01:00", 8, "2026-11-02T17:00+01:00"),
        ("2026-11-02T07:12:30+01:00", 8, "2026-11-02T17:00+01:00"),
        ("2026-11-02T16:30+01:00", 1, "2026-11-02T17:30+01:00"),
        ("2026-11-02T17:00:30+01:00", 1, "2026-11-03T09:30:30+01:00"),
        ("2026-11-06T17:00+01:00", 5, "2026-11-09T09:30+01:00"),
        ("2026-11-07T14:00+01:00", 1, "2026-11-09T10:00+01:00"),
        ("2026-11-02T09:00+01:00", 24, "2026-11-04T16:00+01:00"),
        ("2026-10-23T17:00+02:00", 5, "2026-10-26T09:30+01:00"),
        ("2026-03-27T17:00+01:00", 5, "2026-03-30T09:30+02:00"),
        ("2026-11-02T09:00+01:00", 50, "2026-11-09T09:00+01:00"),
        ("2026-11-02T09:00+01:00", 200, "2026-11-10T17:00+01:00"),
    ],
    ids=str,
)
def test_hours_of_business_end_when_a_person_would_say(start: str, hours: int, due: str) -> None:
    assert SHOP.after(datetime.fromisoformat(start), hours, AMSTERDAM) == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("lines", "start", "hours", "due"),
    [
        # In the spring four hours of the wall are three, in autumn five.
        (["sun 00:00-04:00"], "2026-03-28T23:00Z", 3, "2026-03-29T02:00Z"),
        (["sun 00:00-04:00", "mon 12:00-13:00"], "2026-03-28T23:00Z", 4, "2026-03-30T11:00Z"),
        (["sun 00:00-04:00"], "2026-10-24T22:00Z", 5, "2026-10-25T03:00Z"),
        # 02:30 is skipped: by the offset before, it is 03:30 of the summer. So the hours from then on are shorter.
        (["sun 02:30-06:00"], "2026-03-29T00:00Z", 1, "2026-03-29T02:30Z"),
        (["sun 01:00-02:30"], "2026-03-29T00:45Z", 1, "2026-04-04T23:15Z"),
        # Between 02:30, skipped, and 03:00 nothing is left.
        (["sun 02:30-03:00", "sun 05:00-06:00"], "2026-03-29T00:00Z", 1, "2026-03-29T04:00Z"),
        # 02:30 comes twice: it is the first. So the night is over when it comes for the first time.
        (["sun 01:00-02:30", "sun 05:00-06:00"], "2026-10-24T23:00Z", 2, "2026-10-25T04:30Z"),
        (["sun 02:30-05:00"], "2026-10-25T00:00Z", 3, "2026-10-25T03:30Z"),
    ],
)
def test_hours_in_which_clocks_change_pass_as_real_time(lines: list[str], start: str, hours: int, due: str) -> None:
    found = Hours(read_week(lines)).after(datetime.fromisoformat(start), hours, AMSTERDAM)
    assert found == datetime.fromisoformat(due)


def test_hours_that_a_skipped_time_lets_overlap_count_once() -> None:
    hours = Hours(read_week(["sun 01:00-02:45", "sun 02:50-02:55", "sun 03:00-06:00"]))
    start = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    assert hours.after(start, 4, AMSTERDAM) == start + timedelta(hours=4)


def test_the_hours_of_a_day_that_is_skipped_fall_on_the_next() -> None:
    hours, saturday = Hours(read_week(["fri 09:00-17:00"])), datetime(2011, 12, 30, 10, 0, tzinfo=UTC)
    assert hours.after(saturday, 1, ZoneInfo("Pacific/Apia")) == saturday + timedelta(hours=10)


def test_a_midnight_before_which_clocks_are_put_back_opens_when_it_comes_first() -> None:
    hours = Hours(read_week(["mon 10:00-10:30", "sun 00:00-02:00"]), ("10-31",))
    start = datetime(2010, 10, 31, 3, 20, tzinfo=UTC)
    midnight = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    assert hours.after(start, 1, ZoneInfo("America/St_Johns")) == midnight + timedelta(minutes=30)


def test_holidays_are_closed_and_those_of_every_year_in_every_year() -> None:
    hours = Hours(SHOP.week, read_holidays(["2026-11-03", "11-04"]))
    assert hours.after(MONDAY.replace(hour=16), 1, UTC) == MONDAY.replace(hour=17)
    assert hours.after(MONDAY.replace(hour=17), 1, UTC) == MONDAY.replace(day=5, hour=9, minute=30)
    assert [hours.is_working_day(date(2027, 11, day)) for day in (2, 3, 4)] == [True, True, False]


def test_whoever_is_always_closed_has_seven_days_and_no_more() -> None:
    hours = Hours(SHOP.week, tuple(f"11-{day:02}" for day in range(1, 31)))
    assert hours.after(MONDAY, 1, UTC) == MONDAY + timedelta(days=7)
    assert hours.after(MONDAY, 168, UTC) == MONDAY + timedelta(days=7)
    assert hours.after(MONDAY, 169, UTC) == MONDAY + timedelta(hours=169)


def test_working_days_are_those_with_hours_or_else_monday_to_friday() -> None:
    week = [MONDAY.date() + timedelta(days=ahead) for ahead in range(7)]
    usual = Hours(holidays=("11-04",))
    market = Hours(read_week(["sat-sun 08:00-12:00", "wed 08:00-12:00"]))
    assert [day.weekday() for day in week if usual.is_working_day(day)] == [0, 1, 3, 4]
    assert [day.weekday() for day in week if market.is_working_day(day)] == [2, 5, 6]


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("mon", [0]),
        ("mon-fri", [0, 1, 2, 3, 4]),
        ("sat-sun", [5, 6]),
        ("fri-mon", [0, 4, 5, 6]),
        ("sun-sat", [0, 1, 2, 3, 4, 5, 6]),
        ("wed-wed", [2]),
    ],
)
def test_days_follow_each_other_over_the_end_of_the_week(line: str, days: list[int]) -> None:
    found = read_week([f"{line} 22:30-24:00"])
    assert [day for day, spans in enumerate(found) if spans == ((1350, 1440),)] == days
    assert [day for day, spans in enumerate(found) if spans] == days


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["mo-fr 09:00-17:00"], "hours like mon-fri 09:00-17:30, which 'mo-fr 09:00-17:00' is not"),
        (["Mon 09:00-17:00"], "hours like mon-fri"),
        (["mon 9:00-17:00"], "hours like mon-fri"),
        (["mon 09:00 - 17:00"], "hours like mon-fri"),
        (["mon 09:00-24:30"], "hours like mon-fri"),
        (["mon 24:00-24:00"], "hours like mon-fri"),
        (["mon 09:60-17:00"], "hours like mon-fri"),
        (["mon 09:00-17:00\n"], "hours like mon-fri"),
        (["mon ٠٩:00-17:00"], "hours like mon-fri"),
        (["mon-wed-fri 09:00-17:00"], "hours like mon-fri"),
        ([""], "hours like mon-fri"),
        (["mon 22:00-06:00"], "hours that end on the day on which they begin, as in 'mon 22:00-06:00' they do not"),
        (["mon 09:00-09:00"], "hours that end on the day"),
        (["mon-fri 09:00-17:00", "fri 16:59-20:00"], "hours that do not overlap, as those on fri do"),
        (["mon 09:00-17:00", "sun-tue 08:00-18:00"], "hours that do not overlap, as those on mon do"),
        (["tue 09:00-17:00", "tue 09:00-17:00"], "hours that do not overlap, as those on tue do"),
        (["mon 09:00-09:59"], "at least one hour a week"),
        ([], "at least one hour a week"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_what_was_expected(lines: list[str], expected: str) -> None:
    with pytest.raises(ValueError, match=r"^(hours|at least)") as error:
        read_week(lines)
    assert str(error.value).startswith(expected)


def test_one_hour_a_week_is_enough() -> None:
    assert read_week(["mon 09:00-09:30", "tue 09:00-09:30"])[:2] == (((540, 570),), ((540, 570),))


def test_hours_that_only_meet_do_not_overlap() -> None:
    assert read_week(["mon 12:00-13:00", "mon 09:00-12:00"])[0] == ((540, 720), (720, 780))


@pytest.mark.parametrize("day", ["12-32", "02-30", "2026-02-29", "13-01", "25-12-2026", "20261225", "1225", "", "٢-25"])
def test_a_day_that_no_calendar_has_is_no_holiday(day: str) -> None:
    with pytest.raises(ValueError, match=r"^days like 2026-12-25, or 12-25 for every year, which '.*' is not$"):
        read_holidays([day])


def test_holidays_are_named_once_and_in_order() -> None:
    assert read_holidays(["2026-12-25", "12-26", "02-29", "12-26"]) == ("02-29", "12-26", "2026-12-25")


@given(weeks())
@settings(max_examples=100 * EFFORT)
def test_hours_that_are_written_read_the_same(week: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    if sum(closes - opens for spans in week for opens, closes in spans) >= 60:
        assert read_week(write_week(Hours(week))) == week


def test_hours_are_written_by_days_that_are_alike() -> None:
    lines = ["fri-sat 09:00-12:00", "mon-thu 13:00-17:00", "mon-thu 09:00-12:00"]
    assert write_week(Hours(read_week(lines))) == ("mon-thu 09:00-12:00", "mon-thu 13:00-17:00", "fri-sat 09:00-12:00")


@given(st.lists(st.text(max_size=30) | st.from_regex(r"[a-z]{3}-[a-z]{3} [0-9:-]{11}", fullmatch=True), max_size=4))
def test_no_line_makes_the_reader_fail_otherwise(lines: list[str]) -> None:
    for read in (read_week, read_holidays):
        with suppress(ValueError):
            read(lines)
