"""Things to train, play and travel with."""

from __future__ import annotations

import math
from typing import Final

from videorecap.sim.drawings.base import (
    CREAM,
    GLOW,
    RUBBER,
    STEEL,
    WOOD,
    Drawing,
    angles,
    moved,
    round_points,
    screw,
)
from videorecap.sim.drawings.tube import tube
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter, mix, smooth

LENS: Final[Rgb] = (34, 42, 66)
UNLIT: Final[Rgb] = (70, 74, 84)


def _dumbbell(pen: Pen, colour: Rgb, _look: Look) -> None:
    thin = pen.outline * 0.5
    pen.block((-1.22, 0.42), (1.22, 0.58), darker(STEEL, 0.2), radius=0.06)
    pen.block((-0.5, 0.36), (0.5, 0.64), STEEL, radius=0.08)
    for step in range(-4, 5):
        pen.stroke([(step * 0.1 - 0.04, 0.42), (step * 0.1 + 0.04, 0.58)], darker(STEEL, 0.4), 0.025)
    for side in (-1, 1):
        for middle, half, high, tone in (
            (1.06, 0.11, 0.32, 0.16),
            (0.8, 0.15, 0.5, 0.0),
            (0.56, 0.09, 0.42, 0.1),
        ):
            x = side * middle
            pen.block((x - half, 0.5 - high), (x + half, 0.5 + high), darker(colour, tone), radius=0.08)
            pen.stroke(
                [(x - half * 0.4, 0.5 + high * 0.7), (x - half * 0.4, 0.5)], lighter(colour, 0.45), 0.05
            )
        pen.block((side * 1.24 - 0.06, 0.4), (side * 1.24 + 0.06, 0.6), STEEL, radius=0.03, edge=thin)


def _kettlebell(pen: Pen, colour: Rgb, _look: Look) -> None:
    handle = [(-0.2, 0.52), (-0.25, 0.74), (-0.18, 0.9), (0, 0.93), (0.18, 0.9), (0.25, 0.74), (0.2, 0.52)]
    tube(pen, smooth(handle, is_closed=False), darker(colour, 0.12), 0.1)
    body = [(-0.22, 0.0), (-0.37, 0.14), (-0.42, 0.34), (-0.32, 0.55), (-0.12, 0.66)]
    outline = smooth(body, is_closed=False)
    pen.polygon([*outline, *((-x, y) for x, y in reversed(outline))], colour)
    pen.oval((0, 0.34), (0.2, 0.2), CREAM if sum(colour) < 600 else RUBBER, edge=pen.outline * 0.5)
    pen.oval((0, 0.34), (0.14, 0.14), darker(colour, 0.1), edge=0)
    pen.arc((0, 0.34), (0.35, 0.28), (150, 220), lighter(colour, 0.5), 0.045)
    pen.stroke([(-0.18, 0.025), (0.18, 0.025)], darker(colour, 0.45), 0.05)


def _ball(pen: Pen, colour: Rgb, _look: Look) -> None:
    seam, width = darker(colour, 0.55), 0.028
    pen.oval((0, 0.5), (0.5, 0.5), colour)
    shade = [
        *round_points((0, 0.5), (0.47, 0.47), -math.pi * 0.62, math.pi * 0.12),
        *round_points((-0.1, 0.6), (0.47, 0.47), math.pi * 0.06, -math.pi * 0.55),
    ]
    pen.polygon(shade, darker(colour, 0.16), edge=0)
    for path in (
        [(-0.44, 0.67), (0.0, 0.57), (0.44, 0.31)],
        [(-0.16, 0.05), (0.02, 0.54), (0.12, 0.95)],
        [(-0.44, 0.33), (-0.24, 0.5), (-0.22, 0.9)],
        [(0.22, 0.09), (0.28, 0.46), (0.43, 0.68)],
    ):
        pen.stroke(smooth(path, is_closed=False), seam, width)
    pen.oval((-0.19, 0.78), (0.1, 0.06), lighter(colour, 0.55), edge=0)


