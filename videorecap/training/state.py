"""Checkpoints to continue a training from: directories that appear whole, files without pickles.

``step-00001200/`` holds ``weights.safetensors`` (the trained parameters only), ``optimizer.safetensors``,
``average.safetensors`` where an average of the weights is kept, and ``state.json``. A run in many processes
writes the same files as a run in one: sharded tensors are put together first.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.distributed.tensor import DTensor, distribute_tensor

from videorecap.errors import CheckpointError, OutputError

SCHEMA_VERSION: Final = 1
NAME: Final = re.compile(r"step-(\d{8})")
PART: Final = re.compile(r"\.step-\d{8}\.part")
STATE_FILE: Final = "state.json"
TENSOR_FILES: Final = ("weights", "optimizer", "average")


@dataclass(frozen=True, kw_only=True)
class TrainingState:
    """Where a training stands after some steps.

    Attributes:
        step: optimizer steps taken.
        identity: what a run must share with this one to continue it.
        weights: trained parameters by name.
        optimizer: its tensors, by ``key/parameter name``.
        average: of the weights over the steps, by name; empty if none is kept.
        notes: small things as JSON, such as sums that the log has not written yet.
    """

    step: int
    identity: Mapping[str, Any]
    weights: Mapping[str, Tensor]
    optimizer: Mapping[str, Tensor]
    average: Mapping[str, Tensor] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)


def write_state(folder: Path, state: TrainingState, *, keep: int = 1) -> Path:
    """Write a checkpoint aside, rename it, and remove older ones.

    Args:
        folder: of the run's checkpoints.
        state: what to write.
        keep: how many of the newest checkpoints stay.

    Returns:
        The directory written.

    Raises:
        OutputError: if it cannot be written; the checkpoint before stays.
    """
    path = folder / f"step-{state.step:08d}"
    aside = folder / f".{path.name}.part"
    facts = {
        "schema_version": SCHEMA_VERSION,
        "step": state.step,
        "identity": state.identity,
        "notes": state.notes,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_parts(folder)
        aside.mkdir()
        for name in TENSOR_FILES:
            save_file(dict(getattr(state, name)), aside / f"{name}.safetensors")
        (aside / STATE_FILE).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        for written in (*aside.iterdir(), aside):
            _flush(written)
        aside.rename(path)
        _flush(folder)
        for old in checkpoints(folder)[:-keep]:
            old.rename(folder / f".{old.name}.part")  # so that what a kill leaves of it is no checkpoint
        _remove_parts(folder)
    except (OSError, SafetensorError) as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise OutputError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from error
    return path


def checkpoints(folder: Path) -> list[Path]:
    """The whole checkpoints in a folder, oldest first."""
    found = folder.glob("step-*") if folder.is_dir() else ()
    return sorted(path for path in found if NAME.fullmatch(path.name) and (path / STATE_FILE).is_file())


def latest(folder: Path) -> Path | None:
    """The newest whole checkpoint in a folder, if there is one."""
    return next(reversed(checkpoints(folder)), None)


def read_state(path: Path) -> TrainingState:
    """Read a checkpoint.

    Raises:
        CheckpointError: if it cannot be read, or is of another version.
    """
    try:
        facts = json.loads((path / STATE_FILE).read_text(encoding="utf-8"))
        tensors = {name: load_file(path / f"{name}.safetensors") for name in TENSOR_FILES}
        version = facts["schema_version"]
        if version == SCHEMA_VERSION:
            return TrainingState(
                step=facts["step"], identity=facts["identity"], notes=facts["notes"], **tensors
            )
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise CheckpointError(
            f"{path}: not a checkpoint of a training ({error!r}); remove it to continue from one "
            "before it, or from the start of the stage"
        ) from error
    raise CheckpointError(f"{path} has schema_version {version}, this version reads {SCHEMA_VERSION}")


def require_same(identity: Mapping[str, Any], stored: Mapping[str, Any], *, source: Path) -> None:
    """Check that a run may continue a checkpoint.

    Raises:
        CheckpointError: naming what differs.
    """
    ours = json.loads(json.dumps(identity))
    differing = [key for key in sorted({*ours, *stored}) if ours.get(key) != stored.get(key)]
    if differing:
        told = "; ".join(
            f"{key}: {_short(stored.get(key))}, now {_short(ours.get(key))}" for key in differing
        )
        raise CheckpointError(
            f"{source} is of another training ({told}); continue it as it was begun, or give another folder"
        )


def gather(parameters: Mapping[str, Tensor], *, is_wanted: bool = True) -> dict[str, Tensor]:
    """Whole tensors on the CPU; every process must ask, and those that do not want them get none."""
    gathered = {}
    for name, parameter in parameters.items():
        whole = parameter.full_tensor() if isinstance(parameter, DTensor) else parameter
        if is_wanted:
            gathered[name] = whole.detach().cpu().contiguous()
    return gathered


def optimizer_tensors(
    optimizer: torch.optim.Optimizer, parameters: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """What an optimizer remembers, by ``key/parameter name``; nothing of parameters it never changed."""
    return {
        f"{key}/{name}": value
        for name, parameter in parameters.items()
        for key, value in optimizer.state.get(parameter, {}).items()
    }


@torch.no_grad()
def restore(parameters: Mapping[str, Tensor], stored: Mapping[str, Tensor], *, source: Path) -> None:
    """Fill parameters with what was stored of them.

    Raises:
        CheckpointError: if the names or shapes differ.
    """
    if parameters.keys() != stored.keys():
        odd = sorted(parameters.keys() ^ stored.keys())
        raise CheckpointError(f"{source} has other parameters than this training: {', '.join(odd[:5])}")
    for name, parameter in parameters.items():
        if parameter.shape != stored[name].shape:
            raise CheckpointError(
                f"{source}: {name} has shape {tuple(stored[name].shape)}, not {tuple(parameter.shape)}"
            )
        parameter.copy_(_like(parameter, stored[name]))


def restore_optimizer(
    optimizer: torch.optim.Optimizer, parameters: Mapping[str, nn.Parameter], stored: Mapping[str, Tensor]
) -> None:
    """Give an optimizer back what it remembered."""
    optimizer.state.clear()
    for name_of_value, value in stored.items():
        key, _, name = name_of_value.partition("/")
        parameter = parameters[name]
        # AdamW counts its steps on the CPU, wherever the parameter is
        optimizer.state[parameter][key] = value if key == "step" else _like(parameter, value)


def _like(parameter: Tensor, tensor: Tensor) -> Tensor:
    if isinstance(parameter, DTensor):
        local = tensor.to(parameter.device_mesh.device_type)
        return distribute_tensor(local, parameter.device_mesh, parameter.placements)
    return tensor.to(parameter.device)


def _remove_parts(folder: Path) -> None:
    """Remove checkpoints that are not, or no longer, whole."""
    for path in folder.iterdir():
        if PART.fullmatch(path.name):
            shutil.rmtree(path)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _short(value: object) -> str:
    return textwrap.shorten(json.dumps(value), 60, placeholder="...")
