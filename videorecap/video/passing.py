"""Which frames need not be decoded: those that nobody asks for, and that no other frame is predicted from."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from videorecap.video.index import FrameIndex
from videorecap.video.packets import HOLE_SECONDS, Flags


class Passing:
    """Passes over frames of a file, until another one does not come out; then all that follow are decoded.

    What is damaged in a frame that is not decoded is not found. So no frames in a row are passed over that
    are shown for ``HOLE_SECONDS`` together.

    Args:
        index: of the file.
        wanted: ranks that are asked for; None for all.
    """

    def __init__(self, index: FrameIndex, wanted: Iterable[int] | None) -> None:
        self._rank_of = index.rank_of
        self._may_pass = np.zeros(index.num_frames, np.bool_) if wanted is None else _may_pass(index, wanted)
        self._is_passed = np.zeros(index.num_frames, np.bool_)

    def takes(self, coded: int) -> bool:
        """Whether the frame with this coded number, whose turn it is to be decoded, is passed over."""
        rank = int(self._rank_of[coded]) if coded < len(self._rank_of) else -1
        if rank < 0 or not self._may_pass[rank]:
            return False
        self._is_passed[rank] = True
        return True

    def between(self, first: int, end: int) -> range:
        """Frames from one rank up to another, none of which has come out: those that were passed over.

        If others are among them, those are lost, and who knows what with them: then none.
        """
        if self._is_passed[first:end].all():
            return range(first, end)
        self._may_pass[:] = False
        return range(0)


def _may_pass(index: FrameIndex, wanted: Iterable[int]) -> Flags:
    """For each rank whether it need not be decoded."""
    may_pass = index.is_disposable & index.has_stored_times
    may_pass[np.fromiter(wanted, np.int64)] = False
    edges = np.flatnonzero(np.diff(may_pass, prepend=False, append=False))
    firsts, ends = edges[::2], edges[1::2]
    is_long = index.ends[ends - 1] - index.starts[firsts] > HOLE_SECONDS - index.tolerance
    for first, end in zip(firsts[is_long], ends[is_long], strict=True):
        may_pass[first:end] = False
    return may_pass
