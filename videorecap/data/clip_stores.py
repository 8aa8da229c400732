"""Where the clips of annotated videos come from, by what a system sees of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from videorecap.config import SystemConfig
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.frames import ChooseSpans, FrameStore
from videorecap.data.video_sources import Sources
from videorecap.types import Span
from videorecap.video.clips import Clip


class ClipStore(Protocol):
    """Anything that gives clips of annotated videos."""

    def prepare(self, videos: Sequence[VideoAnnotations], spans: ChooseSpans, *, workers: int = 1) -> None:
        """Get clips ready, as far as that is worth while.

        Args:
            videos: of the data set.
            spans: which of their clips.
            workers: number of processes.

        Raises:
            DataError: if the file of a video is missing.
        """

    def clips(self, video: VideoAnnotations, spans: Sequence[Span]) -> Iterator[Clip]:
        """Clips of a video that was prepared, each once."""

    def name(self, video: VideoAnnotations, spans: Sequence[Span]) -> str:
        """What is different for different pixels.

        Raises:
            DataError: if the video's file is missing.
        """


class WholeFrames:
    """Clips with their frames as they are in the video; they are too large to be kept.

    Args:
        data: folder of the data set.
        num_frames: of each clip.
    """

    def __init__(self, data: Path, *, num_frames: int) -> None:
        self._data = data
        self._num_frames = num_frames
        self._sources = Sources(data)

    def prepare(self, videos: Sequence[VideoAnnotations], spans: ChooseSpans, *, workers: int = 1) -> None:
        """See that every video is there."""
        for video in videos:
            self._sources.of(video)

    def clips(self, video: VideoAnnotations, spans: Sequence[Span]) -> Iterator[Clip]:
        """Render or decode clips; those of a file come as they end."""
        for _, clip in self._sources.of(video).clips(self._data, spans, self._num_frames):
            yield clip

    def name(self, video: VideoAnnotations, spans: Sequence[Span]) -> str:
        """Of what the video is made of, and of the times of the clips."""
        return repr((self._sources.of(video), tuple(spans), self._num_frames))


def open_clips(system: SystemConfig, folder: Path, data: Path) -> ClipStore:
    """Clips as a system sees them: stored for its encoder, or whole frames that are read each time.

    Args:
        system: that captions them.
        folder: of what is stored.
        data: folder of the data set.

    Raises:
        ConfigError: if it sees nothing.
    """
    if system.sees_frames:
        return WholeFrames(data, num_frames=system.num_frames)
    return FrameStore.of(system, folder, data)