def _mat(pen: Pen, colour: Rgb, _look: Look) -> None:
    thin = pen.outline * 0.5
    pen.polygon([(-2.0, 0.0), (-1.62, 0.5), (1.6, 0.5), (1.7, 0.0)], colour)
    pen.polygon([(-1.99, 0.08), (-2.0, -0.04), (1.7, -0.04), (1.7, 0.05)], darker(colour, 0.3), edge=thin)
    pen.polygon([(-1.76, 0.14), (-1.56, 0.42), (1.4, 0.42), (1.4, 0.14)], lighter(colour, 0.2), edge=0)
    for x in (-1.2, -0.75, -0.3, 0.15, 0.6):
        pen.stroke([(x - 0.1, 0.16), (x + 0.06, 0.4)], lighter(colour, 0.45), 0.05)
    pen.polygon([(0.98, 0.96), (1.55, 0.96), (1.55, 0.02), (0.98, 0.02)], darker(colour, 0.08), edge=0)
    pen.oval((1.02, 0.49), (0.2, 0.49), darker(colour, 0.08))
    pen.block((1.02, 0.02), (1.6, 0.96), darker(colour, 0.08), edge=0)
    pen.stroke([(1.02, 0.97), (1.6, 0.97)], darker(colour, 0.5), pen.outline)
    pen.stroke([(1.02, 0.01), (1.6, 0.01)], darker(colour, 0.5), pen.outline)
    pen.stroke([(1.0, 0.76), (1.3, 0.76)], lighter(colour, 0.45), 0.08)
    pen.oval((1.6, 0.49), (0.38, 0.5), lighter(colour, 0.12))
    spiral = [
        (1.6 + 0.32 * (1 - t / 30) * math.cos(t * 0.55), 0.49 + 0.42 * (1 - t / 30) * math.sin(t * 0.55))
        for t in range(28)
    ]
    pen.stroke(spiral, darker(colour, 0.35), 0.045)


def _rope(pen: Pen, colour: Rgb, look: Look) -> None:
    loose, cord = 1 - look.tied, CREAM if sum(colour) < 500 else darker(WOOD, 0.3)
    end = [(0.3, 0.2), (0.62, 0.06), (0.8, 0.12 + 0.1 * loose), (0.8 + 0.12 * loose, 0.34)]
    tube(pen, smooth(end, is_closed=False), darker(colour, 0.08), 0.1)
    for x, y, wide, high in ((0.05, 0.64, 0.6, 0.28), (-0.06, 0.52, 0.68, 0.32), (0.02, 0.4, 0.66, 0.31)):
        ring = round_points((x, y), (wide, high), 0, 2 * math.pi, 40)
        tube(pen, ring, colour, 0.11, 0.3)
        for px, py in ring[::2]:
            pen.stroke([(px - 0.035, py - 0.035), (px + 0.035, py + 0.035)], darker(colour, 0.35), 0.022)
    if loose > 0:
        tail = [(-0.2, 0.5), (-0.45, 0.3), (-0.2, 0.1), (0.1, 0.18), (0.35, 0.05)]
        line = smooth(tail, is_closed=False)
        tube(pen, line[: 2 + round((len(line) - 2) * loose)], cord, 0.07, 0)
    if look.tied > 0:
        _wrap(pen, cord, look.tied)


def _wrap(pen: Pen, cord: Rgb, tied: float) -> None:
    """A cord wound about the near and the far side of a coil, ``tied`` of it, with a knot."""
    for middle, half in ((0.83, 0.17), (0.22, 0.25)):
        for step in range(3):
            x, reach = -0.12 + 0.12 * step, half * tied
            tube(pen, [(x - 0.03, middle - reach), (x + 0.03, middle + reach)], cord, 0.085, 0)
    for side in (-1, 1):
        tip = [(0.0, 0.26), (side * 0.16 * tied, 0.22), (side * 0.27 * tied, 0.05)]
        tube(pen, smooth(tip, is_closed=False), cord, 0.06, 0)
    pen.oval((0, 0.28), (0.13 * tied, 0.11 * tied), cord)


