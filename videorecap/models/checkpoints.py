"""Weights of our own modules on disk: safetensors, strict, written aside and renamed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from videorecap.errors import CheckpointError


def save_weights(module: nn.Module, path: Path, *, dtype: torch.dtype | None = None) -> None:
    """Write a module's parameters, those of a shared part once.

    Args:
        module: any module of ours.
        path: the file; what is there is replaced only when the new one is complete.
        dtype: store the weights in this type; None keeps theirs.

    Raises:
        CheckpointError: if the file cannot be written.
    """
    tensors, places = {}, set()
    for name, parameter in module.named_parameters():
        tensor = parameter.detach().to("cpu", dtype or parameter.dtype).contiguous()
        place = tensor.untyped_storage().data_ptr()
        tensors[name] = tensor.clone() if place in places else tensor  # the format takes no shared memory
        places.add(place)
    save_tensors(tensors, path)


def save_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors that share no memory.

    Args:
        tensors: contiguous, on the CPU.
        path: the file; what is there is replaced only when the new one is complete.

    Raises:
        CheckpointError: if the file cannot be written.
    """
    aside = path.with_name(f".{path.name}.part")
    try:
        save_file(dict(tensors), aside, metadata={"format": "pt"})
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.replace(path)
    except (OSError, SafetensorError) as error:
        aside.unlink(missing_ok=True)
        raise CheckpointError(f"cannot write {path}: {error}") from error


def digest_tensors(digest: hashlib._Hash, tensors: Mapping[str, Tensor]) -> None:
    """Take tensors into a digest, in the order of their names."""
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype}".encode())
        content = tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy()
        digest.update(content.data)


def load_weights(module: nn.Module, path: Path) -> None:
    """Read what ``save_weights`` wrote.

    Raises:
        CheckpointError: if the file cannot be read, or does not fit; every key that is unknown, missing or
            of another shape is named.
    """
    fill(module, load_tensors(path), source=str(path))


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read what ``save_tensors`` wrote.

    Raises:
        CheckpointError: if the file cannot be read.
    """
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: not a readable weights file ({error})") from error


def fill(module: nn.Module, tensors: Mapping[str, Tensor], *, source: str, fresh: Iterable[str] = ()) -> None:
    """Give a module its weights. A module on the "meta" device takes the tensors themselves.

    Args:
        module: any module of ours.
        tensors: by the names of ``module.named_parameters()``; each takes the type of its parameter.
        source: where they come from, for the error.
        fresh: names that ``tensors`` lacks on purpose; those parameters stay as they are.

    Raises:
        CheckpointError: naming every key that is unknown, missing or of another shape.
    """
    own = dict(module.named_parameters())
    shapes = {name: tuple(parameter.shape) for name, parameter in own.items()}
    compare(
        source,
        unknown=tensors.keys() - own.keys(),
        missing=own.keys() - tensors.keys() - set(fresh),
        misshapen={
            name: (tuple(tensors[name].shape), shapes[name])
            for name in own.keys() & tensors.keys()
            if tuple(tensors[name].shape) != shapes[name]
        },
    )
    names = {id(parameter): name for name, parameter in own.items()}
    state = {
        alias: tensors[names[id(parameter)]].to(parameter.dtype)
        for alias, parameter in module.named_parameters(remove_duplicate=False)
        if names[id(parameter)] in tensors
    }
    is_meta = any(parameter.is_meta for parameter in own.values())
    module.load_state_dict(state, strict=False, assign=is_meta)  # names and shapes are compared above


def compare(
    source: str,
    *,
    unknown: Iterable[str],
    missing: Iterable[str],
    misshapen: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]],
    wrong: Iterable[str] = (),
) -> None:
    """Raise one error that names every difference, if there is any.

    Args:
        source: the file.
        unknown: keys that nothing wants.
        missing: keys that are wanted.
        misshapen: keys with the shape found and the shape wanted.
        wrong: other faults, worded.

    Raises:
        CheckpointError: if anything differs.
    """
    shapes = [f"{key} is {list(found)}, not {list(want)}" for key, (found, want) in sorted(misshapen.items())]
    faults = [
        f"{title}: {', '.join(items)}"
        for title, items in (
            ("unknown keys", sorted(unknown)),
            ("missing keys", sorted(missing)),
            ("wrong shapes", shapes),
            ("wrong values", sorted(wrong)),
        )
        if items
    ]
    if faults:
        raise CheckpointError(f"{source} does not fit the model; {'; '.join(faults)}")
