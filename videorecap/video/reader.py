"""A video, of one file or of several chunks, as frames in order of display, each with its time."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from videorecap.types import VideoInfo
from videorecap.video.chunks import open_chunks
from videorecap.video.file_reader import DecodedFrame
from videorecap.video.files import file_digest
from videorecap.video.hardware import Hardware
from videorecap.video.pixels import Orientation, to_rgb

__all__ = ["DecodedFrame", "VideoReader", "file_digest", "probe"]


class VideoReader:
    """A video that can be decoded from its start, any number of times.

    Opening reads all packets once, without decoding, so that times, count and duration are known; and
    decodes up to the first good frame. A folder of files called by the second at which each begins
    (0.mp4, 300.mp4, ...) is one video; where a file is missing, there are no frames.

    Args:
        path: a file, or a folder of chunks.
        hardware: that decodes it, of ``open_hardware``; None decodes in software.

    Raises:
        VideoError: if the file is missing, empty, no video, or if none of its frames can be decoded.
    """

    def __init__(self, path: str | Path, hardware: Hardware | None = None) -> None:
        self.path = Path(path)
        self.hardware = None if hardware is None else hardware.name
        self._times_closed = 0
        self._parts, self.index = open_chunks(self.path, hardware)
        first = self._parts[0].file
        self.metadata: dict[str, str] = first.metadata  # the container's tags
        self.orientation: Orientation = first.orientation
        width, height = first.size
        self._displayed = (height, width) if self.orientation.swaps_sides else (width, height)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close what ``frames`` still holds open, in whatever thread; the reader can be used again."""
        self._times_closed += 1
        for part in self._parts:
            part.file.close()

    @cached_property
    def info(self) -> VideoInfo:
        """Facts about the video; the first use reads all its bytes for the digest.

        The digest of a folder is that of its chunks' names and digests.
        """
        width, height = self._displayed
        return VideoInfo(
            path=str(self.path),
            sha256=self._digest(),
            duration_seconds=self.index.duration_seconds,
            width=width,
            height=height,
            frame_rate=self.index.frame_rate,
        )

    def pixels(self, frame: DecodedFrame) -> NDArray[np.uint8]:
        """RGB of one frame, uint8 [H, W, 3], as displayed; the size is that of the first frame.

        Args:
            frame: of ``frames``, not passed over.
        """
        assert frame.picture is not None, "it was not wanted"
        part = self._parts[bisect_right(self._parts, frame.rank, key=lambda part: part.first_rank) - 1]
        turn = part.file.orientation
        width, height = self._displayed[::-1] if turn.swaps_sides else self._displayed
        return to_rgb(frame.picture, width, height, turn)

    def frames(self, wanted: Sequence[int] | None = None) -> Iterator[DecodedFrame]:
        """Undamaged frames in order of display, decoded once; memory does not grow with the length.

        After ``close`` there are no more.

        Args:
            wanted: ranks whose pixels will be asked for, ascending; others may come without a picture, not
                decoded. None wants all.
        """
        times_closed = self._times_closed
        for part in self._parts:
            if self._times_closed != times_closed:
                return
            for frame in part.file.frames(None if wanted is None else part.own(wanted)):
                if frame.rank >= part.num_frames:  # the next chunk has begun
                    break
                yield DecodedFrame(part.first_rank + frame.rank, frame.picture)

    def _digest(self) -> str:
        if not self.path.is_dir():
            return file_digest(self.path)
        digest = hashlib.sha256()
        for part in self._parts:
            digest.update(f"{part.file.path.name} {file_digest(part.file.path)}\n".encode())
        return digest.hexdigest()


def probe(path: str | Path) -> VideoInfo:
    """Facts about a video file, or a folder of chunks.

    Raises:
        VideoError: as ``VideoReader``.
    """
    with VideoReader(path) as reader:
        return reader.info
