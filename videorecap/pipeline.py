"""The data path: clips go in, captions of every level come out, each as soon as its window closes.

Source: Video ReCap, section 3.2 and Figure 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Protocol, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from videorecap.build import System
from videorecap.captioners.base import Captioner, CaptionRequest, Written
from videorecap.errors import ConfigError
from videorecap.hierarchy import Hierarchy, Level, Visual, bounding
from videorecap.types import Caption, Gap, Span
from videorecap.video.clips import Clip

TOLERANCE_SECONDS = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class ClipRecord:
    """What is kept of one clip: its caption, what was lost of it, and its CLS feature [width]."""

    span: Span
    caption: Caption | None
    gaps: tuple[Gap, ...]
    feature: Tensor | None


class Memory(Protocol):
    """What a run remembers of an earlier, interrupted one."""

    def batches(self) -> Iterator[list[ClipRecord]]:
        """Clips already captioned, in the batches they were captioned in."""
        ...

    def add_batch(self, batch: Sequence[ClipRecord]) -> None:
        """Remember a batch of clips."""
        ...

    def recall(self, level: Level, span: Span) -> Written | None:
        """What was written about a window of an upper level, or None."""
        ...

    def add_caption(self, caption: Caption) -> None:
        """Remember a caption of an upper level."""
        ...


def recap(
    clips: Iterable[Clip], system: System, *, batch_size: int, memory: Memory | None = None
) -> Iterator[Caption | Gap]:
    """Caption a stream of clips at every level of a system.

    Args:
        clips: consecutive clips; with a memory, those that it does not hold yet.
        system: who sees and writes.
        batch_size: clips that are encoded and captioned together.
        memory: of an interrupted run, and of this one for the next.

    Yields:
        Captions and gaps. A clip comes before the segment that reads it, a segment before the summary;
        every second of the input ends up in a caption or a gap of each level.

    Raises:
        ConfigError: in official mode, for windows that are not of whole clips.
    """
    hierarchy = system.hierarchy
    if system.is_official:
        _check_borders(hierarchy)
    batches: Iterable[list[ClipRecord]] = describe(clips, system, batch_size=batch_size)
    if memory is not None:
        batches = chain(memory.batches(), _remembered(batches, memory))
    return climb(
        chain.from_iterable(batches),
        hierarchy,
        system.captioners,
        memory=memory,
        shares_border=system.is_official,
    )


def _check_borders(hierarchy: Hierarchy) -> None:
    """The authors' rule of shared borders is only told for windows of whole clips."""
    clip = hierarchy.base.window_seconds
    for level in hierarchy.levels:
        if math.isfinite(level.window_seconds) and level.window_seconds % clip:
            raise ConfigError(
                f"level {level.name!r}: official mode needs windows of whole clips of {clip:g} s, "
                f"got {level.window_seconds:g} s"
            )


def _remembered(batches: Iterable[list[ClipRecord]], memory: Memory) -> Iterator[list[ClipRecord]]:
    for batch in batches:
        memory.add_batch(batch)
        yield batch


def describe(clips: Iterable[Clip], system: System, *, batch_size: int) -> Iterator[list[ClipRecord]]:
    """The base of the recursion: encode clips once, and caption them from what the encoder saw.

    Yields:
        Batches of ``batch_size`` records (the last may be smaller), one record for each clip.
    """
    base = system.hierarchy.base
    writer = system.captioners[base.captioner]
    seen = (_Seen.of(clip, system) for clip in clips)  # a clip's frames are let go before the next is read
    while batch := list(islice(seen, batch_size)):
        yield _describe_batch(batch, system, base, writer)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What is looked at of a clip; there is neither when nothing could be read.

    Attributes:
        span: its time.
        gaps: what was lost of it.
        pixels: as the encoder wants them, [3, T, S, S].
        picture: its middle frame as it is, uint8 [H, W, 3].
    """

    span: Span
    gaps: tuple[Gap, ...]
    pixels: Tensor | None = None
    picture: NDArray[np.uint8] | None = None

    @classmethod
    def of(cls, clip: Clip, system: System) -> Self:
        base, frames = system.hierarchy.base, clip.frames
        gaps = tuple(replace(gap, level=base.name) for gap in clip.gaps)
        if frames is None:
            return cls(clip.span, gaps)
        return cls(
            clip.span,
            gaps,
            system.preprocess(frames) if system.modules.encoder is not None else None,
            frames[len(frames) // 2].copy() if base.sees is Visual.FRAME else None,
        )

    @property
    def is_lost(self) -> bool:
        return self.pixels is None and self.picture is None


def _describe_batch(
    batch: Sequence[_Seen], system: System, base: Level, writer: Captioner
) -> list[ClipRecord]:
    """One record for each clip; of one that is lost it holds only the gap."""
    shown = [clip for clip in batch if not clip.is_lost]
    tokens = _encode(shown, system)
    requests = [
        CaptionRequest(level=base, span=clip.span, features=_visible(dense, base.sees), picture=clip.picture)
        for clip, dense in zip(shown, tokens, strict=True)
    ]
    written = writer.write(requests) if requests else []
    records = {
        clip.span: _record(clip, dense, item, base)
        for clip, dense, item in zip(shown, tokens, written, strict=True)
    }
    return [records.get(clip.span) or ClipRecord(clip.span, None, clip.gaps, None) for clip in batch]


def _encode(clips: Sequence[_Seen], system: System) -> Sequence[Tensor | None]:
    """Spacetime tokens [tokens, width] of each clip; None where there is no encoder."""
    pixels = [clip.pixels for clip in clips if clip.pixels is not None]
    return list(system.encode(torch.stack(pixels))) if pixels else [None] * len(clips)


def _visible(dense: Tensor | None, sees: Visual | None) -> Tensor | None:
    """Of a clip's tokens, those that its captioner is given."""
    if dense is None or sees is Visual.FRAME:
        return None
    return dense if sees is Visual.DENSE else dense[:1]


