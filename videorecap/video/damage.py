"""Which frames damage reaches: a broken frame spoils those that are predicted from it."""

from __future__ import annotations

from typing import Final

import numpy as np

from videorecap.video.index import FrameIndex

MAX_SPOILED_SECONDS: Final = 10.0  # by then streams without keyframes have mostly healed


class DamageTracker:
    """Collects broken coded numbers and tells which other frames they spoil.

    A broken frame spoils every frame coded after it in its group, that is until the next keyframe, and the
    frames that are shown before that keyframe; yet none further than ``MAX_SPOILED_SECONDS`` away.

    Args:
        index: of the file; places with missing packets count as broken from the start.
    """

    def __init__(self, index: FrameIndex) -> None:
        self._index = index
        self._broken: dict[int, tuple[int, int]] = {}  # group -> first and last broken coded number
        self._coded_of = np.argsort(index.rank_of)[-index.num_frames :].astype(np.int32)
        for coded in index.missing_before:
            if not self._is_key(coded):
                self.add(coded)

    def add(self, coded: int) -> None:
        """Mark a coded number as broken; the nearest one if it is out of range."""
        coded = min(max(coded, 0), len(self._index.rank_of) - 1)
        group = int(self._index.group_of[coded])
        if self._leads(coded, group):
            group -= 1  # what follows the keyframe is not predicted from it
        first, last = self._broken.get(group, (coded, coded))
        self._broken[group] = (min(first, coded), max(last, coded))

    def add_lost(self, ranks: range) -> None:
        """Mark frames that never came out of the decoder as broken."""
        for rank in ranks:
            self.add(int(self._coded_of[rank]))

    def covers(self, coded: int) -> bool:
        """Whether the frame with this coded number is broken or spoiled."""
        if not self._broken:
            return False
        group = int(self._index.group_of[coded])
        return self._reaches(group, coded) or (self._leads(coded, group) and self._reaches(group - 1, coded))

    @property
    def is_clean(self) -> bool:
        """Whether nothing is known to be broken."""
        return not self._broken

    def spares(self, rank: int) -> bool:
        """Whether the frame of this rank is neither broken nor spoiled, as far as is known."""
        return not self.covers(int(self._coded_of[rank]))

    def _reaches(self, group: int, coded: int) -> bool:
        if group not in self._broken:
            return False
        first, last = self._broken[group]
        return first <= coded and self._seconds(coded) - self._seconds(last) < MAX_SPOILED_SECONDS

    def _leads(self, coded: int, group: int) -> bool:
        """Whether a frame is coded after its group's keyframe but shown before it."""
        key = int(np.searchsorted(self._index.group_of, group, side="left"))
        return int(self._index.rank_of[coded]) < int(self._index.rank_of[key])

    def _is_key(self, coded: int) -> bool:
        groups = self._index.group_of
        return coded == 0 or int(groups[coded - 1]) < int(groups[coded])

    def _seconds(self, coded: int) -> float:
        return float(self._index.starts[max(int(self._index.rank_of[coded]), 0)])
