"""Under the sky: garden and street."""

from __future__ import annotations

import math

from videorecap.sim.backdrops.room import TILE, Room
from videorecap.sim.pen import Rgb, darker, lighter, mix


def _sky(room: Room, bottom: float) -> None:
    """Sky with clouds."""
    room.wall.fade(-0.1, -0.12, TILE + 0.1, bottom, room.sky)
    cloud = mix((255, 255, 255), room.sky[1], 0.35)
    for x, y in ((0.3, 0.04), (1.35, 0.0), (2.35, 0.06), (2.9, -0.02)):
        for dx, radius in ((-0.12, 0.04), (-0.04, 0.065), (0.05, 0.075), (0.13, 0.045)):
            room.wall.oval(x + dx, y, radius * 1.5, radius * 0.62, cloud)


def _tree(room: Room, x: float, base: float, size: float, green: Rgb) -> None:
    """A trunk and a crown of leaves."""
    trunk = (112, 88, 70)
    room.things.shape(
        [
            (x - 0.03 * size, base),
            (x - 0.02 * size, base - size),
            (x + 0.02 * size, base - size),
            (x + 0.035 * size, base),
        ],
        trunk,
    )
    for n in range(14):
        angle, far = room.rng.uniform(0, 2 * math.pi), room.rng.uniform(0.1, 0.4) * size
        shade = mix(darker(green, 0.2), lighter(green, 0.15), n / 13)
        room.things.oval(
            x + far * math.cos(angle) - 0.01 * n * size,
            base - 1.02 * size + 0.7 * far * math.sin(angle) - 0.006 * n,
            0.17 * size,
            0.14 * size,
            shade,
        )


def garden(room: Room) -> None:
    """Trees, a hedge, a lawn, flower beds along a fence."""
    _sky(room, 0.34)
    for n in range(20):
        x = n * 0.16 + room.rng.uniform(-0.04, 0.04)
        far = mix((108, 146, 116), room.sky[1], 0.35)
        room.wall.oval(x, 0.3, 0.14, room.rng.uniform(0.06, 0.13), darker(far, room.rng.uniform(0, 0.12)))
    room.wall.fade(-0.1, 0.32, TILE + 0.1, 0.7, ((150, 182, 108), (118, 156, 84)))
    _tree(room, 0.42, 0.36, 0.36, (104, 146, 84))
    _tree(room, 1.94, 0.35, 0.42, (122, 150, 82))
    _tree(room, 2.74, 0.36, 0.3, (96, 140, 96))
    white, post = (226, 220, 206), 0.1
    for n in range(round(TILE / post)):
        x = n * post
        room.things.shape(
            [(x + 0.015, 0.56), (x + 0.015, 0.3), (x + 0.043, 0.272), (x + 0.07, 0.3), (x + 0.07, 0.56)],
            darker(white, room.rng.uniform(0, 0.1)),
            edge=0.002,
        )
    for y in (0.335, 0.42):
        room.things.block(-0.1, y, TILE + 0.1, y + 0.022, darker(white, 0.14))
    for n in range(34):
        x = n * TILE / 34 + room.rng.uniform(-0.02, 0.02)
        y = room.rng.uniform(0.43, 0.48)
        room.things.oval(x, y + 0.07, 0.07, 0.08, mix((84, 126, 78), (112, 146, 82), room.rng.random()))
        if n % 2:
            petals = room.pick((206, 120, 132), (222, 186, 104), (170, 130, 186), (228, 220, 210))
            for turn in range(5):
                angle = turn * 2 * math.pi / 5
                room.things.oval(
                    x + 0.016 * math.cos(angle), y + 0.016 * math.sin(angle), 0.013, 0.013, petals
                )
            room.things.oval(x, y, 0.009, 0.009, (216, 170, 80))
    room.lights.append((1.2, -0.05, 1.0))


