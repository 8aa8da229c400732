"""The protocol every captioner follows, and what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from videorecap.hierarchy import Level
from videorecap.types import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionRequest:
    """One window to caption.

    Attributes:
        level: the level to write for.
        span: the window, in seconds.
        features: what the level sees, float [rows, width]: the spacetime tokens of one clip, or the CLS
            features of the window's clips in order; None when there is nothing to see.
        picture: the middle frame of a clip, uint8 [H, W, 3] RGB, for a level that sees it.
        texts: captions of the level below inside the window, in order.
    """

    level: Level
    span: Span
    features: Tensor | None = None
    picture: NDArray[np.uint8] | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A caption.

    Attributes:
        text: its words.
        mean_logprob: mean natural-log probability of its tokens, where there is one.
        failure: why there is no caption, in one line; None where there is one.
    """

    text: str
    mean_logprob: float | None = None
    failure: str | None = None


class Captioner(Protocol):
    """Anything that writes one caption for each request."""

    def write(self, requests: Sequence[CaptionRequest]) -> list[Written]:
        """Caption requests of one level, in order. What one says never depends on its neighbours."""
        ...
