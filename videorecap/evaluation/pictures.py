"""Frames of the videos that are scored, for people to look at."""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import av
from av.error import FFmpegError
from PIL import Image

from videorecap.data.annotations import VideoAnnotations
from videorecap.data.files import VideoFiles
from videorecap.errors import VideoError
from videorecap.sim.render import frame as render_frame
from videorecap.sim.script import Script
from videorecap.types import Span
from videorecap.video.chunks import Chunk, find_chunks
from videorecap.video.sampling import sample_times

PICTURE_SIZE: Final = (192, 144)  # pixels, in which a frame is fitted
QUALITY: Final = 70  # of JPEG

log = logging.getLogger(__name__)


class Pictures:
    """Frames of videos: rendered of simulated ones, read of those that have a file.

    Args:
        folder: of the data set.
        videos: by id.
        scripts: of simulated videos, by id.
    """

    def __init__(
        self, folder: Path, videos: Mapping[str, VideoAnnotations], scripts: Mapping[str, Script] | None
    ) -> None:
        self._videos = videos
        self._scripts = scripts or {}
        self._files = VideoFiles(folder)

    def of(self, video: str, span: Span, number: int) -> list[bytes]:
        """Frames spread over a span, as JPEG; those that cannot be read are left out."""
        times = sample_times(span, number)
        script = self._scripts.get(video)
        if script is not None:
            return [_jpeg(Image.fromarray(render_frame(script, time, PICTURE_SIZE))) for time in times]
        path = self._files.find(self._videos[video])
        if path is None:
            return []
        chunks = self._chunks(path)
        found = (_frame_at(chunks, time) for time in times)
        return [_jpeg(image) for image in found if image is not None]

    def _chunks(self, path: Path) -> Sequence[Chunk]:
        try:
            return find_chunks(path)
        except VideoError as error:
            log.info("%s", error)
            return ()


def _frame_at(chunks: Sequence[Chunk], seconds: float) -> Image.Image | None:
    """The frame that is shown at a time, or the first good one after it; None where none can be read."""
    begun = [chunk for chunk in chunks if chunk.start_seconds <= seconds]
    if not begun:
        return None
    try:
        with av.open(str(begun[-1].path)) as container:
            stream = container.streams.video[0]
            begin = float((stream.start_time or 0) * (stream.time_base or 0))
            wanted = begin + seconds - begun[-1].start_seconds
            container.seek(int(wanted * av.time_base))
            image = None
            for frame in container.decode(stream):
                image = frame
                if frame.time is None or frame.time + 1 / float(stream.average_rate or 1) > wanted:
                    break
            return None if image is None else Image.fromarray(image.to_ndarray(format="rgb24"))
    except (FFmpegError, OSError, IndexError) as error:
        log.info("%s: no frame at %.1f s (%s)", begun[-1].path, seconds, error)
        return None


def _jpeg(image: Image.Image) -> bytes:
    image.thumbnail(PICTURE_SIZE)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
