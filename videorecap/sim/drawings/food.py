"""Fruit, vegetables and bread."""

from __future__ import annotations

import math
from typing import Final

from videorecap.sim.drawings.base import CREAM, LEAF, WOOD, Drawing, peel, round_points
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Rgb, darker, lighter, smooth


def _tomato(pen: Pen, colour: Rgb, _look: Look) -> None:
    body = [(-0.55, 0.46), (-0.46, 0.15), (-0.2, 0.01), (0.2, 0.01), (0.46, 0.15), (0.55, 0.46)]
    pen.polygon(smooth([*body, (0.42, 0.8), (0.14, 0.9), (-0.14, 0.9), (-0.42, 0.8)]), colour)
    for side in (-1, 1):
        crease = [(side * 0.08, 0.86), (side * 0.24, 0.6), (side * 0.26, 0.3)]
        pen.stroke(smooth(crease, is_closed=False), darker(colour, 0.16), 0.025)
    pen.polygon(smooth([(-0.4, 0.5), (-0.36, 0.68), (-0.2, 0.76), (-0.28, 0.58)]), lighter(colour, 0.5), 0)
    for angle in range(18, 378, 72):
        x, y = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        pen.polygon(
            [(0.09 * y, 0.88 + 0.05 * x), (0.3 * x, 0.86 + 0.14 * y), (-0.09 * y, 0.88 - 0.05 * x)], LEAF
        )
    pen.stroke([(0, 0.88), (0.04, 0.99)], darker(LEAF, 0.25), 0.05)


def _carrot(pen: Pen, colour: Rgb, look: Look) -> None:
    for x, top in ((-0.17, 0.94), (0.17, 0.95), (0, 1.0)):
        frond = [(x * 0.3 - 0.05, 0.66), (x - 0.08, top - 0.12), (x, top), (x + 0.08, top - 0.12)]
        pen.polygon(smooth([*frond, (x * 0.3 + 0.05, 0.66)]), LEAF)
    half = [(-0.08, 0.73), (-0.2, 0.7), (-0.24, 0.58), (-0.17, 0.35), (-0.08, 0.1), (-0.02, 0.0)]
    body = smooth([*half, *((-x, y) for x, y in reversed(half))])
    pen.polygon(body, colour)
    peel(pen, body, colour, look.peeled)
    for y, start, end in ((0.58, -0.2, -0.05), (0.5, 0.06, 0.19), (0.4, -0.14, -0.02), (0.26, 0.0, 0.1)):
        pen.stroke([(start, y), (end, y - 0.015)], darker(colour, 0.35), 0.022)
    pen.stroke([(-0.13, 0.62), (-0.09, 0.36)], lighter(colour, 0.45), 0.04)


def _pepper(pen: Pen, colour: Rgb, _look: Look) -> None:
    half = [(-0.06, 0.74), (-0.24, 0.82), (-0.41, 0.68), (-0.38, 0.36), (-0.28, 0.06), (-0.14, 0.0)]
    pen.polygon(smooth([*half, (0.0, 0.05), *((-x, y) for x, y in reversed(half))]), colour)
    for side in (-1, 1):
        lobe = [(side * 0.08, 0.74), (side * 0.17, 0.45), (side * 0.08, 0.08)]
        pen.stroke(smooth(lobe, is_closed=False), darker(colour, 0.25), 0.028)
    pen.polygon(smooth([(-0.32, 0.62), (-0.24, 0.72), (-0.24, 0.42), (-0.3, 0.36)]), lighter(colour, 0.5), 0)
    pen.oval((0, 0.76), (0.15, 0.06), darker(LEAF, 0.1))
    pen.polygon(smooth([(-0.06, 0.77), (-0.02, 0.92), (0.06, 1.0), (0.13, 0.95), (0.06, 0.77)]), LEAF)


