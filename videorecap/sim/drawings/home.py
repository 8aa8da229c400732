"""Things of the house and the street."""

from __future__ import annotations

import math
from typing import Final

from videorecap.sim.drawings.base import (
    CREAM,
    GLASS,
    RUBBER,
    STEEL,
    WATER,
    WOOD,
    Drawing,
    round_points,
    screw,
    turned,
)
from videorecap.sim.drawings.tube import tube
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Rgb, darker, lighter, mix, smooth


def _sign(pen: Pen, colour: Rgb, _look: Look) -> None:
    thin, ink = pen.outline * 0.5, RUBBER if sum(colour) > 500 else CREAM
    pen.block((-0.22, 0.0), (0.22, 0.06), darker(STEEL, 0.4), radius=0.03)
    pen.block((-0.05, 0.03), (0.05, 1.0), WOOD, radius=0.02)
    pen.stroke([(-0.02, 0.08), (-0.02, 0.44)], lighter(WOOD, 0.4), 0.018)
    pen.polygon([(-0.42, 0.5), (0.2, 0.5), (0.425, 0.71), (0.2, 0.92), (-0.42, 0.92)], colour)
    pen.polygon(
        [(-0.37, 0.55), (0.18, 0.55), (0.35, 0.71), (0.18, 0.87), (-0.37, 0.87)],
        lighter(colour, 0.14),
        edge=thin,
    )
    tube(pen, [(-0.3, 0.71), (0.08, 0.71)], ink, 0.055, 0)
    pen.polygon([(0.06, 0.61), (0.06, 0.81), (0.24, 0.71)], ink, edge=thin)
    for x in (-0.34, 0.16):
        for y in (0.585, 0.835):
            pen.oval((x, y), (0.016, 0.016), lighter(STEEL, 0.3), edge=thin)
    pen.stroke([(-0.24, 0.835), (0.08, 0.835)], lighter(colour, 0.45), 0.02)


def _canvas(pen: Pen, colour: Rgb, _look: Look) -> None:
    thin = pen.outline * 0.5
    tube(pen, [(0, 0.96), (0, 0.1)], darker(WOOD, 0.3), 0.035, 0)
    for side in (-1, 1):
        tube(pen, [(side * 0.06, 0.97), (side * 0.41, 0.02)], WOOD, 0.04)
    pen.block((-0.44, 0.3), (0.44, 0.9), darker(CREAM, 0.04), radius=0.01)
    pen.polygon([(-0.4, 0.34), (0.4, 0.34), (0.4, 0.86), (-0.4, 0.86)], colour, edge=thin)
    hills = smooth([(-0.39, 0.5), (-0.2, 0.62), (0.05, 0.52), (0.39, 0.64)], is_closed=False)
    pen.polygon([*hills, (0.39, 0.35), (-0.39, 0.35)], darker(colour, 0.25), edge=0)
    for points, tone, width in (
        ([(-0.34, 0.72), (-0.12, 0.79), (0.06, 0.74)], lighter(colour, 0.5), 0.045),
        ([(-0.3, 0.43), (0.0, 0.46), (0.3, 0.42)], lighter(colour, 0.3), 0.04),
        ([(0.0, 0.63), (0.16, 0.66), (0.33, 0.74)], lighter(colour, 0.65), 0.03),
    ):
        pen.stroke(smooth(points, is_closed=False), tone, width)
    pen.oval((0.24, 0.78), (0.06, 0.05), CREAM, edge=0)
    pen.block((-0.4, 0.25), (0.4, 0.31), lighter(WOOD, 0.15), radius=0.02)
    pen.block((-0.08, 0.88), (0.08, 0.94), lighter(WOOD, 0.15), radius=0.02)


