"""Chairs, cabinets and drawers."""

from __future__ import annotations

from typing import Final

from videorecap.sim.drawings.base import CREAM, STEEL, WOOD, Drawing, knob, screw, turned
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter, mix

DARK: Final[Rgb] = (48, 40, 40)


def _bar(width: float, length: float) -> list[Point]:
    """A bar that hangs down from its hinge."""
    return [(-width / 2, 0.02), (width / 2, 0.02), (width / 2, -length), (-width / 2, -length)]


def _chair(pen: Pen, colour: Rgb, look: Look) -> None:
    loose = 1 - look.screwed
    pen.polygon(turned(_bar(0.08, 0.42), (0.24, 0.42), 0.5 * loose), darker(colour, 0.1))
    pen.polygon(_moved_bar(-0.24), darker(colour, 0.1))
    hinge, tilt = (-0.3, 0.48), 0.22 * loose
    for x in (0.05, 0.28, 0.51):
        slat = [(x, 0.0), (x + 0.07, 0.0), (x + 0.07, 0.42), (x, 0.42)]
        pen.polygon(turned(slat, hinge, tilt), darker(colour, 0.08))
    back = [(-0.04, 0.36), (0.62, 0.36), (0.62, 0.5), (0.58, 0.52), (0.0, 0.52), (-0.04, 0.5)]
    pen.polygon(turned(back, hinge, tilt), colour)
    pen.stroke(turned([(0.04, 0.46), (0.5, 0.46)], hinge, tilt), lighter(colour, 0.45), 0.03)
    pen.block((-0.34, 0.4), (0.34, 0.5), colour, radius=0.03)
    pen.stroke([(-0.28, 0.46), (0.2, 0.46)], lighter(colour, 0.45), 0.025)
    screw(pen, (0.24, 0.36 + 0.04 * loose), look.screwed)


def _moved_bar(x: float) -> list[Point]:
    return turned(_bar(0.08, 0.42), (x, 0.42), 0.0)


def _stool(pen: Pen, colour: Rgb, look: Look) -> None:
    loose = 1 - look.screwed
    pen.polygon(turned(_bar(0.08, 0.82), (0.22, 0.82), 0.14 + 0.4 * loose), WOOD)
    pen.polygon(turned(_bar(0.08, 0.82), (-0.22, 0.82), -0.14), WOOD)
    pen.polygon(turned(_bar(0.09, 0.78), (0.0, 0.82), 0.0), darker(WOOD, 0.15))
    pen.stroke([(-0.3, 0.3), (0.3 * look.screwed + 0.02 * loose, 0.3)], darker(WOOD, 0.3), 0.05)
    pen.block((-0.44, 0.8), (0.44, 0.92), darker(colour, 0.2), radius=0.05)
    pen.oval((0, 0.91), (0.45, 0.09), colour)
    pen.oval((-0.06, 0.925), (0.28, 0.045), lighter(colour, 0.35), edge=0)
    screw(pen, (0.25, 0.72), look.screwed)


def _cabinet(pen: Pen, colour: Rgb, look: Look) -> None:
    loose = 1 - look.screwed
    for x in (-0.34, 0.26):
        pen.block((x, 0.0), (x + 0.08, 0.1), darker(WOOD, 0.4))
    pen.block((-0.4, 0.06), (0.4, 0.96), colour)
    pen.block((-0.43, 0.92), (0.43, 1.0), lighter(colour, 0.2), radius=0.02)
    pen.block((-0.34, 0.12), (0.34, 0.88), DARK, edge=0.012)
    for y in (0.14, 0.5):
        for x, tall, shade in ((-0.24, 0.2, CREAM), (-0.06, 0.26, STEEL), (0.14, 0.16, WOOD)):
            pen.block((x, y), (x + 0.13, y + tall), shade, radius=0.02, edge=0.012)
        pen.block((-0.34, y - 0.03), (0.34, y + 0.01), lighter(colour, 0.1), edge=0)
    _cabinet_door(pen, colour, look.open, loose)
    screw(pen, (-0.37 + 0.1 * loose, 0.78), look.screwed)


def _cabinet_door(pen: Pen, colour: Rgb, opened: float, loose: float) -> None:
    """Hinged on the left; it swings out to the left, and hangs aslant when its hinge is loose."""
    width, skew = 0.7 - 1.15 * opened, 0.16 * opened
    panel = [(0.0, 0.0), (width, -skew), (width, 0.78 + skew * 0.7), (0.0, 0.78)]
    hinge, tilt = (-0.35, 0.11), -0.13 * loose
    pen.polygon(turned(panel, hinge, tilt), mix(lighter(colour, 0.18), darker(colour, 0.2), opened))
    inset = [
        (width * 0.16, 0.1 - skew * 0.3),
        (width * 0.84, 0.1 - skew * 0.8),
        (width * 0.84, 0.68 + skew * 0.6),
        (width * 0.16, 0.68 + skew * 0.2),
    ]
    pen.polygon(turned(inset, hinge, tilt), lighter(colour, 0.4), edge=0.014)
    knob(pen, turned([(width * 0.91, 0.4)], hinge, tilt)[0], 0.035, STEEL)


def _drawer(pen: Pen, colour: Rgb, look: Look) -> None:
    loose = 1 - look.screwed
    pen.block((-0.85, 0.04), (0.85, 1.0), darker(colour, 0.15), radius=0.03)
    pen.block((-0.85, 0.9), (0.85, 1.0), lighter(colour, 0.3), radius=0.03)
    pen.block((-0.74, 0.14), (0.74, 0.84), DARK, edge=0.012)
    out = look.open
    if out > 0:
        low, high = 0.46 - 0.1 * out, 0.78
        pen.polygon([(-0.7, high), (0.7, high), (0.8, low), (-0.8, low)], mix(WOOD, CREAM, 0.55))
        for x, shade in ((-0.42, STEEL), (0.0, CREAM), (0.4, (188, 70, 62))):
            pen.block((x - 0.16, low), (x + 0.16, low + (high - low) * 0.75), shade, radius=0.04, edge=0.014)
    half, top = 0.74 + 0.12 * out, 0.84 - 0.3 * out
    bottom, hinge, tilt = -0.68 + 0.12 * out, (-half, top), -0.11 * loose * (1 - 0.5 * out)
    front = [(0.0, 0.0), (2 * half, 0.0), (2 * half, bottom), (0.0, bottom)]
    pen.polygon(turned(front, hinge, tilt), colour)
    panel = [(0.12, -0.08), (2 * half - 0.12, -0.08), (2 * half - 0.12, bottom + 0.08), (0.12, bottom + 0.08)]
    pen.polygon(turned(panel, hinge, tilt), lighter(colour, 0.28), edge=0.014)
    knob(pen, turned([(half, bottom / 2)], hinge, tilt)[0], 0.1, STEEL)
    screw(pen, turned([(2 * half - 0.16, -0.14)], hinge, tilt)[0], look.screwed)


DRAWINGS: Final[dict[str, Drawing]] = {
    "chair": _chair,
    "stool": _stool,
    "cabinet": _cabinet,
    "drawer": _drawer,
}