def _racket(pen: Pen, colour: Rgb, _look: Look) -> None:
    for step in range(-3, 4):
        x = step * 0.055
        high = 0.28 * math.sqrt(1 - (x / 0.21) ** 2)
        pen.stroke([(x, 0.69 - high), (x, 0.69 + high)], CREAM, 0.012)
    for step in range(-4, 5):
        y = step * 0.06
        wide = 0.2 * math.sqrt(1 - (y / 0.29) ** 2)
        pen.stroke([(-wide, 0.69 + y), (wide, 0.69 + y)], CREAM, 0.012)
    for side in (-1, 1):
        tube(pen, [(side * 0.14, 0.48), (side * 0.02, 0.32)], darker(colour, 0.12), 0.034, 0)
    tube(pen, round_points((0, 0.69), (0.205, 0.275), 0, 2 * math.pi, 48), colour, 0.05, 0.5)
    pen.block((-0.035, 0.2), (0.035, 0.36), STEEL)
    pen.block((-0.055, 0.0), (0.055, 0.26), colour, radius=0.03)
    for y in (0.05, 0.1, 0.15, 0.2):
        pen.stroke([(-0.045, y), (0.045, y + 0.03)], darker(colour, 0.35), 0.014)


def _skateboard(pen: Pen, colour: Rgb, look: Look) -> None:
    thin, loose = pen.outline * 0.5, 1 - look.screwed
    for side in (-1, 1):
        x = side * 0.85
        pen.polygon([(x - 0.2, 0.56), (x + 0.2, 0.56), (x + 0.1, 0.3), (x - 0.1, 0.3)], STEEL)
        for wheel in (-0.2, 0.2):
            pen.oval((x + wheel, 0.2), (0.2, 0.2), darker(CREAM, 0.06))
            pen.oval((x + wheel, 0.2), (0.09, 0.09), darker(STEEL, 0.2), edge=thin)
    top = [(-1.6, 0.98), (-1.3, 0.76), (-1.05, 0.72), (1.05, 0.72), (1.3, 0.76), (1.6, 0.98)]
    low = [(1.58, 0.88), (1.35, 0.62), (0.95, 0.44), (-0.95, 0.44), (-1.35, 0.62), (-1.58, 0.88)]
    lift = 0.12 * loose
    deck = smooth(top, is_closed=False) + smooth(low, is_closed=False)
    pen.polygon(moved(deck, 0, lift), colour)
    pen.stroke(moved(smooth(top, is_closed=False), 0, lift), darker(RUBBER, 0.4), 0.07)
    pen.stroke([(-1.0, 0.63 + lift), (0.2, 0.63 + lift)], lighter(colour, 0.45), 0.05)
    pen.polygon(
        [(-0.5, 0.46 + lift), (-0.3, 0.67 + lift), (0.0, 0.67 + lift), (-0.2, 0.46 + lift)],
        lighter(colour, 0.6),
        edge=0,
    )
    pen.polygon(
        [(0.05, 0.46 + lift), (0.25, 0.67 + lift), (0.4, 0.67 + lift), (0.2, 0.46 + lift)],
        lighter(colour, 0.6),
        edge=0,
    )
    for x in (-0.97, -0.73, 0.73, 0.97):
        screw(pen, (x, 0.66 + lift), look.screwed, 0.0)


