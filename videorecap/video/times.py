"""Mending the times that packets carry: missing, guessed, broken, or starting over."""

from __future__ import annotations

from typing import Final

import numpy as np

from videorecap.video.packets import MISSING, Integers, PacketLog

GUESSES_PTS: Final = frozenset({"avi", "h264", "hevc", "m4v", "mpegvideo"})  # do not store them
CAN_RESTART: Final = frozenset({"mpegts", "mpeg"})  # files that may be joined end to end
NEIGHBOURS: Final = 8  # packets on each side that tell a stray time
STRAY_SECONDS: Final = 10.0  # a time that far from its neighbours on both sides is broken
RESTART_SECONDS: Final = 1.0  # decoding times that go back that far start over


def display_ticks(log: PacketLog) -> tuple[Integers, bool]:
    """When each coded number is shown, in ticks, and whether the file itself says so.

    Where it does not, the times are right as a set, but only decoding tells which frame has which.
    """
    if log.form not in GUESSES_PTS and (log.pts != MISSING).mean() > 0.5:
        return _mended(log.pts, log.tick) + _restarts(log), True
    if not (log.dts == MISSING).any():
        return np.sort(log.dts), False
    return np.round(np.arange(len(log.pts)) / (log.rate * log.tick)).astype(np.int64), False


def _mended(ticks: Integers, tick: float) -> Integers:
    """Fill in times that are missing, or that damage moved far away, from their neighbours."""
    known = np.flatnonzero(ticks != MISSING)
    times = ticks[known]
    steps = np.abs(np.diff(times))
    far = max(STRAY_SECONDS / tick, 20 * float(np.median(steps))) if len(steps) else 0
    if len(times) > 2 * NEIGHBOURS and steps.max() > far:
        middles = np.median(np.lib.stride_tricks.sliding_window_view(times, NEIGHBOURS), axis=1)
        before, after = middles[: -NEIGHBOURS - 1], middles[NEIGHBOURS + 1 :]
        inner = times[NEIGHBOURS:-NEIGHBOURS]
        stray = (inner > np.maximum(before, after) + far) | (inner < np.minimum(before, after) - far)
        good = np.concatenate([np.ones(NEIGHBOURS, np.bool_), ~stray, np.ones(NEIGHBOURS, np.bool_)])
        known, times = known[good], times[good]
    if len(known) == len(ticks):
        return ticks
    mended: Integers = np.round(np.interp(np.arange(len(ticks)), known, times)).astype(np.int64)
    return mended


def _restarts(log: PacketLog) -> Integers:
    """Ticks to add so that time runs on where a stream's clock starts over, as in joined files."""
    shift = np.zeros(len(log.dts), np.int64)
    if log.form not in CAN_RESTART or (log.dts == MISSING).mean() > 0.5:
        return shift
    clock = _mended(log.dts, log.tick)
    steps = np.diff(clock)
    for place in np.flatnonzero(steps < -RESTART_SECONDS / log.tick) + 1:
        shift[place:] += clock[place - 1] - clock[place] + round(float(np.median(steps)))
    return shift
