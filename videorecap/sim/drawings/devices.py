"""Lamps, radios, clocks and fans."""

from __future__ import annotations

import math
from typing import Final

from videorecap.sim.drawings.base import (
    BRASS,
    CREAM,
    GLOW,
    RUBBER,
    STEEL,
    Drawing,
    cable,
    knob,
    round_points,
    screw,
    turned,
)
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter, mix, smooth


def _lamp(pen: Pen, colour: Rgb, look: Look) -> None:
    cable(pen, (0.16, 0.05), look.plugged)
    if look.on:
        spread = 0.3 + 0.16 * look.on
        pen.polygon(
            [(-0.28, 0.58), (0.28, 0.58), (spread, 0.1), (-spread, 0.1)], mix(CREAM, GLOW, look.on), 0
        )
    pen.oval((0, 0.05), (0.22, 0.05), darker(BRASS, 0.25))
    pen.stroke([(0, 0.06), (0, 0.6)], darker(BRASS, 0.5), 0.07)
    pen.stroke([(0, 0.06), (0, 0.6)], BRASS, 0.04)
    pen.oval((0, 0.3), (0.06, 0.08), BRASS, edge=0.012)
    bulb = mix(STEEL, (255, 250, 200), look.on)
    pen.oval((0, 0.57), (0.09, 0.08), bulb)
    shade = [(-0.17, 0.98), (0.17, 0.98), (0.31, 0.58), (-0.31, 0.58)]
    pen.polygon(shade, mix(colour, lighter(colour, 0.25), look.on))
    glow = mix(mix(colour, lighter(colour, 0.25), look.on), GLOW, 0.8 * look.on)
    pen.polygon([(-0.09, 0.9), (0.09, 0.9), (0.18, 0.6), (-0.18, 0.6)], glow, edge=0)
    pen.block((-0.32, 0.56), (0.32, 0.61), darker(colour, 0.25), radius=0.02, edge=0.012)
    pen.block((-0.18, 0.95), (0.18, 1.0), darker(colour, 0.25), radius=0.02, edge=0.012)
    if look.on:
        for side in (-1, 1):
            for x, y in ((0.4, 0.92), (0.46, 0.7)):
                far = (side * (x + 0.14 * look.on), y + (0.1 if y > 0.8 else 0.0))
                pen.stroke([(side * x, y), far], GLOW, 0.035)


def _radio(pen: Pen, colour: Rgb, look: Look) -> None:
    loose = 1 - look.screwed
    cable(pen, (0.68, 0.1), look.plugged)
    pen.stroke([(0.5, 0.72), (0.68, 1.0)], darker(STEEL, 0.4), 0.04)
    knob(pen, (0.68, 0.99), 0.035, STEEL)
    pen.stroke([(-0.4, 0.72), (-0.36, 0.86), (0.2, 0.86), (0.24, 0.72)], RUBBER, 0.06)
    pen.block((-0.75, 0.0), (0.75, 0.76), darker(colour, 0.1), radius=0.12)
    _radio_front(pen, colour, look, -0.14 * loose)
    screw(pen, turned([(1.26, -0.1)], (-0.68, 0.7), -0.14 * loose)[0], look.screwed)
    for index in range(3 if look.on else 0):
        size = (0.12 + 0.13 * index) * look.on
        for start in (-35, 145):
            side = 1 if start < 0 else -1
            pen.arc((side * 0.7, 0.44), (size, size * 1.2), (start, start + 70), GLOW, 0.05)


def _radio_front(pen: Pen, colour: Rgb, look: Look, tilt: float) -> None:
    """The front panel, which hangs aslant when its screw is loose."""
    hinge = (-0.68, 0.7)
    front = [(0.0, 0.0), (1.36, 0.0), (1.36, -0.62), (0.0, -0.62)]
    pen.polygon(turned(front, hinge, tilt), colour)
    grille = round_points((0.32, -0.31), (0.25, 0.25))
    pen.polygon(turned(grille, hinge, tilt), darker(CREAM, 0.1), edge=0.02)
    for ring in (0.17, 0.09):
        inner = round_points((0.32, -0.31), (ring, ring), steps=16)
        pen.polygon(turned(inner, hinge, tilt), darker(CREAM, 0.1 + 2 * (0.25 - ring)), edge=0.012)
    dial = [(0.66, -0.08), (1.16, -0.08), (1.16, -0.28), (0.66, -0.28)]
    pen.polygon(turned(dial, hinge, tilt), mix(darker(STEEL, 0.6), GLOW, look.on), edge=0.02)
    for x in (0.74, 0.84, 0.94, 1.04):
        pen.stroke(turned([(x, -0.14), (x, -0.22)], hinge, tilt), darker(STEEL, 0.4), 0.018)
    for x in (0.76, 1.06):
        knob(pen, turned([(x, -0.45)], hinge, tilt)[0], 0.09, RUBBER)


