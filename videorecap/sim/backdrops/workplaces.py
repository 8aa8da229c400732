"""Where work is done: workshop, garage, shop, gym."""

from __future__ import annotations

from videorecap.sim.backdrops.room import TILE, Room
from videorecap.sim.pen import Rgb, darker, lighter, mix

WOOD: Rgb = (150, 118, 86)
IRON: Rgb = (118, 124, 132)


def _boards(room: Room, wide: float, colour: Rgb) -> None:
    """Upright boards."""
    for index in range(round(TILE / wide)):
        x = index * wide
        shade = darker(colour, room.rng.uniform(0.0, 0.14))
        room.wall.block(x, -0.2, x + wide - 0.006, 0.7, shade)
        for _ in range(3):
            grain = x + room.rng.uniform(0.02, wide - 0.03)
            room.wall.block(grain, -0.2, grain + 0.004, 0.7, darker(shade, 0.08))


def workshop(room: Room) -> None:
    """A board with tools, a window, shelves with tins."""
    room.paint((120, 98, 78), (100, 82, 66))
    _boards(room, 0.16, (172, 144, 114))
    room.things.block(0.16, -0.02, 1.36, 0.4, (196, 176, 146), edge=0.003)
    for row in range(7):
        for column in range(20):
            room.things.oval(0.21 + column * 0.058, 0.02 + row * 0.058, 0.005, 0.005, (140, 120, 96))
    for n in range(7):
        x, long = 0.26 + n * 0.16, 0.16 + 0.05 * (n % 3)
        room.things.line(
            [(x, 0.1), (x, 0.08 + long)], room.pick((150, 74, 60), (82, 96, 110), (160, 118, 70)), 0.026
        )
        if n % 2:
            room.things.block(x - 0.045, 0.05, x + 0.045, 0.1, IRON, radius=0.008)
        else:
            room.things.shape([(x - 0.014, 0.1), (x + 0.014, 0.1), (x, 0.02)], lighter(IRON, 0.4))
    room.window((1.62, -0.06, 2.16, 0.28), (140, 112, 88))
    for y in (0.1, 0.32):
        room.shelf(2.34, y, 3.08, WOOD)
        room.row(
            2.38,
            y,
            3.06,
            (0.06, 0.1, 0.07, 0.12),
            (126, 138, 146),
            (172, 130, 100),
            (150, 146, 110),
            (110, 120, 116),
        )
    room.lamp(1.49, 0.02, (92, 112, 104))


def _bicycle(room: Room) -> None:
    """It hangs on the wall."""
    for x in (2.56, 3.0):
        room.things.oval(x, 0.13, 0.13, 0.13, (70, 72, 78))
        room.things.oval(x, 0.13, 0.112, 0.112, (172, 174, 178))
    frame = (150, 84, 74)
    for path in (
        [(2.56, 0.13), (2.68, -0.01), (2.92, -0.01), (2.76, 0.14), (2.56, 0.13)],
        [(2.76, 0.14), (2.66, -0.05)],
        [(3.0, 0.13), (2.9, -0.05)],
    ):
        room.things.line(path, frame, 0.016)


def garage(room: Room) -> None:
    """A rolling door, shelves, tyres, a bicycle on the wall."""
    room.paint((176, 178, 182), (150, 152, 158))
    for row in range(10):
        for column in range(10):
            x, y = column * 0.32 + 0.16 * (row % 2), -0.1 + row * 0.08
            shade = darker((178, 180, 184), room.rng.uniform(0, 0.07))
            room.wall.block(x, y, x + 0.314, y + 0.074, shade)
    room.things.block(0.1, -0.12, 1.2, 0.62, (126, 134, 140))
    for row in range(8):
        y = -0.1 + row * 0.085
        room.things.block(0.12, y, 1.18, y + 0.075, (188, 196, 200))
        room.things.block(0.12, y, 1.18, y + 0.014, (214, 220, 222))
    for x in (0.3, 0.62, 0.94):
        room.things.block(
            x - 0.1, 0.07, x + 0.1, 0.14, mix(room.sky[0], room.sky[1], 0.6), radius=0.008, edge=0.003
        )
        room.lights.append((x, 0.1, 0.3))
    for y in (0.04, 0.26):
        room.shelf(1.36, y, 2.1, IRON)
        room.row(
            1.4,
            y,
            2.06,
            (0.08, 0.15, 0.07, 0.13),
            (166, 140, 106),
            (124, 140, 150),
            (160, 96, 82),
            (144, 150, 126),
        )
    for x, y in ((2.32, 0.08), (2.94, 0.36)):
        room.things.oval(x, y, 0.16, 0.16, (58, 58, 64), edge=0.003)
        room.things.oval(x, y, 0.095, 0.095, (150, 154, 160))
        room.things.oval(x, y, 0.03, 0.03, (88, 92, 98))
    _bicycle(room)
    room.things.block(2.2, 0.3, 2.72, 0.62, (140, 70, 64), radius=0.01, edge=0.003)
    for row in range(3):
        room.things.block(2.23, 0.33 + row * 0.08, 2.69, 0.395 + row * 0.08, (160, 84, 76), radius=0.006)
        room.things.block(2.36, 0.345 + row * 0.08, 2.56, 0.36 + row * 0.08, (206, 206, 206), radius=0.004)


