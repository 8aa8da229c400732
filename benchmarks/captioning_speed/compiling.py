"""Whether ``torch.compile`` pays for the video encoder: what it gains, and what its warm-up costs first."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any, Final

import torch
from torch import Tensor

from captioning_speed.random_systems import open_system

TRIES: Final = 3


def encode_both_ways(*, system: str, device: str, batch_size: int, seed: int) -> dict[str, Any]:
    """Seconds a clip of a system's encoder as it is, and compiled, on noise.

    Returns:
        For json; "pays_after_clips" is None where the compiled encoder is not quicker, and what it computes
        differs from the other by at most "largest_difference".
    """
    opened = open_system(system, device=device, seed=seed, num_tokens=None)
    encoder, config = opened.modules.encoder, opened.config.encoder
    assert encoder is not None and config is not None
    size = (batch_size, 3, config.num_frames, config.image_size, config.image_size)
    generator = torch.Generator(opened.device).manual_seed(seed)
    pixels = torch.randn(size, generator=generator, device=opened.device)
    compiled = torch.compile(encoder, dynamic=False)
    with torch.inference_mode():
        plainly, seen = _seconds(encoder, pixels), encoder(pixels)
        began = time.perf_counter()
        anew = compiled(pixels)
        warm_up = time.perf_counter() - began
        quickly = _seconds(compiled, pixels)
    gained = (plainly - quickly) / batch_size
    return {
        "batch_size": batch_size,
        "seconds_a_clip": plainly / batch_size,
        "compiled_seconds_a_clip": quickly / batch_size,
        "warm_up_seconds": warm_up,
        "pays_after_clips": warm_up / gained if gained > 0 else None,
        "largest_difference": float((anew - seen).abs().max()),
    }


def _seconds(encode: Callable[[Tensor], Tensor], pixels: Tensor) -> float:
    """Of a batch."""
    times = []
    for _ in range(1 + TRIES):
        began = time.perf_counter()
        encode(pixels)
        if pixels.is_cuda:
            torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return median(times[1:])
