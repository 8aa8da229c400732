import numpy as np
import pytest

from videorecap.errors import DataError
from videorecap.evaluation.statistics import difference, interval


def test_an_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for trial in range(200):
        of_video = rng.normal(0, 1, 30).repeat(4)
        items = 5 + of_video + rng.normal(0, 0.5, 120)
        covered += 5 in interval(items, list(np.arange(30).repeat(4)), seed=trial)
    assert 0.88 <= covered / 200 <= 0.98


def test_items_of_one_video_count_as_one() -> None:
    items = np.random.default_rng(0).normal(0, 1, 40).repeat(10)
    alone, together = interval(items, range(400)), interval(items, list(np.arange(40).repeat(10)))
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_a_difference_is_told_where_there_is_one_only() -> None:
    rng = np.random.default_rng(0)
    first = rng.normal(0, 3, 200)  # items differ far more than systems
    better, same = first + rng.normal(0.5, 1, 200), first + rng.normal(0, 1, 200)
    gain = difference(first, better, range(200))
    assert gain.sign == 1
    assert gain.p_value < 0.01
    assert gain.value in gain.interval
    assert difference(better, first, range(200)).sign == -1
    assert difference(first, same, range(200)).sign == 0
    assert difference(first, same, range(200)).p_value > 0.05
    assert difference(first, first, range(200)).p_value == 1


def test_draws_are_those_of_the_seed() -> None:
    items = list(range(20))
    assert interval(items, items, seed=1) == interval(items, items, seed=1)
    assert interval(items, items, seed=1) != interval(items, items, seed=2)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(DataError, match="at least one item"):
        interval([], [])
    with pytest.raises(DataError, match="same items"):
        difference([1.0], [1.0, 2.0], [0])
