"""The recursion above the clips: windows of each level close, and read the captions of the level below.

Source: Video ReCap, section 3.2 and Figure 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from videorecap.captioners.base import Captioner, CaptionRequest, Written
from videorecap.hierarchy import Hierarchy, Level, bounding
from videorecap.records import ClipRecord, caption_of
from videorecap.types import Caption, Gap, Span

TOLERANCE_SECONDS = 1e-6
BLOCK_ROWS = 256  # clips


class WindowMemory(Protocol):
    """What a run remembers of the upper levels of an earlier, interrupted one."""

    def recall(self, level: Level, span: Span) -> Written | None:
        """What was written about a window of an upper level, or None."""
        ...

    def add_caption(self, caption: Caption) -> None:
        """Remember a caption of an upper level."""
        ...


class _Rows:
    """Features of clips, many to a block of memory.

    A small block for each clip, kept until a long video ends, would cut the heap in pieces that are too small
    for what is larger, and a process would grow for no use.
    """

    def __init__(self) -> None:
        self._blocks: list[Tensor] = []
        self._num_rows = 0

    def __len__(self) -> int:
        return self._num_rows

    def add(self, row: Tensor) -> None:
        """Copy a row [width]."""
        place = self._num_rows % BLOCK_ROWS
        if place == 0:
            with torch.inference_mode(False):  # rows come with the mode and without it
                self._blocks.append(row.new_empty(BLOCK_ROWS, len(row)))
        self._blocks[-1][place] = row
        self._num_rows += 1

    def stacked(self) -> Tensor:
        """All of them, [rows, width]."""
        *full, last = self._blocks
        return torch.cat([*full, last[: self._num_rows - BLOCK_ROWS * len(full)]])


@dataclass
class _Window:
    """The open window of one upper level: what it will see and read once it closes."""

    level: Level
    index: int | None = None
    spans: list[Span] = field(default_factory=list)
    features: _Rows = field(default_factory=_Rows)
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
            self.features.add(record.feature)

    def close(self) -> tuple[Span, CaptionRequest | None]:
        """The window's span and what to ask for it (None if nothing is known), leaving it empty."""
        span = bounding(self.spans)
        features = self.features.stacked() if self.features else None
        request = None
        if features is not None or (self.level.sees is None and self.texts):
            request = CaptionRequest(level=self.level, span=span, features=features, texts=tuple(self.texts))
        self.index = None
        self.spans, self.features, self.texts = [], _Rows(), []
        return span, request


def climb(
    records: Iterable[ClipRecord],
    hierarchy: Hierarchy,
    captioners: Mapping[str, Captioner],
    *,
    shares_border: bool = False,
) -> Iterator[Caption | Gap]:
    """The recursion above the clips of one video.

    Args:
        records: captioned clips, in order.
        hierarchy: the levels; the lowest is that of the records.
        captioners: by the keys that levels name.
        shares_border: as of ``Ascent``.

    Yields:
        Captions and gaps of all levels, lower levels first.
    """
    ascent = Ascent(hierarchy, captioners, shares_border=shares_border)
    for record in records:
        yield from ascent.add(record)
    yield from ascent.finish()


class Ascent:
    """The open windows of all upper levels of a video, lowest first, and who writes for them.

    Args:
        hierarchy: the levels; the lowest is that of the clips.
        captioners: by the keys that levels name.
        memory: asked before a captioner is, and told what it wrote.
        shares_border: a window also sees the first clip after it, as in the authors' code.
    """

    def __init__(
        self,
        hierarchy: Hierarchy,
        captioners: Mapping[str, Captioner],
        *,
        memory: WindowMemory | None = None,
        shares_border: bool = False,
    ) -> None:
        self._windows = [_Window(level) for level in hierarchy.levels[1:]]
        self._captioners = captioners
        self._memory = memory
        self._shares_border = shares_border

    def add(self, record: ClipRecord) -> Iterator[Caption | Gap]:
        """Take in the next clip: what is said of it, and of each window that it completes."""
        if self._shares_border:
            yield from self._end(record)
        if record.caption is not None:
            yield record.caption
        yield from record.gaps
        yield from self._rise(record)

    def finish(self) -> Iterator[Caption | Gap]:
        """The video has ended: what is said of the windows that are open."""
        return self._end(None)

    def _rise(self, record: ClipRecord) -> Iterator[Caption | Gap]:
        """Add a clip to every level, and close each window that it completes."""
        new: list[Caption | Gap] = [record.caption] if record.caption is not None else []
        for window in self._windows:
            window.add(record)
            window.read(new)
            if record.span.end >= window.end and not self._shares_border:
                new.append(self._close(window))
                yield new[-1]

    def _end(self, following: ClipRecord | None) -> Iterator[Caption | Gap]:
        """Close every window that ended before the following clip, or all at the end of the video."""
        new: list[Caption | Gap] = []
        for window in self._windows:
            window.read(new)
            if not window.spans or (following is not None and following.span.start < window.end):
                continue
            if following is not None and window.features:  # a border alone is nothing to caption from
                window.see(following)
            new.append(self._close(window))
            yield new[-1]

    def _close(self, window: _Window) -> Caption | Gap:
        """Caption a window, from memory if it was captioned before."""
        level = window.level
        span, request = window.close()
        if request is None:
            return Gap(level=level.name, span=span, reason="nothing below it could be captioned")
        known = self._memory.recall(level, span) if self._memory else None
        written = known or self._captioners[level.captioner].write([request])[0]
        if written.failure is not None:
            return Gap(level=level.name, span=span, reason=written.failure)
        caption = caption_of(level, span, written)
        if self._memory and known is None:
            self._memory.add_caption(caption)
        return caption
