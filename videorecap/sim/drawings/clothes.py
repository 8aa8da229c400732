"""Clothes and other things of cloth; shirt, towel, trousers and sock are in their own module."""

from __future__ import annotations

from typing import Final

from videorecap.sim.drawings.base import (
    CREAM,
    RUBBER,
    STEEL,
    Drawing,
    bow,
    mirrored,
    round_points,
)
from videorecap.sim.drawings.tube import tube
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter, smooth

LIGHT: Final = 500  # sum of red, green and blue from which a colour needs dark trimmings


def _trimming(colour: Rgb) -> Rgb:
    """A neutral colour that stands out from another."""
    return (92, 78, 70) if sum(colour) > LIGHT else CREAM


def _jacket(pen: Pen, colour: Rgb, _look: Look) -> None:
    dark, thin = darker(colour, 0.28), pen.outline * 0.5
    arm = [(-0.26, 0.93), (-0.4, 0.84), (-0.55, 0.16), (-0.4, 0.1), (-0.27, 0.64)]
    body = [(-0.13, 0.97), (-0.3, 0.92), (-0.36, 0.8), (-0.32, 0.5), (-0.34, 0.03), (0, 0.0)]
    for side in (-1, 1):
        pen.polygon([(side * -x, y) for x, y in arm], darker(colour, 0.1))
        cuff = [(-0.53, 0.24), (-0.55, 0.14), (-0.4, 0.08), (-0.38, 0.19)]
        pen.polygon([(side * -x, y) for x, y in cuff], dark)
    pen.polygon(mirrored(body), colour)
    pen.polygon(mirrored([(-0.335, 0.1), (-0.34, 0.03), (0, 0.0)]), dark, edge=thin)
    pen.polygon([(-0.12, 0.97), (0.12, 0.97), (0, 0.62)], darker(CREAM, 0.1), edge=thin)
    for side in (-1, 1):
        lapel = [(0, 0.52), (0.13, 0.98), (0.24, 0.94), (0.23, 0.76), (0.17, 0.76)]
        pen.polygon([(side * x, y) for x, y in lapel], lighter(colour, 0.16), edge=thin)
        pocket = [(0.12, 0.24), (0.27, 0.28), (0.27, 0.34), (0.12, 0.3)]
        pen.polygon([(side * x, y) for x, y in pocket], dark, edge=thin)
    pen.stroke([(0, 0.52), (0, 0.02)], STEEL, 0.03)
    for y in (0.44, 0.3, 0.16):
        pen.oval((0.05, y), (0.025, 0.025), _trimming(colour), edge=thin)
    pen.stroke([(-0.27, 0.7), (-0.25, 0.2)], lighter(colour, 0.3), 0.03)


def _dress(pen: Pen, colour: Rgb, _look: Look) -> None:
    thin = pen.outline * 0.5
    skirt = smooth([(-0.15, 0.58), (-0.28, 0.34), (-0.42, 0.04)], is_closed=False)
    hem = [(-0.28, 0.0), (-0.14, 0.05), (0.0, 0.0), (0.14, 0.05), (0.28, 0.0), (0.42, 0.04)]
    pen.polygon([*skirt, *smooth(hem, is_closed=False), *((-x, y) for x, y in reversed(skirt))], colour)
    for x in (-0.24, -0.08, 0.08, 0.24):
        pen.stroke([(x * 0.42, 0.52), (x, 0.06)], darker(colour, 0.25), 0.022)
    pen.stroke([(-0.15, 0.48), (-0.33, 0.1)], lighter(colour, 0.4), 0.028)
    top = [(-0.21, 1.0), (-0.13, 1.0), (-0.09, 0.88), (0.0, 0.82)]
    side = [(-0.2, 0.86), (-0.22, 0.76), (-0.16, 0.56)]
    half = [*reversed(top), *side]
    pen.polygon(mirrored(half), colour)
    pen.stroke([(-0.16, 0.74), (-0.12, 0.64)], lighter(colour, 0.4), 0.03)
    pen.polygon(mirrored([(-0.165, 0.62), (-0.165, 0.54)]), _trimming(colour), edge=thin)
    for x, y in ((-0.2, 0.2), (0.0, 0.3), (0.2, 0.18), (0.0, 0.13), (-0.1, 0.42), (0.11, 0.43)):
        pen.oval((x, y), (0.026, 0.026), lighter(colour, 0.6), edge=0)


