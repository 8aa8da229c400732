"""What a script is made of: items, people, events, steps, episodes."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from videorecap.sim.state import AS_NEW, State
from videorecap.types import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One object of the script: what it is, and how it is before anything happens."""

    kind: str
    colour: str
    at_first: State = AS_NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One atomic action.

    Attributes:
        span: when, in seconds.
        action: its name in ``world.ACTIONS``.
        object: the kind of object, or None ("C looks around").
        colour: of the object.
        place: where it happens; for "walk", where it ends.
        actor: "C", or who else does it: a name in ``world.PEOPLE``.
        target: the other thing involved: the surface an object is taken from or put on, the kind of
            container that it goes into or comes out of, or the person it is given to or taken from.
        item: index into ``Script.items``, or None.
        container: index into ``Script.items`` of what the item goes into or comes out of, or None.
        visit: number of the spot along the surface; consecutive actions on one item share it.
        episode: index into ``Script.episodes``.
        step: index into ``Script.steps``.
        role: "step" (part of the work), "pause", "interruption", "mistake" or "repair".
    """

    span: Span
    action: str
    object: str | None
    colour: str | None
    place: str
    actor: str = "C"
    target: str | None = None
    item: int | None = None
    container: int | None = None
    visit: int = 0
    episode: int = 0
    step: int = 0
    role: str = "step"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSpan:
    """One step as it happens: its main action and the kind of its object, or an interruption.

    Attributes:
        span: when, in seconds.
        action: name of the action that the step is for, or of the last one where that is not done.
        object: the kind of object, or None.
        episode: index into ``Script.episodes``.
        role: "step", "pause" or "interruption".
    """

    span: Span
    action: str
    object: str | None
    episode: int
    role: str = "step"


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One activity as it happens; ``activity`` is its name in ``world.ACTIVITIES``."""

    activity: str
    place: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody else who is there for a while, from coming in to going away.

    ``person`` is a name in ``world.PEOPLE``; ``colour`` is that of the clothes.
    """

    person: str
    colour: str
    place: str
    span: Span


@dataclass(frozen=True, kw_only=True)
class Script:
    """A day, or a piece of one: events, steps and episodes that cover the time without overlap."""

    seed: int
    duration_seconds: float
    goal: str
    daytime: str
    episodes: tuple[Episode, ...]
    steps: tuple[StepSpan, ...]
    events: tuple[Event, ...]
    items: tuple[Item, ...]
    guests: tuple[Guest, ...] = ()

    def __hash__(self) -> int:
        return hash((self.seed, self.duration_seconds))

    @property
    def span(self) -> Span:
        """All of it."""
        return Span(0.0, self.duration_seconds)

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

    def guest_at(self, seconds: float) -> Guest | None:
        """Who is there at a time, besides C."""
        return next((guest for guest in self.guests if guest.span.start <= seconds < guest.span.end), None)
