"""Pictures of other people: head and upper body behind the surface, two arms that move.

Units are frame heights; the origin is the waist, y upwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from videorecap.sim.hands import SKINS
from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter, mix, smooth
from videorecap.sim.pose import GUEST, GUEST_HAND, GuestPose
from videorecap.sim.sprites import Sprite
from videorecap.sim.world import COLOURS

EXTENT: Final = (-0.36, -0.12, 0.4, 0.62)
HAIRS: Final[tuple[Rgb, ...]] = ((58, 44, 38), (104, 70, 46), (186, 142, 84), (132, 70, 44), (128, 126, 128))
UPPER_ARM: Final = 0.185
FOREARM: Final = 0.175
SHOULDER: Final[dict[str, Point]] = {"man": (0.138, 0.285), "woman": (0.114, 0.275)}
RESTING: Final[Point] = (0.13, -0.05)
STRETCHED: Final[Point] = (GUEST_HAND[0] - GUEST[0] + 0.01, GUEST[1] - GUEST_HAND[1] + 0.03)
RAISED: Final[Point] = (0.235, 0.45)
SWING: Final = 0.055
STEPS: Final = 16  # of each movement that are drawn


@dataclass(frozen=True, slots=True)
class Figure:
    """How somebody looks: "man" or "woman", name of the clothes' colour, indices of skin and hair."""

    person: str
    colour: str
    skin: int
    hair: int

    @property
    def complexion(self) -> Rgb:
        """Colour of the skin."""
        return SKINS[self.skin % len(SKINS)]

    @property
    def clothes(self) -> Rgb:
        """Colour of the clothes, a little softer than that of objects."""
        return mix(COLOURS[self.colour], (140, 136, 134), 0.12)


def figure_of(person: str, colour: str, seed: int) -> Figure:
    """Somebody of a script: the same person looks the same all day."""
    number = seed * 2 + (person == "woman")
    return Figure(person, colour, (number * 7 + 1) % len(SKINS), (number * 3 + 2) % len(HAIRS))


def body_sprite(figure: Figure, talk: float, pixels: int) -> Sprite:
    """Body and head.

    Args:
        figure: whose.
        talk: how far the mouth is open, 0 to 1.
        pixels: height of the frame.
    """
    return _body(figure, round(talk * STEPS / 2), pixels)


def arm_sprites(figure: Figure, pose: GuestPose, pixels: int) -> tuple[Sprite, Sprite]:
    """The arm that reaches, on the left of the picture, and the one that waves."""
    reach = round(pose.reach * STEPS)
    raised, swing = round(pose.raised * STEPS), round(pose.swing * STEPS)
    return _arm(figure, -1, reach, 0, pixels), _arm(figure, 1, raised, swing, pixels)


def _finished(pen: Pen, pixels: int) -> Sprite:
    image = pen.finish(shade=0.12, rim=0.12)
    left, top, right, bottom = image.getbbox() or (0, 0, 1, 1)
    anchor = (round(-EXTENT[0] * pixels) - left, round(EXTENT[3] * pixels) - top)
    return Sprite(image.crop((left, top, right, bottom)), anchor)


@lru_cache(maxsize=128)
def _body(figure: Figure, talk: int, pixels: int) -> Sprite:
    pen = Pen(pixels, EXTENT, outline=0.005)
    hair = HAIRS[figure.hair]
    if figure.person == "woman":
        _long_hair(pen, hair)
    _torso(pen, figure)
    _head(pen, figure, talk * 2 / STEPS)
    if figure.person == "woman":
        _fringe(pen, hair)
    else:
        _short_hair(pen, hair)
    return _finished(pen, pixels)


def _torso(pen: Pen, figure: Figure) -> None:
    """Clothes and neck."""
    shirt, skin = figure.clothes, figure.complexion
    pen.block((-0.034, 0.27), (0.034, 0.4), darker(skin, 0.12), radius=0.015, edge=0.0)
    if figure.person == "man":
        half = [(-0.05, 0.345), (-0.13, 0.318), (-0.165, 0.25), (-0.142, 0.1), (-0.13, -0.1)]
    else:
        half = [(-0.045, 0.33), (-0.11, 0.305), (-0.138, 0.25), (-0.102, 0.08), (-0.125, -0.1)]
    pen.polygon([*half, *((-x, y) for x, y in reversed(half))], shirt)
    if figure.person == "man":
        pen.polygon([(-0.05, 0.348), (0.0, 0.27), (-0.03, 0.26), (-0.07, 0.335)], lighter(shirt, 0.3))
        pen.polygon([(0.05, 0.348), (0.0, 0.27), (0.03, 0.26), (0.07, 0.335)], lighter(shirt, 0.3))
        pen.polygon([(-0.034, 0.35), (0.034, 0.35), (0.0, 0.285)], darker(skin, 0.12), edge=0.0)
        pen.stroke([(0.0, 0.27), (0.0, -0.1)], darker(shirt, 0.35), 0.005)
        for y in (0.2, 0.13, 0.06):
            pen.oval((0.0, y), (0.007, 0.007), lighter(shirt, 0.5), edge=0.0)
        pen.block((0.045, 0.15), (0.105, 0.215), darker(shirt, 0.1), radius=0.008, edge=0.003)
    else:
        neckline = smooth(
            [(-0.06, 0.335), (-0.035, 0.28), (0.0, 0.262), (0.035, 0.28), (0.06, 0.335)], is_closed=False
        )
        pen.polygon(neckline, figure.complexion, edge=0.004)
        pen.stroke(
            smooth([(-0.05, 0.32), (0.0, 0.272), (0.05, 0.32)], is_closed=False), (226, 196, 120), 0.006
        )
        pen.polygon(
            [(-0.106, 0.085), (0.106, 0.085), (0.11, 0.055), (-0.11, 0.055)], darker(shirt, 0.35), edge=0.003
        )