def _cucumber(pen: Pen, colour: Rgb, look: Look) -> None:
    pen.block((-1.5, 0.4), (-1.3, 0.64), darker(colour, 0.3), radius=0.1, edge=0.03)
    top = [(-1.42, 0.58), (-1.3, 0.84), (-0.7, 0.97), (0.3, 0.98), (1.2, 0.9), (1.46, 0.62)]
    body = smooth([*top, (1.42, 0.32), (1.1, 0.08), (0.2, 0.02), (-0.8, 0.04), (-1.3, 0.26)])
    pen.polygon(body, colour, edge=0.045)
    pen.stroke([(-1.0, 0.74), (0.0, 0.8), (1.05, 0.74)], lighter(colour, 0.4), 0.1)
    pen.stroke([(-1.1, 0.26), (0.0, 0.2), (1.1, 0.26)], darker(colour, 0.2), 0.07)
    for x, y in ((-0.9, 0.5), (-0.35, 0.38), (0.2, 0.54), (0.7, 0.4), (1.05, 0.54)):
        pen.oval((x, y), (0.08, 0.06), darker(colour, 0.35), edge=0)
    peel(pen, body, colour, look.peeled)


def _potato(pen: Pen, colour: Rgb, look: Look) -> None:
    top = [(-0.7, 0.36), (-0.62, 0.68), (-0.36, 0.84), (-0.06, 0.82), (0.22, 0.98), (0.52, 0.96)]
    body = smooth([*top, (0.71, 0.7), (0.66, 0.34), (0.44, 0.1), (0.1, 0.1), (-0.2, 0.0), (-0.54, 0.06)])
    pen.polygon(body, colour)
    pen.polygon(smooth([(-0.5, 0.62), (-0.3, 0.72), (-0.1, 0.66), (-0.34, 0.56)]), lighter(colour, 0.4), 0)
    peel(pen, body, colour, look.peeled)
    for x, y in ((-0.48, 0.34), (-0.14, 0.46), (0.12, 0.24), (0.36, 0.62), (0.52, 0.38)):
        pen.arc((x, y), (0.075, 0.06), (20, 170), darker(colour, 0.45), 0.035)


def _onion(pen: Pen, colour: Rgb, look: Look) -> None:
    for x in (-0.08, -0.03, 0.03, 0.08):
        pen.stroke([(x * 0.5, 0.1), (x * 1.6, 0.0)], darker(WOOD, 0.1), 0.022)
    half = [(-0.04, 1.0), (-0.08, 0.84), (-0.3, 0.7), (-0.47, 0.46), (-0.4, 0.2), (-0.16, 0.06)]
    body = smooth([*half, *((-x, y) for x, y in reversed(half))])
    pen.polygon(body, colour)
    peel(pen, body, colour, look.peeled)
    for x in (-0.32, -0.15, 0.15, 0.32):
        line = [(x * 0.14, 0.84), (x * 0.72, 0.68), (x, 0.42), (x * 0.5, 0.1)]
        pen.stroke(smooth(line, is_closed=False), darker(colour, 0.3), 0.018)
    pen.polygon(smooth([(-0.35, 0.5), (-0.25, 0.64), (-0.2, 0.5), (-0.28, 0.36)]), lighter(colour, 0.5), 0)


def _apple(pen: Pen, colour: Rgb, look: Look) -> None:
    half = [
        (-0.0, 0.74),
        (-0.16, 0.83),
        (-0.4, 0.78),
        (-0.5, 0.52),
        (-0.42, 0.2),
        (-0.22, 0.0),
        (-0.08, 0.03),
    ]
    body = smooth([*half, *((-x, y) for x, y in reversed(half[1:]))])
    pen.polygon(body, colour)
    pen.polygon(smooth([(-0.4, 0.5), (-0.34, 0.68), (-0.2, 0.72), (-0.3, 0.52)]), lighter(colour, 0.55), 0)
    peel(pen, body, colour, look.peeled)
    pen.arc((0, 0.8), (0.14, 0.08), (10, 170), darker(colour, 0.4), 0.03)
    pen.stroke(smooth([(0, 0.74), (0.02, 0.88), (0.09, 0.98)], is_closed=False), darker(WOOD, 0.4), 0.05)
    pen.polygon(smooth([(0.04, 0.86), (0.16, 0.97), (0.34, 0.97), (0.22, 0.86)]), LEAF)


