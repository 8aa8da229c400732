"""The data path: clips go in, captions of every level come out, each as soon as its window closes.

Source: Video ReCap, section 3.2 and Figure 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Protocol, Self

import torch
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
        captions, features = _caption_clips(batch, system, base, writer)
        yield [
            ClipRecord(
                clip.span,
                captions.get(clip.span),
                tuple(replace(gap, level=base.name) for gap in clip.gaps),
                features.get(clip.span),
            )
            for clip in batch
        ]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A clip as the encoder wants it: pixels [3, T, S, S], or None when nothing could be read."""

    span: Span
    pixels: Tensor | None
    gaps: tuple[Gap, ...]

    @classmethod
    def of(cls, clip: Clip, system: System) -> Self:
        return cls(clip.span, None if clip.frames is None else system.preprocess(clip.frames), clip.gaps)


def _caption_clips(
    batch: Sequence[_Seen], system: System, base: Level, writer: Captioner
) -> tuple[dict[Span, Caption], dict[Span, Tensor]]:
    """Captions and CLS features of the clips that have pixels."""
    spans = [clip.span for clip in batch if clip.pixels is not None]
    if not spans:
        return {}, {}
    tokens = system.encode(torch.stack([clip.pixels for clip in batch if clip.pixels is not None]))
    requests = [
        CaptionRequest(level=base, span=span, features=dense if base.sees is Visual.DENSE else dense[:1])
        for span, dense in zip(spans, tokens, strict=True)
    ]
    written = zip(spans, writer.write(requests), strict=True)
    captions = {span: _caption(base, span, item) for span, item in written}
    features = {span: dense[0].cpu().clone() for span, dense in zip(spans, tokens, strict=True)}
    return captions, features


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
