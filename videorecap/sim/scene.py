"""What is where: the state of every object before each event, replayed from a script."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from videorecap.errors import ConfigError
from videorecap.sim.script import Event, Item, Script
from videorecap.sim.state import State
from videorecap.sim.world import ACTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One visit to a spot along the surface.

    Attributes:
        slot: where the spot is, in spaces between neighbouring spots.
        middle: the moment half-way between coming and going, in seconds.
    """

    slot: int
    middle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What is at one spot along the surface.

    Attributes:
        place: where it is.
        item: the object that is used there.
        first: its state before its first event there.
        last: its state after its last event there.
        container: what stands beside it, and its state; None when there is none.
        has_hook: whether the object hangs there for a while.
    """

    place: str
    item: Item
    first: State
    last: State
    container: tuple[Item, State] | None = None
    has_hook: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A script played through.

    Attributes:
        before: state of each event's item before it; None without an item.
        in_hand: for each event, what somebody else holds while it lasts, and its state; None where nothing
            is held, and where the event itself moves it.
        stops: where each visit is; C goes to the left as often as to the right, so the way that the view
            moves does not tell whether an action begins or ends.
        spots: what is at each visit.
    """

    stops: dict[int, Stop]
    before: tuple[State | None, ...]
    in_hand: tuple[tuple[Item, State] | None, ...]
    spots: dict[int, Spot]


@lru_cache(maxsize=32)
def replay(script: Script) -> Replay:
    """Play a script through.

    Raises:
        ConfigError: if an event's needs do not hold, two objects would be held at once, hands are used on
            one object while another is held, a container is missing or is used on itself, or an object
            goes to or comes from somebody who is not there.
    """
    states = {number: item.at_first for number, item in enumerate(script.items)}
    before: list[State | None] = []
    spots: dict[int, Spot] = {}
    for event in script.events:
        if event.item is None:
            before.append(None)
            continue
        _check(script, event, states)
        state = states[event.item]
        before.append(state)
        states[event.item] = state.after(event.action)
        spots[event.visit] = _spot(script, event, state, states, spots.get(event.visit))
    return Replay(stops=_stops(script), before=tuple(before), in_hand=_in_hand(script, before), spots=spots)


def _stops(script: Script) -> dict[int, Stop]:
    """Where each visit is: one space to the left or to the right of the visit before."""
    rng, slot = random.Random(f"{script.seed} stops"), 0
    stops: dict[int, Stop] = {}
    for visit, group in groupby(script.events, key=lambda event: event.visit):
        events = list(group)
        stops[visit] = Stop(slot=slot, middle=(events[0].span.start + events[-1].span.end) / 2)
        slot += rng.choice((-1, 1))
    return stops


def _spot(script: Script, event: Event, before: State, states: dict[int, State], known: Spot | None) -> Spot:
    """The spot of an event, with what earlier events there have told of it."""
    assert event.item is not None, "a spot belongs to an item"
    after = states[event.item]
    if known is None:
        known = Spot(place=event.place, item=script.items[event.item], first=before, last=after)
    if event.container is not None:
        known = replace(known, container=(script.items[event.container], states[event.container]))
    hangs = "hung" in (before.where, after.where)
    return replace(known, last=after, has_hook=known.has_hook or hangs)


def _in_hand(script: Script, before: list[State | None]) -> tuple[tuple[Item, State] | None, ...]:
    """What somebody else holds: what was given last, or else what will be received next."""
    held: list[int | None] = [None] * len(script.events)  # by which event it is given or received
    for order, action in ((1, "give"), (-1, "receive")):
        holding: int | None = None
        for index in range(len(script.events))[::order]:
            event = script.events[index]
            if event.action in ("give", "receive"):
                holding = index if event.action == action else None
            elif script.guest_at(event.span.start) is None:
                holding = None
            elif held[index] is None:
                held[index] = holding
    return tuple(None if number is None else _given(script, before, number) for number in held)


def _given(script: Script, before: list[State | None], number: int) -> tuple[Item, State]:
    """What changes hands in an event, and its state while somebody else has it."""
    event, state = script.events[number], before[number]
    assert event.item is not None, "an item changes hands"
    assert state is not None, "an item has a state"
    return script.items[event.item], state.after(event.action) if event.action == "give" else state


def _check(script: Script, event: Event, states: dict[int, State]) -> None:
    assert event.item is not None, "only what is done to an item has needs"
    state, action = states[event.item], ACTIONS[event.action]
    what = f"at {event.span.start:g} s C cannot {event.action} the {event.object}: "
    if not state.allows(event.action):
        needs = " and ".join(f"{name}={value}" for name, value in action.needs)
        raise ConfigError(f"{what}that needs {needs}, and it is {state}")
    held = [number for number, other in states.items() if other.where == "held" and number != event.item]
    if held:
        raise ConfigError(f"{what}hands are full, they hold the {script.items[held[0]].kind}")
    if action.with_other == "container":
        _check_container(script, event, states, what)
    if action.with_other == "person" and script.guest_at(event.span.start) is None:
        raise ConfigError(f"{what}that needs somebody else, and nobody is there")


def _check_container(script: Script, event: Event, states: dict[int, State], what: str) -> None:
    if event.container is None or event.container == event.item:
        raise ConfigError(f"{what}that needs a container, got item {event.container}")
    state = states[event.container]
    if state.where != "table" or not state.open or state.tied:
        kind = script.items[event.container].kind
        raise ConfigError(f"{what}the {kind} must be at hand, open and untied, and it is {state}")
