"""Which frames need not be decoded: those that nobody asks for, and that no other frame is predicted from."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from videorecap.video.index import FrameIndex
from videorecap.video.packets import HOLE_SECONDS, Flags


def passed_over(index: FrameIndex, wanted: Iterable[int]) -> Flags:
    """Frames that may be passed over without a loss going unnoticed that is long enough to count.

    What is damaged in a frame that is not decoded is not found. So no frames in a row are passed over that
    are shown for ``HOLE_SECONDS`` together.

    Args:
        index: of the file.
        wanted: ranks that are asked for.

    Returns:
        For each rank whether it may be.
    """
    may_pass = index.is_disposable & index.has_stored_times
    may_pass[np.fromiter(wanted, np.int64)] = False
    edges = np.flatnonzero(np.diff(may_pass, prepend=False, append=False))
    firsts, ends = edges[::2], edges[1::2]
    is_long = index.ends[ends - 1] - index.starts[firsts] > HOLE_SECONDS - index.tolerance
    for first, end in zip(firsts[is_long], ends[is_long], strict=True):
        may_pass[first:end] = False
    return may_pass
