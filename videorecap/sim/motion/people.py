"""Movements without an object: C's own, and those of somebody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from videorecap.sim.motion.body import REST, idle, reaching
from videorecap.sim.motion.easing import ramp, there_and_back, wave
from videorecap.sim.pose import GuestPose, Hand, Pose

STEPS_HERTZ: Final = 1.1
GESTURE: Final = (0.33, 0.92)  # right hand of C, who talks


def look(progress: float, seconds: float) -> Pose:
    """Hands rest; the view moves."""
    del progress, seconds
    return idle()


def walk(progress: float, seconds: float) -> Pose:
    """Arms swing."""
    busy = there_and_back(progress, 0.0, 0.3, 0.7, 1.0)
    swing, rise = 0.1 * busy * wave(progress * seconds, STEPS_HERTZ), 0.1 * busy
    right = Hand(at=(REST[0], REST[1] - rise + swing), angle=24 - 12 * busy)
    left = Hand(at=(-REST[0], REST[1] - rise - swing), angle=-24 + 12 * busy)
    return Pose(right=right, left=left)


def talk(progress: float, seconds: float) -> Pose:
    """The other's mouth moves; C's right hand gestures a little."""
    busy, now = there_and_back(progress, 0.0, 0.2, 0.8, 1.0), progress * seconds
    mouth = busy * (0.5 + 0.3 * wave(now, 2.1) + 0.2 * wave(now, 3.3, 0.2))
    palm = (GESTURE[0] + 0.03 * wave(now, 0.6), GESTURE[1] + 0.035 * wave(now, 1.1, 0.3))
    right = reaching(1, palm, 30 + 8 * wave(now, 0.6), busy)
    return replace(idle(), right=right, guest=GuestPose(talk=mouth))


def enter(progress: float, seconds: float) -> Pose:
    """Somebody comes into view."""
    del seconds
    return replace(idle(), guest=GuestPose(away=1 - ramp(progress, 0.08, 0.92)))


def greet(progress: float, seconds: float) -> Pose:
    """Somebody raises an arm and waves."""
    raised = there_and_back(progress, 0.08, 0.3, 0.72, 0.95)
    guest = GuestPose(raised=raised, swing=raised * wave(progress * seconds, 1.4))
    return replace(idle(), guest=guest)


WITHOUT_OBJECT: Final[dict[str, Callable[[float, float], Pose]]] = {
    "look": look,
    "walk": walk,
    "talk": talk,
    "enter": enter,
    "wave": greet,
}
