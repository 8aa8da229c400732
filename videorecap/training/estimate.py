"""What a run will take, told before it starts."""

from __future__ import annotations

import copy
import math
import os
import resource
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import torch
from accelerate import Accelerator  # type: ignore[import-untyped]

from videorecap.build import System
from videorecap.data.features import FeatureStore
from videorecap.data.frames import ChooseSpans, FrameStore
from videorecap.hierarchy import Level
from videorecap.training.costs import aligned, format_bytes, format_seconds
from videorecap.training.devices import processes_here
from videorecap.training.glimpse import NUMBER as NUM_SHOWN
from videorecap.training.logs import MAXRSS_UNIT
from videorecap.training.preparation import Preparation
from videorecap.training.probe import BatchSeconds, FrameSeconds, Probe, StepSeconds
from videorecap.training.progress import Silence
from videorecap.training.run import Data, Run
from videorecap.training.work import MOMENTS, StageWork, bytes_of, missing_work


class Measures(Protocol):
    """How long the pieces of a run take."""

    def frames(self, clips: ChooseSpans) -> FrameSeconds:
        """To render or decode clips."""
        ...

    def clip_features(self) -> float:
        """To encode a clip, in seconds."""
        ...

    def captions(self, level: Level) -> BatchSeconds:
        """To caption windows of a level whose clips are encoded."""
        ...

    def steps(self, work: StageWork) -> Mapping[str, StepSeconds]:
        """To take an optimizer step, by the level that is drawn."""
        ...

    def bytes_per_second(self) -> float:
        """Of checkpoints that are written."""
        ...


@dataclass(frozen=True, kw_only=True)
class StageEstimate:
    """What a stage will take.

    Attributes:
        name: of the stage.
        frames_seconds: to render or decode.
        features_seconds: to encode.
        handover_seconds: to write the captions that it reads.
        steps_seconds: of the loop.
        num_steps: optimizer steps.
        is_whole: whether steps of the whole batch were tried; otherwise their time follows from smaller ones.
        frames_bytes: new on disk.
        features_bytes: likewise.
        weights_bytes: likewise, that later stages start from.
        checkpoint_bytes: at most, while the stage learns.
    """

    name: str
    frames_seconds: float
    features_seconds: float
    handover_seconds: float
    steps_seconds: float
    num_steps: int
    is_whole: bool
    frames_bytes: int
    features_bytes: int
    weights_bytes: int
    checkpoint_bytes: int

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.frames_seconds + self.features_seconds + self.handover_seconds + self.steps_seconds


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What is missing of a run will take.

    Attributes:
        stages: those that are not done, in order.
        system_bytes: of the system at the end, on disk.
        peak_memory_bytes: of a process, after a little of everything.
        peak_cuda_bytes: of its device, None without one.
    """

    stages: tuple[StageEstimate, ...]
    system_bytes: int
    peak_memory_bytes: int
    peak_cuda_bytes: int | None

    @property
    def seconds(self) -> float:
        """Of all stages."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def run_bytes(self) -> int:
        """At most, of what is new in the run's folder: checkpoints of a stage that is done are removed."""
        weights, most = 0, 0
        for stage in self.stages:
            most = max(most, weights + stage.checkpoint_bytes)
            weights += stage.weights_bytes
        return max(most, weights + self.system_bytes)

    def table(self) -> str:
        """All of it as plain text."""
        rows = [
            (
                stage.name,
                *map(format_seconds, (stage.frames_seconds, stage.features_seconds, stage.handover_seconds)),
                format_seconds(stage.steps_seconds) + ("" if stage.is_whole else "*"),
                str(stage.num_steps),
                format_seconds(stage.seconds),
            )
            for stage in self.stages
        ]
        header = ("stage", "frames", "features", "hand-over", "learning", "steps", "in all")
        lines = [*aligned([header, *rows, ("all", *[""] * 5, format_seconds(self.seconds))])]
        is_whole = all(stage.is_whole for stage in self.stages)
        if not is_whole:
            lines.append("* from steps of fewer samples, since whole ones take long")
        memory = f"memory: {'' if is_whole else 'more than '}{format_bytes(self.peak_memory_bytes)}"
        if self.peak_cuda_bytes is not None:
            memory += f", and {format_bytes(self.peak_cuda_bytes)} of the GPU's"
        frames = sum(stage.frames_bytes for stage in self.stages)
        features = sum(stage.features_bytes for stage in self.stages)
        lines += [
            memory,
            f"disk: frames {format_bytes(frames)}, features {format_bytes(features)}, "
            f"checkpoints and weights up to {format_bytes(self.run_bytes)}",
        ]
        return "\n".join(lines)


