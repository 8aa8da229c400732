"""Goods; box and bag are in their own module."""

from __future__ import annotations

import itertools
import math
from typing import Final

from videorecap.sim.drawings.base import (
    CREAM,
    GLASS,
    GLOW,
    RUBBER,
    STEEL,
    WATER,
    WOOD,
    Drawing,
    bow,
    mirrored,
    round_points,
    turned,
)
from videorecap.sim.drawings.tube import tube
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Rgb, darker, lighter, mix, smooth


def _crate(pen: Pen, colour: Rgb, _look: Look) -> None:
    thin = pen.outline * 0.5
    pen.polygon([(-0.72, 0.5), (-0.6, 0.98), (0.6, 0.98), (0.72, 0.5)], darker(colour, 0.45))
    pen.polygon([(-0.6, 0.82), (-0.6, 0.98), (0.6, 0.98), (0.6, 0.82)], darker(colour, 0.12), edge=thin)
    pen.polygon([(-0.86, 0.62), (-0.6, 0.98), (-0.6, 0.5), (-0.8, 0.4)], darker(colour, 0.3), edge=thin)
    pen.polygon([(0.86, 0.62), (0.6, 0.98), (0.6, 0.5), (0.8, 0.4)], darker(colour, 0.36), edge=thin)
    pen.block((-0.84, 0.04), (0.84, 0.66), darker(colour, 0.62), edge=0)
    for row, low in enumerate((0.03, 0.265, 0.5)):
        pen.block((-0.88, low), (0.88, low + 0.19), lighter(colour, 0.06 * row))
        pen.stroke([(-0.5, low + 0.12), (0.1 + 0.2 * row, low + 0.12)], darker(colour, 0.22), 0.02)
        pen.stroke([(-0.1 * row, low + 0.06), (0.6, low + 0.06)], darker(colour, 0.16), 0.02)
    for side in (-1, 1):
        pen.block((side * 0.8 - 0.1, 0.0), (side * 0.8 + 0.1, 0.72), lighter(colour, 0.12), radius=0.02)
        for y in (0.125, 0.36, 0.595):
            for x in (-0.04, 0.04):
                pen.oval((side * 0.8 + x, y), (0.022, 0.022), darker(STEEL, 0.5), edge=0)
    pen.block((-0.2, 0.55), (0.2, 0.645), darker(colour, 0.66), radius=0.045, edge=thin)


def _parcel(pen: Pen, colour: Rgb, look: Look) -> None:
    thin, string = pen.outline * 0.5, darker(WOOD, 0.55) if sum(colour) > 500 else CREAM
    if look.open > 0:
        pen.polygon([(-0.66, 0.74), (0.66, 0.74), (0.54, 0.97), (-0.54, 0.97)], (62, 50, 44))
        pen.polygon([(-0.5, 0.74), (-0.3, 0.86), (0.1, 0.84), (0.5, 0.74)], CREAM, edge=thin)
    pen.polygon([(-0.66, 0.0), (0.66, 0.0), (0.66, 0.75), (-0.66, 0.75)], colour)
    pen.polygon([(0.5, 0.0), (0.66, 0.0), (0.66, 0.75), (0.5, 0.75)], darker(colour, 0.16), edge=0)
    pen.block((0.2, 0.1), (0.56, 0.3), lighter(CREAM, 0.4), edge=thin)
    for y in (0.15, 0.2, 0.25):
        pen.stroke([(0.25, y), (0.44, y)], darker(CREAM, 0.6), 0.02)
    pen.block((-0.58, 0.5), (-0.42, 0.68), darker(WATER, 0.15), edge=thin)
    for side in (-1, 1):
        flap = [(0.0, 0.0), (0.66, 0.0), (0.66, 0.23), (0.12, 0.23)]
        lid = turned(flap, (0, 0), look.open * 2.5)
        tone = lighter(colour, 0.3 if side < 0 else 0.22)
        pen.polygon([(side * (0.66 - x), 0.75 + y) for x, y in lid], tone)
    reach = look.tied
    if reach > 0:
        for path in (
            [(-0.66 * reach, 0.4), (0.66 * reach, 0.4)],
            [(0, 0.4 - 0.38 * reach), (0, 0.4 + 0.34 * reach)],
        ):
            pen.stroke(path, darker(string, 0.5), 0.075)
            pen.stroke(path, string, 0.045)
    bow(pen, (0, 0.42), reach, string, 1.0)


