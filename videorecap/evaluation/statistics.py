"""How sure a figure is, and a difference: the bootstrap over videos.

Captions of one video are not independent of each other, so that whole videos are drawn again, with all their
items.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from videorecap.errors import DataError

NUM_DRAWS: Final = 2000
COVERED: Final = 0.95  # of the draws


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies, in 95 % of all cases."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two systems on the same items, the second less the first.

    Attributes:
        value: of the means.
        interval: of it.
        p_value: how often the draws would be as far from zero if there were no difference; two-sided.
    """

    value: float
    interval: Interval
    p_value: float

    @property
    def sign(self) -> int:
        """1 or -1 if the interval leaves out zero, else 0: it cannot be told."""
        if 0.0 in self.interval:
            return 0
        return 1 if self.value > 0 else -1


def interval(
    items: Sequence[float] | NDArray[np.float64], groups: Sequence[Hashable], *, seed: int = 0
) -> Interval:
    """Of the mean of items, by the percentiles of the bootstrap.

    Args:
        items: a figure for each, float [items].
        groups: what each belongs to, such as its video; whole groups are drawn.
        seed: of the draws.

    Raises:
        DataError: if there are none, or not as many groups.
    """
    return _percentiles(_draws(np.asarray(items, dtype=np.float64), groups, seed))


def difference(
    first: Sequence[float] | NDArray[np.float64],
    second: Sequence[float] | NDArray[np.float64],
    groups: Sequence[Hashable],
    *,
    seed: int = 0,
) -> Difference:
    """Whether one system is better than another, item by item.

    Args:
        first: its figures, float [items].
        second: the other's, of the same items.
        groups: what each item belongs to; whole groups are drawn.
        seed: of the draws.

    Raises:
        DataError: if there are none, or the numbers differ.
    """
    if len(first) != len(second):
        raise DataError(f"figures of the same items are compared, got {len(first)} and {len(second)}")
    gains = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    draws = _draws(gains, groups, seed)
    mean = float(gains.mean())
    as_far = np.abs(draws - mean) >= abs(mean)  # around the mean, as around zero if there is no difference
    return Difference(mean, _percentiles(draws), float((1 + as_far.sum()) / (1 + NUM_DRAWS)))


def _draws(items: NDArray[np.float64], groups: Sequence[Hashable], seed: int) -> NDArray[np.float64]:
    """Means of items, float [draws], each over as many groups as there are, drawn with replacement."""
    if not len(items) or len(items) != len(groups):
        raise DataError(f"at least one item is needed, each in a group; got {len(items)} and {len(groups)}")
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    members = np.array([numbers[group] for group in groups])
    sums = np.bincount(members, weights=items)
    counts = np.bincount(members)
    drawn = np.random.default_rng(seed).integers(0, len(numbers), (NUM_DRAWS, len(numbers)))
    means: NDArray[np.float64] = sums[drawn].sum(1) / counts[drawn].sum(1)
    return means


def _percentiles(draws: NDArray[np.float64]) -> Interval:
    rest = (1 - COVERED) / 2
    low, high = np.quantile(draws, [rest, 1 - rest])
    return Interval(float(low), float(high))
