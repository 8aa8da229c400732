"""Frames of a script: a pure function of script, time and size, with caches keyed by content.

The view is C's own: a wall far away, a surface in front, objects on it, two hands from below. Units are
frame heights from the middle of the frame, so a centre crop to a square keeps all that happens.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from videorecap.errors import ConfigError
from videorecap.sim.backdrops import HORIZON, PAD, TILE, surface_strip, wall_strip
from videorecap.sim.hands import SKINS, SLEEVES, direction_of, hand_sprite
from videorecap.sim.motion import TABLE, Hand, Pose, pose, ramp, smooth
from videorecap.sim.scene import Spot, replay
from videorecap.sim.script import Event, Script
from videorecap.sim.sprites import STEPS, Look, object_sprite, shadow
from videorecap.sim.state import State
from videorecap.sim.world import KINDS

SPACING: Final = 1.12  # between neighbouring spots along the surface
PARALLAX: Final = 0.4  # the wall moves this much slower than the surface
PAN_SECONDS: Final = 0.45  # before and after the border of two events
DISTRACTOR_SCALE: Final = 0.6
TINTS: Final[dict[str, tuple[float, float, float]]] = {
    "morning": (1.0, 1.01, 1.03),
    "afternoon": (1.04, 1.0, 0.95),
    "evening": (0.98, 0.86, 0.74),
}


def frame(script: Script, seconds: float, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture at one moment, as RGB [height, width, 3].

    Args:
        script: what happens.
        seconds: the moment; before the start or after the end, the first or last moment.
        size: width and height in pixels.

    Raises:
        ConfigError: if the size is smaller than 16 x 16.
    """
    if min(size) < 16:
        raise ConfigError(f"a frame has at least 16 x 16 pixels, got {size[0]} x {size[1]}")
    seconds = min(max(seconds, 0.0), script.duration_seconds)
    index = script.index_at(seconds)
    event = script.events[index]
    progress = min(1.0, (seconds - event.span.start) / event.span.duration)
    view = _View(_camera(script, index, seconds), *_sway(script, event, seconds, progress))
    if event.action == "walk" and index > 0:
        canvas = _walk(script, index, view, progress, size)
    else:
        canvas = _surroundings(event.place, view, size)
        _objects_around(canvas, script, event, view)
    state = replay(script).before[index]
    kind = None if event.object is None else KINDS[event.object]
    posed = pose(event.action, kind, state, progress, event.span.duration)
    _foreground(canvas, script, event, posed, view, seconds)
    return _lit(canvas, script, seconds)


@dataclass(frozen=True, slots=True)
class _View:
    """Where C looks: along the surface, and the small movements of the head, in frame heights."""

    camera: float
    sway_x: float
    sway_y: float


def _camera(script: Script, index: int, seconds: float) -> float:
    """Where the camera looks along the surface, in frame heights, without its sway."""
    event = script.events[index]
    visit = float(event.visit)
    for neighbour, border in ((index - 1, event.span.start), (index + 1, event.span.end)):
        if 0 <= neighbour < len(script.events):
            other = script.events[neighbour]
            if "walk" in (other.action, event.action):
                continue
            reach = min(PAN_SECONDS, event.span.duration / 3, other.span.duration / 3)
            amount = smooth(0.5 - abs(seconds - border) / (2 * reach))
            visit += (other.visit - event.visit) * amount
    looking = 0.0
    if event.action == "look":
        progress = (seconds - event.span.start) / event.span.duration
        looking = 0.3 * math.sin(2 * math.pi * progress) * math.sin(math.pi * progress)
    return visit * SPACING + looking


def _sway(script: Script, event: Event, seconds: float, progress: float) -> tuple[float, float]:
    """Small movements of the head, larger when C walks."""
    phase = (script.seed % 97) * 0.7
    x = 0.010 * math.sin(0.9 * seconds + phase) + 0.006 * math.sin(2.1 * seconds + 2 * phase)
    y = 0.008 * math.sin(1.2 * seconds + 3 * phase) + 0.004 * math.sin(2.7 * seconds + phase)
    if event.action == "walk":
        steps = 2 * math.pi * 2.0 * progress * event.span.duration
        y += 0.014 * math.sin(steps) * math.sin(math.pi * progress)
    return x, y


def _surroundings(place: str, view: _View, size: tuple[int, int]) -> Image.Image:
    """Wall and surface."""
    width, height = size
    canvas = Image.new("RGB", size)
    wall = wall_strip(place, height, width)
    left = ((view.camera * PARALLAX + view.sway_x * 0.5) % TILE) * height
    top = (PAD - view.sway_y * 0.6) * height
    horizon = round((HORIZON + view.sway_y) * height)
    canvas.paste(_window(wall, left, top, width, horizon), (0, 0))
    surface = surface_strip(place, height, width)
    left = ((view.camera + view.sway_x) % TILE) * height
    canvas.paste(_window(surface, left, 0, width, height - horizon), (0, horizon))
    return canvas


def _window(strip: Image.Image, left: float, top: float, width: int, rows: int) -> Image.Image:
    """Part of a strip, at whole pixels."""
    x, y = round(left), max(0, round(top))
    return strip.crop((x, y, x + width, min(y + rows, strip.height)))


def _walk(script: Script, index: int, view: _View, progress: float, size: tuple[int, int]) -> Image.Image:
    """From the place before to the next: a long pan, one picture fading into the other half-way."""
    event, before = script.events[index], script.events[index - 1]
    travel = TILE / PARALLAX * ramp(progress, 0.05, 0.95)
    fade = ramp(progress, 0.35, 0.65)
    pictures = []
    for near, camera, weight in (
        (before, before.visit * SPACING + travel, 1 - fade),
        (event, event.visit * SPACING + travel - TILE / PARALLAX, fade),
    ):
        if weight > 0:
            moved = replace(view, camera=camera)
            canvas = _surroundings(near.place, moved, size)
            _objects_around(canvas, script, near, moved)
            pictures.append(canvas)
    return pictures[0] if len(pictures) == 1 else Image.blend(pictures[0], pictures[1], fade)


