"""How hands and objects move in each action. Units are frame heights; x from the centre, y downwards.

An action's pose is a function of its progress from 0 to 1. An action with an opposite is its opposite run
backwards, exactly: a single frame does not tell them apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypedDict

from videorecap.sim.state import State
from videorecap.sim.world import ACTIONS, Kind

Point = tuple[float, float]
TABLE: Final = 0.82  # y of an object's base on the surface
HELD: Final[Point] = (0.0, 0.66)  # base of a held object
HELD_SCALE: Final = 1.22
REST: Final[Point] = (0.40, 1.10)  # right hand; the left hand mirrors it
ENTER_SECONDS: Final = 0.7  # for a tool to come in, and to go
HAND_SIZE: Final = 0.86  # of the drawn hand and its tool; see ``hands.py``
LIDS: Final[
    dict[str, tuple[Point, Point]]
] = {  # where the lid is held, closed and open; object heights, y up
    "pot": ((0.1, 0.95), (0.55, 1.32)),
    "jar": ((0.2, 0.9), (0.62, 1.22)),
    "toolbox": ((0.2, 0.9), (0.2, 1.4)),
    "book": ((0.4, 0.5), (-1.0, 0.6)),
    "letter": ((0.1, 0.5), (0.1, 1.35)),
    "box": ((0.2, 0.8), (0.85, 1.05)),
}
BACKWARDS: Final = ("put down", "close", "unfold")  # drawn as their opposites in reverse


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A hand: its palm, the way it points (degrees, 0 is up, positive to the left), and what it does."""

    at: Point
    angle: float
    is_gripping: bool = False
    tool: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Everything that moves in the foreground; ``opened``, ``folded`` and ``cut`` are from 0 to 1."""

    right: Hand
    left: Hand
    at: Point = (0.0, TABLE)
    scale: float = 1.0
    opened: float = 0.0
    folded: float = 0.0
    cut: float = 0.0
    pours: bool = False


class Looks(TypedDict):
    """The part of a pose that is the object's own state."""

    opened: float
    folded: float
    cut: float


def smooth(value: float) -> float:
    """Ease in and out: 0 below 0, 1 above 1."""
    value = min(1.0, max(0.0, value))
    return value * value * (3 - 2 * value)


def ramp(value: float, start: float, end: float) -> float:
    """Ease from 0 at ``start`` to 1 at ``end``."""
    return smooth((value - start) / (end - start))


def between(first: Point, second: Point, amount: float) -> Point:
    """Point on the straight line from one to the other."""
    return (first[0] + (second[0] - first[0]) * amount, first[1] + (second[1] - first[1]) * amount)


def mirrored(point: Point) -> Point:
    """The same point on the other side."""
    return -point[0], point[1]


def pose(action: str, kind: Kind | None, before: State | None, progress: float, seconds: float) -> Pose:
    """Where hands and object are.

    Args:
        action: name in ``world.ACTIONS``.
        kind: of the object, or None.
        before: state of the object at the start, or None.
        progress: of the action, 0 to 1.
        seconds: how long the whole action takes.
    """
    if kind is None or before is None:
        return _walking(progress, seconds) if action == "walk" else _idle()
    if action in BACKWARDS:
        opposite = ACTIONS[action].opposite
        assert opposite is not None
        return pose(opposite, kind, before.after(action), 1 - progress, seconds)
    if action in BARE_HANDED:
        return BARE_HANDED[action](kind, before, progress)
    if action == "wash":
        return _wash(kind, before, progress, seconds)
    return _use(action, kind, before, progress, seconds)


def _rest(side: int) -> Hand:
    return Hand(at=(side * REST[0], REST[1]), angle=side * 24)


def _idle() -> Pose:
    return Pose(right=_rest(1), left=_rest(-1))


