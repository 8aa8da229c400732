"""What is true of one object at a moment, and how actions change it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from videorecap.sim.world import ACTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is true of an object; what has no lid is always open.

    ``where`` is "table" (on the surface, at hand), "held", "worn", "inside" (a container), "hung", "far"
    (pushed to the back of the surface) or "given" (in somebody else's hands).
    """

    where: str = "table"
    open: bool = True
    folded: bool = False
    cut: bool = False
    peeled: bool = False
    dirty: bool = False
    full: bool = False
    on: bool = False
    plugged: bool = False
    screwed: bool = False
    tied: bool = False

    def allows(self, action: str) -> bool:
        """Whether the needs of an action hold."""
        return all(getattr(self, attribute) == value for attribute, value in ACTIONS[action].needs)

    def after(self, action: str) -> State:
        """The state when the action is done."""
        return replace(self, **dict(ACTIONS[action].makes))  # type: ignore[arg-type]


AS_NEW: Final = State()  # open, for want of a lid
