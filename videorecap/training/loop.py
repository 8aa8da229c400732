"""The training loop: several losses in turn, one optimizer step each.

Source: Video ReCap, section S1 (alternate batching for the unified model).
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from videorecap.errors import VideoRecapError

log = logging.getLogger(__name__)

LOG_EVERY = 100  # steps


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How long and how fast to train.

    Attributes:
        num_steps: optimizer steps, over all losses.
        learning_rate: after the warm-up; falls to a twentieth along a cosine.
        warmup_steps: of linear growth.
        weight_decay: of matrices; vectors and scalars do not decay.
        max_grad_norm: gradients are clipped to this norm.
    """

    num_steps: int
    learning_rate: float
    warmup_steps: int = 200
    weight_decay: float = 0.05
    max_grad_norm: float = 1.0

    def rate(self, step: int) -> float:
        """Learning rate of a step, counted from 0."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        progress = (step - self.warmup_steps) / max(1, self.num_steps - self.warmup_steps)
        return self.learning_rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))))


def train(
    losses: Mapping[str, Callable[[], Tensor]], parameters: Iterable[nn.Parameter], schedule: Schedule
) -> None:
    """Take steps on the losses in turn.

    Args:
        losses: each draws a batch and returns its mean loss.
        parameters: what is trained.
        schedule: how long and how fast.

    Raises:
        VideoRecapError: if a loss is not finite.
    """
    trained = list(parameters)
    groups = [
        {"params": [p for p in trained if p.ndim >= 2], "weight_decay": schedule.weight_decay},
        {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=schedule.learning_rate, betas=(0.9, 0.98))
    names = list(losses)
    sums = dict.fromkeys(names, 0.0)
    started = time.monotonic()
    for step in range(schedule.num_steps):
        name = names[step % len(names)]
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate(step)
        loss = losses[name]()
        if not torch.isfinite(loss):
            raise VideoRecapError(f"step {step}: the {name} loss is {loss.item()}; lower the learning rate")
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(trained, schedule.max_grad_norm)
        optimizer.step()
        sums[name] += loss.item()
        if (step + 1) % LOG_EVERY == 0 or step + 1 == schedule.num_steps:
            _report(step + 1, schedule, sums, len(names), time.monotonic() - started)
            sums = dict.fromkeys(names, 0.0)


def _report(
    step: int, schedule: Schedule, sums: Mapping[str, float], num_losses: int, seconds: float
) -> None:
    count = max(1, (step - 1) % LOG_EVERY + 1) / num_losses
    means = "  ".join(f"{name} {total / count:.3f}" for name, total in sums.items())
    log.info(
        "step %d/%d  %s  lr %.1e  %.0f s", step, schedule.num_steps, means, schedule.rate(step - 1), seconds
    )
