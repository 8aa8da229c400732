"""Which seeds, and which combinations of activity, place and object, belong to training and to test.

Seeds of different splits never meet. Besides, some combinations never occur in scripts of training seeds,
and often in those of the others: whoever has only memorised the training videos fails there.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from videorecap.errors import ConfigError
from videorecap.sim.script import Script
from videorecap.sim.world import ACTIVITIES

SEEDS: Final[dict[str, range]] = {
    "train": range(0, 1_000_000),
    "val": range(1_000_000, 1_100_000),
    "test": range(1_100_000, 1_200_000),
}
PHONE: Final = "phone"  # rings anywhere, and so is never held out
MOST_HELD_OUT: Final = 2  # kinds of one activity at one place
FEWEST_KINDS: Final = 2  # of a step, for one of them to be held out


def seed_of(split: str, index: int) -> int:
    """Seed of a split's video.

    Args:
        split: "train", "val" or "test".
        index: number of the video, from 0.

    Raises:
        ConfigError: if there is no such split, or it has no such video.
    """
    if split not in SEEDS:
        raise ConfigError(f"no split {split!r}; there is {', '.join(SEEDS)}")
    seeds = SEEDS[split]
    if not 0 <= index < len(seeds):
        raise ConfigError(f"split {split!r} has videos 0 to {len(seeds) - 1}, got {index}")
    return seeds[index]


def split_of(seed: int) -> str | None:
    """The split that a seed belongs to, or None."""
    return next((split for split, seeds in SEEDS.items() if seed in seeds), None)


@lru_cache(maxsize=1024)
def held_out(activity: str, place: str) -> frozenset[str]:
    """Kinds of object that training never shows in this activity at this place.

    A step that leaves a choice loses one at most, so that the activity stays possible.
    """
    parts = ACTIVITIES[activity]
    steps = (*parts.first, *parts.rounds, *parts.last)
    needed = {PHONE} | {step.kinds[0] for step in steps if len(step.kinds) < FEWEST_KINDS}
    needed |= {step.container for step in steps if step.container is not None}
    chosen: set[str] = set()
    for number, step in enumerate(steps):
        free = [kind for kind in step.kinds if kind not in needed]
        if len(chosen) == MOST_HELD_OUT or len(step.kinds) < FEWEST_KINDS or not free:
            continue
        turn = zlib.crc32(f"{activity} {number}".encode()) + parts.places.index(place)
        kind = free[turn % len(free)]  # another one at each place
        if all(set(other.kinds) - chosen - {kind} for other in steps) and not chosen & set(step.kinds):
            chosen.add(kind)
    return frozenset(chosen)


def choices(kinds: Sequence[str], activity: str, place: str, split: str | None) -> tuple[str, ...]:
    """The kinds of a step that a split may show; only training is kept from some."""
    away = held_out(activity, place) if split == "train" else frozenset[str]()
    return tuple(kind for kind in kinds if kind not in away)


def combinations(script: Script) -> frozenset[tuple[str, str, str]]:
    """Every (activity, place, kind of object) that a script shows."""
    episodes = script.episodes
    return frozenset(
        (episodes[event.episode].activity, event.place, event.object)
        for event in script.events
        if event.object is not None
    )
