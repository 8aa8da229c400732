"""What all movements share: where hands rest and hold, and where an object lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from videorecap.sim.look import Look
from videorecap.sim.motion.easing import between, ramp, turned
from videorecap.sim.pose import HAND_SIZE, HELD, HELD_SCALE, TABLE, Hand, Point, Pose
from videorecap.sim.tools import TOOLS
from videorecap.sim.world import Kind

REST: Final[Point] = (0.40, 1.10)  # right hand; the left hand mirrors it
REST_ANGLE: Final = 24.0
BELOW: Final[Point] = (0.48, 1.34)  # from where a hand brings its tool
ENTER_SECONDS: Final = 1.0  # for a tool to come in, and to go
WIDEST: Final = 0.26  # half of what hands reach around, in frame heights
HOLD_ANGLE: Final = 38.0
FINGER: Final[Point] = (-0.012, 0.15)  # tip of an open right hand, as ``Tool.tip``


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a movement depends on; ``look`` is that of the object at this moment."""

    kind: Kind
    progress: float
    seconds: float
    look: Look

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return self.progress * self.seconds

    @property
    def half(self) -> float:
        """Half the width of the object on the surface."""
        return self.kind.aspect * self.kind.height / 2

    @property
    def reach(self) -> float:
        """How far to the right of its middle a hand works on the object."""
        return min(self.half, WIDEST)

    @property
    def height(self) -> float:
        """Height of the object on the surface."""
        return self.kind.height

    def level(self, part: float) -> float:
        """Y on the object as it lies on the surface: 0 is its base, 1 its top."""
        return TABLE - part * self.kind.height

    @property
    def presence(self) -> float:
        """How far a tool has come in, from 0 (out of view) to 1 (at work)."""
        share = min(0.3, ENTER_SECONDS / self.seconds)
        return min(ramp(self.progress, 0.0, share), 1 - ramp(self.progress, 1 - share, 1.0))


def mirrored(point: Point, side: int) -> Point:
    """The point for a side: 1 leaves it, -1 puts it on the other side."""
    return side * point[0], point[1]


def rest(side: int) -> Hand:
    """A hand that does nothing, at the lower edge of the view."""
    return Hand(at=mirrored(REST, side), angle=side * REST_ANGLE)


def idle() -> Pose:
    """Both hands at rest."""
    return Pose(right=rest(1), left=rest(-1))


def reaching(side: int, to: Point, angle: float, amount: float, grips: bool = False) -> Hand:
    """A hand on its way from rest (0) to a point (1); ``angle`` as for the right hand."""
    turn = REST_ANGLE + (angle - REST_ANGLE) * amount
    return Hand(at=between(mirrored(REST, side), to, amount), angle=side * turn, is_gripping=grips)


def on_object(
    moment: Moment, point: Point, at: Point = (0.0, TABLE), scale: float = 1.0, turn: float = 0.0
) -> Point:
    """Where a point of the object is in the frame.

    Args:
        moment: tells the kind.
        point: from the middle of the object's base: x in frame heights at scale 1, y in object heights.
        at: base of the object.
        scale: of the object.
        turn: of the object about its middle, in degrees.
    """
    middle = at[1] - scale * moment.height / 2
    x, y = turned((scale * point[0], scale * moment.height * (point[1] - 0.5)), turn)
    return at[0] + x, middle - y


def hold_at(moment: Moment, side: int = 1) -> Point:
    """Where a hand holds an object, for ``on_object``: low on its side."""
    return side * (moment.reach + 0.02), 0.28


def holding(moment: Moment, at: Point = HELD, scale: float = HELD_SCALE, turn: float = 0.0) -> Hand:
    """The right hand that holds the object."""
    palm = on_object(moment, hold_at(moment), at, scale, turn)
    return Hand(at=palm, angle=HOLD_ANGLE + 0.5 * turn, is_gripping=True)


def steady(moment: Moment, amount: float) -> Hand:
    """The left hand that steadies an object on the surface."""
    side = (-min(moment.half, 0.3) - 0.045, moment.level(0.14))
    return reaching(-1, side, 36, amount)


def palm_for(tip: Point, end: Point, angle: float, side: int = 1) -> Point:
    """Palm of a hand whose working end, ``tip`` from the palm of a right hand, is at ``end``."""
    x, y = turned((tip[0] * side * HAND_SIZE, tip[1] * HAND_SIZE), angle)
    return end[0] - x, end[1] + y


def working(tool: str, end: Point, angle: float, here: float, side: int = 1) -> Hand:
    """A hand with a tool whose working end is at ``end``, or on its way there from below the frame."""
    palm = palm_for(TOOLS[tool].tip, end, angle, side)
    at = between(mirrored(BELOW, side), palm, here)
    return Hand(at=at, angle=angle, is_gripping=True, tool=tool)