def _scarf(pen: Pen, colour: Rgb, _look: Look) -> None:
    middle = smooth([(-1.12, 0.3), (-0.6, 0.64), (0.0, 0.42), (0.6, 0.36), (1.12, 0.72)], is_closed=False)
    half = 0.27
    for end, way in ((middle[0], -1), (middle[-1], 1)):
        for step in range(7):
            y = end[1] - half * 0.85 + step * half * 1.7 / 6
            tip = (end[0] + way * 0.17, y + 0.02 * way)
            pen.stroke([(end[0], y), tip], darker(colour, 0.35), 0.075)
            pen.stroke([(end[0], y), tip], lighter(colour, 0.25), 0.04)
    outline = [*((x, y + half) for x, y in middle), *((x, y - half) for x, y in reversed(middle))]
    pen.polygon(outline, colour)
    for at in (0.06, 0.13, 0.87, 0.94):
        index = round(at * (len(middle) - 1))
        x, y = middle[index]
        pen.stroke([(x, y - half * 0.84), (x, y + half * 0.84)], lighter(colour, 0.6), 0.07)
    for shift, tone in ((0.12, lighter(colour, 0.28)), (-0.1, darker(colour, 0.2))):
        pen.stroke([(x, y + shift) for x, y in middle[5:-5]], tone, 0.04)


def _blanket(pen: Pen, colour: Rgb, _look: Look) -> None:
    hem = [(-1.1 + 0.2 * index, 0.04 if index % 2 else 0.12) for index in range(12)]
    sheet = [(-0.84, 0.98), *smooth(hem, is_closed=False), (0.84, 0.98)]
    pen.polygon(sheet, colour)
    for at in (-0.75, -0.4, 0.0, 0.4, 0.75):
        pen.stroke([(at * 0.82, 0.95), (at * 1.04, 0.12)], lighter(colour, 0.42), 0.09)
    for y in (0.3, 0.56, 0.8):
        half = 1.05 - (y - 0.08) * 0.25
        pen.stroke([(-half + 0.06, y), (half - 0.06, y)], darker(colour, 0.22), 0.07)
        for at in (-0.75, -0.4, 0.0, 0.4, 0.75):
            x = at * (1.04 - 0.22 * (y - 0.12) / 0.83)
            pen.block((x - 0.045, y - 0.035), (x + 0.045, y + 0.035), lighter(colour, 0.14), edge=0)
    pen.stroke([(-0.8, 0.95), (0.8, 0.95)], lighter(colour, 0.6), 0.05)


def _apron(pen: Pen, colour: Rgb, look: Look) -> None:
    string, thin = _trimming(colour), pen.outline * 0.5
    tube(pen, [(-0.16, 0.8), *round_points((0, 0.84), (0.15, 0.13), 3.14, 0.0), (0.16, 0.8)], string, 0.03, 0)
    for side in (-1, 1):
        ends = [(side * 0.3, 0.5), (side * 0.36, 0.47), (side * 0.385, 0.36)]
        tube(pen, smooth(ends, is_closed=False), string, 0.025, 0)
    bib = [(-0.18, 0.86), (-0.19, 0.66), (-0.3, 0.53), (-0.36, 0.06), (-0.3, 0.0), (0, 0.0)]
    pen.polygon(mirrored(bib), colour)
    pen.polygon(mirrored([(-0.18, 0.86), (-0.18, 0.8)]), lighter(colour, 0.45), edge=thin)
    pen.block((-0.2, 0.1), (0.2, 0.28), darker(colour, 0.2), radius=0.03, edge=thin)
    pen.stroke([(0, 0.12), (0, 0.27)], darker(colour, 0.4), 0.02)
    pen.stroke([(-0.26, 0.46), (-0.29, 0.1)], lighter(colour, 0.4), 0.03)
    for side in (-1, 1):
        pen.stroke([(side * 0.29, 0.5), (side * 0.03, 0.47)], string, 0.035)
    bow(pen, (0, 0.48), look.tied, string, 0.8)