def _head(pen: Pen, figure: Figure, talk: float) -> None:
    """Face with eyes, nose and mouth."""
    skin = figure.complexion
    for side in (-1, 1):
        pen.oval((side * 0.073, 0.445), (0.013, 0.021), darker(skin, 0.08))
    chin = 0.358 - 0.006 * talk
    wide = 0.07 if figure.person == "man" else 0.066
    face = [(-wide, 0.48), (-wide * 0.95, 0.42), (-wide * 0.62, 0.375), (0.0, chin)]
    crown = [(0.055, 0.53), (0.0, 0.548), (-0.055, 0.53)]
    pen.polygon(smooth([*face, *((-x, y) for x, y in reversed(face[:-1])), *crown]), skin)
    for side in (-1, 1):
        pen.oval((side * 0.029, 0.458), (0.014, 0.011), (250, 248, 244), edge=0.002)
        pen.oval((side * 0.027, 0.457), (0.0075, 0.009), (52, 42, 40), edge=0.0)
        brow = [(side * 0.046, 0.479), (side * 0.03, 0.485), (side * 0.015, 0.48)]
        pen.stroke(brow, darker(HAIRS[figure.hair], 0.2), 0.0075 if figure.person == "man" else 0.005)
        if figure.person == "woman":
            pen.stroke([(side * 0.04, 0.466), (side * 0.05, 0.472)], (40, 32, 34), 0.005)
            pen.oval((side * 0.076, 0.415), (0.008, 0.008), (226, 196, 120), edge=0.002)
        pen.oval((side * 0.045, 0.425), (0.014, 0.009), mix(skin, (220, 96, 84), 0.22), edge=0.0)
    pen.stroke([(0.002, 0.452), (-0.008, 0.428), (0.004, 0.425)], darker(skin, 0.25), 0.006)
    _mouth(pen, figure, talk)


def _mouth(pen: Pen, figure: Figure, talk: float) -> None:
    """A smile, or a mouth that speaks; a man's beard around it."""
    skin = figure.complexion
    lips = (176, 74, 76) if figure.person == "woman" else mix(skin, (150, 70, 66), 0.6)
    if figure.person == "man":
        hair = mix(HAIRS[figure.hair], skin, 0.25)
        beard = [
            (-0.064, 0.43),
            (-0.042, 0.405),
            (0.0, 0.416),
            (0.042, 0.405),
            (0.064, 0.43),
            (0.05, 0.378),
            (0.0, 0.352),
            (-0.05, 0.378),
        ]
        pen.polygon(smooth(beard), hair, edge=0.0)
        pen.oval((0.0, 0.398), (0.026, 0.012 + 0.008 * talk), skin, edge=0.0)
    if talk > 0.1:
        pen.oval((0.0, 0.396), (0.016, 0.003 + 0.015 * talk), (110, 40, 44), edge=0.003)
        pen.oval((0.0, 0.396 - 0.008 * talk), (0.009, 0.004 * talk), (206, 110, 110), edge=0.0)
    else:
        pen.stroke(smooth([(-0.02, 0.401), (0.0, 0.394), (0.02, 0.401)], is_closed=False), lips, 0.0075)


def _short_hair(pen: Pen, hair: Rgb) -> None:
    """Above the ears."""
    crown = [
        (-0.077, 0.455),
        (-0.08, 0.51),
        (-0.058, 0.562),
        (0.0, 0.582),
        (0.06, 0.562),
        (0.08, 0.51),
        (0.077, 0.455),
    ]
    brow = [(0.062, 0.49), (0.05, 0.515), (0.01, 0.512), (-0.04, 0.522), (-0.062, 0.49)]
    pen.polygon([*smooth(crown, is_closed=False), *brow], hair)
    pen.stroke([(-0.04, 0.555), (0.0, 0.568), (0.035, 0.56)], lighter(hair, 0.25), 0.008)


