"""Movements with an object that is held before and afterwards, and with bare hands on one that lies."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from videorecap.sim.motion.body import (
    FINGER,
    Moment,
    holding,
    on_object,
    palm_for,
    reaching,
    rest,
    working,
)
from videorecap.sim.motion.easing import between, there_and_back, wave
from videorecap.sim.pose import HELD, HELD_SCALE, TABLE, Hand, Point, Pose

WASH_HERTZ: Final = 1.1
SHAKE_HERTZ: Final = 2.4
SHAKE: Final = 0.06  # to each side, in frame heights
EXERCISE: Final = 2 * SHAKE  # up and down
EXERCISE_HERTZ: Final = 0.5
TALLEST: Final = 0.66  # of an object that comes close to the eyes
NECK_TURN: Final = 32.0  # of an instrument while it is played, in degrees


def _busy(moment: Moment) -> float:
    """From 0 up to 1 and back, at the ends of an action with a held object."""
    return there_and_back(moment.progress, 0.02, 0.22, 0.78, 0.98)


def _nearer(moment: Moment, scale: float, amount: float) -> tuple[Point, float]:
    """Base and scale of a held object brought closer; its middle rises half as much as its base sinks."""
    scale = max(HELD_SCALE, min(scale, TALLEST / moment.height))
    middle = HELD[1] - HELD_SCALE * moment.height / 2
    base = 0.5 * (middle + 0.5) + scale * moment.height / 2
    return between(HELD, (0.0, base), amount), HELD_SCALE + (scale - HELD_SCALE) * amount


def inspect(moment: Moment) -> Pose:
    """Both hands bring it closer and turn it left and right."""
    busy = _busy(moment)
    at, scale = _nearer(moment, 1.6, busy)
    turn = 26 * busy * wave(moment.now, 0.35)
    other = on_object(moment, (-moment.reach * 0.9, 0.5), at, scale, turn)
    left = reaching(-1, other, 30, busy, grips=busy > 0.9)
    right = holding(moment, at, scale, turn)
    return Pose(right=right, left=left, at=at, scale=scale, turn=turn, look=moment.look)


def wash(moment: Moment) -> Pose:
    """The left hand rubs it with a sponge in circles."""
    phase = 2 * math.pi * WASH_HERTZ * moment.now
    x = (-0.2 * moment.reach + 0.11 * math.cos(phase)) / HELD_SCALE
    spot = on_object(moment, (x, 0.45 + 0.24 * math.sin(phase)), HELD, HELD_SCALE)
    left = working("sponge", spot, -34, moment.presence, side=-1)
    return Pose(right=holding(moment), left=left, at=HELD, scale=HELD_SCALE, look=moment.look)


def shake(moment: Moment) -> Pose:
    """Quickly from side to side."""
    swing = _busy(moment) * wave(moment.now, SHAKE_HERTZ)
    at, turn = (HELD[0] + SHAKE * swing, HELD[1]), -9 * swing
    right = holding(moment, at, turn=turn)
    return Pose(right=right, left=rest(-1), at=at, scale=HELD_SCALE, turn=turn, look=moment.look)


def drink(moment: Moment) -> Pose:
    """To the mouth, which is near the lower edge of the view, and tilted twice."""
    close = there_and_back(moment.progress, 0.04, 0.32, 0.7, 0.96)
    tilt = there_and_back(moment.progress, 0.3, 0.44, 0.6, 0.74)
    _, scale = _nearer(moment, 1.9, close)
    low = 0.62 + 0.3 * scale * moment.height
    turn = 44 * tilt + 5 * tilt * wave(moment.now, 1.2)
    at = between(HELD, (0.0, low), close)
    scale = HELD_SCALE + (scale - HELD_SCALE) * close
    right = holding(moment, at, scale, turn)
    return Pose(right=right, left=rest(-1), at=at, scale=scale, turn=turn, look=moment.look)


def empty(moment: Moment) -> Pose:
    """Up, tilted to the left until all has run out, and back."""
    lift = there_and_back(moment.progress, 0.04, 0.26, 0.78, 0.96)
    tilt = there_and_back(moment.progress, 0.22, 0.44, 0.68, 0.86)
    at, turn = between(HELD, (0.1, HELD[1] - 0.14), lift), 86 * tilt
    flow = there_and_back(moment.progress, 0.34, 0.4, 0.64, 0.7)
    right = holding(moment, at, turn=turn)
    return Pose(right=right, left=rest(-1), at=at, scale=HELD_SCALE, turn=turn, look=moment.look, stream=flow)


def exercise(moment: Moment) -> Pose:
    """Both hands move it widely and slowly, up and down."""
    busy = _busy(moment)
    at = (HELD[0], HELD[1] - 0.02 * busy + EXERCISE * busy * wave(moment.now, EXERCISE_HERTZ))
    other = on_object(moment, (-moment.reach - 0.02, 0.28), at, HELD_SCALE)
    left = reaching(-1, other, 38, busy, grips=busy > 0.9)
    right = holding(moment, at)
    return Pose(right=right, left=left, at=at, scale=HELD_SCALE, look=moment.look)


def play(moment: Moment) -> Pose:
    """The left hand holds the neck, the right one strums."""
    busy = _busy(moment)
    turn = NECK_TURN * busy
    at = between(HELD, (0.06, HELD[1] + 0.06), busy)
    chord = 0.8 + 0.07 * wave(moment.now, 0.45)
    left = reaching(-1, on_object(moment, (-0.02, chord), at, HELD_SCALE, turn), 20, busy, grips=busy > 0.9)
    held = holding(moment, at, turn=turn)
    strings = on_object(moment, (0.05, 0.3), at, HELD_SCALE, turn)
    strum = wave(moment.now, 1.5)
    palm = between(held.at, (strings[0] + 0.02 * strum, strings[1] + 0.05 + 0.06 * strum), busy)
    right = Hand(at=palm, angle=held.angle + busy * (6 + 8 * strum), is_gripping=busy < 0.5)
    return Pose(right=right, left=left, at=at, scale=HELD_SCALE, turn=turn, look=moment.look)


def type_on(moment: Moment) -> Pose:
    """Fingers of both hands tap in turn."""
    reach = there_and_back(moment.progress, 0.0, 0.16, 0.84, 1.0)
    hands = []
    for side in (1, -1):
        tap = 0.5 + 0.5 * side * wave(moment.now, 2.3)
        x = side * (0.45 * moment.reach + 0.03 * wave(moment.now, 0.4))
        end = (x, TABLE - 0.24 * min(moment.height, 0.2) - 0.035 * tap)
        hands.append(reaching(side, palm_for(FINGER, end, 8.0 * side, side), 8, reach))
    return Pose(right=hands[0], left=hands[1], look=moment.look)


def knead(moment: Moment) -> Pose:
    """Both fists press in turn; the object gives a little."""
    reach = there_and_back(moment.progress, 0.0, 0.18, 0.82, 1.0)
    hands = []
    for side in (1, -1):
        press = 0.5 + 0.5 * side * wave(moment.now, 0.8)
        x = side * (0.3 * moment.reach + 0.05 - 0.03 * press)
        palm = (x, moment.level(0.95) - 0.05 + 0.11 * press)
        hands.append(reaching(side, palm, 18, reach, grips=reach > 0.5))
    turn = 7 * reach * wave(moment.now, 0.8)
    scale = 1 + 0.06 * reach * wave(moment.now, 1.6)
    return Pose(right=hands[0], left=hands[1], scale=scale, turn=turn, look=moment.look)


BY_HAND: Final[dict[str, Callable[[Moment], Pose]]] = {
    "inspect": inspect,
    "wash": wash,
    "shake": shake,
    "drink": drink,
    "empty": empty,
    "exercise": exercise,
    "play": play,
    "type": type_on,
    "knead": knead,
}
