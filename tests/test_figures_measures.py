"""Shares, waits, means: the arithmetic of the figures."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.figures import Mean, Nps, Share, Wait


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    assert Share.of(part, whole).interval == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_all_ends_at_one_and_that_of_nothing_is_none() -> None:
    assert Share.of(20, 20).interval == pytest.approx((1 - 0.1611, 1.0), abs=5e-5)
    assert Share.of(0, 0).interval is None
    assert Share.of(0, 0).value is None
    assert Share.of(0, 0).percent is None


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(0, 300, 0), (1, 300, 1), (299, 300, 99), (300, 300, 100), (1, 8, 13), (1, 3, 33)]
)
def test_percent_says_all_only_of_all_and_none_only_of_none(part: int, whole: int, percent: int) -> None:
    assert Share.of(part, whole).percent == percent


def test_under_ten_is_too_few() -> None:
    assert Share.of(9, 9).too_few
    assert not Share.of(0, 10).too_few
    assert Share(0, 30, 9).too_few
    assert Mean(90, 30, 9).too_few
    assert Nps(9, 21, 30, 9).too_few
    assert Wait.of([None] * 9).too_few
    assert not Wait.of([None] * 10).too_few


HOUR = timedelta(hours=1)


def test_a_percentile_is_the_time_within_which_at_least_that_share_had_it() -> None:
    wait = Wait.of([4 * HOUR, None, HOUR, 3 * HOUR, 2 * HOUR])
    assert [wait.percentile(percent) for percent in (20, 21, 50, 80)] == [HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR]
    assert wait.percentile(81) is None
    assert wait.within(2 * HOUR) == Share.of(2, 5)
    assert Wait.of([]).percentile(50) is None
    with pytest.raises(ValueError, match="0"):
        wait.percentile(0)


@given(st.lists(st.none() | st.timedeltas(timedelta(0), timedelta(days=400)), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_shortest_time_that_serves(lengths: list[timedelta | None], percent: int) -> None:
    found = Wait.of(lengths).percentile(percent)

    def serves(limit: timedelta) -> bool:
        return 100 * sum(length is not None and length <= limit for length in lengths) >= percent * len(lengths)

    serving = [length for length in lengths if length is not None and serves(length)]
    assert found == min(serving, default=None)
