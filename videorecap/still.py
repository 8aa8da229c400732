"""Scenes that stand still: a clip in which nothing changes is shown to the encoder once.

Only features are reused, never words: each clip is captioned from the tokens of the clip that was encoded.
Which clips these are follows from the video alone, whatever shares its batches and wherever a run began.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from videorecap.build import System
from videorecap.defaults import STILL_TOLERANCE
from videorecap.errors import ConfigError
from videorecap.records import View, ViewedClip
from videorecap.video.clips import Clip

GRID: Final = 14  # blocks to a side that are compared: the patches of the paper's encoder
CHAIN_CLIPS: Final = 16  # of which the first is always encoded, so that a run may begin at it


class StillScenes:
    """Finds the clips of a video in which nothing changes.

    Compared is what the encoder sees, as mean colours of blocks, where noise evens out and small things that
    move do not. A clip is still if no block differs by more than the tolerance between any two frames of it
    and of the last clip that was encoded: a slow drift adds up, and ends there. So does a gap.

    Args:
        system: who sees.
        tolerance: largest change of a block that is none, in levels of 0..255.

    Raises:
        ConfigError: if the system has no video encoder or is official, or the tolerance is not above 0.
    """

    def __init__(self, system: System, tolerance: float = STILL_TOLERANCE) -> None:
        if not 0 < tolerance < math.inf:
            raise ConfigError(f"the tolerance for still scenes must be above 0 levels, got {tolerance}")
        if system.is_official:
            raise ConfigError("official mode encodes every clip; leave it out, or the reuse of still scenes")
        if system.modules.encoder is None:
            raise ConfigError(
                f"system {system.config.name!r} has no video encoder, so there are no features to reuse"
            )
        self.tolerance = float(tolerance)
        self._preprocess = system.preprocess

    def clips(self, read: Callable[[int], Iterator[Clip]], skip: int = 0) -> Iterator[Clip | ViewedClip]:
        """The clips of a video, with what is to be shown of each; those with gaps as they are.

        Args:
            read: the clips after so many.
            skip: so many at the start are left out.
        """
        first = skip - skip % CHAIN_CLIPS
        return islice(self._viewed(read(first)), skip - first, None)

    def _viewed(self, clips: Iterator[Clip]) -> Iterator[Clip | ViewedClip]:
        """As of ``clips``, from the first of a chain on."""
        shown: _Shown | None = None
        for number, clip in enumerate(clips):
            if number % CHAIN_CLIPS == 0 or clip.gaps:
                shown = None
            if clip.frames is None or clip.gaps:
                yield clip
                continue
            squares = self._preprocess.fit(clip.frames)
            blocks = F.adaptive_avg_pool2d(squares, GRID)
            is_reused = shown is not None and shown.change(blocks) <= self.tolerance
            if shown is None or not is_reused:
                shown = _Shown(View(self._preprocess.normalise(squares).contiguous()), blocks)
            yield ViewedClip(clip, shown.view, is_reused)


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """What was last shown to the encoder, and its blocks [3, T, GRID, GRID]."""

    view: View
    blocks: Tensor

    def change(self, blocks: Tensor) -> float:
        """By how much a block differs at most between any two frames of both."""
        both = torch.cat([self.blocks, blocks], dim=1)
        return float((both.amax(1) - both.amin(1)).max())
