"""When each frame of a video is shown, from its packets alone: no picture is decoded here.

A *coded number* counts packets in the order of the file; a *rank* counts frames in the order of display.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from videorecap.errors import VideoError
from videorecap.video.packets import DEFAULT_RATE, HOLE_SECONDS, MISSING, Flags, Integers, PacketLog, Seconds
from videorecap.video.times import GUESSES_PTS, display_ticks

LONGEST_FRAME: Final = 3600.0  # seconds; a frame that stays up longer has a broken time
LONGEST_LAST_FRAME: Final = 60.0  # seconds; more is a broken duration
DECLARES_DURATION: Final = frozenset({"mov", "matroska", "avi", "flv", "asf"})  # elsewhere it is a guess
STEADY_SHARE: Final = 0.95  # of the steps between frames, in a stream whose jumps mean something
GUESSES_DTS: Final = frozenset({"matroska", *GUESSES_PTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """When each frame of a video is shown.

    Attributes:
        starts: seconds at which each rank is shown, ascending from 0, or from where the first chunk begins.
        ends: seconds at which each rank stops being shown; the next start, unless packets are missing.
        duration_seconds: end of the last frame, or what a cut-off file says it was.
        frame_rate: mean frames per second of what is there.
        tolerance: seconds by which rounding may have moved a frame.
    """

    starts: Seconds
    ends: Seconds
    duration_seconds: float
    frame_rate: float
    tolerance: float

    @property
    def num_frames(self) -> int:
        """Number of frames the file says it shows."""
        return len(self.starts)

    @property
    def is_cut_off(self) -> bool:
        """Whether the file ends before the video that its header declares."""
        return self.duration_seconds > float(self.ends[-1])

    def rank_at(self, seconds: float) -> int:
        """Rank of the frame shown at ``seconds``; the first one before all."""
        return max(int(np.searchsorted(self.starts, seconds + self.tolerance, side="right")) - 1, 0)

    def last_before(self, seconds: float) -> int:
        """The greatest rank that starts before ``seconds``; the first one before all."""
        return max(int(np.searchsorted(self.starts, seconds - self.tolerance, side="left")) - 1, 0)

    def lacks_packets(self, start: float, end: float) -> bool:
        """Whether the file lacks packets between two times in seconds."""
        if start + self.tolerance < self.starts[0]:
            return True
        ranks = slice(self.rank_at(start), self.rank_at(end))
        return bool((self.ends[ranks] < self.starts[1:][ranks]).any())


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameIndex(Timeline):
    """The frames that one file says it holds.

    Attributes:
        rank_of: for each coded number its rank, -1 when the file says that it is not shown.
        group_of: for each coded number the number of keyframes so far, itself included.
        is_disposable: for each rank whether surely no other frame is predicted from it.
        missing_before: coded numbers right after packets that the file lacks.
        has_stored_times: False when only decoding tells the order of display.
    """

    rank_of: Integers
    group_of: Integers
    is_disposable: Flags
    missing_before: tuple[int, ...]
    has_stored_times: bool


def build_index(log: PacketLog, name: str) -> FrameIndex:
    """Work out when each frame is shown.

    Args:
        log: of the file's packets.
        name: of the file, for the error.

    Raises:
        VideoError: if there is no packet that would be shown.
    """
    num_frames = int(log.is_shown.sum())
    if not num_frames:
        raise VideoError(f"{name}: its video stream holds no frame; re-encode or replace the file")
    ticks, has_stored_times = display_ticks(log)
    order = np.argsort(np.where(log.is_shown, ticks, np.iinfo(np.int64).max), kind="stable")[:num_frames]
    rank_of = np.full(len(ticks), -1, np.int32)
    rank_of[order] = np.arange(num_frames, dtype=np.int32)
    zero = int(ticks[order[0]])
    starts = (ticks[order] - zero) * log.tick
    typical = _typical_interval(starts, log.rate)
    starts = _without_leaps(starts, typical)
    last = float(log.duration[order[-1]] * log.tick)
    end = float(starts[-1]) + (last if 0 < last < LONGEST_LAST_FRAME else typical)
    ends = np.append(starts[1:], end)
    jumps, firsts = _missing_after(log, starts, rank_of, typical)
    ends[jumps] = starts[jumps] + typical
    return FrameIndex(
        starts=starts,
        ends=ends,
        rank_of=rank_of,
        group_of=np.cumsum(log.is_key, dtype=np.int32),
        is_disposable=log.is_disposable[order],
        missing_before=tuple(firsts.tolist()),
        duration_seconds=_whole_duration(log, end),
        frame_rate=num_frames / end,
        tolerance=min(log.tick / 2 if zero == 0 else log.tick, typical / 4) + 1e-6,
        has_stored_times=has_stored_times,
    )


def _without_leaps(starts: Seconds, typical: float) -> Seconds:
    """Take out steps that no frame stays up for: a broken clock."""
    steps = np.diff(starts)
    is_leap = steps > LONGEST_FRAME
    if not is_leap.any():
        return starts
    return np.concatenate([[0.0], np.cumsum(np.where(is_leap, typical, steps))])


def _typical_interval(starts: Seconds, rate: float) -> float:
    steps = np.diff(starts)
    steps = steps[steps > 0]
    if len(steps):
        return float(np.median(steps))
    return 1 / rate if rate > 0 else 1 / DEFAULT_RATE


def _missing_after(
    log: PacketLog, starts: Seconds, rank_of: Integers, typical: float
) -> tuple[Integers, Integers]:
    """Ranks after which packets are missing, and the first coded number after each: a steady stream jumps.

    A frame that stays up for long looks the same, so a jump counts only in a stream that is steady elsewhere.
    Nor does it count where the encoder saw the long frame: one that reorders takes a frame's time of decoding
    from the time of an earlier frame, and so from before the jump; else the frames' own numbers may go on.
    """
    steps = np.diff(starts)
    is_jump = steps > max(2 * HOLE_SECONDS, 8 * typical)
    jumps = np.flatnonzero(is_jump)
    is_steady = np.abs(steps[~is_jump] - typical) <= max(0.5 * typical, 1.5 * log.tick)
    if not len(jumps) or len(jumps) > 2 + len(steps) / 500 or is_steady.mean() < STEADY_SHARE:
        return jumps[:0], jumps[:0]
    firsts = np.array([np.argmax(rank_of > jump) for jump in jumps])
    has_both = (log.dts != MISSING) & (log.pts != MISSING)
    if log.form not in GUESSES_DTS and (log.pts != log.dts)[has_both].any():
        lag = np.where(has_both[firsts], log.pts[firsts] - log.dts[firsts], 0) * log.tick
        is_missing = lag <= steps[jumps] / 2
    else:
        is_missing = ~np.isin(firsts, list(log.continued))
    return jumps[is_missing], firsts[is_missing]


def _whole_duration(log: PacketLog, readable: float) -> float:
    """The duration that the header of a cut-off file declares, else the readable one, in seconds."""
    if log.form not in DECLARES_DURATION:
        return readable
    if log.form == "avi":  # its frames have no times but places, one tick each
        declared = log.declared_frames * log.tick
        is_cut = True
    elif log.declared_frames:
        declared = log.declared_stream_seconds
        is_cut = len(log.pts) < log.declared_frames
    else:
        declared = log.declared_file_seconds
        is_cut = declared > log.last_end + 2 * HOLE_SECONDS
    return declared if is_cut and declared > readable + HOLE_SECONDS else readable
