"""One stage of the curriculum: its samples, what they see and read, its task, and the loop over them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

from accelerate import Accelerator  # type: ignore[import-untyped]
from torch import Tensor

from videorecap.build import System
from videorecap.outputs.journal import JSON
from videorecap.training.batch import Batch, Batches
from videorecap.training.drawing import Drawing
from videorecap.training.inputs import Inputs
from videorecap.training.logs import Cost, RunLog
from videorecap.training.plan import StepReport, TrainingPlan
from videorecap.training.progress import Progress
from videorecap.training.recipe import Objective, Stage
from videorecap.training.run import Run
from videorecap.training.samples import Order
from videorecap.training.state import gather
from videorecap.training.tasks import RecapTask, captioner_of
from videorecap.training.texts import LanguageTask, MaskedTask, TextDrawing
from videorecap.training.trainer import Trainer

StageTask: TypeAlias = RecapTask | LanguageTask | MaskedTask


def train_stage(
    run: Run,
    stage: Stage,
    order: Order,
    system: System,
    inputs: Inputs,
    accelerator: Accelerator,
    progress: Progress,
    *,
    digest: str,
    glimpse: Callable[[float], object] | None = None,
) -> tuple[Cost, dict[str, Tensor]]:
    """Run the loop over a stage; a stopped one goes on.

    Args:
        run: as it was ordered.
        stage: of its recipe.
        order: which samples when.
        system: as the stage starts; trained in place.
        inputs: what samples see and read.
        accelerator: of every process.
        progress: told of each step.
        digest: of the data.
        glimpse: called after each epoch with their number.

    Returns:
        What it took, and the weights it hands over, on the CPU.
    """
    task, batches = make_task(stage, order, system, inputs)
    num_steps = num_steps_of(stage, order)
    progress.begin(f"stage {stage.name}", num_steps)
    trainer = Trainer(
        accelerator,
        task,
        batches,
        plan=_plan(run, stage, order, {"data": digest, **_compared(stage, run, accelerator)}),
        parameters=task.trained().items(),
        loop=run.loop,
        folder=run.folder_of(stage),
        log=RunLog(
            run.folder_of(stage), wandb_project=run.wandb_project, name=f"{run.recipe.name}-{stage.name}"
        ),
        on_epoch=glimpse,
        on_step=lambda report: _tell(report, num_steps, run.loop.log_every, progress),
    )
    cost = trainer.run()
    if run.ema_decay is not None:
        trainer.use_average()
    return cost, {name: tensor.clone() for name, tensor in gather(task.weights()).items()}


def _plan(run: Run, stage: Stage, order: Order, batches: Mapping[str, JSON]) -> TrainingPlan:
    """What a stage aims at; ``batches`` says what its batches depend on besides their size."""
    return TrainingPlan(
        weights={str(objective): weight for objective, weight in stage.objectives.items()},
        optim=stage.optim,
        num_steps=num_steps_of(stage, order),
        steps_per_epoch=order.steps_per_epoch,
        seed=run.seed,
        ema_decay=run.ema_decay,
        batches={"stage": stage.name, "batch_size": stage.batch_size, **batches},
    )


def _compared(stage: Stage, run: Run, accelerator: Accelerator) -> dict[str, JSON]:
    """What contrast depends on besides the batch: the micro-batches whose clips are compared."""
    if Objective.CONTRAST not in stage.objectives:
        return {}
    return {"processes": accelerator.num_processes, "accumulate": run.loop.accumulate}


def num_steps_of(stage: Stage, order: Order) -> int:
    """Optimizer steps of a whole stage."""
    return stage.steps or math.ceil((stage.epochs or 0) * order.steps_per_epoch)


def _tell(report: StepReport, num_steps: int, every: int, progress: Progress) -> None:
    progress.advance(1)
    if report.step % every == 0 or report.step == num_steps:
        losses = ", ".join(f"{name} {value:.3f}" for name, value in report.losses.items())
        progress.note(
            f"step {report.step}/{num_steps}: {report.name}: {losses}; rate {report.learning_rate:.1e}"
        )


def make_task(stage: Stage, order: Order, system: System, inputs: Inputs) -> tuple[StageTask, Batches[Batch]]:
    """What a stage minimises, and its batches."""
    captioner = captioner_of(system, stage.trains) if stage.trains is not None else None
    if not stage.is_of_texts:
        return RecapTask(system, stage), Drawing(stage, order, inputs, captioner)
    assert captioner is not None, "texts are learned by a captioner"
    (objective,) = stage.objectives
    task = LanguageTask(captioner) if objective is Objective.LANGUAGE else MaskedTask(captioner)
    return task, TextDrawing(objective, order, captioner)
