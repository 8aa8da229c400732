"""Levels of captions as data, and the arithmetic of their windows. No tensors here.

Source: Video ReCap, sections 3.1 and 3.2. The same step runs at every level; only what it sees, what it
reads, who writes and how long a window is change.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from videorecap.errors import ConfigError
from videorecap.types import Span

CLIP_SECONDS = 4.0
MIN_TAIL_SECONDS = 1.0  # a shorter tail belongs to the window before it


class Visual(StrEnum):
    """What a level sees of the video."""

    DENSE = "dense"  # all spacetime tokens of a clip
    CLS = "cls"  # one global feature for each clip of the window
    FRAME = "frame"  # the picture in the middle of a clip, as it is in the video


class Sampling(StrEnum):
    """How a window's CLS features become at most ``num_features`` rows (see ``models.features``)."""

    MASKING = "masking"
    UNIFORM = "uniform"
    MEAN = "mean"


class Joining(StrEnum):
    """How the captions of the level below become one text (see ``captioners.text``)."""

    GLUED = "glued"  # as the released segment models were trained: no separator at all
    SENTENCES = "sentences"  # dots and spaces stripped, ". " between; as the released video models


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of the hierarchy.

    Attributes:
        name: "clip", "segment" and "summary" in the paper.
        captioner: key into the system's captioners; the same key on two levels means shared weights.
        window_seconds: length of a window; infinity is the whole video.
        sees: visual input, or None for a level that only reads.
        reads: name of the lower level whose captions it reads; None is the base case of the recursion.
        joins: how those captions become one text.
        num_features: most rows of CLS features.
        sampling: how more or fewer rows become ``num_features``.
        max_tokens: most tokens a caption may have, the start token included.
    """

    name: str
    captioner: str
    window_seconds: float = math.inf
    sees: Visual | None = Visual.CLS
    reads: str | None = None
    joins: Joining = Joining.SENTENCES
    num_features: int = 512
    sampling: Sampling = Sampling.MASKING
    max_tokens: int = 77

    def __post_init__(self) -> None:
        if not self.window_seconds > 0:
            raise ConfigError(
                f"level {self.name!r}: window_seconds must be positive, got {self.window_seconds}"
            )
        if self.sees is None and self.reads is None:
            raise ConfigError(f"level {self.name!r} neither sees nor reads anything; give it sees= or reads=")
        if self.max_tokens < 2 or self.num_features < 1:
            raise ConfigError(f"level {self.name!r}: max_tokens must be >= 2 and num_features >= 1")

    def window_of(self, seconds: float) -> int:
        """Index of the window that ``seconds`` lies in."""
        return 0 if math.isinf(self.window_seconds) else math.floor(seconds / self.window_seconds)

    def window_end(self, index: int) -> float:
        """Where window ``index`` ends, in seconds; infinity for the whole video."""
        return (index + 1) * self.window_seconds


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Levels, lowest first.

    Raises:
        ConfigError: if a name repeats, a level reads one that does not come before it, or a window is
            shorter than the window of the level below.
    """

    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        names: list[str] = []
        for level in self.levels:
            if level.name in names:
                raise ConfigError(f"two levels are named {level.name!r}; names must differ")
            if level.reads is not None and level.reads not in names:
                have = ", ".join(names) or "none"
                raise ConfigError(f"level {level.name!r} reads {level.reads!r}; the levels below it: {have}")
            names.append(level.name)
        for lower, upper in pairwise(self.levels):
            if upper.window_seconds < lower.window_seconds:
                raise ConfigError(
                    f"level {upper.name!r} has a window of {upper.window_seconds:g} s, shorter than the "
                    f"{lower.window_seconds:g} s of {lower.name!r} below it"
                )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the levels, lowest first."""
        return tuple(level.name for level in self.levels)

    @property
    def base(self) -> Level:
        """The lowest level, the base case of the recursion.

        Raises:
            ConfigError: if there are no levels.
        """
        if not self.levels:
            raise ConfigError("this system has no levels, so it cannot caption a video")
        return self.levels[0]

    def level(self, name: str) -> Level:
        """The level called ``name``.

        Raises:
            ConfigError: if there is none.
        """
        for level in self.levels:
            if level.name == name:
                return level
        raise ConfigError(f"no level {name!r}; this system has {', '.join(self.names) or 'none'}")


def select_levels(hierarchy: Hierarchy, wanted: Sequence[str] | str) -> tuple[Hierarchy, tuple[str, ...]]:
    """The part of a hierarchy that is needed to write some of its levels.

    Args:
        hierarchy: all levels.
        wanted: names of levels, each with another window if so wanted: "clip", "segment=60"; or one text
            with commas between them.

    Returns:
        The levels wanted and those they read, and the names of the wanted ones, lowest first.

    Raises:
        ConfigError: if there is no such level, or a window is no number of seconds.
    """
    seconds: dict[str, float | None] = {}
    for item in wanted.split(",") if isinstance(wanted, str) else wanted:
        name, _, value = item.strip().partition("=")
        hierarchy.level(name)
        try:
            seconds[name] = float(value) if value else None
        except ValueError:
            raise ConfigError(f"level {item!r}: {value!r} is no number of seconds; write {name}=60") from None
    kept: set[str] = set()
    for level in reversed(hierarchy.levels):
        if level.name in seconds or level.name in kept or level is hierarchy.base:
            kept.add(level.name)
            kept.update([level.reads] if level.reads else [])
    levels = [level for level in hierarchy.levels if level.name in kept]
    changed = [_with_window(level, seconds.get(level.name)) for level in levels]
    return Hierarchy(tuple(changed)), tuple(level.name for level in levels if level.name in seconds)


def _with_window(level: Level, seconds: float | None) -> Level:
    return level if seconds is None else replace(level, window_seconds=seconds)


def windows(
    duration_seconds: float,
    window_seconds: float = CLIP_SECONDS,
    *,
    min_tail_seconds: float = MIN_TAIL_SECONDS,
) -> Iterator[Span]:
    """Consecutive windows over a video; the last one ends where the video ends.

    A tail that is too short belongs to the window before it, so the last window may be up to that much
    longer than ``window_seconds``; a video shorter than that is one window.

    Args:
        duration_seconds: length of the video.
        window_seconds: length of a window; infinity gives one window.
        min_tail_seconds: a tail shorter than this, or than a window, is too short; 0 cuts every tail off.

    Departs: the authors cut every tail off as a clip of its own, however short, and their own demo captions
    a clip of 0.03 s that way.
    """
    start = 0.0
    index = 0
    while start < duration_seconds:
        index += 1
        end = index * window_seconds
        if duration_seconds - end < min(min_tail_seconds, window_seconds):
            end = duration_seconds
        yield Span(start, end)
        start = end


def bounding(spans: Sequence[Span]) -> Span:
    """The smallest span that covers all ``spans``, of which there is at least one."""
    return Span(min(span.start for span in spans), max(span.end for span in spans))
