"""A small vector pen on top of Pillow: units instead of pixels, outlines, and smooth edges.

Pictures are drawn four times as large as needed and reduced, which rounds their edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Rgb = tuple[int, int, int]
Point = tuple[float, float]
OVERSAMPLE: Final = 4
RIM_WIDTH: Final = 0.045  # of lit edges, in units


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


def smooth(points: Sequence[Point], *, is_closed: bool = True, steps: int = 6) -> list[Point]:
    """A round line through all points (Catmull and Rom's), ``steps`` points for each given one."""
    count = len(points)
    result: list[Point] = []
    for index in range(count if is_closed else count - 1):
        a, b, c, d = (
            points[(index + near) % count if is_closed else min(max(index + near, 0), count - 1)]
            for near in (-1, 0, 1, 2)
        )
        for step in range(steps):
            t = step / steps
            wa, wb = -0.5 * t + t**2 - 0.5 * t**3, 1 - 2.5 * t**2 + 1.5 * t**3
            wc, wd = 0.5 * t + 2 * t**2 - 1.5 * t**3, -0.5 * t**2 + 0.5 * t**3
            result.append(
                (
                    wa * a[0] + wb * b[0] + wc * c[0] + wd * d[0],
                    wa * a[1] + wb * b[1] + wc * c[1] + wd * d[1],
                )
            )
    return result if is_closed else [*result, points[-1]]


class Pen:
    """Draws on a transparent picture; x grows to the right, y upwards, the origin is the base's centre.

    Args:
        unit: pixels of one unit, in the finished picture.
        extent: (left, bottom, right, top) of the picture, in units.
        outline: width of outlines, in units; 0 for none.
        detail: size in units of what is equally large on every object, such as screws and cables.
    """

    def __init__(
        self,
        unit: float,
        extent: tuple[float, float, float, float],
        outline: float = 0.022,
        detail: float = 1.0,
    ) -> None:
        self.left, self.bottom, self.right, self.top = extent
        self.detail = detail
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
        left, top = self._at((low[0], high[1]))
        right, bottom = self._at((high[0], low[1]))
        half = min(right - left, bottom - top) / 2
        self.canvas.rounded_rectangle(
            (left, top, right, bottom),
            radius=radius * self.scale if half > OVERSAMPLE else 0,  # no corner is seen in so little
            fill=fill,
            outline=darker(fill, 0.45),
            width=self._edge(edge),
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

    def trim(self) -> tuple[int, int]:
        """Cut away the empty sides when all is drawn: pixels of the finished picture at its left and top."""
        left, top, right, bottom = self.image.getbbox() or (0, 0, OVERSAMPLE, OVERSAMPLE)
        x, y = left // OVERSAMPLE, top // OVERSAMPLE
        self.size = (-(-right // OVERSAMPLE) - x, -(-bottom // OVERSAMPLE) - y)
        corner = (x * OVERSAMPLE, y * OVERSAMPLE)
        self.image = self.image.crop(
            (*corner, corner[0] + self.size[0] * OVERSAMPLE, corner[1] + self.size[1] * OVERSAMPLE)
        )
        self.canvas = ImageDraw.Draw(self.image)
        self.left += corner[0] / self.scale
        self.top -= corner[1] / self.scale
        return x, y

    def finish(
        self, shade: float = 0.16, rim: float = 0.0, span: tuple[float, float, float, float] | None = None
    ) -> Image.Image:
        """The picture at its own size.

        Args:
            shade: how much darker it gets towards the lower right.
            rim: how much lighter its upper left edges are, and how much darker the opposite ones.
            span: (left, bottom, right, top) in units, over which ``shade`` grows; without it the picture.
        """
        image = self.image.convert("RGBa").reduce(OVERSAMPLE).convert("RGBA")
        unit = self.scale / OVERSAMPLE
        box = (0.0, 0.0, float(self.size[0]), float(self.size[1]))
        if span:
            left, bottom, right, top = span
            box = (
                (left - self.left) * unit,
                (self.top - top) * unit,
                (right - self.left) * unit,
                (self.top - bottom) * unit,
            )
        return _lit(image, shade, box, rim, max(1, round(RIM_WIDTH * unit)))

    def _edge(self, edge: float | None) -> int:
        width = self.outline if edge is None else edge
        return max(1, round(width * self.scale)) if width else 0


def _lit(
    image: Image.Image, shade: float, box: tuple[float, float, float, float], rim: float, width: int
) -> Image.Image:
    """Light from the upper left, on the whole and on edges ``width`` pixels wide."""
    if not shade and not rim:
        return image
    pixels = np.array(image, dtype=np.float32)
    left, top, right, bottom = box
    across = (np.arange(pixels.shape[1], dtype=np.float32) + 0.5 - left) / (right - left) * 2 - 1
    down = (np.arange(pixels.shape[0], dtype=np.float32) + 0.5 - top) / (bottom - top) * 2 - 1
    gain = 1 - shade * (0.6 * across.clip(-1.2, 1.2)[None, :] + 0.5 * down.clip(-1.2, 1.2)[:, None])
    pixels[..., :3] *= gain[..., None]
    if rim:
        soft = np.asarray(image.getchannel("A").filter(ImageFilter.BoxBlur(width)), dtype=np.float32)
        padded = np.pad(soft, width)
        slope = padded[2 * width :, 2 * width :] - padded[: -2 * width, : -2 * width]
        pixels[..., :3] += rim * slope[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGBA")
