"""Things on a desk; book and letter are in their own module."""

from __future__ import annotations

import math
from typing import Final

from videorecap.sim.drawings.base import CREAM, GLOW, LEAF, RUBBER, STEEL, WOOD, Drawing, between, cable
from videorecap.sim.drawings.tube import tube
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter, mix

SCREEN: Final[Rgb] = (34, 38, 50)
SKY: Final[Rgb] = (150, 206, 238)
INK: Final[Rgb] = (128, 126, 128)


def _folder(pen: Pen, colour: Rgb, look: Look) -> None:
    thin, turn = pen.outline * 0.5, look.open * 2.0
    far, rise = -0.57 + 1.14 * math.cos(turn), 0.16 * math.sin(turn)
    back = [(-0.57, 0.0), (0.6, 0.0), (0.6, 0.88), (0.5, 0.88), (0.46, 1.0), (0.1, 1.0), (0.06, 0.88)]
    pen.polygon([*back, (-0.57, 0.88)], darker(colour, 0.14))
    pen.polygon([(-0.48, 0.06), (0.52, 0.08), (0.51, 0.85), (-0.49, 0.83)], CREAM, edge=thin)
    pen.polygon([(-0.5, 0.05), (0.5, 0.04), (0.5, 0.8), (-0.5, 0.81)], lighter(CREAM, 0.5), edge=thin)
    for row in range(5):
        y = 0.68 - 0.13 * row
        pen.stroke([(-0.4, y), (0.4 - 0.2 * (row == 4), y)], INK, 0.022)
    cover = [(-0.57, 0.0), (far, rise), (far, 0.8 + rise * 0.7), (-0.57, 0.86)]
    pen.polygon(cover, colour if math.cos(turn) > 0 else lighter(colour, 0.18))
    if math.cos(turn) > 0:
        wide = (far + 0.57) * 0.5
        pen.block((-0.5 + wide * 0.4, 0.46 + rise), (-0.5 + wide * 1.5, 0.66 + rise), CREAM, edge=thin)
        pen.stroke([(-0.5 + wide * 0.6, 0.56 + rise), (-0.5 + wide * 1.2, 0.56 + rise)], INK, 0.022)
    pen.stroke([(-0.56, 0.03), (-0.56, 0.83)], darker(colour, 0.3), 0.05)
    pen.stroke([(0.16, 0.95), (0.4, 0.95)], CREAM, 0.03)


def _laptop(pen: Pen, colour: Rgb, look: Look) -> None:
    cable(pen, (0.55, 0.1), look.plugged)
    turn = look.open * 1.85
    y = 0.3 - 0.24 * math.cos(turn) + 0.72 * math.sin(turn)
    half = 0.6 + 0.07 * math.cos(turn) ** 2
    thin = pen.outline * 0.5
    pen.polygon([(-0.6, 0.3), (0.6, 0.3), (0.675, 0.06), (0.675, 0.0), (-0.675, 0.0), (-0.675, 0.06)], colour)
    pen.stroke([(-0.66, 0.045), (0.66, 0.045)], darker(colour, 0.35), 0.015)
    for row in range(3):
        low = 0.14 + 0.046 * row
        reach = 0.6 - 0.16 * low
        for key in range(11):
            x = -reach + key * 2 * reach / 11
            pen.block(
                (x + 0.012, low), (x + 2 * reach / 11 - 0.012, low + 0.03), SCREEN, radius=0.008, edge=0
            )
    pen.block((-0.12, 0.07), (0.12, 0.12), darker(colour, 0.2), radius=0.01, edge=thin)
    pen.polygon([(-0.6, 0.3), (0.6, 0.3), (half, y), (-half, y)], colour)
    corners: list[Point] = [(-0.6, 0.3), (0.6, 0.3), (half, y), (-half, y)]
    if y > 0.3:
        _screen(pen, colour, corners)
    else:
        middle = (0.0, (0.3 + y) / 2)
        pen.oval(middle, (0.09, 0.3 * (0.3 - y) + 0.003), lighter(colour, 0.5), edge=0)


