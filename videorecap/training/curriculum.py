"""The paper's curriculum: stage after stage, each from the ones before, with captions handed over.

A run is a folder. What is whole in it stays; a run that was killed goes on with what is missing, and ends
with the same weights as one that was not.

Source: Video ReCap, sections 3.3 and S1.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final

from accelerate import Accelerator  # type: ignore[import-untyped]
from tokenizers import Tokenizer
from torch import Tensor

from videorecap.build import System
from videorecap.captioners.text import TOKENIZER_FILE, load_tokenizer
from videorecap.data.frames import clip_windows
from videorecap.errors import ConfigError, DataError
from videorecap.hierarchy import Hierarchy, Level
from videorecap.models.checkpoints import fill, load_tensors, save_tensors
from videorecap.models.inherit import inherit
from videorecap.outputs.files import link, write_aside
from videorecap.training.costs import COST_FILE, read_cost, write_cost
from videorecap.training.devices import add_up
from videorecap.training.glimpse import Glimpse, shown_samples
from videorecap.training.inputs import Inputs, chosen_clips
from videorecap.training.logs import Cost, require_wandb
from videorecap.training.preparation import Preparation, numbers_of, numbers_of_windows
from videorecap.training.progress import Progress
from videorecap.training.recipe import Objective, Stage
from videorecap.training.run import SYSTEM_FOLDER, Data, Run, load_data, require_pretrained, settle
from videorecap.training.samples import Order, Sample, samples_of
from videorecap.training.shelf import Shelf, stage_key
from videorecap.training.stage_run import train_stage
from videorecap.training.start import apply, fresh, make_tokenizer
from videorecap.training.state import checkpoints
from videorecap.training.tasks import ENCODER, MODEL, TOWER, captioner_of

log = logging.getLogger(__name__)

WEIGHTS_FILE: Final = "weights.safetensors"


class Curriculum:
    """All stages of a run.

    Args:
        run: what was ordered.
        accelerator: of ``make_accelerator``; in every process.
        progress: told of what is done.
    """

    def __init__(self, run: Run, accelerator: Accelerator, progress: Progress) -> None:
        self.ordered = run
        self.stages = run.stages()
        self._accelerator = accelerator
        self._progress = progress
        self._is_main = bool(accelerator.is_main_process)

    @cached_property
    def data(self) -> Data:
        """What is trained on."""
        return load_data(self.ordered)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """Of every decoder; the run's folder has it once it is settled."""
        return load_tokenizer(self.ordered.output / TOKENIZER_FILE)

    @cached_property
    def _preparation(self) -> Preparation:
        return Preparation(self.ordered, self.data, self._accelerator, self._progress)

    def run(self) -> System:
        """Train what is missing, and write the system.

        Raises:
            ConfigError: if the folder holds another run, or something given does not fit.
            DataError: if something is wrong with the data.
            VideoRecapError: if a loss is not finite, or a worker process dies.
        """
        self.settle()
        for number, stage in enumerate(self.stages):
            if not self._weights_path(stage).is_file():
                self._train(number, stage)
        system = self.assemble(len(self.stages))
        if self._is_main:
            system.save_pretrained(self.ordered.output / SYSTEM_FOLDER)
        return system

    def settle(self) -> None:
        """Make the run's folder, or see that it is of the same run.

        Raises:
            ConfigError: if it holds another one.
            DataError: if something is wrong with the data.
        """
        require_pretrained(self.ordered)
        self._require_full_parts()
        if self.ordered.wandb_project is not None:
            require_wandb()
        if self._is_main:
            settle(self.ordered, self.data)
            self._settle_tokenizer()
        self._accelerator.wait_for_everyone()

    def _require_full_parts(self) -> None:
        """See that every process has samples in each micro-batch of every stage.

        Raises:
            ConfigError: if a stage has too few for so many.
        """
        processes, accumulate = self._accelerator.num_processes, self.ordered.loop.accumulate
        for stage in self.stages:
            if stage.batch_size < processes * accumulate:
                raise ConfigError(
                    f"stage {stage.name!r} has {stage.batch_size} samples in a step, too few for "
                    f"{processes} processes x {accumulate} micro-batches; take a smaller --accumulate, or "
                    "larger batches"
                )

    def assemble(self, number: int) -> System:
        """The system as the first ``number`` stages leave it, in evaluation mode on the CPU."""
        system = self._fresh()
        for stage in self.stages[:number]:
            weights = load_tensors(self._weights_path(stage))
            source = str(self._weights_path(stage))
            if stage.trains is not None:
                inherit(captioner_of(system, stage.trains).model, _part(weights, MODEL), source=source)
            if encoder := _part(weights, ENCODER):
                assert system.modules.encoder is not None, "the recipe was checked"
                fill(system.modules.encoder, encoder, source=source)
            if tower := _part(weights, TOWER):
                assert system.modules.text_tower is not None, "the recipe was checked"
                fill(system.modules.text_tower, tower, source=source)
        system.modules.eval().requires_grad_(False)
        return system

    def _fresh(self) -> System:
        """The system before any stage, with the pretrained parts given."""
        run = self.ordered
        config = run.recipe.system
        if not any(Objective.CONTRAST in stage.objectives for stage in self.stages):
            config = replace(config, text_tower=None)  # nothing would ever train it
        system = fresh(config, run.recipe.start, self.tokenizer, run.seed)
        apply(system, run.pretrained)
        return system

    def _settle_tokenizer(self) -> None:
        path = self.ordered.output / TOKENIZER_FILE
        if not path.is_file():
            texts = (
                text for video in self.data.videos.values() for item in video.captions for text in item.texts
            )
            tokenizer = make_tokenizer(self.ordered.recipe.start, self.ordered.pretrained, texts)
            write_aside(path, tokenizer.to_str(pretty=False))

    def _train(self, number: int, stage: Stage) -> None:
        """One stage, from what it starts from to its weights on disk."""
        self._progress.note(f"stage {stage.name} ({number + 1} of {len(self.stages)})")
        begun = time.monotonic()
        system = self.assemble(number)
        order, inputs, shown = self._prepare(stage, system)
        self.begin(stage, system)
        preparing_seconds = time.monotonic() - begun
        key = self._key(stage, order, system, inputs)
        if self._take(stage, key):
            return
        cost, weights = train_stage(
            self.ordered,
            stage,
            order,
            system,
            inputs,
            self._accelerator,
            self._progress,
            digest=self.data.digest,
            glimpse=self._glimpse(stage, system, inputs, shown),
        )
        if self._is_main:
            self._finish(stage, key, replace(cost, preparing_seconds=preparing_seconds), weights)
        self._accelerator.wait_for_everyone()

    def _key(self, stage: Stage, order: Order, system: System, inputs: Inputs) -> str:
        where = f"{self._accelerator.device.type} {self._accelerator.num_processes}"
        return stage_key(self.ordered, stage, order, system, inputs, where=where)

    def _take(self, stage: Stage, key: str) -> bool:
        """Take a stage over that another run has done; whether there is one."""
        done = self._shelf.find(key) if self._is_main else None  # a process that looks later may find more
        if not any(add_up(self._accelerator, [done is not None])):
            return False
        if done is not None:
            self._progress.note(f"stage {stage.name}: it is done already, see {done}")
            self.ordered.folder_of(stage).mkdir(parents=True, exist_ok=True)
            path = self._cost_path(stage)
            if not path.is_file():  # else it was this run, which was killed before it had the weights
                write_cost(replace(read_cost(done / COST_FILE), is_shared=True), path)
            self._keep(stage, done)
        self._accelerator.wait_for_everyone()
        return True

    def _prepare(self, stage: Stage, system: System) -> tuple[Order, Inputs, tuple[Sample, ...]]:
        """The stage's samples, and what they see and read; what is not on disk is made, or handed over."""
        base, data, seed = system.hierarchy.base, self.data, self.ordered.seed
        pools = samples_of(data.videos, data.pseudo, stage, base.name, seed)
        shown = shown_samples(stage, data, pools, seed, base=base.name)
        inputs = Inputs(data.all_videos, system.hierarchy, self._preparation.frame_store(system))
        if not stage.is_of_texts:
            if base.name in pools:
                pools[base.name] = self._prepare_clips(stage, system, pools[base.name], shown, inputs)
            if list(pools) != [base.name]:
                self._prepare_windows(system, list(pools), inputs)
                pools = {name: self._seen(name, pool, inputs) for name, pool in pools.items()}
        return Order(pools, stage.batch_size, f"{seed}/{stage.name}"), inputs, shown

    def _glimpse(
        self, stage: Stage, system: System, inputs: Inputs, shown: Sequence[Sample]
    ) -> Glimpse | None:
        """Captions to look at after each epoch, of a stage that learns to write them."""
        if Objective.CAPTION not in stage.objectives or stage.trains is None:
            return None
        placed = replace(system, device=self._accelerator.device)
        captioner = captioner_of(system, stage.trains)
        return Glimpse(placed, captioner, inputs, shown, self._progress)

    def _prepare_clips(
        self,
        stage: Stage,
        system: System,
        samples: tuple[Sample, ...],
        shown: tuple[Sample, ...],
        inputs: Inputs,
    ) -> tuple[Sample, ...]:
        """Frames of the clips to learn, and their features if they are kept; the clips that are left."""
        inputs.clips = chosen_clips(stage, samples, shown)
        self._preparation.frames(system, inputs.clips)
        seen = tuple(sample for sample in samples if not inputs.is_lost(sample))
        if not seen:
            raise DataError(f"stage {stage.name!r}: none of {len(samples)} clips could be read")
        inputs.stores_clips = self.ordered.stores_features and not stage.trains_encoder
        if inputs.stores_clips:
            dense = numbers_of(seen, inputs)
            inputs.features = self._preparation.features(system, inputs.frames, inputs.clips, dense)
        return seen

    def _seen(self, name: str, samples: tuple[Sample, ...], inputs: Inputs) -> tuple[Sample, ...]:
        """The samples of a level that show something, where the level sees."""
        level = inputs.hierarchy.level(name)
        if level.sees is None or level is inputs.hierarchy.base:
            return samples
        seen = tuple(sample for sample in samples if inputs.request(sample).features is not None)
        if not seen:
            raise DataError(f"level {name!r}: none of {len(samples)} spans shows anything that could be read")
        if len(seen) < len(samples):
            log.warning("level %s: %d spans show nothing and are left out", name, len(samples) - len(seen))
        return seen

    def _prepare_windows(self, system: System, levels: Sequence[str], inputs: Inputs) -> None:
        """Features of every window, and the captions that samples of these levels read."""
        run = self.ordered
        windows = Inputs(inputs.videos, inputs.hierarchy, inputs.frames, keeps_tokens=run.keeps_tokens)
        self._preparation.frames(system, clip_windows)
        dense = numbers_of_windows(run, inputs.videos)
        windows.features = inputs.features = self._preparation.features(
            system, inputs.frames, clip_windows, dense
        )
        for level in read_levels(system.hierarchy, levels):
            told = self._preparation.told(level, system, windows)
            windows.told[level.name] = inputs.told[level.name] = told

    def begin(self, stage: Stage, system: System) -> None:
        """Give the captioner of a stage the weights that it starts from, in place."""
        if stage.trains is None:
            return
        model = captioner_of(system, stage.trains).model
        fresh_model = captioner_of(self._fresh(), stage.trains).model
        fill(model, dict(fresh_model.named_parameters()), source="a fresh system")
        for name in stage.init_from:
            path = self._weights_path(self.ordered.recipe.stage(name))
            inherit(model, _part(load_tensors(path), MODEL), source=str(path))

    def _finish(self, stage: Stage, key: str, cost: Cost, weights: dict[str, Tensor]) -> None:
        """Keep a stage's weights, first for other runs, so that a kill leaves none that only this one has."""

        def write(folder: Path) -> None:
            write_cost(cost, folder / COST_FILE)
            save_tensors(weights, folder / WEIGHTS_FILE)

        write_cost(cost, self._cost_path(stage))
        self._keep(stage, self._shelf.put(key, write))
        log.info("stage %s is done: %s", stage.name, self._weights_path(stage))

    def _keep(self, stage: Stage, done: Path) -> None:
        """Give the run the weights of a stage that is on the shelf; the file says that the stage is done."""
        for checkpoint in checkpoints(self.ordered.folder_of(stage)):
            shutil.rmtree(checkpoint, ignore_errors=True)
        link(done / WEIGHTS_FILE, self._weights_path(stage))

    @cached_property
    def _shelf(self) -> Shelf:
        return Shelf(self.ordered.cache / "stages")

    def _weights_path(self, stage: Stage) -> Path:
        return self.ordered.folder_of(stage) / WEIGHTS_FILE

    def _cost_path(self, stage: Stage) -> Path:
        return self.ordered.folder_of(stage) / COST_FILE


def read_levels(hierarchy: Hierarchy, names: Sequence[str]) -> list[Level]:
    """The levels that some levels read, and those that these read, lowest first."""
    read: set[str] = set()
    for level in reversed(hierarchy.levels):
        if (level.name in names or level.name in read) and level.reads is not None:
            read.add(level.reads)
    return [level for level in hierarchy.levels if level.name in read]


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Tensors whose names begin so, without it."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
