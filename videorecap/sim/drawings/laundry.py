"""Shirts, towels, trousers and socks."""

from __future__ import annotations

from typing import Final

from videorecap.sim.drawings.base import Drawing, mirrored
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Rgb, darker, lighter, smooth


def _shirt(pen: Pen, colour: Rgb, _look: Look) -> None:
    left = [(-0.14, 0.98), (-0.34, 0.92), (-0.6, 0.62), (-0.42, 0.46), (-0.31, 0.6), (-0.32, 0.0)]
    pen.polygon(mirrored(left), colour)
    pen.polygon(
        smooth([(-0.3, 0.05), (-0.24, 0.3), (-0.27, 0.56), (-0.31, 0.5)]), darker(colour, 0.18), edge=0
    )
    pen.oval((0, 0.97), (0.14, 0.07), darker(colour, 0.5))
    for side in (-1, 1):
        pen.polygon(
            [(side * 0.02, 0.88), (side * 0.16, 1.0), (side * 0.2, 0.88), (side * 0.08, 0.8)],
            lighter(colour, 0.3),
        )
        pen.stroke([(side * 0.54, 0.6), (side * 0.43, 0.5)], lighter(colour, 0.4), 0.035)
    pen.stroke([(0, 0.86), (0, 0.04)], darker(colour, 0.3), 0.02)
    pen.block((0.1, 0.5), (0.25, 0.66), lighter(colour, 0.18), radius=0.02, edge=0.012)
    for y in (0.72, 0.5, 0.28, 0.1):
        pen.oval((0.045, y), (0.024, 0.024), lighter(colour, 0.75), edge=0.008)


def _towel(pen: Pen, colour: Rgb, _look: Look) -> None:
    for index in range(13):
        x = -0.6 + index * 0.1
        pen.stroke([(x, 0.05), (x, 0.0)], lighter(colour, 0.3), 0.03)
    pen.block((-0.64, 0.04), (0.64, 0.98), colour, radius=0.04)
    for x in (-0.5, -0.38, 0.38, 0.5):
        pen.block((x - 0.035, 0.05), (x + 0.035, 0.97), lighter(colour, 0.6), edge=0)
    for y in (0.24, 0.5, 0.76):
        pen.stroke(
            smooth([(-0.26, y), (-0.1, y + 0.04), (0.1, y - 0.03), (0.26, y)], is_closed=False),
            darker(colour, 0.14),
            0.022,
        )


def _trousers(pen: Pen, colour: Rgb, _look: Look) -> None:
    pen.polygon(
        [(-0.28, 0.98), (0.28, 0.98), (0.37, 0.0), (0.1, 0.0), (0, 0.62), (-0.1, 0.0), (-0.37, 0.0)], colour
    )
    for side in (-1, 1):
        pen.stroke([(side * 0.21, 0.7), (side * 0.25, 0.06)], darker(colour, 0.2), 0.02)
        pen.arc(
            (side * 0.28, 0.88), (0.14, 0.16), (90, 180) if side > 0 else (0, 90), darker(colour, 0.4), 0.02
        )
        pen.block((side * 0.235 - 0.13, 0.0), (side * 0.235 + 0.13, 0.06), lighter(colour, 0.2), edge=0.012)
    pen.block((-0.29, 0.89), (0.29, 1.0), darker(colour, 0.28), radius=0.02)
    pen.stroke([(0, 0.88), (0, 0.66)], darker(colour, 0.4), 0.02)
    pen.oval((0, 0.945), (0.03, 0.03), lighter(colour, 0.75), edge=0.008)


def _sock(pen: Pen, colour: Rgb, _look: Look) -> None:
    leg = [(-0.33, 0.92), (-0.32, 0.5), (-0.36, 0.22), (-0.26, 0.04), (-0.02, 0.01), (0.24, 0.0)]
    pen.polygon(smooth([*leg, (0.4, 0.12), (0.33, 0.29), (0.12, 0.36), (0.02, 0.5), (0.0, 0.92)]), colour)
    pen.polygon(
        smooth([(0.22, 0.02), (0.39, 0.1), (0.35, 0.25), (0.2, 0.3), (0.16, 0.14)]),
        darker(colour, 0.3),
        0.012,
    )
    pen.polygon(
        smooth([(-0.33, 0.2), (-0.24, 0.06), (-0.12, 0.05), (-0.16, 0.2), (-0.28, 0.3)]),
        darker(colour, 0.3),
        0.012,
    )
    pen.block((-0.37, 0.84), (0.04, 1.0), lighter(colour, 0.55), radius=0.04)
    for x in (-0.28, -0.19, -0.1, -0.01):
        pen.stroke([(x - 0.02, 0.88), (x - 0.02, 0.96)], darker(colour, 0.15), 0.016)
    for y in (0.7, 0.56):
        pen.block((-0.32, y), (0.0, y + 0.065), lighter(colour, 0.45), edge=0)


DRAWINGS: Final[dict[str, Drawing]] = {"shirt": _shirt, "towel": _towel, "trousers": _trousers, "sock": _sock}
