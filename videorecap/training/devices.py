"""Accelerate as the trainer uses it: devices, precision, and sums over processes."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final, cast

import torch
from accelerate import (  # type: ignore[import-untyped]
    Accelerator,
    DistributedDataParallelKwargs,
    InitProcessGroupKwargs,
)
from accelerate.state import AcceleratorState  # type: ignore[import-untyped]
from accelerate.utils import DistributedType, GradientAccumulationPlugin  # type: ignore[import-untyped]
from torch import Tensor, nn
from torch.distributed.tensor import DTensor
from torch.nn.utils import get_total_norm

from videorecap.errors import ConfigError
from videorecap.training.plan import Precision

PATIENCE: Final = timedelta(days=1)  # of a process with others that still prepare their share
EPS: Final = 1e-6  # torch's, beside the norm that gradients are divided by


def make_accelerator(precision: Precision, *, cpu: bool = False) -> Accelerator:
    """Accelerate as the trainer needs it; devices and processes are those of the launcher's environment.

    Args:
        precision: of the forward pass.
        cpu: stay on the CPU even where there is a GPU.

    Raises:
        ConfigError: if the device has no such precision.
    """
    AcceleratorState._reset_state()  # it is one for the process, and would keep the precision of the first
    accelerator = Accelerator(
        mixed_precision="no" if precision == "fp32" else precision,
        cpu=cpu,
        gradient_accumulation_plugin=GradientAccumulationPlugin(num_steps=1),  # the trainer's own
        kwargs_handlers=[
            DistributedDataParallelKwargs(find_unused_parameters=True),
            InitProcessGroupKwargs(timeout=PATIENCE),
        ],
    )
    if precision == "fp16" and accelerator.scaler is None:
        raise ConfigError(f"precision fp16 needs a GPU, and this is {accelerator.device}; bf16 would do")
    return accelerator


def processes_here(accelerator: Accelerator) -> int:
    """How many of a run's processes share this machine."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", accelerator.num_processes))


def prepare(
    accelerator: Accelerator, task: nn.Module, optimizer: torch.optim.Optimizer
) -> tuple[nn.Module, torch.optim.Optimizer]:
    """Place, spread or shard a task, and its optimizer with it.

    Raises:
        ConfigError: if it were sharded as FSDP 1 does, which flattens parameters.
    """
    if accelerator._models:
        accelerator.free_memory()  # it holds what a training before was given
    if accelerator.distributed_type == DistributedType.FSDP:
        if not accelerator.is_fsdp2:
            raise ConfigError("sharded training needs FSDP version 2: accelerate launch --fsdp_version 2")
        scalars = nn.ParameterList(p for p in task.parameters() if p.ndim == 0)  # they cannot be sharded
        plugin = accelerator.state.fsdp_plugin
        plugin.ignored_modules = [scalars.to(accelerator.device)]
        plugin.cpu_ram_efficient_loading = False  # every process has the weights
    model, prepared = accelerator.prepare(task, optimizer)
    return model, prepared


def average_unsharded(accelerator: Accelerator, parameters: Iterable[nn.Parameter]) -> None:
    """Average over processes the gradients that sharding leaves out; the others have been by now."""
    if accelerator.distributed_type != DistributedType.FSDP:
        return
    gradients = [p.grad for p in parameters if p.grad is not None and not isinstance(p, DTensor)]
    if gradients:
        means = accelerator.reduce(torch.stack(gradients), "mean")
        for gradient, mean in zip(gradients, means, strict=True):
            gradient.copy_(mean)


def clip_gradients(parameters: Iterable[nn.Parameter], max_norm: float) -> float:
    """Clip gradients, sharded or not, to a common norm; what it was."""
    listed = [p for p in parameters if p.grad is not None]
    gradients = [p.grad for p in listed if p.grad is not None]
    sharded = [gradient for gradient in gradients if isinstance(gradient, DTensor)]
    if not sharded:
        return float(nn.utils.clip_grad_norm_(listed, max_norm))
    total = cast(DTensor, get_total_norm(sharded)).full_tensor()
    whole = get_total_norm([gradient for gradient in gradients if not isinstance(gradient, DTensor)])
    norm = math.hypot(float(total), float(whole))
    for gradient in gradients:
        gradient.mul_(min(1.0, max_norm / (norm + EPS)))
    return norm


def add_up(accelerator: Accelerator, numbers: Sequence[float]) -> list[float]:
    """Sums over all processes, each of which must ask."""
    if accelerator.num_processes == 1:
        return list(numbers)
    tensor = torch.tensor(numbers, dtype=torch.float64, device=accelerator.device)
    total: Tensor = accelerator.reduce(tensor, "sum")
    return cast(list[float], total.tolist())
