"""Frames of a script: a pure function of script, time and size, with caches keyed by content.

The view is C's own: a wall far away, a surface in front, objects on it, two hands from below. Units are
frame heights from the middle of the frame, so a centre crop to a square keeps all that happens.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from videorecap.errors import ConfigError
from videorecap.sim.camera import progress_of, view_at
from videorecap.sim.clutter import draw_front
from videorecap.sim.foreground import draw_hands, draw_in_use
from videorecap.sim.light import lit
from videorecap.sim.motion import pose
from videorecap.sim.onlooker import onlooker_at
from videorecap.sim.scene import replay
from videorecap.sim.script import Script
from videorecap.sim.stage import Stage
from videorecap.sim.surroundings import surroundings
from videorecap.sim.world import KINDS

SMALLEST: Final = 16  # pixels


def frame(script: Script, seconds: float, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture at one moment, as RGB [height, width, 3].

    Args:
        script: what happens.
        seconds: the moment; before the start or after the end, the first or last moment.
        size: width and height in pixels.

    Raises:
        ConfigError: if the size is smaller than 16 x 16, the moment is no number, or the script cannot happen
            as it says.
    """
    if min(size) < SMALLEST:
        raise ConfigError(f"a frame has at least {SMALLEST} x {SMALLEST} pixels, got {size[0]} x {size[1]}")
    if math.isnan(seconds):
        raise ConfigError("a frame is of a moment in seconds, got nan")
    seconds = min(max(seconds, 0.0), script.duration_seconds)
    index = script.index_at(seconds)
    event, view = script.events[index], view_at(script, seconds)
    kind = None if event.object is None else KINDS[event.object]
    before, progress = replay(script).before[index], progress_of(event, seconds)
    posed = pose(event.action, kind, before, progress, event.span.duration)
    onlooker = onlooker_at(script, index, seconds, posed.guest)
    stage = Stage(surroundings(script, index, view, onlooker, size, seconds), view)
    draw_in_use(stage, script, event, posed, onlooker, seconds)
    for slot in stage.slots():
        draw_front(stage, script.seed, event.place, slot)
    draw_hands(stage, script.seed, posed)
    return np.array(lit(stage.canvas, script, seconds))
