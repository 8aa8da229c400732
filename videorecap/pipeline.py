"""The data path: clips go in, captions of every level come out, each as soon as its window closes.

Source: Video ReCap, section 3.2 and Figure 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Protocol

from videorecap.build import System
from videorecap.climb import WindowMemory, climb
from videorecap.describe import describe, wave_size
from videorecap.errors import ConfigError
from videorecap.hierarchy import Hierarchy
from videorecap.records import ClipRecord
from videorecap.types import Caption, Gap
from videorecap.video.clips import Clip


class Memory(WindowMemory, Protocol):
    """What a run remembers of an earlier, interrupted one."""

    def clips(self) -> Iterator[ClipRecord]:
        """Clips already captioned; each is handed out once."""
        ...

    def add_clips(self, wave: Sequence[ClipRecord]) -> None:
        """Remember clips after which nothing is under way."""
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
    records: Iterable[ClipRecord] = describe(clips, system, batch_size=batch_size)
    if memory is not None:
        records = chain(memory.clips(), _remembered(records, memory, wave_size(batch_size)))
    return climb(
        records,
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


def _remembered(records: Iterable[ClipRecord], memory: Memory, size: int) -> Iterator[ClipRecord]:
    """Records; the memory is told of them in waves, of each before its last record is used."""
    wave: list[ClipRecord] = []
    for record in records:
        wave.append(record)
        if len(wave) == size:
            memory.add_clips(wave)
            wave = []
        yield record
    if wave:
        memory.add_clips(wave)
