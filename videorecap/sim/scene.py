"""What is where: the state of every object before each event, replayed from a script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from videorecap.errors import ConfigError
from videorecap.sim.script import Event, Item, Script
from videorecap.sim.state import State
from videorecap.sim.world import ACTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One spot along the surface: its object, before its first event there and after its last."""

    item: Item
    first: State
    last: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The states of a script: one per event (None without object), and one spot per visit."""

    before: tuple[State | None, ...]
    spots: dict[int, Spot]


@lru_cache(maxsize=32)
def replay(script: Script) -> Replay:
    """Play a script through.

    Raises:
        ConfigError: if an event's needs do not hold, or two objects would be held at once.
    """
    states: dict[int, State] = {}
    before: list[State | None] = []
    spots: dict[int, Spot] = {}
    for event in script.events:
        if event.item is None:
            before.append(None)
            continue
        item = script.items[event.item]
        state = states.get(event.item, item.at_first)
        _check(event, state, states)
        after = state.after(event.action)
        first = spots[event.visit].first if event.visit in spots else state
        spots[event.visit] = Spot(item=item, first=first, last=after)
        before.append(state)
        states[event.item] = after
    return Replay(before=tuple(before), spots=spots)


def _check(event: Event, state: State, states: dict[int, State]) -> None:
    if not state.allows(event.action):
        needs = " and ".join(f"{name}={value}" for name, value in ACTIONS[event.action].needs)
        raise ConfigError(
            f"at {event.span.start:g} s C cannot {event.action} the {event.object}: "
            f"that needs {needs}, and it is {state}"
        )
    others = [number for number, other in states.items() if other.held and number != event.item]
    if others:
        raise ConfigError(f"at {event.span.start:g} s C cannot {event.action} a {event.object}: hands full")