def shop(room: Room) -> None:
    """Shelves full of goods, a striped awning over a glass counter."""
    room.paint((226, 212, 192), (206, 190, 168))
    room.things.block(0.04, -0.12, 2.16, 0.62, (156, 124, 96), edge=0.003)
    for row in range(3):
        y = 0.075 + row * 0.2
        room.things.block(0.07, y - 0.17, 2.13, y, (196, 172, 144))
        room.row(
            0.09,
            y,
            2.12,
            (0.05, 0.11, 0.07, 0.14),
            (156, 112, 100),
            (110, 138, 142),
            (166, 156, 104),
            (134, 114, 144),
            (190, 166, 136),
        )
        room.things.block(0.05, y, 2.15, y + 0.024, (140, 108, 82))
        for n in range(8):
            x = 0.14 + n * 0.26
            room.things.block(x, y + 0.003, x + 0.07, y + 0.022, (240, 234, 214))
    for index in range(7):
        x = 2.27 + index * 0.12
        colour = (188, 112, 102) if index % 2 else (236, 228, 214)
        room.things.shape(
            [(x, -0.1), (x + 0.12, -0.1), (x + 0.12, 0.09), (x + 0.06, 0.13), (x, 0.09)], colour, edge=0.002
        )
    room.things.block(2.32, 0.2, 3.06, 0.62, (112, 134, 138), edge=0.003)
    room.things.block(2.35, 0.225, 3.03, 0.6, (188, 208, 208))
    room.row(2.4, 0.42, 3.0, (0.08, 0.12, 0.05, 0.1), (196, 160, 130), (170, 130, 110), (214, 190, 150))
    room.things.block(2.35, 0.42, 3.03, 0.432, (226, 238, 238))
    room.lights += [(2.7, 0.3, 0.5), (0.6, -0.1, 0.6), (1.6, -0.1, 0.6)]


def gym(room: Room) -> None:
    """Wall bars, a mirror, a rack of weights, high windows."""
    room.paint((214, 210, 200), (196, 192, 184))
    room.wall.block(-0.1, 0.3, TILE + 0.1, 0.7, (128, 142, 150))
    room.wall.block(-0.1, 0.28, TILE + 0.1, 0.302, (206, 152, 92))
    for x in (0.12, 0.52):
        for side in (x, x + 0.36):
            room.things.block(side, -0.12, side + 0.03, 0.62, (176, 136, 92), edge=0.002)
        for row in range(9):
            y = -0.1 + row * 0.075
            room.things.block(x + 0.02, y, x + 0.37, y + 0.022, (206, 166, 116), radius=0.01)
    for left in (1.08, 1.5):
        room.things.block(left, -0.06, left + 0.4, 0.5, (150, 160, 166))
        room.things.block(left + 0.012, -0.05, left + 0.388, 0.49, (184, 198, 204))
        room.things.shape(
            [(left + 0.06, 0.48), (left + 0.24, -0.04), (left + 0.3, -0.04), (left + 0.12, 0.48)],
            (204, 216, 220),
        )
    for left in (2.04, 2.5):
        room.window((left, -0.1, left + 0.38, 0.12), (160, 166, 170))
    for row in range(2):
        y = 0.3 + row * 0.15
        room.things.block(2.02, y, 2.94, y + 0.025, (74, 78, 86))
        for n in range(6):
            x, size = 2.08 + n * 0.15, 0.03 + 0.005 * ((n + row) % 4)
            room.things.block(x - 0.02, y - size - 0.008, x + 0.09, y - size + 0.008, IRON)
            for side in (x - 0.01, x + 0.075):
                room.things.oval(side, y - size, 0.018, size, (64, 66, 74))
    room.things.oval(3.06, 0.08, 0.1, 0.1, (70, 74, 80))
    room.things.oval(3.06, 0.08, 0.085, 0.085, (236, 234, 226))
    room.things.line([(3.06, 0.02), (3.06, 0.08), (3.1, 0.1)], (60, 60, 66), 0.008)
    room.lights += [(1.3, -0.1, 0.6), (0.4, -0.1, 0.5)]
