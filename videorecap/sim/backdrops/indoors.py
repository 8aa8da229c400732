"""Rooms of a house: kitchen, bathroom, laundry room, office."""

from __future__ import annotations

from videorecap.sim.backdrops.room import TILE, Room
from videorecap.sim.pen import Rgb, darker, lighter, mix

WOOD: Rgb = (170, 128, 92)
STEEL: Rgb = (176, 182, 188)


def _tiles(room: Room, top: float, step: tuple[float, float], colour: Rgb, variety: float = 0.08) -> None:
    """Tiles from ``top`` downwards."""
    wide, high = step
    room.wall.block(-0.1, top, TILE + 0.1, 0.7, darker(colour, 0.14))
    for row in range(round((0.6 - top) / high) + 1):
        for column in range(round(TILE / wide)):
            x, y = column * wide, top + row * high
            shade = darker(colour, room.rng.uniform(0, variety))
            room.wall.block(x, y, x + wide - 0.005, y + high - 0.005, shade, radius=0.004)
            room.wall.block(x + 0.01, y + 0.006, x + wide * 0.5, y + 0.012, lighter(shade, 0.35))


def _door(room: Room, box: tuple[float, float, float, float], colour: Rgb) -> None:
    """A cupboard's door with a panel and a handle."""
    left, top, right, bottom = box
    room.things.block(left, top, right, bottom, colour, radius=0.006, edge=0.003)
    room.things.block(
        left + 0.035, top + 0.035, right - 0.035, bottom - 0.035, darker(colour, 0.08), edge=0.002
    )
    room.things.block(left + 0.045, top + 0.045, right - 0.035, bottom - 0.035, lighter(colour, 0.1))
    room.things.block(right - 0.025, bottom - 0.12, right - 0.013, bottom - 0.03, (104, 96, 92), radius=0.005)


def kitchen(room: Room) -> None:
    """Cupboards over tiles, a window, a stove with a hood."""
    room.paint((226, 220, 206), (214, 206, 190))
    _tiles(room, 0.18, (0.1, 0.075), (206, 220, 214))
    for x in (0.02, 0.34, 1.62, 2.88):
        _door(room, (x, -0.12, x + 0.3, 0.17), (150, 168, 160))
    room.window((0.78, -0.06, 1.46, 0.3), (236, 232, 224), panes=3)
    room.plant(0.88, 0.315, 0.12)
    room.plant(1.36, 0.315, 0.1)
    room.things.shape([(2.0, 0.16), (2.14, 0.02), (2.4, 0.02), (2.54, 0.16)], STEEL, edge=0.003)
    room.things.block(2.17, -0.1, 2.37, 0.03, lighter(STEEL, 0.2), edge=0.003)
    room.things.block(2.0, 0.155, 2.54, 0.19, darker(STEEL, 0.2), radius=0.004)
    room.lights.append((2.27, 0.2, 0.4))
    room.things.block(2.02, 0.44, 2.52, 0.6, (86, 88, 96), radius=0.01, edge=0.003)
    room.things.line([(0.06, 0.25), (0.66, 0.25)], darker(STEEL, 0.4), 0.01)
    for n in range(6):
        x = 0.12 + n * 0.095
        room.things.line([(x, 0.255), (x, 0.34)], darker(STEEL, 0.25), 0.009)
        room.things.oval(x, 0.37, 0.022, 0.03 + 0.008 * (n % 3), darker(STEEL, 0.1 + 0.1 * (n % 2)))
    room.shelf(2.64, 0.28, 3.1, WOOD)
    room.row(2.68, 0.28, 3.08, (0.05, 0.075, 0.06, 0.1), (190, 166, 130), (150, 130, 108), (196, 188, 170))
    room.things.block(1.62, 0.34, 1.86, 0.6, (202, 204, 206), radius=0.02, edge=0.003)
    room.things.block(1.65, 0.38, 1.83, 0.46, (66, 70, 80), radius=0.01)


def bathroom(room: Room) -> None:
    """Tiles, mirrors with lamps, a curtain, a rail with towels."""
    room.paint((228, 234, 234), (214, 226, 226))
    _tiles(room, 0.08, (0.16, 0.11), (196, 218, 222), 0.06)
    room.wall.block(-0.1, 0.06, TILE + 0.1, 0.085, (112, 150, 160))
    for x in (0.3, 1.62):
        room.things.block(x, -0.02, x + 0.46, 0.36, (200, 188, 166), radius=0.03, edge=0.003)
        room.things.block(x + 0.025, 0.005, x + 0.435, 0.335, (190, 208, 214), radius=0.02)
        for dx in (0.08, 0.16):
            room.things.shape(
                [(x + dx, 0.31), (x + dx + 0.16, 0.03), (x + dx + 0.2, 0.03), (x + dx + 0.04, 0.31)],
                (212, 226, 230),
            )
        room.things.block(x + 0.12, -0.075, x + 0.34, -0.04, (255, 246, 220), radius=0.015)
        room.lights.append((x + 0.23, -0.03, 0.5))
    room.things.line([(2.22, -0.04), (3.0, -0.04)], STEEL, 0.014)
    for n in range(12):
        x = 2.24 + n * 0.062
        colour = mix((178, 200, 196), (214, 224, 218), (n % 2) * 0.8)
        room.things.shape([(x, -0.035), (x + 0.064, -0.035), (x + 0.07, 0.6), (x - 0.006, 0.6)], colour)
    room.window((0.94, -0.08, 1.36, 0.16), (230, 232, 232))
    room.things.line([(0.9, 0.29), (1.42, 0.29)], STEEL, 0.012)
    for x, colour in ((0.95, (196, 168, 150)), (1.19, (150, 172, 182))):
        room.things.block(x, 0.285, x + 0.19, 0.5, colour, radius=0.01)
        room.things.block(x, 0.42, x + 0.19, 0.435, lighter(colour, 0.4))
    room.shelf(3.06, 0.24, 3.4, (206, 198, 184))
    room.row(3.08, 0.24, 3.38, (0.035, 0.05, 0.06, 0.11), (150, 180, 176), (206, 188, 170), (176, 160, 180))