def _guitar(pen: Pen, colour: Rgb, _look: Look) -> None:
    thin = pen.outline * 0.5
    half = [
        (0.0, 0.53),
        (-0.13, 0.52),
        (-0.185, 0.44),
        (-0.15, 0.34),
        (-0.19, 0.27),
        (-0.25, 0.16),
        (-0.19, 0.03),
        (0.0, 0.0),
    ]
    body = smooth(half, is_closed=False)
    outline = [*body, *((-x, y) for x, y in reversed(body))]
    pen.polygon(outline, darker(colour, 0.3))
    pen.polygon([(x * 0.9, 0.26 + (y - 0.26) * 0.93) for x, y in outline], colour, edge=0)
    pen.stroke(
        smooth([(-0.15, 0.47), (-0.115, 0.34), (-0.2, 0.2)], is_closed=False), lighter(colour, 0.5), 0.016
    )
    pen.polygon(smooth([(0.05, 0.38), (0.12, 0.36), (0.14, 0.24), (0.06, 0.25)]), darker(colour, 0.4), edge=0)
    pen.oval((0, 0.33), (0.078, 0.07), darker(CREAM, 0.1), edge=thin)
    pen.oval((0, 0.33), (0.062, 0.055), (44, 34, 32), edge=0)
    pen.block((-0.03, 0.36), (0.03, 0.88), darker(WOOD, 0.5), edge=thin)
    for step in range(7):
        y = 0.5 + 0.055 * step
        pen.stroke([(-0.024, y), (0.024, y)], lighter(STEEL, 0.3), 0.008)
    pen.polygon([(-0.032, 0.86), (-0.055, 0.99), (0.055, 0.99), (0.032, 0.86)], colour)
    for y in (0.89, 0.93, 0.97):
        for side in (-1, 1):
            pen.oval((side * 0.066, y), (0.018, 0.013), lighter(STEEL, 0.3), edge=thin)
    pen.block((-0.075, 0.12), (0.075, 0.155), darker(WOOD, 0.5), radius=0.01, edge=thin)
    for x in (-0.018, 0.0, 0.018):
        pen.stroke([(x, 0.13), (x, 0.9)], lighter(CREAM, 0.3), 0.005)


def _camera(pen: Pen, colour: Rgb, look: Look) -> None:
    thin = pen.outline * 0.5
    pen.block((-0.52, 0.8), (-0.3, 0.94), STEEL, radius=0.04)
    pen.polygon([(-0.24, 0.78), (-0.16, 0.99), (0.16, 0.99), (0.24, 0.78)], darker(colour, 0.14))
    pen.block((0.36, 0.8), (0.54, 0.88), RUBBER, radius=0.03)
    pen.block((-0.675, 0.0), (0.675, 0.84), colour, radius=0.1)
    pen.block((-0.66, 0.16), (0.66, 0.58), darker(colour, 0.32), edge=0)
    pen.stroke([(-0.58, 0.76), (0.2, 0.76)], lighter(colour, 0.45), 0.04)
    lit = mix(UNLIT, GLOW, look.on)
    pen.block((0.34, 0.6), (0.64, 0.78), lit, radius=0.03, edge=thin)
    pen.block((-0.13, 0.83), (0.13, 0.94), mix(UNLIT, (255, 252, 226), look.on), radius=0.03, edge=thin)
    pen.oval((-0.53, 0.68), (0.055, 0.055), mix(UNLIT, (240, 70, 60), look.on), edge=thin)
    pen.oval((0, 0.4), (0.38, 0.385), lighter(STEEL, 0.2))
    pen.oval((0, 0.4), (0.31, 0.315), RUBBER, edge=thin)
    pen.oval((0, 0.4), (0.24, 0.245), LENS, edge=thin)
    pen.oval((0, 0.4), (0.13, 0.135), mix(darker(LENS, 0.4), (112, 148, 220), 0.8 * look.on), edge=0)
    pen.oval((-0.09, 0.5), (0.065, 0.05), (170, 196, 232), edge=0)
    pen.oval((0.08, 0.3), (0.03, 0.025), (120, 150, 200), edge=0)
    turn = look.open * 2.3
    wide = 0.33 * math.cos(turn)
    x = -0.34 + wide
    cap = lighter(colour, 0.2) if sum(colour) > 250 else lighter(colour, 0.45)
    pen.oval((x, 0.4), (max(0.025, abs(wide)), 0.335), cap if wide > 0 else darker(cap, 0.3))
    if wide > 0:
        pen.stroke([(x - wide * 0.4, 0.4), (x + wide * 0.4, 0.4)], darker(cap, 0.4), 0.05)
        pen.arc((x, 0.4), (0.8 * wide + 0.01, 0.27), (170, 260), lighter(cap, 0.5), 0.03)


