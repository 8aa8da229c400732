import numpy as np
import pytest

from videorecap.errors import DataError
from videorecap.evaluation.statistics import (
    MIN_GROUPS,
    Bootstrap,
    Difference,
    Interval,
    difference,
    interval,
    over_trainings,
    ratio,
)


def known(found: Interval | None) -> Interval:
    assert found is not None
    return found


def test_an_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for trial in range(100):
        of_video = rng.normal(0, 1, 30).repeat(4)
        items = 5 + of_video + rng.normal(0, 0.5, 120)
        covered += 5 in known(interval(Bootstrap(list(np.arange(30).repeat(4)), seed=trial).means(items)))
    assert 0.88 <= covered / 100 <= 0.98


def test_items_of_one_video_count_as_one() -> None:
    items = np.random.default_rng(0).normal(0, 1, 40).repeat(10)
    alone = known(interval(Bootstrap(range(400)).means(items)))
    together = known(interval(Bootstrap(list(np.arange(40).repeat(10))).means(items)))
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_a_difference_is_told_where_there_is_one_only() -> None:
    rng = np.random.default_rng(0)
    first = rng.normal(0, 3, 200)  # items differ far more than systems
    better, same = first + rng.normal(0.5, 1, 200), first + rng.normal(0, 1, 200)
    drawn = Bootstrap(range(200))

    def between(one: np.ndarray, other: np.ndarray) -> Difference:
        return difference(float((other - one).mean()), drawn.means(other - one))

    gain = between(first, better)
    assert gain.sign == 1
    assert gain.p_value is not None
    assert gain.p_value < 0.01
    assert gain.value in known(gain.interval)
    assert between(better, first).sign == -1
    assert between(first, same).sign == 0
    assert (between(first, same).p_value or 0) > 0.05
    assert between(first, first).p_value == 1


def test_ratios_are_of_sums() -> None:
    drawn = Bootstrap(["a", "a", "b", *"cdef"], seed=0)
    items, counts = [1, 0, 1, 1, 2, 0, 1], [2, 0, 1, 3, 4, 1, 2]
    assert (drawn.ratios(items, counts) == drawn.sums(items) / drawn.sums(counts)).all()
    assert known(interval(drawn.ratios(items, counts))).low >= 0
    assert list(ratio([1, 1], [2, 0])) == [0.5, 0]


def test_draws_in_which_nothing_is_counted_are_left_out() -> None:
    counts = np.zeros(60)
    counts[:MIN_GROUPS] = 1  # the others count nothing: one draw in 500 has none of them
    draws = Bootstrap(range(60)).ratios(0.5 * counts, counts)
    assert 0 < np.isnan(draws).sum() < 30
    assert known(interval(draws)) == Interval(0.5, 0.5)
    assert difference(0.5, draws).sign == 1


@pytest.mark.parametrize("number", [0, 1, MIN_GROUPS - 1])
def test_of_too_few_videos_nothing_can_be_told(number: int) -> None:
    counts = (np.arange(60) < number).astype(float)
    shares = Bootstrap(range(60)).ratios(counts, counts)
    assert interval(shares) is None
    assert difference(1.0, shares) == Difference(1.0, None, None)
    assert difference(1.0, shares).sign == 0
    assert interval(over_trainings([1.0, 1.0], [shares, shares])) is None
    if number:
        drawn = Bootstrap(list(np.arange(number).repeat(50)))
        assert interval(drawn.means(np.ones(50 * number))) is None, "many captions, few videos"


@pytest.mark.parametrize("number", [2, 3, 5])
def test_trainings_that_differ_by_chance_are_told_apart_as_seldom_as_it_says(number: int) -> None:
    """Both systems are alike; trainings differ more than the videos would let believe."""
    rng = np.random.default_rng(number)
    drawn = Bootstrap(range(40))
    told = 0
    for _ in range(150):
        items = rng.normal(0, 0.1, (number, 40)) + rng.normal(0, 0.1, (number, 1))
        values, draws = zip(*((float(one.mean()), drawn.means(one)) for one in items), strict=True)
        told += difference(float(np.mean(values)), over_trainings(values, draws)).sign != 0
    assert told / 150 <= 0.09


def test_the_fewest_videos_are_as_many_as_the_range_needs() -> None:
    rng = np.random.default_rng(0)
    samples = rng.normal(0, 1, (4000, MIN_GROUPS))
    covered = [((some.min(axis=1) < 0) & (some.max(axis=1) > 0)).mean() for some in (samples, samples[:, 1:])]
    assert covered[0] > 0.955
    assert covered[1] < 0.95


def test_draws_are_those_of_the_seed() -> None:
    items = list(range(20))
    assert (Bootstrap(items, seed=1).means(items) == Bootstrap(items, seed=1).means(items)).all()
    assert (Bootstrap(items, seed=1).means(items) != Bootstrap(items, seed=2).means(items)).any()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(DataError, match="got none"):
        Bootstrap([])
    with pytest.raises(DataError, match="each of 1 items"):
        Bootstrap([0]).means([1.0, 2.0])
