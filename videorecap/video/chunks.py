"""A video cut into files that are called by the second at which each begins: 0.mp4, 300.mp4, 600.mp4."""

from __future__ import annotations

import logging
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import av
import numpy as np

from videorecap.errors import VideoError
from videorecap.types import Span
from videorecap.video.file_reader import FileReader
from videorecap.video.files import open_video
from videorecap.video.hardware import Hardware
from videorecap.video.index import Timeline
from videorecap.video.packets import HOLE_SECONDS

log = logging.getLogger(__name__)

TOLERANCE_SECONDS: Final = 1.0  # by which a chunk may be longer than its place, or shorter by its header
_NAME: Final = re.compile(r"\d{1,6}(?:\.\d+)?\.[A-Za-z]\w*")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A file that holds a video from a time on."""

    path: Path
    start_seconds: float


@dataclass(frozen=True, slots=True)
class Part:
    """An open chunk in the order of display of the whole video.

    Attributes:
        file: its reader.
        start_seconds: when it begins.
        first_rank: rank, in the whole video, of its first frame.
        num_frames: those that it shows before the next chunk begins.
    """

    file: FileReader
    start_seconds: float
    first_rank: int
    num_frames: int

    def own(self, ranks: Sequence[int]) -> list[int]:
        """Those of ascending ranks of the whole video that are the chunk's, as ranks of its file."""
        first = bisect_left(ranks, self.first_rank)
        end = bisect_left(ranks, self.first_rank + self.num_frames)
        return [rank - self.first_rank for rank in ranks[first:end]]


def find_chunks(path: Path) -> list[Chunk]:
    """The chunks of a video by time; a file, or a folder without chunks, is one chunk itself.

    Raises:
        VideoError: if the folder cannot be read, or two chunks begin at the same time.
    """
    try:
        names = sorted(file.name for file in path.iterdir()) if path.is_dir() else []
    except OSError as error:
        raise VideoError(f"{path}: cannot be read ({error.strerror})") from error
    found = (name for name in names if _NAME.fullmatch(name))
    chunks = [Chunk(path / name, float(name.rpartition(".")[0])) for name in found]
    chunks.sort(key=lambda chunk: chunk.start_seconds)
    for first, second in pairwise(chunks):
        if first.start_seconds == second.start_seconds:
            raise VideoError(f"{path}: {first.path.name} and {second.path.name} begin at one time; keep one")
    return chunks or [Chunk(path, 0.0)]


@dataclass(frozen=True, slots=True)
class Declared:
    """What the headers of a file, or of all chunks in a folder, say of their video.

    Attributes:
        seconds: its length; None if the last header does not say it.
        holes: where chunks are missing, or end too early.
    """

    seconds: float | None
    holes: tuple[Span, ...]


def read_headers(path: Path) -> Declared:
    """What a file, or a folder of chunks, says of its video, without reading the whole of it.

    Raises:
        VideoError: if it, or one of the chunks, is no video.
    """
    holes = []
    end: float | None = 0.0
    for chunk in find_chunks(path):
        if end is not None and chunk.start_seconds - end >= TOLERANCE_SECONDS:
            holes.append(Span(end, chunk.start_seconds))
        container, _ = open_video(chunk.path)
        with container:
            length = container.duration
        end = None if length is None else chunk.start_seconds + length / av.time_base
    return Declared(end, tuple(holes))


def open_chunks(path: Path, hardware: Hardware | None = None) -> tuple[list[Part], Timeline]:
    """Open a video of one file or of several chunks.

    A chunk that cannot be read is left out with a warning in the log, like one that is not there.

    Args:
        path: of the file or the folder.
        hardware: that decodes it; None decodes in software.

    Returns:
        What could be opened, and when each frame of the whole video is shown.

    Raises:
        VideoError: if nothing could be opened, or a chunk goes on after the next one has begun.
    """
    chunks = find_chunks(path)
    if len(chunks) == 1 and not chunks[0].start_seconds:
        file = FileReader(chunks[0].path, hardware)
        return [Part(file, 0.0, 0, file.index.num_frames)], file.index
    files = [(_opened(chunk, hardware), chunk.start_seconds) for chunk in chunks]
    opened = [(file, start) for file, start in files if file is not None]
    if not opened:
        raise VideoError(f"{path}: none of its {len(chunks)} chunks can be read; replace them")
    parts: list[Part] = []
    limits = [start for _, start in opened[1:]]
    for (file, start), limit in zip(opened, [*limits, np.inf], strict=True):
        if start + file.index.duration_seconds > limit + TOLERANCE_SECONDS:
            raise VideoError(
                f"{file.path}: goes on for {file.index.duration_seconds:.1f} s, past the next file at "
                f"{limit:g} s; call the parts of one video by the seconds at which they begin"
            )
        num_frames = int(np.searchsorted(file.index.starts, limit - start - file.index.tolerance))
        first_rank = parts[-1].first_rank + parts[-1].num_frames if parts else 0
        parts.append(Part(file, start, first_rank, num_frames))
    lost_end = chunks[-1].start_seconds + _usual_seconds(chunks) if files[-1][0] is None else 0.0
    return parts, _joined(parts, lost_end)


def _opened(chunk: Chunk, hardware: Hardware | None) -> FileReader | None:
    try:
        return FileReader(chunk.path, hardware)
    except VideoError as error:
        log.warning("%s", error)
        return None


def _usual_seconds(chunks: Sequence[Chunk]) -> float:
    """How long a chunk is that cannot be read: as far as the next one is from another."""
    starts = [chunk.start_seconds for chunk in chunks]
    return float(np.min(np.diff(starts))) if len(starts) > 1 else 0.0


def _joined(parts: Sequence[Part], lost_end: float) -> Timeline:
    """One timeline of all parts; the video lasts at least until ``lost_end`` seconds."""
    starts, ends = [], []
    limits = [part.start_seconds for part in parts[1:]]
    for part, limit in zip(parts, [*limits, np.inf], strict=True):
        own = part.file.index
        starts.append(own.starts[: part.num_frames] + part.start_seconds)
        own_ends = np.minimum(own.ends[: part.num_frames] + part.start_seconds, limit)
        if limit - own_ends[-1] < HOLE_SECONDS:
            own_ends[-1] = limit
        ends.append(own_ends)
    return Timeline(
        starts=np.concatenate(starts),
        ends=np.concatenate(ends),
        duration_seconds=max(parts[-1].start_seconds + parts[-1].file.index.duration_seconds, lost_end),
        frame_rate=sum(part.num_frames for part in parts)
        / sum(part.num_frames / part.file.index.frame_rate for part in parts),
        tolerance=max(part.file.index.tolerance for part in parts),
    )