def _screen(pen: Pen, colour: Rgb, corners: list[Point]) -> None:
    """The lit picture of a laptop inside the corners of its lid: lower left, lower right, upper right."""
    low_left, low_right, up_right, up_left = corners

    def inside(across: float, up: float) -> Point:
        return between(between(low_left, low_right, across), between(up_left, up_right, across), up)

    def pane(left: float, low: float, right: float, high: float, fill: Rgb, edge: float = 0.0) -> None:
        pen.polygon(
            [inside(left, low), inside(right, low), inside(right, high), inside(left, high)], fill, edge
        )

    pane(0.07, 0.1, 0.93, 0.93, mix(darker(colour, 0.5), SCREEN, 0.45), pen.outline * 0.5)
    pane(0.13, 0.24, 0.6, 0.86, CREAM)
    pane(0.13, 0.78, 0.6, 0.86, SKY)
    for row in range(4):
        up = 0.7 - 0.12 * row
        pen.stroke([inside(0.18, up), inside(0.5 - 0.1 * (row % 2), up)], INK, 0.02)
    pane(0.66, 0.52, 0.87, 0.86, lighter(colour, 0.35))
    pane(0.66, 0.24, 0.87, 0.46, SKY)
    pane(0.07, 0.1, 0.93, 0.17, lighter(SCREEN, 0.35))


def _keyboard(pen: Pen, colour: Rgb, look: Look) -> None:
    cable(pen, (1.35, 0.4), look.plugged)
    pen.polygon([(-1.6, 0.16), (-1.42, 1.0), (1.42, 1.0), (1.6, 0.16), (1.58, 0.0), (-1.58, 0.0)], colour)
    pen.polygon(
        [(-1.6, 0.15), (1.6, 0.15), (1.58, 0.0), (-1.58, 0.0)], darker(colour, 0.3), edge=pen.outline * 0.5
    )
    face = lighter(colour, 0.62) if sum(colour) < 600 else darker(colour, 0.35)
    for row, keys in enumerate((9, 13, 13, 14)):
        low = 0.23 + 0.185 * row
        reach = 1.56 - 0.2 * low
        step = 2 * reach / 15
        for key in range(keys):
            x = -reach + step * (key + 0.5 * (15 - keys))
            pen.block((x + 0.02, low), (x + step - 0.02, low + 0.14), face, radius=0.03, edge=0)
    low, wide = 0.23, 0.52
    pen.block((-wide, low), (wide, low + 0.14), lighter(face, 0.4), radius=0.03, edge=0)
    pen.oval((1.3, 0.935), (0.05, 0.03), GLOW, edge=0)


