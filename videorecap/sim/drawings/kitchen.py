"""Vessels and dishes."""

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
    angles,
    cable,
    knob,
    liquid,
    round_points,
    steam,
    surface,
    turned,
)
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Rgb, darker, lighter, mix, smooth


def _mug(pen: Pen, colour: Rgb, look: Look) -> None:
    pen.arc((0.3, 0.5), (0.2, 0.27), (-100, 100), darker(colour, 0.45), 0.13)
    pen.arc((0.3, 0.5), (0.18, 0.25), (-100, 100), colour, 0.08)
    pen.block((-0.42, 0.0), (0.32, 0.88), colour, radius=0.1)
    pen.block((-0.41, 0.3), (0.31, 0.42), lighter(colour, 0.45), edge=0)
    pen.block((-0.34, 0.12), (-0.25, 0.72), lighter(colour, 0.5), radius=0.045, edge=0)
    pen.oval((-0.05, 0.87), (0.37, 0.12), lighter(colour, 0.2))
    pen.oval((-0.05, 0.87), (0.32, 0.09), darker(colour, 0.45), edge=0)
    surface(pen, (-0.05, 0.87), (0.34, 0.1), look.full)


def _plate(pen: Pen, colour: Rgb, _look: Look) -> None:
    pen.oval((0, 0.47), (0.94, 0.47), darker(colour, 0.3))
    pen.oval((0, 0.52), (0.95, 0.47), colour)
    pen.oval((0, 0.52), (0.6, 0.29), lighter(colour, 0.35))
    pen.oval((0, 0.5), (0.52, 0.23), lighter(colour, 0.5), edge=0)
    pen.arc((0, 0.52), (0.8, 0.39), (0, 360), lighter(colour, 0.55), 0.035)
    pen.arc((0, 0.52), (0.87, 0.43), (195, 260), lighter(colour, 0.75), 0.04)


def _bowl(pen: Pen, colour: Rgb, look: Look) -> None:
    rim = [(0.92 * math.cos(a), 0.82 - 0.8 * math.sin(a)) for a in angles(0, math.pi)]
    pen.block((-0.35, 0.0), (0.35, 0.14), darker(colour, 0.25), radius=0.04)
    pen.polygon(rim, colour)
    pen.polygon(round_points((0, 0.82), (0.92, 0.18)), lighter(colour, 0.15))
    pen.oval((0, 0.82), (0.84, 0.15), darker(colour, 0.45), edge=0)
    surface(pen, (0, 0.82), (0.9, 0.16), look.full)
    pen.arc((0, 0.8), (0.8, 0.6), (100, 150), lighter(colour, 0.45), 0.06)
    for side in (-0.5, 0, 0.5):
        pen.oval((side, 0.42 - 0.1 * (side == 0)), (0.08, 0.08), lighter(colour, 0.5), edge=0)


def _pot(pen: Pen, colour: Rgb, look: Look) -> None:
    for side in (-1, 1):
        pen.block((side * 0.58 - 0.1, 0.44), (side * 0.58 + 0.1, 0.58), RUBBER, radius=0.06)
    pen.block((-0.54, 0.0), (0.54, 0.72), colour, radius=0.1)
    pen.block((-0.53, 0.0), (0.53, 0.1), darker(colour, 0.3), radius=0.05, edge=0)
    pen.block((-0.46, 0.16), (-0.36, 0.56), lighter(colour, 0.5), radius=0.05, edge=0)
    pen.oval((0, 0.71), (0.55, 0.12), lighter(STEEL, 0.3))
    pen.oval((0, 0.71), (0.49, 0.09), darker(colour, 0.6), edge=0)
    surface(pen, (0, 0.71), (0.52, 0.11), look.full)
    x, y = 0.46 * look.open, 0.74 + 0.42 * look.open
    lid = turned(round_points((0, 0), (0.56, 0.13)), (x, y), -0.5 * look.open)
    pen.polygon(lid, mix(STEEL, colour, 0.25))
    pen.stroke(turned([(-0.36, 0.06), (0.1, 0.09)], (x, y), -0.5 * look.open), lighter(STEEL, 0.6), 0.03)
    knob(pen, turned([(0, 0.16)], (x, y), -0.5 * look.open)[0], 0.085, RUBBER)


def _pan(pen: Pen, colour: Rgb, _look: Look) -> None:
    pen.polygon(
        smooth([(0.4, 0.62), (0.9, 0.8), (1.4, 0.94), (1.46, 0.76), (0.9, 0.56), (0.42, 0.4)]), RUBBER
    )
    pen.oval((1.34, 0.83), (0.05, 0.05), lighter(STEEL, 0.3), edge=0)
    pen.polygon(
        [(-1.44, 0.74), (0.6, 0.74), (0.42, 0.2), (0.2, 0.0), (-1.04, 0.0), (-1.26, 0.2)], colour, 0.045
    )
    pen.polygon([(-1.3, 0.28), (0.46, 0.28), (0.2, 0.03), (-1.04, 0.03)], darker(colour, 0.28), edge=0)
    pen.oval((-0.42, 0.74), (1.03, 0.24), lighter(colour, 0.22), edge=0.045)
    pen.oval((-0.42, 0.72), (0.9, 0.17), darker(mix(colour, STEEL, 0.3), 0.45), edge=0)
    pen.arc((-0.42, 0.72), (0.6, 0.1), (170, 280), lighter(STEEL, 0.2), 0.05)


