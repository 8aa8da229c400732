"""Reading the authors' checkpoint files, which are pickles, without running anything in them."""

from __future__ import annotations

import argparse
import re
import zipfile
from _codecs import encode
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy._core.multiarray import scalar
from torch import Tensor

from videorecap.errors import CheckpointError

DATA_PARALLEL_PREFIX: Final = "module."
# All that a file may name besides tensors: the run's options, and numpy numbers of an optimizer's state
# under the names that numpy 1 and 2 give them.
ALLOWED: Final[list[Callable[..., Any] | tuple[Callable[..., Any], str]]] = [
    argparse.Namespace,
    OrderedDict,
    encode,
    np.dtype,
    scalar,
    (scalar, "numpy.core.multiarray.scalar"),
    *(type(np.dtype(kind)) for kind in ("float64", "float32", "int64", "int32", "bool")),
]


@dataclass(frozen=True, slots=True)
class OfficialCheckpoint:
    """What one of the authors' files holds.

    Attributes:
        path: of the file.
        state: tensors by their official names, without "module.".
        args: options of the training run; empty if the file has none.
    """

    path: Path
    state: dict[str, Tensor]
    args: dict[str, object]


def read_official(path: Path) -> OfficialCheckpoint:
    """Read a checkpoint of Video ReCap or LaViLa.

    Args:
        path: a file that ``torch.save`` wrote: a dictionary with "state_dict", or bare tensors by name.

    Raises:
        CheckpointError: if the file cannot be read, holds something else, or names anything that could run.
    """
    content = _load(path)
    if not isinstance(content, Mapping):
        raise CheckpointError(f"{path}: holds a {type(content).__name__}, not a checkpoint's dictionary")
    state = content.get("state_dict", content)
    if not isinstance(state, Mapping) or not state:
        raise CheckpointError(f"{path}: holds no tensors under 'state_dict'")
    for key, value in state.items():
        if not (isinstance(key, str) and isinstance(value, Tensor)):
            raise CheckpointError(f"{path}: entry {key!r} is a {type(value).__name__}, not a tensor")
    args = content.get("args") if state is not content else None
    return OfficialCheckpoint(
        path=path,
        state={key.replace(DATA_PARALLEL_PREFIX, ""): value for key, value in state.items()},
        args=_options(path, args),
    )


def _options(path: Path, args: object) -> dict[str, object]:
    if isinstance(args, argparse.Namespace):
        args = vars(args)
    if args is None:
        return {}
    if not isinstance(args, Mapping):
        raise CheckpointError(
            f"{path}: its 'args' are a {type(args).__name__}, not the options of a training run by name"
        )
    return {str(name): value for name, value in args.items()}


def _load(path: Path) -> object:
    if not path.is_file():
        raise CheckpointError(f"{path}: no such file")
    try:
        with torch.serialization.safe_globals(ALLOWED):
            # Only a zip file can stay on disk; its tensors are then read when they are used.
            return torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except MemoryError:
        raise
    except Exception as error:
        wanted = re.search(r"GLOBAL ([\w.]+)", str(error))
        if wanted is not None:
            raise CheckpointError(
                f"{path}: refused, because it wants to use {wanted[1]}; a checkpoint needs only tensors, "
                "argparse.Namespace and numpy numbers"
            ) from error
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise CheckpointError(f"{path}: not a readable PyTorch checkpoint ({reason[:120]})") from error
