"""What stands in a garden."""

from __future__ import annotations

import math
from typing import Final

from videorecap.sim.drawings.base import (
    CLAY,
    CREAM,
    LEAF,
    SOIL,
    STEEL,
    WOOD,
    Drawing,
    mirrored,
    screw,
    surface,
    turned,
)
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter, mix, smooth


def _blossom(pen: Pen, at: Point, size: float, colour: Rgb, petals: int = 6) -> None:
    for turn in range(petals):
        angle = turn * 2 * math.pi / petals + 0.5
        middle = (at[0] + 0.6 * size * math.cos(angle), at[1] + 0.56 * size * math.sin(angle))
        pen.oval(middle, (0.46 * size, 0.42 * size), colour, edge=0.012)
    heart = (250, 214, 90) if colour[2] > 60 else (120, 74, 44)
    pen.oval(at, (0.34 * size, 0.32 * size), heart, edge=0.012)


def _flower(pen: Pen, colour: Rgb, _look: Look) -> None:
    pen.stroke([(0, 0.3), (0.0, 0.7)], darker(LEAF, 0.15), 0.045)
    for side in (-1, 1):
        leaf = smooth([(0, 0.38), (side * 0.2, 0.42), (side * 0.3, 0.58), (side * 0.12, 0.53)])
        pen.polygon(leaf, LEAF, edge=0.012)
        pen.stroke([(side * 0.03, 0.41), (side * 0.22, 0.52)], lighter(LEAF, 0.35), 0.014)
    _blossom(pen, (0, 0.78), 0.25, colour)
    pen.polygon([(-0.24, 0.28), (0.24, 0.28), (0.17, 0.0), (-0.17, 0.0)], CLAY)
    pen.block((-0.28, 0.25), (0.28, 0.36), lighter(CLAY, 0.12), radius=0.02)
    pen.stroke([(-0.17, 0.22), (-0.12, 0.05)], lighter(CLAY, 0.4), 0.035)


def _bush(pen: Pen, colour: Rgb, _look: Look) -> None:
    pen.block((-0.05, 0.0), (0.05, 0.22), darker(WOOD, 0.3))
    edge = [(-0.46, 0.3), (-0.44, 0.5), (-0.36, 0.62), (-0.34, 0.8), (-0.16, 0.86), (-0.02, 0.99)]
    rest = [(0.14, 0.88), (0.32, 0.84), (0.36, 0.66), (0.46, 0.54), (0.45, 0.3), (0.2, 0.14), (-0.24, 0.14)]
    pen.polygon(smooth([*edge, *rest]), LEAF)
    for x, y in ((-0.22, 0.62), (0.16, 0.7), (-0.02, 0.44), (0.28, 0.4), (-0.3, 0.34)):
        pen.arc((x, y), (0.11, 0.09), (190, 340), lighter(LEAF, 0.3), 0.028)
        pen.arc((x, y - 0.05), (0.13, 0.1), (20, 150), darker(LEAF, 0.35), 0.024)
    spots = ((-0.3, 0.5), (-0.14, 0.76), (0.1, 0.56), (0.26, 0.72), (-0.1, 0.3), (0.32, 0.28), (0.04, 0.88))
    for x, y in (*spots, (-0.36, 0.68), (0.12, 0.24)):
        _blossom(pen, (x, y), 0.085, colour, petals=5)


def _planter(pen: Pen, colour: Rgb, _look: Look) -> None:
    for x, top in ((-0.62, 0.86), (-0.3, 0.96), (0.04, 0.88), (0.36, 1.0), (0.64, 0.84)):
        pen.stroke([(x, 0.5), (x, top - 0.12)], darker(LEAF, 0.2), 0.05)
        for side in (-1, 1):
            leaf = [
                (x, top - 0.22),
                (x + side * 0.1, top - 0.04),
                (x + side * 0.17, top),
                (x + side * 0.13, top - 0.16),
            ]
            pen.polygon(smooth(leaf), lighter(LEAF, 0.1 * (side + 1)), edge=0.018)
    pen.polygon(smooth([(-0.84, 0.54), (-0.4, 0.64), (0.1, 0.6), (0.5, 0.65), (0.84, 0.54)]), SOIL, edge=0.02)
    pen.polygon([(-0.88, 0.5), (0.88, 0.5), (0.72, 0.0), (-0.72, 0.0)], colour)
    pen.block((-0.95, 0.42), (0.95, 0.58), lighter(colour, 0.2), radius=0.04)
    for x in (-0.5, 0.0, 0.5):
        pen.oval((x, 0.22), (0.15, 0.12), lighter(colour, 0.35), edge=0.012)
        pen.oval((x, 0.22), (0.07, 0.06), darker(colour, 0.2), edge=0)