def _kettle(pen: Pen, colour: Rgb, look: Look) -> None:
    cable(pen, (0.4, 0.06), look.plugged)
    steam(pen, (-0.44, 0.86), look.on)
    pen.stroke(smooth([(0.26, 0.86), (0.52, 0.84), (0.56, 0.5), (0.42, 0.2)], is_closed=False), RUBBER, 0.12)
    pen.polygon(smooth([(-0.28, 0.5), (-0.44, 0.74), (-0.57, 0.84), (-0.46, 0.86), (-0.26, 0.76)]), colour)
    pen.polygon([(-0.36, 0.12), (0.36, 0.12), (0.3, 0.84), (-0.28, 0.84)], colour)
    pen.block((-0.4, 0.0), (0.42, 0.13), RUBBER, radius=0.04)
    pen.block((-0.2, 0.2), (0.16, 0.74), lighter(GLASS, 0.35), radius=0.04)
    liquid(pen, (-0.18, 0.22), (0.14, 0.68), look.full)
    for y in (0.34, 0.46, 0.58):
        pen.stroke([(0.05, y), (0.13, y)], darker(GLASS, 0.5), 0.02)
    pen.stroke([(-0.27, 0.24), (-0.23, 0.74)], lighter(colour, 0.5), 0.04)
    pen.polygon(smooth([(-0.3, 0.84), (0.0, 0.96), (0.32, 0.84), (0.0, 0.81)]), darker(colour, 0.3))
    knob(pen, (0, 0.95), 0.05, RUBBER)
    lamp = mix(darker(STEEL, 0.5), (255, 96, 40), look.on)
    pen.block((-0.16, 0.025), (0.2, 0.1), lamp, radius=0.03)


def _glass(pen: Pen, colour: Rgb, look: Look) -> None:
    pen.polygon([(-0.3, 0.97), (0.3, 0.97), (0.23, 0.0), (-0.23, 0.0)], lighter(GLASS, 0.3))
    if look.full:
        top = 0.14 + 0.72 * look.full
        half = 0.215 + 0.065 * top
        shape = [(-half, top), (half, top), (0.22, 0.1), (-0.22, 0.1)]
        pen.polygon(shape, WATER, edge=0)
        pen.oval((0, top), (half, 0.045), lighter(WATER, 0.5), edge=0.01)
    pen.polygon([(-0.24, 0.1), (0.24, 0.1), (0.23, 0.0), (-0.23, 0.0)], darker(colour, 0.2))
    pen.polygon([(-0.27, 0.56), (0.27, 0.56), (0.25, 0.3), (-0.25, 0.3)], colour, edge=0.012)
    pen.polygon([(-0.265, 0.48), (0.265, 0.48), (0.26, 0.42), (-0.26, 0.42)], lighter(colour, 0.5), edge=0)
    pen.arc((0, 0.95), (0.3, 0.05), (0, 360), colour, 0.035)
    pen.stroke([(-0.2, 0.84), (-0.17, 0.18)], lighter(GLASS, 0.85), 0.035)


def _bottle(pen: Pen, colour: Rgb, look: Look) -> None:
    half = [(-0.065, 0.9), (-0.07, 0.76), (-0.185, 0.62), (-0.185, 0.04), (-0.15, 0.0)]
    pen.polygon([*half, *((-x, y) for x, y in reversed(half))], mix(GLASS, colour, 0.3))
    liquid(pen, (-0.165, 0.02), (0.165, 0.64), look.full)
    pen.block((-0.185, 0.2), (0.185, 0.46), colour, edge=0.012)
    pen.block((-0.185, 0.3), (0.185, 0.36), CREAM, edge=0)
    pen.block((-0.09, 0.88), (0.09, 1.0), darker(colour, 0.15), radius=0.02)
    pen.stroke([(-0.12, 0.56), (-0.12, 0.08)], lighter(GLASS, 0.8), 0.03)


