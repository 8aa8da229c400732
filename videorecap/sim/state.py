"""What is true of one object at a moment, and how actions change it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from videorecap.sim.world import ACTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is true of an object; what has no lid is always open."""

    held: bool = False
    open: bool = True
    folded: bool = False
    cut: bool = False

    def allows(self, action: str) -> bool:
        """Whether the needs of an action hold."""
        return all(getattr(self, attribute) == value for attribute, value in ACTIONS[action].needs)

    def after(self, action: str) -> State:
        """The state when the action is done."""
        return replace(self, **dict(ACTIONS[action].makes))
