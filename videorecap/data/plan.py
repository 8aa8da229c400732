"""Which simulated videos a data set has: their seeds, and how long each is."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from videorecap.data.levels import SUMMARY
from videorecap.data.stats import PAPER
from videorecap.errors import ConfigError
from videorecap.sim.render import SMALLEST
from videorecap.sim.splits import SEEDS
from videorecap.sim.writer import MAX_SECONDS

MIN_SECONDS: Final = 10
MEAN_SECONDS: Final = PAPER[SUMMARY].mean_seconds
SPREAD: Final = (0.3, 1.7)  # of each factor of a length
FACTORS: Final = 4  # a product of several is close to log-normal, without the logarithms of some machine
HALVINGS: Final = 100  # more than a float has bits


@dataclass(frozen=True, slots=True)
class VideoPlan:
    """One video: its seed, and its length in seconds."""

    seed: int
    seconds: int

    @property
    def id(self) -> str:
        """Of the video, and of its file."""
        return f"sim-{self.seed:07}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlan:
    """All that a data set is made from.

    Attributes:
        split: "train", "val" or "test".
        num_videos: how many videos.
        total_seconds: of all videos together; each is 10 seconds to 2 hours long, in whole seconds.
        seed: decides which videos of the split, and their lengths.
        size: width and height of the pictures, in pixels.
        frame_rate: frames per second.
        has_files: whether there are mp4 files; otherwise frames are rendered when they are needed.
        num_questions: at most so many about each video.
        num_spans: at most so many segments of each video besides the windows are described, and summaries
            of parts of it.

    Raises:
        ConfigError: if no data set can be like that.
    """

    split: str
    num_videos: int
    total_seconds: int
    seed: int
    size: tuple[int, int]
    frame_rate: int
    has_files: bool
    num_questions: int
    num_spans: int = 0

    def __post_init__(self) -> None:
        if self.split not in SEEDS:
            raise ConfigError(f"no split {self.split!r}; there is {', '.join(SEEDS)}")
        if not 1 <= self.num_videos <= len(SEEDS[self.split]):
            raise ConfigError(f"{self.split} has 1 to {len(SEEDS[self.split])} videos, got {self.num_videos}")
        if not MIN_SECONDS * self.num_videos <= self.total_seconds <= MAX_SECONDS * self.num_videos:
            mean = self.total_seconds / self.num_videos
            raise ConfigError(
                f"{self.num_videos} videos of {mean:.1f} s on average cannot be; each is {MIN_SECONDS} s to "
                f"{MAX_SECONDS / 3600:g} hours long"
            )
        if self.num_spans < 0:
            raise ConfigError(f"0 or more other spans are described, not {self.num_spans}")
        if self.num_questions < 0:
            raise ConfigError(f"there are 0 or more questions about a video, not {self.num_questions}")
        if min(self.size) < SMALLEST or any(side % 2 for side in self.size) or self.frame_rate < 1:
            width, height = self.size
            raise ConfigError(
                f"a video has even sides of at least {SMALLEST} pixels and a frame rate of at least 1, "
                f"got {width} x {height} at {self.frame_rate}"
            )

    def videos(self) -> tuple[VideoPlan, ...]:
        """Its videos, no two of one seed; the same on any machine."""
        rng = random.Random(self.seed)
        seeds = rng.sample(SEEDS[self.split], self.num_videos)
        lengths = _lengths(rng, self.num_videos, self.total_seconds)
        return tuple(map(VideoPlan, seeds, lengths))


def _lengths(rng: random.Random, count: int, total: int) -> list[int]:
    """Lengths in whole seconds, close to log-normal, that add up to ``total``, within what a video may be."""
    weights = [math.prod(rng.uniform(*SPREAD) for _ in range(FACTORS)) for _ in range(count)]
    low, high = 0.0, MAX_SECONDS / min(weights)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if math.fsum(_scaled(weights, middle)) <= total:
            low = middle
        else:
            high = middle
    lengths = [int(length) for length in _scaled(weights, low)]
    missing = total - sum(lengths)
    for index, length in enumerate(lengths):
        if missing and length < MAX_SECONDS:
            lengths[index] += 1
            missing -= 1
    return lengths


def _scaled(weights: Sequence[float], scale: float) -> list[float]:
    return [min(max(weight * scale, MIN_SECONDS), MAX_SECONDS) for weight in weights]
