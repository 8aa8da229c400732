"""How hands, objects and other people move in each action.

A pose is a function of an action's progress from 0 to 1. An action with an opposite is its opposite run
backwards, exactly: a single frame does not tell them apart.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from videorecap.errors import ConfigError
from videorecap.sim.look import Look, look_of
from videorecap.sim.motion.body import Moment
from videorecap.sim.motion.changes import CHANGES
from videorecap.sim.motion.easing import between, ramp, smooth
from videorecap.sim.motion.held import BY_HAND
from videorecap.sim.motion.moves import MOVES, resting
from videorecap.sim.motion.people import WITHOUT_OBJECT
from videorecap.sim.motion.strokes import STROKES
from videorecap.sim.pose import Pose
from videorecap.sim.state import State
from videorecap.sim.world import ACTIONS, Kind

__all__ = ["between", "pose", "ramp", "resting", "smooth"]

WITH_OBJECT: Final = {**MOVES, **CHANGES, **BY_HAND, **STROKES}
MADE: Final = (0.25, 0.76)  # when the look of an object changes, in parts of the action
MADE_SLOWLY: Final = (0.14, 0.86)  # while a tool works
MADE_BY: Final = {"drop": (0.35, 0.6), "turn on": (0.34, 0.66)}


def pose(action: str, kind: Kind | None, before: State | None, progress: float, seconds: float) -> Pose:
    """Where hands, object and somebody else are.

    Args:
        action: name in ``world.ACTIONS``.
        kind: of the object, or None.
        before: state of the object at the start, or None.
        progress: of the action, 0 to 1.
        seconds: how long the whole action takes.

    Raises:
        ConfigError: if there is no such action, or it needs an object and there is none.
    """
    if action not in ACTIONS:
        raise ConfigError(f"no action {action!r}; there are {', '.join(ACTIONS)}")
    known = ACTIONS[action]
    if known.opposite is not None and action not in WITH_OBJECT and action not in WITHOUT_OBJECT:
        after = None if before is None else before.after(action)
        return pose(known.opposite, kind, after, 1 - progress, seconds)
    if not known.has_object:
        return WITHOUT_OBJECT[action](progress, seconds)
    if kind is None or before is None:
        raise ConfigError(f"{action!r} needs an object and its state before, got kind {kind}, state {before}")
    look = _look(action, kind, before, progress)
    return WITH_OBJECT[action](Moment(kind=kind, progress=progress, seconds=seconds, look=look))


def _look(action: str, kind: Kind, before: State, progress: float) -> Look:
    """The object's look on the way from before the action to after it."""
    first, last = look_of(before, kind), look_of(before.after(action), kind)
    if first == last:
        return first
    times = MADE_BY.get(action, MADE if ACTIONS[action].tool is None else MADE_SLOWLY)
    amount = ramp(progress, *times)
    changed = {}
    for each in fields(Look):
        start, end = getattr(first, each.name), getattr(last, each.name)
        changed[each.name] = start + (end - start) * amount
    return Look(**changed)
