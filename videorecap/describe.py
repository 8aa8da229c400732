"""The base of the recursion: clips are encoded once, and captioned from what the encoder saw.

While clips are encoded and captioned, those that follow are read; and a caption that has ended gives its
place in the decoder to the next clip's.

Source: Video ReCap, section 3.2.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Final, Self, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from videorecap.ahead import Ahead
from videorecap.build import System
from videorecap.captioners.base import CaptionRequest, Written, written_of
from videorecap.hierarchy import Level, Visual
from videorecap.records import ClipRecord, ClipToKeep, EncodedClip, View, ViewedClip, caption_of
from videorecap.types import Gap, Span
from videorecap.video.clips import Clip

ROW_BATCHES: Final = 4  # of clips that are captioned at a time; a decoder gains more from company
AnyClip: TypeAlias = Clip | EncodedClip | ClipToKeep | ViewedClip
WAVE_BATCHES: Final = 8  # of clips after which nothing is under way


def describe(
    clips: Iterable[AnyClip], system: System, *, batch_size: int, stop: Callable[[], object] = lambda: None
) -> Generator[ClipRecord]:
    """Encode and caption clips.

    Which clips share a batch is decided by their order alone, and by nothing that came before the last
    ``wave_size(batch_size)`` clips: from there on a run that was interrupted writes the same.

    Args:
        clips: taken in a thread of their own, a batch ahead; those that are encoded are only captioned, and
            what several are views of is encoded once in a wave.
        system: who sees and writes.
        batch_size: clips that are encoded together.
        stop: ends the clips, from another thread.

    Yields:
        A record of each clip, in order. Close the generator if not all are wanted: it reads ahead.
    """
    seen = (_Seen.of(clip, system) for clip in clips)  # a clip's frames are let go before the next is read
    with Ahead(seen, batch_size, stop=stop) as following:
        for first in following:
            rest = islice(following, wave_size(batch_size) - 1)
            yield from _Wave(system, chain([first], rest), batch_size).records()


def wave_size(batch_size: int) -> int:
    """After how many clips nothing is under way."""
    return WAVE_BATCHES * batch_size


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What is looked at of a clip; there is neither when nothing could be read.

    Attributes:
        span: its time.
        gaps: what was lost of it.
        pixels: as the encoder wants them, [3, T, S, S].
        picture: its middle frame as it is, uint8 [H, W, 3].
        tokens: what the encoder saw before.
        keep: told what it sees now.
        view: whose pixels they are, if other clips have the same.
        is_reused: whether the features are of a clip before.
    """

    span: Span
    gaps: tuple[Gap, ...]
    pixels: Tensor | None = None
    picture: NDArray[np.uint8] | None = None
    tokens: Tensor | None = None
    keep: Callable[[EncodedClip], object] | None = None
    view: View | None = None
    is_reused: bool = False

    @classmethod
    def of(cls, clip: AnyClip, system: System) -> Self:
        if isinstance(clip, ClipToKeep):
            return replace(cls.of(clip.clip, system), keep=clip.keep)
        view, is_reused = None, False
        if isinstance(clip, ViewedClip):
            view, is_reused, clip = clip.view, clip.is_reused, clip.clip
        base = system.hierarchy.base
        gaps = tuple(replace(gap, level=base.name) for gap in clip.gaps)
        if isinstance(clip, EncodedClip):
            return cls(clip.span, gaps, tokens=clip.tokens, is_reused=clip.is_reused)
        frames = clip.frames
        if frames is None:
            return cls(clip.span, gaps)
        pixels = None if view is None else view.pixels
        if view is None and system.modules.encoder is not None:
            pixels = system.preprocess(frames)
        picture = frames[len(frames) // 2].copy() if base.sees is Visual.FRAME else None
        return cls(clip.span, gaps, pixels, picture, view=view, is_reused=is_reused)

    @property
    def is_lost(self) -> bool:
        return self.pixels is None and self.picture is None and self.tokens is None


@dataclass(frozen=True, slots=True, eq=False)
class _Begun:
    """A clip that waits for its caption, or for those before it."""

    record: ClipRecord
    is_lost: bool


@dataclass
class _Wave:
    """Clips on their way to captions; what is seen of one is let go once it is embedded.

    Attributes:
        system: who sees and writes.
        clips: of the wave, not encoded yet.
        batch_size: clips that are encoded together.
        begun: the clips that were taken and have no record yet, in order.
        views: the tokens of each that a clip may still come of.
    """

    system: System
    clips: Iterator[_Seen]
    batch_size: int
    begun: deque[_Begun] = field(default_factory=deque)
    views: WeakKeyDictionary[View, Tensor] = field(default_factory=WeakKeyDictionary)

    def records(self) -> Iterator[ClipRecord]:
        """One of each clip, in order."""
        writer = self.system.captioners[self._base.captioner]
        for written in written_of(
            writer, self._base, self._requests(), num_rows=ROW_BATCHES * self.batch_size
        ):
            yield from self._lost()
            yield self._captioned(self.begun.popleft().record, written)
        yield from self._lost()

    @property
    def _base(self) -> Level:
        return self.system.hierarchy.base

    def _requests(self) -> Iterator[list[CaptionRequest]]:
        """What is asked for the clips of each batch that show something."""
        while batch := list(islice(self.clips, self.batch_size)):
            encoded = self._encode([clip for clip in batch if not clip.is_lost])
            tokens, rows = iter(encoded), iter(_cls_features(encoded))
            requests = []
            for clip in batch:
                dense, cls = (None, None) if clip.is_lost else (next(tokens), next(rows))
                if clip.keep is not None:
                    clip.keep(EncodedClip(clip.span, clip.gaps, dense, clip.is_reused))
                record = ClipRecord(clip.span, None, clip.gaps, cls, clip.is_reused)
                self.begun.append(_Begun(record, is_lost=clip.is_lost))
                if not clip.is_lost:
                    requests.append(self._request(clip, dense))
            if requests:
                yield requests
            del batch, encoded, tokens, clip, dense, requests  # before the next are made

    def _encode(self, clips: Sequence[_Seen]) -> Sequence[Tensor | None]:
        """Spacetime tokens [tokens, width] of each clip; None where there is no encoder."""
        new: dict[_Seen | View, Tensor] = {
            clip.view or clip: clip.pixels
            for clip in clips
            if clip.pixels is not None and clip.view not in self.views
        }
        encoded = self.system.encode(torch.stack(list(new.values()))) if new else ()
        seen = dict(zip(new, encoded, strict=True))
        self.views.update((view, tokens.clone()) for view, tokens in seen.items() if isinstance(view, View))
        return [self._tokens(clip, seen) for clip in clips]

    def _tokens(self, clip: _Seen, seen: Mapping[_Seen | View, Tensor]) -> Tensor | None:
        """Those of a clip, which were known before, are of its view, or were just seen."""
        if clip.tokens is not None:
            return clip.tokens.to(self.system.device)
        return seen.get(clip) if clip.view is None else self.views[clip.view]

    def _request(self, clip: _Seen, dense: Tensor | None) -> CaptionRequest:
        """What is asked for a clip; of its tokens the captioner is given those that it sees."""
        features = None
        if dense is not None and self._base.sees is not Visual.FRAME:
            features = dense if self._base.sees is Visual.DENSE else dense[:1]
        return CaptionRequest(level=self._base, span=clip.span, features=features, picture=clip.picture)

    def _captioned(self, record: ClipRecord, written: Written) -> ClipRecord:
        if written.failure is not None:
            gap = Gap(level=self._base.name, span=record.span, reason=written.failure)
            return replace(record, gaps=(gap,))
        return replace(record, caption=caption_of(self._base, record.span, written))

    def _lost(self) -> Iterator[ClipRecord]:
        """The clips that come next of which nothing can be said."""
        while self.begun and self.begun[0].is_lost:
            yield self.begun.popleft().record


def _cls_features(encoded: Sequence[Tensor | None]) -> list[Tensor | None]:
    """The CLS feature of each clip's tokens, without the rest of them; a device is waited for once."""
    known = [dense[0] for dense in encoded if dense is not None]
    with torch.inference_mode(False):  # they may be learned from
        rows = iter(torch.stack(known).float().cpu() if known else ())
        return [None if dense is None else next(rows).clone() for dense in encoded]