def _jar(pen: Pen, colour: Rgb, look: Look) -> None:
    pen.block((-0.36, 0.0), (0.36, 0.76), lighter(GLASS, 0.3), radius=0.12)
    liquid(pen, (-0.32, 0.04), (0.32, 0.66), look.full)
    pen.block((-0.35, 0.16), (0.35, 0.44), colour, edge=0.012)
    pen.oval((0, 0.3), (0.14, 0.1), CREAM, edge=0.012)
    pen.stroke([(-0.28, 0.66), (-0.28, 0.1)], lighter(GLASS, 0.9), 0.04)
    pen.oval((0, 0.76), (0.31, 0.06), darker(GLASS, 0.3))
    x, y = 0.42 * look.open, 0.76 + 0.36 * look.open
    lid = [(-0.34, 0.0), (0.34, 0.0), (0.34, 0.18), (0.3, 0.23), (-0.3, 0.23), (-0.34, 0.18)]
    pen.polygon(turned(lid, (x, y), -0.45 * look.open), darker(colour, 0.12))
    for step in (-0.24, -0.12, 0.0, 0.12, 0.24):
        ridge = turned([(step, 0.05), (step, 0.16)], (x, y), -0.45 * look.open)
        pen.stroke(ridge, darker(colour, 0.45), 0.022)


def _lunchbox(pen: Pen, colour: Rgb, look: Look) -> None:
    if look.open:
        rise = 0.14 * look.open
        pen.polygon([(-0.86, 0.58), (0.86, 0.58), (0.74, 0.62 + rise), (-0.74, 0.62 + rise)], CREAM)
        for x, food in ((-0.46, WOOD), (0.0, (214, 70, 60)), (0.44, (110, 170, 74))):
            heap = smooth(
                [(x - 0.22, 0.58), (x - 0.12, 0.64 + rise), (x + 0.12, 0.64 + rise), (x + 0.22, 0.58)]
            )
            pen.polygon(heap, food, 0.02)
    low, tall = 0.62 + 0.18 * look.open, 0.38 + 0.26 * look.open
    lid = (mix(lighter(colour, 0.35), darker(colour, 0.15), look.open), 0.1 + 0.08 * (1 - look.open))
    pen.block((-0.9 + 0.12 * look.open, low), (0.9 - 0.12 * look.open, low + tall), lid[0], radius=lid[1])
    pen.block(
        (-0.62, low + tall - 0.12), (0.62, low + tall - 0.06), lighter(lid[0], 0.5), radius=0.03, edge=0
    )
    pen.block((-0.84, 0.0), (0.84, 0.64), colour, radius=0.2)
    pen.block((-0.88, 0.52), (0.88, 0.66), lighter(colour, 0.15), radius=0.06)
    pen.block((-0.34, 0.12), (0.34, 0.38), lighter(colour, 0.5), radius=0.06, edge=0.012)
    pen.stroke([(-0.7, 0.42), (-0.7, 0.18)], lighter(colour, 0.45), 0.05)
    for side in (-1, 1):
        clip = [(side * 0.03, -0.22), (-side * 0.06, -0.22), (-side * 0.06, 0.2), (side * 0.03, 0.2)]
        pen.polygon(turned(clip, (side * 0.88, 0.62), -side * 1.2 * look.open), RUBBER)


def _blender(pen: Pen, colour: Rgb, look: Look) -> None:
    cable(pen, (0.2, 0.08), look.plugged)
    pen.stroke([(0.18, 0.84), (0.27, 0.8), (0.27, 0.5), (0.17, 0.44)], RUBBER, 0.05)
    pen.polygon([(-0.24, 0.9), (0.2, 0.9), (0.15, 0.36), (-0.15, 0.36)], lighter(GLASS, 0.3))
    liquid(pen, (-0.14, 0.38), (0.14, 0.8), look.full)
    for index in range(4 if look.on else 0):
        spread, y = 0.05 + 0.035 * index, 0.46 + 0.1 * index
        whirl = mix(lighter(GLASS, 0.3), darker(colour, 0.2), look.on)
        pen.arc((0, y), (spread, 0.045), (0, 360), whirl, 0.035)
    blade = 0.1 + 0.03 * look.on
    pen.polygon([(-blade, 0.46), (0, 0.42), (blade, 0.46), (0, 0.39)], darker(STEEL, 0.3), edge=0.012)
    pen.stroke([(-0.17, 0.84), (-0.12, 0.42)], lighter(GLASS, 0.9), 0.025)
    pen.block((-0.25, 0.88), (0.22, 0.96), colour, radius=0.02)
    pen.block((-0.07, 0.95), (0.07, 1.0), darker(colour, 0.3), radius=0.02)
    pen.polygon([(-0.17, 0.37), (0.17, 0.37), (0.25, 0.0), (-0.25, 0.0)], colour)
    knob(pen, (0, 0.2), 0.075, mix(lighter(STEEL, 0.3), (90, 236, 110), look.on))
    pen.stroke([(-0.15, 0.06), (0.15, 0.06)], darker(colour, 0.4), 0.03)


DRAWINGS: Final[dict[str, Drawing]] = {
    "mug": _mug,
    "plate": _plate,
    "bowl": _bowl,
    "pot": _pot,
    "pan": _pan,
    "kettle": _kettle,
    "glass": _glass,
    "bottle": _bottle,
    "jar": _jar,
    "lunchbox": _lunchbox,
    "blender": _blender,
}
