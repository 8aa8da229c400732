"""Everything but what is in use: wall, somebody else, surface, things that lie around."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from videorecap.sim.backdrops import HORIZON, PAD, TILE, surface_strip, wall_strip
from videorecap.sim.camera import SPACING, WALK, View, progress_of
from videorecap.sim.clutter import draw_back, draw_hook
from videorecap.sim.look import look_of
from videorecap.sim.motion import ramp, resting
from videorecap.sim.onlooker import Onlooker, draw_arms, draw_body
from videorecap.sim.pose import CONTAINER
from videorecap.sim.scene import Replay, Spot, replay
from videorecap.sim.script import Event, Item, Script
from videorecap.sim.stage import Stage, lift_of
from videorecap.sim.state import State
from videorecap.sim.world import KINDS

PARALLAX: Final = 0.4  # the wall moves this much slower than the surface
SHUTTER: Final = 1 / 50  # seconds in which a fast view smears
SHARP: Final = 0.6  # pixels of smear that are not worth drawing
POST: Final = 0.2  # width of the wall between two places, in frame heights
CONTAINER_SCALE: Final = 0.9
SEEN: Final = ("table", "far", "hung")  # where an object is seen when nobody moves it


def surroundings(
    script: Script, index: int, view: View, onlooker: Onlooker | None, size: tuple[int, int], seconds: float
) -> Image.Image:
    """What is around at a moment of an event, seen from ``view``."""
    event = script.events[index]
    if event.action == "walk" and index > 0:
        canvas = _on_the_way(script, index, view, onlooker, size, seconds)
    else:
        canvas = _place(script, event, view, onlooker, size, seconds)
    smear = view.speed * SHUTTER * size[1] / 2
    return canvas.filter(ImageFilter.BoxBlur((smear, 0))) if smear > SHARP else canvas


def draw_container(stage: Stage, slot: int, item: Item, state: State) -> None:
    """What objects are put into at a spot."""
    look = look_of(state, KINDS[item.kind])
    stage.draw(item.kind, item.colour, look, stage.spot(slot, CONTAINER), CONTAINER_SCALE)


def _place(
    script: Script, event: Event, view: View, onlooker: Onlooker | None, size: tuple[int, int], seconds: float
) -> Image.Image:
    """A place with all that stands around there; ``event`` tells which object is in use."""
    canvas = Image.new("RGB", size)
    stage = Stage(canvas, view)
    width, height = size
    horizon = round(HORIZON * height) + stage.down
    wall = wall_strip(event.place, script.daytime, height, width)
    left = ((view.camera * PARALLAX + view.sway_x * 0.5) % TILE) * height
    canvas.paste(_window(wall, left, (PAD - view.sway_y * 0.6) * height, width, horizon), (0, 0))
    if onlooker is not None:
        draw_body(stage, onlooker)
    surface = surface_strip(event.place, height, width)
    canvas.paste(
        _window(surface, stage.left % round(TILE * height), 0, width, height - horizon), (0, horizon)
    )
    if onlooker is not None:
        draw_arms(stage, onlooker)
    _lying_around(stage, script, event, seconds)
    return canvas


def _window(strip: Image.Image, left: float, top: float, width: int, rows: int) -> Image.Image:
    """Part of a strip, at whole pixels."""
    x, y = round(left), max(0, round(top))
    return strip.crop((x, y, x + width, min(y + rows, strip.height)))


def _lying_around(stage: Stage, script: Script, event: Event, seconds: float) -> None:
    """Things that do not matter, then what is at the spots where C comes from and goes to."""
    for slot in stage.slots():
        draw_back(stage, script.seed, event.place, slot)
    played = replay(script)
    for visit in (event.visit - 1, event.visit + 1):
        spot = played.spots.get(visit)
        if spot is not None and spot.place == event.place and _is_near(played, event.visit, visit, seconds):
            _draw_spot(
                stage, played.stops[visit].slot, spot, spot.last if visit < event.visit else spot.first
            )


def _is_near(played: Replay, visit: int, other: int, seconds: float) -> bool:
    """Whether a neighbouring visit's spot shows what is there then: one spot may serve before and after."""
    back = 2 * visit - other
    if back not in played.stops or played.stops[back].slot != played.stops[other].slot:
        return True
    return (seconds < played.stops[visit].middle) == (other < visit)


def _draw_spot(stage: Stage, slot: int, spot: Spot, state: State) -> None:
    """What stands at a spot while nothing happens there."""
    if spot.has_hook:
        draw_hook(stage, slot)
    if spot.container is not None:
        draw_container(stage, slot, *spot.container)
    if state.where in SEEN:
        kind = KINDS[spot.item.kind]
        at, scale = resting(state.where, kind)
        look, place = look_of(state, kind), stage.spot(slot, at)
        stage.draw(kind.name, spot.item.colour, look, place, scale, lift=lift_of(at, scale))


def _on_the_way(
    script: Script,
    index: int,
    view: View,
    onlooker: Onlooker | None,
    size: tuple[int, int],
    seconds: float,
) -> Image.Image:
    """From the place before to the next: along the surface, through the wall between them."""
    event, before = script.events[index], script.events[index - 1]
    gone = WALK * ramp(progress_of(event, seconds), 0.05, 0.95)
    border = size[0] / 2 + (WALK / 2 - gone) * size[1]  # x of the wall between them, in pixels
    half = POST * size[1] / 2
    if border - half >= size[0]:
        return _place(script, before, view, None, size, seconds)
    arriving = replace(view, camera=replay(script).stops[event.visit].slot * SPACING + gone - WALK)
    canvas = _place(script, event, arriving, onlooker, size, seconds)
    if border + half <= 0:
        return canvas
    if border > half:
        old = _place(script, before, view, None, size, seconds)
        canvas.paste(old.crop((0, 0, round(border - half), size[1])), (0, 0))
    _draw_post(canvas, border, half)
    return canvas


def _draw_post(canvas: Image.Image, middle: float, half: float) -> None:
    """The end of a wall, with a light and a dark side."""
    draw = ImageDraw.Draw(canvas)
    for left, right, shade in ((-1.0, -0.8, 96), (-0.8, 0.45, 212), (0.45, 0.8, 176), (0.8, 1.0, 84)):
        box = (middle + left * half, 0, middle + right * half, canvas.height)
        draw.rectangle(box, fill=(shade, round(shade * 0.97), round(shade * 0.92)))
