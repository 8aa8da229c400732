"""Movements that change an object on the surface, and can be undone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from videorecap.sim.motion.body import (
    FINGER,
    Moment,
    on_object,
    palm_for,
    reaching,
    rest,
    steady,
    working,
)
from videorecap.sim.motion.easing import between, ratchet, there_and_back
from videorecap.sim.motion.spots import (
    FRONT_KNOT,
    FRONT_SCREW,
    FRONT_SWITCH,
    KNOTS,
    LIDS,
    LIFTED,
    SCREWS,
    SWITCHES,
)
from videorecap.sim.pose import TABLE, Hand, Point, Pose

PLUG_LIES: Final[Point] = (0.06, 0.06)  # from the right end of an object's base, to the right and down
PLUG_GOES: Final[Point] = (0.62, TABLE - 0.06)  # to the edge of the view
TWISTS_PER_SECOND: Final = 1.1


def _spot(moment: Moment, point: Point) -> Point:
    """A point of a drawing, in object heights, in the frame."""
    return on_object(moment, (point[0] * moment.height, point[1]))


def open_lid(moment: Moment) -> Pose:
    """The right hand moves the lid, the left one steadies."""
    reach = there_and_back(moment.progress, 0.0, 0.25, 0.76, 1.0)
    x, y = _spot(moment, between(*LIDS.get(moment.kind.name, LIFTED), moment.look.open))
    lid = (x + 0.04, y)
    right = reaching(1, lid, 34, reach, grips=0.23 < moment.progress < 0.78)
    return Pose(right=right, left=steady(moment, reach), look=moment.look)


def fold(moment: Moment) -> Pose:
    """The right hand lays the right half over the left one."""
    reach = there_and_back(moment.progress, 0.0, 0.24, 0.76, 1.0)
    folded, half = moment.look.folded, moment.half
    turn = math.cos(math.pi * folded)
    rise = 0.66 * moment.height + 0.09 * math.sin(math.pi * folded)
    edge = (half * turn + half * folded / 2 + 0.02, TABLE - rise)
    right = reaching(1, edge, 46, reach, grips=0.22 < moment.progress < 0.78)
    left_edge = (-half + half * folded / 2 - 0.03, moment.level(0.06))
    return Pose(right=right, left=reaching(-1, left_edge, 32, reach), look=moment.look)


def turn_on(moment: Moment) -> Pose:
    """A finger of the right hand comes to the switch, presses it and goes."""
    reach = there_and_back(moment.progress, 0.0, 0.34, 0.64, 1.0)
    press = there_and_back(moment.progress, 0.36, 0.48, 0.52, 0.64)
    x, y = _spot(moment, SWITCHES.get(moment.kind.name, FRONT_SWITCH))
    end = (x + 0.05 * (1 - press), y + 0.02 * (1 - press))
    right = reaching(1, palm_for(FINGER, end, 44), 44, reach)
    return Pose(right=right, left=rest(-1), look=moment.look)


def plug_in(moment: Moment) -> Pose:
    """The right hand takes the plug from in front of the object to the right, out of view."""
    reach = there_and_back(moment.progress, 0.0, 0.25, 0.74, 1.0)
    plugged = moment.look.plugged
    lies = (moment.half + PLUG_LIES[0], TABLE + PLUG_LIES[1])
    x, y = between(lies, PLUG_GOES, plugged)
    rise = 0.5 * plugged * (1 - plugged)
    palm = (x + 0.04, y + 0.06 - rise)
    right = reaching(1, palm, 20 - 40 * plugged, reach, grips=0.22 < moment.progress < 0.78)
    return Pose(right=right, left=steady(moment, reach), look=moment.look)


def screw(moment: Moment) -> Pose:
    """The screwdriver turns slowly one way and quickly back, again and again."""
    end = _spot(moment, between(*SCREWS.get(moment.kind.name, FRONT_SCREW), moment.look.screwed))
    twist = ratchet(moment.now * TWISTS_PER_SECOND, 0.7)
    right = working("screwdriver", end, 52 - 62 * twist, moment.presence)
    return Pose(right=right, left=steady(moment, moment.presence), look=moment.look)


def tie(moment: Moment) -> Pose:
    """Both hands circle around each other over the knot, then pull its ends apart."""
    reach = there_and_back(moment.progress, 0.0, 0.22, 0.78, 1.0)
    circle = there_and_back(moment.progress, 0.2, 0.28, 0.5, 0.6)
    pull = there_and_back(moment.progress, 0.54, 0.68, 0.72, 0.84)
    phase = 2 * math.pi * 3 * moment.progress
    middle, y = _spot(moment, KNOTS.get(moment.kind.name, FRONT_KNOT))
    hands: list[Hand] = []
    for side in (1, -1):
        x = middle + side * (0.075 + 0.14 * pull) + 0.05 * circle * side * math.cos(phase)
        rise = 0.06 * circle * side * math.sin(phase) - 0.04 * pull
        palm = (x, y + 0.06 - rise)
        hands.append(reaching(side, palm, 40 - 16 * pull, reach, grips=0.2 < moment.progress < 0.8))
    return Pose(right=hands[0], left=hands[1], look=moment.look)


CHANGES: Final[dict[str, Callable[[Moment], Pose]]] = {
    "open": open_lid,
    "fold": fold,
    "turn on": turn_on,
    "plug in": plug_in,
    "screw": screw,
    "tie": tie,
}
