"""Scripts: what C does, second by second, sampled from a seed.

The same seed and duration give the same script on any machine: one ``random.Random`` decides everything,
and nothing depends on the order of sets or on ``hash``.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from videorecap.errors import ConfigError
from videorecap.sim.state import State
from videorecap.sim.world import (
    ACTIONS,
    ACTIVITIES,
    DAYTIMES,
    GOALS,
    KINDS,
    PLACES,
    Activity,
    Step,
)
from videorecap.types import Span

MAX_SECONDS: Final = 7200.0
EPISODE_SECONDS: Final = (60.0, 220.0)
LOOK_CHANCE: Final = 0.1  # of looking around between two steps
DETOUR_CHANCE: Final = 0.15  # of an activity that does not serve the goal
SHORTEST_EVENT: Final = 1.5  # seconds; a shorter rest of the video lengthens the event before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One object of the script: what it is, and how it starts."""

    kind: str
    colour: str
    is_open: bool = True
    is_folded: bool = False

    @property
    def at_first(self) -> State:
        """Its state before anything happens."""
        return State(open=self.is_open, folded=self.is_folded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One atomic action.

    Attributes:
        span: when, in seconds.
        action: its name in ``world.ACTIONS``.
        object: the kind of object, or None ("C looks around").
        colour: of the object.
        place: where it happens; for "walk", where it ends.
        target: the other thing involved: the surface an object is taken from or put on.
        item: index into ``Script.items``, or None.
        visit: number of the spot along the surface; consecutive actions on one item share it.
        episode: index into ``Script.activities``.
    """

    span: Span
    action: str
    object: str | None
    colour: str | None
    place: str
    target: str | None = None
    item: int | None = None
    visit: int = 0
    episode: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One activity as it happens; ``activity`` is its name in ``world.ACTIVITIES``."""

    activity: str
    place: str
    span: Span


@dataclass(frozen=True, kw_only=True)
class Script:
    """A day, or a piece of one: events and activities that cover the time without overlap."""

    seed: int
    duration_seconds: float
    goal: str
    daytime: str
    activities: tuple[Episode, ...]
    events: tuple[Event, ...]
    items: tuple[Item, ...]

    def __hash__(self) -> int:
        return hash((self.seed, self.duration_seconds))

    @cached_property
    def starts(self) -> tuple[float, ...]:
        """Start of each event, in seconds."""
        return tuple(event.span.start for event in self.events)

    def index_at(self, seconds: float) -> int:
        """Index of the event at a time; times outside the script give the first or last event."""
        return max(0, bisect_right(self.starts, seconds) - 1)

    def events_in(self, span: Span) -> tuple[Event, ...]:
        """Events that overlap ``span``, in order; never empty."""
        first, last = self.index_at(span.start), self.index_at(span.end)
        return tuple(
            event for event in self.events[first : last + 1] if event.span.overlap(span) > 0 or first == last
        )


def sample_script(seed: int, duration_seconds: float) -> Script:
    """Invent a script.

    Args:
        seed: decides everything about it.
        duration_seconds: from 1 second to 2 hours.

    Raises:
        ConfigError: if the duration is outside that range.
    """
    if not 1 <= duration_seconds <= MAX_SECONDS:
        raise ConfigError(f"a script lasts 1 to {MAX_SECONDS:g} seconds, got {duration_seconds:g}")
    return _Writer(random.Random(seed), duration_seconds).write(seed)


@dataclass
class _Writer:
    """A script in the making."""

    rng: random.Random
    duration: float
    seconds: float = 0.0
    visit: int = 0
    events: list[Event] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)

    def write(self, seed: int) -> Script:
        goal, daytime = self.rng.choice(list(GOALS)), self.rng.choice(DAYTIMES)
        for name in _plan(self.rng, goal):
            self._episode(ACTIVITIES[name])
            if self.seconds >= self.duration:
                break
        self._cut_to_length()
        return Script(
            seed=seed,
            duration_seconds=self.duration,
            goal=goal,
            daytime=daytime,
            activities=tuple(self.episodes),
            events=tuple(self.events),
            items=tuple(self.items),
        )

    def _episode(self, activity: Activity) -> None:
        """Write one activity."""
        start, first_event = self.seconds, len(self.events)
        end = start + self.rng.uniform(*EPISODE_SECONDS)
        if self.duration - end < EPISODE_SECONDS[0] / 2:
            end = self.duration
        known: dict[str, int] = {}
        if self.episodes and self.episodes[-1].place != activity.place:
            self._event("walk", activity.place)
        for step in _steps(activity, self, end):
            if self.seconds > start and self.rng.random() < LOOK_CHANCE:
                self._event("look", activity.place)
            self._step(step, activity.place, known)
        if len(self.events) > first_event:
            span = Span(start, self.seconds)
            self.episodes.append(Episode(activity=activity.name, place=activity.place, span=span))

    def _step(self, step: Step, place: str, known: dict[str, int]) -> None:
        """Write one step: choose or remember its object, then do what the object allows."""
        kind = self.rng.choice(step.kinds)
        if not (step.again and kind in known):
            known[kind] = self._new_item(kind, step)
        item = known[kind]
        if self.events and self.events[-1].item != item:
            self.visit += 1
        for name in step.actions:
            if self.states[item].allows(name):
                self._event(name, place, item)

    def _new_item(self, kind: str, step: Step) -> int:
        needs = [need for name in step.actions for need in ACTIONS[name].needs]
        first = dict(reversed(needs))
        is_open = not KINDS[kind].can_open or first.get("open", False)
        is_folded = KINDS[kind].can_fold and first.get("folded", False)
        colour = self.rng.choice(KINDS[kind].colours)
        self.items.append(Item(kind=kind, colour=colour, is_open=is_open, is_folded=is_folded))
        self.states.append(self.items[-1].at_first)
        return len(self.items) - 1

    def _event(self, name: str, place: str, item: int | None = None) -> None:
        """Append one event and apply what it makes true."""
        action = ACTIONS[name]
        end = round(self.seconds + self.rng.uniform(*action.seconds), 2)
        target = PLACES[place].surface if name in ("pick up", "put down") else None
        if item is None:
            self.visit += 1
        else:
            self.states[item] = self.states[item].after(name)
        self.events.append(
            Event(
                span=Span(self.seconds, end),
                action=name,
                object=None if item is None else self.items[item].kind,
                colour=None if item is None else self.items[item].colour,
                place=place,
                target=target,
                item=item,
                visit=self.visit,
                episode=len(self.episodes),
            )
        )
        self.seconds = end

    def _cut_to_length(self) -> None:
        """End exactly at the duration: drop what lies beyond, shorten or lengthen the last event."""
        events = [event for event in self.events if event.span.start < self.duration]
        if len(events) > 1 and self.duration - events[-1].span.start < SHORTEST_EVENT:
            events.pop()
        events[-1] = replace(events[-1], span=Span(events[-1].span.start, self.duration))
        self.events = events
        episodes = self.episodes[: events[-1].episode + 1]
        last = episodes[-1]
        span = Span(last.span.start, self.duration)
        self.episodes = [*episodes[:-1], replace(last, span=span)]


def _plan(rng: random.Random, goal: str) -> Iterator[str]:
    """Names of activities without end: the goal's in random order, again and again, with detours."""
    previous = None
    while True:
        names = list(GOALS[goal].activities)
        rng.shuffle(names)
        for name in names:
            chosen = rng.choice(list(ACTIVITIES)) if rng.random() < DETOUR_CHANCE else name
            if chosen != previous:
                previous = chosen
                yield chosen


def _steps(activity: Activity, writer: _Writer, end: float) -> Iterator[Step]:
    """Steps of an activity, its rounds repeated until ``end`` (seconds) is near."""
    tail = 12.0 * len(activity.last)
    yield from activity.first
    yield activity.rounds[0]
    index = 1
    while writer.seconds < end - tail:
        yield activity.rounds[index % len(activity.rounds)]
        index += 1
    yield from activity.last