def _hat(pen: Pen, colour: Rgb, _look: Look) -> None:
    brim = [(-0.85, 0.24), (-0.5, 0.08), (0, 0.03), (0.5, 0.08), (0.85, 0.24), (0.45, 0.36), (-0.45, 0.36)]
    pen.polygon(smooth(brim), darker(colour, 0.12))
    crown = [(-0.46, 0.24), (-0.42, 0.68), (-0.3, 0.95), (-0.13, 0.97), (0.0, 0.86), (0.15, 0.98)]
    crown += [(0.31, 0.94), (0.42, 0.66), (0.46, 0.24), (0.2, 0.15), (-0.2, 0.15)]
    pen.polygon(smooth(crown), colour)
    band = [(-0.45, 0.42), (0, 0.33), (0.45, 0.42), (0.46, 0.26), (0, 0.15), (-0.46, 0.26)]
    pen.polygon(smooth(band[:3], is_closed=False) + smooth(band[3:], is_closed=False), _trimming(colour))
    pen.stroke(smooth([(0, 0.86), (-0.03, 0.74), (0.0, 0.62)], is_closed=False), darker(colour, 0.32), 0.04)
    pen.oval((-0.25, 0.68), (0.07, 0.16), lighter(colour, 0.4), edge=0)
    pen.stroke(
        smooth([(-0.68, 0.19), (-0.45, 0.125), (-0.2, 0.095)], is_closed=False), lighter(colour, 0.3), 0.04
    )


def _glove(pen: Pen, colour: Rgb, _look: Look) -> None:
    thumb = [(-0.2, 0.2), (-0.38, 0.44), (-0.36, 0.58), (-0.26, 0.58), (-0.1, 0.42)]
    pen.polygon(smooth(thumb), darker(colour, 0.1))
    fingers = ((-0.155, 0.87, 10), (-0.015, 0.97, 3), (0.125, 0.94, -4), (0.265, 0.82, -11))
    for x, top, lean in fingers:
        tip = x - lean * 0.004
        outline = [(x - 0.068, 0.44), (tip - 0.066, top - 0.07), (tip, top), (tip + 0.066, top - 0.07)]
        pen.polygon([*smooth(outline, is_closed=False), (x + 0.068, 0.44)], colour)
        pen.stroke([(tip - 0.025, top - 0.09), (x - 0.02, 0.6)], lighter(colour, 0.35), 0.022)
    pen.polygon(
        smooth([(-0.22, 0.5), (0.33, 0.5), (0.33, 0.34), (0.24, 0.2), (-0.16, 0.2), (-0.23, 0.34)]), colour
    )
    pen.block((-0.18, 0.42), (0.3, 0.54), colour, edge=0)
    pen.block((-0.2, 0.0), (0.28, 0.22), _trimming(colour), radius=0.05)
    for x in (-0.1, -0.02, 0.06, 0.14, 0.22):
        pen.stroke([(x - 0.02, 0.04), (x - 0.02, 0.18)], darker(_trimming(colour), 0.25), 0.02)
    pen.stroke(smooth([(-0.05, 0.34), (0.08, 0.3), (0.2, 0.34)], is_closed=False), darker(colour, 0.3), 0.022)


def _shoe(pen: Pen, colour: Rgb, look: Look) -> None:
    lace, thin = _trimming(colour), pen.outline * 0.5
    upper = [
        (-0.97, 0.12),
        (-1.0, 0.5),
        (-0.99, 0.86),
        (-0.86, 0.97),
        (-0.62, 0.9),
        (-0.28, 0.94),
        (0.1, 0.68),
    ]
    upper += [(0.45, 0.52), (0.82, 0.46), (0.98, 0.32), (1.0, 0.12)]
    pen.polygon(smooth(upper, is_closed=False), colour)
    pen.oval((-0.63, 0.91), (0.33, 0.07), darker(colour, 0.5))
    toe = [(0.5, 0.12), (0.52, 0.36), (0.62, 0.48), (0.82, 0.46), (0.98, 0.32), (1.0, 0.12)]
    pen.polygon(smooth(toe, is_closed=False), darker(CREAM, 0.04), edge=thin)
    pen.polygon(
        smooth([(-0.97, 0.12), (-0.99, 0.7), (-0.8, 0.6), (-0.72, 0.12)], is_closed=False),
        darker(colour, 0.25),
        edge=thin,
    )
    pen.polygon([(-0.5, 0.26), (-0.1, 0.5), (0.14, 0.52), (-0.26, 0.26)], lighter(colour, 0.6), edge=0)
    pen.block((-1.05, 0.0), (1.05, 0.2), lighter(RUBBER, 0.75), radius=0.09)
    pen.stroke([(-0.96, 0.13), (0.96, 0.13)], darker(colour, 0.2), 0.03)
    for x, y in ((0.3, 0.52), (0.13, 0.6), (-0.04, 0.69)):
        pen.stroke([(x - 0.1, y - 0.12), (x + 0.09, y + 0.06)], darker(lace, 0.5), 0.09)
        pen.stroke([(x - 0.1, y - 0.12), (x + 0.09, y + 0.06)], lace, 0.06)
    bow(pen, (-0.14, 0.82), look.tied, lace, 1.35)


