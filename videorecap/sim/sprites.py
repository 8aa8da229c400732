"""Pictures of objects in any state, cached by content: drawn once per kind, colour, state and size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from videorecap.sim.drawings import DRAWINGS
from videorecap.sim.pen import Pen, Rgb, darker, lighter
from videorecap.sim.world import COLOURS, KINDS

STEPS: Final = 16  # phases of opening, folding and cutting that are drawn
MARGIN: Final = 0.62  # around the object, in object heights: room for lids and flaps
SLICES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """State of an object as it is drawn, each from 0 to ``STEPS``."""

    opened: int = 0
    folded: int = 0
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Sprite:
    """A picture with transparency, and the pixel in it that belongs to its position."""

    image: Image.Image
    anchor: tuple[int, int]

    def paste(self, canvas: Image.Image, x: float, y: float) -> None:
        """Draw it with its anchor at ``(x, y)`` pixels."""
        corner = (round(x) - self.anchor[0], round(y) - self.anchor[1])
        canvas.paste(self.image, corner, self.image)


@lru_cache(maxsize=600)
def object_sprite(kind: str, colour: str, look: Look, pixels: int) -> Sprite:
    """An object ``pixels`` high; the anchor is the middle of its base."""
    half = KINDS[kind].aspect / 2
    extent = (-half - MARGIN, -0.1, half + MARGIN, 1.0 + MARGIN)
    pen = Pen(pixels, extent, outline=max(0.024, 1.1 / pixels))
    DRAWINGS[kind](pen, COLOURS[colour], look.opened / STEPS)
    image = pen.finish()
    middle = image.width / 2
    if look.folded:
        image = _folded(image, look.folded / STEPS, round(half * pixels), COLOURS[colour])
    if look.cut:
        image = _sliced(image, look.cut / STEPS, half * pixels, COLOURS[colour])
    return Sprite(image, (round(middle), round(image.height - 0.1 * pixels)))


def _folded(image: Image.Image, amount: float, half_width: int, colour: Rgb) -> Image.Image:
    """Fold the right half over the left one; the result moves right to stay in the middle."""
    middle = image.width // 2
    right = image.crop((middle, 0, image.width, image.height))
    cos = math.cos(math.pi * amount)
    width = max(1, round(right.width * abs(cos)))
    flap = right.resize((width, image.height), Image.Resampling.BILINEAR)
    result = Image.new("RGBA", image.size, (0, 0, 0, 0))
    shift = round(half_width * amount / 2)
    result.paste(image.crop((0, 0, middle, image.height)), (shift, 0))
    if cos >= 0:
        result.paste(flap, (middle + shift, 0))
    else:
        flap = flap.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        alpha = flap.getchannel("A")
        shade = Image.eval(flap.convert("RGB"), lambda value: round(value * 0.86))
        result.paste(shade, (middle + shift - width, 0), alpha)
    edge = (middle + shift - max(1, half_width // 24), 0, middle + shift, image.height)
    result.paste(darker(colour, 0.45), edge, result.crop(edge).getchannel("A"))
    return result


def _sliced(image: Image.Image, amount: float, half_width: float, colour: Rgb) -> Image.Image:
    """Cut into slices that move apart, from the right."""
    gap = max(2.0, half_width * 0.2)
    left = image.width / 2 - half_width
    width = 2 * half_width / SLICES
    done = amount * (SLICES - 1)
    spread = gap * done / 2
    result = Image.new("RGBA", image.size, (0, 0, 0, 0))
    for index in range(SLICES):
        start, end = round(left + index * width), round(left + (index + 1) * width)
        if index == 0:
            start = 0
        if index == SLICES - 1:
            end = image.width
        offset = gap * max(0.0, index - (SLICES - 1 - done)) - spread
        piece = image.crop((start, 0, end, image.height))
        if offset > -spread:
            _face(piece, max(1, round(width * 0.22)), lighter(colour, 0.6))
        result.paste(piece, (round(start + offset), 0), piece)
    return result


def _face(piece: Image.Image, pixels: int, colour: Rgb) -> None:
    """Paint the cut side of a slice, where the slice is."""
    side = (0, 0, pixels, piece.height)
    piece.paste(colour, side, piece.crop(side).getchannel("A"))


@lru_cache(maxsize=512)
def shadow(width: int, height: int) -> Sprite:
    """A soft dark ellipse that lies on the surface."""
    blur = max(1.0, height * 0.3)
    pad = math.ceil(blur * 2)
    mask = Image.new("L", (width + 2 * pad, height + 2 * pad), 0)
    ImageDraw.Draw(mask).ellipse((pad, pad, pad + width, pad + height), fill=95)
    mask = mask.filter(ImageFilter.GaussianBlur(blur))
    image = Image.new("RGBA", mask.size, (24, 18, 28, 0))
    image.putalpha(mask)
    return Sprite(image, (mask.width // 2, mask.height // 2))
