"""A video as clips: a few frames for each window of a few seconds, and what was lost of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from videorecap.hierarchy import CLIP_SECONDS, MIN_TAIL_SECONDS, windows
from videorecap.types import Gap, Span
from videorecap.video.index import Timeline
from videorecap.video.packets import HOLE_SECONDS
from videorecap.video.reader import DecodedFrame, VideoReader
from videorecap.video.sampling import official_ranks, sample_times

__all__ = ["Clip", "lost_clip", "read_clips", "read_spans", "sample_times"]

LEVEL = "clip"  # of gaps; a system whose base level has another name renames them


@dataclass(frozen=True, slots=True)
class Clip:
    """One window of a video.

    Attributes:
        span: its time.
        frames: uint8 [T, H, W, 3] RGB, or None when nothing of it could be read.
        gaps: what inside the span was lost and why; level "clip".
    """

    span: Span
    frames: NDArray[np.uint8] | None
    gaps: tuple[Gap, ...] = ()


def lost_clip(span: Span, reason: str) -> Clip:
    """A clip of which nothing could be read."""
    return Clip(span, None, (Gap(level=LEVEL, span=span, reason=reason),))


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which ranks a clip wants, and which may stand in for lost ones."""

    span: Span
    wanted: tuple[int, ...]
    first: int
    last: int


@dataclass(slots=True)
class _Begun:
    """A plan under way, with the pixels got so far: plans are kept to the end, pixels are not."""

    number: int
    plan: _Plan
    pixels: list[NDArray[np.uint8] | None] = field(default_factory=list)


def read_clips(
    reader: VideoReader,
    *,
    window_seconds: float = CLIP_SECONDS,
    num_frames: int,
    skip: int = 0,
    official: bool = False,
) -> Iterator[Clip]:
    """One clip for each window of the video, in order; the video is decoded once.

    A frame that is lost is replaced by the nearest one that was decoded of those shown during the same clip.

    Args:
        reader: of the video.
        window_seconds: length of a window.
        num_frames: frames of each clip.
        skip: so many clips at the start are neither converted nor yielded.
        official: take the frame *numbers* of the released loader instead of times, and make every tail a
            clip of its own, however short.
    """
    spans = clip_spans(reader, window_seconds=window_seconds, official=official)[skip:]
    plans = (_plan(reader.index, span, num_frames, official) for span in spans)
    return (clip for _, clip in _read(reader, list(enumerate(plans))))


def clip_spans(reader: VideoReader, *, window_seconds: float, official: bool) -> tuple[Span, ...]:
    """The windows of a video; see ``read_clips``."""
    min_tail = 0.0 if official else MIN_TAIL_SECONDS
    return tuple(windows(reader.index.duration_seconds, window_seconds, min_tail_seconds=min_tail))


def read_spans(reader: VideoReader, spans: Sequence[Span], *, num_frames: int) -> Iterator[tuple[int, Clip]]:
    """Clips at any times of a video, which is decoded once, up to the end of the last of them.

    They may overlap and come in any order. What is lost is replaced as in ``read_clips``.

    Yields:
        Each clip with its number, as soon as all of it is read.
    """
    plans = [(n, _plan(reader.index, span, num_frames, official=False)) for n, span in enumerate(spans)]
    return _read(reader, sorted(plans, key=lambda item: (item[1].first, item[1].last)))


def _read(reader: VideoReader, plans: Sequence[tuple[int, _Plan]]) -> Iterator[tuple[int, Clip]]:
    """Carry out plans, which come by their first frame; each is done after its last one."""
    index = reader.index
    develop = _Developer(reader)
    begun: list[_Begun] = []
    holes: list[Gap] = []
    wanted = sorted({rank for _, plan in plans for rank in plan.wanted})
    coming = iter(plans)
    following = next(coming, None)
    latest: DecodedFrame | None = None
    before: DecodedFrame | None = None  # the latest with a picture
    for frame in _and_end(reader.frames(wanted)):
        if hole := _hole(index, latest, frame):
            holes.append(hole)
        latest = frame
        if frame is not None and frame.picture is None:
            continue
        rank = index.num_frames if frame is None else frame.rank
        while following is not None and following[1].first <= rank:
            begun.append(_Begun(*following))
            following = next(coming, None)
        for item in begun:
            _fill(item, develop, index, before, frame)
        ended = deque(item for item in begun if item.plan.last < rank)
        begun = [item for item in begun if item.plan.last >= rank]
        while ended:
            yield ended[0].number, _finish(ended.popleft(), holes)
        if following is None and not begun:
            return
        before = frame


