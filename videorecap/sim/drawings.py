"""How each kind of object looks. Units are object heights; the origin is the middle of its base.

Each function draws one kind: ``colour`` is its main colour, ``opened`` from 0 (closed) to 1 (open).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter

LEAF: Final[Rgb] = (74, 142, 66)
WOOD: Final[Rgb] = (176, 124, 76)
STEEL: Final[Rgb] = (170, 176, 184)
CREAM: Final[Rgb] = (246, 238, 218)
CLAY: Final[Rgb] = (186, 98, 66)
Drawing = Callable[[Pen, Rgb, float], None]


def _tomato(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.oval((0, 0.45), (0.55, 0.45), colour)
    pen.oval((-0.22, 0.62), (0.1, 0.07), lighter(colour, 0.5), edge=0)
    for angle in range(18, 378, 72):
        x, y = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        pen.polygon(
            [(0.09 * y, 0.88 + 0.05 * x), (0.3 * x, 0.86 + 0.14 * y), (-0.09 * y, 0.88 - 0.05 * x)], LEAF
        )


def _carrot(pen: Pen, colour: Rgb, _opened: float) -> None:
    for x in (-0.16, 0, 0.16):
        pen.polygon([(x * 0.3 - 0.04, 0.66), (x - 0.06, 0.98), (x + 0.06, 1.0), (x * 0.3 + 0.04, 0.66)], LEAF)
    pen.polygon([(-0.23, 0.6), (-0.15, 0.7), (0.15, 0.7), (0.23, 0.6), (0.03, 0.0), (-0.03, 0.0)], colour)
    for y, half in ((0.56, 0.12), (0.42, 0.09), (0.27, 0.06)):
        pen.stroke([(-half, y), (half * 0.2, y - 0.01)], darker(colour, 0.3), 0.02)


def _pepper(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.oval((-0.18, 0.42), (0.24, 0.4), colour)
    pen.oval((0.18, 0.42), (0.24, 0.4), colour)
    pen.polygon([(-0.1, 0.06), (0.1, 0.06), (0.14, 0.78), (-0.14, 0.78)], colour, edge=0)
    pen.oval((0, 0.38), (0.17, 0.4), lighter(colour, 0.12), edge=0.012)
    pen.polygon([(-0.07, 0.76), (-0.05, 1.0), (0.1, 1.0), (0.07, 0.76)], LEAF)


def _cucumber(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.block((-1.5, 0.38), (-1.3, 0.62), darker(colour, 0.3), radius=0.1, edge=0.03)
    pen.block((-1.42, 0.02), (1.48, 0.98), colour, radius=0.48, edge=0.04)
    pen.stroke([(-1.0, 0.74), (1.05, 0.74)], lighter(colour, 0.4), 0.1)
    for x, y in ((-0.9, 0.4), (-0.35, 0.28), (0.2, 0.44), (0.7, 0.28), (1.05, 0.46)):
        pen.oval((x, y), (0.08, 0.06), darker(colour, 0.35), edge=0)


def _mug(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.arc((0.3, 0.5), (0.22, 0.26), (-100, 100), darker(colour, 0.35), 0.12)
    pen.arc((0.3, 0.5), (0.2, 0.24), (-100, 100), colour, 0.07)
    pen.block((-0.4, 0.0), (0.32, 0.92), colour, radius=0.08)
    pen.oval((-0.04, 0.9), (0.36, 0.1), darker(colour, 0.45))
    pen.block((-0.4, 0.3), (0.32, 0.42), lighter(colour, 0.45), edge=0)


def _plate(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.oval((0, 0.5), (0.95, 0.5), colour)
    pen.oval((0, 0.52), (0.6, 0.29), lighter(colour, 0.35))
    pen.arc((0, 0.5), (0.8, 0.41), (0, 360), lighter(colour, 0.55), 0.035)


def _bowl(pen: Pen, colour: Rgb, _opened: float) -> None:
    rim = [(0.92 * math.cos(a), 0.82 - 0.8 * math.sin(a)) for a in _angles(0, math.pi)]
    pen.block((-0.35, 0.0), (0.35, 0.14), darker(colour, 0.25), radius=0.04)
    pen.polygon(rim, colour)
    pen.oval((0, 0.82), (0.92, 0.18), darker(colour, 0.4))
    pen.oval((0, 0.78), (0.76, 0.11), lighter(colour, 0.25), edge=0)
    pen.arc((0, 0.8), (0.8, 0.6), (40, 140), lighter(colour, 0.45), 0.06)


def _pot(pen: Pen, colour: Rgb, opened: float) -> None:
    for side in (-1, 1):
        pen.block((side * 0.6 - 0.12, 0.44), (side * 0.6 + 0.12, 0.58), darker(colour, 0.55), radius=0.06)
    pen.block((-0.54, 0.0), (0.54, 0.72), colour, radius=0.1)
    pen.oval((0, 0.7), (0.54, 0.1), darker(colour, 0.6))
    pen.block((-0.46, 0.14), (-0.36, 0.56), lighter(colour, 0.5), radius=0.05, edge=0)
    x, y = 0.42 * opened, 0.72 + 0.38 * opened
    pen.oval((x, y + 0.02), (0.56, 0.13), STEEL)
    pen.oval((x, y + 0.19), (0.1, 0.08), darker(STEEL, 0.6))


def _bottle(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.block((-0.18, 0.0), (0.18, 0.62), colour, radius=0.05)
    pen.polygon([(-0.18, 0.58), (0.18, 0.58), (0.07, 0.76), (-0.07, 0.76)], colour, edge=0)
    pen.block((-0.07, 0.72), (0.07, 0.94), colour, radius=0.01)
    pen.block((-0.085, 0.92), (0.085, 1.0), darker(WOOD), radius=0.02)
    pen.block((-0.18, 0.18), (0.18, 0.44), CREAM, edge=0.01)


def _jar(pen: Pen, colour: Rgb, opened: float) -> None:
    pen.block((-0.36, 0.0), (0.36, 0.74), lighter((190, 215, 220), 0.3), radius=0.1)
    pen.block((-0.33, 0.04), (0.33, 0.56), colour, radius=0.08, edge=0)
    pen.block((-0.2, 0.16), (0.2, 0.42), CREAM, edge=0.01)
    pen.oval((0, 0.76), (0.3, 0.06), darker(colour, 0.6))
    x, y = 0.4 * opened, 0.76 + 0.34 * opened
    pen.block((x - 0.34, y), (x + 0.34, y + 0.22), darker(colour, 0.12), radius=0.05)
    for step in (-0.2, -0.07, 0.07, 0.2):
        pen.stroke([(x + step, y + 0.05), (x + step, y + 0.17)], darker(colour, 0.4), 0.02)


def _flower(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.stroke([(0, 0.3), (0.0, 0.7)], darker(LEAF, 0.15), 0.045)
    for side in (-1, 1):
        pen.polygon(
            [(0, 0.38), (side * 0.24, 0.44), (side * 0.3, 0.58), (side * 0.1, 0.52)], LEAF, edge=0.012
        )
    for turn in range(6):
        angle = turn * math.pi / 3 + 0.5
        pen.oval((0.15 * math.cos(angle), 0.79 + 0.14 * math.sin(angle)), (0.115, 0.105), colour, edge=0.012)
    pen.oval((0, 0.79), (0.085, 0.08), (250, 214, 90) if colour[2] > 60 else (120, 74, 44), edge=0.012)
    pen.polygon([(-0.24, 0.28), (0.24, 0.28), (0.17, 0.0), (-0.17, 0.0)], CLAY)
    pen.block((-0.28, 0.25), (0.28, 0.36), lighter(CLAY, 0.12), radius=0.02)


def _basket(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.arc((0, 0.52), (0.46, 0.46), (180, 360), darker(colour, 0.45), 0.1)
    pen.arc((0, 0.52), (0.445, 0.445), (180, 360), lighter(colour, 0.1), 0.06)
    pen.polygon([(-0.6, 0.55), (0.6, 0.55), (0.46, 0.0), (-0.46, 0.0)], colour)
    for row in range(4):
        half, y = 0.49 + 0.03 * row, 0.07 + 0.13 * row
        for column in range(-3, 4):
            x = column * half / 3.6 + (0.04 if row % 2 else -0.04)
            pen.block((x - 0.05, y), (x + 0.05, y + 0.07), darker(colour, 0.22), radius=0.02, edge=0)
    pen.block((-0.64, 0.5), (0.64, 0.6), lighter(colour, 0.2), radius=0.05)


def _chair(pen: Pen, colour: Rgb, _opened: float) -> None:
    for x in (-0.28, 0.2):
        pen.block((x, 0.0), (x + 0.08, 0.42), darker(colour, 0.1))
    pen.block((-0.34, 0.4), (0.34, 0.5), colour, radius=0.03)
    for x in (-0.34, -0.1, 0.14):
        pen.block((x + 0.06, 0.5), (x + 0.13, 0.9), darker(colour, 0.08))
    pen.block((-0.34, 0.84), (0.32, 0.99), colour, radius=0.05)


def _birdhouse(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.block((-0.3, 0.0), (0.3, 0.66), colour)
    pen.polygon([(-0.3, 0.64), (0.3, 0.64), (0, 0.96)], colour)
    pen.polygon([(-0.4, 0.58), (0, 1.0), (0, 0.86), (-0.36, 0.5)], darker(WOOD, 0.25))
    pen.polygon([(0.4, 0.58), (0, 1.0), (0, 0.86), (0.36, 0.5)], darker(WOOD, 0.35))
    pen.oval((0, 0.46), (0.12, 0.12), (40, 30, 30))
    pen.stroke([(0, 0.25), (0.12, 0.2)], WOOD, 0.05)


def _plank(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.polygon([(-2.0, 0.3), (-1.85, 0.98), (2.05, 0.98), (2.0, 0.3)], lighter(colour, 0.15), edge=0.05)
    pen.block((-2.0, 0.0), (2.0, 0.34), darker(colour, 0.18), edge=0.05)
    for y, start, end in ((0.5, -1.6, 0.2), (0.66, -0.6, 1.5), (0.82, -1.5, -0.4)):
        pen.stroke([(start, y), (end, y)], darker(colour, 0.2), 0.04)
    for x in (-1.7, 1.75):
        pen.oval((x, 0.64), (0.09, 0.09), darker(colour, 0.6), edge=0)


def _toolbox(pen: Pen, colour: Rgb, opened: float) -> None:
    back, top = 0.6 + 0.12 * opened, 0.76 + 0.5 * opened
    handle = [(-0.28, top), (-0.24, top + 0.2), (0.24, top + 0.2), (0.28, top)]
    pen.stroke(handle, (58, 56, 62), 0.09)
    pen.polygon([(-0.8, back), (0.8, back), (0.7, top), (-0.7, top)], darker(colour, 0.12 + 0.2 * opened))
    if opened > 0:
        pen.polygon([(-0.8, 0.58), (0.8, 0.58), (0.74, back + 0.02), (-0.74, back + 0.02)], (44, 40, 46))
    pen.block((-0.8, 0.0), (0.8, 0.6), colour, radius=0.04)
    for x in (-0.45, 0.45):
        pen.block((x - 0.09, 0.42), (x + 0.09, 0.62), STEEL, radius=0.02)


def _shirt(pen: Pen, colour: Rgb, _opened: float) -> None:
    left = [(-0.14, 0.97), (-0.34, 0.92), (-0.6, 0.62), (-0.42, 0.48), (-0.3, 0.6), (-0.3, 0.0)]
    pen.polygon([*left, *[(-x, y) for x, y in reversed(left)]], colour)
    pen.oval((0, 0.96), (0.14, 0.08), darker(colour, 0.4))
    pen.stroke([(0, 0.86), (0, 0.08)], darker(colour, 0.25), 0.02)
    for y in (0.72, 0.5, 0.28):
        pen.oval((0.05, y), (0.022, 0.022), lighter(colour, 0.7), edge=0.008)


def _towel(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.block((-0.62, 0.04), (0.62, 0.98), colour, radius=0.04)
    for x in (-0.5, -0.38, 0.38, 0.5):
        pen.block((x - 0.03, 0.04), (x + 0.03, 0.98), lighter(colour, 0.6), edge=0)
    for index in range(13):
        x = -0.6 + index * 0.1
        pen.stroke([(x, 0.05), (x, 0.0)], lighter(colour, 0.3), 0.025)


def _trousers(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.polygon(
        [(-0.28, 0.98), (0.28, 0.98), (0.36, 0.0), (0.1, 0.0), (0, 0.62), (-0.1, 0.0), (-0.36, 0.0)], colour
    )
    pen.block((-0.29, 0.88), (0.29, 1.0), darker(colour, 0.25), radius=0.02)
    pen.stroke([(0, 0.88), (0, 0.66)], darker(colour, 0.35), 0.02)


def _sock(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.oval((0.2, 0.17), (0.2, 0.16), colour)
    pen.polygon(
        [(-0.32, 0.95), (0.0, 0.95), (0.02, 0.42), (0.2, 0.32), (0.2, 0.02), (-0.2, 0.02), (-0.3, 0.2)],
        colour,
    )
    pen.oval((0.26, 0.17), (0.13, 0.14), darker(colour, 0.28), edge=0)
    pen.block((-0.35, 0.86), (0.03, 1.0), lighter(colour, 0.55), radius=0.03)
    for y in (0.72, 0.58):
        pen.block((-0.31, y), (0.0, y + 0.06), lighter(colour, 0.4), edge=0)


def _book(pen: Pen, colour: Rgb, opened: float) -> None:
    turn = opened * 0.94 * math.pi
    far, rise = -0.34 + 0.66 * math.cos(turn), 0.18 * math.sin(turn)
    pen.block((-0.36, -0.02), (0.38, 0.98), darker(colour, 0.12), radius=0.03)
    pen.block((-0.3, 0.05), (0.31, 0.92), CREAM, edge=0.012)
    for y in (0.2, 0.34, 0.48, 0.62, 0.76):
        pen.stroke([(-0.22, y), (0.23, y)], (150, 146, 140), 0.024)
    pen.polygon(
        [(-0.34, -0.02), (far, rise - 0.02), (far, 1.0 + rise * 0.6), (-0.34, 0.98)], colour, edge=0.03
    )
    middle, half = (-0.34 + far) / 2, abs(far + 0.34) / 2
    if opened < 0.5:
        pen.block((middle - half * 0.6, 0.6 + rise), (middle + half * 0.6, 0.78 + rise), CREAM, edge=0.01)
    else:
        inner = half * 0.86
        pen.block((middle - inner + 0.02, 0.06 + rise), (middle + inner, 0.9 + rise * 0.8), CREAM, edge=0.012)
    pen.stroke([(-0.34, 0.0), (-0.34, 0.96)], darker(colour, 0.35), 0.06)


def _letter(pen: Pen, colour: Rgb, opened: float) -> None:
    tip = 0.46 + opened * 0.92
    flap = [(-0.75, 0.92), (0.75, 0.92), (0, tip)]
    if opened > 0.5:
        pen.polygon(flap, darker(colour, 0.12))
        pen.block((-0.6, 0.4), (0.6, 0.92 + 0.2 * (opened - 0.5)), CREAM)
    pen.block((-0.75, 0.0), (0.75, 0.92), colour)
    pen.stroke([(-0.73, 0.03), (-0.1, 0.5)], darker(colour, 0.3), 0.025)
    pen.stroke([(0.73, 0.03), (0.1, 0.5)], darker(colour, 0.3), 0.025)
    if opened <= 0.5:
        pen.polygon(flap, darker(colour, 0.12))
        pen.oval((0, max(tip, 0.5)), (0.08, 0.09), (190, 52, 52))


def _box(pen: Pen, colour: Rgb, opened: float) -> None:
    if opened > 0:
        pen.polygon([(-0.58, 0.72), (0.58, 0.72), (0.46, 0.86), (-0.46, 0.86)], (52, 42, 38))
    pen.block((-0.58, 0.0), (0.58, 0.74), colour)
    pen.block((-0.09, 0.0), (0.09, 0.74), lighter(colour, 0.45), edge=0)
    pen.polygon([(-0.5, 0.1), (-0.22, 0.1), (-0.22, 0.26), (-0.5, 0.26)], CREAM, edge=0.012)
    turn = opened * 2.3
    flap = [(0.0, 0.0), (0.58, 0.0), (0.5, 0.14), (0.04, 0.14)]
    right = _turned([(-x, y) for x, y in flap], (0.58, 0.74), -turn)
    pen.polygon(_turned(flap, (-0.58, 0.74), turn), lighter(colour, 0.16))
    pen.polygon(right, lighter(colour, 0.1))


def _bag(pen: Pen, colour: Rgb, _opened: float) -> None:
    pen.arc((0.05, 0.68), (0.18, 0.28), (180, 360), darker(colour, 0.5), 0.05)
    pen.polygon([(-0.4, 0.7), (0.4, 0.7), (0.34, 0.0), (-0.34, 0.0)], colour)
    pen.polygon([(0.24, 0.7), (0.4, 0.7), (0.34, 0.0), (0.22, 0.0)], darker(colour, 0.2), edge=0.012)
    pen.arc((-0.05, 0.68), (0.18, 0.28), (180, 360), darker(colour, 0.4), 0.05)
    pen.oval((-0.06, 0.36), (0.15, 0.16), lighter(colour, 0.55), edge=0)


def _angles(start: float, end: float, steps: int = 24) -> list[float]:
    return [start + (end - start) * step / steps for step in range(steps + 1)]


def _turned(points: list[Point], hinge: Point, radians: float) -> list[Point]:
    """Points, given from the hinge, turned about it."""
    cos, sin = math.cos(radians), math.sin(radians)
    return [(hinge[0] + x * cos - y * sin, hinge[1] + x * sin + y * cos) for x, y in points]


DRAWINGS: Final[dict[str, Drawing]] = {
    "tomato": _tomato,
    "carrot": _carrot,
    "pepper": _pepper,
    "cucumber": _cucumber,
    "mug": _mug,
    "plate": _plate,
    "bowl": _bowl,
    "pot": _pot,
    "bottle": _bottle,
    "jar": _jar,
    "flower": _flower,
    "basket": _basket,
    "chair": _chair,
    "birdhouse": _birdhouse,
    "plank": _plank,
    "toolbox": _toolbox,
    "shirt": _shirt,
    "towel": _towel,
    "trousers": _trousers,
    "sock": _sock,
    "book": _book,
    "letter": _letter,
    "box": _box,
    "bag": _bag,
}
