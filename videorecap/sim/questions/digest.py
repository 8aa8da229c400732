"""What a whole script comes to: how long, how often, in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Final

from videorecap.sim.script import Episode, Event, Script, StepSpan
from videorecap.sim.splits import PHONE
from videorecap.types import Span

MARGIN: Final = 1.3  # by which one thing must exceed the next to be called more


@dataclass(frozen=True, slots=True)
class Break:
    """Work stands still: why, during which activity, and for how many seconds."""

    cause: str
    activity: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Mishap:
    """Something goes wrong during an activity and is put right; ``text`` follows "C"."""

    text: str
    activity: str


class Digest:
    """A script, and what it comes to; each figure is worked out once, when it is asked for."""

    def __init__(self, script: Script) -> None:
        self.script = script

    @cached_property
    def whole(self) -> Span:
        """All of the script."""
        return Span(0.0, self.script.duration_seconds)

    def seconds(self, span: Span) -> dict[str, float]:
        """How long each activity takes within a window."""
        return _sums((episode.activity, episode.span.overlap(span)) for episode in self.script.episodes)

    @cached_property
    def activities(self) -> tuple[str, ...]:
        """Each activity once, in the order in which C begins them."""
        return tuple(dict.fromkeys(episode.activity for episode in self.script.episodes))

    @cached_property
    def longest(self) -> str | None:
        """The activity that clearly takes the most time."""
        return first_of(self.seconds(self.whole))

    @cached_property
    def place_seconds(self) -> dict[str, float]:
        """How long C is at each place."""
        return _sums((episode.place, episode.span.duration) for episode in self.script.episodes)

    @cached_property
    def object_seconds(self) -> dict[str, float]:
        """How long C works with each kind of object."""
        return _sums(
            (event.object, event.span.duration)
            for event in self.script.events
            if event.object is not None and event.actor == "C" and event.role == "step"
        )

    @cached_property
    def work(self) -> tuple[StepSpan, ...]:
        """The steps that are part of the work and have an object."""
        return tuple(step for step in self.script.steps if step.role == "step" and step.object is not None)

    @cached_property
    def action_seconds(self) -> dict[str, float]:
        """How long the steps for each action take."""
        return _sums((step.action, step.span.duration) for step in self.work)

    def action_seconds_in(self, activity: str) -> dict[str, float]:
        """How long the steps for each action take within one activity."""
        return _sums(
            (step.action, step.span.duration) for step in self.work if self._activity(step) == activity
        )

    def object_of(self, action: str, activity: str | None = None) -> str:
        """The kind of object that an action is done to for longest, in one activity or in all."""
        amounts = _sums(
            (str(step.object), step.span.duration)
            for step in self.work
            if step.action == action and activity in (None, self._activity(step))
        )
        return max(amounts, key=lambda kind: amounts[kind])

    @property
    def activities_at_ends(self) -> tuple[str, str]:
        """What C does first, and last."""
        return self.script.episodes[0].activity, self.script.episodes[-1].activity

    def episode_at(self, seconds: float, slack: float) -> Episode | None:
        """What C does at a time, if it neither begins nor ends within ``slack`` seconds of it."""
        for episode in self.script.episodes:
            if episode.span.start <= seconds - slack and seconds + slack <= episode.span.end:
                return episode
        return None

    def activity_at(self, seconds: float) -> str:
        """What C does at a time."""
        return self._activity(self.script.events[self.script.index_at(seconds)])

    @cached_property
    def breaks(self) -> tuple[Break, ...]:
        """Each time that the work stands still because of something else, in order."""
        found = []
        for is_break, group in groupby(self.script.steps, key=lambda step: step.role == "interruption"):
            steps = list(group)
            if is_break:
                event = self.script.events[self.script.index_at(steps[0].span.start)]
                seconds = steps[-1].span.end - steps[0].span.start
                found.append(Break(self._cause(event), self._activity(event), seconds))
        return tuple(found)

    @cached_property
    def mishaps(self) -> tuple[Mishap, ...]:
        """Each thing that goes wrong, in order."""
        return tuple(
            Mishap(self._mishap(index, event), self._activity(event))
            for index, event in enumerate(self.script.events)
            if event.role == "mistake" and event.object is not None
        )

    def _activity(self, part: Event | StepSpan) -> str:
        return self.script.episodes[part.episode].activity

    def _cause(self, event: Event) -> str:
        if event.object == PHONE:
            return "the phone rings"
        guest = self.script.guest_at((event.span.start + event.span.end) / 2)
        if guest is None:
            return "something else comes up"
        who = f"{guest.person} in {guest.colour}"
        return {
            "enter": f"a {who} comes in",
            "leave": f"the {who} goes away",
        }.get(event.action, f"the {who} has something to say")

    def _mishap(self, index: int, event: Event) -> str:
        thing = f"{event.colour} {event.object}"
        if event.action == "pick up":
            return f"picks up the {thing} by mistake and puts down again what is not needed"
        repairs: list[str] = []
        for later in self.script.events[index + 1 :]:
            if later.role != "repair":
                break
            repairs.append(later.action)
        again = "wash" if "wash" in repairs else "pick up"
        return f"drops the {thing} and has to {again} once more what has just fallen"


def first_of(amounts: Mapping[str, float]) -> str | None:
    """What clearly comes to more than anything else, or None."""
    found = ranked(amounts, 1)
    return None if found is None else found[0]


def ranked(amounts: Mapping[str, float], number: int) -> tuple[str, ...] | None:
    """The greatest few, greatest first; None unless each clearly comes to more than the next."""
    order = sorted(amounts, key=lambda name: -amounts[name])
    if len(order) < number:
        return None
    sizes = [*(amounts[name] for name in order), 0.0]
    is_clear = all(sizes[rank] >= MARGIN * sizes[rank + 1] and sizes[rank] > 0 for rank in range(number))
    return tuple(order[:number]) if is_clear else None


def _sums(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Sums of the amounts that are greater than nothing, by name."""
    sums: dict[str, float] = {}
    for name, amount in pairs:
        if amount > 0:
            sums[name] = sums.get(name, 0.0) + amount
    return sums