def _long_hair(pen: Pen, hair: Rgb) -> None:
    """Behind the head, down over the shoulders."""
    half = [(-0.03, 0.575), (-0.085, 0.53), (-0.1, 0.43), (-0.112, 0.32), (-0.096, 0.21), (-0.05, 0.19)]
    pen.polygon(smooth([*half, *((-x, y) for x, y in reversed(half))]), darker(hair, 0.15))


def _fringe(pen: Pen, hair: Rgb) -> None:
    """Over the forehead, and a lock on either side that falls over the shoulders."""
    crown = [
        (-0.078, 0.44),
        (-0.086, 0.5),
        (-0.062, 0.562),
        (0.0, 0.586),
        (0.064, 0.562),
        (0.086, 0.5),
        (0.078, 0.44),
    ]
    parting = [(0.064, 0.47), (0.055, 0.505), (0.02, 0.54), (-0.03, 0.515), (-0.064, 0.47)]
    pen.polygon([*smooth(crown, is_closed=False), *parting], hair)
    for side in (-1, 1):
        lock = [
            (0.062, 0.5),
            (0.088, 0.45),
            (0.106, 0.33),
            (0.092, 0.215),
            (0.066, 0.205),
            (0.074, 0.33),
            (0.066, 0.42),
        ]
        pen.polygon(smooth([(side * x, y) for x, y in lock]), hair)
        pen.stroke([(side * 0.086, 0.42), (side * 0.09, 0.3)], lighter(hair, 0.2), 0.006)
    pen.stroke([(-0.045, 0.555), (0.0, 0.57), (0.04, 0.56)], lighter(hair, 0.25), 0.008)


@lru_cache(maxsize=512)
def _arm(figure: Figure, side: int, amount: int, swing: int, pixels: int) -> Sprite:
    """An arm; ``amount`` of reaching (left) or raising (right), and ``swing``, in ``STEPS``."""
    pen = Pen(pixels, EXTENT, outline=0.005)
    x, y = SHOULDER[figure.person]
    there = STRETCHED if side < 0 else (RAISED[0] + SWING * swing / STEPS, RAISED[1])
    rest = (side * RESTING[0], RESTING[1])
    share = amount / STEPS
    hand = (rest[0] + (there[0] - rest[0]) * share, rest[1] + (there[1] - rest[1]) * share)
    elbow = _elbow((side * x, y), hand, side)
    _limb(pen, figure, [(side * x, y), elbow, hand])
    _palm(pen, figure, elbow, hand, is_open=side > 0)
    return _finished(pen, pixels)


def _elbow(shoulder: Point, hand: Point, side: int) -> Point:
    """Where the elbow is, bent outwards."""
    dx, dy = hand[0] - shoulder[0], hand[1] - shoulder[1]
    far = min(math.hypot(dx, dy), 0.999 * (UPPER_ARM + FOREARM))
    along = (far**2 + UPPER_ARM**2 - FOREARM**2) / (2 * far)
    out = math.sqrt(max(0.0, UPPER_ARM**2 - along**2))
    ux, uy = dx / math.hypot(dx, dy), dy / math.hypot(dx, dy)
    turn = 1 if side * -uy > 0 else -1
    return shoulder[0] + along * ux - turn * out * uy, shoulder[1] + along * uy + turn * out * ux


def _limb(pen: Pen, figure: Figure, joints: Sequence[Point]) -> None:
    """Upper arm and forearm in a sleeve."""
    shirt = figure.clothes
    width = 0.068 if figure.person == "man" else 0.056
    for colour, wide in ((darker(shirt, 0.45), width + 0.009), (darker(shirt, 0.06), width)):
        pen.stroke(joints[:2], colour, wide)
        pen.stroke(joints[1:], colour, wide * 0.86)


def _palm(pen: Pen, figure: Figure, elbow: Point, hand: Point, *, is_open: bool) -> None:
    """A hand at the end of the forearm."""
    skin = figure.complexion
    far = math.hypot(hand[0] - elbow[0], hand[1] - elbow[1])
    ux, uy = (hand[0] - elbow[0]) / far, (hand[1] - elbow[1]) / far
    for colour, wide in ((darker(skin, 0.45), 0.022), (skin, 0.015)):
        for angle in (-0.42, -0.14, 0.14, 0.42) if is_open else ():
            cos, sin = math.cos(angle), math.sin(angle)
            tip = (ux * cos - uy * sin, ux * sin + uy * cos)
            pen.stroke([hand, (hand[0] + 0.062 * tip[0], hand[1] + 0.062 * tip[1])], colour, wide)
    pen.oval((hand[0] + 0.012 * ux, hand[1] + 0.012 * uy), (0.031, 0.031), skin)
