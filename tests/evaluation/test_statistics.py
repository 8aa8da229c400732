import numpy as np
import pytest

from videorecap.errors import DataError
from videorecap.evaluation.statistics import Bootstrap, Difference, difference, interval


def test_an_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for trial in range(100):
        of_video = rng.normal(0, 1, 30).repeat(4)
        items = 5 + of_video + rng.normal(0, 0.5, 120)
        covered += 5 in interval(Bootstrap(list(np.arange(30).repeat(4)), seed=trial).means(items))
    assert 0.88 <= covered / 100 <= 0.98


def test_items_of_one_video_count_as_one() -> None:
    items = np.random.default_rng(0).normal(0, 1, 40).repeat(10)
    alone = interval(Bootstrap(range(400)).means(items))
    together = interval(Bootstrap(list(np.arange(40).repeat(10))).means(items))
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_a_difference_is_told_where_there_is_one_only() -> None:
    rng = np.random.default_rng(0)
    first = rng.normal(0, 3, 200)  # items differ far more than systems
    better, same = first + rng.normal(0.5, 1, 200), first + rng.normal(0, 1, 200)
    drawn = Bootstrap(range(200))

    def between(one: np.ndarray, other: np.ndarray) -> Difference:
        return difference(float((other - one).mean()), drawn.means(one), drawn.means(other))

    gain = between(first, better)
    assert gain.sign == 1
    assert gain.p_value < 0.01
    assert gain.value in gain.interval
    assert between(better, first).sign == -1
    assert between(first, same).sign == 0
    assert between(first, same).p_value > 0.05
    assert between(first, first).p_value == 1


def test_ratios_are_of_sums() -> None:
    drawn = Bootstrap(["a", "a", "b"], seed=0)
    ratios = drawn.ratios([1, 0, 1], [2, 0, 1])
    assert set(ratios.round(6)) == {0.5, round(2 / 3, 6), 1.0}  # a twice, one of each, b twice
    assert not drawn.ratios([0, 0, 0], [0, 0, 0]).any()


def test_draws_are_those_of_the_seed() -> None:
    items = list(range(20))
    assert (Bootstrap(items, seed=1).means(items) == Bootstrap(items, seed=1).means(items)).all()
    assert (Bootstrap(items, seed=1).means(items) != Bootstrap(items, seed=2).means(items)).any()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(DataError, match="got none"):
        Bootstrap([])
    with pytest.raises(DataError, match="each of 1 items"):
        Bootstrap([0]).means([1.0, 2.0])
