"""Surfaces that objects lie on: colour, grain, light from the back, a front edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from videorecap.sim.backdrops.room import HORIZON, PAD, TILE
from videorecap.sim.pen import Rgb

EDGE: Final = 0.955  # y of the front edge, where there is one
Light = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """How a surface looks.

    Attributes:
        colour: of its middle.
        grain: "speckle", "wood", "boards", "tiles", "marble", "cloth" or "brushed".
        shine: strength of the light that it mirrors at the back.
        has_edge: whether it ends at the front.
    """

    colour: Rgb
    grain: str
    shine: float = 0.2
    has_edge: bool = True


FINISHES: Final[dict[str, Finish]] = {
    "kitchen": Finish(colour=(168, 160, 152), grain="speckle", shine=0.35),
    "garden": Finish(colour=(160, 138, 104), grain="boards", shine=0.12),
    "workshop": Finish(colour=(186, 146, 102), grain="boards", shine=0.15),
    "laundry room": Finish(colour=(190, 196, 198), grain="cloth"),
    "office": Finish(colour=(148, 108, 80), grain="wood", shine=0.3),
    "shop": Finish(colour=(182, 160, 134), grain="wood", shine=0.25),
    "bathroom": Finish(colour=(186, 188, 188), grain="marble", shine=0.25),
    "gym": Finish(colour=(182, 150, 112), grain="wood", shine=0.4, has_edge=False),
    "street": Finish(colour=(150, 148, 146), grain="tiles", shine=0.05, has_edge=False),
    "garage": Finish(colour=(126, 134, 142), grain="brushed", shine=0.3),
}


def surface(place: str, pixels: int) -> Image.Image:
    """One tile of the surface of a place, ``pixels`` to a frame height."""
    finish = FINISHES[place]
    rows, columns = round((1 - HORIZON + PAD) * pixels), round(TILE * pixels)
    rng = np.random.Generator(np.random.PCG64(sum(place.encode())))
    y = HORIZON + np.arange(rows, dtype=np.float64)[:, None] / pixels
    x = np.arange(columns, dtype=np.float64)[None, :] / pixels
    light = 1.04 - 0.2 * (y - HORIZON) / (1 - HORIZON) + _grain(finish.grain, x, y, rng)
    light += finish.shine * np.exp(-(y - HORIZON) / 0.09) * (0.75 + 0.25 * np.sin(2 * np.pi * x / TILE * 3))
    light += 0.5 * finish.shine * _patches(x, y)
    light *= 1 - 0.45 * np.exp(-(y - HORIZON) / 0.012)
    if finish.has_edge:
        light += 0.3 * np.exp(-(((y - EDGE) / 0.008) ** 2))
        light *= np.where(y > EDGE + 0.008, 0.62, 1.0)
    picture = np.clip(light[..., None] * np.array(finish.colour, np.float64), 0, 255)
    return Image.fromarray(picture.astype(np.uint8), "RGB")


def _depth(y: Light) -> Light:
    """Distance on the surface, growing towards the back faster and faster."""
    return np.asarray(1.0 / (y - HORIZON + 0.16), np.float64)


def _patches(x: Light, y: Light) -> Light:
    """Light that falls through windows: slanted, with soft borders."""
    result = np.zeros((y.shape[0], x.shape[1]), np.float64)
    for centre, half in ((0.5, 0.16), (1.1, 0.16), (2.3, 0.2)):
        along = (x - centre + 0.7 * (y - HORIZON) + TILE / 2) % TILE - TILE / 2
        across = 1 / (1 + np.exp((np.abs(along) - half) / 0.025))
        result += across * np.exp(-(((y - 0.68) / 0.16) ** 2))
    return result


def _grain(grain: str, x: Light, y: Light, rng: np.random.Generator) -> Light:
    """Brightness to add, [rows, columns]."""
    noise: Light = rng.normal(0, 1, (y.shape[0], x.shape[1]))
    result: Light
    if grain == "speckle":
        result = 0.035 * noise + 0.1 * (noise > 2.2) - 0.12 * (noise < -2.2)
    elif grain == "brushed":
        result = 0.02 * _smeared(noise, 0.055) + 0.006 * noise
    elif grain == "cloth":
        result = 0.012 * noise + 0.02 * np.sin(_depth(y) * 60)
    elif grain == "marble":
        veins = np.sin(2 * np.pi * (3 * x / TILE) + 9 * y + 1.6 * np.sin(2 * np.pi * 2 * x / TILE + 5 * y))
        result = -0.1 * np.exp(-((veins / 0.06) ** 2)) + 0.008 * noise
    elif grain == "tiles":
        result = 0.03 * noise - _joints(x, y, 0.55, 0.4)
    else:
        rings = np.sin(_depth(y) * 9 + 0.7 * np.sin(2 * np.pi * 2 * x / TILE))
        gaps = _joints(x, y, 0.9, 0.8) * (1.0 if grain == "boards" else 0.45)
        result = 0.03 * _smeared(noise, 0.085) + 0.02 * rings - gaps
    return result


def _smeared(noise: Light, share: float) -> Light:
    """Noise drawn out along the rows over a share of their length, as strong as before."""
    length = max(2, round(share * noise.shape[1]))
    total = np.cumsum(np.concatenate([noise[:, -length:], noise], axis=1), axis=1)
    return np.asarray((total[:, length:] - total[:, :-length]) / np.sqrt(length))


def _joints(x: Light, y: Light, deep: float, wide: float) -> Light:
    """Dark lines between boards or slabs: ``deep`` apart in depth, ``wide`` (frame heights) along."""
    depth = _depth(y) / deep
    number = np.floor(depth)
    step = np.abs(np.gradient(depth, axis=0))
    across = (depth - number) < np.maximum(step, 0.02)
    columns = TILE / round(TILE / wide)
    offset = (x + number * 0.37 * columns) % columns
    return np.asarray(0.16 * (across | (offset < 0.006)), np.float64)
