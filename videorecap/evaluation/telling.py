"""What is said of a video: its windows, level by level, and any other spans that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, TypeAlias

import torch

from videorecap.build import System
from videorecap.captioners.base import CaptionRequest
from videorecap.climb import TOLERANCE_SECONDS
from videorecap.hierarchy import Hierarchy, Level, bounding
from videorecap.records import ClipRecord
from videorecap.types import Span

Key: TypeAlias = tuple[str, Span]
"""A level and a time."""
Describe: TypeAlias = Callable[[Sequence[Span]], Iterable[ClipRecord]]
"""Captions clips of a video."""

NOTHING_BELOW: Final = "nothing below it could be captioned"
NOTHING_SEEN: Final = "nothing of it could be read"


def windows_of(level: Level, clips: Sequence[Span]) -> list[Span]:
    """The windows in which a video is captioned at a level, each of whole clips."""
    grouped = groupby(clips, lambda clip: level.window_of(clip.start + TOLERANCE_SECONDS))
    return [bounding(list(members)) for _, members in grouped]


def needed(
    hierarchy: Hierarchy, windows: Mapping[str, Sequence[Span]], asked: Iterable[Key]
) -> dict[str, list[Span]]:
    """The spans that are asked for, and the windows that they read, by level.

    Args:
        hierarchy: of the system.
        windows: of each of its levels.
        asked: levels and times.
    """
    found: dict[str, set[Span]] = {name: set() for name in hierarchy.names}
    for name, span in asked:
        found[name].add(span)
    for level in reversed(hierarchy.levels):
        if level.reads is not None:
            found[level.reads] |= set(inside(windows[level.reads], found[level.name]))
    return {name: sorted(spans) for name, spans in found.items()}


def inside(windows: Iterable[Span], spans: Iterable[Span]) -> Iterator[Span]:
    """The windows of which the middle is in a span, so which that span sees and reads."""
    listed = list(spans)
    return (window for window in windows if any(window.middle in span for span in listed))


def request_for(
    level: Level, span: Span, records: Iterable[ClipRecord], texts: Mapping[Span, str]
) -> CaptionRequest | None:
    """What is asked for any span of an upper level; None where nothing is known of it.

    Args:
        level: that is written.
        span: of it.
        records: of the video's windows of clips.
        texts: captions of the windows of the level that is read.
    """
    seen = [one.feature for one in records if one.feature is not None and one.span.middle in span]
    features = torch.stack(seen) if seen and level.sees is not None else None
    read = tuple(text for window, text in texts.items() if window.middle in span)
    if features is None and (level.sees is not None or not read):
        return None
    return CaptionRequest(level=level, span=span, features=features, texts=read)


@dataclass
class Telling:
    """A video that is being captioned, from what was said of it before.

    Attributes:
        system: who captions.
        windows: of each level.
        describe: captions clips, and gives their features.
        batch_size: spans that are captioned together.
        spans: to caption, by level.
        texts: by level and span; those that are there are not made again, unless they read more now.
        reasons: why there is no caption, likewise.
    """

    system: System
    windows: Mapping[str, Sequence[Span]]
    describe: Describe
    batch_size: int
    spans: Mapping[str, Sequence[Span]]
    texts: dict[Key, str]
    reasons: dict[Key, str] = field(default_factory=dict)
    _records: dict[Span, ClipRecord] = field(default_factory=dict)

    def missing(self, level: Level) -> list[Span]:
        """Spans of a level of which nothing was said yet."""
        return [span for span in self.spans[level.name] if (level.name, span) not in self.texts]

    @property
    def sees_windows(self) -> bool:
        """Whether windows of clips are to be looked at."""
        base, *above = self.system.hierarchy.levels
        is_seen = any(level.sees is not None and self.missing(level) for level in above)
        return is_seen or not set(self.missing(base)).isdisjoint(self._base_windows)

    @property
    def other_clips(self) -> list[Span]:
        """Clips to caption that are no windows."""
        base = self.system.hierarchy.base
        return sorted(set(self.missing(base)) - set(self._base_windows))

    @torch.inference_mode()
    def tell(self) -> None:
        """Caption what is missing."""
        for level in self.system.hierarchy.levels:
            if missing := self.missing(level):
                is_base = level is self.system.hierarchy.base
                told = self._clips(missing) if is_base else self._above(level, missing)
                self._forget_readers(level, told)
                self.texts |= {(level.name, span): text for span, text in told.items()}
        self._records.clear()

    def _clips(self, spans: Sequence[Span]) -> dict[Span, str]:
        """Captions of clips, windows or not."""
        others = self.other_clips
        windows = sorted(set(spans) - set(others))
        records = [*self._seen(windows), *(self.describe(others) if others else ())]
        base = self.system.hierarchy.base.name
        for one in records:
            if one.caption is None:
                self.reasons[base, one.span] = one.gaps[0].reason if one.gaps else NOTHING_SEEN
        return {one.span: one.caption.text for one in records if one.caption is not None}

    def _above(self, level: Level, spans: Sequence[Span]) -> dict[Span, str]:
        """Captions of spans of an upper level, from the windows inside them."""
        seen = self._seen(inside(self._base_windows, spans)) if level.sees is not None else []
        texts = self._read_by(level)
        requests = {span: request_for(level, span, seen, texts) for span in spans}
        asked = [request for request in requests.values() if request is not None]
        self.reasons |= {
            (level.name, span): NOTHING_BELOW for span, request in requests.items() if request is None
        }
        told: dict[Span, str] = {}
        for first in range(0, len(asked), self.batch_size):
            batch = asked[first : first + self.batch_size]
            written = self.system.captioners[level.captioner].write(batch)
            for request, one in zip(batch, written, strict=True):
                if one.failure is None:
                    told[request.span] = one.text
                else:
                    self.reasons[level.name, request.span] = one.failure
        return told

    def _seen(self, windows: Iterable[Span]) -> list[ClipRecord]:
        """Windows of clips with their features; each is encoded once."""
        wanted = list(windows)
        if missing := [span for span in wanted if span not in self._records]:
            self._records |= {one.span: one for one in self.describe(missing)}
        return [self._records[span] for span in wanted]

    def _read_by(self, level: Level) -> dict[Span, str]:
        """Captions that a level reads, in order."""
        if level.reads is None:
            return {}
        keys = ((level.reads, window) for window in self.windows[level.reads])
        return {key[1]: self.texts[key] for key in keys if key in self.texts}

    def _forget_readers(self, lower: Level, told: Mapping[Span, str]) -> None:
        """Forget captions that were written without one that there is now."""
        new = [window for window in self.windows[lower.name] if window in told]
        readers = {level.name for level in self.system.hierarchy.levels if level.reads == lower.name}
        for name, span in [key for key in self.texts if key[0] in readers]:
            if any(window.middle in span for window in new):
                del self.texts[name, span]

    @property
    def _base_windows(self) -> Sequence[Span]:
        return self.windows[self.system.hierarchy.base.name]
