"""``videorecap train``: a recipe, from its first stage to a system that captions."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, cast

import torch
from tqdm import tqdm

from videorecap.apps.cli import EXIT_OK
from videorecap.data.readers.egoschema import read_ids
from videorecap.errors import ConfigError
from videorecap.paper.recipes import recipe as paper_recipe
from videorecap.paper.sizes import Size
from videorecap.precision import has_bf16
from videorecap.training.costs import costs
from videorecap.training.curriculum import Curriculum
from videorecap.training.devices import make_accelerator
from videorecap.training.estimate import estimate
from videorecap.training.plan import LoopConfig, Precision
from videorecap.training.recipe import Recipe, from_json, to_json
from videorecap.training.run import SYSTEM_FOLDER, Run
from videorecap.training.start import Pretrained
from videorecap.training.work import done_stages


def train(options: argparse.Namespace) -> int:
    """Train what is missing of a run, or show the recipe."""
    recipe = _recipe(options)
    if options.show:
        print(to_json(recipe), end="")
        return EXIT_OK
    run = _run(options, recipe)
    accelerator = make_accelerator(run.precision, cpu=options.device == "cpu")
    progress = Progress(is_shown=bool(accelerator.is_main_process))
    if accelerator.num_processes > 1:
        progress.note(f"{accelerator.num_processes} processes")
    curriculum = Curriculum(run, accelerator, progress)
    curriculum.settle()
    expected: dict[str, float] = {}
    if options.estimates:
        system = curriculum.assemble(len(done_stages(run)))
        estimated = estimate(run, curriculum.data, system, accelerator)
        progress.note(estimated.table())
        expected = {stage.name: stage.steps_seconds for stage in estimated.stages}
    curriculum.run()
    progress.note(costs(run, expected))
    progress.note(f"trained: {run.output / SYSTEM_FOLDER}; use it with --model {run.output / SYSTEM_FOLDER}")
    return EXIT_OK


def _recipe(options: argparse.Namespace) -> Recipe:
    path = Path(options.recipe)
    if path.suffix != ".json":
        return paper_recipe(options.recipe, Size(options.size or Size.BASE))
    if options.size is not None:
        raise ConfigError(f"{path} says itself how large its system is; leave --size out")
    try:
        return from_json(path.read_bytes(), source=str(path))
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); give a recipe's file or name"
        ) from error


def _run(options: argparse.Namespace, recipe: Recipe) -> Run:
    if options.data is None or options.output_dir is None:
        raise ConfigError("training needs --data DIR and -o DIR")
    return Run(
        recipe=recipe,
        data=options.data,
        output=options.output_dir,
        cache=options.cache or options.output_dir / "cache",
        pretrained=Pretrained(
            encoder=options.encoder,
            gpt2=options.gpt2,
            distilbert=options.distilbert,
            system=options.from_system,
        ),
        pseudo=options.pseudo,
        excluded=frozenset() if options.egoschema is None else read_ids(options.egoschema),
        seed=options.seed,
        precision=precision_of(options.precision, cpu=options.device == "cpu"),
        ema_decay=options.ema,
        loop=LoopConfig(
            accumulate=options.accumulate,
            save_every_steps=options.save_every,
            log_every=options.log_every,
            num_workers=options.loaders,
        ),
        workers=options.workers,
        stores_features=options.stores_features,
        wandb_project=options.wandb,
    )


def precision_of(name: str, *, cpu: bool = False) -> Precision:
    """A precision as the command line calls it; "auto" is bfloat16 where the device has it."""
    if name != "auto":
        return cast(Precision, name)
    device = torch.device("cpu" if cpu or not torch.cuda.is_available() else "cuda")
    return "bf16" if has_bf16(device) else "fp32"


class Progress:
    """A bar on the terminal, or plain lines where there is none."""

    def __init__(self, *, is_shown: bool) -> None:
        self._is_shown = is_shown
        self._bar: tqdm[Any] | None = None

    def begin(self, what: str, total: float | None = None) -> None:
        """End the bar before, and begin one; without a terminal, a line."""
        self._close()
        if self._is_shown and sys.stderr.isatty():
            self._bar = tqdm(desc=what, total=total)
        elif self._is_shown:
            print(f"{what}{'' if total is None else f': {total:g}'}", flush=True)

    def advance(self, done: float) -> object:
        """Move the bar."""
        return self._bar.update(done) if self._bar is not None else None

    def note(self, text: str) -> None:
        """Print a line."""
        if self._is_shown:
            tqdm.write(text)
            sys.stdout.flush()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
