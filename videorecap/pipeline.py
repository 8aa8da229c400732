"""The data path: clips go in, captions of every level come out, each as soon as its window closes.

Several videos at once share the batches of their clips; what is said of each stays apart.

Source: Video ReCap, section 3.2 and Figure 2.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Protocol

from videorecap.build import System
from videorecap.climb import Ascent, WindowMemory
from videorecap.describe import AnyClip, describe, wave_size
from videorecap.errors import ConfigError, VideoRecapError
from videorecap.hierarchy import Hierarchy
from videorecap.records import ClipRecord
from videorecap.types import Caption, Gap


class Memory(WindowMemory, Protocol):
    """What a run remembers of an earlier, interrupted one."""

    def clips(self) -> Iterator[ClipRecord]:
        """Clips already captioned; each is handed out once."""
        ...

    def add_clips(self, wave: Sequence[ClipRecord]) -> None:
        """Remember clips after which nothing is under way."""
        ...


class Course:
    """A video under way: its clips go in, what is said of it comes out.

    Every second of the video ends up in a caption or a gap of each level. A clip comes before the segment
    that reads it, a segment before the summary.

    Args:
        clips: of the video, consecutive; with a memory, those that it does not hold yet.
        system: who sees and writes.
        on_item: called with every caption and gap as it comes, first with those that the memory holds.
        memory: of an interrupted run, and of this one for the next.
        stop: ends the clips, from another thread.

    Attributes:
        num_clips: that have come back, or that the memory held.
        num_reused: those of them whose features are of a clip before.

    Raises:
        ConfigError: in official mode, for windows that are not of whole clips.
    """

    def __init__(
        self,
        clips: Iterable[AnyClip],
        system: System,
        *,
        on_item: Callable[[Caption | Gap], object],
        memory: Memory | None = None,
        stop: Callable[[], object] = lambda: None,
    ) -> None:
        if system.is_official:
            _check_borders(system.hierarchy)
        self.stop = stop
        self._clips = iter(clips)
        self._on_item = on_item
        self._memory = memory
        self._ascent = Ascent(
            system.hierarchy, system.captioners, memory=memory, shares_border=system.is_official
        )
        self._wave: list[ClipRecord] = []
        self._num_taken = self._num_back = 0
        self._is_read = False
        self._read_failure: VideoRecapError | None = None
        self._failure: VideoRecapError | None = None
        self.num_clips = self.num_reused = 0
        for record in memory.clips() if memory else ():
            self._take_in(record)

    @property
    def failure(self) -> VideoRecapError | None:
        """What ``on_item``, the memory or reading raised first; it ends this course and no other."""
        return self._failure or self._read_failure

    @property
    def is_over(self) -> bool:
        """Whether all clips have come back."""
        return self._is_read and self._num_taken == self._num_back

    def next_clip(self) -> AnyClip | None:
        """The next clip, which is under way from now on; None after the last, or after a failure."""
        clip = None
        if self._failure is None:
            try:
                clip = next(self._clips, None)
            except VideoRecapError as error:
                self._read_failure = error
        if clip is None:
            self._is_read = True
        else:
            self._num_taken += 1
        return clip

    def add(self, record: ClipRecord) -> None:
        """Take back a clip, with what is said of it."""
        self._attempt(partial(self._add, record))
        self._num_back += 1

    def end_wave(self) -> None:
        """Nothing is under way: give the clips so far to the memory."""
        self._attempt(self._end_wave)

    def finish(self) -> None:
        """All clips have come back."""
        self._attempt(self._end_wave)
        if self._read_failure is None:
            self._attempt(lambda: self._say(self._ascent.finish()))

    def _attempt(self, do: Callable[[], None]) -> None:
        """Do something, unless something has failed."""
        if self._failure is None:
            try:
                do()
            except VideoRecapError as error:
                self._failure = error

    def _add(self, record: ClipRecord) -> None:
        self._wave.append(record)
        self._take_in(record)

    def _take_in(self, record: ClipRecord) -> None:
        self.num_clips += 1
        self.num_reused += record.is_reused
        self._say(self._ascent.add(record))

    def _end_wave(self) -> None:
        if self._memory and self._wave:
            self._memory.add_clips(self._wave)
        self._wave = []

    def _say(self, items: Iterator[Caption | Gap]) -> None:
        for item in items:
            self._on_item(item)


def recap(
    courses: Iterable[Course], system: System, *, batch_size: int, at_once: int = 1
) -> Generator[Course]:
    """Caption videos, so many at a time.

    Args:
        courses: of the system; taken, as their clips are, in a thread that reads ahead.
        system: who sees and writes.
        batch_size: clips that are encoded together.
        at_once: videos that are read at a time, and whose clips share batches.

    Yields:
        Each course when it is over. Close the generator if not all are wanted: it reads ahead.

    Raises:
        ConfigError: for fewer videos at a time than one, and for several in official mode.
        VideoRecapError: if clips cannot be captioned, of whatever video.
    """
    if at_once < 1 or (at_once > 1 and system.is_official):
        raise ConfigError(
            f"{at_once} videos cannot be captioned at a time; give 1 or more, and in official mode 1, as its "
            "captions depend on what shares their batch"
        )
    mix = _Mix(courses, at_once)
    with closing(describe(mix.clips(), system, batch_size=batch_size, stop=mix.stop)) as records:
        for number, record in enumerate(records, 1):
            mix.owners.popleft().add(record)
            if number % wave_size(batch_size) == 0:
                for course in tuple(mix.under_way):
                    course.end_wave()
            yield from mix.over()
    yield from mix.over()


class _Mix:
    """The clips of several videos, in turn, as one stream.

    Attributes:
        owners: whose each clip is, in the order of the stream.
        under_way: courses that have begun and are not over.
    """

    def __init__(self, courses: Iterable[Course], at_once: int) -> None:
        self.owners: deque[Course] = deque()
        self.under_way: list[Course] = []
        self._courses = iter(courses)
        self._at_once = at_once

    def clips(self) -> Iterator[AnyClip]:
        """For one thread, while another looks at the attributes."""
        read: deque[Course] = deque()
        while True:
            while len(read) < self._at_once and (course := next(self._courses, None)) is not None:
                read.append(course)
                self.under_way.append(course)
            if not read:
                return
            course = read.popleft()
            clip = course.next_clip()
            if clip is not None:
                read.append(course)
                self.owners.append(course)
                yield clip

    def stop(self) -> None:
        """End what is being read."""
        for course in tuple(self.under_way):
            course.stop()

    def over(self) -> Iterator[Course]:
        """Courses that have ended since the call before."""
        for course in tuple(self.under_way):
            if course.is_over:
                self.under_way.remove(course)
                course.finish()
                yield course


def _check_borders(hierarchy: Hierarchy) -> None:
    """The authors' rule of shared borders is only told for windows of whole clips."""
    clip = hierarchy.base.window_seconds
    for level in hierarchy.levels:
        if math.isfinite(level.window_seconds) and level.window_seconds % clip:
            raise ConfigError(
                f"level {level.name!r}: official mode needs windows of whole clips of {clip:g} s, "
                f"got {level.window_seconds:g} s"
            )
