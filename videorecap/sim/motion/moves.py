"""Movements that take an object somewhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from videorecap.sim.motion.body import (
    HOLD_ANGLE,
    Moment,
    hold_at,
    holding,
    on_object,
    reaching,
    rest,
)
from videorecap.sim.motion.easing import between, ramp, there_and_back
from videorecap.sim.pose import (
    CONTAINER,
    FAR,
    FAR_SCALE,
    GUEST_HAND,
    HELD,
    HELD_SCALE,
    HOOK,
    TABLE,
    GuestPose,
    Point,
    Pose,
)
from videorecap.sim.world import Kind

ON_TABLE: Final[Point] = (0.0, TABLE)
WORN: Final[Point] = (0.0, -0.1)  # out of the top of the frame
WORN_SCALE: Final = 1.4
GIVEN_SCALE: Final = 0.8
RIM: Final = 0.36  # of a container above its base, with room for the object to pass


def resting(where: str, kind: Kind) -> tuple[Point, float]:
    """Base and scale of an object that nobody moves; ``where`` as in ``State``."""
    places = {
        "table": (ON_TABLE, 1.0),
        "held": (HELD, HELD_SCALE),
        "worn": (WORN, WORN_SCALE),
        "inside": ((CONTAINER[0], CONTAINER[1] - 0.02), _inside_scale(kind)),
        "hung": ((HOOK[0], HOOK[1] + kind.height), 1.0),
        "far": (FAR, FAR_SCALE),
        "given": (GUEST_HAND, GIVEN_SCALE),
    }
    return places[where]


def _inside_scale(kind: Kind) -> float:
    """Small enough for the front of any container to hide it."""
    return min(0.8, 0.15 / kind.height, 0.24 / (kind.aspect * kind.height))


def pick_up(moment: Moment) -> Pose:
    """The right hand takes it and lifts it."""
    lift = ramp(moment.progress, 0.3, 0.92)
    at, scale = between(ON_TABLE, HELD, lift), 1 + (HELD_SCALE - 1) * lift
    reach = ramp(moment.progress, 0.0, 0.32)
    grip = on_object(moment, hold_at(moment), at, scale)
    right = reaching(1, grip, HOLD_ANGLE, reach, grips=moment.progress > 0.29)
    return Pose(right=right, left=rest(-1), at=at, scale=scale, look=moment.look)


def put_on(moment: Moment) -> Pose:
    """Both hands lift it over the head, out of the top of the frame."""
    rise = ramp(moment.progress, 0.22, 0.74)
    at, scale = between(ON_TABLE, WORN, rise), 1 + (WORN_SCALE - 1) * rise
    reach = there_and_back(moment.progress, 0.0, 0.22, 0.7, 1.0)
    hands = []
    for side in (1, -1):
        x, y = on_object(moment, hold_at(moment, side), at, scale)
        hand = reaching(side, (x, max(0.14, y)), 14, reach, grips=0.2 < moment.progress < 0.74)
        hands.append(hand)
    return Pose(right=hands[0], left=hands[1], at=at, scale=scale, look=moment.look)


def put_in(moment: Moment) -> Pose:
    """The right hand carries it over the container, beside it, and lets it sink behind its front."""
    inside, inside_scale = resting("inside", moment.kind)
    above = (CONTAINER[0], CONTAINER[1] - RIM)
    above_scale = max(inside_scale, min(0.85, 0.3 / moment.height))
    across, up = ramp(moment.progress, 0.26, 0.6), ramp(moment.progress, 0.18, 0.5)
    sink = ramp(moment.progress, 0.58, 0.84)
    x = above[0] * across
    y = TABLE + (above[1] - TABLE) * up
    at = (x, y + (inside[1] - above[1]) * sink)
    scale = 1 + (above_scale - 1) * across + (inside_scale - above_scale) * sink
    reach = there_and_back(moment.progress, 0.0, 0.2, 0.76, 1.0)
    grip_x, grip_y = on_object(moment, hold_at(moment), at, scale)
    rim = between(ON_TABLE, above, across)[1]
    palm = (grip_x, min(grip_y, max(rim, above[1] + 0.08)) if sink > 0 else grip_y)
    right = reaching(1, palm, HOLD_ANGLE + 8, reach, grips=0.17 < moment.progress < 0.78)
    behind = moment.progress >= 0.58
    return Pose(right=right, left=rest(-1), at=at, scale=scale, look=moment.look, is_behind=behind)


def hang_up(moment: Moment) -> Pose:
    """Both hands lift it by its upper corners, over the hook, and let it down on it."""
    hung, scale = resting("hung", moment.kind)
    over = (hung[0], hung[1] - 0.05)
    at = between(ON_TABLE, over, ramp(moment.progress, 0.22, 0.64))
    at = (at[0], at[1] + 0.05 * ramp(moment.progress, 0.64, 0.76))
    reach = there_and_back(moment.progress, 0.0, 0.22, 0.74, 1.0)
    hands = []
    for side in (1, -1):
        corner = on_object(moment, (side * moment.reach * 0.85, 0.86), at, scale)
        hands.append(reaching(side, corner, 12, reach, grips=0.2 < moment.progress < 0.76))
    return Pose(right=hands[0], left=hands[1], at=at, scale=scale, look=moment.look)


def push(moment: Moment) -> Pose:
    """Both open hands slide it to the back of the surface."""
    slide = ramp(moment.progress, 0.24, 0.76)
    at, scale = between(ON_TABLE, FAR, slide), 1 + (FAR_SCALE - 1) * slide
    reach = there_and_back(moment.progress, 0.0, 0.26, 0.74, 1.0)
    hands = []
    for side in (1, -1):
        x, y = on_object(moment, (side * (0.55 * moment.reach + 0.04), 0.1), at, scale)
        hands.append(reaching(side, (x, y + 0.05), 6, reach))
    return Pose(right=hands[0], left=hands[1], at=at, scale=scale, look=moment.look)


def give(moment: Moment) -> Pose:
    """The right hand carries it to the hand that somebody else stretches out."""
    given, given_scale = resting("given", moment.kind)
    carry = ramp(moment.progress, 0.24, 0.68)
    at, scale = between(ON_TABLE, given, carry), 1 + (given_scale - 1) * carry
    reach = there_and_back(moment.progress, 0.0, 0.24, 0.7, 1.0)
    grip = on_object(moment, (-hold_at(moment)[0] * 0.4, 0.1), at, scale)
    right = reaching(1, grip, 10, reach, grips=0.22 < moment.progress < 0.7)
    guest = GuestPose(reach=ramp(moment.progress, 0.2, 0.62))
    return Pose(right=right, left=rest(-1), at=at, scale=scale, look=moment.look, guest=guest)


def drop(moment: Moment) -> Pose:
    """It slips from the right hand, falls and bounces; the hands stay up for a while."""
    share = (moment.progress - 0.24) / 0.12  # of the fall
    fall = min(1.0, max(0.0, share)) ** 2
    bounce = 0.0
    for start, end, peak in ((0.36, 0.5, 0.07), (0.5, 0.58, 0.025)):
        part = min(1.0, max(0.0, (moment.progress - start) / (end - start)))
        bounce += peak * 4 * part * (1 - part)
    lift = 0.09 * ramp(moment.progress, 0.02, 0.18)
    x, y = between((0.0, HELD[1] - lift), ON_TABLE, fall)
    scale = HELD_SCALE + (1 - HELD_SCALE) * fall
    turn = -16 * there_and_back(moment.progress, 0.08, 0.36, 0.36, 0.56)
    held = holding(moment, (0.0, HELD[1] - lift))
    away = 1 - ramp(moment.progress, 0.72, 1.0)
    startled = 0.05 * there_and_back(moment.progress, 0.24, 0.38, 0.5, 0.72)
    open_palm = (held.at[0] + startled, held.at[1] - startled)
    right = reaching(1, open_palm, HOLD_ANGLE - 200 * startled, away, grips=moment.progress < 0.24)
    helped = there_and_back(moment.progress, 0.24, 0.42, 0.7, 1.0)
    left = reaching(-1, (-held.at[0], held.at[1]), 26, helped)
    pose = Pose(right=right, left=left, at=(x, y - bounce), scale=scale, look=moment.look)
    return replace(pose, turn=turn)


MOVES: Final[dict[str, Callable[[Moment], Pose]]] = {
    "pick up": pick_up,
    "put on": put_on,
    "put in": put_in,
    "hang up": hang_up,
    "push": push,
    "give": give,
    "drop": drop,
}
