"""Dirt on things: brownish blotches, streaks and specks, each kind of object with its own."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw

from videorecap.sim.pen import OVERSAMPLE, Rgb

MUD: Final[Rgb] = (124, 92, 56)
DUST: Final[Rgb] = (186, 150, 104)
STRENGTH: Final = 225  # opacity of dirt, of 255
SPOTS: Final = 20
DROPS: Final = 4
SOFTNESS: Final = 0.3  # part of a cleaning in which one mark goes away


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of dirt: its middle, 0 to 1 across and down, its radii, and when it goes away."""

    x: float
    y: float
    wide: float
    tall: float
    place: float
    is_dust: bool


def dirtied(
    image: Image.Image, kind: str, amount: float, box: tuple[float, float, float, float]
) -> Image.Image:
    """Put dirt on an object.

    Args:
        image: the object, with transparency.
        kind: what it is, which decides where the dirt sits.
        amount: 0 (clean) to 1.
        box: (left, top, right, bottom) of the object in the picture, in pixels.
    """
    left, top, right, bottom = (round(side) for side in box)
    alpha = image.getchannel("A").crop((left, top, right, bottom))
    inner = alpha.getbbox()
    if inner is None:
        return image
    alpha = alpha.crop(inner)
    left, top = left + inner[0], top + inner[1]
    right, bottom = left + alpha.width, top + alpha.height
    result = image.copy()
    for colour, mask in zip((MUD, DUST), _masks(kind, amount, alpha.size), strict=True):
        colours = Image.new("RGB", alpha.size, colour)
        mixed = Image.composite(colours, result.crop((left, top, right, bottom)).convert("RGB"), mask)
        mixed.putalpha(alpha)
        result.paste(mixed, (left, top))
    return result


def _masks(kind: str, amount: float, size: tuple[int, int]) -> tuple[Image.Image, Image.Image]:
    """How much mud and how much dust lies on each pixel."""
    width, height = size[0] * OVERSAMPLE, size[1] * OVERSAMPLE
    unit = math.sqrt(width * height)
    masks = [Image.new("L", (width, height), 0) for _ in range(2)]
    pens = [ImageDraw.Draw(mask) for mask in masks]
    for mark in _marks(kind):
        grown = min(1.0, max(0.0, (amount * (1 + SOFTNESS) - mark.place) / SOFTNESS))
        if grown:
            x, y = mark.x * width, mark.y * height
            rx, ry = mark.wide * grown * unit, mark.tall * grown * unit
            pens[mark.is_dust].ellipse((x - rx, y - ry, x + rx, y + ry), fill=STRENGTH)
    mud, dust = (mask.reduce(OVERSAMPLE) for mask in masks)
    return mud, dust


@lru_cache(maxsize=256)
def _marks(kind: str) -> tuple[Mark, ...]:
    """The dirt of a kind: blotches of a few drops each, streaks, and specks of dust."""
    generator = random.Random(f"dirt on a {kind}")
    marks = []
    for index in range(SPOTS):
        x, y = generator.uniform(0.04, 0.96), generator.uniform(0.08, 0.95)
        radius, place = generator.uniform(0.03, 0.07), index / SPOTS
        if index % 3 == 0:
            marks.append(Mark(x, y, radius * 2.2, radius * 0.35, place, False))
            marks.append(Mark(x + radius, y + radius * 0.9, radius * 1.4, radius * 0.25, place, False))
        else:
            for _ in range(DROPS):
                angle, far = generator.uniform(0, 2 * math.pi), generator.uniform(0, 1.1) * radius
                size = radius * generator.uniform(0.4, 1.0)
                marks.append(
                    Mark(
                        x + far * math.cos(angle), y + far * math.sin(angle), size, size * 0.85, place, False
                    )
                )
        for _ in range(2):
            speck = (x + generator.uniform(-0.12, 0.12), y + generator.uniform(-0.12, 0.12))
            size = radius * generator.uniform(0.12, 0.3)
            marks.append(Mark(*speck, size, size, place, True))
    return tuple(marks)
