"""Boxes and bags."""

from __future__ import annotations

from typing import Final

from videorecap.sim.drawings.base import CREAM, LEAF, Drawing, bow, turned
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Rgb, darker, lighter, smooth


def _box(pen: Pen, colour: Rgb, look: Look) -> None:
    if look.open > 0:
        pen.polygon([(-0.58, 0.72), (0.58, 0.72), (0.46, 0.86), (-0.46, 0.86)], (52, 42, 38))
    pen.block((-0.58, 0.0), (0.58, 0.74), colour)
    pen.polygon([(0.34, 0.0), (0.57, 0.0), (0.57, 0.72), (0.34, 0.72)], darker(colour, 0.14), edge=0)
    pen.block((-0.1, 0.3), (0.1, 0.73), lighter(colour, 0.45), edge=0)
    pen.block((-0.5, 0.08), (-0.2, 0.26), CREAM, edge=0.012)
    for y in (0.14, 0.2):
        pen.stroke([(-0.46, y), (-0.26, y)], (120, 116, 112), 0.016)
    for x in (0.3, 0.42):
        pen.polygon(
            [
                (x, 0.1),
                (x + 0.03, 0.1),
                (x + 0.03, 0.2),
                (x + 0.07, 0.2),
                (x + 0.015, 0.27),
                (x - 0.04, 0.2),
                (x, 0.2),
            ],
            darker(colour, 0.5),
            edge=0,
        )
    turn = look.open * 2.3
    flap = [(0.0, 0.0), (0.58, 0.0), (0.58, 0.12), (0.06, 0.12)]
    right = turned([(-x, y) for x, y in flap], (0.58, 0.74), -turn)
    pen.polygon(turned(flap, (-0.58, 0.74), turn), lighter(colour, 0.16))
    pen.polygon(right, lighter(colour, 0.1))


def _bag(pen: Pen, colour: Rgb, look: Look) -> None:
    loose = 1 - look.tied
    neck = 0.1 + 0.2 * loose
    if look.tied < 1:
        for x, top in ((-0.1, 0.92), (0.08, 0.98)):
            leek = [
                (x - 0.06, 0.62),
                (x - 0.08, top - 0.08),
                (x, top),
                (x + 0.08, top - 0.1),
                (x + 0.06, 0.62),
            ]
            pen.polygon(smooth(leek), LEAF)
    rim = [(-neck - 0.05, 0.95), (-neck, 0.78), (-0.4, 0.52), (-0.42, 0.2), (-0.34, 0.02), (0.0, 0.0)]
    wide = 0.1 * (1 - loose)
    sack = [(x - wide * (y > 0.9), y - 0.12 * loose * (y > 0.9)) for x, y in rim]
    mouth = [(-neck * 0.5, 0.9 - 0.1 * loose), (0.0, 0.95 - 0.12 * loose), (neck * 0.5, 0.9 - 0.1 * loose)]
    pen.polygon(smooth([*mouth, *((-x, y) for x, y in sack[:-1]), *reversed(sack)]), colour)
    for x in (-0.05, 0.05):
        pen.stroke(
            [(x * (1 + 2 * loose), 0.9 - 0.1 * loose), (x * (1.6 + 2 * loose), 0.62)],
            darker(colour, 0.35),
            0.02,
        )
    pen.polygon(
        smooth([(-0.34, 0.46), (-0.24, 0.54), (-0.28, 0.2), (-0.34, 0.2)]), lighter(colour, 0.4), edge=0
    )
    pen.polygon(smooth([(0.3, 0.5), (0.39, 0.36), (0.33, 0.05), (0.18, 0.04)]), darker(colour, 0.2), edge=0)
    pen.oval((0.02, 0.3), (0.15, 0.15), lighter(colour, 0.6), edge=0.012)
    bow(pen, (0, 0.76 - 0.06 * loose), look.tied, darker(lighter(colour, 0.75), 0.05), size=1.15)


DRAWINGS: Final[dict[str, Drawing]] = {"box": _box, "bag": _bag}
