"""How long the pieces of a run take on this machine: a few of each are done, and thrown away.

Clips of noise stand for those that are not there yet, and the data's own captions for those that a model will
write; the rest, from drawing to AdamW, is what the run itself does.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, pairwise
from pathlib import Path
from typing import Final

import torch
from accelerate import Accelerator  # type: ignore[import-untyped]

from videorecap.build import System
from videorecap.captioners.base import CaptionRequest
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.frames import ChooseSpans, FrameStore
from videorecap.hierarchy import Level, windows
from videorecap.models.generation import Sampling
from videorecap.training.inputs import Inputs, Told
from videorecap.training.noise import NoiseFeatures, NoiseFrames, ToldWindows
from videorecap.training.preparation import Preparation
from videorecap.training.progress import Silence
from videorecap.training.recipe import Stage
from videorecap.training.run import Data, Run
from videorecap.training.samples import Order, Sample
from videorecap.training.stage_run import make_task, train_stage
from videorecap.training.tasks import captioner_of
from videorecap.training.work import StageWork
from videorecap.types import Span

FEW: Final = 2  # clips of a video; from these and from
MANY: Final = 10  # of them follows what a video takes, and what a clip
NUM_VIDEOS: Final = 2  # that are tried
TRIED_SECONDS: Final = 5.0  # most that a part of something may take, where all of it would take longer
REPEATED_SECONDS: Final = 1.0  # most of a large step that is tried again
PARTS_OF_BATCH: Final = 32  # of which a small step has one
NUM_STEPS: Final = 4  # two small ones, of which one warms up, and two large ones
NEVER: Final = 10**9  # steps
NUM_TEXTS: Final = 256  # captions that stand for those that will be read, or written
SHORT: Final = 4  # tokens, to warm up
FLAT: Final = 1e6  # a temperature at which each token is as likely as any other, so that none ends early
WRITTEN_BYTES: Final = 2**25  # to see how fast checkpoints are written


@dataclass(frozen=True, kw_only=True)
class FrameSeconds:
    """What rendering or decoding takes: each video, and besides each clip."""

    video: float
    clip: float


@dataclass(frozen=True, kw_only=True)
class StepSeconds:
    """What an optimizer step takes, and whether a whole one was tried."""

    seconds: float
    is_whole: bool


@dataclass(frozen=True, kw_only=True)
class BatchSeconds:
    """What captioning some windows together takes."""

    seconds: float
    num_windows: int


class Probe:
    """Measures the pieces of a run.

    Args:
        run: as it was ordered.
        data: the videos.
        system: whose weights will do, whatever they are; they are changed.
        accelerator: of the run.
        folder: for what is tried; who gives it throws it away.
    """

    def __init__(self, run: Run, data: Data, system: System, accelerator: Accelerator, folder: Path) -> None:
        loop = replace(run.loop, num_workers=0, save_every_steps=NEVER, log_every=NEVER)
        self._run = replace(run, output=folder / "run", cache=folder / "cache", loop=loop, wandb_project=None)
        self._loaders = run.loop.num_workers
        self._data = data
        self._accelerator = accelerator
        self._folder = folder
        system.modules.to(accelerator.device)
        self._system = replace(system, device=accelerator.device)
        self._frames = NoiseFrames(Preparation(self._run, data, accelerator, Silence()).frame_store(system))
        self._features = NoiseFeatures(
            self._run.cache / "features",
            self._frames,
            self._system,
            batch_size=run.encode_batch,
            autocast=run.precision == "bf16",
        )
        self._steps: dict[tuple[str, bool], StepSeconds] = {}
        self._captions: dict[str, BatchSeconds] = {}

    def frames(self, clips: ChooseSpans) -> FrameSeconds:
        """Render or decode a few clips of videos of middling length, in this process."""
        listed = [(video, clips(video)) for video in self._data.all_videos.values()]
        listed = sorted((item for item in listed if item[1]), key=lambda item: len(item[1]))
        middle = max(0, (len(listed) - NUM_VIDEOS) // 2)
        chosen = listed[middle : middle + NUM_VIDEOS]
        self._make(*chosen[0], 1)  # to warm up
        few, many = (sum(self._make(*item, number) for item in chosen) for number in (FEW, MANY))
        num_few, num_many = (sum(len(spans[:number]) for _, spans in chosen) for number in (FEW, MANY))
        if num_few == num_many:
            return FrameSeconds(video=0.0, clip=many / num_many)
        clip = max(many - few, 0.0) / (num_many - num_few)
        return FrameSeconds(video=max(few - clip * num_few, 0.0) / len(chosen), clip=clip)

    def _make(self, video: VideoAnnotations, spans: Sequence[Span], number: int) -> float:
        """Seconds for the first clips of a video, of which none was made before."""
        store = FrameStore(
            Path(tempfile.mkdtemp(dir=self._folder)),
            self._run.data,
            image_size=self._frames.image_size,
            num_frames=self._frames.num_frames,
            antialias=self._frames.antialias,
        )
        started = time.perf_counter()
        store.prepare([video], lambda _: spans[:number])
        return time.perf_counter() - started

    def clip_features(self) -> float:
        """Seconds to encode a clip, and to write all of its tokens."""
        return self._clip_features

    @cached_property
    def _clip_features(self) -> float:
        (video, *_) = self._data.all_videos.values()

        def seconds(first: int, number: int) -> float:
            spans = [Span(float(start), start + 1.0) for start in range(first, first + number)]
            started = time.perf_counter()
            self._features.prepare([video], lambda _: spans, dense=lambda _: range(number))
            return time.perf_counter() - started

        if (first := seconds(0, 1)) > TRIED_SECONDS:  # whatever of that was to warm up
            return first
        one = seconds(1, 1)
        number = affordable(one, 1, self._run.encode_batch)
        return seconds(2, number) / number if number > 1 else one

    def captions(self, level: Level) -> BatchSeconds:
        """Write captions as long as the data's, of windows of a level that show noise and read the data."""
        if level.name not in self._captions:
            self._captions[level.name] = self._write(level)
        return self._captions[level.name]

    def _write(self, level: Level) -> BatchSeconds:
        inputs = self._inputs(Inputs(self._data.all_videos, self._system.hierarchy, self._frames))
        inputs.stores_clips = True
        flat = Sampling(generator=torch.Generator(self._accelerator.device), temperature=FLAT)
        captioner = replace(captioner_of(self._system, level.captioner), strategy=flat)
        captioner.model.eval()
        samples = list(islice(self._windows(level), self._run.encode_batch))
        targets = [captioner.num_targets([text], level.max_tokens) for text in self._texts(level)]
        longest = [max(targets[n : n + len(samples)]) for n in range(0, len(targets), len(samples))]
        most_tokens = 1 + round(sum(longest) / len(longest)) if longest else level.max_tokens

        def seconds(requests: Sequence[CaptionRequest], max_tokens: int) -> float:
            short = replace(level, max_tokens=min(level.max_tokens, max_tokens))
            started = time.perf_counter()
            captioner.write([replace(request, level=short) for request in requests])
            return time.perf_counter() - started

        requests = [inputs.request(sample) for sample in samples]
        seconds(requests[:1], SHORT)  # to warm up
        return BatchSeconds(seconds=seconds(requests, most_tokens), num_windows=len(requests))

    def steps(self, work: StageWork) -> dict[str, StepSeconds]:
        """What a step of each level that a stage draws takes; what another stage tried is not tried again."""
        found = {}
        for level, pool in work.order.pools.items():
            stage = replace(
                work.stage, name="probe", init_from=(), steps=NUM_STEPS + 1, epochs=None, data={level: None}
            )
            known = repr(stage), work.inputs.stores_clips
            if known not in self._steps:
                self._steps[known] = self._try(stage, pool, self._inputs(work.inputs))
            found[level] = self._steps[known]
        return found

    def _try(self, stage: Stage, pool: Sequence[Sample], inputs: Inputs) -> StepSeconds:
        """Take a few small steps and, if they are quick, large ones."""
        accelerator, accumulate = self._accelerator, self._run.loop.accumulate
        num_parts = accelerator.num_processes * accumulate
        is_slow = accelerator.device.type == "cpu" and accelerator.num_processes == 1
        trial = Trial({stage.level: pool}, stage.batch_size, "probe", num_parts=num_parts, is_slow=is_slow)
        run = replace(self._run, output=Path(tempfile.mkdtemp(dir=self._folder)))
        try:
            train_stage(
                run, stage, trial, self._system, inputs, accelerator, Silence(), digest="", glimpse=_end
            )
        except _EndError:
            trial.starts.append(time.perf_counter())
        finally:
            accelerator.free_memory()
        tried = trial.step_seconds()
        if not self._loaders:
            return tried
        _, batches = make_task(stage, Order(trial.pools, stage.batch_size, trial.seed), self._system, inputs)
        started = time.perf_counter()
        batches(0, 0, num_parts)
        drawing = (time.perf_counter() - started) * accumulate
        return replace(tried, seconds=max(tried.seconds - drawing, drawing / self._loaders))

    def bytes_per_second(self) -> float:
        """How fast checkpoints are written."""
        return self._bytes_per_second

    @cached_property
    def _bytes_per_second(self) -> float:
        started = time.perf_counter()
        with (self._folder / "written").open("wb") as file:
            file.write(bytes(WRITTEN_BYTES))
            file.flush()
            os.fsync(file.fileno())
        return WRITTEN_BYTES / (time.perf_counter() - started)

    def _inputs(self, inputs: Inputs) -> Inputs:
        """The same, of noise where something is seen."""
        told: dict[str, Mapping[str, Told]] = {
            level.name: ToldWindows(inputs.videos, level, self._texts(level))
            for level in inputs.hierarchy.levels
        }
        return replace(inputs, frames=self._frames, features=self._features, told=told)

    def _texts(self, level: Level) -> tuple[str, ...]:
        """Some captions of a level."""
        captions = (item.caption for video in self._data.videos.values() for item in video.at(level.name))
        return tuple(islice(captions, NUM_TEXTS))

    def _windows(self, level: Level) -> Iterator[Sample]:
        """Windows of the videos, as they are handed over."""
        for video in self._data.all_videos.values():
            for span in windows(video.duration_seconds or 0.0, level.window_seconds):
                yield Sample(video.video, level.name, span, ())


