"""Where the pixels of each video of a data set come from."""

from __future__ import annotations

from pathlib import Path

from videorecap.data.annotations import VideoAnnotations
from videorecap.data.files import VIDEOS, VideoFiles
from videorecap.data.frame_sources import Recorded, Simulated
from videorecap.errors import DataError
from videorecap.video.chunks import find_chunks


class Sources:
    """Tells what a video is made of.

    Args:
        data: folder of the data set, to which paths of videos are relative.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._files = VideoFiles(data)

    def of(self, video: VideoAnnotations) -> Simulated | Recorded:
        """The file of a video, or its script where it names no file; equal for equal pixels.

        Raises:
            DataError: if there is neither.
        """
        if video.path is None and video.seed is not None:
            if video.duration_seconds is None:
                raise DataError(f"simulated video {video.video!r} has no duration_seconds; add it")
            return Simulated(video.seed, video.duration_seconds)
        path = self._files.find(video)
        if path is None:
            wanted = self._data / (video.path or f"{VIDEOS}/{video.video}.mp4")
            raise DataError(f"video {video.video!r} needs {wanted}, which is missing, or a seed")
        files = [chunk.path for chunk in find_chunks(path)]
        stats = [(file.name, file.stat()) for file in files]
        return Recorded(
            video.path or str(path.relative_to(self._data)),
            tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats),
        )
