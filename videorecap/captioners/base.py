"""The protocol every captioner follows, and what it is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol, runtime_checkable

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


@runtime_checkable
class StreamCaptioner(Captioner, Protocol):
    """A captioner that begins a caption as soon as another has ended."""

    def stream(
        self, level: Level, batches: Iterable[Sequence[CaptionRequest]], *, num_rows: int
    ) -> Iterator[Written]:
        """Caption batches of requests of one level, in order.

        Args:
            level: of all requests.
            batches: taken as there is room for them.
            num_rows: most captions that are written at a time.
        """
        ...


def written_of(
    captioner: Captioner, level: Level, batches: Iterable[Sequence[CaptionRequest]], *, num_rows: int
) -> Iterator[Written]:
    """What is written of batches of requests of one level, in order; by whoever writes, in the way it can.

    Args:
        captioner: who writes.
        level: of all requests.
        batches: of requests, none of them empty.
        num_rows: most captions at a time, for a captioner that takes a stream.
    """
    if isinstance(captioner, StreamCaptioner):
        return captioner.stream(level, batches, num_rows=num_rows)
    return chain.from_iterable(map(captioner.write, batches))
