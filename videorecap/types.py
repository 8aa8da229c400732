"""The values that flow through the package: spans of time, captions, gaps, and the tree they form.

All are frozen and need only the standard library. Times are seconds from the first video frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of time, ``start <= t < end``, in seconds.

    Raises:
        ValueError: if not ``0 <= start < end < inf``.
    """

    start: float
    end: float

    def __post_init__(self) -> None:
        if not (0 <= self.start < self.end < math.inf):
            raise ValueError(f"a span needs 0 <= start < end, got {self.start} and {self.end}")

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start

    @property
    def middle(self) -> float:
        """The time half-way, in seconds."""
        return (self.start + self.end) / 2

    def overlap(self, other: Span) -> float:
        """Seconds that both spans share; 0 when they do not touch."""
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))

    def __contains__(self, seconds: float) -> bool:
        return self.start <= seconds < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a system wrote about one span of a video, at one level of the hierarchy.

    Attributes:
        level: name of the level: "clip", "segment" or "summary" in the paper's hierarchy.
        span: the time it describes.
        text: the words.
        mean_logprob: mean natural-log probability of the generated tokens, or None if unknown.
        final: False for a draft that a later caption of the same level replaces.
    """

    level: str
    span: Span
    text: str
    mean_logprob: float | None = None
    final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A span that could not be captioned, and why, in one line."""

    level: str
    span: Span
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoInfo:
    """Facts about a video file.

    Attributes:
        path: as the user gave it.
        sha256: hex digest of the file's bytes.
        duration_seconds: from the first frame's start to the last frame's end.
        width: displayed width in pixels, after rotation.
        height: displayed height in pixels, after rotation.
        frame_rate: mean frames per second.
    """

    path: str
    sha256: str
    duration_seconds: float
    width: int
    height: int
    frame_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemInfo:
    """Which system wrote the captions: its name and the sha256 of its configuration and weights."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """How often features were reused where a scene stands still.

    Attributes:
        tolerance: largest change that is none, in levels of 0..255.
        num_clips: of the video.
        num_reused: those of them whose features are of a clip before.
    """

    tolerance: float
    num_clips: int
    num_reused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionTree:
    """All captions of one video, every level, lowest first and by start within a level.

    Attributes:
        levels: names of the levels, lowest first.
        captions: sorted by level, then start.
        gaps: what could not be captioned, in the same order.
        still: how often features were reused; None if each clip was encoded.
    """

    video: VideoInfo
    system: SystemInfo
    levels: tuple[str, ...]
    captions: tuple[Caption, ...] = field(default=())
    gaps: tuple[Gap, ...] = field(default=())
    still: Reuse | None = None

    def __post_init__(self) -> None:
        for name in ("captions", "gaps"):
            items = sorted(getattr(self, name), key=lambda item: (self._rank(item.level), item.span))
            object.__setattr__(self, name, tuple(items))

    def _rank(self, level: str) -> int:
        if level not in self.levels:
            raise ValueError(f"level {level!r} is not one of {', '.join(self.levels)}")
        return self.levels.index(level)

    def at(self, level: str) -> tuple[Caption, ...]:
        """Captions of one level, by start.

        Raises:
            ValueError: if the tree has no such level.
        """
        self._rank(level)
        return tuple(caption for caption in self.captions if caption.level == level)

    def below(self, caption: Caption) -> tuple[Caption, ...]:
        """Captions of the next lower level whose middle lies inside ``caption``; empty at the lowest."""
        rank = self._rank(caption.level)
        if rank == 0:
            return ()
        return tuple(child for child in self.at(self.levels[rank - 1]) if child.span.middle in caption.span)

    @property
    def summary(self) -> Caption | None:
        """The one caption of the highest level; None when that level has none, or several."""
        top = self.at(self.levels[-1]) if self.levels else ()
        return top[0] if len(top) == 1 else None
