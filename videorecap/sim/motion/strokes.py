"""How each tool moves over an object that lies on the surface."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from videorecap.sim.motion.body import Moment, rest, steady, working
from videorecap.sim.motion.easing import ratchet, smooth, there_and_back, wave
from videorecap.sim.pose import Point, Pose
from videorecap.sim.world import ACTIONS


@dataclass(frozen=True, slots=True)
class Stroke:
    """Where a tool's working end is, the angle of the hand, how much water runs, and the left hand's use."""

    end: Point
    angle: float
    stream: float = 0.0
    is_steadied: bool = True


def _cut(moment: Moment) -> Stroke:
    """Chops, from right to left."""
    chop = 0.1 * abs(wave(moment.now, 0.75))
    x = moment.reach * (0.8 - 1.6 * moment.look.cut)
    return Stroke((x, moment.level(0.7) - chop), 22 + 60 * chop)


def _saw(moment: Moment) -> Stroke:
    """Long strokes along the blade, which sinks."""
    pull = 0.1 * wave(moment.now, 0.9)
    x, y = moment.reach * 0.2, moment.level(1 - 0.75 * moment.look.cut)
    return Stroke((x + 0.6 * pull, y + pull), 34 + 20 * pull)


def _peel(moment: Moment) -> Stroke:
    """Pulled down along the object, lifted back up; each stroke further left."""
    pull = ratchet(moment.now * 0.7, 0.6)
    back = 0.05 * max(0.0, math.sin(2 * math.pi * (moment.now * 0.7 - 0.3)))
    x = moment.reach * (0.55 - 1.1 * moment.look.peeled)
    return Stroke((x + 0.6 * back, moment.level(1.02 - 0.8 * pull)), 14 - 12 * pull)


def _wipe(moment: Moment) -> Stroke:
    """A lying figure of eight all over it."""
    x = moment.reach * 0.75 * wave(moment.now, 0.55)
    y = moment.level(0.5 + 0.34 * wave(moment.now, 1.1))
    return Stroke((x, y), 26 + 14 * wave(moment.now, 0.55))


def _stir(moment: Moment) -> Stroke:
    """Circles in its opening."""
    across, along = wave(moment.now, 0.9, 0.25), wave(moment.now, 0.9)
    x, y = 0.5 * moment.reach * across, moment.level(1.0) + 0.015 + 0.04 * along
    return Stroke((x, y), 12 + 4 * across)


def _fill(moment: Moment) -> Stroke:
    """Held still over it, and tilted more and more."""
    flow = there_and_back(moment.progress, 0.16, 0.26, 0.78, 0.86)
    end = (moment.reach * 0.2, moment.level(1.0) - 0.13 + 0.006 * wave(moment.now, 0.8))
    return Stroke(end, 4 + 30 * flow, stream=flow)


def _water(moment: Moment) -> Stroke:
    """Slowly to and fro, well above it."""
    flow = there_and_back(moment.progress, 0.16, 0.24, 0.8, 0.88)
    sweep = wave(moment.now, 0.4)
    end = (moment.reach * 0.8 * sweep, moment.level(1.0) - 0.1)
    return Stroke(end, 8 + 14 * flow + 4 * sweep, stream=flow, is_steadied=False)


def _dig(moment: Moment) -> Stroke:
    """Stabs down, turns, and throws to the right."""
    down = ratchet(moment.now * 0.6, 0.45)
    throw = max(0.0, math.sin(2 * math.pi * (moment.now * 0.6 - 0.5))) ** 2
    x = moment.reach * 0.2 + 0.12 * throw
    return Stroke((x, moment.level(1.0) - 0.13 + 0.19 * down), 40 - 50 * throw - 16 * down)


def _trim(moment: Moment) -> Stroke:
    """Snips in small turns around its outline, from the right over the top to the left."""
    along = math.pi * (0.08 + 0.8 * smooth(moment.progress))
    snip = ratchet(moment.now * 1.6, 0.5)
    x, part = 0.95 * moment.reach * math.cos(along), 0.45 + 0.55 * math.sin(along)
    return Stroke((x, moment.level(part) - 0.015 * snip), 30 + 10 * math.cos(along) - 14 * snip)


def _hammer(moment: Moment) -> Stroke:
    """Wide swings onto one spot."""
    swing = abs(wave(moment.now, 0.65)) ** 0.7
    x, y = moment.reach * 0.15 + 0.06 * swing, moment.level(1.0) + 0.02 - 0.18 * swing
    return Stroke((x, y), 34 - 44 * swing)


def _drill(moment: Moment) -> Stroke:
    """Trembles while it sinks in, comes out, and goes on to the left."""
    turns = moment.now * 0.42
    inside = ratchet(turns, 0.75)
    hole = math.floor(turns) + smooth((turns % 1.0 - 0.82) / 0.18)
    x = moment.reach * 0.55 * math.cos(0.9 * hole)
    tremble = 0.006 * inside * wave(moment.now, 7.0)
    y = moment.level(0.62) + 0.05 * inside
    return Stroke((x + 0.06 * (1 - inside) + tremble, y - 0.06 * (1 - inside)), 46 + 200 * tremble)


def _sand(moment: Moment) -> Stroke:
    """Short, quick rubbing that slowly moves along the top."""
    x = 0.5 * moment.reach * wave(moment.progress, 1.0) + 0.045 * wave(moment.now, 2.2)
    return Stroke((x, moment.level(0.82)), 30 + 3 * wave(moment.now, 2.2))


def _paint(moment: Moment) -> Stroke:
    """Long strokes up and down, each further to the right."""
    stroke = wave(moment.now, 0.6)
    x = moment.reach * (-0.7 + 1.4 * smooth(moment.progress))
    return Stroke((x, moment.level(0.5 + 0.42 * stroke)), 14 + 16 * stroke)


def _glue(moment: Moment) -> Stroke:
    """One slow, straight line to the right, pressed dot by dot."""
    x = moment.reach * (-0.8 + 1.6 * moment.progress)
    return Stroke((x, moment.level(0.34) - 0.012 * abs(wave(moment.now, 0.8))), 48)


def _measure(moment: Moment) -> Stroke:
    """Laid along its base, held, then set up along its side."""
    upright = smooth((moment.progress - 0.42) / 0.16)
    x = moment.reach * (-0.9 + 2.0 * upright) + 0.04 * upright
    return Stroke((x, moment.level(0.16 - 0.1 * upright)), 2 + 84 * upright)


def _iron(moment: Moment) -> Stroke:
    """Slow, heavy glides from side to side, lower and lower."""
    glide = wave(moment.now, 0.32)
    y = moment.level(0.8 - 0.55 * moment.progress)
    return Stroke((moment.reach * 0.85 * glide, y), 30 + 22 * wave(moment.now, 0.32, 0.25))


def _sew(moment: Moment) -> Stroke:
    """Dips in, then draws the thread out high to the right; stitch after stitch to the left."""
    draw = ratchet(moment.now * 0.65, 0.62)
    x = moment.reach * (0.45 - 0.9 * moment.progress) + 0.17 * draw
    return Stroke((x, moment.level(0.4) - 0.13 * draw), 40 - 30 * draw)


def _write(moment: Moment) -> Stroke:
    """Small wiggles along lines."""
    line = (moment.now * 0.45) % 1.0
    along = line / 0.85 if line < 0.85 else 1 - smooth((line - 0.85) / 0.15)
    x = moment.reach * (-0.5 + 0.9 * along)
    y = moment.level(0.72 - 0.3 * moment.progress) + 0.011 * wave(moment.now, 3.0)
    return Stroke((x, y), 34 + 2 * wave(moment.now, 1.0))


def _scan(moment: Moment) -> Stroke:
    """From a distance, up and down, once nearer to beep."""
    near = there_and_back(moment.progress, 0.44, 0.54, 0.62, 0.74)
    x, y = moment.reach + 0.07 - 0.06 * near, moment.level(0.6 + 0.42 * wave(moment.now, 0.35))
    return Stroke((x, y), 62 - 12 * wave(moment.now, 0.35), is_steadied=False)


_ALL: Final[dict[str, Callable[[Moment], Stroke]]] = {
    "cut": _cut,
    "saw": _saw,
    "peel": _peel,
    "wipe": _wipe,
    "stir": _stir,
    "fill": _fill,
    "water": _water,
    "dig": _dig,
    "trim": _trim,
    "hammer": _hammer,
    "drill": _drill,
    "sand": _sand,
    "paint": _paint,
    "glue": _glue,
    "measure": _measure,
    "iron": _iron,
    "sew": _sew,
    "write": _write,
    "scan": _scan,
}


def _use(action: str, moment: Moment) -> Pose:
    """The right hand works with the tool of an action, the left one steadies."""
    tool = ACTIONS[action].tool
    assert tool is not None
    here, stroke = moment.presence, _ALL[action](moment)
    right = working(tool, stroke.end, stroke.angle, here)
    left = steady(moment, here) if stroke.is_steadied else rest(-1)
    return Pose(right=right, left=left, look=moment.look, stream=stroke.stream)


STROKES: Final[dict[str, Callable[[Moment], Pose]]] = {action: partial(_use, action) for action in _ALL}
