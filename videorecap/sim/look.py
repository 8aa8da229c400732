"""How an object looks at a moment: its state, and half-way between two states."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from videorecap.sim.state import State
from videorecap.sim.world import Kind

STEPS: Final = 16  # phases of a change that are drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Each from 0 (not at all) to 1 (wholly); ``open`` stays 0 for what has no lid."""

    open: float = 0.0
    folded: float = 0.0
    cut: float = 0.0
    peeled: float = 0.0
    dirty: float = 0.0
    full: float = 0.0
    on: float = 0.0
    plugged: float = 0.0
    screwed: float = 0.0
    tied: float = 0.0

    def in_steps(self) -> Look:
        """The nearest look that is drawn."""
        return Look(**{each.name: round(getattr(self, each.name) * STEPS) / STEPS for each in fields(self)})


PLAIN: Final = Look()


def look_of(state: State, kind: Kind) -> Look:
    """How an object of a kind looks when nothing changes it."""
    names = (*kind.has, "dirty")
    return Look(**{name: float(getattr(state, name)) for name in names})
