"""What the best constant answer would get of a share of facts: the figure to beat."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from videorecap.evaluation.facts import CLIP_FIELDS, Judged

Choice: TypeAlias = Callable[[Judged], tuple[Collection[Hashable], int]]
"""What would have been right to say, each counted for itself, and how many an answer names."""


def chance(judged: Sequence[Judged], level: str, name: str) -> float:
    """What the best constant answer gets, if it may name as many as are named on average; 0 of no answers.

    Args:
        judged: answers of one level.
        level: "clip", "segment" or "summary".
        name: of the share, one of ``CHOICES``.
    """
    right: Counter[Hashable] = Counter()
    num_named = 0
    for one in judged:
        choices, named = CHOICES[level][name](one)
        right.update(choices)
        num_named += named
    total = right.total()
    if not total:
        return 0.0
    return sum(count for _, count in right.most_common(max(1, math.ceil(num_named / total)))) / total


def _field(name: str) -> Choice:
    return lambda one: ((getattr(one.truth, name),), 1)


def _main_activity(one: Judged) -> tuple[Collection[Hashable], int]:
    return (one.main_activity,), len(one.said.activities)


def _all_activities(one: Judged) -> tuple[Collection[Hashable], int]:
    return (one.truth.activities,), 1


def _each(activities: Iterable[str]) -> tuple[Collection[Hashable], int]:
    names = set(activities)
    return names, len(names)


CHOICES: Final[Mapping[str, Mapping[str, Choice]]] = {
    "clip": {name: _field(name) for name in CLIP_FIELDS},
    "segment": {"main activity": _main_activity, "all activities": _all_activities},
    "summary": {
        "activities recall": lambda one: _each(one.truth.activities),
        "activities precision": lambda one: _each(one.said.activities),
    },
}
"""By level, the shares that have a chance."""
