"""Which moments of a clip its frames are taken from.

Source: the released loaders; see ``docs/architecture.md``. They count frames on a 30 Hz clock whatever the
video's rate.
"""

from __future__ import annotations

from typing import Final

from videorecap.types import Span

CLOCK_HZ: Final = 30


def frame_ids(start: int, end: int, num_frames: int) -> tuple[int, ...]:
    """The middles of ``num_frames`` equal pieces of the range ``start`` to ``end``, rounded half to even."""
    size = (end - start - 1) / num_frames
    ids = []
    for piece in range(num_frames):
        low = round(size * piece) + start
        high = min(round(size * (piece + 1)) + start, end)
        ids.append((low + high) // 2)
    return tuple(ids)


def _clock_range(span: Span, num_frames: int) -> tuple[int, int]:
    start = round(span.start * CLOCK_HZ)
    return start, start + max(int((span.end - span.start) * CLOCK_HZ), num_frames)


def sample_times(span: Span, num_frames: int) -> tuple[float, ...]:
    """Seconds at which a clip's frames are taken.

    Departs: the released loader takes frame *number* ``id``, right only at 30 Hz; we take the frame shown at
    the time ``id / 30``.
    """
    return tuple(i / CLOCK_HZ for i in frame_ids(*_clock_range(span, num_frames), num_frames))


def official_frame_ids(span: Span, num_frames: int, *, length: int, frame_rate: float) -> tuple[int, ...]:
    """The frame numbers that the released loader asks for, which may lie past the video's end.

    Args:
        span: of the clip.
        num_frames: to take.
        length: number of frames in the video.
        frame_rate: the video's mean rate; it only serves to end the clip where the video ends.
    """
    end = min(span.end, length / frame_rate)
    clipped = Span(span.start, end) if end > span.start else span
    start, stop = _clock_range(clipped, num_frames)
    return frame_ids(start, min(stop, length), num_frames)


def official_ranks(span: Span, num_frames: int, *, length: int, frame_rate: float) -> tuple[int, ...]:
    """The frame numbers that the released loader reads: past the end, it starts over from the last frame."""
    ids = official_frame_ids(span, num_frames, length=length, frame_rate=frame_rate)
    if max(ids) >= length:
        start = min(round(span.start * CLOCK_HZ), length - 1)
        ids = frame_ids(start, length, num_frames)
    return tuple(min(max(i, 0), length - 1) for i in ids)
