"""Pictures of hands with forearms, and of the tools they use.

Units are ``HAND_SIZE`` frame heights; the origin is the palm.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from PIL import Image

from videorecap.sim.motion import HAND_SIZE
from videorecap.sim.pen import Pen, Rgb, darker, lighter
from videorecap.sim.sprites import Sprite

SKINS: Final[tuple[Rgb, ...]] = ((236, 190, 158), (222, 166, 128), (186, 126, 90), (132, 86, 62))
SLEEVES: Final[tuple[Rgb, ...]] = (
    (92, 118, 142),
    (150, 92, 84),
    (96, 128, 104),
    (118, 104, 136),
    (196, 178, 148),
)
ANGLE_STEP: Final = 3  # degrees between the drawn directions
REACH: Final = 0.84  # from the palm to the edge of the picture before it is trimmed
STEEL: Final[Rgb] = (196, 202, 210)
GRIP: Final[Rgb] = (74, 54, 46)
WOOD: Final[Rgb] = (190, 138, 86)


def _knife(pen: Pen) -> None:
    pen.polygon([(-0.01, 0.06), (-0.05, 0.07), (-0.12, 0.26), (-0.085, 0.30), (-0.02, 0.12)], STEEL)
    pen.stroke([(0.015, -0.03), (-0.028, 0.08)], GRIP, 0.04)


def _sponge(pen: Pen) -> None:
    pen.block((-0.1, 0.06), (0.1, 0.17), (250, 206, 70), radius=0.03)
    pen.block((-0.1, 0.14), (0.1, 0.18), (92, 160, 96), radius=0.02)
    for x, y, radius in ((-0.12, 0.19, 0.035), (-0.05, 0.22, 0.045), (0.04, 0.21, 0.035), (0.12, 0.18, 0.04)):
        pen.oval((x, y), (radius, radius), (244, 250, 255), edge=0.004)


def _spoon(pen: Pen) -> None:
    pen.stroke([(0.05, 0.09), (-0.18, 0.0)], WOOD, 0.028)
    pen.oval((-0.21, -0.015), (0.05, 0.036), lighter(WOOD, 0.2))


def _jug(pen: Pen) -> None:
    pen.arc((0.01, 0.05), (0.07, 0.08), (0, 360), darker(STEEL, 0.35), 0.025)
    pen.polygon([(-0.2, 0.02), (0.0, -0.03), (0.03, 0.13), (-0.16, 0.19)], (120, 160, 176))
    pen.polygon([(-0.19, 0.05), (-0.18, 0.11), (-0.26, 0.14), (-0.25, 0.11)], (98, 138, 156))
    pen.polygon([(-0.15, 0.16), (0.02, 0.11), (0.026, 0.125), (-0.155, 0.185)], (214, 232, 242), edge=0.004)


def _hammer(pen: Pen) -> None:
    pen.stroke([(0.01, -0.06), (-0.03, 0.24)], WOOD, 0.036)
    pen.polygon([(-0.13, 0.2), (0.03, 0.22), (0.09, 0.27), (0.03, 0.29), (-0.13, 0.28)], (96, 100, 110))
    pen.block((-0.15, 0.19), (-0.11, 0.29), (126, 130, 140), radius=0.01)


def _brush(pen: Pen) -> None:
    pen.stroke([(0.02, -0.06), (-0.035, 0.14)], (206, 74, 62), 0.03)
    pen.polygon([(-0.075, 0.13), (0.0, 0.155), (-0.012, 0.195), (-0.085, 0.17)], STEEL)
    pen.polygon([(-0.085, 0.17), (-0.012, 0.195), (-0.03, 0.27), (-0.09, 0.25)], (84, 70, 60))
    pen.polygon([(-0.075, 0.225), (-0.018, 0.245), (-0.03, 0.28), (-0.09, 0.262)], (64, 190, 190), edge=0)


def _pen(pen: Pen) -> None:
    pen.stroke([(0.06, -0.06), (-0.1, 0.13)], (36, 48, 132), 0.036)
    pen.stroke([(-0.1, 0.13), (-0.12, 0.154)], (30, 30, 34), 0.014)
    pen.stroke([(0.075, -0.078), (0.045, -0.042)], (236, 196, 84), 0.04)


TOOLS: Final[dict[str, Callable[[Pen], None]]] = {
    "knife": _knife,
    "sponge": _sponge,
    "spoon": _spoon,
    "jug": _jug,
    "hammer": _hammer,
    "brush": _brush,
    "pen": _pen,
}


def _arm(pen: Pen, skin: Rgb, sleeve: Rgb) -> None:
    pen.polygon([(-0.042, -0.05), (0.046, -0.05), (0.07, -0.3), (-0.062, -0.3)], skin)
    pen.polygon([(-0.075, -0.2), (0.082, -0.2), (0.14, -0.83), (-0.125, -0.83)], sleeve)
    pen.block((-0.082, -0.225), (0.09, -0.18), darker(sleeve, 0.2), radius=0.012)


def _open_hand(pen: Pen, skin: Rgb) -> None:
    """Fingers stretched; the thumb of the right hand is on the left."""
    edge = darker(skin, 0.45)
    fingers = ((-0.04, 0.125), (-0.012, 0.15), (0.018, 0.14), (0.044, 0.105))
    for colour, width in ((edge, 0.038), (skin, 0.03)):
        pen.stroke([(-0.035, -0.01), (-0.085, 0.05)], colour, width)
        for x, length in fingers:
            pen.stroke([(x * 0.8, 0.02), (x, length)], colour, width - 0.004)
    pen.oval((0.002, 0.005), (0.054, 0.066), skin, edge=0.004)
    pen.oval((0.002, 0.012), (0.044, 0.052), skin, edge=0)
    for x, length in fingers:
        pen.stroke([(x, length), (x, length + 0.006)], lighter(skin, 0.45), 0.012)


def _fist(pen: Pen, skin: Rgb) -> None:
    """Fingers curled around something."""
    pen.oval((0.002, 0.005), (0.056, 0.062), skin, edge=0.005)
    for x in (0.042, 0.015, -0.012, -0.038):
        pen.oval((x, 0.044), (0.018, 0.034), lighter(skin, 0.08), edge=0.004)
    pen.stroke([(-0.04, -0.01), (-0.066, 0.03)], darker(skin, 0.45), 0.038)
    pen.stroke([(-0.04, -0.01), (-0.066, 0.03)], skin, 0.03)


@lru_cache(maxsize=256)
def hand_sprite(
    side: int, direction: int, is_gripping: bool, tool: str | None, dress: tuple[int, int], pixels: int
) -> Sprite:
    """A hand with its forearm.

    Args:
        side: 1 for the right hand, -1 for the left, its mirror image.
        direction: where it points, in multiples of ``ANGLE_STEP`` degrees, positive to the left.
        is_gripping: fingers curled instead of stretched.
        tool: a name in ``TOOLS``, or None.
        dress: indices into ``SKINS`` and ``SLEEVES``.
        pixels: height of the frame.
    """
    image = _upright(is_gripping, tool, dress, pixels)
    if side < 0:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    turned = image.rotate(direction * ANGLE_STEP, resample=Image.Resampling.BICUBIC)
    box = turned.getbbox()
    assert box is not None
    middle = turned.width // 2
    return Sprite(turned.crop(box), (middle - box[0], middle - box[1]))


@lru_cache(maxsize=32)
def _upright(is_gripping: bool, tool: str | None, dress: tuple[int, int], pixels: int) -> Image.Image:
    """The right hand pointing up, on a square picture with the palm in its middle."""
    pen = Pen(pixels * HAND_SIZE, (-REACH, -REACH, REACH, REACH), outline=0.007)
    skin = SKINS[dress[0]]
    _arm(pen, skin, SLEEVES[dress[1]])
    if tool is not None:
        TOOLS[tool](pen)
    (_fist if is_gripping else _open_hand)(pen, skin)
    return pen.finish(shade=0.1)


def direction_of(degrees: float) -> int:
    """The nearest drawn direction."""
    return math.floor(degrees / ANGLE_STEP + 0.5)