def _record(clip: _Seen, dense: Tensor | None, written: Written, base: Level) -> ClipRecord:
    feature = None if dense is None else dense[0].cpu().clone()
    if written.failure is not None:
        gap = Gap(level=base.name, span=clip.span, reason=written.failure)
        return ClipRecord(clip.span, None, (gap,), feature)
    return ClipRecord(clip.span, _caption(base, clip.span, written), clip.gaps, feature)


def _caption(level: Level, span: Span, written: Written) -> Caption:
    logprob = written.mean_logprob
    if logprob is not None and not math.isfinite(logprob):
        logprob = None  # no number that json has
    return Caption(level=level.name, span=span, text=written.text, mean_logprob=logprob)


@dataclass
class _Window:
    """The open window of one upper level: what it will see and read once it closes."""

    level: Level
    index: int | None = None
    spans: list[Span] = field(default_factory=list)
    features: list[Tensor] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def end(self) -> float:
        return self.level.window_end(self.index or 0) - TOLERANCE_SECONDS

    def add(self, record: ClipRecord) -> None:
        """Take in one clip."""
        if self.index is None:
            self.index = self.level.window_of(record.span.start + TOLERANCE_SECONDS)
        self.spans.append(record.span)
        self.see(record)

    def read(self, items: Iterable[Caption | Gap]) -> None:
        """Take in captions of the level that this one reads."""
        self.texts += [
            item.text for item in items if isinstance(item, Caption) and item.level == self.level.reads
        ]

    def see(self, record: ClipRecord) -> None:
        """Take in the feature of one clip."""
        if record.feature is not None and self.level.sees is not None:
            self.features.append(record.feature)

    def close(self) -> tuple[Span, CaptionRequest | None]:
        """The window's span and what to ask for it (None if nothing is known), leaving it empty."""
        span = bounding(self.spans)
        features = torch.stack(self.features) if self.features else None
        request = None
        if features is not None or (self.level.sees is None and self.texts):
            request = CaptionRequest(level=self.level, span=span, features=features, texts=tuple(self.texts))
        self.index = None
        self.spans, self.features, self.texts = [], [], []
        return span, request


def climb(
    records: Iterable[ClipRecord],
    hierarchy: Hierarchy,
    captioners: dict[str, Captioner],
    *,
    memory: Memory | None = None,
    shares_border: bool = False,
) -> Iterator[Caption | Gap]:
    """The recursion above the clips: each level reads the captions of the level below.

    Args:
        records: captioned clips, in order.
        hierarchy: the levels; the lowest is that of the records.
        captioners: by the keys that levels name.
        memory: asked before a captioner is, and told what it wrote.
        shares_border: a window also sees the first clip after it, as in the authors' code.

    Yields:
        Captions and gaps of all levels, lower levels first.
    """
    ascent = _Ascent([_Window(level) for level in hierarchy.levels[1:]], captioners, memory, shares_border)
    for record in records:
        if shares_border:
            yield from ascent.end(record)
        if record.caption is not None:
            yield record.caption
        yield from record.gaps
        yield from ascent.rise(record)
    yield from ascent.end(None)


@dataclass
class _Ascent:
    """The open windows of all upper levels, lowest first, and who writes for them."""

    windows: list[_Window]
    captioners: dict[str, Captioner]
    memory: Memory | None
    shares_border: bool

    def rise(self, record: ClipRecord) -> Iterator[Caption | Gap]:
        """Add a clip to every level, and close each window that it completes."""
        new: list[Caption | Gap] = [record.caption] if record.caption is not None else []
        for window in self.windows:
            window.add(record)
            window.read(new)
            if record.span.end >= window.end and not self.shares_border:
                new.append(self.close(window))
                yield new[-1]

    def end(self, following: ClipRecord | None) -> Iterator[Caption | Gap]:
        """Close every window that ended before the following clip, or all at the end of the video."""
        new: list[Caption | Gap] = []
        for window in self.windows:
            window.read(new)
            if not window.spans or (following is not None and following.span.start < window.end):
                continue
            if following is not None and window.features:  # a border alone is nothing to caption from
                window.see(following)
            new.append(self.close(window))
            yield new[-1]

    def close(self, window: _Window) -> Caption | Gap:
        """Caption a window, from memory if it was captioned before."""
        level = window.level
        span, request = window.close()
        if request is None:
            return Gap(level=level.name, span=span, reason="nothing below it could be captioned")
        known = self.memory.recall(level, span) if self.memory else None
        written = known or self.captioners[level.captioner].write([request])[0]
        if written.failure is not None:
            return Gap(level=level.name, span=span, reason=written.failure)
        caption = _caption(level, span, written)
        if self.memory and known is None:
            self.memory.add_caption(caption)
        return caption
