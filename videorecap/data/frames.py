"""The sampled frames of clips, as small as the encoder wants them, on disk.

Each video is rendered, or decoded, once; what training reads afterwards is mapped into memory.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import multiprocessing
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final, Self, TypeAlias

import numpy as np
import torch
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from videorecap.config import SystemConfig
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.frame_sources import Recorded, Simulated
from videorecap.data.locks import alone
from videorecap.data.video_sources import Sources
from videorecap.data.workers import Advance, in_order
from videorecap.errors import ConfigError, DataError, OutputError, VideoRecapError
from videorecap.hierarchy import windows
from videorecap.outputs.files import write_aside
from videorecap.types import Span
from videorecap.video.clips import Clip, lost_clip
from videorecap.video.preprocess import Preprocess

log = logging.getLogger(__name__)

SCHEMA_VERSION: Final = 1
NAME_LENGTH: Final = 80  # most characters of a video's id in the names of its files
DIGEST_LENGTH: Final = 16  # hex digits, likewise
ChooseSpans: TypeAlias = Callable[[VideoAnnotations], Sequence[Span]]
"""Which clips of a video are wanted."""


def clip_windows(video: VideoAnnotations) -> tuple[Span, ...]:
    """The windows that a video is captioned in.

    Raises:
        DataError: if its length is not recorded.
    """
    if video.duration_seconds is None:
        raise DataError(
            f"video {video.video!r} has no duration_seconds, so its windows are not known; add it"
        )
    return tuple(windows(video.duration_seconds))


@dataclass(frozen=True, slots=True)
class ClipFrames:
    """The clips of one video.

    Attributes:
        spans: their times.
        frames: uint8 [clips, T, S, S, 3] RGB, mapped from disk; zeros where a clip is lost.
        lost: numbers of the clips of which nothing could be read, each with the reason.
    """

    spans: tuple[Span, ...]
    frames: NDArray[np.uint8]
    lost: Mapping[int, str]


@dataclass(frozen=True)
class _Order:
    """The clips of one video as they shall be stored: all that decides the bytes."""

    video: str
    source: Simulated | Recorded
    spans: tuple[Span, ...]
    num_frames: int
    image_size: int
    antialias: bool

    @property
    def fields(self) -> dict[str, object]:
        """As JSON has them; asdict would take its time over many spans."""
        spans = [{"start": span.start, "end": span.end} for span in self.spans]
        return {"schema_version": SCHEMA_VERSION, **asdict(replace(self, spans=())), "spans": spans}

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.fields).encode("utf-8", "backslashreplace")).hexdigest()

    @property
    def stem(self) -> str:
        """Of the names of its files."""
        return file_stem(self.video, self.digest[:DIGEST_LENGTH])

    @property
    def shape(self) -> tuple[int, ...]:
        return len(self.spans), self.num_frames, self.image_size, self.image_size, 3

    def clips(self, data: Path) -> Iterator[tuple[int, Clip]]:
        """Rendered, or read from the data set's folder; each with its number."""
        return self.source.clips(data, self.spans, self.num_frames)

    def preprocess(self) -> Preprocess:
        return Preprocess(image_size=self.image_size, mean=(0, 0, 0), std=(1, 1, 1), antialias=self.antialias)


@dataclass(frozen=True, slots=True)
class _Task:
    """An order, and where what it is made of and what it becomes are."""

    order: _Order
    data: Path
    folder: Path


