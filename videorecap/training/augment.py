"""Varying the pixels of a clip as cameras and codecs do."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

MAX_SHIFT: Final = 1 / 16  # of the picture's side
CONTRAST: Final = 0.15
BRIGHTNESS: Final = 20.0  # levels of 255
NOISE: Final = 7.0  # levels of 255, at most


def augment(pixels: Tensor, seed: int) -> Tensor:
    """Shift a clip, and change its contrast, brightness and noise; its frames stay together.

    Args:
        pixels: uint8 [3, T, S, S].
        seed: of the change.

    Returns:
        float32 of the same shape, 0..255.
    """
    generator = torch.Generator().manual_seed(seed)
    reach = round(MAX_SHIFT * pixels.shape[-1])
    y, x = torch.randint(-reach, reach + 1, (2,), generator=generator).tolist()
    contrast, brightness = (2 * torch.rand(2, generator=generator) - 1).tolist()
    varied = _shifted(pixels, y, x).float()
    noise = torch.empty_like(varied).uniform_(-NOISE, NOISE, generator=generator)
    varied.sub_(128).mul_(1 + CONTRAST * contrast).add_(128 + BRIGHTNESS * brightness).add_(noise)
    return varied.clamp_(0, 255)


def _shifted(pixels: Tensor, y: int, x: int) -> Tensor:
    """Moved down and right, the border repeated."""
    height, width = pixels.shape[-2:]
    rows = (torch.arange(height) - y).clamp(0, height - 1)
    columns = (torch.arange(width) - x).clamp(0, width - 1)
    return pixels[..., rows, :][..., columns]