def _mirror(pen: Pen, colour: Rgb, _look: Look) -> None:
    thin = pen.outline * 0.5
    pen.oval((0, 0.05), (0.24, 0.05), darker(colour, 0.15))
    pen.polygon([(-0.05, 0.05), (-0.035, 0.22), (0.035, 0.22), (0.05, 0.05)], darker(colour, 0.1))
    pen.oval((0, 0.58), (0.36, 0.42), colour)
    for a in range(20):
        x, y = 0.315 * math.cos(a * math.pi / 10), 0.375 * math.sin(a * math.pi / 10)
        pen.oval((x, 0.58 + y), (0.024, 0.024), lighter(colour, 0.4), edge=0)
    pen.oval((0, 0.58), (0.265, 0.32), GLASS, edge=thin)
    pen.polygon([(-0.2, 0.5), (-0.02, 0.85), (0.07, 0.86), (-0.17, 0.42)], lighter(GLASS, 0.75), edge=0)
    pen.polygon([(-0.1, 0.36), (0.14, 0.8), (0.17, 0.75), (-0.06, 0.33)], lighter(GLASS, 0.75), edge=0)
    pen.arc((0, 0.58), (0.345, 0.4), (185, 265), lighter(colour, 0.6), 0.022)


def _tap(pen: Pen, colour: Rgb, look: Look) -> None:
    thin = pen.outline * 0.5
    if look.on > 0:
        low = 0.52 - 0.52 * look.on
        pen.polygon([(0.2, 0.53), (0.34, 0.53), (0.33, low), (0.21, low)], WATER, edge=thin)
        pen.stroke([(0.245, 0.5), (0.245, min(0.49, low + 0.03))], lighter(WATER, 0.6), 0.025)
        if look.on > 0.8:
            splash = (look.on - 0.8) * 5
            pen.oval((0.27, 0.02), (0.13 * splash, 0.03 * splash), lighter(WATER, 0.4), edge=thin)
    pipe = [(-0.16, 0.12), (-0.16, 0.56), (-0.06, 0.72), (0.1, 0.75), (0.24, 0.68), (0.27, 0.56)]
    tube(pen, smooth(pipe, is_closed=False), colour, 0.14, 0.5)
    pen.block((0.17, 0.5), (0.37, 0.57), darker(colour, 0.2), radius=0.02)
    pen.block((-0.28, 0.08), (-0.04, 0.34), colour, radius=0.04)
    pen.block((-0.4, 0.0), (0.08, 0.13), darker(colour, 0.12), radius=0.04)
    pen.stroke([(-0.22, 0.14), (-0.22, 0.28)], lighter(colour, 0.55), 0.035)
    pen.block((-0.2, 0.66), (-0.11, 0.84), lighter(STEEL, 0.1), radius=0.02)
    lever = turned([(-0.2, -0.05), (0.22, -0.03), (0.22, 0.05), (-0.2, 0.05)], (-0.155, 0.9), 0.55 * look.on)
    pen.polygon(lever, lighter(colour, 0.14))
    pen.oval((-0.155, 0.9), (0.05, 0.05), CREAM, edge=thin)
    for x in (-0.33, 0.01):
        screw(pen, (x, 0.08), look.screwed, -0.5 if x > 0 else 0.5)


def _soap(pen: Pen, colour: Rgb, _look: Look) -> None:
    thin = pen.outline * 0.5
    bar = [
        (-0.84, 0.32),
        (-0.8, 0.08),
        (-0.6, 0.0),
        (0.6, 0.0),
        (0.8, 0.08),
        (0.84, 0.32),
        (0.78, 0.56),
        (0.58, 0.66),
    ]
    pen.polygon(smooth([*bar, (-0.58, 0.66), (-0.78, 0.56)]), darker(colour, 0.12))
    face = [
        (-0.76, 0.42),
        (-0.7, 0.24),
        (-0.5, 0.17),
        (0.5, 0.17),
        (0.7, 0.24),
        (0.76, 0.42),
        (0.55, 0.62),
        (-0.55, 0.62),
    ]
    pen.polygon(smooth(face), lighter(colour, 0.12), edge=thin)
    pen.oval((0, 0.39), (0.4, 0.14), colour, edge=thin)
    pen.stroke([(-0.22, 0.39), (0.22, 0.39)], lighter(colour, 0.55), 0.05)
    pen.stroke([(-0.64, 0.4), (-0.5, 0.54)], lighter(colour, 0.65), 0.06)
    foam = (
        (-0.7, 0.7, 0.14),
        (-0.45, 0.76, 0.18),
        (0.5, 0.72, 0.16),
        (0.74, 0.62, 0.11),
        (-0.58, 0.88, 0.11),
        (-0.2, 0.72, 0.1),
        (0.34, 0.9, 0.09),
    )
    for x, y, size in foam:
        pen.oval((x, y), (size, size), (226, 240, 248), edge=thin)
        pen.oval((x - size * 0.3, y + size * 0.3), (size * 0.3, size * 0.25), (255, 255, 255), edge=0)


