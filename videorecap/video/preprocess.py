"""Pixels to the video encoder's input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocess:
    """Resize the short side, crop the centre, subtract the mean, divide by the deviation.

    Attributes:
        image_size: side of the square in pixels.
        mean: of each channel, of 0..255 RGB.
        std: likewise.
        antialias: blur before making a picture smaller.
    """

    image_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    antialias: bool = False

    def __call__(self, frames: NDArray[np.uint8]) -> torch.Tensor:
        """Frames uint8 [T, H, W, 3] to float32 [3, T, image_size, image_size]."""
        return self.normalise(self.fit(frames)).contiguous()

    def fit(self, frames: NDArray[np.uint8]) -> torch.Tensor:
        """Frames uint8 [T, H, W, 3] to squares, float32 [3, T, image_size, image_size], 0..255."""
        squares = [self._crop(self._resize(self._channels(frame))) for frame in frames]  # one large at a time
        return torch.cat(squares).transpose(0, 1)

    def _channels(self, frame: NDArray[np.uint8]) -> torch.Tensor:
        """One frame [H, W, 3] as float32 [1, 3, H, W]."""
        return torch.from_numpy(np.ascontiguousarray(frame)).permute(2, 0, 1)[None].to(torch.float32)

    def normalise(self, pixels: torch.Tensor) -> torch.Tensor:
        """Pixels [..., 3, T, height, width] of 0..255, mean and deviation taken out."""
        mean_C111 = torch.tensor(self.mean, device=pixels.device).view(3, 1, 1, 1)
        std_C111 = torch.tensor(self.std, device=pixels.device).view(3, 1, 1, 1)
        return (pixels - mean_C111) / std_C111

    def _resize(self, frames_TCHW: torch.Tensor) -> torch.Tensor:
        height, width = frames_TCHW.shape[-2:]
        if height <= width:
            size = (self.image_size, int(self.image_size * width / height))
        else:
            size = (int(self.image_size * height / width), self.image_size)
        if size == (height, width):
            return frames_TCHW
        return torch.nn.functional.interpolate(
            frames_TCHW, size=size, mode="bilinear", align_corners=False, antialias=self.antialias
        )

    def _crop(self, frames_TCHW: torch.Tensor) -> torch.Tensor:
        height, width = frames_TCHW.shape[-2:]
        top = round((height - self.image_size) / 2)
        left = round((width - self.image_size) / 2)
        return frames_TCHW[..., top : top + self.image_size, left : left + self.image_size]