def laundry(room: Room) -> None:
    """Washing machines under a shelf, a line with cloths, a window."""
    room.paint((222, 226, 232), (204, 212, 222))
    for index in range(8):
        room.wall.block(index * 0.4, -0.2, index * 0.4 + 0.2, 0.7, (208, 216, 224))
    for x in (0.15, 0.78, 2.0):
        room.things.block(x, 0.1, x + 0.58, 0.62, (228, 230, 232), radius=0.02, edge=0.003)
        room.things.block(x + 0.03, 0.12, x + 0.55, 0.19, (204, 208, 214), radius=0.01)
        room.things.oval(x + 0.12, 0.155, 0.022, 0.022, (120, 128, 138))
        room.things.block(x + 0.3, 0.135, x + 0.5, 0.172, (78, 96, 104), radius=0.006)
        room.things.oval(x + 0.29, 0.38, 0.18, 0.18, (176, 184, 194), edge=0.003)
        room.things.oval(x + 0.29, 0.38, 0.135, 0.135, (84, 98, 118))
        room.things.oval(x + 0.27, 0.42, 0.1, 0.07, room.pick((150, 120, 140), (120, 146, 150)))
        room.things.oval(x + 0.245, 0.335, 0.05, 0.032, (150, 168, 188))
    room.shelf(0.2, 0.02, 1.34, WOOD)
    room.row(0.24, 0.02, 1.3, (0.07, 0.11, 0.06, 0.1), (170, 186, 196), (204, 180, 170), (186, 190, 160))
    room.things.line([(1.44, 0.02), (1.72, 0.045), (1.98, 0.02)], (150, 140, 130), 0.006)
    for x, colour in ((1.5, (190, 160, 168)), (1.66, (160, 178, 164)), (1.82, (206, 196, 170))):
        room.things.shape([(x, 0.035), (x + 0.12, 0.04), (x + 0.125, 0.26), (x - 0.005, 0.25)], colour)
        room.things.shape(
            [(x + 0.05, 0.04), (x + 0.07, 0.04), (x + 0.08, 0.255), (x + 0.04, 0.255)], darker(colour, 0.1)
        )
    room.window((2.72, -0.06, 3.1, 0.3), (232, 232, 232))


def office(room: Room) -> None:
    """A bookcase, a wide window, pictures, a plant, a lamp."""
    room.paint((202, 206, 200), (186, 192, 184))
    room.wall.block(-0.1, 0.4, TILE + 0.1, 0.7, (214, 212, 202))
    room.wall.block(-0.1, 0.392, TILE + 0.1, 0.405, (170, 170, 160))
    room.things.block(0.12, -0.12, 1.06, 0.62, (138, 104, 76), edge=0.003)
    for row in range(3):
        y = -0.1 + row * 0.2
        room.things.block(0.15, y, 1.03, y + 0.175, (92, 72, 58))
        room.row(
            0.17,
            y + 0.175,
            1.02 - 0.3 * (row == 1),
            (0.022, 0.042, 0.1, 0.155),
            (150, 96, 84),
            (92, 114, 138),
            (116, 134, 102),
            (178, 152, 104),
            (120, 104, 120),
        )
    room.plant(0.88, 0.274, 0.11)
    room.window((1.36, -0.08, 2.16, 0.32), (234, 230, 222), panes=3)
    for n in range(7):
        height = room.rng.uniform(0.05, 0.17)
        x = 1.38 + n * 0.105
        tower = mix((132, 144, 160), room.sky[1], 0.45)
        room.things.block(x, 0.32 - height, x + 0.08, 0.318, tower)
    room.things.block(1.618, -0.08, 1.636, 0.32, (234, 230, 222))
    room.things.block(1.884, -0.08, 1.902, 0.32, (234, 230, 222))
    for x, y, wide, high in ((2.4, -0.02, 0.22, 0.28), (2.7, 0.04, 0.26, 0.2)):
        room.things.block(x, y, x + wide, y + high, (96, 78, 66), edge=0.003)
        room.things.block(x + 0.018, y + 0.018, x + wide - 0.018, y + high - 0.018, (226, 218, 202))
        room.things.shape(
            [(x + 0.03, y + high - 0.03), (x + wide * 0.4, y + 0.07), (x + wide - 0.03, y + high - 0.03)],
            (150, 168, 160),
        )
        room.things.oval(x + wide * 0.68, y + 0.08, 0.025, 0.025, (214, 160, 110))
    room.plant(2.3, 0.52, 0.26)
    room.lamp(3.06, 0.06, (196, 160, 104))
