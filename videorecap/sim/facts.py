"""The structured truth behind each caption."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from videorecap.errors import ConfigError
from videorecap.sim.script import Event, Script
from videorecap.sim.told import told_goal, told_of_minutes, told_of_span
from videorecap.sim.world import ACTIONS
from videorecap.types import Span

LEVELS: Final = ("clip", "segment", "summary")
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a caption says; parts that its level does not tell, or that are unknown, are None or empty.

    Attributes:
        actor: "C", or a name in ``world.PEOPLE`` (clip).
        action: name of the atomic action (clip).
        object: kind of object acted on (clip).
        colour: of that object (clip).
        place: where it happens (clip).
        target: surface, kind of container, or person that is involved as well (clip).
        tool: what it is done with (clip).
        places: where the activities happen, each once, in order (segment, summary).
        activities: names of activities, in order (segment, summary).
        steps: action and kind of object of the main steps, activity by activity (segment).
        incidents: action and object or person of what comes between: somebody comes in ("enter"), waves or
            is talked to, something falls ("drop"), the phone is looked at ("inspect") (segment).
        people: names in ``world.PEOPLE`` of who is there besides C, in order (segment, summary).
        goal: that all of it serves (summary).
    """

    actor: str | None = None
    action: str | None = None
    object: str | None = None
    colour: str | None = None
    place: str | None = None
    target: str | None = None
    tool: str | None = None
    places: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    steps: tuple[Pair, ...] = ()
    incidents: tuple[Pair, ...] = ()
    people: tuple[str, ...] = ()
    goal: str | None = None

    def statements(self) -> frozenset[Pair]:
        """Each single thing that is said: a field and its value, without order or repetition."""
        single = ("actor", "action", "object", "colour", "place", "target", "tool", "goal")
        said = {(name, value) for name in single if (value := getattr(self, name)) is not None}
        several = {"place": self.places, "activity": self.activities, "person": self.people}
        said |= {(name, value) for name, values in several.items() for value in values}
        pairs = {"step": self.steps, "incident": self.incidents}
        said |= {(name, " ".join(pair)) for name, values in pairs.items() for pair in values}
        return frozenset(said)

    def core(self) -> Facts:
        """Without what a true caption may leave out: of a clip, tool, place, and a target that is no need."""
        needs_target = self.action is not None and ACTIONS[self.action].with_other is not None
        needs_place = self.action == "walk"
        return replace(
            self,
            place=self.place if needs_place else None,
            target=self.target if needs_target else None,
            tool=None,
        )


def check_level(level: str) -> None:
    """Raise unless ``level`` is one of the simulated world's.

    Raises:
        ConfigError: naming the levels there are.
    """
    if level not in LEVELS:
        raise ConfigError(f"no level {level!r} in the simulated world; there is {', '.join(LEVELS)}")


def facts_of(script: Script, span: Span, level: str) -> Facts:
    """The whole truth about a window.

    Args:
        script: what happens.
        span: the window, in seconds.
        level: "clip" (of the main event), "segment" or "summary" (what a caption should tell).

    Raises:
        ConfigError: if there is no such level.
    """
    check_level(level)
    if level == "clip":
        return facts_of_event(main_event(script, span))
    if level == "segment":
        story = told_of_minutes(script, span)
        return Facts(
            places=story.places,
            activities=story.activities,
            steps=story.steps,
            incidents=story.incidents,
            people=story.people,
        )
    stories = told_of_span(script, span)
    return Facts(
        places=tuple(dict.fromkeys(place for story in stories for place in story.places)),
        activities=tuple(name for story in stories for name in story.activities),
        people=tuple(person for story in stories for person in story.people),
        goal=told_goal(script, span),
    )


def facts_of_event(event: Event) -> Facts:
    """Everything that a clip caption may tell of an event."""
    return Facts(
        actor=event.actor,
        action=event.action,
        object=event.object,
        colour=event.colour,
        place=event.place,
        target=event.target,
        tool=ACTIONS[event.action].tool,
    )


def main_event(script: Script, span: Span) -> Event:
    """The event with the greatest overlap; the first of equals."""
    return max(script.events_in(span), key=lambda event: event.span.overlap(span))
