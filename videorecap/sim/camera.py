"""Where C looks: along the surface from spot to spot, with the small movements of a head."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from videorecap.sim.motion import ramp, smooth
from videorecap.sim.scene import replay
from videorecap.sim.script import Event, Script

SPACING: Final = 1.12  # between neighbouring spots along the surface, in frame heights
PAN_SECONDS: Final = 0.45  # before and after the border of two events
WALK: Final = 4.6  # frame heights that pass by when C walks from one place to another
LOOK: Final = 0.3  # frame heights to either side
MOMENT: Final = 0.02  # seconds, for speeds


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Where C looks, in frame heights.

    Attributes:
        camera: along the surface, 0 at the first spot.
        sway_x: small movements of the head to the right.
        sway_y: the same downwards, which lift what is seen.
        speed: of the camera along the surface, in frame heights per second, never negative.
    """

    camera: float
    sway_x: float = 0.0
    sway_y: float = 0.0
    speed: float = 0.0


def view_at(script: Script, seconds: float) -> View:
    """Where C looks at a moment; while C walks, ``camera`` is still that of the old place."""
    index = script.index_at(seconds)
    event = script.events[index]
    sway_x, sway_y = _sway(script, event, seconds)
    start, end = max(seconds - MOMENT, event.span.start), min(seconds + MOMENT, event.span.end)
    moved = _camera(script, index, end) - _camera(script, index, start)
    return View(
        camera=_camera(script, index, seconds),
        sway_x=sway_x,
        sway_y=sway_y,
        speed=abs(moved) / (end - start),
    )


def progress_of(event: Event, seconds: float) -> float:
    """How much of an event is over, from 0 to 1."""
    return min(1.0, max(0.0, (seconds - event.span.start) / event.span.duration))


def _camera(script: Script, index: int, seconds: float) -> float:
    """Where the camera looks along the surface, in frame heights, without its sway."""
    event = script.events[index]
    progress = progress_of(event, seconds)
    if event.action == "walk" and index > 0:
        return _slot(script, index - 1) * SPACING + WALK * ramp(progress, 0.05, 0.95)
    slot = float(_slot(script, index))
    for neighbour, border in ((index - 1, event.span.start), (index + 1, event.span.end)):
        if 0 <= neighbour < len(script.events) and script.events[neighbour].action != "walk":
            other = script.events[neighbour]
            reach = min(PAN_SECONDS, event.span.duration / 3, other.span.duration / 3)
            slot += (_slot(script, neighbour) - _slot(script, index)) * smooth(
                0.5 - abs(seconds - border) / (2 * reach)
            )
    looking = 0.0
    if event.action == "look":
        looking = LOOK * math.sin(2 * math.pi * progress) * math.sin(math.pi * progress)
    return slot * SPACING + looking


def _slot(script: Script, index: int) -> int:
    return replay(script).stops[script.events[index].visit].slot


def _sway(script: Script, event: Event, seconds: float) -> tuple[float, float]:
    """Small movements of the head: slow ones, a little trembling, and steps while C walks."""
    phase = (script.seed % 97) * 0.7
    x = 0.010 * math.sin(0.9 * seconds + phase) + 0.006 * math.sin(2.1 * seconds + 2 * phase)
    y = 0.008 * math.sin(1.2 * seconds + 3 * phase) + 0.004 * math.sin(2.7 * seconds + phase)
    x += 0.0016 * math.sin(7.9 * seconds + 5 * phase)
    y += 0.0016 * math.sin(9.7 * seconds + 4 * phase)
    if event.action == "walk":
        progress = progress_of(event, seconds)
        steps = 2 * math.pi * 2.0 * progress * event.span.duration
        y += 0.014 * math.sin(steps) * math.sin(math.pi * progress)
    return x, y
