"""Pictures of objects in any state, cached by content: drawn once per kind, colour, state and size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from videorecap.sim.dirt import dirtied
from videorecap.sim.drawings import DRAWINGS
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Rgb, darker, lighter
from videorecap.sim.world import COLOURS, KINDS, Kind

TURN_STEP: Final = 6  # degrees between the turned pictures that are drawn
MARGIN: Final = 0.62  # around the object, in object heights: room for lids and flaps
BELOW: Final = 0.1  # under the object, in object heights
DETAIL: Final = 0.3  # height of an object, in frame heights, whose screws and cables are of size 1
CABLE_ROOM: Final = (0.34, 0.95)  # under the object in details, and to the right in frame heights
RIM: Final = 0.32
SLICES: Final = 6


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
def object_sprite(kind: str, colour: str, look: Look, pixels: int, turn: int = 0) -> Sprite:
    """An object ``pixels`` high; the anchor is the middle of its base.

    Args:
        kind: its name in ``KINDS``.
        colour: its name in ``COLOURS``.
        look: how it looks; as ``Look.in_steps`` gives it, or the cache helps little.
        pixels: its height.
        turn: degrees about its middle, positive to the left, in multiples of ``TURN_STEP``; the anchor
            stays where it is without a turn.
    """
    if turn:
        return _turned(object_sprite(kind, colour, look, pixels), turn, pixels)
    pen, half_width = _pen(KINDS[kind], look, pixels), KINDS[kind].aspect / 2
    middle, base = round(-pen.left * pixels), round(pen.top * pixels)
    DRAWINGS[kind](pen, COLOURS[colour], look)
    x, y = pen.trim()
    middle, base = middle - x, base - y
    image = pen.finish(rim=RIM, span=(-half_width, 0.0, half_width, 1.0))
    if look.dirty:
        side = half_width * pixels
        image = dirtied(image, kind, look.dirty, (middle - side, base - pixels, middle + side, base))
    sprite = Sprite(image, (middle, base))
    if look.folded:
        sprite = _folded(sprite, look.folded, half_width * pixels, COLOURS[colour])
    if look.cut:
        sprite = _sliced(sprite, look.cut, half_width * pixels, COLOURS[colour])
    return sprite


def _pen(kind: Kind, look: Look, pixels: int) -> Pen:
    """A pen with room for the object, and for its cable."""
    detail = DETAIL / kind.height
    side = kind.aspect / 2 + MARGIN * max(1.0, detail)
    right, below = side, BELOW
    if "plugged" in kind.has:
        below = CABLE_ROOM[0] * detail
        right = max(side, CABLE_ROOM[1] / kind.height) if look.plugged else side
    return Pen(pixels, (-side, -below, right, 1.0 + MARGIN), outline=max(0.024, 1.1 / pixels), detail=detail)


def _turned(sprite: Sprite, turn: int, pixels: int) -> Sprite:
    """Turn about the middle of the object, which is half its height above the anchor."""
    width, height = sprite.image.size
    x, y = sprite.anchor[0], sprite.anchor[1] - pixels // 2
    reach = math.ceil(math.hypot(max(x, width - x), max(y, height - y)))
    square = Image.new("RGBA", (2 * reach, 2 * reach), (0, 0, 0, 0))
    square.paste(sprite.image, (reach - x, reach - y))
    image = square.rotate(turn, Image.Resampling.BILINEAR)
    left, top, right, bottom = image.getbbox() or (0, 0, 1, 1)
    return Sprite(image.crop((left, top, right, bottom)), (reach - left, reach + pixels // 2 - top))


def _folded(sprite: Sprite, amount: float, half_width: float, colour: Rgb) -> Sprite:
    """Fold the right half over the left one; the result moves right to stay in the middle."""
    image, middle, height = sprite.image, sprite.anchor[0], sprite.image.height
    right = image.crop((middle, 0, max(image.width, middle + 1), height))
    cos = math.cos(math.pi * amount)
    width = max(1, round(right.width * abs(cos)))
    flap = right.resize((width, height), Image.Resampling.BILINEAR)
    crease = max(middle, right.width)
    result = Image.new("RGBA", (crease + right.width, height), (0, 0, 0, 0))
    result.paste(image.crop((0, 0, middle, height)), (crease - middle, 0))
    if cos >= 0:
        result.paste(flap, (crease, 0))
    else:
        flap = flap.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        back = Image.blend(flap.convert("RGB"), Image.new("RGB", flap.size, lighter(colour, 0.2)), 0.35)
        back = Image.eval(back, lambda value: round(value * 0.84))
        result.paste(back, (crease - width, 0), flap.getchannel("A"))
        line = (crease - width, 0, crease - width + max(1, round(half_width / 24)), height)
        result.paste(darker(colour, 0.45), line, result.crop(line).getchannel("A"))
    edge = (crease - max(1, round(half_width / 24)), 0, crease, height)
    result.paste(darker(colour, 0.45), edge, result.crop(edge).getchannel("A"))
    return Sprite(result, (crease - round(half_width * amount / 2), sprite.anchor[1]))


def _sliced(sprite: Sprite, amount: float, half_width: float, colour: Rgb) -> Sprite:
    """Cut into slices that move apart, from the right."""
    image, middle = sprite.image, sprite.anchor[0]
    gap, width = max(2.0, half_width * 0.2), 2 * half_width / SLICES
    done = amount * (SLICES - 1)
    spread = math.ceil(gap * done / 2)
    result = Image.new("RGBA", (image.width + 2 * spread, image.height), (0, 0, 0, 0))
    for index in range(SLICES):
        start = round(middle - half_width + index * width) if index else 0
        end = round(middle - half_width + (index + 1) * width) if index < SLICES - 1 else image.width
        offset = gap * max(0.0, index - (SLICES - 1 - done))
        piece = image.crop((start, 0, max(end, start + 1), image.height))
        if offset > 0:
            _face(piece, max(1, round(width * 0.22)), lighter(colour, 0.6))
        result.paste(piece, (round(start + offset), 0), piece)
    return Sprite(result, (middle + spread, sprite.anchor[1]))


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
