"""What frames of clips are made of: the script of a simulated video, or a recorded one's files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

import videorecap
from videorecap.errors import VideoError
from videorecap.sim.render import frame as render_frame
from videorecap.sim.writer import sample_script
from videorecap.types import Span
from videorecap.video.clips import Clip, lost_clip, read_spans
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

    def clips(self, data: Path, spans: Sequence[Span], num_frames: int) -> Iterator[tuple[int, Clip]]:
        """Each clip with its number; those after the end of the video are lost.

        Args:
            data: folder of the data set, of which nothing is needed.
            spans: times of the clips.
            num_frames: of each.
        """
        script = sample_script(self.seed, self.duration_seconds)
        for number, span in enumerate(spans):
            if span.start >= script.duration_seconds:
                yield number, lost_clip(span, f"the video ends at {script.duration_seconds:g} s")
                continue
            times = sample_times(span, num_frames)
            yield number, Clip(span, np.stack([render_frame(script, time, self.size) for time in times]))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A video in a file, or in a folder of chunks: name, size and time of change of each."""

    path: str
    files: tuple[tuple[str, int, int], ...]

    def clips(self, data: Path, spans: Sequence[Span], num_frames: int) -> Iterator[tuple[int, Clip]]:
        """Each clip with its number; all are lost of a file that cannot be opened.

        Args:
            data: folder of the data set.
            spans: times of the clips.
            num_frames: of each.
        """
        try:
            reader = VideoReader(data / self.path)
        except VideoError as error:
            yield from ((number, lost_clip(span, str(error))) for number, span in enumerate(spans))
            return
        with reader:
            yield from read_spans(reader, spans, num_frames=num_frames)
