"""What backdrops are drawn with: two endless layers, a wall and the things that throw shadows on it.

Units are frame heights; x runs along the wall and repeats every ``TILE``, y downwards from the top of the
frame.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from PIL import Image, ImageFilter

from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter, mix

TILE: Final = 3.2  # a strip repeats after this
HORIZON: Final = 0.50  # y where the surface begins
PAD: Final = 0.08  # of strip above and below what a still camera sees
SHADOW: Final = 0.42  # darkness of the shadows of things
SKIES: Final[dict[str, tuple[Rgb, Rgb]]] = {  # above, and at the horizon
    "morning": ((150, 196, 230), (232, 234, 222)),
    "afternoon": ((112, 172, 224), (206, 228, 236)),
    "evening": ((104, 104, 152), (246, 178, 128)),
}


class Layer:
    """A pen whose drawings go on at the other end of the strip."""

    def __init__(self, pixels: int) -> None:
        self.pen = Pen(pixels, (0.0, -HORIZON - PAD, TILE, PAD), outline=0.004)

    def block(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        fill: Rgb,
        radius: float = 0.0,
        edge: float = 0.0,
    ) -> None:
        """A rectangle."""
        for shift in _shifts(left, right):
            self.pen.block((left + shift, -bottom), (right + shift, -top), fill, radius, edge)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Rgb, edge: float = 0.0) -> None:
        """An ellipse about a point."""
        for shift in _shifts(x - rx, x + rx):
            self.pen.oval((x + shift, -y), (rx, ry), fill, edge)

    def shape(self, points: Sequence[Point], fill: Rgb, edge: float = 0.0) -> None:
        """A polygon."""
        for shift in _shifts(min(x for x, _ in points), max(x for x, _ in points)):
            self.pen.polygon([(x + shift, -y) for x, y in points], fill, edge)

    def line(self, points: Sequence[Point], colour: Rgb, width: float) -> None:
        """An open line with round ends."""
        for shift in _shifts(min(x for x, _ in points), max(x for x, _ in points)):
            self.pen.stroke([(x + shift, -y) for x, y in points], colour, width)

    def fade(self, left: float, top: float, right: float, bottom: float, colours: tuple[Rgb, Rgb]) -> None:
        """A rectangle that changes from one colour above to another below."""
        steps = 16
        height = (bottom - top) / steps
        for step in range(steps):
            y = top + step * height
            self.block(left, y, right, y + height * 1.2, mix(*colours, step / (steps - 1)))


def _shifts(left: float, right: float) -> list[float]:
    """Where a drawing is repeated so that the strip has no end."""
    return [shift for shift in (-TILE, 0.0, TILE) if right + shift > -0.1 and left + shift < TILE + 0.1]


@dataclass
class Room:
    """A wall in the making.

    Attributes:
        wall: what is flat, or far away.
        things: what stands or hangs in front of it.
        sky: its colours above and at the horizon, at this time of day.
        rng: for little irregularities.
        lights: centres and radius of what gives light, (x, y, radius).
    """

    wall: Layer
    things: Layer
    sky: tuple[Rgb, Rgb]
    rng: random.Random
    lights: list[tuple[float, float, float]] = field(default_factory=list)

    @classmethod
    def empty(cls, place: str, daytime: str, pixels: int) -> Room:
        """Nothing yet."""
        return cls(Layer(pixels), Layer(pixels), SKIES[daytime], random.Random(place))

    def paint(self, above: Rgb, below: Rgb) -> None:
        """The whole wall."""
        self.wall.fade(-0.1, -0.2, TILE + 0.1, 0.7, (above, below))

    def pick(self, *colours: Rgb) -> Rgb:
        """One of some colours, slightly changed."""
        return mix(self.rng.choice(colours), (128, 122, 118), self.rng.uniform(0.0, 0.3))

    def window(self, box: tuple[float, float, float, float], frame: Rgb, panes: int = 2) -> None:
        """A window (left, top, right, bottom) with sky, hills and a sill."""
        left, top, right, bottom = box
        width = right - left
        self.things.block(left - 0.025, top - 0.025, right + 0.025, bottom + 0.025, frame, edge=0.003)
        self.things.fade(left, top, right, bottom, self.sky)
        hill = mix((126, 158, 122), self.sky[1], 0.3)
        for base, colour in ((0.10, mix(hill, self.sky[1], 0.4)), (0.05, hill)):
            wave = [
                (left + width * n / 12, bottom - base - 0.03 * math.sin(n * 0.7 + base * 40))
                for n in range(13)
            ]
            self.things.shape([(left, bottom), *wave, (right, bottom)], colour)
        for pane in range(1, panes):
            x = left + width * pane / panes
            self.things.block(x - 0.008, top, x + 0.008, bottom, frame)
        self.things.block(
            left - 0.05, bottom + 0.015, right + 0.05, bottom + 0.04, lighter(frame, 0.35), edge=0.003
        )
        self.lights.append(((left + right) / 2, (top + bottom) / 2, 0.35 + width))

    def shelf(self, left: float, y: float, right: float, wood: Rgb) -> None:
        """A board on brackets."""
        for x in (left + 0.04, right - 0.05):
            self.things.block(x, y, x + 0.012, y + 0.05, darker(wood, 0.5))
        self.things.block(left, y, right, y + 0.022, wood, edge=0.002)
        self.things.block(left, y, right, y + 0.007, lighter(wood, 0.3))

    def row(
        self, left: float, y: float, right: float, sizes: tuple[float, float, float, float], *tints: Rgb
    ) -> None:
        """Things side by side on a shelf; ``sizes`` are least and largest width, least and largest height."""
        x = left
        while x < right - sizes[1]:
            width, height = self.rng.uniform(sizes[0], sizes[1]), self.rng.uniform(sizes[2], sizes[3])
            tint = self.pick(*tints)
            self.things.block(x, y - height, x + width, y, tint, radius=0.008, edge=0.002)
            self.things.block(
                x + width * 0.12, y - height * 0.94, x + width * 0.3, y - 0.01, lighter(tint, 0.25)
            )
            label = y - height * self.rng.uniform(0.45, 0.7)
            self.things.block(x, label, x + width, label + height * 0.18, lighter(tint, 0.5))
            x += width + self.rng.uniform(0.004, sizes[0] * 0.5)

    def plant(self, x: float, y: float, size: float) -> None:
        """A pot plant whose pot stands at a point."""
        for n in range(9):
            angle = math.pi * (0.08 + 0.84 * n / 8)
            tip = (x + 0.62 * size * math.cos(angle), y - size * (0.45 + 0.6 * math.sin(angle)))
            green = mix((74, 118, 76), (120, 154, 96), self.rng.random())
            middle = ((x + tip[0]) / 2 - 0.06 * size, (y - 0.4 * size + tip[1]) / 2 - 0.12 * size)
            self.things.shape(
                [(x, y - 0.36 * size), middle, tip, (middle[0] + 0.16 * size, middle[1] + 0.06 * size)], green
            )
        pot = [
            (x - 0.2 * size, y - 0.38 * size),
            (x + 0.2 * size, y - 0.38 * size),
            (x + 0.14 * size, y),
            (x - 0.14 * size, y),
        ]
        self.things.shape(pot, (182, 122, 96), edge=0.002)

    def lamp(self, x: float, length: float, shade: Rgb) -> None:
        """A lamp that hangs from above."""
        self.things.line([(x, -0.1), (x, length)], (70, 66, 66), 0.008)
        self.things.shape(
            [(x - 0.03, length), (x + 0.03, length), (x + 0.11, length + 0.08), (x - 0.11, length + 0.08)],
            shade,
            edge=0.002,
        )
        self.things.oval(x, length + 0.082, 0.09, 0.018, (255, 246, 214))
        self.lights.append((x, length + 0.1, 0.5))

    def finish(self) -> Image.Image:
        """Wall, shadows and things in one picture."""
        wall = self.wall.pen.finish(shade=0).convert("RGB")
        things = self.things.pen.finish(shade=0)
        unit = things.width / TILE
        dark = Image.new("L", things.size, 0)
        dark.paste(things.getchannel("A"), (round(0.018 * unit), round(0.022 * unit)))
        dark = dark.filter(ImageFilter.GaussianBlur(0.02 * unit)).point(
            [round(value * SHADOW) for value in range(256)]
        )
        wall.paste((30, 26, 40), (0, 0), dark)
        wall.paste(things, (0, 0), things)
        return wall