def _objects_around(canvas: Image.Image, script: Script, event: Event, view: _View) -> None:
    """Distractors at the back, then objects of neighbouring spots."""
    spots = replay(script).spots
    middle = round(view.camera / SPACING)
    near = range(middle - 1, middle + 2)
    for visit in near:
        for kind, colour, x, y in _distractors(script.seed, visit):
            at = (visit * SPACING + x - view.camera - view.sway_x, y + view.sway_y)
            _draw_object(canvas, kind, colour, Look(), at, DISTRACTOR_SCALE)
    for visit in near:
        spot = spots.get(visit)
        if spot is not None and visit != event.visit:
            state = spot.last if visit < event.visit else spot.first
            at = (visit * SPACING - view.camera - view.sway_x, TABLE + view.sway_y)
            _draw_object(canvas, spot.item.kind, spot.item.colour, _look_of(spot, state), at, 1.0)


def _look_of(spot: Spot, state: State) -> Look:
    can_open = KINDS[spot.item.kind].can_open
    return Look(opened=STEPS * (state.open and can_open), folded=STEPS * state.folded, cut=STEPS * state.cut)


@lru_cache(maxsize=4096)
def _distractors(seed: int, visit: int) -> tuple[tuple[str, str, float, float], ...]:
    """Things that lie around near a spot: kind, colour, and position from the spot."""
    rng = random.Random(seed * 7919 + visit)
    things = []
    for x in (-0.38, 0.36):
        kind = rng.choice(list(KINDS))
        colour = rng.choice(KINDS[kind].colours)
        things.append((kind, colour, x + rng.uniform(-0.1, 0.1), rng.uniform(0.57, 0.62)))
    return tuple(things)


def _draw_object(
    canvas: Image.Image,
    kind: str,
    colour: str,
    look: Look,
    at: tuple[float, float],
    scale: float,
    lift: float = 0.0,
) -> None:
    """An object with its shadow; ``lift`` is its height above the surface, in frame heights."""
    width, height = canvas.size
    pixels = max(4, round(KINDS[kind].height * scale * height))
    x, y = width / 2 + at[0] * height, at[1] * height
    if not -pixels * 3 < x < width + pixels * 3:
        return
    across = max(4, round(KINDS[kind].aspect * pixels * (1.1 + lift)))
    dark = shadow(across, max(3, round(height * 0.045 * scale)))
    dark.paste(canvas, x + 0.02 * height, y + lift * height)
    object_sprite(kind, colour, look, pixels).paste(canvas, x, y)


def _foreground(
    canvas: Image.Image, script: Script, event: Event, posed: Pose, view: _View, seconds: float
) -> None:
    """The object in use, and the hands."""
    if event.object is not None and event.colour is not None:
        look = Look(
            opened=round(posed.opened * STEPS),
            folded=round(posed.folded * STEPS),
            cut=round(posed.cut * STEPS),
        )
        away = event.visit * SPACING - view.camera
        at = (posed.at[0] + away - view.sway_x, posed.at[1] + view.sway_y)
        _draw_object(canvas, event.object, event.colour, look, at, posed.scale, TABLE - posed.at[1])
        if posed.pours:
            _water(canvas, event.object, at, seconds)
    for side, hand in ((-1, posed.left), (1, posed.right)):
        _draw_hand(canvas, script, side, hand, (-0.5 * view.sway_x, 0.5 * view.sway_y))


def _draw_hand(canvas: Image.Image, script: Script, side: int, hand: Hand, sway: tuple[float, float]) -> None:
    width, height = canvas.size
    dress = (script.seed % len(SKINS), script.seed // len(SKINS) % len(SLEEVES))
    sprite = hand_sprite(side, direction_of(hand.angle), hand.is_gripping, hand.tool, dress, height)
    x, y = hand.at[0] + sway[0], hand.at[1] + sway[1]
    sprite.paste(canvas, width / 2 + x * height, y * height)


def _water(canvas: Image.Image, kind: str, at: tuple[float, float], seconds: float) -> None:
    """A stream of water from the jug into an object."""
    width, height = canvas.size
    top = at[1] - KINDS[kind].height
    draw = ImageDraw.Draw(canvas)
    wobble = 0.006 * math.sin(23 * seconds)
    x = at[0] + min(KINDS[kind].aspect * KINDS[kind].height / 2, 0.2) * 0.25
    points = [(x + 0.004, top - 0.12), (x - 0.02 + wobble, top - 0.05), (x - 0.03, top + 0.03)]
    path = [(width / 2 + px * height, py * height) for px, py in points]
    draw.line(path, fill=(120, 178, 226), width=max(2, round(0.026 * height)), joint="curve")
    draw.line(path, fill=(206, 232, 248), width=max(1, round(0.01 * height)), joint="curve")


def _lit(canvas: Image.Image, script: Script, seconds: float) -> NDArray[np.uint8]:
    """Daylight: a tint for the time of day, and brightness that slowly changes."""
    phase = (script.seed % 89) * 0.5
    gain = 1.0 + 0.05 * math.sin(seconds / 17 + phase) + 0.03 * math.sin(seconds / 7.3 + 2 * phase)
    table = [min(255, round(value * gain * tint)) for tint in TINTS[script.daytime] for value in range(256)]
    return np.asarray(canvas.point(table))
