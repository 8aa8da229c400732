"""A teacher's fine-tuning, in the one loop of all trainings."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from accelerate import Accelerator  # type: ignore[import-untyped]

from videorecap.data.levels import SEGMENT
from videorecap.errors import ConfigError
from videorecap.outputs.journal import JSON
from videorecap.training.costs import COST_FILE, write_cost
from videorecap.training.logs import RunLog
from videorecap.training.plan import LoopConfig, Losses, StepReport, TrainingPlan
from videorecap.training.recipe import Optim
from videorecap.training.teacher import (
    CARD_FILE,
    MAX_INPUT_TOKENS,
    MAX_NEW_TOKENS,
    TeacherTask,
    TextTeacher,
    digest_of,
    load_teacher,
    start_teacher,
)
from videorecap.training.teacher_data import (
    ANSWER,
    PROMPTS,
    TEXT,
    TeacherBatches,
    TeacherSample,
    length_quantiles,
)
from videorecap.training.teacher_tiny import TINY_PREFIX, TinySize, make_tiny_teacher
from videorecap.training.trainer import Trainer

TRAINING_FOLDER: Final = "training"  # in a teacher's directory: the log, and until it is done
START_FOLDER: Final = "start"  # a tiny teacher's first weights, and
CHECKPOINTS_FOLDER: Final = "checkpoints"
RATE: Final = 1e-4  # of a pretrained model
TINY_RATE: Final = 2e-3
TINY_INPUT_TOKENS: Final = 160
FINAL_SHARE: Final = 0.01  # of the rate, at the end
WARMUP_SHARE: Final = 0.05  # of the steps
MAX_TOKENIZER_SAMPLES: Final = 4000  # of each level, whose texts make a tiny teacher's tokens


@dataclass(frozen=True, kw_only=True)
class TeacherRecipe:
    """How a teacher is fine-tuned.

    Attributes:
        model: on the hub, a local directory, "tiny-t5" or "tiny-gpt2".
        steps: optimizer steps.
        batch_size: samples of one step, over all processes.
        optim: optimizer and schedule.
        seed: of the order of samples, of dropout, and of a tiny model's first weights.
        max_input_tokens: of a prompt; captions are thinned out to fit.
        max_new_tokens: of a description.
        size: of a tiny model.
    """

    model: str
    steps: int
    batch_size: int
    optim: Optim = field(default_factory=Optim)
    seed: int = 0
    max_input_tokens: int = MAX_INPUT_TOKENS
    max_new_tokens: int = MAX_NEW_TOKENS
    size: TinySize = field(default_factory=TinySize)

    @property
    def tiny_kind(self) -> str | None:
        """Kind of a model that starts from nothing, or None."""
        return self.model.removeprefix(TINY_PREFIX) if self.model.startswith(TINY_PREFIX) else None


def teacher_recipe(
    model: str,
    *,
    steps: int,
    batch_size: int,
    seed: int = 0,
    learning_rate: float | None = None,
    max_input_tokens: int | None = None,
) -> TeacherRecipe:
    """A recipe whose rate and length of prompts are, unless given, those that suit the model.

    Args:
        model: on the hub, a local directory, "tiny-t5" or "tiny-gpt2".
        steps: optimizer steps.
        batch_size: samples of one step.
        seed: of everything that is drawn.
        learning_rate: at the end of the warm-up.
        max_input_tokens: of a prompt.
    """
    is_tiny = model.startswith(TINY_PREFIX)
    rate = learning_rate or (TINY_RATE if is_tiny else RATE)
    optim = Optim(
        learning_rate=rate,
        first_rate=0.0,
        final_rate=FINAL_SHARE * rate,
        warmup_steps=round(WARMUP_SHARE * steps),
    )
    return TeacherRecipe(
        model=model,
        steps=steps,
        batch_size=batch_size,
        optim=optim,
        seed=seed,
        max_input_tokens=max_input_tokens or (TINY_INPUT_TOKENS if is_tiny else MAX_INPUT_TOKENS),
    )


def fit_teacher(
    recipe: TeacherRecipe,
    samples: Mapping[str, Sequence[TeacherSample]],
    directory: Path,
    *,
    accelerator: Accelerator,
    loop: LoopConfig,
    log: RunLog | None = None,
    on_losses: Callable[[int, Losses], object] | None = None,
) -> TextTeacher:
    """Fine-tune a teacher, or continue a killed fine-tuning, and write it.

    Args:
        recipe: how.
        samples: of ``samples_of``.
        directory: where the teacher shall be; checkpoints are kept inside until it is there.
        accelerator: of ``make_accelerator``.
        loop: how the loop is run.
        log: of the loop.
        on_losses: called after each step with its number and the loss of its level.

    Returns:
        The teacher as it is in the directory.

    Raises:
        ConfigError: if the directory holds a teacher of another recipe, or a batch has too few samples.
        CheckpointError: if the model to start from cannot be had.
    """
    if recipe.batch_size < (parts := accelerator.num_processes * loop.accumulate):
        raise ConfigError(f"a batch of {recipe.batch_size} cannot be made in {parts} parts")
    trained_on = _trained_on(recipe, samples)
    if (directory / CARD_FILE).is_file():
        return _finished(directory, trained_on)
    teacher = _start(recipe, samples, directory, accelerator)
    task = TeacherTask(teacher)
    trainer = Trainer(
        accelerator,
        task,
        TeacherBatches(samples, teacher.coder, recipe.batch_size, recipe.seed),
        plan=_plan(recipe, samples, trained_on),
        parameters=task.named_parameters(),
        loop=loop,
        folder=directory / TRAINING_FOLDER / CHECKPOINTS_FOLDER,
        log=log,
        on_step=None if on_losses is None else lambda report: on_losses(report.step, _named(report)),
    )
    cost = trainer.run()
    if accelerator.is_main_process:
        write_cost(cost, directory / TRAINING_FOLDER / COST_FILE)
        quantiles = length_quantiles(samples[SEGMENT])
        teacher.card = replace(teacher.card, segment_seconds=quantiles, trained_on=trained_on)
        teacher.save(directory)
        _clear(directory)
    accelerator.wait_for_everyone()
    return load_teacher(directory)


def _plan(
    recipe: TeacherRecipe, samples: Mapping[str, Sequence[TeacherSample]], trained_on: Mapping[str, JSON]
) -> TrainingPlan:
    return TrainingPlan(
        weights={TEXT: 1.0},
        optim=recipe.optim,
        num_steps=recipe.steps,
        steps_per_epoch=sum(map(len, samples.values())) / recipe.batch_size,
        seed=recipe.seed,
        batches=trained_on,
    )


def _finished(directory: Path, trained_on: Mapping[str, JSON]) -> TextTeacher:
    """The teacher that is there already."""
    teacher = load_teacher(directory)
    if teacher.card.trained_on != trained_on:
        raise ConfigError(f"{directory} has a teacher of another training already; give another directory")
    return teacher


def _named(report: StepReport) -> Losses:
    return {report.name: report.losses[TEXT]}


def _clear(directory: Path) -> None:
    """Remove what a finished training no longer needs."""
    for name in (START_FOLDER, CHECKPOINTS_FOLDER):
        shutil.rmtree(directory / TRAINING_FOLDER / name, ignore_errors=True)


def _trained_on(recipe: TeacherRecipe, samples: Mapping[str, Sequence[TeacherSample]]) -> dict[str, JSON]:
    """What a training was made of, and what tells it from others."""
    digest = hashlib.sha256()
    for sample in (sample for of_level in samples.values() for sample in of_level):
        digest.update(repr(sample).encode())
    numbers: dict[str, JSON] = {level: len(of_level) for level, of_level in samples.items()}
    model: dict[str, JSON] = {"model": recipe.model}
    if recipe.tiny_kind is not None:
        model |= {"size": asdict(recipe.size)}
    elif Path(recipe.model).is_dir():
        model |= {"digest": digest_of(Path(recipe.model))}
    return {
        **model,
        "samples": numbers,
        "data": digest.hexdigest(),
        "steps": recipe.steps,
        "batch_size": recipe.batch_size,
        "learning_rate": recipe.optim.learning_rate,
        "max_input_tokens": recipe.max_input_tokens,
        "seed": recipe.seed,
    }


def _start(
    recipe: TeacherRecipe,
    samples: Mapping[str, Sequence[TeacherSample]],
    directory: Path,
    accelerator: Accelerator,
) -> TextTeacher:
    """The model to fine-tune."""
    name = recipe.model
    if recipe.tiny_kind is not None:
        start = directory / TRAINING_FOLDER / START_FOLDER
        name = str(start)
        if accelerator.is_main_process:
            make_tiny_teacher(recipe.tiny_kind, _texts(samples), start, recipe.size, recipe.seed)
        accelerator.wait_for_everyone()
    return start_teacher(
        name,
        base=recipe.model,
        max_input_tokens=recipe.max_input_tokens,
        max_new_tokens=recipe.max_new_tokens,
    )


def _texts(samples: Mapping[str, Sequence[TeacherSample]]) -> list[str]:
    """Texts that hold every word a tiny teacher meets."""
    texts = [*PROMPTS.values(), ANSWER]
    for of_level in samples.values():
        for sample in of_level[:MAX_TOKENIZER_SAMPLES]:
            texts += [*sample.captions, *sample.texts]
    return texts