def _bucket(pen: Pen, colour: Rgb, look: Look) -> None:
    pen.arc((0, 0.72), (0.42, 0.27), (180, 360), darker(STEEL, 0.5), 0.07)
    pen.arc((0, 0.72), (0.41, 0.26), (180, 360), lighter(STEEL, 0.2), 0.035)
    pen.polygon([(-0.42, 0.72), (0.42, 0.72), (0.3, 0.06), (0.24, 0.0), (-0.24, 0.0), (-0.3, 0.06)], colour)
    pen.stroke([(-0.34, 0.4), (0.34, 0.4)], darker(colour, 0.3), 0.03)
    pen.stroke([(-0.3, 0.32), (-0.24, 0.08)], lighter(colour, 0.5), 0.05)
    pen.oval((0, 0.72), (0.45, 0.13), lighter(colour, 0.2))
    pen.oval((0, 0.72), (0.39, 0.095), darker(colour, 0.5), edge=0)
    surface(pen, (0, 0.72), (0.42, 0.11), look.full)
    pen.oval((0, 0.975), (0.09, 0.035), WOOD)


def _packet(pen: Pen, colour: Rgb, look: Look) -> None:
    if look.open:
        pen.polygon([(-0.27, 0.8), (0.27, 0.8), (0.2, 0.88), (-0.2, 0.88)], darker(CREAM, 0.7))
        for x in (-0.16, -0.05, 0.06, 0.16):
            pen.oval((x, 0.82 + 0.09 * look.open), (0.05, 0.035), BEAN, edge=0.01)
    low = smooth([(0.39, 0.1), (0.3, 0.03), (0.0, 0.0), (-0.3, 0.03), (-0.39, 0.1)], is_closed=False)
    pen.polygon([(-0.27, 0.84), (0.27, 0.84), *low], colour)
    pen.polygon(smooth([(0.2, 0.78), (0.24, 0.78), (0.36, 0.12), (0.24, 0.08)]), darker(colour, 0.2), edge=0)
    teeth = [(0.54 * (1 - n / 8), 0.16 if n % 2 else 0.11) for n in range(9)]
    shape = turned([(0.0, 0.0), (0.54, 0.0), *teeth], (-0.27, 0.84), 2.2 * look.open)
    pen.polygon(shape, lighter(colour, 0.35))
    pen.oval((0, 0.36), (0.24, 0.27), CREAM, edge=0.012)
    pen.stroke([(0, 0.14), (0, 0.4)], LEAF, 0.035)
    for side in (-1, 1):
        pen.polygon(
            smooth([(0, 0.2), (side * 0.12, 0.24), (side * 0.16, 0.34), (side * 0.05, 0.3)]), LEAF, 0.01
        )
    _blossom(pen, (0, 0.46), 0.1, colour)
    pen.stroke([(-0.18, 0.73), (0.18, 0.73)], lighter(colour, 0.7), 0.06)


def _basket(pen: Pen, colour: Rgb, _look: Look) -> None:
    pen.arc((0, 0.52), (0.46, 0.46), (180, 360), darker(colour, 0.45), 0.1)
    pen.arc((0, 0.52), (0.445, 0.445), (180, 360), lighter(colour, 0.1), 0.06)
    pen.polygon([(-0.6, 0.55), (0.6, 0.55), (0.46, 0.0), (-0.46, 0.0)], colour)
    for row in range(4):
        half, y = 0.49 + 0.03 * row, 0.07 + 0.13 * row
        for column in range(-3, 4):
            x = column * half / 3.6 + (0.04 if row % 2 else -0.04)
            pen.block((x - 0.05, y), (x + 0.05, y + 0.07), darker(colour, 0.22), radius=0.02, edge=0)
            pen.stroke([(x - 0.04, y + 0.06), (x + 0.03, y + 0.06)], lighter(colour, 0.3), 0.015)
    pen.block((-0.64, 0.5), (0.64, 0.6), lighter(colour, 0.2), radius=0.05)


def _birdhouse(pen: Pen, colour: Rgb, look: Look) -> None:
    loose = 1 - look.screwed
    pen.polygon(mirrored([(0, 0.92), (-0.3, 0.66), (-0.3, 0.0)]), colour)
    for y in (0.16, 0.32, 0.62):
        pen.stroke([(-0.28, y), (0.28, y)], darker(colour, 0.2), 0.016)
    pen.oval((0, 0.46), (0.13, 0.13), mix(WOOD, CREAM, 0.5), edge=0.012)
    pen.oval((0, 0.46), (0.1, 0.1), (40, 30, 30), edge=0)
    pen.stroke([(0, 0.24), (0.1, 0.19)], darker(WOOD, 0.2), 0.055)
    pen.polygon([(-0.4, 0.58), (0, 1.0), (0, 0.86), (-0.36, 0.5)], darker(WOOD, 0.25))
    slab = [(0.0, 0.0), (0.4, -0.42), (0.36, -0.5), (0.0, -0.14)]
    pen.polygon(turned(slab, (0, 1.0), 0.75 * loose), darker(WOOD, 0.38))
    screw(pen, turned([(0.26, -0.3)], (0, 1.0), 0.75 * loose)[0], look.screwed)


BEAN: Final[Rgb] = (96, 66, 44)
DRAWINGS: Final[dict[str, Drawing]] = {
    "flower": _flower,
    "bush": _bush,
    "planter": _planter,
    "bucket": _bucket,
    "packet": _packet,
    "basket": _basket,
    "birdhouse": _birdhouse,
}
