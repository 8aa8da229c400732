"""What is still missing of a run, counted; nothing is rendered, encoded or learned to know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import torch
from accelerate import Accelerator  # type: ignore[import-untyped]
from torch import Tensor

from videorecap.build import System
from videorecap.data.features import FeatureStore
from videorecap.data.frames import ChooseSpans, clip_windows
from videorecap.errors import DataError
from videorecap.hierarchy import Level, windows
from videorecap.training.curriculum import WEIGHTS_FILE, read_levels
from videorecap.training.glimpse import shown_samples
from videorecap.training.inputs import Inputs, chosen_clips
from videorecap.training.preparation import Preparation, numbers_of, numbers_of_windows
from videorecap.training.progress import Silence
from videorecap.training.recipe import Objective, Stage
from videorecap.training.run import Data, Run
from videorecap.training.samples import Order, Sample, samples_of
from videorecap.training.stage_run import make_task, num_steps_of
from videorecap.training.state import NAME, latest

MOMENTS: Final = 2  # tensors that AdamW keeps of each parameter


@dataclass(frozen=True, kw_only=True)
class FrameWork:
    """Clips to render or decode.

    Attributes:
        clips: which clips of a video.
        num_videos: that have some which are missing.
        num_clips: of these videos.
    """

    clips: ChooseSpans
    num_videos: int
    num_clips: int


@dataclass(frozen=True, kw_only=True)
class FeatureWork:
    """Clips to encode.

    Attributes:
        num_encoded: clips that go through the encoder.
        num_cls: of these, those with a CLS feature that is new on disk.
        num_dense: likewise, with dense tokens.
    """

    num_encoded: int = 0
    num_cls: int = 0
    num_dense: int = 0


@dataclass(frozen=True, kw_only=True)
class StageWork:
    """What a stage that is not done has to do.

    Attributes:
        stage: of the recipe.
        order: of its samples.
        inputs: without features and captions of lower levels, which are not there yet.
        num_steps: optimizer steps, after those of its newest checkpoint.
        num_glimpses: times that a few captions are written to be looked at.
        frames: clips to render or decode.
        features: clips to encode.
        handovers: by level, windows to caption.
        trained_bytes: of the parameters that it trains.
        weights_bytes: of those that it hands over.
    """

    stage: Stage
    order: Order
    inputs: Inputs
    num_steps: int
    num_glimpses: int
    frames: tuple[FrameWork, ...] = ()
    features: FeatureWork = field(default_factory=FeatureWork)
    handovers: Mapping[str, int] = field(default_factory=dict)
    trained_bytes: int
    weights_bytes: int

    @property
    def num_clips(self) -> int:
        """Whose frames are missing."""
        return sum(work.num_clips for work in self.frames)


def done_stages(run: Run) -> tuple[Stage, ...]:
    """The stages whose weights are there."""
    return tuple(stage for stage in run.stages() if (run.folder_of(stage) / WEIGHTS_FILE).is_file())


def missing_work(run: Run, data: Data, system: System, accelerator: Accelerator) -> tuple[StageWork, ...]:
    """What each stage that is not done has to do, in order.

    Args:
        run: as it was ordered.
        data: the videos.
        system: as the stages that are done leave it.
        accelerator: of the run.

    Raises:
        DataError: if a stage has no samples, or the file of a video is missing.
    """
    ledger = _Ledger(run, data, system, Preparation(run, data, accelerator, Silence()))
    done = done_stages(run)
    return tuple(ledger.enter(stage) for stage in run.stages() if stage not in done)


class _Ledger:
    """What is on disk, and what will be there when a stage begins."""

    def __init__(self, run: Run, data: Data, system: System, preparation: Preparation) -> None:
        self._run = run
        self._data = data
        self._system = system
        self._preparation = preparation
        self._frames = preparation.frame_store(system)
        self._base = system.hierarchy.base
        self._framed: set[str] = set()
        self._dense: dict[tuple[int, str], set[int]] = {}  # by encoder and clips, whose tokens are kept
        self._told: set[str] = set()
        self._num_encoders = 0  # that stages have made since those that are done

    def enter(self, stage: Stage) -> StageWork:
        """Count the work of the next stage, which is then taken to be done."""
        run, data = self._run, self._data
        pools = samples_of(data.videos, data.pseudo, stage, self._base.name, run.seed)
        inputs = Inputs(data.all_videos, self._system.hierarchy, self._frames)
        frames: list[FrameWork] = []
        features: list[FeatureWork] = []
        handovers: dict[str, int] = {}
        if not stage.is_of_texts and self._base.name in pools:
            inputs.clips = self._clips(stage, pools)
            inputs.stores_clips = run.stores_features and not stage.trains_encoder
            frames.append(self._missing_frames(inputs.clips))
            if inputs.stores_clips:
                dense = numbers_of(pools[self._base.name], inputs)
                features.append(self._missing_features(inputs.clips, dense))
        if not stage.is_of_texts and list(pools) != [self._base.name]:
            frames.append(self._missing_frames(clip_windows))
            features.append(self._missing_features(clip_windows, numbers_of_windows(run, data.all_videos)))
            levels = read_levels(self._system.hierarchy, list(pools))
            handovers = {level.name: self._missing_windows(level) for level in levels}
        order = Order(pools, stage.batch_size, f"{run.seed}/{stage.name}")
        self._num_encoders += stage.trains_encoder
        return self._work(stage, order, inputs, tuple(frames), features, handovers)

    def _work(
        self,
        stage: Stage,
        order: Order,
        inputs: Inputs,
        frames: tuple[FrameWork, ...],
        features: list[FeatureWork],
        handovers: Mapping[str, int],
    ) -> StageWork:
        with torch.random.fork_rng(devices=[]):  # a task may draw heads of its own
            task, _ = make_task(stage, order, self._system, inputs)
        num_steps = num_steps_of(stage, order)
        taken = steps_taken(self._run.folder_of(stage))
        num_epochs = num_steps // order.steps_per_epoch - taken // order.steps_per_epoch
        is_glimpsed = Objective.CAPTION in stage.objectives and stage.trains is not None
        return StageWork(
            stage=stage,
            order=order,
            inputs=inputs,
            num_steps=num_steps - taken,
            num_glimpses=num_epochs if is_glimpsed else 0,
            frames=tuple(work for work in frames if work.num_clips),
            features=FeatureWork(
                num_encoded=sum(work.num_encoded for work in features),
                num_cls=sum(work.num_cls for work in features),
                num_dense=sum(work.num_dense for work in features),
            ),
            handovers={level: number for level, number in handovers.items() if number},
            trained_bytes=bytes_of(task.trained()),
            weights_bytes=bytes_of(task.weights()),
        )

    def _clips(self, stage: Stage, pools: Mapping[str, tuple[Sample, ...]]) -> ChooseSpans:
        """The clips of a stage's samples, and of those that are looked at."""
        shown = shown_samples(stage, self._data, pools, self._run.seed, base=self._base.name)
        return chosen_clips(stage, pools[self._base.name], shown)

    def _missing_frames(self, clips: ChooseSpans) -> FrameWork:
        missing = []
        for video in self._data.all_videos.values():
            spans = clips(video)
            name = self._frames.name(video, spans) if spans else ""
            if not spans or name in self._framed:
                continue
            self._framed.add(name)
            try:
                self._frames.open(video, spans)
            except DataError:
                missing.append(len(spans))
        return FrameWork(clips=clips, num_videos=len(missing), num_clips=sum(missing))

    def _missing_features(self, clips: ChooseSpans, dense: Mapping[str, set[int]]) -> FeatureWork:
        """A video of which anything is missing is encoded as a whole."""
        num_encoded = num_cls = num_dense = 0
        for video in self._data.all_videos.values():
            if not (spans := clips(video)):
                continue
            key = self._num_encoders, self._frames.name(video, spans)
            if key not in self._dense and self._num_encoders == 0 and self._features is not None:
                try:
                    stored = self._features.open(video, spans)
                    self._dense[key] = {*stored.rows, *stored.lost}
                except DataError:
                    pass
            wanted, kept = dense.get(video.video, set()), self._dense.get(key)
            if kept is None or not wanted <= kept:
                num_encoded += len(spans)
                num_cls += len(spans) if kept is None else 0
                num_dense += len(wanted - (kept or set()))
                self._dense[key] = wanted | (kept or set())
        return FeatureWork(num_encoded=num_encoded, num_cls=num_cls, num_dense=num_dense)

    @cached_property
    def _features(self) -> FeatureStore | None:
        """Those of the encoder as it is; None where there are none of any encoder."""
        store = self._preparation.feature_store(self._system, self._frames)
        return store if store.folder.is_dir() else None

    def _missing_windows(self, level: Level) -> int:
        """Windows of the videos whose captions of a level are not handed over yet."""
        if level.name in self._told:
            return 0
        self._told.add(level.name)
        handover = self._preparation.handover(level)
        number = 0
        for video in self._data.all_videos.values():
            try:
                handover.read([video])
            except DataError:
                number += sum(1 for _ in windows(video.duration_seconds or 0.0, level.window_seconds))
        return number


def steps_taken(folder: Path) -> int:
    """Steps of the newest checkpoint of a stage."""
    path = latest(folder)
    found = NAME.fullmatch(path.name) if path is not None else None
    return int(found[1]) if found else 0


def bytes_of(tensors: Mapping[str, Tensor]) -> int:
    """What tensors take in memory, and on disk."""
    return sum(tensor.numel() * tensor.itemsize for tensor in tensors.values())