def _walking(progress: float, seconds: float) -> Pose:
    swing = 0.1 * math.sin(2 * math.pi * 1.1 * progress * seconds) * math.sin(math.pi * progress)
    rise = 0.1 * math.sin(math.pi * progress)
    right = Hand(at=(REST[0], REST[1] - rise + swing), angle=12)
    left = Hand(at=(-REST[0], REST[1] - rise - swing), angle=-12)
    return Pose(right=right, left=left)


def _looks(state: State, kind: Kind) -> Looks:
    """How far the object is opened, folded and cut when nothing changes it."""
    return {
        "opened": float(state.open and kind.can_open),
        "folded": float(state.folded),
        "cut": float(state.cut),
    }


def _grip(kind: Kind, at: Point, scale: float) -> Point:
    """Where the right hand holds an object: low on its right side."""
    half = min(kind.aspect * kind.height / 2, 0.26)
    return at[0] + scale * half + 0.025, at[1] - scale * kind.height * 0.28


def _pick_up(kind: Kind, before: State, progress: float) -> Pose:
    lift = ramp(progress, 0.4, 1.0)
    at = between((0.0, TABLE), HELD, lift)
    scale = 1 + (HELD_SCALE - 1) * lift
    grip = _grip(kind, at, scale)
    reach = ramp(progress, 0.0, 0.4)
    right = Hand(at=between(REST, grip, reach), angle=24 + 14 * reach, is_gripping=progress > 0.36)
    return Pose(right=right, left=_rest(-1), at=at, scale=scale, **_looks(before, kind))


def _open(kind: Kind, before: State, progress: float) -> Pose:
    reach = min(ramp(progress, 0.0, 0.3), 1 - ramp(progress, 0.75, 1.0))
    opened = ramp(progress, 0.28, 0.78)
    x, y = between(*LIDS[kind.name], opened)
    lid = (x * kind.height + 0.04, TABLE - y * kind.height)
    right = Hand(at=between(REST, lid, reach), angle=24 + 10 * reach, is_gripping=0.28 < progress < 0.78)
    left = Hand(at=between(mirrored(REST), _side(kind), reach), angle=-24 - 12 * reach)
    looks = _looks(before, kind)
    looks["opened"] = opened
    return Pose(right=right, left=left, **looks)


def _side(kind: Kind) -> Point:
    """Where the left hand steadies an object that lies on the surface."""
    return -min(kind.aspect * kind.height / 2, 0.3) - 0.045, TABLE - kind.height * 0.14


def _fold(kind: Kind, before: State, progress: float) -> Pose:
    reach = min(ramp(progress, 0.0, 0.25), 1 - ramp(progress, 0.78, 1.0))
    folded = ramp(progress, 0.24, 0.8)
    half, height = kind.aspect * kind.height / 2, kind.height
    turn = math.cos(math.pi * folded)
    edge = (half * turn + half * folded / 2 + 0.02, TABLE - height * 0.66 - 0.09 * math.sin(math.pi * folded))
    right = Hand(at=between(REST, edge, reach), angle=24 + 22 * reach, is_gripping=0.24 < progress < 0.8)
    left_edge = (-half + half * folded / 2 - 0.03, TABLE - height * 0.06)
    left = Hand(at=between(mirrored(REST), left_edge, reach), angle=-24 - 8 * reach)
    looks = _looks(before, kind)
    looks["folded"] = folded
    return Pose(right=right, left=left, **looks)


def _presence(progress: float, seconds: float) -> float:
    """How far a tool has come in, from 0 (out of view) to 1 (at work)."""
    share = min(0.3, ENTER_SECONDS / seconds)
    return min(ramp(progress, 0.0, share), 1 - ramp(progress, 1 - share, 1.0))


def _wash(kind: Kind, before: State, progress: float, seconds: float) -> Pose:
    here = _presence(progress, seconds)
    turn = 2 * math.pi * 1.1 * progress * seconds
    half, height = kind.aspect * kind.height / 2 * HELD_SCALE, kind.height * HELD_SCALE
    spot = (
        HELD[0] - half * 0.2 + min(half, 0.2) * 0.55 * math.cos(turn),
        HELD[1] - height * 0.45 + height * 0.24 * math.sin(turn),
    )
    left = Hand(at=_palm("sponge", spot, -34, here, -1), angle=-34, is_gripping=True, tool="sponge")
    right = Hand(at=_grip(kind, HELD, HELD_SCALE), angle=38, is_gripping=True)
    return Pose(right=right, left=left, at=HELD, scale=HELD_SCALE, **_looks(before, kind))


