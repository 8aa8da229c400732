"""Which seeds belong to training, validation and test: ranges that never meet."""

from __future__ import annotations

from typing import Final

from videorecap.errors import ConfigError

SEEDS: Final[dict[str, range]] = {
    "train": range(0, 1_000_000),
    "val": range(1_000_000, 1_100_000),
    "test": range(1_100_000, 1_200_000),
}


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
