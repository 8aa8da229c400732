"""Books and letters."""

from __future__ import annotations

import math
from typing import Final

from videorecap.sim.drawings.base import CREAM, Drawing
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Rgb, darker, lighter

INK: Final[Rgb] = (150, 146, 140)
WAX: Final[Rgb] = (190, 52, 52)


def _book(pen: Pen, colour: Rgb, look: Look) -> None:
    turn = look.open * 0.94 * math.pi
    far, rise = -0.34 + 0.66 * math.cos(turn), 0.18 * math.sin(turn)
    pen.block((-0.36, -0.02), (0.38, 0.98), darker(colour, 0.12), radius=0.03)
    pen.block((-0.3, 0.04), (0.33, 0.94), darker(CREAM, 0.15), edge=0.012)
    pen.block((-0.3, 0.06), (0.3, 0.94), CREAM, edge=0.012)
    for y in (0.18, 0.3, 0.42, 0.54):
        pen.stroke([(-0.22, y), (0.23 - 0.1 * (y == 0.18), y)], INK, 0.024)
    pen.block((-0.2, 0.64), (0.2, 0.86), lighter(colour, 0.4), edge=0.012)
    pen.polygon(
        [(-0.34, -0.02), (far, rise - 0.02), (far, 1.0 + rise * 0.6), (-0.34, 0.98)], colour, edge=0.03
    )
    middle, half = (-0.34 + far) / 2, abs(far + 0.34) / 2
    if look.open < 0.5:
        pen.block((middle - half * 0.66, 0.6 + rise), (middle + half * 0.66, 0.82 + rise), CREAM, edge=0.01)
        pen.stroke([(middle - half * 0.4, 0.71 + rise), (middle + half * 0.4, 0.71 + rise)], INK, 0.03)
        pen.oval((middle, 0.3 + rise), (half * 0.42, 0.14), lighter(colour, 0.4), edge=0.012)
    else:
        inner = half * 0.86
        pen.block((middle - inner + 0.02, 0.06 + rise), (middle + inner, 0.9 + rise * 0.8), CREAM, edge=0.012)
        for y in (0.24, 0.38, 0.52, 0.66, 0.78):
            pen.stroke([(middle - inner * 0.7, y + rise), (middle + inner * 0.7, y + rise)], INK, 0.024)
    pen.stroke([(-0.34, 0.0), (-0.34, 0.96)], darker(colour, 0.35), 0.06)


def _letter(pen: Pen, colour: Rgb, look: Look) -> None:
    tip = 0.42 + look.open * 0.96
    flap = [(-0.75, 0.92), (0.75, 0.92), (0, tip)]
    if look.open > 0.5:
        pen.polygon(flap, darker(colour, 0.25))
        rise = 0.92 + 0.5 * (look.open - 0.5)
        pen.block((-0.6, 0.4), (0.6, rise), lighter(CREAM, 0.4))
        for step in range(2):
            pen.stroke([(-0.46, rise - 0.08 - 0.09 * step), (0.46, rise - 0.08 - 0.09 * step)], INK, 0.024)
    pen.block((-0.75, 0.0), (0.75, 0.92), colour)
    pen.polygon([(-0.74, 0.02), (0.0, 0.52), (0.74, 0.02)], lighter(colour, 0.15), edge=0.02)
    if look.open <= 0.5:
        pen.polygon(flap, darker(colour, 0.12))
        pen.oval((0, max(tip, 0.5)), (0.1, 0.11), WAX)
        pen.oval((-0.02, max(tip, 0.5) + 0.02), (0.05, 0.05), lighter(WAX, 0.3), edge=0)


DRAWINGS: Final[dict[str, Drawing]] = {"book": _book, "letter": _letter}
