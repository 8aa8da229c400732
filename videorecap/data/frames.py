"""The sampled frames of clips, as small as the encoder wants them, on disk.

Each video is rendered, or decoded, once; what training reads afterwards is mapped into memory.
"""

from __future__ import annotations

import hashlib
import json
import logging
import multiprocessing
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import torch
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

import videorecap
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.files import VIDEOS, VideoFiles
from videorecap.data.workers import Advance, in_order
from videorecap.errors import DataError, OutputError, VideoError
from videorecap.hierarchy import windows
from videorecap.outputs.files import write_aside
from videorecap.sim.render import frame as render_frame
from videorecap.sim.script import Script
from videorecap.sim.writer import sample_script
from videorecap.types import Gap, Span
from videorecap.video.chunks import find_chunks
from videorecap.video.clips import LEVEL, Clip, read_spans
from videorecap.video.preprocess import Preprocess
from videorecap.video.reader import VideoReader
from videorecap.video.sampling import sample_times

log = logging.getLogger(__name__)

SCHEMA_VERSION: Final = 1
RENDER_SIZE: Final = (224, 168)  # pixels, 4:3; fitted to the encoder's square as a real file's frames are
NAME_LENGTH: Final = 80  # most characters of a video's id in the names of its files
DIGEST_LENGTH: Final = 16  # hex digits, likewise
LOCK_NAME: Final = ".lock"
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


@dataclass(frozen=True, slots=True)
class _Simulated:
    """A video that is rendered from its script; another release may draw it in another way."""

    seed: int
    duration_seconds: float
    size: tuple[int, int] = RENDER_SIZE
    videorecap: str = videorecap.__version__


@dataclass(frozen=True, slots=True)
class _Recorded:
    """A video in a file, or in a folder of chunks: name, size and time of change of each."""

    path: str
    files: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class _Order:
    """The clips of one video as they shall be stored: all that decides the bytes."""

    video: str
    source: _Simulated | _Recorded
    spans: tuple[Span, ...]
    num_frames: int
    image_size: int
    antialias: bool

    @cached_property
    def digest(self) -> str:
        fields = {"schema_version": SCHEMA_VERSION, **asdict(self)}
        return hashlib.sha256(json.dumps(fields).encode("utf-8", "backslashreplace")).hexdigest()

    @property
    def stem(self) -> str:
        """Of the names of its files."""
        name = re.sub(r"[^A-Za-z0-9_-]", "_", self.video)[:NAME_LENGTH]
        return f"{name}-{self.digest[:DIGEST_LENGTH]}"

    @property
    def shape(self) -> tuple[int, ...]:
        return len(self.spans), self.num_frames, self.image_size, self.image_size, 3

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
        self._files = VideoFiles(data)

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
        if not self._missing(orders):
            advance(sum(len(order.spans) for order in orders))
            return
        with alone_in(self.folder):
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
        """
        order = self._order(video, spans)
        if not order.spans:
            return ClipFrames((), np.zeros(order.shape, np.uint8), {})
        path = self.folder / f"{order.stem}.npy"
        try:
            frames = np.load(path, mmap_mode="r", allow_pickle=False)
            record = json.loads(self._record(order).read_bytes())
            lost = {int(number): str(reason) for number, reason in record["lost"].items()}
        except FileNotFoundError as error:
            raise DataError(
                f"frames of video {video.video!r} are not in {self.folder} ({Path(error.filename).name}); "
                "prepare them first"
            ) from None
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise DataError(f"{path}: damaged, or its record is ({error}); remove both") from None
        if frames.shape != order.shape or frames.dtype != np.uint8:
            raise DataError(
                f"{path}: holds {frames.dtype} {frames.shape}, not uint8 {order.shape}; remove it"
            )
        return ClipFrames(order.spans, frames, lost)

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
            source=self._source(video),
            spans=tuple(spans),
            num_frames=self.num_frames,
            image_size=self.image_size,
            antialias=self.antialias,
        )

    def _source(self, video: VideoAnnotations) -> _Simulated | _Recorded:
        if video.path is None and video.seed is not None:
            if video.duration_seconds is None:
                raise DataError(f"simulated video {video.video!r} has no duration_seconds; add it")
            return _Simulated(video.seed, video.duration_seconds)
        path = self._files.find(video)
        if path is None:
            wanted = video.path or f"{VIDEOS}/{video.video}.mp4"
            raise DataError(f"video {video.video!r} needs {self.data / wanted}, which is missing, or a seed")
        files = [chunk.path for chunk in find_chunks(path)]
        stats = [(file.name, file.stat()) for file in files]
        return _Recorded(
            video.path or str(path.relative_to(self.data)),
            tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats),
        )


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Let one process at a time write to a store; the others wait. A process that is killed keeps nobody out.

    Args:
        folder: of the store; made if needed.

    Raises:
        OutputError: if it cannot be written to.
    """
    path = folder / LOCK_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    with file:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                log.warning("waiting for another run, which writes to %s", folder)
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _warn(order: _Order, lost: Mapping[int, str]) -> None:
    if lost:
        reasons = "; ".join(sorted(set(lost.values())))
        log.warning("%s: %d of %d clips are lost: %s", order.video, len(lost), len(order.spans), reasons)


def _make(task: _Task, advance: Advance) -> dict[int, str]:
    """Store the clips of one video; the numbers of lost ones, with reasons."""
    if multiprocessing.parent_process() is not None:
        torch.set_num_threads(1)  # the processes are what works in parallel
    order, lost = task.order, dict[int, str]()
    preprocess = order.preprocess()
    path = task.folder / f"{order.stem}.npy"
    aside = path.with_name(f".{path.name}.part")
    try:
        stored = open_memmap(aside, mode="w+", dtype=np.uint8, shape=order.shape)
        for number, clip in _clips(task):
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
    record = {"schema_version": SCHEMA_VERSION, **asdict(order), "lost": lost}
    write_aside(path.with_suffix(".json"), json.dumps(record))
    return lost


def _clips(task: _Task) -> Iterator[tuple[int, Clip]]:
    """Each clip with its number; all are lost of a file that cannot be opened."""
    order, source = task.order, task.order.source
    if isinstance(source, _Simulated):
        yield from render_spans(
            sample_script(source.seed, source.duration_seconds), order.spans, order.num_frames
        )
        return
    try:
        reader = VideoReader(task.data / source.path)
    except VideoError as error:
        yield from ((number, _lost(span, str(error))) for number, span in enumerate(order.spans))
        return
    with reader:
        yield from read_spans(reader, order.spans, num_frames=order.num_frames)


def _lost(span: Span, reason: str) -> Clip:
    return Clip(span, None, (Gap(level=LEVEL, span=span, reason=reason),))


def render_spans(script: Script, spans: Sequence[Span], num_frames: int) -> Iterator[tuple[int, Clip]]:
    """The clips of a simulated video that has no file, each with its number; frames of ``RENDER_SIZE``."""
    for number, span in enumerate(spans):
        if span.start >= script.duration_seconds:
            yield number, _lost(span, f"the video ends at {script.duration_seconds:g} s")
            continue
        times = sample_times(span, num_frames)
        yield number, Clip(span, np.stack([render_frame(script, seconds, RENDER_SIZE) for seconds in times]))
