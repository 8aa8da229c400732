"""What lies around and does not matter: things at the back of the surface, and close to the eye."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from videorecap.sim.look import Look
from videorecap.sim.pose import HOOK, TABLE
from videorecap.sim.sprites import Sprite, object_sprite
from videorecap.sim.stage import Stage
from videorecap.sim.world import COLOURS, KINDS, Kind

BACK_SCALE: Final = (0.5, 0.66)
BACK_CHANCE: Final = 0.85
BACK: Final = ((-0.38, 0.1), (0.36, 0.1))  # x and how far it varies
BACK_BASE: Final = (0.57, 0.62)
HOOK_CHANCE: Final = 0.25
FRONT_SCALE: Final = 1.35
FRONT_CHANCE: Final = 0.4
FRONT_AT: Final = (0.36, 0.5)  # distance from the middle
FRONT_TOP: Final = TABLE + 0.05  # of what stands close to the eye: below every object in use
FRONT_BLUR: Final = 0.014


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A thing that lies around: what it is, how it looks, where from its spot, and how large."""

    kind: str
    colour: str
    look: Look
    x: float
    y: float
    scale: float


def draw_back(stage: Stage, seed: int, place: str, slot: int) -> None:
    """Things at the back of the surface near a spot, and perhaps a hook for nothing."""
    if random.Random(f"{seed} {place} {slot} hook").random() < HOOK_CHANCE:
        draw_hook(stage, slot)
    for stray in strays(seed, place, slot)[0]:
        at = stage.spot(slot, (stray.x, stray.y))
        stage.draw(stray.kind, stray.colour, stray.look, at, stray.scale)


def draw_front(stage: Stage, seed: int, place: str, slot: int) -> None:
    """A thing close to the eye near a spot, out of focus."""
    for stray in strays(seed, place, slot)[1]:
        pixels = round(KINDS[stray.kind].height * stray.scale * stage.unit)
        sprite = _soft(stray.kind, stray.colour, stray.look, pixels, FRONT_BLUR * stage.unit)
        x, y = stage.spot(slot, (stray.x, FRONT_TOP))
        if -sprite.image.width < x < stage.canvas.width + sprite.image.width:
            stage.paste(sprite, (x, y))


def draw_hook(stage: Stage, slot: int) -> None:
    """A rail on two cords, with a hook."""
    draw, unit = ImageDraw.Draw(stage.canvas), stage.unit
    width = max(1, round(0.012 * unit))
    left, right = stage.spot(slot, (-0.26, HOOK[1] - 0.035)), stage.spot(slot, (0.26, HOOK[1] - 0.035))
    for x, y in (left, right):
        draw.line([(x, 0), (x, y)], fill=(96, 84, 76), width=max(1, width // 2))
    draw.line([left, right], fill=(150, 108, 74), width=2 * width)
    draw.line(
        [(left[0], left[1] - width / 2), (right[0], right[1] - width / 2)],
        fill=(196, 152, 108),
        width=max(1, width // 2),
    )
    x, y = stage.spot(slot, HOOK)
    box = (x - 0.02 * unit, y - 0.03 * unit, x + 0.02 * unit, y + 0.01 * unit)
    draw.arc(box, -90, 150, fill=(104, 108, 116), width=width)


@lru_cache(maxsize=4096)
def strays(seed: int, place: str, slot: int) -> tuple[tuple[Stray, ...], tuple[Stray, ...]]:
    """What lies around near a spot: at the back, and close to the eye."""
    rng = random.Random(f"{seed} {place} {slot}")
    back = tuple(
        _stray(rng, x + rng.uniform(-far, far), rng.uniform(*BACK_BASE), rng.uniform(*BACK_SCALE))
        for x, far in BACK
        if rng.random() < BACK_CHANCE
    )
    if rng.random() >= FRONT_CHANCE:
        return back, ()
    side = rng.choice((-1, 1))
    return back, (_stray(rng, side * rng.uniform(*FRONT_AT), FRONT_TOP, FRONT_SCALE),)


def _stray(rng: random.Random, x: float, y: float, scale: float) -> Stray:
    kind = KINDS[rng.choice(list(KINDS))]
    colour, look = rng.choice(list(COLOURS)), _any_look(rng, kind)
    return Stray(kind=kind.name, colour=colour, look=look, x=x, y=y, scale=scale)


def _any_look(rng: random.Random, kind: Kind) -> Look:
    """Any state, of those that keep the thing where it is."""
    names = [name for name in (*kind.has, "dirty") if name != "plugged"]
    return Look(**{name: float(rng.random() < 0.4) for name in names})


@lru_cache(maxsize=64)
def _soft(kind: str, colour: str, look: Look, pixels: int, blur: float) -> Sprite:
    """An object out of focus; the anchor is the middle of its top."""
    sharp = object_sprite(kind, colour, look, pixels)
    pad = round(3 * blur)
    size = (sharp.image.width + 2 * pad, sharp.image.height + 2 * pad)
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    image.paste(sharp.image, (pad, pad))
    soft = image.convert("RGBa").filter(ImageFilter.GaussianBlur(blur)).convert("RGBA")
    return Sprite(soft, (sharp.anchor[0] + pad, 0))
