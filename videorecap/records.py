"""What is known of clips besides their frames, and what was written of windows as captions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from videorecap.captioners.base import Written
from videorecap.hierarchy import Level
from videorecap.types import Caption, Gap, Span
from videorecap.video.clips import Clip


@dataclass(frozen=True, slots=True, eq=False)
class EncodedClip:
    """A clip that need not be looked at again: its spacetime tokens [tokens, width]; None if it is lost."""

    span: Span
    gaps: tuple[Gap, ...]
    tokens: Tensor | None


@dataclass(frozen=True, slots=True, eq=False)
class ClipToKeep:
    """A clip, and who is told once it is encoded."""

    clip: Clip
    keep: Callable[[EncodedClip], object]


@dataclass(frozen=True, slots=True, eq=False)
class ClipRecord:
    """What is kept of one clip: its caption, what was lost of it, and its CLS feature [width]."""

    span: Span
    caption: Caption | None
    gaps: tuple[Gap, ...]
    feature: Tensor | None


def caption_of(level: Level, span: Span, written: Written) -> Caption:
    """What was written of a window, as a caption."""
    logprob = written.mean_logprob
    if logprob is not None and not math.isfinite(logprob):
        logprob = None  # no number that json has
    return Caption(level=level.name, span=span, text=written.text, mean_logprob=logprob)
