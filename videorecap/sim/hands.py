"""Pictures of hands with forearms and tools.

Units are ``HAND_SIZE`` frame heights; the origin is the palm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from PIL import Image

from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter, smooth
from videorecap.sim.pose import HAND_SIZE
from videorecap.sim.sprites import Sprite
from videorecap.sim.tools import TOOLS

SKINS: Final[tuple[Rgb, ...]] = ((236, 190, 158), (222, 166, 128), (186, 126, 90), (132, 86, 62))
SLEEVES: Final[tuple[Rgb, ...]] = (
    (92, 118, 142),
    (150, 92, 84),
    (96, 128, 104),
    (118, 104, 136),
    (196, 178, 148),
)
ANGLE_STEP: Final = 3  # degrees between the drawn directions
ARM: Final = 1.5  # from the palm to the end of the drawn arm: out of view, however high the hand
EXTENT: Final = (
    -0.44,
    -ARM,
    0.24,
    0.42,
)  # of the right hand pointing up with any tool: left, bottom, right, top
EDGE: Final = 0.007  # width of outlines
PALM: Final = smooth(
    [
        (-0.04, -0.07),
        (-0.055, -0.01),
        (-0.054, 0.04),
        (-0.03, 0.07),
        (0.03, 0.068),
        (0.056, 0.035),
        (0.044, -0.07),
    ]
)
FOREARM: Final = [
    (-0.04, -0.06),
    (0.044, -0.06),
    (0.05, -0.14),
    (0.068, -0.3),
    (-0.062, -0.3),
    (-0.045, -0.14),
]


@dataclass(frozen=True, slots=True)
class _Finger:
    """A finger: its joints from the knuckle to the tip, and its width."""

    joints: tuple[Point, ...]
    width: float


STRETCHED: Final = (
    _Finger(((-0.034, 0.05), (-0.046, 0.09), (-0.05, 0.13)), 0.033),
    _Finger(((-0.011, 0.06), (-0.014, 0.105), (-0.013, 0.152)), 0.034),
    _Finger(((0.014, 0.06), (0.019, 0.1), (0.021, 0.143)), 0.033),
    _Finger(((0.037, 0.045), (0.047, 0.078), (0.053, 0.108)), 0.028),
)
STRETCHED_THUMB: Final = _Finger(((-0.03, -0.025), (-0.066, 0.012), (-0.088, 0.055)), 0.036)
CURLED: Final = (
    _Finger(((0.044, 0.03), (0.046, 0.056), (0.036, 0.066)), 0.033),
    _Finger(((0.02, 0.04), (0.02, 0.074), (0.009, 0.084)), 0.036),
    _Finger(((-0.008, 0.04), (-0.01, 0.076), (-0.021, 0.084)), 0.036),
    _Finger(((-0.034, 0.03), (-0.04, 0.062), (-0.051, 0.066)), 0.035),
)
CURLED_THUMB: Final = _Finger(((-0.026, -0.03), (-0.058, -0.002), (-0.066, 0.034)), 0.036)


def _sleeve(pen: Pen, sleeve: Rgb) -> None:
    """From the cuff to the elbow, with a light side and folds."""
    end, elbow = -ARM, -0.75
    for (left, right), (low_left, low_right), colour, edge in (
        ((-0.075, 0.082), (-0.135, 0.15), sleeve, None),
        ((-0.068, -0.04), (-0.127, -0.08), lighter(sleeve, 0.16), 0),
        ((0.05, 0.077), (0.092, 0.143), darker(sleeve, 0.14), 0),
    ):
        low = [(low_right, elbow), (low_right, end), (low_left, end), (low_left, elbow)]
        pen.polygon([(left, -0.2), (right, -0.2), *low], colour, edge)
    for sign, y in ((-1, -0.3), (1, -0.35), (-1, -0.44), (1, -0.52), (-1, -0.62)):
        side = sign * (0.08 - 0.09 * (y + 0.2))
        fold = smooth([(side, y), (0.6 * side, y - 0.012), (0.25 * side, y - 0.04)], is_closed=False)
        pen.stroke(fold, darker(sleeve, 0.2), 0.009)
    pen.block((-0.084, -0.225), (0.092, -0.176), darker(sleeve, 0.2), radius=0.014)
    pen.stroke([(-0.07, -0.19), (0.0, -0.19)], sleeve, 0.008)


def _silhouette(pen: Pen, skin: Rgb, fingers: tuple[_Finger, ...]) -> None:
    """Forearm, palm and fingers as one shape with one outline."""
    edge = darker(skin, 0.5)
    pen.polygon(FOREARM, edge, edge=2 * EDGE)
    pen.polygon(PALM, edge, edge=2 * EDGE)
    for finger in fingers:
        pen.stroke(smooth(finger.joints, is_closed=False), edge, finger.width + 2 * EDGE)
    pen.polygon(FOREARM, skin, edge=0)
    pen.polygon(PALM, skin, edge=0)
    pen.polygon([(-0.03, -0.06), (-0.008, -0.06), (-0.02, -0.3), (-0.052, -0.3)], lighter(skin, 0.18), edge=0)
    pen.polygon([(0.026, -0.06), (0.043, -0.06), (0.067, -0.3), (0.04, -0.3)], darker(skin, 0.1), edge=0)


def _finger(pen: Pen, skin: Rgb, finger: _Finger) -> None:
    """One finger over the silhouette, with its own shade and a light along it."""
    line = smooth(finger.joints, is_closed=False)
    pen.stroke(line, skin, finger.width)
    light = [(x - 0.16 * finger.width, y) for x, y in line[len(line) // 3 :]]
    pen.stroke(light, lighter(skin, 0.2), finger.width * 0.34)


def _nail(pen: Pen, skin: Rgb, finger: _Finger) -> None:
    (x, y), width = finger.joints[-1], finger.width
    pen.oval((x, y + 0.1 * width), (0.27 * width, 0.36 * width), lighter(skin, 0.55), edge=0.003)


def _open_hand(pen: Pen, skin: Rgb) -> None:
    """Fingers stretched; the thumb of the right hand is on the left."""
    gap = darker(skin, 0.3)
    for first, second in pairwise(STRETCHED):
        low, high = (
            ((first.joints[i][0] + second.joints[i][0]) / 2, first.joints[i][1] + rise)
            for i, rise in ((0, 0.0), (1, 0.015))
        )
        pen.stroke([low, high], gap, 0.007)
    for finger in (STRETCHED_THUMB, *STRETCHED):
        _finger(pen, skin, finger)
        _nail(pen, skin, finger)
    for finger in STRETCHED:
        for x, y in (finger.joints[0], finger.joints[1]):
            pen.stroke([(x - 0.007, y), (x + 0.008, y + 0.001)], gap, 0.005)
    pen.stroke(smooth([(-0.03, -0.045), (-0.046, -0.012), (-0.044, 0.02)], is_closed=False), gap, 0.006)


def _fist(pen: Pen, skin: Rgb) -> None:
    """Fingers curled around something, the thumb along it."""
    pen.polygon(PALM, skin, edge=0)
    for finger in CURLED:
        line = smooth(finger.joints, is_closed=False)
        pen.stroke(line, darker(skin, 0.4), finger.width + EDGE)
        _finger(pen, skin, finger)
        x, y = finger.joints[0]
        pen.oval((x, y - 0.004), (0.0155, 0.02), lighter(skin, 0.1), edge=0)
    pen.stroke(smooth(CURLED_THUMB.joints, is_closed=False), darker(skin, 0.4), CURLED_THUMB.width + EDGE)
    _finger(pen, skin, CURLED_THUMB)
    _nail(pen, skin, CURLED_THUMB)
    pen.oval((0.004, -0.01), (0.04, 0.034), skin, edge=0)


@lru_cache(maxsize=192)
def hand_sprite(
    side: int, direction: int, is_gripping: bool, tool: str | None, dress: tuple[int, int], pixels: int
) -> Sprite:
    """A hand with its forearm; the anchor is the palm.

    Args:
        side: 1 for the right hand, -1 for the left, its mirror image.
        direction: where it points, in multiples of ``ANGLE_STEP`` degrees, positive to the left.
        is_gripping: fingers curled instead of stretched.
        tool: a name in ``TOOLS``, or None.
        dress: indices into ``SKINS`` and ``SLEEVES``.
        pixels: height of the frame.
    """
    image = _upright(is_gripping, tool, dress, pixels)
    left, bottom, right, top = EXTENT
    x, y = (left + right) / -2, (bottom + top) / 2  # palm, from the middle of the picture; y downwards
    if side < 0:
        image, x = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), -x
    turned = image.rotate(direction * ANGLE_STEP, resample=Image.Resampling.BICUBIC, expand=True)
    radians, unit = math.radians(direction * ANGLE_STEP), pixels * HAND_SIZE
    cos, sin = math.cos(radians), math.sin(radians)
    box = turned.getbbox()
    assert box is not None
    palm_x = round(turned.width / 2 + unit * (x * cos + y * sin))
    palm_y = round(turned.height / 2 + unit * (y * cos - x * sin))
    return Sprite(turned.crop(box), (palm_x - box[0], palm_y - box[1]))


@lru_cache(maxsize=32)
def _upright(is_gripping: bool, tool: str | None, dress: tuple[int, int], pixels: int) -> Image.Image:
    """The right hand pointing up."""
    pen = Pen(pixels * HAND_SIZE, EXTENT, outline=EDGE)
    skin = SKINS[dress[0]]
    _silhouette(pen, skin, (*CURLED, CURLED_THUMB) if is_gripping else (*STRETCHED, STRETCHED_THUMB))
    if tool is not None:
        TOOLS[tool].draw(pen)
    (_fist if is_gripping else _open_hand)(pen, skin)
    _sleeve(pen, SLEEVES[dress[1]])
    return pen.finish(shade=0.1)


def direction_of(degrees: float) -> int:
    """The nearest drawn direction."""
    return math.floor(degrees / ANGLE_STEP + 0.5)
