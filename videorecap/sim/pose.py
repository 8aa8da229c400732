"""What moves in the foreground: hands, the object in use, and somebody else.

Units are frame heights; x from the middle of the frame, y downwards from its top.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from videorecap.sim.look import PLAIN, Look

Point = tuple[float, float]
TABLE: Final = 0.82  # y of an object's base on the surface
FAR: Final[Point] = (0.0, 0.60)  # base of an object pushed to the back of the surface
FAR_SCALE: Final = 0.72
HELD: Final[Point] = (0.0, 0.66)  # base of a held object
HELD_SCALE: Final = 1.22
HOOK: Final[Point] = (0.0, 0.10)  # where the top of a hung object is
CONTAINER: Final[Point] = (-0.42, 0.74)  # base of a container, beside and behind the object
GUEST: Final[Point] = (0.36, 0.56)  # where somebody else stands: the waist
GUEST_HAND: Final[Point] = (0.30, 0.50)  # base of an object that somebody else holds
HAND_SIZE: Final = 0.86  # of the drawn hand and its tool, in frame heights per unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """A hand: its palm, the way it points (degrees, 0 is up, positive to the left), and what it does."""

    at: Point
    angle: float
    is_gripping: bool = False
    tool: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestPose:
    """What somebody else does.

    Attributes:
        away: how far out of view, 0 (there) to 1 (gone).
        reach: how far an arm is stretched towards C's object, 0 to 1.
        raised: how far an arm is raised, 0 to 1.
        swing: of the raised hand, -1 to 1.
        talk: how far the mouth is open, 0 to 1.
    """

    away: float = 0.0
    reach: float = 0.0
    raised: float = 0.0
    swing: float = 0.0
    talk: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Everything that moves in the foreground.

    Attributes:
        right: C's right hand.
        left: C's left hand.
        at: base of the object in use.
        scale: of that object, 1 on the surface.
        turn: of that object about its middle, in degrees, positive to the left.
        look: of that object.
        is_behind: whether the object is drawn before the container, which then hides it.
        stream: how much water runs from tool or object, 0 to 1.
        guest: what somebody else does.
    """

    right: Hand
    left: Hand
    at: Point = (0.0, TABLE)
    scale: float = 1.0
    turn: float = 0.0
    look: Look = PLAIN
    is_behind: bool = False
    stream: float = 0.0
    guest: GuestPose = GuestPose()