class FrameStore:
    """Frames of clips in a folder: for each video an array, and what was lost of it as JSON.

    The JSON is written last, so an array without one is not whole. Names hold a digest of all that decides
    the pixels, so what was made of another file or for another encoder is not taken.

    Args:
        folder: of the store; made when something is written.
        data: folder of the data set, to which paths of videos are relative.
        image_size: side of the encoder's square in pixels.
        num_frames: of each clip.
        antialias: as the encoder's ``Preprocess`` has it.
    """

    def __init__(
        self, folder: Path, data: Path, *, image_size: int, num_frames: int, antialias: bool
    ) -> None:
        self.folder = folder
        self.data = data
        self.image_size = image_size
        self.num_frames = num_frames
        self.antialias = antialias
        self._sources = Sources(data)

    @classmethod
    def of(cls, config: SystemConfig, folder: Path, data: Path) -> Self:
        """The frames that a system's encoder takes.

        Raises:
            ConfigError: if it has none.
        """
        if config.encoder is None:
            raise ConfigError(f"system {config.name!r} has no video encoder, so it captions no video")
        return cls(
            folder,
            data,
            image_size=config.encoder.image_size,
            num_frames=config.encoder.num_frames,
            antialias=config.preprocess.antialias,
        )

    def prepare(
        self,
        videos: Sequence[VideoAnnotations],
        spans: ChooseSpans,
        *,
        workers: int = 1,
        advance: Advance = lambda _: None,
    ) -> None:
        """Render or decode what is missing, the longest videos first.

        Args:
            videos: of the data set.
            spans: which of their clips.
            workers: number of processes.
            advance: told how many clips have been done since the call before, those that were there included.

        Raises:
            DataError: if the file of a video is missing.
            OutputError: if a file cannot be written.
            VideoRecapError: if a worker process dies.
        """
        orders = [self._order(video, spans(video)) for video in videos]
        missing = self._missing(orders)
        advance(sum(len(order.spans) for order in orders) - sum(len(order.spans) for order in missing))
        tasks = [_Task(order, self.data, self.folder) for order in missing]
        with closing(in_order(_make, tasks, min(workers, len(tasks)) or 1, advance)) as done:
            for order, lost in zip(missing, done, strict=True):
                _warn(order, lost)

    def open(self, video: VideoAnnotations, spans: Sequence[Span]) -> ClipFrames:
        """Clips of a video that was prepared.

        Raises:
            DataError: if they were not, or the files are damaged.
            VideoRecapError: if the files cannot be read, or too many are open.
        """
        order = self._order(video, spans)
        if not order.spans:
            return ClipFrames((), np.zeros(order.shape, np.uint8), {})
        path = self.folder / f"{order.stem}.npy"
        with _reading(path, order):
            frames = np.load(path, mmap_mode="r", allow_pickle=False)
            lost = _read_lost(self._record(order))
        if frames.shape != order.shape or frames.dtype != np.uint8:
            raise DataError(
                f"{path}: holds {frames.dtype} {frames.shape}, not uint8 {order.shape}; remove it"
            )
        return ClipFrames(order.spans, frames, lost)

    def clips(self, video: VideoAnnotations, spans: Sequence[Span]) -> Iterator[Clip]:
        """As ``open``, one after the other."""
        stored = self.open(video, spans)
        for number, span in enumerate(spans):
            if number in stored.lost:
                yield lost_clip(span, stored.lost[number])
            else:
                yield Clip(span, stored.frames[number].copy())

    def lost(self, video: VideoAnnotations, spans: Sequence[Span]) -> Mapping[int, str]:
        """Numbers of those clips of a video that was prepared of which nothing could be read, with reasons.

        Raises:
            DataError: if they were not prepared, or the record is damaged.
            VideoRecapError: if it cannot be read, or too many files are open.
        """
        order = self._order(video, spans)
        if not order.spans:
            return {}
        with _reading(self.folder / f"{order.stem}.npy", order):
            return _read_lost(self._record(order))

    def name(self, video: VideoAnnotations, spans: Sequence[Span]) -> str:
        """What is different for different pixels, and can be part of a file's name.

        Raises:
            DataError: if the video's file is missing.
        """
        return self._order(video, spans).stem

    def estimate_bytes(self, num_clips: int) -> int:
        """What so many clips take on disk."""
        return num_clips * self.num_frames * self.image_size**2 * 3

    def _missing(self, orders: Sequence[_Order]) -> list[_Order]:
        missing = [order for order in orders if order.spans and not self._record(order).is_file()]
        return sorted(missing, key=lambda order: len(order.spans), reverse=True)

    def _record(self, order: _Order) -> Path:
        return self.folder / f"{order.stem}.json"

    def _order(self, video: VideoAnnotations, spans: Sequence[Span]) -> _Order:
        return _Order(
            video=video.video,
            source=self._sources.of(video),
            spans=tuple(spans),
            num_frames=self.num_frames,
            image_size=self.image_size,
            antialias=self.antialias,
        )


