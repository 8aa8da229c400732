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
    is_reused: bool = False


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class View:
    """What the encoder is shown, once for all clips that it is of: pixels [3, T, S, S]."""

    pixels: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class ViewedClip:
    """A clip, and what is shown of it; if that is reused, it is the view of a clip before."""

    clip: Clip
    view: View
    is_reused: bool


@dataclass(frozen=True, slots=True, eq=False)
class ClipToKeep:
    """A clip, and who is told once it is encoded."""

    clip: Clip | ViewedClip
    keep: Callable[[EncodedClip], object]


@dataclass(frozen=True, slots=True, eq=False)
class ClipRecord:
    """What is kept of one clip: its caption, what was lost of it, and its CLS feature [width].

    If that is reused, it is of a clip before.
    """

    span: Span
    caption: Caption | None
    gaps: tuple[Gap, ...]
    feature: Tensor | None
    is_reused: bool = False


def caption_of(level: Level, span: Span, written: Written) -> Caption:
    """What was written of a window, as a caption."""
    logprob = written.mean_logprob
    if logprob is not None and not math.isfinite(logprob):
        logprob = None  # no number that json has
    return Caption(level=level.name, span=span, text=written.text, mean_logprob=logprob)