def estimate(
    run: Run, data: Data, system: System, accelerator: Accelerator, *, measures: Measures | None = None
) -> Estimate:
    """What is missing of a run will take on this machine; nothing of the run is changed.

    Args:
        run: as it was ordered.
        data: the videos.
        system: as the stages that are done leave it.
        accelerator: of the run; every process must ask.
        measures: how long the pieces take; by default a few are tried, which takes up to a minute or two.

    Raises:
        DataError: if a stage has no samples, or the file of a video is missing.
        VideoRecapError: if one of the pieces fails, as the run would.
    """
    works = missing_work(run, data, system, accelerator)
    frames = Preparation(run, data, accelerator, Silence()).frame_store(system)
    disk = _Disk(frames, FeatureStore(run.cache, frames, system), run)
    trying = nullcontext(measures) if measures is not None else _probing(run, data, system, accelerator)
    with trying as pieces:
        seconds = _Seconds(run, system, pieces, accelerator.num_processes, processes_here(accelerator))
        stages = tuple(_stage(work, seconds, disk) for work in works)
        return Estimate(
            stages=stages,
            system_bytes=bytes_of(dict(system.modules.named_parameters())),
            peak_memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT,
            peak_cuda_bytes=_peak_cuda_bytes(accelerator.device),
        )


@contextmanager
def _probing(run: Run, data: Data, system: System, accelerator: Accelerator) -> Iterator[Measures]:
    """Tries on a copy, in a folder of its own; torch's random state is given back."""
    devices = [accelerator.device] if accelerator.device.type == "cuda" else []
    with tempfile.TemporaryDirectory() as folder, torch.random.fork_rng(devices=devices):
        tried = replace(system, modules=copy.deepcopy(system.modules))
        yield Probe(run, data, tried, accelerator, Path(folder))


def _peak_cuda_bytes(device: torch.device) -> int | None:
    """What was taken until now; what the run takes is counted from here."""
    if device.type != "cuda":
        return None
    peak = torch.cuda.max_memory_allocated(device)
    torch.cuda.reset_peak_memory_stats(device)
    return peak


def _stage(work: StageWork, seconds: _Seconds, disk: _Disk) -> StageEstimate:
    learning, is_whole = seconds.learning(work, disk.checkpoint(work))
    return StageEstimate(
        name=work.stage.name,
        frames_seconds=seconds.frames(work),
        features_seconds=seconds.features(work),
        handover_seconds=seconds.handovers(work),
        steps_seconds=learning,
        num_steps=work.num_steps,
        is_whole=is_whole,
        frames_bytes=disk.frames.estimate_bytes(work.num_clips),
        features_bytes=disk.features.estimate_bytes(work.features.num_cls, work.features.num_dense),
        weights_bytes=work.weights_bytes,
        checkpoint_bytes=disk.checkpoint(work) * (disk.run.loop.keep + 1),
    )


@dataclass(frozen=True)
class _Disk:
    """How large files are."""

    frames: FrameStore
    features: FeatureStore
    run: Run

    def checkpoint(self, work: StageWork) -> int:
        """Bytes of a checkpoint: weights, what AdamW keeps, and their average if one is kept."""
        return work.trained_bytes * (1 + MOMENTS + (self.run.ema_decay is not None))


@dataclass(frozen=True)
class _Seconds:
    """How long stages take: what is prepared is shared by all processes, which work at the same time."""

    run: Run
    system: System
    measures: Measures
    num_processes: int
    num_here: int  # of the processes, those on this machine, which share its CPUs

    def frames(self, work: StageWork) -> float:
        """To render or decode, in several workers of each process."""
        total = 0.0
        workers_here = min(self.run.workers * self.num_here, os.cpu_count() or 1)
        workers = workers_here * self.num_processes // self.num_here
        for part in work.frames:
            each = self.measures.frames(part.clips)
            seconds = each.video * part.num_videos + each.clip * part.num_clips
            total += seconds / min(workers, part.num_videos)
        return total

    def features(self, work: StageWork) -> float:
        """To encode."""
        number = work.features.num_encoded
        return number * self.measures.clip_features() / self.num_processes if number else 0.0

    def handovers(self, work: StageWork) -> float:
        """To caption windows; clips are encoded for that, unless their tokens are kept."""
        total = 0.0
        for name, number in work.handovers.items():
            batch = self.measures.captions(self.system.hierarchy.level(name))
            seen = 0.0 if self.run.keeps_tokens else self._seen(name)
            total += number * (batch.seconds / batch.num_windows + seen)
        return total / self.num_processes

    def learning(self, work: StageWork, checkpoint_bytes: int) -> tuple[float, bool]:
        """The steps, the checkpoints, and the captions to look at; whether whole steps were tried."""
        stage, loop = work.stage, self.run.loop
        steps = self.measures.steps(work)
        total = sum(step.seconds for step in steps.values()) * work.num_steps / len(steps)
        num_checkpoints = math.ceil(work.num_steps / loop.save_every_steps)
        total += num_checkpoints * checkpoint_bytes / self.measures.bytes_per_second()
        if work.num_glimpses:
            batch = self.measures.captions(self.system.hierarchy.level(stage.level))
            total += work.num_glimpses * (batch.seconds + NUM_SHOWN * self._seen(stage.level))
        return total, all(step.is_whole for step in steps.values())

    def _seen(self, level: str) -> float:
        """Seconds to encode what a window of a level shows, unless it is there."""
        return self.measures.clip_features() if level == self.system.hierarchy.base.name else 0.0