def _suitcase(pen: Pen, colour: Rgb, look: Look) -> None:
    thin = pen.outline * 0.5
    tube(pen, [(-0.15, 0.8), (-0.15, 0.97), (0.15, 0.97), (0.15, 0.8)], RUBBER, 0.035)
    for x in (-0.33, 0.33):
        pen.oval((x, 0.05), (0.055, 0.05), RUBBER)
    pen.block((-0.46, 0.05), (0.46, 0.86), darker(colour, 0.22), radius=0.1)
    pen.block((-0.4, 0.11), (0.4, 0.8), darker(colour, 0.45), radius=0.06, edge=thin)
    for low, tone in ((0.14, colour), (0.3, CREAM), (0.46, lighter(colour, 0.4)), (0.62, colour)):
        pen.block((-0.34, low), (0.34, low + 0.15), tone, radius=0.04, edge=thin)
    for ends in ([(-0.38, 0.14), (0.38, 0.76)], [(-0.38, 0.76), (0.38, 0.14)]):
        pen.stroke(ends, RUBBER, 0.03)
    _suitcase_front(pen, colour, look.open)
    pen.stroke([(-0.455, 0.16), (-0.455, 0.76)], darker(colour, 0.4), 0.03)


def _suitcase_front(pen: Pen, colour: Rgb, opened: float) -> None:
    """The front shell, which turns about its left side; from behind one sees its lining."""
    reach, near = 0.92 * math.cos(2.0 * opened), 0.12 * math.sin(2.0 * opened)
    is_outside = reach > 0

    def on(across: float, up: float) -> Point:
        grown = 1 + near * across * 2
        return -0.46 + reach * across, 0.455 + (up - 0.455) * grown

    corners = ((0.89, 0.15, -0.5), (0.89, 0.76, 0.0), (0.11, 0.76, 0.5), (0.11, 0.15, 1.0))
    shell = [
        on(x + 0.1 * math.cos(a), y + 0.1 * math.sin(a))
        for x, y, start in corners
        for a in angles(start * math.pi, (start + 0.5) * math.pi, 6)
    ]
    pen.polygon(shell, colour if is_outside else lighter(colour, 0.12))
    if not is_outside:
        pen.polygon(
            [on(0.1, 0.14), on(0.9, 0.14), on(0.9, 0.77), on(0.1, 0.77)],
            lighter(colour, 0.5),
            pen.outline * 0.5,
        )
        return
    for across in (0.2, 0.35, 0.5, 0.65, 0.8):
        pen.stroke([on(across, 0.14), on(across, 0.77)], darker(colour, 0.28), 0.03)
        pen.stroke([on(across + 0.035, 0.14), on(across + 0.035, 0.77)], lighter(colour, 0.3), 0.018)
    sticker = [on(0.56, 0.5), on(0.88, 0.54), on(0.86, 0.7), on(0.54, 0.66)]
    pen.polygon(sticker, CREAM, pen.outline * 0.5)
    pen.polygon([on(0.6, 0.54), on(0.82, 0.57), on(0.81, 0.63), on(0.59, 0.6)], (226, 120, 80), 0)
    for up in (0.3, 0.6):
        pen.polygon([on(0.93, up), on(1.02, up), on(1.02, up + 0.08), on(0.93, up + 0.08)], STEEL, 0.012)


DRAWINGS: Final[dict[str, Drawing]] = {
    "dumbbell": _dumbbell,
    "kettlebell": _kettlebell,
    "ball": _ball,
    "mat": _mat,
    "rope": _rope,
    "racket": _racket,
    "skateboard": _skateboard,
    "guitar": _guitar,
    "camera": _camera,
    "suitcase": _suitcase,
}