@dataclass(frozen=True)
class Trial(Order):
    """The order of a few steps, first small ones, then as large as there is time for.

    Attributes:
        num_parts: of every batch.
        is_slow: whether a whole batch may take too long to be tried.
        sizes: of the steps so far.
        starts: of the steps so far, in seconds; at last the end.
    """

    num_parts: int = 1
    is_slow: bool = True
    sizes: list[int] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    @property
    def steps_per_epoch(self) -> int:
        """The number of steps."""
        return NUM_STEPS

    def at(self, step: int, part: int, num_parts: int) -> list[tuple[int, Sample]]:
        """As an order, of smaller batches.

        Raises:
            _EndError: when more would take too long.
        """
        if step == len(self.sizes):
            self.starts.append(time.perf_counter())
            self.sizes.append(self._size(step))
        return Order(self.pools, self.sizes[step], self.seed, self._shuffled).at(step, part, num_parts)

    def step_seconds(self) -> StepSeconds:
        """What a whole step takes, as far as can be told from those that were taken."""
        taken = [end - start for start, end in pairwise(self.starts)]
        small, large = (self.sizes[1], taken[1]), (self.sizes[-1], taken[len(self.sizes) - 1])
        missing = self.batch_size - large[0]
        if large[0] == small[0]:
            return StepSeconds(seconds=small[1] * self.batch_size / small[0], is_whole=not missing)
        slope = max(large[1] - small[1], 0.0) / (large[0] - small[0])
        return StepSeconds(seconds=large[1] + slope * missing, is_whole=not missing)

    def _size(self, step: int) -> int:
        least = min(self.batch_size, self.num_parts)
        if step < NUM_STEPS // 2:
            return max(least, self.batch_size // PARTS_OF_BATCH) if step else least
        if not self.is_slow:
            return self.batch_size
        last = self.starts[-1] - self.starts[-2]
        if step == NUM_STEPS // 2:
            size = affordable(last, self.sizes[-1], self.batch_size)
            is_enough = size == self.sizes[-1]
        else:
            size, is_enough = self.sizes[-1], last > REPEATED_SECONDS
        if is_enough:
            raise _EndError
        return size


class _EndError(Exception):
    """Raised when enough steps were tried."""


def _end(_: float) -> None:
    raise _EndError


def affordable(seconds: float, size: int, whole: int) -> int:
    """How much may be tried, up to the whole, if ``size`` of it takes so long."""
    return min(whole, max(size, int(size * TRIED_SECONDS / max(seconds, 1e-9))))