def file_stem(video: str, digest: str) -> str:
    """What the name of a file that belongs to a video begins with, whatever characters are in the video's id.

    Args:
        video: its id.
        digest: tells it from others.
    """
    return f"{re.sub(r'[^A-Za-z0-9_-]', '_', video)[:NAME_LENGTH]}-{digest}"


def unreadable(path: Path, error: Exception) -> VideoRecapError:
    """The error to raise of a file that is there but cannot be opened or read."""
    advice = "; let the process open more (ulimit -n)" if "Too many open files" in str(error) else ""
    return VideoRecapError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}{advice}")


@contextmanager
def _reading(path: Path, order: _Order) -> Iterator[None]:
    """Tell in one line why an array or its record cannot be read."""
    try:
        yield
    except FileNotFoundError as error:
        raise DataError(
            f"frames of video {order.video!r} are not in {path.parent} ({Path(error.filename).name}); "
            "prepare them first"
        ) from None
    except OSError as error:
        raise unreadable(path, error) from None
    except (EOFError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise DataError(f"{path}: damaged, or its record is ({error}); remove both") from None


def _read_lost(record: Path) -> dict[int, str]:
    lost = json.loads(record.read_bytes())["lost"]
    return {int(number): str(reason) for number, reason in lost.items()}


def _warn(order: _Order, lost: Mapping[int, str]) -> None:
    if lost:
        reasons = "; ".join(sorted(set(lost.values())))
        log.warning("%s: %d of %d clips are lost: %s", order.video, len(lost), len(order.spans), reasons)


def _make(task: _Task, advance: Advance) -> dict[int, str]:
    """Store the clips of one video; the numbers of lost ones, with reasons."""
    if multiprocessing.parent_process() is not None:
        torch.set_num_threads(1)  # the processes are what works in parallel
    path = task.folder / f"{task.order.stem}.npy"
    record = path.with_suffix(".json")
    with alone(path, lambda: advance(0)):
        if record.is_file():  # another run was faster
            advance(len(task.order.spans))
            with _reading(path, task.order):
                return _read_lost(record)
        lost = _store(task, path, advance)
        write_aside(record, json.dumps({**task.order.fields, "lost": lost}))
        return lost


def _store(task: _Task, path: Path, advance: Advance) -> dict[int, str]:
    """Write the array of one video; the numbers of lost clips, with reasons."""
    lost = dict[int, str]()
    preprocess = task.order.preprocess()
    aside = path.with_name(f".{path.name}.new")
    try:
        stored = open_memmap(aside, mode="w+", dtype=np.uint8, shape=task.order.shape)
        _take_room(aside)
        for number, clip in task.order.clips(task.data):
            if clip.frames is None:
                lost[number] = clip.gaps[0].reason
            else:
                square = preprocess.fit(clip.frames).round().clamp(0, 255).to(torch.uint8)
                stored[number] = square.permute(1, 2, 3, 0).numpy()
            advance(1)
        stored.flush()
        aside.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        aside.unlink(missing_ok=True)
    return lost


def _take_room(path: Path) -> None:
    """Give a file its blocks now: to write to a mapped one kills the process when the disk is full."""
    if sys.platform == "linux":
        with path.open("rb+") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, os.fstat(file.fileno()).st_size)
            except OSError as error:
                if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):  # the file system cannot
                    raise
