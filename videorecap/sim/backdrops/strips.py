"""Finished strips of wall and surface: lit, slightly out of focus, cached."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from videorecap.sim.backdrops import indoors, outdoors, workplaces
from videorecap.sim.backdrops.room import HORIZON, PAD, TILE, Room
from videorecap.sim.backdrops.surfaces import surface

BLUR: Final = 0.0055  # of the wall, which is out of focus; frame heights
HAZE: Final = 0.12
WALLS: Final[dict[str, Callable[[Room], None]]] = {
    "kitchen": indoors.kitchen,
    "garden": outdoors.garden,
    "workshop": workplaces.workshop,
    "laundry room": indoors.laundry,
    "office": indoors.office,
    "shop": workplaces.shop,
    "bathroom": indoors.bathroom,
    "gym": workplaces.gym,
    "street": outdoors.street,
    "garage": workplaces.garage,
}


@lru_cache(maxsize=32)
def wall_strip(place: str, daytime: str, pixels: int, width: int) -> Image.Image:
    """The wall of a place: one tile and ``width`` more pixels, so that any crop fits.

    Args:
        place: name in ``world.PLACES``.
        daytime: "morning", "afternoon" or "evening".
        pixels: height of the frame.
        width: of the frame, in pixels.
    """
    room = Room.empty(place, daytime, pixels)
    WALLS[place](room)
    return _extended(_lit(room), width, BLUR * pixels)


@lru_cache(maxsize=32)
def surface_strip(place: str, pixels: int, width: int) -> Image.Image:
    """The surface of a place, lit from behind and textured; as long as ``wall_strip``."""
    return _extended(surface(place, pixels), width, 0.0)


def _lit(room: Room) -> Image.Image:
    """Brighter around what gives light, darker in between and close to the surface; slightly hazy."""
    picture = np.asarray(room.finish(), dtype=np.float32)
    rows, columns = picture.shape[:2]
    x = np.arange(columns, dtype=np.float32)[None, :] * (TILE / columns)
    y = np.arange(rows, dtype=np.float32)[:, None] * ((HORIZON + 2 * PAD) / rows) - PAD
    gain = 0.86 - 0.16 * np.exp((y - HORIZON) / 0.06)
    for at_x, at_y, radius in room.lights:
        across = np.abs((x - at_x + TILE / 2) % TILE - TILE / 2)
        gain = gain + 0.24 * np.exp(-(across**2 + (y - at_y) ** 2) / radius**2)
    picture = picture * gain[..., None]
    picture += HAZE * (np.array((222, 220, 222), np.float32) - picture)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8), "RGB")


def _extended(strip: Image.Image, width: int, blur: float) -> Image.Image:
    """A tile, its beginning again, and ``blur`` pixels of softness that cross the border."""
    longer = Image.new("RGB", (strip.width + width + 2, strip.height))
    for left in range(0, longer.width, strip.width):
        longer.paste(strip, (left, 0))
    if not blur:
        return longer
    soft = longer.filter(ImageFilter.GaussianBlur(blur))
    margin = min(width, round(4 * blur) + 1)  # the ends lack neighbours: take them from the other end
    soft.paste(soft.crop((strip.width, 0, strip.width + margin, soft.height)), (0, 0))
    return soft
