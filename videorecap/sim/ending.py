"""A script ends exactly when its video does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol, TypeVar

from videorecap.sim.script import Event, Script, StepSpan
from videorecap.types import Span

SHORTEST_EVENT: Final = 1.5  # seconds; a shorter rest of the video lengthens the event before it


class _Timed(Protocol):
    @property
    def span(self) -> Span: ...


T = TypeVar("T", bound=_Timed)


def cut_to_length(script: Script) -> Script:
    """Drop what lies beyond the duration; shorten or lengthen what comes last."""
    end = script.duration_seconds
    events = [event for event in script.events if event.span.start < end]
    if len(events) > 1 and end - events[-1].span.start < SHORTEST_EVENT:
        events.pop()
    last = events[-1]
    return replace(
        script,
        events=_ending(events, end),
        steps=_named(_ending(script.steps[: last.step + 1], end), events),
        episodes=_ending(script.episodes[: last.episode + 1], end),
        guests=tuple(
            replace(guest, span=Span(guest.span.start, min(end, guest.span.end)))
            for guest in script.guests
            if guest.span.start <= last.span.start
        ),
    )


def _named(steps: tuple[StepSpan, ...], events: Sequence[Event]) -> tuple[StepSpan, ...]:
    """The steps, the last one by the last thing that is done where what it was for is cut off."""
    step = steps[-1]
    done = [event.action for event in events if event.step == len(steps) - 1 and event.role == step.role]
    return steps if step.action in done else (*steps[:-1], replace(step, action=done[-1]))


def _ending(parts: Sequence[T], end: float) -> tuple[T, ...]:
    """The parts, the last one up to ``end`` (seconds)."""
    last = replace(parts[-1], span=Span(parts[-1].span.start, end))  # type: ignore[type-var]
    return (*parts[:-1], last)
