"""Marks that are true to scale: what a chart shows is what was counted."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amends.board.charts import HOURS, columns, curve, segments, spark
from amends.figures import Wait

COUNTS = st.integers(0, 100_000)
PAIRS = st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=24)
WAITS = st.lists(st.none() | st.timedeltas(timedelta(0), timedelta(days=90)), min_size=1, max_size=40).map(Wait.of)
PROMISED = timedelta(hours=24)
HEIGHT = 150


@given(PAIRS)
def test_columns_are_as_high_as_their_numbers(pairs: list[tuple[int, int]]) -> None:
    drawn = columns(pairs, HEIGHT)
    scale = HEIGHT / drawn.levels[-1].value
    for column, (part, rest) in zip(drawn.columns, pairs, strict=True):
        assert column.part == pytest.approx(part * scale, abs=0.01)
        assert column.rest == pytest.approx(rest * scale, abs=0.01)
        assert column.part + column.rest <= HEIGHT + 0.01


@given(PAIRS)
def test_the_lines_across_are_few_round_and_reach_the_highest_column(pairs: list[tuple[int, int]]) -> None:
    values = [level.value for level in columns(pairs, HEIGHT).levels]
    assert values[0] == 0
    assert len(values) <= 5
    assert values[-1] >= max(part + rest for part, rest in pairs)
    assert re.fullmatch(r"[125]0*", str(values[1]))
    assert len({after - before for before, after in pairwise(values)}) == 1


@given(PAIRS)
def test_columns_stand_side_by_side_inside_the_plot(pairs: list[tuple[int, int]]) -> None:
    drawn = columns(pairs, HEIGHT)
    edges = [0.0, *(edge for column in drawn.columns for edge in (column.left, column.left + drawn.width)), 100.0]
    assert edges == sorted(edges)


@given(PAIRS)
def test_right_to_left_a_chart_is_the_mirror_of_itself(pairs: list[tuple[int, int]]) -> None:
    plain, mirrored = columns(pairs, HEIGHT), columns(pairs, HEIGHT, mirrored=True)
    for one, other in zip(plain.columns, mirrored.columns, strict=True):
        assert other.middle == pytest.approx(100 - one.middle, abs=0.02)
        assert other.left == pytest.approx(100 - one.left - plain.width, abs=0.03)
        assert (one.part, one.rest) == (other.part, other.rest)


def test_a_column_below_the_ground_is_refused() -> None:
    with pytest.raises(ValueError, match="lower than the ground"):
        columns([(1, -1)], HEIGHT)


@given(WAITS)
def test_the_curve_shows_how_many_had_an_answer_and_the_rest_hangs_above_its_end(wait: Wait) -> None:
    drawn = curve(wait, PROMISED, HEIGHT)
    assert [point.hours for point in drawn.points] == list(HOURS)
    for point in drawn.points:
        had = sum(length <= timedelta(hours=point.hours) for length in wait.lengths)
        assert point.part == had
        assert HEIGHT - point.y == pytest.approx(HEIGHT * had / wait.whole, abs=0.01)
    assert drawn.rest.height == pytest.approx(HEIGHT * wait.waiting / wait.whole, abs=0.01)
    assert drawn.rest.height <= drawn.points[-1].y + 0.01


@given(WAITS)
def test_nobody_stands_twice_where_the_curve_and_the_rest_are(wait: Wait) -> None:
    for mirrored in (False, True):
        drawn = curve(wait, PROMISED, HEIGHT, mirrored=mirrored)
        places = [point.x for point in drawn.points]
        assert places == sorted(places, reverse=mirrored)
        assert all(not drawn.rest.left <= x <= drawn.rest.left + drawn.rest.width for x in places)
        assert all(0 <= x <= 100 for x in (*places, drawn.rest.left, drawn.rest.left + drawn.rest.width))


@pytest.mark.parametrize("hours", HOURS)
def test_the_promise_stands_where_its_time_does(hours: int) -> None:
    drawn = curve(Wait((), 1), timedelta(hours=hours), HEIGHT)
    assert drawn.promised == {point.hours: point.x for point in drawn.points}[hours]


def test_a_promise_beyond_the_steps_is_not_drawn_at_a_false_place() -> None:
    assert curve(Wait((), 1), timedelta(hours=1000), HEIGHT).promised is None


def test_there_is_no_curve_of_nothing() -> None:
    with pytest.raises(ValueError, match="no case"):
        curve(Wait((), 0), PROMISED, HEIGHT)


@given(st.lists(COUNTS, min_size=1, max_size=9))
@example([0, 0])
def test_a_bar_is_parted_as_the_counts_are(counts: list[int]) -> None:
    whole = sum(counts)
    for mirrored in (False, True):
        drawn = segments(counts, mirrored=mirrored)
        for segment, number in zip(drawn, counts, strict=True):
            assert segment.width == pytest.approx(100 * number / whole if whole else 0, abs=0.011)
        places = [segment.left + segment.width / 2 for segment in drawn]
        assert all(-0.02 <= segment.left <= 100.02 - segment.width for segment in drawn)
        assert places == pytest.approx(sorted(places, reverse=mirrored), abs=0.02)


@given(st.lists(COUNTS, min_size=12, max_size=12))
def test_a_trend_draws_each_month_at_its_place_and_height(counts: list[int]) -> None:
    top = max(counts)
    drawn = re.findall(r"M(\d+) 24v-([\d.e-]+)", spark(counts, top))
    expected = [(10 * place + 5, 24 * count / top) for place, count in enumerate(counts) if count]
    assert [int(x) for x, _ in drawn] == [x for x, _ in expected]
    assert [float(height) for _, height in drawn] == pytest.approx([height for _, height in expected], abs=0.01)
