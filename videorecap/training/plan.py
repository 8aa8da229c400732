"""What a training aims at, how it is run, and what it tells of each step."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, TypeAlias

from videorecap.errors import ConfigError
from videorecap.outputs.journal import JSON
from videorecap.training.recipe import Optim

Precision: TypeAlias = Literal["fp32", "bf16", "fp16"]
Losses: TypeAlias = dict[str, float]
SEED_BYTES: Final = 7


@dataclass(frozen=True, kw_only=True)
class TrainingPlan:
    """What a training aims at: all this must be equal to continue a checkpoint.

    Attributes:
        weights: of each objective in the loss.
        optim: optimizer and schedule.
        num_steps: optimizer steps.
        steps_per_epoch: of the schedule, and between two calls of the trainer's ``on_epoch``.
        seed: of dropout, and whatever else a task draws.
        ema_decay: of the running average of the weights; None keeps none.
        batches: what else tells the batches and their sizes from others, as JSON.
    """

    weights: Mapping[str, float]
    optim: Optim
    num_steps: int
    steps_per_epoch: float
    seed: int = 0
    ema_decay: float | None = None
    batches: Mapping[str, JSON] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.num_steps < 1 or self.steps_per_epoch <= 0:
            raise ConfigError(
                f"a training needs steps: got {self.num_steps}, and {self.steps_per_epoch} to an epoch"
            )
        if self.ema_decay is not None and not 0 < self.ema_decay < 1:
            raise ConfigError(f"ema_decay must be between 0 and 1, got {self.ema_decay}")

    def identity(self) -> dict[str, Any]:
        """The plan as JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class LoopConfig:
    """How a training is run; what it learns does not depend on it, but for rounding, dropout and contrast.

    Contrast compares what is in a micro-batch: ``accumulate`` makes each a batch of its own.

    Attributes:
        accumulate: micro-batches of one optimizer step in each process, to need less memory.
        save_every_steps: how often a checkpoint is written; there is always one of the last step.
        keep: how many of the newest checkpoints stay.
        num_workers: processes that make batches ahead; 0 makes each when it is needed.
        log_every: steps between two lines of the log.
    """

    accumulate: int = 1
    save_every_steps: int = 500
    keep: int = 1
    num_workers: int = 0
    log_every: int = 50

    def __post_init__(self) -> None:
        for name in ("accumulate", "save_every_steps", "keep", "log_every"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} must be at least 1, got {getattr(self, name)}")


@dataclass(frozen=True, kw_only=True)
class StepReport:
    """One optimizer step that was taken.

    Attributes:
        step: how many have been taken with it.
        name: of its batch.
        losses: mean of each objective over the whole batch.
        learning_rate: that it was taken with.
    """

    step: int
    name: str
    losses: Losses
    learning_rate: float


def seed_of(*parts: int | str) -> int:
    """A seed for a step in a process, or for a part of a system: they have nothing to do with each other."""
    digest = hashlib.sha256(" ".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:SEED_BYTES], "big")