def _house(room: Room, left: float, right: float, colour: Rgb) -> None:
    """A front with windows above, and a shop window with an awning or a door below."""
    wall = room.things
    wall.block(left, -0.2, right, 0.62, colour, edge=0.002)
    for row in range(12):
        wall.block(left, -0.2 + row * 0.05, right, -0.197 + row * 0.05, darker(colour, 0.07))
    wall.block(left, 0.1, right, 0.13, lighter(colour, 0.35))
    count = round((right - left) / 0.24)
    step = (right - left) / count
    for n in range(count):
        x = left + step * (n + 0.5)
        wall.block(x - 0.07, -0.16, x + 0.07, 0.07, lighter(colour, 0.5), edge=0.002)
        wall.fade(x - 0.055, -0.15, x + 0.055, 0.055, (mix(room.sky[0], (70, 84, 100), 0.4), room.sky[1]))
        wall.block(x - 0.005, -0.15, x + 0.005, 0.055, lighter(colour, 0.5))


def _shop_fronts(room: Room) -> None:
    """Windows full of goods under striped awnings."""
    for left, right, cloth in ((0.08, 0.64, (110, 138, 122)), (2.3, 2.84, (176, 104, 92))):
        room.things.block(left, 0.2, right, 0.46, (96, 104, 108), edge=0.002)
        room.things.block(left + 0.02, 0.22, right - 0.02, 0.44, (206, 210, 190))
        room.row(
            left + 0.04,
            0.44,
            right - 0.03,
            (0.06, 0.1, 0.06, 0.12),
            (170, 130, 110),
            (130, 146, 150),
            (190, 170, 120),
        )
        width = (right - left) / 8
        for n in range(8):
            x = left + n * width
            room.things.shape(
                [
                    (x, 0.16),
                    (x + width, 0.16),
                    (x + width - 0.004, 0.235),
                    (x + width / 2, 0.255),
                    (x - 0.004, 0.235),
                ],
                cloth if n % 2 else (232, 226, 212),
            )


def _parked_car(room: Room) -> None:
    """A small one, seen from its side."""
    car = (124, 138, 156)
    room.things.shape(
        [
            (0.98, 0.5),
            (1.0, 0.42),
            (1.12, 0.4),
            (1.2, 0.31),
            (1.5, 0.31),
            (1.6, 0.4),
            (1.74, 0.43),
            (1.75, 0.5),
        ],
        car,
        edge=0.003,
    )
    room.things.shape([(1.16, 0.4), (1.22, 0.33), (1.34, 0.33), (1.34, 0.4)], (190, 208, 216))
    room.things.shape([(1.36, 0.4), (1.36, 0.33), (1.48, 0.33), (1.56, 0.4)], (190, 208, 216))
    for x in (1.14, 1.58):
        room.things.oval(x, 0.5, 0.065, 0.065, (50, 50, 56))
        room.things.oval(x, 0.5, 0.03, 0.03, (170, 174, 178))


def street(room: Room) -> None:
    """Houses with shops, trees, a lamp post, a parked car."""
    _sky(room, 0.5)
    fronts = (
        (0.0, 0.72, (188, 150, 128)),
        (0.72, 1.3, (202, 190, 162)),
        (1.5, 2.16, (160, 168, 170)),
        (2.16, 2.96, (186, 136, 116)),
    )
    for left, right, colour in fronts:
        _house(room, left, right, colour)
    _shop_fronts(room)
    for x, colour in ((0.94, (92, 112, 118)), (1.76, (128, 84, 68))):
        room.things.block(x, 0.18, x + 0.2, 0.62, colour, edge=0.003)
        room.things.block(x + 0.03, 0.21, x + 0.17, 0.33, lighter(colour, 0.4))
    _tree(room, 1.4, 0.56, 0.46, (110, 146, 90))
    _tree(room, 3.08, 0.56, 0.42, (126, 150, 88))
    room.things.line([(2.22, 0.6), (2.22, -0.02), (2.32, -0.06)], (66, 70, 74), 0.018)
    room.things.oval(2.35, -0.05, 0.045, 0.025, (250, 236, 190))
    _parked_car(room)