TIPS: Final[dict[str, Point]] = {  # working end of a tool, from the palm of a hand that points up; y upwards
    "knife": (-0.07, 0.20),
    "sponge": (0.0, 0.12),
    "spoon": (-0.21, -0.02),
    "jug": (-0.25, 0.12),
    "hammer": (-0.13, 0.26),
    "brush": (-0.06, 0.25),
    "pen": (-0.12, 0.155),
}


def _palm(tool: str, tip: Point, angle: float, here: float, side: int) -> Point:
    """Palm of the hand whose tool's end is at ``tip``, or on its way there from below the frame."""
    x, y = TIPS[tool][0] * side * HAND_SIZE, TIPS[tool][1] * HAND_SIZE
    turn = math.radians(angle)
    cos, sin = math.cos(turn), math.sin(turn)
    at_work = (tip[0] - (x * cos - y * sin), tip[1] + (x * sin + y * cos))
    return between((side * 0.5, 1.45), at_work, here)


def _use(action: str, kind: Kind, before: State, progress: float, seconds: float) -> Pose:
    """Work on an object that lies on the surface, with a tool in the right hand."""
    tool = ACTIONS[action].tool
    assert tool is not None
    here = _presence(progress, seconds)
    tip, angle = _stroke(action, kind, progress, seconds)
    right = Hand(at=_palm(tool, tip, angle, here, 1), angle=angle, is_gripping=True, tool=tool)
    left = Hand(at=between(mirrored(REST), _side(kind), here), angle=-24 - 12 * here)
    looks = _looks(before, kind)
    if action == "cut":
        looks["cut"] = ramp(progress, 0.12, 0.88)
    return Pose(right=right, left=left, pours=action == "fill" and here > 0.9, **looks)


def _stroke(action: str, kind: Kind, progress: float, seconds: float) -> tuple[Point, float]:
    """Where the tool's working end is, and the angle of the hand in degrees."""
    now = progress * seconds
    half, height = kind.aspect * kind.height / 2, kind.height
    top = TABLE - height
    wave = math.sin(2 * math.pi * now)
    if action == "cut":
        x = half * (0.8 - 1.6 * smooth(progress))
        return (x, top + height * 0.25 - 0.09 * abs(math.sin(math.pi * 1.5 * now))), 22 + 5 * wave
    if action == "stir":
        turn = 2 * math.pi * 0.9 * now
        return (half * 0.5 * math.cos(turn), top + 0.015 + 0.045 * math.sin(turn)), 12 + 4 * math.cos(turn)
    if action == "fill":
        return (min(half, 0.2) * 0.25, top - 0.12 + 0.008 * wave), 26 + 3 * wave
    if action == "hammer":
        swing = abs(math.sin(math.pi * 1.3 * now)) ** 0.7
        return (half * 0.15 + 0.05 * swing, top + 0.02 - 0.17 * swing), 30 - 34 * swing
    sweep = math.sin(2 * math.pi * 0.75 * now)
    if action == "paint":
        return (min(half, 0.28) * 0.7 * sweep, top + height * (0.25 + 0.5 * smooth(progress))), 20 + 9 * sweep
    line = (now * 0.55) % 1.0
    x = min(half, 0.2) * (-0.55 + 1.1 * (1 - abs(2 * line - 1)))
    return (x, top + height * (0.4 + 0.3 * progress) + 0.012 * math.sin(2 * math.pi * 3 * now)), 34 + 2 * wave


BARE_HANDED: Final[dict[str, Callable[[Kind, State, float], Pose]]] = {
    "pick up": _pick_up,
    "open": _open,
    "fold": _fold,
}