def _clock(pen: Pen, colour: Rgb, look: Look) -> None:
    loose = 1 - look.screwed
    for side in (-1, 1):
        pen.stroke([(side * 0.24, 0.16), (side * 0.36, 0.02)], darker(colour, 0.35), 0.08)
        bell = round_points((side * 0.27, 0.83), (0.2, 0.15), steps=16)
        pen.polygon(bell, mix(BRASS, colour, 0.15))
    pen.stroke([(0, 0.84), (0, 0.95)], darker(STEEL, 0.4), 0.05)
    knob(pen, (0, 0.96), 0.045, STEEL)
    pen.oval((0, 0.46), (0.43, 0.42), colour)
    pen.arc((0, 0.46), (0.4, 0.39), (190, 260), lighter(colour, 0.6), 0.03)
    if loose:
        pen.oval((0, 0.46), (0.34, 0.33), darker(STEEL, 0.7), edge=0)
    _clock_face(pen, (0.13 * loose, 0.46 - 0.16 * loose), 0.7 * loose)
    screw(pen, (0.3 * loose, 0.46 + 0.16 * loose), look.screwed)


def _clock_face(pen: Pen, at: Point, tilt: float) -> None:
    """The face with its hands, which slips down when its screw is loose."""
    pen.oval(at, (0.34, 0.33), lighter(CREAM, 0.5))
    for hour in range(12):
        angle = hour * math.pi / 6
        tick = [(0.0, 0.25), (0.0, 0.3 if hour % 3 else 0.22)]
        pen.stroke(turned(tick, at, angle + tilt), RUBBER, 0.026)
    for length, angle, width in ((0.17, -0.9, 0.05), (0.25, 0.6, 0.034)):
        pen.stroke(turned([(0.0, 0.0), (0.0, length)], at, angle + tilt), (36, 34, 44), width)


def _fan(pen: Pen, colour: Rgb, look: Look) -> None:
    middle, loose = (0.0, 0.66), 1 - look.screwed
    cable(pen, (0.2, 0.05), look.plugged)
    pen.block((-0.05, 0.06), (0.05, 0.4), darker(colour, 0.2))
    pen.polygon(smooth([(-0.26, 0.02), (-0.18, 0.1), (0.18, 0.1), (0.26, 0.02), (0.0, 0.0)]), colour)
    knob(pen, (0, 0.2), 0.04, mix(STEEL, (90, 236, 110), look.on))
    pen.oval(middle, (0.33, 0.33), darker(STEEL, 0.72))
    blur = mix(darker(STEEL, 0.72), lighter(colour, 0.4), look.on)
    pen.oval(middle, (0.29 * look.on, 0.29 * look.on), blur, edge=0)
    for index in range(3):
        angle = index * 2 * math.pi / 3 + 2 * math.pi * look.on / 3
        width = 0.1 + 0.1 * look.on
        blade = [(0.0, 0.0), (-width, 0.12), (-width * 0.9, 0.26), (0.02, 0.29), (0.05, 0.12)]
        pen.polygon(
            turned(smooth(blade), middle, angle), mix(colour, lighter(colour, 0.55), look.on), edge=0.012
        )
    guard, tilt = (0.1 * loose, 0.66 - 0.06 * loose), 0.3 * loose
    for ring in (0.33, 0.22, 0.12):
        points = turned(round_points((0, 0), (ring * (1 - 0.22 * loose), ring)), guard, -tilt)
        pen.stroke([*points, points[1]], lighter(STEEL, 0.35), 0.024)
    for index in range(8):
        angle = index * math.pi / 4
        far = (0.33 * (1 - 0.22 * loose) * math.cos(angle), 0.33 * math.sin(angle))
        pen.stroke(turned([(0.0, 0.0), far], guard, -tilt), lighter(STEEL, 0.35), 0.016)
    knob(pen, guard, 0.07, colour)
    screw(pen, turned([(0.0, 0.27)], guard, -tilt)[0], look.screwed)


DRAWINGS: Final[dict[str, Drawing]] = {"lamp": _lamp, "radio": _radio, "clock": _clock, "fan": _fan}