def _can(pen: Pen, colour: Rgb, look: Look) -> None:
    thin = pen.outline * 0.5
    pen.oval((0, 0.1), (0.34, 0.1), STEEL)
    pen.block((-0.33, 0.08), (0.33, 0.86), colour)
    pen.polygon(
        [*round_points((0, 0.14), (0.33, 0.09), math.pi, 2 * math.pi), (0.33, 0.2), (-0.33, 0.2)],
        colour,
        edge=0,
    )
    pen.oval((0, 0.46), (0.22, 0.21), CREAM, edge=thin)
    pen.polygon(
        smooth([(0, 0.6), (-0.12, 0.45), (-0.07, 0.34), (0.07, 0.34), (0.12, 0.45)]), colour, edge=thin
    )
    for y in (0.22, 0.7):
        pen.arc((0, y), (0.33, 0.09), (0, 180), lighter(colour, 0.55), 0.035)
    pen.stroke([(-0.26, 0.2), (-0.26, 0.72)], lighter(colour, 0.5), 0.045)
    pen.oval((0, 0.87), (0.345, 0.12), lighter(STEEL, 0.25))
    pen.oval((0, 0.87), (0.29, 0.09), mix(darker(STEEL, 0.2), (52, 40, 40), look.open), edge=thin)
    if look.open > 0:
        pen.oval((0, 0.84), (0.25 * look.open, 0.055 * look.open), darker(colour, 0.15), edge=thin)
    turn = look.open * 1.9
    rise = 0.09 + 0.29 * math.sin(turn)
    centre = (0.0, 0.96 + (rise - 0.09) - 0.09 * math.cos(turn))
    pen.oval(centre, (0.29, rise), lighter(STEEL, 0.1 + 0.2 * look.open))
    pen.oval(centre, (0.22, rise * 0.75), darker(STEEL, 0.06), edge=thin)
    tab = [(centre[0] - 0.05, centre[1]), (centre[0], centre[1] + rise * 0.55)]
    tube(pen, tab, darker(STEEL, 0.3), 0.05)


def _candle(pen: Pen, colour: Rgb, look: Look) -> None:
    pen.oval((0, 0.09), (0.21, 0.08), darker(STEEL, 0.15))
    pen.oval((0, 0.115), (0.17, 0.055), lighter(STEEL, 0.3), edge=0)
    pen.block((-0.125, 0.1), (0.125, 0.7), colour, radius=0.03)
    pen.oval((0, 0.7), (0.125, 0.045), mix(lighter(colour, 0.3), GLOW, 0.6 * look.on))
    drip = [
        (-0.125, 0.7),
        (-0.13, 0.5),
        (-0.09, 0.44),
        (-0.05, 0.52),
        (-0.03, 0.62),
        (0.0, 0.56),
        (0.035, 0.64),
    ]
    pen.polygon([*smooth(drip, is_closed=False), (0.02, 0.68)], lighter(colour, 0.22), edge=pen.outline * 0.5)
    pen.stroke([(0.085, 0.16), (0.085, 0.56)], darker(colour, 0.2), 0.035)
    pen.stroke(smooth([(0, 0.69), (0.005, 0.76), (0.02, 0.8)], is_closed=False), RUBBER, 0.025)
    if look.on > 0:
        for size, fill in ((1.0, (244, 130, 46)), (0.72, (252, 206, 80)), (0.4, (255, 246, 208))):
            wide, high = 0.125 * size * look.on, 0.34 * size * look.on
            half = [
                (0.0, high),
                (-wide * 0.35, high * 0.68),
                (-wide, high * 0.28),
                (-wide * 0.6, high * 0.04),
            ]
            outline = smooth([*half, (0, 0), *((-x, y) for x, y in reversed(half[1:]))])
            pen.polygon(
                [(x + 0.01, y + 0.74) for x, y in outline], fill, edge=pen.outline * 0.5 * (size == 1.0)
            )