def _and_end(frames: Iterator[DecodedFrame]) -> Iterator[DecodedFrame | None]:
    yield from frames
    yield None


class _Developer:
    """Converts frames to pixels, each of the latest ones once."""

    def __init__(self, reader: VideoReader) -> None:
        self._reader = reader
        self._done: dict[int, NDArray[np.uint8]] = {}

    def __call__(self, frame: DecodedFrame) -> NDArray[np.uint8]:
        if frame.rank not in self._done:
            self._done = {rank: done for rank, done in self._done.items() if rank >= frame.rank - 1}
            self._done[frame.rank] = self._reader.pixels(frame)
        return self._done[frame.rank]


def _plan(index: Timeline, span: Span, num_frames: int, official: bool) -> _Plan:
    if official:
        wanted = official_ranks(span, num_frames, length=index.num_frames, frame_rate=index.frame_rate)
        return _Plan(span, wanted, min(wanted), max(wanted))
    first = index.rank_at(span.start)
    if index.ends[first] <= span.start:
        first += 1
    last = index.last_before(span.end)
    if first > last or index.starts[first] >= span.end:
        return _Plan(span, (), first, last)
    times = sample_times(span, num_frames)
    return _Plan(span, tuple(_rank_for(index, t, first, last) for t in times), first, last)


def _rank_for(index: Timeline, seconds: float, first: int, last: int) -> int:
    """The frame shown at a time, or where packets are missing the nearest one."""
    rank = min(max(index.rank_at(seconds), first), last)
    past = seconds - index.ends[rank]
    return rank + 1 if rank < last and past > index.starts[rank + 1] - seconds else rank


def _fill(
    begun: _Begun,
    develop: _Developer,
    index: Timeline,
    before: DecodedFrame | None,
    frame: DecodedFrame | None,
) -> None:
    """Give a plan what it wants of the ranks after ``before`` up to ``frame``; None is the end."""
    plan = begun.plan
    passed = -1 if before is None else before.rank
    reached = index.num_frames if frame is None else frame.rank
    for rank in plan.wanted[len(begun.pixels) :]:
        if rank > reached:
            return
        stand_ins = [f for f in (before, frame) if f is not None and plan.first <= f.rank <= plan.last]
        if frame is not None and rank == reached:
            begun.pixels.append(develop(frame))
        elif stand_ins and rank > passed:
            nearest = min(stand_ins, key=lambda f: abs(index.starts[f.rank] - index.starts[rank]))
            begun.pixels.append(develop(nearest))
        else:
            begun.pixels.append(None)


def _hole(index: Timeline, before: DecodedFrame | None, frame: DecodedFrame | None) -> Gap | None:
    """The time that is lost between two good frames that follow each other, if it is long enough."""
    start = 0.0 if before is None else float(index.ends[before.rank])
    end = index.duration_seconds if frame is None else float(index.starts[frame.rank])
    if end - start < HOLE_SECONDS:
        return None
    if frame is None and index.is_cut_off:
        reason = "the file is cut off before this part of the video"
    elif index.lacks_packets(start, end):
        reason = "the file lacks data of this part of the video"
    else:
        reason = "the data of this part of the video is damaged"
    return Gap(level=LEVEL, span=Span(start, end), reason=reason)


def _finish(begun: _Begun, holes: Sequence[Gap]) -> Clip:
    """A plan that got all it can get, as a clip."""
    plan = begun.plan
    inside = [hole for hole in holes if hole.span.overlap(plan.span) > 0]
    got = [pixels for pixels in begun.pixels if pixels is not None]
    if not got or len(got) < len(plan.wanted):
        reason = inside[0].reason if inside else "no frame of this part of the video could be decoded"
        return lost_clip(plan.span, reason)
    gaps = tuple(
        replace(hole, span=Span(max(hole.span.start, plan.span.start), min(hole.span.end, plan.span.end)))
        for hole in inside
    )
    return Clip(plan.span, np.stack(got), gaps)
