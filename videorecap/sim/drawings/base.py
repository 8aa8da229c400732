"""What all drawings share: their form, colours, and the parts that many objects have.

Units are object heights; the origin is the middle of an object's base, x grows to the right, y upwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter, mix, smooth

Drawing = Callable[[Pen, Rgb, Look], None]

LEAF: Final[Rgb] = (74, 142, 66)
WOOD: Final[Rgb] = (176, 124, 76)
STEEL: Final[Rgb] = (170, 176, 184)
CREAM: Final[Rgb] = (246, 238, 218)
CLAY: Final[Rgb] = (186, 98, 66)
SOIL: Final[Rgb] = (92, 64, 48)
RUBBER: Final[Rgb] = (58, 56, 62)
GLASS: Final[Rgb] = (206, 224, 228)
WATER: Final[Rgb] = (98, 170, 214)
GLOW: Final[Rgb] = (255, 232, 140)
CABLE: Final[Rgb] = (46, 44, 52)
BRASS: Final[Rgb] = (222, 178, 84)
FLESH: Final[Rgb] = (238, 212, 132)


def angles(start: float, end: float, steps: int = 24) -> list[float]:
    """Angles in radians from start to end, both included."""
    return [start + (end - start) * step / steps for step in range(steps + 1)]


def round_points(
    centre: Point, radii: Point, start: float = 0.0, end: float = 2 * math.pi, steps: int = 24
) -> list[Point]:
    """Points of an ellipse from one angle to another, in radians, counter-clockwise from the right."""
    return [
        (centre[0] + radii[0] * math.cos(a), centre[1] + radii[1] * math.sin(a))
        for a in angles(start, end, steps)
    ]


def turned(points: Sequence[Point], hinge: Point, radians: float) -> list[Point]:
    """Points, given from the hinge, turned about it (positive: to the left) and put where it is."""
    cos, sin = math.cos(radians), math.sin(radians)
    return [(hinge[0] + x * cos - y * sin, hinge[1] + x * sin + y * cos) for x, y in points]


def moved(points: Sequence[Point], x: float, y: float) -> list[Point]:
    """Points shifted by ``(x, y)``."""
    return [(a + x, b + y) for a, b in points]


def between(first: Point, second: Point, amount: float) -> Point:
    """A point on the way from one to the other."""
    return first[0] + (second[0] - first[0]) * amount, first[1] + (second[1] - first[1]) * amount


def mirrored(half: Sequence[Point]) -> list[Point]:
    """A closed outline from its left half, given from top to bottom."""
    return [*half, *((-x, y) for x, y in reversed(half))]


def cable(pen: Pen, start: Point, plugged: float) -> None:
    """A dark cable that leaves an object at ``start``, on its right side near the base.

    Unplugged it lies loose and short in front, with its plug; plugged in, it runs out of the picture.
    Call it before the body is drawn when it comes from behind.
    """
    size = pen.detail
    loose = (start[0] + 0.2 * size, -0.2 * size)
    x, y = between(loose, (pen.right + 0.3 * size, 0.12 * size), plugged)
    y += 0.5 * size * plugged * (1 - plugged)
    sag = (1 - plugged) * 0.14 * size
    path = [
        start,
        (start[0] + 0.14 * size, max(0.04, start[1] - 0.1 * size)),
        (start[0] + 0.32 * size + 0.3 * plugged * (x - start[0]), 0.02 - sag * 0.2),
        (x + 0.1 * size * (1 - plugged), y + sag * 0.3),
        (x - 0.04 * size, y),
    ]
    line = smooth(path, is_closed=False)
    pen.stroke(line, darker(CABLE, 0.5), 0.085 * size)
    pen.stroke(line, CABLE, 0.055 * size)
    _plug(pen, (x, y), math.pi * (1 - plugged))


def _plug(pen: Pen, at: Point, radians: float) -> None:
    """A plug whose pins point to the right when ``radians`` is 0."""
    size = pen.detail
    for y in (-0.035, 0.035):
        pen.polygon(
            turned(
                [
                    (0.1 * size, (y - 0.014) * size),
                    (0.22 * size, (y - 0.014) * size),
                    (0.22 * size, (y + 0.014) * size),
                    (0.1 * size, (y + 0.014) * size),
                ],
                at,
                radians,
            ),
            BRASS,
            edge=0.01 * size,
        )
    body = [(-0.06, -0.05), (0.04, -0.085), (0.13, -0.085), (0.13, 0.085), (0.04, 0.085), (-0.06, 0.05)]
    pen.polygon(turned([(x * size, y * size) for x, y in body], at, radians), lighter(CABLE, 0.12))


def screw(pen: Pen, at: Point, screwed: float, radians: float = -0.7) -> None:
    """A screw: flush when ``screwed`` is 1, else it stands out towards ``radians`` (0 is up)."""
    size = pen.detail
    out = 0.2 * size * (1 - screwed)
    radius = (0.055 + 0.025 * (1 - screwed)) * size
    head = turned([(0.0, out)], at, radians)[0]
    if out > 0:
        half = 0.03 * size
        pen.polygon(turned([(-half, 0), (half, 0), (half, out), (-half, out)], at, radians), STEEL)
        for step in range(1, 4):
            y = out * step / 4
            thread = [(-half, y - 0.012 * size), (half, y + 0.012 * size)]
            pen.stroke(turned(thread, at, radians), darker(STEEL, 0.6), 0.016 * size)
    pen.oval(head, (radius, radius), lighter(STEEL, 0.25))
    slot = radians + 2.5 * screwed
    for side in (0.0, math.pi / 2):
        ends = [(-0.6 * radius, 0.0), (0.6 * radius, 0.0)]
        pen.stroke(turned(ends, head, slot + side), darker(STEEL, 0.7), 0.02 * size)


def bow(pen: Pen, at: Point, tied: float, colour: Rgb, size: float = 1.0) -> None:
    """A ribbon bow at ``at``, ``0.56 * size`` wide; untied, its two ends hang down loosely."""
    for side in (-1, 1):
        end = (side * (0.16 + 0.16 * (1 - tied)), -0.2 - 0.22 * (1 - tied))
        bend = (side * (0.02 + 0.2 * (1 - tied)), -0.12)
        ribbon = [(0.0, 0.0), bend, (end[0] - side * 0.02, end[1] + 0.06), end]
        line = moved([(x * size, y * size) for x, y in smooth(ribbon, is_closed=False)], *at)
        pen.stroke(line, darker(colour, 0.5), 0.085 * size)
        pen.stroke(line, colour, 0.055 * size)
    if tied <= 0:
        return
    for side in (-1, 1):
        loop = [(0, 0.0), (0.14, 0.13), (0.27, 0.13), (0.28, -0.03), (0.15, -0.06)]
        shape = smooth([(side * x * size * tied, y * size * tied) for x, y in loop])
        pen.polygon(moved(shape, *at), colour)
        inner = (at[0] + side * 0.19 * size * tied, at[1] + 0.045 * size * tied)
        pen.oval(inner, (0.045 * size * tied, 0.03 * size * tied), darker(colour, 0.4), edge=0)
    pen.oval(at, (0.06 * size * tied, 0.065 * size * tied), lighter(colour, 0.15))


def peel(pen: Pen, outline: Sequence[Point], colour: Rgb, amount: float) -> None:
    """Light flesh in place of the skin, from the right to the left, with a strip that comes off."""
    if amount <= 0:
        return
    left, right = min(x for x, _ in outline), max(x for x, _ in outline)
    edge = right - amount * (right - left)
    part = _right_of(outline, edge)
    if len(part) < 3:
        return
    flesh = mix(lighter(colour, 0.35), FLESH, 0.65)
    pen.polygon(part, flesh)
    x, y = (sum(values) / len(part) for values in zip(*part, strict=True))
    for scale in (0.72, 0.4):
        pen.polygon(
            [(x + (a - x) * scale, y + (b - y) * scale) for a, b in part], lighter(flesh, 0.35), edge=0
        )
        flesh = lighter(flesh, 0.35)
    if amount < 1:
        ends = sorted(y for x, y in part if abs(x - edge) < 0.02 * (right - left) + 1e-6)
        for y in (ends[0], (ends[0] + ends[-1]) / 2, ends[-1]) if ends else ():
            strip = [(edge, y), (edge + 0.1, y + 0.08), (edge + 0.2, y - 0.02), (edge + 0.16, y - 0.12)]
            line = smooth(strip, is_closed=False)
            pen.stroke(line, darker(colour, 0.4), 0.11)
            pen.stroke(line, lighter(colour, 0.15), 0.07)


def _right_of(points: Sequence[Point], edge: float) -> list[Point]:
    """The part of an outline that is right of ``edge``."""
    result: list[Point] = []
    for index, point in enumerate(points):
        before = points[index - 1]
        if (before[0] < edge) != (point[0] < edge):
            result.append(between(before, point, (edge - before[0]) / (point[0] - before[0])))
        if point[0] >= edge:
            result.append(point)
    return result


def liquid(pen: Pen, low: Point, high: Point, full: float) -> None:
    """Water in a see-through vessel, whose inside reaches from ``low`` to ``high``, with its surface."""
    if full <= 0:
        return
    level = low[1] + (high[1] - low[1]) * full
    half, middle = (high[0] - low[0]) / 2, (high[0] + low[0]) / 2
    pen.block(low, (high[0], level), WATER, radius=min(0.03, (level - low[1]) / 2), edge=0)
    pen.oval((middle, level), (half, half * 0.16), lighter(WATER, 0.45), edge=0.012)


def surface(pen: Pen, centre: Point, radii: Point, full: float) -> None:
    """Water seen from above in an open vessel: it comes up to the rim, an ellipse."""
    if full <= 0:
        return
    rx, ry = radii[0] * (0.55 + 0.35 * full), radii[1] * (0.35 + 0.5 * full)
    y = centre[1] - radii[1] * (0.9 - 0.8 * full) * 0.5
    pen.oval((centre[0], y), (rx, ry), WATER, edge=0)
    pen.oval((centre[0] - rx * 0.25, y + ry * 0.25), (rx * 0.45, ry * 0.3), lighter(WATER, 0.5), edge=0)


def knob(pen: Pen, at: Point, radius: float, colour: Rgb) -> None:
    """A round knob with a spot of light."""
    pen.oval(at, (radius, radius), colour)
    spot = (at[0] - radius * 0.3, at[1] + radius * 0.3)
    pen.oval(spot, (radius * 0.3, radius * 0.3), lighter(colour, 0.6), edge=0)


def steam(pen: Pen, at: Point, amount: float) -> None:
    """White curls that rise from something hot."""
    if amount <= 0:
        return
    for side, height in ((-0.13, 0.4), (0.0, 0.56), (0.13, 0.34)):
        curl = [(0.0, 0.0), (0.06, 0.3), (-0.03, 0.62), (0.02, 1.0), (0.05, 0.64), (0.12, 0.34), (0.06, 0.0)]
        wisp = [(at[0] + side + x, at[1] + y * height * amount) for x, y in smooth(curl)]
        pen.polygon(wisp, (250, 250, 250), edge=0)
