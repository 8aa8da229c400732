"""A small vector pen on top of Pillow: units instead of pixels, outlines, and smooth edges.

Pictures are drawn four times as large as needed and reduced, which rounds their edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

Rgb = tuple[int, int, int]
Point = tuple[float, float]
OVERSAMPLE: Final = 4


def mix(colour: Rgb, other: Rgb, amount: float) -> Rgb:
    """Colour between two; ``amount`` 0 gives the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * amount) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def darker(colour: Rgb, amount: float = 0.3) -> Rgb:
    """Towards a bluish black."""
    return mix(colour, (22, 20, 34), amount)


def lighter(colour: Rgb, amount: float = 0.3) -> Rgb:
    """Towards a warm white."""
    return mix(colour, (255, 252, 244), amount)


class Pen:
    """Draws on a transparent picture; x grows to the right, y upwards, the origin is the base's centre.

    Args:
        unit: pixels of one unit, in the finished picture.
        extent: (left, bottom, right, top) of the picture, in units.
        outline: width of outlines, in units; 0 for none.
    """

    def __init__(
        self, unit: float, extent: tuple[float, float, float, float], outline: float = 0.022
    ) -> None:
        self.left, self.bottom, self.right, self.top = extent
        self.scale = unit * OVERSAMPLE
        self.size = (
            max(1, round(unit * (self.right - self.left))),
            max(1, round(unit * (self.top - self.bottom))),
        )
        large = (self.size[0] * OVERSAMPLE, self.size[1] * OVERSAMPLE)
        self.image = Image.new("RGBA", large, (0, 0, 0, 0))
        self.canvas = ImageDraw.Draw(self.image)
        self.outline = outline

    def _at(self, point: Point) -> Point:
        return (point[0] - self.left) * self.scale, (self.top - point[1]) * self.scale

    def polygon(self, points: Sequence[Point], fill: Rgb, edge: float | None = None) -> None:
        """A filled polygon with a darker outline."""
        corners = [self._at(point) for point in points]
        width = self._edge(edge)
        self.canvas.polygon(corners, fill=fill)
        if width:
            self.canvas.line(
                [*corners, corners[0], corners[1]], fill=darker(fill, 0.45), width=width, joint="curve"
            )

    def oval(self, centre: Point, radii: Point, fill: Rgb, edge: float | None = None) -> None:
        """A filled ellipse with a darker outline."""
        (x, y), (rx, ry) = centre, radii
        box = (*self._at((x - rx, y + ry)), *self._at((x + rx, y - ry)))
        self.canvas.ellipse(box, fill=fill, outline=darker(fill, 0.45), width=self._edge(edge))

    def block(
        self, low: Point, high: Point, fill: Rgb, radius: float = 0.0, edge: float | None = None
    ) -> None:
        """A filled rectangle with rounded corners and a darker outline."""
        box = (*self._at((low[0], high[1])), *self._at((high[0], low[1])))
        self.canvas.rounded_rectangle(
            box, radius=radius * self.scale, fill=fill, outline=darker(fill, 0.45), width=self._edge(edge)
        )

    def stroke(self, points: Sequence[Point], colour: Rgb, width: float) -> None:
        """An open line with round joints and ends."""
        path = [self._at(point) for point in points]
        pixels = max(1, round(width * self.scale))
        self.canvas.line(path, fill=colour, width=pixels, joint="curve")
        for x, y in (path[0], path[-1]):
            self.canvas.ellipse((x - pixels / 2, y - pixels / 2, x + pixels / 2, y + pixels / 2), fill=colour)

    def arc(self, centre: Point, radii: Point, degrees: Point, colour: Rgb, width: float) -> None:
        """Part of an ellipse; degrees run clockwise from the right, as in Pillow."""
        (x, y), (rx, ry) = centre, radii
        box = (*self._at((x - rx, y + ry)), *self._at((x + rx, y - ry)))
        self.canvas.arc(box, degrees[0], degrees[1], fill=colour, width=max(1, round(width * self.scale)))

    def finish(self, shade: float = 0.16) -> Image.Image:
        """The picture at its own size; ``shade`` darkens it towards the lower right."""
        premultiplied = self.image.convert("RGBa").reduce(OVERSAMPLE).convert("RGBA")
        return shaded(premultiplied, shade) if shade else premultiplied

    def _edge(self, edge: float | None) -> int:
        width = self.outline if edge is None else edge
        return max(1, round(width * self.scale)) if width else 0


def shaded(image: Image.Image, amount: float) -> Image.Image:
    """Light from the upper left: brighter there, darker at the lower right."""
    pixels = np.asarray(image, dtype=np.float32)
    height, width = pixels.shape[:2]
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
    gain = 1 - amount * (0.6 * across + 0.5 * down)
    result = pixels.copy()
    result[..., :3] = np.clip(pixels[..., :3] * gain, 0, 255)
    return Image.fromarray(result.astype(np.uint8), "RGBA")
