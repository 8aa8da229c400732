"""Whether ``torch.compile`` pays for the video encoder: what it gains, and what its warm-up costs first."""

from __future__ import annotations

import time
from statistics import median
from typing import Any, Final

import torch
from torch import Tensor

from captioning_speed.random_systems import open_system
from videorecap.build import System

TRIES: Final = 3


def encode_both_ways(*, system: str, device: str, batch_size: int, seed: int) -> dict[str, Any]:
    """Seconds a clip of a system's encoder in fp32, as it is and compiled, on noise.

    Returns:
        For json. "pays_after_clips" is None where the compiled encoder is not quicker; what it computes
        differs from the other by at most "largest_difference".
    """
    opened = open_system(system, device=device, seed=seed, num_tokens=None)
    encoder, config = opened.modules.encoder, opened.config.encoder
    assert encoder is not None and config is not None
    size = (batch_size, 3, config.num_frames, config.image_size, config.image_size)
    pixels = torch.randn(size, generator=torch.Generator().manual_seed(seed))
    seen = opened.encode(pixels)
    plainly = median(_seconds(opened, pixels) for _ in range(TRIES))
    opened.modules.encoder = torch.compile(encoder, dynamic=False)
    warm_up = _seconds(opened, pixels)
    anew = opened.encode(pixels)
    quickly = median(_seconds(opened, pixels) for _ in range(TRIES))
    gained = (plainly - quickly) / batch_size
    return {
        "batch_size": batch_size,
        "seconds_a_clip": plainly / batch_size,
        "compiled_seconds_a_clip": quickly / batch_size,
        "warm_up_seconds": warm_up,
        "pays_after_clips": warm_up / gained if gained > 0 else None,
        "largest_difference": float((anew - seen).abs().max()),
    }


def _seconds(system: System, pixels: Tensor) -> float:
    """Of encoding a batch."""
    _wait(system)
    began = time.perf_counter()
    system.encode(pixels)
    _wait(system)
    return time.perf_counter() - began


def _wait(system: System) -> None:
    if system.device.type == "cuda":
        torch.cuda.synchronize(system.device)