def _boot(pen: Pen, colour: Rgb, look: Look) -> None:
    lace, thin = _trimming(colour), pen.outline * 0.5
    upper: list[Point] = [(-0.36, 0.08), (-0.34, 0.4), (-0.38, 0.94), (-0.2, 0.98), (0.06, 0.94)]
    upper += [(0.05, 0.6), (0.12, 0.42), (0.3, 0.34), (0.39, 0.24), (0.4, 0.08)]
    pen.polygon(smooth(upper, is_closed=False), colour)
    pen.polygon(
        smooth([(0.2, 0.08), (0.2, 0.26), (0.3, 0.34), (0.39, 0.24), (0.4, 0.08)], is_closed=False),
        darker(colour, 0.25),
        edge=thin,
    )
    pen.block((-0.4, 0.86), (0.09, 1.0), lighter(colour, 0.3), radius=0.05)
    pen.polygon([(-0.4, 0.13), (-0.4, 0.0), (-0.16, 0.0), (-0.12, 0.05), (0.42, 0.05), (0.42, 0.13)], RUBBER)
    pen.stroke([(-0.28, 0.78), (-0.25, 0.36)], lighter(colour, 0.35), 0.045)
    pen.polygon(
        [(-0.06, 0.84), (0.05, 0.84), (0.04, 0.56), (0.14, 0.42), (0.05, 0.36), (-0.06, 0.54)],
        darker(colour, 0.35),
        edge=thin,
    )
    for x, y in ((0.06, 0.43), (0.0, 0.52), (-0.01, 0.61), (0.0, 0.7)):
        pen.stroke([(x - 0.07, y - 0.03), (x + 0.06, y + 0.03)], lace, 0.03)
    bow(pen, (0.0, 0.8), look.tied, lace, 0.85)


def _cushion(pen: Pen, colour: Rgb, _look: Look) -> None:
    half: list[Point] = [(0.0, 0.92), (-0.3, 0.93), (-0.58, 1.0), (-0.64, 0.96), (-0.58, 0.7), (-0.56, 0.5)]
    half += [(-0.58, 0.3), (-0.64, 0.04), (-0.58, 0.0), (-0.3, 0.07), (0.0, 0.08)]
    pen.polygon(smooth([*half, *((-x, y) for x, y in reversed(half[1:-1]))]), colour)
    inner = [(x * 0.84, 0.5 + (y - 0.5) * 0.8) for x, y in half]
    for side in (-1, 1):
        pen.stroke(smooth([(side * x, y) for x, y in inner], is_closed=False), lighter(colour, 0.45), 0.03)
    for x, y in (
        (-0.3, 0.7),
        (0.3, 0.7),
        (-0.3, 0.3),
        (0.3, 0.3),
        (0, 0.72),
        (0, 0.28),
        (-0.34, 0.5),
        (0.34, 0.5),
    ):
        pen.stroke([(x * 0.25, 0.5 + (y - 0.5) * 0.25), (x, y)], darker(colour, 0.22), 0.022)
    pen.oval((0, 0.5), (0.07, 0.065), _trimming(colour))
    pen.oval((-0.26, 0.78), (0.14, 0.04), lighter(colour, 0.4), edge=0)


DRAWINGS: Final[dict[str, Drawing]] = {
    "jacket": _jacket,
    "dress": _dress,
    "scarf": _scarf,
    "blanket": _blanket,
    "apron": _apron,
    "hat": _hat,
    "glove": _glove,
    "shoe": _shoe,
    "boot": _boot,
    "cushion": _cushion,
}
