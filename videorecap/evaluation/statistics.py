"""How sure a figure is, and a difference: the bootstrap over videos.

Captions of one video are not independent of each other, so that whole videos are drawn again, with all their
items.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from videorecap.errors import DataError

NUM_DRAWS: Final = 2000
COVERED: Final = 0.95  # of the draws
MIN_GROUPS: Final = 6
"""Videos that an interval needs.

No bootstrap interval leaves the range of the videos' own figures, and of n videos the range holds the median
of all such videos with a probability of 1 - 2^(1 - n) only: 94 % for 5 videos, 97 % for 6.
"""
Draws: TypeAlias = NDArray[np.float64]
"""A figure as it would be on other videos, float [draws].

NaN in a draw in which nothing is counted, and in all of them if fewer than ``MIN_GROUPS`` videos have
anything to count: then there is no interval.
"""


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
        value: of the figures.
        interval: of it; None where none can be told.
        p_value: how often the draws would be as far from zero if there were no difference; two-sided, and
            None likewise.
    """

    value: float
    interval: Interval | None
    p_value: float | None

    @property
    def sign(self) -> int:
        """1 or -1 if there is an interval and it leaves out zero, else 0: it cannot be told."""
        if self.interval is None or 0.0 in self.interval:
            return 0
        return 1 if self.value > 0 else -1


class Bootstrap:
    """Draws groups of items again and again, with replacement; the same ones for every figure.

    Args:
        groups: what each item belongs to, such as its video.
        seed: of the draws.

    Raises:
        DataError: if there are no items.
    """

    def __init__(self, groups: Sequence[Hashable], *, seed: int = 0) -> None:
        if not groups:
            raise DataError("figures of at least one item are needed, got none")
        numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
        self._members = np.array([numbers[group] for group in groups])
        drawn = np.random.default_rng(seed).integers(0, len(numbers), (NUM_DRAWS, len(numbers)))
        self._times = np.stack([np.bincount(row, minlength=len(numbers)) for row in drawn]).astype(float)

    def sums(self, items: ArrayLike) -> Draws:
        """Of items, over the groups of each draw.

        Args:
            items: float [items], or [items, n], which gives [draws, n].

        Raises:
            DataError: if there are not as many as groups were given for.
        """
        sums: Draws = self._times @ self._of_groups(items)
        return sums

    def means(self, items: ArrayLike) -> Draws:
        """Of items, float [items]."""
        return self.ratios(items, np.ones(len(self._members)))

    def ratios(self, items: ArrayLike, counts: ArrayLike) -> Draws:
        """Sums of items over sums of counts, both float [items]; NaN as ``Draws`` says."""
        found = ratio(self.sums(items), self.sums(counts), empty=np.nan)
        is_known = np.count_nonzero(self._of_groups(counts)) >= MIN_GROUPS
        return found if is_known else np.full_like(found, np.nan)

    def _of_groups(self, items: ArrayLike) -> NDArray[np.float64]:
        """Sums over each group, float [groups], or [groups, n]."""
        array = np.asarray(items, dtype=np.float64)
        if len(array) != len(self._members):
            raise DataError(f"a figure for each of {len(self._members)} items is needed, got {len(array)}")
        sums = np.zeros((self._times.shape[1], *array.shape[1:]))
        np.add.at(sums, self._members, array)
        return sums


def ratio(over: ArrayLike, under: ArrayLike, *, empty: float = 0.0) -> Draws:
    """Elementwise; ``empty`` where there is nothing to divide by."""
    top, bottom = np.asarray(over, dtype=np.float64), np.asarray(under, dtype=np.float64)
    return np.divide(top, bottom, out=np.full_like(top, empty), where=bottom != 0)


def interval(draws: Draws) -> Interval | None:
    """The percentiles that hold 95 % of the draws in which something is counted; None if there is none."""
    rest = (1 - COVERED) / 2
    if np.isnan(draws).all():
        return None
    low, high = np.nanquantile(draws, [rest, 1 - rest])
    return Interval(float(low), float(high))


def difference(value: float, draws: Draws) -> Difference:
    """Whether one figure is larger than another.

    Args:
        value: of the second, less that of the first.
        draws: of this difference, in which both are of the same groups.
    """
    draws = draws[~np.isnan(draws)]
    if not len(draws):
        return Difference(value, None, None)
    # they lie around the value as around zero without a difference
    as_far = np.abs(draws - value) >= abs(value)
    return Difference(value, interval(draws), float((1 + as_far.sum()) / (1 + len(draws))))


def over_trainings(values: Sequence[float], draws: Sequence[Draws], *, seed: int = 0) -> Draws:
    """Of the mean over trainings on the same videos: as on other videos, and trained anew.

    How far trainings lie apart is known from a few of them only, so that their mean is drawn from Student's
    t with one degree of freedom less than there are trainings. Of one training nothing is known of others:
    the draws are those over videos alone.

    Args:
        values: of each training.
        draws: likewise.
        seed: of the draws of trainings.
    """
    means: Draws = np.stack(draws).mean(axis=0)
    number = len(values)
    if number == 1:
        return means
    error = float(np.std(values, ddof=1)) / math.sqrt(number)
    return means + error * np.random.default_rng(seed).standard_t(number - 1, means.shape)
