"""Light on a finished picture: time of day, slow changes, shadows that pass, dark corners, grain."""

from __future__ import annotations

import math
import random
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageChops

from videorecap.sim.script import Script

TINTS: Final[dict[str, tuple[float, float, float]]] = {
    "morning": (1.0, 1.01, 1.03),
    "afternoon": (1.04, 1.0, 0.95),
    "evening": (1.06, 0.95, 0.84),
}
CORNERS: Final = 0.2  # darkness of the corners
GRAIN: Final = 0.009
GRAINS: Final = 6  # pictures of grain, in turn
GRAIN_HERTZ: Final = 24
BRIGHTEST: Final = 0.96  # of the film, which only darkens; the tint makes up for it
SHADOW_SECONDS: Final = 14.0  # a shadow passes in about half of such stretches
SHADOW_DEPTH: Final = 0.24
SHADOW_WIDTH: Final = 0.8  # frame heights
SHADOW_REACH: Final = 2.5  # to either side of the middle, in frame heights


def lit(canvas: Image.Image, script: Script, seconds: float) -> Image.Image:
    """The picture in the light of a moment."""
    phase = (script.seed % 89) * 0.5
    gain = 1.0 + 0.05 * math.sin(seconds / 17 + phase) + 0.03 * math.sin(seconds / 7.3 + 2 * phase)
    canvas = canvas.point(_table(script.daytime, round(gain * 500)))
    passing = _passing(script.seed, seconds)
    if passing is not None:
        canvas = ImageChops.multiply(canvas, _shade(canvas.size, passing))
    return ImageChops.multiply(canvas, _film(canvas.size, int(seconds * GRAIN_HERTZ) % GRAINS))


@lru_cache(maxsize=512)
def _table(daytime: str, gain: int) -> list[int]:
    """Values of all three channels after tint and gain, the gain in 500ths."""
    scale = gain / 500 / BRIGHTEST
    return [min(255, round(value * scale * tint)) for tint in TINTS[daytime] for value in range(256)]


@lru_cache(maxsize=4 * GRAINS)
def _film(size: tuple[int, int], number: int) -> Image.Image:
    """What darkens the corners and adds grain, by multiplication."""
    width, height = size
    rng = np.random.Generator(np.random.PCG64(number))
    x = (np.arange(width, dtype=np.float64)[None, :] + 0.5) / width - 0.5
    y = (np.arange(height, dtype=np.float64)[:, None] + 0.5) / height - 0.5
    dark = CORNERS * ((x**2 + y**2) / 0.5) ** 1.5
    factor = BRIGHTEST * (1 - dark) * (1 + rng.uniform(-1.7, 1.7, (height, width)) * GRAIN)
    values = np.clip(factor * 255, 0, 255).round().astype(np.uint8)
    return Image.fromarray(values).convert("RGB")


def _passing(seed: int, seconds: float) -> float | None:
    """Where a shadow passes, in frame heights from the middle; None when there is none."""
    number = math.floor(seconds / SHADOW_SECONDS)
    rng = random.Random(seed * 104729 + number)
    if rng.random() < 0.5:
        return None
    share = seconds / SHADOW_SECONDS - number
    return rng.choice((-1, 1)) * SHADOW_REACH * (2 * share - 1)


def _shade(size: tuple[int, int], at: float) -> Image.Image:
    """A slanted, soft dark band around ``at``, by multiplication."""
    width, height = size
    strip = _band(width, height)
    left = round(strip.width / 2 - width / 2 - at * height)
    return strip.crop((left, 0, left + width, height))


@lru_cache(maxsize=4)
def _band(width: int, height: int) -> Image.Image:
    """A dark band in the middle of a bright picture, wide enough for a frame wherever the band is in it."""
    columns = max(10 * height, width + math.ceil(2 * SHADOW_REACH * height) + 2)
    x = (np.arange(columns, dtype=np.float64)[None, :] + 0.5) / height - columns / height / 2
    y = (np.arange(height, dtype=np.float64)[:, None] + 0.5) / height - 0.5
    band = np.exp(-(((x + 0.35 * y) / SHADOW_WIDTH) ** 4))
    values = ((1 - SHADOW_DEPTH * band) * 255).round().astype(np.uint8)
    return Image.fromarray(values).convert("RGB")