def _lemon(pen: Pen, colour: Rgb, _look: Look) -> None:
    half = [(-0.75, 0.46), (-0.66, 0.6), (-0.5, 0.68), (-0.26, 0.92), (0.0, 1.0), (0.26, 0.92), (0.5, 0.68)]
    low = [(0.66, 0.6), (0.75, 0.46), (0.64, 0.38), (0.46, 0.24), (0.24, 0.06), (0.0, 0.0)]
    pen.polygon(smooth([*half, *low, (-0.24, 0.06), (-0.46, 0.24), (-0.64, 0.38)]), colour)
    pen.polygon(smooth([(-0.4, 0.6), (-0.14, 0.84), (0.1, 0.86), (-0.14, 0.66)]), lighter(colour, 0.5), 0)
    for x, y in ((-0.1, 0.4), (0.12, 0.54), (0.3, 0.36), (0.06, 0.22), (-0.32, 0.34), (0.38, 0.6)):
        pen.oval((x, y), (0.022, 0.022), darker(colour, 0.25), edge=0)
    pen.polygon(smooth([(-0.66, 0.46), (-0.76, 0.52), (-0.74, 0.38)]), darker(LEAF, 0.1), 0.01)


def _loaf(pen: Pen, colour: Rgb, _look: Look) -> None:
    half = [(-0.93, 0.12), (-0.94, 0.5), (-0.8, 0.84), (-0.45, 0.98)]
    pen.polygon(smooth([*half, *((-x, y) for x, y in reversed(half)), (0.7, 0.0), (-0.7, 0.0)]), colour)
    pen.polygon(
        smooth([(-0.86, 0.1), (-0.5, 0.2), (0.5, 0.2), (0.86, 0.1), (0.6, 0.03), (-0.6, 0.03)]),
        darker(colour, 0.22),
        edge=0,
    )
    for x in (-0.56, -0.18, 0.2, 0.58):
        slash = smooth([(x - 0.1, 0.46), (x - 0.06, 0.68), (x + 0.1, 0.86), (x + 0.06, 0.62)])
        pen.polygon(slash, lighter(CREAM, 0.2), edge=0.02)
    pen.stroke([(-0.82, 0.5), (-0.7, 0.76)], lighter(colour, 0.45), 0.05)


def _dough(pen: Pen, colour: Rgb, _look: Look) -> None:
    top = [(-1.18, 0.2), (-1.04, 0.52), (-0.74, 0.62), (-0.52, 0.88), (-0.1, 1.0), (0.34, 0.9)]
    rest = [(0.62, 0.6), (0.96, 0.56), (1.18, 0.26), (0.98, 0.02), (-0.98, 0.02)]
    pen.polygon(smooth([*top, *rest]), lighter(colour, 0.12), edge=0.04)
    pen.polygon(
        smooth([(-1.0, 0.12), (0.0, 0.26), (1.0, 0.12), (0.8, 0.05), (-0.8, 0.05)]), darker(colour, 0.2), 0
    )
    pen.polygon(smooth([(-0.46, 0.72), (-0.12, 0.9), (0.16, 0.84), (-0.2, 0.72)]), lighter(colour, 0.6), 0)
    for x, y in ((-0.62, 0.4), (0.2, 0.56), (0.72, 0.36)):
        pen.arc((x, y), (0.16, 0.12), (200, 330), darker(colour, 0.3), 0.04)
    for x, y in ((-0.9, 0.34), (-0.2, 0.4), (0.46, 0.38), (0.98, 0.3)):
        pen.polygon(round_points((x, y), (0.05, 0.04), steps=8), CREAM, edge=0)


DRAWINGS: Final[dict[str, Drawing]] = {
    "tomato": _tomato,
    "carrot": _carrot,
    "pepper": _pepper,
    "cucumber": _cucumber,
    "potato": _potato,
    "onion": _onion,
    "apple": _apple,
    "lemon": _lemon,
    "loaf": _loaf,
    "dough": _dough,
}
