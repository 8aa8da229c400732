"""What a machine can do at best, measured where and when the benchmark runs: the yardsticks of its shares."""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from videorecap.video.file_reader import DECODER_THREADS

SIDE: Final = {"cpu": 2048, "cuda": 8192}  # of square matrices
STREAM_BYTES: Final = {"cpu": 1 << 28, "cuda": 1 << 32}
TRIES: Final = 20
LARGEST: Final = 127  # of an int8


@dataclass(frozen=True, slots=True)
class Peak:
    """Operations and bytes of memory a second."""

    flops_per_second: float
    bytes_per_second: float

    def least_seconds(self, flops: float, num_bytes: float) -> float:
        """Of work that does both at once."""
        return max(flops / self.flops_per_second, num_bytes / self.bytes_per_second)


def measure_peak(precision: str, device: torch.device, *, side: int | None = None) -> Peak:
    """The machine's own peak.

    Args:
        precision: of large products: "fp32", "bf16", or "int8", whose inputs are made int8 as they come.
        device: where.
        side: of the matrices; None is what fills the device.
    """
    product = _product(precision, device, side or SIDE[device.type])
    flops = 2 * (side or SIDE[device.type]) ** 3
    return Peak(flops / _seconds(product, device), _bytes_per_second(device))


def _product(precision: str, device: torch.device, side: int) -> Callable[[], Tensor]:
    a, b = torch.rand(2, side, side, device=device)
    if precision == "int8":
        return _int8_product(a, b)
    if precision == "bf16":
        a, b = a.bfloat16(), b.bfloat16()
    return lambda: a @ b


def _int8_product(x: Tensor, weight: Tensor) -> Callable[[], Tensor]:
    """With 7 bits of what comes in, as two products of 8 do not fit where some processors add them up."""
    scale = weight.abs().amax(1) / LARGEST
    numbers = (weight / scale[:, None]).round().to(torch.int8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        zeros = torch.zeros(len(scale), dtype=torch.int64)
        quantized = torch._make_per_channel_quantized_tensor(numbers, scale.double(), zeros, 0)
        packed = torch.ops.quantized.linear_prepack(quantized, None)
    return lambda: torch.ops.quantized.linear_dynamic(x, packed, reduce_range=True)


def _bytes_per_second(device: torch.device) -> float:
    """The better of a copy, and of a matrix that is read once to be multiplied by a vector."""
    numbers = torch.rand(STREAM_BYTES[device.type] // 4 // 4096, 4096, device=device)
    vector = torch.rand(4096, device=device)
    target = torch.empty_like(numbers)
    copied = 2 * numbers.nbytes / _seconds(lambda: target.copy_(numbers), device)
    return max(copied, numbers.nbytes / _seconds(lambda: numbers @ vector, device))


def _seconds(work: Callable[[], object], device: torch.device) -> float:
    """The best of several tries, after one that does not count: others may use the machine meanwhile."""
    times = []
    for _ in range(1 + TRIES):
        began = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append(time.perf_counter() - began)
    return min(times[1:])


def bare_decode_seconds(path: Path, *, is_all: bool = True) -> float:
    """Of decoding a file once from its start, with as many threads as ``VideoReader``, and nothing else.

    Args:
        path: its file.
        is_all: whether frames are decoded that no other one is predicted from.
    """
    import av

    began = time.perf_counter()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_type = "AUTO"
        stream.codec_context.thread_count = DECODER_THREADS
        stream.codec_context.skip_frame = "DEFAULT" if is_all else "NONREF"
        for _ in container.decode(stream):
            pass
    return time.perf_counter() - began


def bare_write_seconds(num_bytes: int) -> float:
    """Of writing so many bytes as one file that is on the disk for good."""
    with tempfile.NamedTemporaryFile() as file:
        data = os.urandom(num_bytes)
        began = time.perf_counter()
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        return time.perf_counter() - began