def _phone(pen: Pen, colour: Rgb, look: Look) -> None:
    cable(pen, (0.14, 0.06), look.plugged)
    thin = pen.outline * 0.5
    pen.block((0.24, 0.62), (0.29, 0.78), darker(colour, 0.3), radius=0.02)
    pen.block((-0.275, 0.0), (0.265, 1.0), colour, radius=0.1)
    pen.stroke([(-0.235, 0.1), (-0.235, 0.9)], lighter(colour, 0.45), 0.025)
    pen.block((-0.175, 0.17), (0.165, 0.86), mix(SCREEN, SKY, look.on), radius=0.03, edge=thin)
    pen.polygon(
        [(-0.16, 0.5), (-0.16, 0.845), (0.02, 0.845)],
        mix(SCREEN, (200, 230, 246), 0.16 + 0.6 * look.on),
        edge=0,
    )
    tiles: tuple[Rgb, ...] = ((236, 96, 84), GLOW, (96, 186, 104), (112, 112, 214), (244, 150, 66), CREAM)
    for index, tile in enumerate(tiles):
        x, y = -0.105 + 0.1 * (index % 3), 0.62 - 0.13 * (index // 3)
        pen.block(
            (x - 0.035, y - 0.04), (x + 0.035, y + 0.04), mix(SCREEN, tile, look.on), radius=0.015, edge=0
        )
    pen.block((-0.14, 0.2), (0.13, 0.29), mix(SCREEN, CREAM, look.on), radius=0.03, edge=0)
    pen.stroke([(-0.06, 0.935), (0.05, 0.935)], SCREEN, 0.02)
    pen.oval((-0.005, 0.075), (0.045, 0.042), darker(colour, 0.3), edge=thin)


def _printer(pen: Pen, colour: Rgb, look: Look) -> None:
    cable(pen, (0.6, 0.14), look.plugged)
    thin = pen.outline * 0.5
    pen.polygon([(-0.42, 0.6), (-0.36, 1.0), (0.36, 1.0), (0.42, 0.6)], darker(colour, 0.3))
    pen.polygon([(-0.32, 0.6), (-0.3, 0.95), (0.3, 0.95), (0.32, 0.6)], lighter(CREAM, 0.4), edge=thin)
    top = 0.7 + 0.56 * math.sin(look.open * 1.25)
    wide = 0.7 - 0.05 * look.open
    pen.polygon([(-0.72, 0.6), (0.72, 0.6), (0.66, 0.72), (-0.66, 0.72)], STEEL)
    pen.polygon([(-0.56, 0.62), (0.56, 0.62), (0.52, 0.7), (-0.52, 0.7)], lighter(SCREEN, 0.2), edge=thin)
    pen.polygon(
        [
            (-0.7, 0.62 + 0.06 * look.open),
            (0.7, 0.62 + 0.06 * look.open),
            (wide, top + 0.06),
            (-wide, top + 0.06),
        ],
        lighter(colour, 0.14),
    )
    if look.open > 0.15:
        rim = 0.06 * look.open
        low, high = 0.68 + rim, top + 0.06 - rim
        pen.polygon([(-0.58, low), (0.58, low), (wide - 0.1, high), (0.1 - wide, high)], CREAM, edge=thin)
    pen.block((-0.75, 0.0), (0.75, 0.64), colour, radius=0.08)
    pen.stroke([(-0.64, 0.56), (0.3, 0.56)], lighter(colour, 0.45), 0.035)
    pen.block((-0.5, 0.06), (0.5, 0.42), SCREEN, radius=0.03, edge=thin)
    pen.block((-0.5, 0.06), (0.5, 0.12), darker(colour, 0.3), edge=thin)
    if look.on > 0:
        low = 0.38 - 0.36 * look.on
        pen.polygon([(-0.38, 0.38), (0.38, 0.38), (0.41, low), (-0.41, low)], lighter(CREAM, 0.5), edge=thin)
        for y in (0.33, 0.26, 0.19, 0.12, 0.07):
            if y > low + 0.03:
                pen.stroke([(-0.28, y), (0.28, y)], INK, 0.02)
    pen.oval((0.6, 0.52), (0.055, 0.055), mix(SCREEN, (110, 236, 120), look.on), edge=thin)
    pen.oval((0.46, 0.52), (0.04, 0.04), mix(SCREEN, GLOW, look.on), edge=thin)


def _poster(pen: Pen, colour: Rgb, _look: Look) -> None:
    thin = pen.outline * 0.5
    tube(pen, [(-0.24, 0.88), (0, 0.985), (0.24, 0.88)], darker(WOOD, 0.4), 0.012, 0)
    pen.block((-0.3, 0.04), (0.3, 0.88), colour)
    pen.block((-0.25, 0.36), (0.25, 0.78), lighter(colour, 0.75), edge=thin)
    pen.oval((0.11, 0.67), (0.055, 0.05), (246, 190, 80), edge=0)
    pen.polygon(
        [(-0.25, 0.36), (-0.25, 0.46), (-0.09, 0.66), (0.03, 0.5), (0.1, 0.57), (0.25, 0.42), (0.25, 0.36)],
        darker(colour, 0.3),
        edge=0,
    )
    pen.polygon([(-0.13, 0.61), (-0.09, 0.66), (-0.055, 0.615), (-0.09, 0.58)], CREAM, edge=0)
    pen.polygon([(-0.25, 0.36), (-0.25, 0.4), (0, 0.44), (0.25, 0.38), (0.25, 0.36)], LEAF, edge=0)
    for y, half, width in ((0.27, 0.22, 0.06), (0.18, 0.17, 0.03), (0.12, 0.13, 0.03)):
        pen.stroke([(-half, y), (half, y)], CREAM if sum(colour) < 600 else RUBBER, width)
    for y in (0.035, 0.88):
        pen.block((-0.38, y - 0.035), (0.38, y + 0.035), WOOD, radius=0.03)
        pen.stroke([(-0.33, y + 0.012), (0.33, y + 0.012)], lighter(WOOD, 0.4), 0.015)


DRAWINGS: Final[dict[str, Drawing]] = {
    "folder": _folder,
    "laptop": _laptop,
    "keyboard": _keyboard,
    "phone": _phone,
    "printer": _printer,
    "poster": _poster,
}
