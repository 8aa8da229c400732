"""Narrations as Ego4D has them: moments with text, and what they stand for."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

from videorecap.types import Span

ALPHA_SECONDS: Final = 4.9  # mean over Ego4D's videos of the mean time between narrations
_TAGS: Final = re.compile(r"#\w+\s*")


def narration_spans(
    timestamps: Sequence[float], alpha_seconds: float = ALPHA_SECONDS, duration_seconds: float | None = None
) -> tuple[Span | None, ...]:
    """The short clip that each narration of one video stands for.

    A clip is centred on its narration and ``beta / alpha`` seconds long, beta being the mean time between
    narrations that follow each other in the video: a video that is narrated densely gets short clips.

    Source: Lin et al., "Egocentric Video-Language Pretraining" (2022), section 3.1; LaViLa uses the same.

    Args:
        timestamps: of the narrations, in seconds, in any order.
        alpha_seconds: mean of beta over all videos.
        duration_seconds: of the video, where clips end at the latest; None if it is not known.

    Returns:
        A span for each timestamp, cut where the video begins and ends; None if nothing of it is left, as
        when all narrations have one time. A single narration gets one second, as a video of mean density.
    """
    gaps = len(timestamps) - 1
    beta = (max(timestamps) - min(timestamps)) / gaps if gaps > 0 else alpha_seconds
    half = beta / alpha_seconds / 2
    spans: list[Span | None] = []
    for seconds in timestamps:
        start, end = max(0.0, seconds - half), seconds + half
        end = end if duration_seconds is None else min(end, duration_seconds)
        spans.append(Span(start, end) if start < end < math.inf else None)
    return tuple(spans)


def untagged(text: str) -> str:
    """A narration without its tags: "#C C opens a door" becomes "C opens a door".

    Tags are words that begin with "#": #C (the camera wearer acts), #O (somebody else does), #unsure,
    #summary.
    """
    return _TAGS.sub("", text).strip()