def _vase(pen: Pen, colour: Rgb, look: Look) -> None:
    half = [
        (-0.17, 0.98),
        (-0.12, 0.84),
        (-0.13, 0.74),
        (-0.26, 0.54),
        (-0.26, 0.34),
        (-0.16, 0.1),
        (-0.15, 0.0),
    ]
    side = smooth(half, is_closed=False)
    pen.polygon(mirrored(side), colour)
    inner = [(x * 0.68, y) for x, y in side if 0.16 < y < 0.66]
    pen.polygon(mirrored(inner), lighter(mix(colour, GLASS, 0.6), 0.35), edge=pen.outline * 0.5)
    level = 0.17 + 0.44 * look.full
    water = [(x, y) for x, y in inner if y <= level]
    if look.full > 0 and len(water) > 1:
        pen.polygon(mirrored(water), WATER, edge=0)
        pen.oval((0, water[0][1]), (-water[0][0], 0.03), lighter(WATER, 0.45), edge=0)
    pen.oval((0, 0.965), (0.185, 0.04), darker(colour, 0.4))
    if look.full > 0:
        pen.oval((0, 0.96), (0.15 * look.full, 0.026 * look.full), WATER, edge=0)
    for y, reach in ((0.76, 0.125), (0.08, 0.16)):
        pen.stroke([(-reach, y), (reach, y)], lighter(colour, 0.5), 0.04)
    pen.stroke(
        smooth([(-0.13, 0.7), (-0.215, 0.54), (-0.22, 0.36)], is_closed=False), lighter(colour, 0.6), 0.03
    )


def _umbrella(pen: Pen, colour: Rgb, look: Look) -> None:
    hook = [(0.0, 0.94), (0.0, 0.12), *round_points((-0.07, 0.12), (0.07, 0.09), 0, -math.pi, 8)]
    tube(pen, hook[:2], STEEL, 0.025)
    tube(pen, hook[1:], WOOD, 0.05)
    tube(pen, [(0, 0.93), (0, 0.98)], STEEL, 0.02)
    reach, hem = 0.12 + 0.355 * look.open, 0.24 + 0.3 * look.open
    bulge = 0.35 + 0.5 * look.open
    ribs = [-1.0, -0.52, 0.0, 0.52, 1.0]
    for index, (first, last) in enumerate(itertools.pairwise(ribs)):
        left = _rib(first * reach, hem, bulge)
        right = _rib(last * reach, hem, bulge)
        middle = ((first + last) / 2 * reach, hem + 0.05 * look.open - 0.02 * (1 - look.open))
        scallop = smooth([left[-1], middle, right[-1]], is_closed=False)
        tone = (lighter(colour, 0.18), colour, darker(colour, 0.08), darker(colour, 0.22))[index]
        pen.polygon([*left, *scallop, *reversed(right)], tone)
    if look.open < 0.5:
        tie = 0.045 + 0.4 * look.open
        pen.stroke([(-tie, 0.42), (tie, 0.42)], lighter(colour, 0.5), 0.04 * (1 - 2 * look.open))
    pen.stroke(_rib(-0.7 * reach, hem, bulge)[3:9], lighter(colour, 0.5), 0.022)


def _rib(x: float, hem: float, bulge: float) -> list[tuple[float, float]]:
    """One rib of an umbrella from its top down to ``(x, hem)``; ``bulge`` is how round it is."""
    points = []
    for step in range(13):
        t = step / 12
        arch = (1 - bulge) * t + bulge * math.sin(t * math.pi / 2)
        fall = (1 - bulge) * t + bulge * (1 - math.cos(t * math.pi / 2))
        points.append((x * arch, 0.94 - (0.94 - hem) * fall))
    return points


DRAWINGS: Final[dict[str, Drawing]] = {
    "crate": _crate,
    "parcel": _parcel,
    "can": _can,
    "candle": _candle,
    "vase": _vase,
    "umbrella": _umbrella,
}