def _bin(pen: Pen, colour: Rgb, look: Look) -> None:
    thin = pen.outline * 0.5
    pen.block((-0.1, 0.0), (0.1, 0.06), RUBBER, radius=0.02)
    inside = mix(colour, (30, 28, 36), 0.8)
    pen.oval((0, 0.79), (0.37, 0.075), inside)
    _rubbish(pen, 0.79, look.full * look.open)
    front = [
        (-0.37, 0.8),
        *round_points((0, 0.79), (0.37, 0.06), math.pi, 2 * math.pi),
        (0.29, 0.03),
        (-0.29, 0.03),
    ]
    pen.polygon(front, colour)
    window = [(-0.18, 0.6), (0.18, 0.6), (0.15, 0.14), (-0.15, 0.14)]
    pen.polygon(window, inside, edge=thin)
    if look.full > 0:
        top = 0.15 + 0.42 * look.full
        wide = 0.15 + 0.03 * look.full
        pen.polygon([(-wide, top), (wide, top), (0.15, 0.15), (-0.15, 0.15)], lighter(CREAM, 0.2), edge=thin)
        for index in range(6):
            x, y = 0.08 * (-1) ** index, 0.2 + 0.065 * index
            if y < top - 0.03:
                pen.stroke([(x - 0.06, y), (x, y + 0.03), (x + 0.05, y - 0.01)], darker(CREAM, 0.4), 0.016)
    pen.stroke([(-0.28, 0.68), (-0.235, 0.12)], lighter(colour, 0.5), 0.035)
    pen.stroke([(0.26, 0.66), (0.225, 0.12)], darker(colour, 0.25), 0.04)
    lid = [(0.0, 0.0), (0.02, 0.1), (0.2, 0.17), (0.56, 0.17), (0.74, 0.1), (0.78, 0.0), (0.39, -0.05)]
    pen.polygon(turned(lid, (-0.39, 0.8), 1.75 * look.open), lighter(colour, 0.12))
    pen.stroke(
        turned([(0.14, 0.1), (0.56, 0.12)], (-0.39, 0.8), 1.75 * look.open), lighter(colour, 0.55), 0.03
    )


def _rubbish(pen: Pen, low: float, amount: float) -> None:
    """Balls of paper that stand out of a bin by ``amount``, 0 to 1."""
    if amount <= 0:
        return
    balls = ((-0.2, 0.03, 0.12), (0.2, 0.04, 0.12), (0.0, 0.1, 0.14), (-0.1, 0.15, 0.1), (0.13, 0.17, 0.09))
    for x, y, size in balls:
        at = (x, low - 0.06 + (y + 0.02) * amount)
        pen.oval(at, (size, size * 0.9), lighter(CREAM, 0.2), edge=pen.outline * 0.5)
        pen.stroke(
            [(x - size * 0.5, at[1]), (x, at[1] + size * 0.4), (x + size * 0.4, at[1])],
            darker(CREAM, 0.4),
            0.016,
        )


def _key(pen: Pen, colour: Rgb, _look: Look) -> None:
    shaft = [(-0.2, 0.42), (-0.2, 0.6), (0.98, 0.6), (1.05, 0.52), (0.98, 0.42), (0.9, 0.42)]
    teeth = [(0.9, 0.1), (0.74, 0.1), (0.74, 0.42), (0.62, 0.42), (0.62, 0.2), (0.48, 0.2), (0.48, 0.42)]
    pen.polygon([*shaft, *teeth], colour)
    pen.stroke([(-0.1, 0.55), (0.92, 0.55)], lighter(colour, 0.5), 0.05)
    pen.block((-0.2, 0.34), (-0.06, 0.68), darker(colour, 0.2), radius=0.03)
    tube(pen, round_points((-0.58, 0.5), (0.36, 0.38), 0, 2 * math.pi, 40), colour, 0.17, 0.5)


DRAWINGS: Final[dict[str, Drawing]] = {
    "sign": _sign,
    "canvas": _canvas,
    "mirror": _mirror,
    "tap": _tap,
    "soap": _soap,
    "bin": _bin,
    "key": _key,
}
