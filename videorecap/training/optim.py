"""AdamW as the authors use it: the rate of each step, and which parameters decay."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import torch
from torch import nn

from videorecap.training.recipe import Optim

EPS: Final = 1e-8


def rate(optim: Optim, step: int, *, num_steps: int, steps_per_epoch: float) -> float:
    """Learning rate of a step.

    Source: the authors' schedule; a straight line from the first rate to the learning rate, both reached,
    then a cosine that would reach the final rate at the step after the last.

    Args:
        optim: rates and lengths.
        step: counted from 0.
        num_steps: of the whole run.
        steps_per_epoch: how many steps an epoch of ``optim`` has.
    """
    skipped = round(optim.skipped_epochs * steps_per_epoch)
    warmup = optim.warmup_steps
    if warmup is None:
        warmup = round(optim.warmup_epochs * steps_per_epoch)
    position = step + skipped
    if position < warmup:
        grown = position / (warmup - 1) if warmup > 1 else 0.0
        return optim.first_rate + grown * (optim.learning_rate - optim.first_rate)
    progress = (position - warmup) / (num_steps + skipped - warmup)
    fall = 0.5 * (1 + math.cos(math.pi * progress))
    return optim.final_rate + fall * (optim.learning_rate - optim.final_rate)


def parameter_groups(parameters: Iterable[nn.Parameter], weight_decay: float) -> list[dict[str, Any]]:
    """Two groups for an optimizer: matrices and tables, which decay; vectors and scalars, which do not."""
    listed = list(parameters)
    return [
        {"params": [p for p in listed if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in listed if p.ndim < 2], "weight_decay": 0.0},
    ]


def make_optimizer(parameters: Iterable[nn.Parameter], optim: Optim) -> torch.optim.AdamW:
    """The optimizer of a run; who uses it sets the rate of each step."""
    groups = parameter_groups(parameters, optim.weight_decay)
    return torch.optim.AdamW(groups, lr=optim.learning_rate, betas=optim.betas, eps=EPS)
