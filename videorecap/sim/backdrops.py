"""Walls and surfaces of the places, drawn once per size as endless strips that repeat every ``TILE``.

Units are frame heights; y runs downwards from the top of the frame.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image

from videorecap.sim.pen import Pen, Rgb, darker, lighter, mix

TILE: Final = 3.2  # a strip repeats after this, in frame heights
HORIZON: Final = 0.50  # y where the surface begins
PAD: Final = 0.08  # of strip above and below the frame, for a camera that sways


class _Wall:
    """A pen for walls: y downwards, and everything near an end is drawn again at the other end."""

    def __init__(self, pen: Pen) -> None:
        self.pen = pen

    def block(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        fill: Rgb,
        radius: float = 0.0,
        edge: float = 0.004,
    ) -> None:
        for shift in (-TILE, 0.0, TILE):
            if right + shift > -0.1 and left + shift < TILE + 0.1:
                self.pen.block((left + shift, -bottom), (right + shift, -top), fill, radius, edge)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Rgb, edge: float = 0.004) -> None:
        for shift in (-TILE, 0.0, TILE):
            self.pen.oval((x + shift, -y), (rx, ry), fill, edge)

    def shape(self, points: list[tuple[float, float]], fill: Rgb, edge: float = 0.004) -> None:
        for shift in (-TILE, 0.0, TILE):
            self.pen.polygon([(x + shift, -y) for x, y in points], fill, edge)

    def window(self, left: float, top: float, width: float, height: float, frame: Rgb) -> None:
        """A window with sky and hills."""
        right, bottom = left + width, top + height
        self.block(left - 0.02, top - 0.02, right + 0.02, bottom + 0.02, frame)
        self.block(left, top, right, bottom, (186, 218, 236), edge=0)
        self.shape(
            [
                (left, bottom),
                (left, bottom - 0.06),
                (left + width * 0.4, bottom - 0.12),
                (right, bottom - 0.05),
                (right, bottom),
            ],
            (150, 184, 140),
            edge=0,
        )
        self.block(left + width / 2 - 0.008, top, left + width / 2 + 0.008, bottom, frame, edge=0)
        self.block(left - 0.04, bottom + 0.01, right + 0.04, bottom + 0.035, lighter(frame, 0.3))


def _kitchen(wall: _Wall, rng: random.Random) -> None:
    for row in range(5):
        for column in range(20):
            shade = rng.uniform(0, 0.07)
            x, y = column * 0.16, 0.2 + row * 0.08
            wall.block(x, y, x + 0.157, y + 0.077, darker((214, 224, 222), shade), radius=0.006, edge=0)
    for x in (0.02, 0.42, 1.72, 2.12, 2.72):
        wall.block(x, -0.1, x + 0.38, 0.2, (204, 180, 148))
        wall.block(x + 0.04, -0.1, x + 0.34, 0.16, (214, 192, 162))
        wall.block(x + 0.31, 0.06, x + 0.33, 0.14, (120, 108, 96))
    wall.window(0.98, -0.04, 0.56, 0.34, (238, 234, 226))
    wall.block(2.56, 0.02, 2.68, 0.5, (196, 202, 206))


def _garden(wall: _Wall, rng: random.Random) -> None:
    wall.block(-0.1, -0.2, TILE + 0.1, 0.34, (176, 212, 234), edge=0)
    for x, y in ((0.4, 0.08), (1.5, 0.03), (2.5, 0.1)):
        for dx, radius in ((-0.1, 0.05), (0, 0.075), (0.1, 0.055)):
            wall.oval(x + dx, y, radius * 1.5, radius * 0.7, (236, 244, 248), edge=0)
    for index in range(16):
        x = index * 0.2
        wall.oval(
            x + rng.uniform(-0.05, 0.05),
            0.36,
            0.15,
            rng.uniform(0.1, 0.2),
            mix((96, 142, 90), (120, 160, 96), rng.random()),
            edge=0,
        )
    for index in range(20):
        x = index * 0.16
        wall.shape(
            [(x + 0.02, 0.52), (x + 0.02, 0.3), (x + 0.07, 0.26), (x + 0.12, 0.3), (x + 0.12, 0.52)],
            (216, 208, 190),
        )
    wall.block(-0.1, 0.36, TILE + 0.1, 0.4, (206, 196, 176))


def _workshop(wall: _Wall, rng: random.Random) -> None:
    for index in range(16):
        x = index * 0.2
        wall.block(x, -0.2, x + 0.196, 0.52, darker((168, 140, 112), rng.uniform(0.0, 0.12)), edge=0)
    wall.block(0.3, 0.02, 1.5, 0.4, (136, 112, 90))
    for index in range(6):
        x = 0.4 + index * 0.19
        wall.block(x, 0.08, x + 0.025, 0.26 + 0.03 * (index % 3), (98, 82, 70))
        wall.block(x - 0.04, 0.06, x + 0.06, 0.11, (148, 152, 158))
    wall.window(1.9, 0.0, 0.44, 0.3, (120, 96, 76))
    for y in (0.16, 0.36):
        wall.block(2.5, y, 3.1, y + 0.025, (112, 88, 66))
    for index in range(4):
        x = 2.55 + index * 0.14
        wall.block(x, 0.06, x + 0.09, 0.16, mix((120, 130, 140), (170, 120, 90), rng.random()))


def _laundry(wall: _Wall, rng: random.Random) -> None:
    for index in range(8):
        wall.block(index * 0.4, -0.2, index * 0.4 + 0.2, 0.52, (206, 216, 226), edge=0)
    for x in (0.25, 0.95, 2.1):
        wall.block(x, 0.06, x + 0.56, 0.6, (234, 236, 238), radius=0.02)
        wall.block(x + 0.03, 0.08, x + 0.53, 0.15, (210, 214, 220))
        wall.oval(x + 0.28, 0.34, 0.17, 0.17, (180, 188, 198))
        wall.oval(x + 0.28, 0.34, 0.125, 0.125, (96, 112, 132))
        wall.oval(x + 0.24, 0.30, 0.04, 0.03, (150, 168, 188), edge=0)
    wall.block(1.65, 0.1, 2.0, 0.13, (176, 150, 120))
    for index in range(3):
        x = 1.68 + index * 0.1
        wall.block(x, 0.0, x + 0.07, 0.1, mix((190, 150, 170), (140, 170, 190), rng.random()), radius=0.01)
    wall.window(2.78, -0.06, 0.36, 0.34, (226, 228, 230))


def _office(wall: _Wall, rng: random.Random) -> None:
    wall.block(-0.1, -0.2, TILE + 0.1, 0.6, (196, 190, 208), edge=0)
    wall.block(0.2, -0.1, 1.1, 0.6, (140, 110, 84))
    for row in range(3):
        y = -0.06 + row * 0.2
        wall.block(0.24, y, 1.06, y + 0.17, (104, 82, 66))
        x = 0.26
        while x < 1.0:
            width, height = rng.uniform(0.025, 0.05), rng.uniform(0.1, 0.155)
            spine = mix(
                (128, 116, 120),
                rng.choice(((150, 84, 74), (84, 110, 140), (108, 132, 96), (176, 150, 96))),
                0.7,
            )
            wall.block(x, y + 0.17 - height, x + width, y + 0.17, spine, edge=0.003)
            x += width + 0.003
    wall.window(1.5, -0.06, 0.7, 0.38, (232, 228, 222))
    wall.block(2.5, 0.02, 2.86, 0.28, (228, 222, 208))
    wall.shape([(2.53, 0.25), (2.62, 0.12), (2.7, 0.2), (2.76, 0.15), (2.83, 0.25)], (140, 160, 150), edge=0)


def _shop(wall: _Wall, rng: random.Random) -> None:
    wall.block(-0.1, -0.2, TILE + 0.1, 0.6, (222, 204, 182), edge=0)
    for row in range(3):
        y = 0.06 + row * 0.19
        wall.block(0.06, y, 2.2, y + 0.025, (150, 116, 88))
        x = 0.1
        while x < 2.05:
            width, height = rng.uniform(0.06, 0.12), rng.uniform(0.07, 0.13)
            tint = mix(
                (200, 186, 170),
                rng.choice(((150, 110, 100), (110, 136, 140), (150, 146, 96), (130, 110, 140))),
                0.55,
            )
            wall.block(x, y - height, x + width, y, tint, radius=0.012, edge=0.003)
            x += width + rng.uniform(0.01, 0.06)
    for index in range(5):
        x = 2.36 + index * 0.14
        wall.shape(
            [(x, -0.1), (x + 0.14, -0.1), (x + 0.14, 0.1), (x + 0.07, 0.15), (x, 0.1)],
            (206, 116, 104) if index % 2 else (240, 232, 220),
        )
    wall.block(2.4, 0.2, 3.02, 0.5, (120, 146, 150))
    wall.block(2.44, 0.23, 2.98, 0.5, (186, 210, 212))


WALLS: Final[dict[str, Callable[[_Wall, random.Random], None]]] = {
    "kitchen": _kitchen,
    "garden": _garden,
    "workshop": _workshop,
    "laundry room": _laundry,
    "office": _office,
    "shop": _shop,
}
SURFACES: Final[dict[str, tuple[Rgb, str]]] = {  # colour and grain
    "kitchen": ((158, 148, 140), "speckle"),
    "garden": ((158, 138, 104), "boards"),
    "workshop": ((188, 148, 102), "boards"),
    "laundry room": ((190, 198, 200), "plain"),
    "office": ((142, 102, 76), "grain"),
    "shop": ((178, 160, 136), "grain"),
}
BASE: Final[dict[str, Rgb]] = {
    "kitchen": (206, 212, 208),
    "garden": (126, 164, 96),
    "workshop": (150, 124, 98),
    "laundry room": (216, 224, 232),
    "office": (196, 190, 208),
    "shop": (222, 204, 182),
}


@lru_cache(maxsize=32)
def wall_strip(place: str, pixels: int, width: int) -> Image.Image:
    """The wall of a place: one tile and ``width`` more pixels, so that any crop fits.

    Args:
        place: name in ``world.PLACES``.
        pixels: height of the frame.
        width: of the frame, in pixels.
    """
    pen = Pen(pixels, (0.0, -HORIZON - PAD, TILE, PAD), outline=0.004)
    wall = _Wall(pen)
    wall.block(-0.1, -0.2, TILE + 0.1, 1.0, BASE[place], edge=0)
    WALLS[place](wall, random.Random(place))
    image = pen.finish(shade=0).convert("RGB")
    faded = Image.blend(image, Image.new("RGB", image.size, (222, 220, 222)), 0.22)
    return _extended(faded, width)


@lru_cache(maxsize=32)
def surface_strip(place: str, pixels: int, width: int) -> Image.Image:
    """The surface of a place, lit from behind and textured; as long as ``wall_strip``."""
    colour, grain = SURFACES[place]
    rows, columns = round((1 - HORIZON + PAD) * pixels), round(TILE * pixels)
    rng = np.random.Generator(np.random.PCG64(sum(place.encode())))
    depth = np.linspace(0, 1, rows)[:, None]
    light = 1.1 - 0.22 * depth + _texture(grain, rows, columns, pixels, rng)
    edge = np.exp(-depth * rows / (0.012 * pixels))
    light = light * (1 - 0.35 * edge)
    picture = np.clip(light[..., None] * np.array(colour), 0, 255).astype(np.uint8)
    return _extended(Image.fromarray(picture, "RGB"), width)


def _texture(
    grain: str, rows: int, columns: int, pixels: int, rng: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Brightness to add, [rows, columns]."""
    if grain == "speckle":
        return rng.normal(0, 0.035, (rows, columns))
    if grain == "plain":
        return np.zeros((rows, columns)) + rng.normal(0, 0.008, (rows, columns))
    lines = rng.normal(0, 0.03, (rows, 1)) + rng.normal(0, 0.008, (rows, columns))
    if grain == "boards":
        board = max(2, round(0.16 * pixels))
        gap = (np.arange(rows) % board) < max(1, pixels // 120)
        lines = lines - 0.25 * gap[:, None]
    return lines


def _extended(strip: Image.Image, width: int) -> Image.Image:
    longer = Image.new("RGB", (strip.width + width + 2, strip.height))
    longer.paste(strip, (0, 0))
    longer.paste(strip.crop((0, 0, width + 2, strip.height)), (strip.width, 0))
    return longer
