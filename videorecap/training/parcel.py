"""Batches sent between processes in one piece; tensor by tensor, each would cost about a millisecond."""

from __future__ import annotations

import io
import pickle
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

ALIGNMENT: Final = 64  # bytes
PROTOCOL: Final = 5  # the first that keeps arrays apart


@dataclass(frozen=True)
class Parcel:
    """An object whose tensors and arrays lie in one memory.

    Attributes:
        frame: the object, without them.
        memory: uint8 [bytes].
        places: start and size of each in it, in bytes.
    """

    frame: bytes
    memory: Tensor
    places: list[tuple[int, int]]


def pack(value: object) -> Parcel:
    """Copy an object into a parcel; of a tensor that shows a part of a larger one, only that part."""
    buffers: list[pickle.PickleBuffer] = []
    frame = io.BytesIO()
    _Packer(frame, PROTOCOL, buffer_callback=buffers.append).dump(value)
    places, end = [], 0
    for buffer in buffers:
        size = buffer.raw().nbytes
        places.append((end, size))
        end += -(-size // ALIGNMENT) * ALIGNMENT
    memory = torch.empty(end, dtype=torch.uint8)
    for buffer, (start, size) in zip(buffers, places, strict=True):
        memory.numpy()[start : start + size] = np.frombuffer(buffer.raw(), np.uint8)
    return Parcel(frame.getvalue(), memory, places)


def unpack(parcel: Parcel) -> object:
    """The object of a parcel; its tensors and arrays stay in the parcel's memory."""
    memory = parcel.memory.numpy()
    buffers = [memory[start : start + size] for start, size in parcel.places]
    return pickle.loads(parcel.frame, buffers=buffers)  # noqa: S301 - a process of this training made it


class _Packer(pickle.Pickler):
    """Takes tensors as the bytes of arrays, which go into the memory like those of any array."""

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401 - what pickle wants
        if not isinstance(value, Tensor) or value.device.type != "cpu":
            return NotImplemented
        content = value.detach().contiguous().view(-1).view(torch.uint8).numpy()
        return _tensor, (content, value.dtype, value.shape)


def _tensor(content: np.ndarray[Any, Any], dtype: torch.dtype, shape: torch.Size) -> Tensor:
    return torch.from_numpy(content).view(dtype).view(shape)
