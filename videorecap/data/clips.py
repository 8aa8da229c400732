"""Clips of annotated videos as they are, rendered or decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

import videorecap
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.files import VIDEOS, VideoFiles
from videorecap.errors import DataError, VideoError
from videorecap.sim.render import frame as render_frame
from videorecap.sim.script import Script
from videorecap.sim.writer import sample_script
from videorecap.types import Gap, Span
from videorecap.video.chunks import find_chunks
from videorecap.video.clips import LEVEL, Clip, read_spans
from videorecap.video.reader import VideoReader
from videorecap.video.sampling import sample_times

RENDER_SIZE: Final = (224, 168)  # pixels, 4:3; fitted to the encoder's square as a real file's frames are


@dataclass(frozen=True, slots=True)
class Simulated:
    """A video that is rendered from its script; another release may draw it in another way."""

    seed: int
    duration_seconds: float
    size: tuple[int, int] = RENDER_SIZE
    videorecap: str = videorecap.__version__


@dataclass(frozen=True, slots=True)
class Recorded:
    """A video in a file, or in a folder of chunks: name, size and time of change of each."""

    path: str
    files: tuple[tuple[str, int, int], ...]


Source: TypeAlias = Simulated | Recorded
"""What a video's pixels come from; equal for equal pixels."""


class Sources:
    """Tells what the pixels of each video of a data set come from.

    Args:
        folder: of the data set, to which paths of videos are relative.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = VideoFiles(folder)

    def of(self, video: VideoAnnotations) -> Source:
        """The file of a video, or what it is rendered from where it names none.

        Raises:
            DataError: if there is neither.
        """
        if video.path is None and video.seed is not None:
            if video.duration_seconds is None:
                raise DataError(f"simulated video {video.video!r} has no duration_seconds; add it")
            return Simulated(video.seed, video.duration_seconds)
        path = self._files.find(video)
        if path is None:
            wanted = video.path or f"{VIDEOS}/{video.video}.mp4"
            missing = f"{self._folder / wanted}, which is missing"
            raise DataError(f"video {video.video!r} needs {missing}, or a seed")
        files = [chunk.path for chunk in find_chunks(path)]
        stats = [(file.name, file.stat()) for file in files]
        return Recorded(
            video.path or str(path.relative_to(self._folder)),
            tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats),
        )


def read_source(
    source: Source, folder: Path, spans: Sequence[Span], num_frames: int
) -> Iterator[tuple[int, Clip]]:
    """Each clip with its number, as soon as all of it is read; all are lost of a file that cannot be opened.

    Args:
        source: of a video.
        folder: of the data set.
        spans: of the clips, which may overlap and come in any order.
        num_frames: of each clip.
    """
    if isinstance(source, Simulated):
        yield from render_spans(sample_script(source.seed, source.duration_seconds), spans, num_frames)
        return
    try:
        reader = VideoReader(folder / source.path)
    except VideoError as error:
        yield from ((number, lost_clip(span, str(error))) for number, span in enumerate(spans))
        return
    with reader:
        yield from read_spans(reader, spans, num_frames=num_frames)


def lost_clip(span: Span, reason: str) -> Clip:
    """A clip of which nothing could be read."""
    return Clip(span, None, (Gap(level=LEVEL, span=span, reason=reason),))


def render_spans(script: Script, spans: Sequence[Span], num_frames: int) -> Iterator[tuple[int, Clip]]:
    """The clips of a simulated video that has no file, each with its number; frames of ``RENDER_SIZE``."""
    for number, span in enumerate(spans):
        if span.start >= script.duration_seconds:
            yield number, lost_clip(span, f"the video ends at {script.duration_seconds:g} s")
            continue
        times = sample_times(span, num_frames)
        yield number, Clip(span, np.stack([render_frame(script, seconds, RENDER_SIZE) for seconds in times]))
