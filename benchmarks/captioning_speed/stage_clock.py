"""Where the seconds of a run go: clocks on the callables of its stages, with nothing of the product changed.

Clips are read in one thread and captioned in another, so seconds of stages add up to more than the run; each
thread's own add up to its own time exactly, since what a stage calls is not counted as the stage's own.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar
from unittest.mock import patch

import torch
from torch import Tensor

from captioning_speed.work import Call, Part
from videorecap import jobs, recording
from videorecap.ahead import Ahead
from videorecap.build import System
from videorecap.captioners.base import CaptionRequest, Written
from videorecap.captioners.recap import RecapCaptioner
from videorecap.models.decoder_cache import DecoderCache
from videorecap.models.recap import RecapModel
from videorecap.outputs.journal import Journal
from videorecap.video.preprocess import Preprocess

T = TypeVar("T")


class Stage(StrEnum):
    """What a thread is at; the stages of a level are followed by its name."""

    OPEN = "open the video"
    READ = "read"
    PREPARE = "prepare pixels"
    ENCODE = "encode"
    ALIGN = "align"
    DECODE = "decode"
    WRITE = "write"
    WAIT_FOR_CLIPS = "wait for clips"
    WAIT_FOR_ROOM = "wait for room"
    REST = "the rest"


class Thread(StrEnum):
    """Whose time it is."""

    CAPTIONING = "captioning"
    READING = "reading"


@dataclass
class Clock:
    """Seconds of each stage, by thread.

    Attributes:
        device: waited for at the end of a stage, if it works by itself.
        seconds: of each stage.
        calls: how often each piece of work was done.
        level: whose captions are being written.
    """

    device: torch.device
    seconds: dict[Thread, dict[str, float]] = field(
        default_factory=lambda: {thread: defaultdict(float) for thread in Thread}
    )
    calls: Counter[tuple[str, Call]] = field(default_factory=Counter)
    level: str = ""
    _local: threading.local = field(default_factory=threading.local)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of a block as a stage's, without what other stages inside it take."""
        stack: list[str] = self._local.__dict__.setdefault("stack", [])
        self._lap(stack)
        stack.append(name)
        try:
            yield
        finally:
            if self.device.type == "cuda" and _thread() is Thread.CAPTIONING:
                torch.cuda.synchronize(self.device)
            self._lap(stack)
            stack.pop()

    def timed(self, name: str | Callable[[], str], function: Callable[..., T]) -> Callable[..., T]:
        """The function, with a clock on it."""

        def wrapper(*args: Any, **kwargs: Any) -> T:  # noqa: ANN401 - whatever it takes
            with self.stage(name if isinstance(name, str) else name()):
                return function(*args, **kwargs)

        return wrapper

    def iterated(self, name: str, function: Callable[..., Iterator[T]]) -> Callable[..., Iterator[T]]:
        """The function, with a clock on each item of what it returns."""

        def wrapper(*args: Any, **kwargs: Any) -> Iterator[T]:  # noqa: ANN401 - whatever it takes
            with self.stage(name):
                items = function(*args, **kwargs)
            while True:
                with self.stage(name):
                    try:
                        item = next(items)
                    except StopIteration:
                        return
                yield item
                del item  # the clock holds no clip

        return wrapper

    def total(self, thread: Thread) -> float:
        """Seconds of a thread, which its stages share."""
        return sum(self.seconds[thread].values())

    def of_level(self, stage: Stage) -> str:
        """A stage's name for the level that is being written."""
        return f"{stage} {self.level}"

    def _lap(self, stack: Sequence[str]) -> None:
        """Give the time since the last lap of this thread to the stage on top."""
        now = time.perf_counter()
        if stack:
            self.seconds[_thread()][stack[-1]] += now - self._local.since
        self._local.since = now


@contextmanager
def clocked(system: System) -> Iterator[Clock]:
    """Time everything that a system does in a block, and note how much work it was."""
    clock = Clock(system.device, level=system.hierarchy.base.name)
    with ExitStack() as stack:
        for patched in _patches(clock, system):
            stack.enter_context(patched)
        stack.enter_context(clock.stage(Stage.REST))
        yield clock


def _thread() -> Thread:
    is_main = threading.current_thread() is threading.main_thread()
    return Thread.CAPTIONING if is_main else Thread.READING


def _patches(clock: Clock, system: System) -> Iterator[Any]:
    """Of all stages."""
    yield patch("videorecap.jobs.read_clips", clock.iterated(Stage.READ, jobs.read_clips))
    yield patch.object(Preprocess, "__call__", clock.timed(Stage.PREPARE, Preprocess.__call__))
    yield patch.object(Ahead, "_items", clock.iterated(Stage.WAIT_FOR_CLIPS, Ahead._items))
    yield patch.object(Ahead, "_put", clock.timed(Stage.WAIT_FOR_ROOM, Ahead._put))
    yield patch.object(Ahead, "_make", clock.timed(Stage.REST, Ahead._make))
    yield patch.object(Journal, "append", clock.timed(Stage.WRITE, Journal.append))
    yield patch("videorecap.recording.write_outputs", clock.timed(Stage.WRITE, recording.write_outputs))
    yield patch.object(RecapCaptioner, "write", _telling_level(clock, RecapCaptioner.write))
    encoder = system.modules.encoder
    if encoder is not None:
        noted = _noting(clock, lambda frames: Call(Part.ENCODER, "", len(frames)), Stage.ENCODE)
        yield patch.object(encoder, "forward", noted(encoder.forward))
    for name, model in system.modules.captioners.items():
        assert isinstance(model, RecapModel)
        yield from _captioner_patches(clock, name, model)


def _captioner_patches(clock: Clock, name: str, model: RecapModel) -> Iterator[Any]:
    """Of one captioner; an alignment that is shared reads videos, as far as one can tell."""
    alignments = {model.text_alignment: Part.TEXT, model.video_alignment: Part.VIDEO}
    for alignment, part in alignments.items():
        if alignment is None:
            continue
        noted = _noting(
            clock,
            lambda queries, context, *_, part=part: Call(part, name, len(queries), context.shape[1]),
            Stage.ALIGN,
        )
        yield patch.object(alignment, "forward", noted(alignment.forward))
    decoder = model.decoder
    step = _noting(clock, lambda ids, cache: _step(name, ids, cache), Stage.DECODE)
    yield patch.object(decoder, "step", step(decoder.step))
    start = clock.timed(lambda: clock.of_level(Stage.DECODE), decoder.start)
    yield patch.object(decoder, "start", start)


def _step(name: str, ids: Tensor, cache: DecoderCache) -> Call:
    return Call(Part.STEP, name, len(ids), max(cache.lengths) + 1, cache.z_BQD.shape[1])


def _noting(
    clock: Clock, call: Callable[..., Call], stage: Stage
) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Puts a clock on a function, and notes its work."""

    def decorate(function: Callable[..., T]) -> Callable[..., T]:
        def wrapper(*args: Any, **kwargs: Any) -> T:  # noqa: ANN401 - whatever it takes
            name = clock.of_level(stage) if stage is Stage.DECODE else str(stage)
            clock.calls[name, call(*args, **kwargs)] += 1
            with clock.stage(name):
                return function(*args, **kwargs)

        return wrapper

    return decorate


def _telling_level(clock: Clock, write: Callable[..., list[Written]]) -> Callable[..., list[Written]]:
    def wrapper(captioner: RecapCaptioner, requests: Sequence[CaptionRequest]) -> list[Written]:
        before, clock.level = clock.level, requests[0].level.name
        try:
            return write(captioner, requests)
        finally:
            clock.level = before

    return wrapper
