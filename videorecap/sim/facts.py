"""The structured truth behind each caption, and the way back from any text to facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from videorecap.errors import ConfigError
from videorecap.sim.script import Episode, Event, Script
from videorecap.sim.world import ACTIONS, ACTIVITIES, COLOURS, GOALS, KINDS, PLACES
from videorecap.types import Span

LEVELS: Final = ("clip", "segment", "summary")
SENTENCE_SECONDS: Final = 900.0  # of video behind each sentence of a summary: about five segments
MAX_ACTIVITIES: Final = 3  # in one sentence
MIN_SHARE: Final = 0.12  # of a segment, for an activity to be told
NUM_OBJECTS: Final = {1: 3, 2: 1, 3: 1}  # objects told per activity, by the number of activities told


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a caption says; parts that its level does not tell, or that are unknown, are None or empty.

    Attributes:
        action: name of the atomic action (clip).
        object: kind of object acted on (clip).
        colour: of that object (clip).
        place: where the first activity happens (segment, summary).
        activities: names of activities, in order (segment, summary).
        objects: kinds handled, in order (segment).
        goal: of the whole day (summary).
    """

    action: str | None = None
    object: str | None = None
    colour: str | None = None
    place: str | None = None
    activities: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    goal: str | None = None


def check_level(level: str) -> None:
    """Raise unless ``level`` is one of the simulated world's.

    Raises:
        ConfigError: naming the levels there are.
    """
    if level not in LEVELS:
        raise ConfigError(f"no level {level!r} in the simulated world; there is {', '.join(LEVELS)}")


def facts_of(script: Script, span: Span, level: str) -> Facts:
    """The truth about a window.

    Args:
        script: what happens.
        span: the window, in seconds; a summary is about the whole script, whatever the span.
        level: "clip", "segment" or "summary".

    Raises:
        ConfigError: if there is no such level.
    """
    check_level(level)
    if level == "clip":
        event = main_event(script, span)
        return Facts(action=event.action, object=event.object, colour=event.colour)
    if level == "segment":
        told = told_episodes(script, span)
        objects = tuple(
            name for episode in told for name in told_objects(script, span, episode.activity, len(told))
        )
        return Facts(place=told[0].place, activities=tuple(each.activity for each in told), objects=objects)
    sentences = summary_sentences(script)
    names = tuple(episode.activity for sentence in sentences for episode in sentence)
    return Facts(place=sentences[0][0].place, activities=names, goal=script.goal)


def main_event(script: Script, span: Span) -> Event:
    """The event with the greatest overlap; the first of equals."""
    return max(script.events_in(span), key=lambda event: event.span.overlap(span))


def told_episodes(script: Script, span: Span) -> tuple[Episode, ...]:
    """The main activities of a window, in order, each once although C may come back to it; at least one."""
    shares: dict[str, float] = {}
    first: dict[str, Episode] = {}
    for episode in script.activities:
        shared = episode.span.overlap(span) / span.duration
        if shared > 0:
            first.setdefault(episode.activity, episode)
            shares[episode.activity] = shares.get(episode.activity, 0.0) + shared
    ranked = sorted(shares, key=lambda name: -shares[name])[:MAX_ACTIVITIES]
    kept = [name for name in ranked if shares[name] >= MIN_SHARE] or ranked[:1]
    return tuple(episode for name, episode in first.items() if name in kept)


def told_objects(script: Script, span: Span, activity: str, num_told: int) -> tuple[str, ...]:
    """The objects handled longest in one activity of a window, in order of appearance."""
    seconds: dict[str, float] = {}
    for event in script.events_in(span):
        shared = event.span.overlap(span)
        if event.object is not None and script.activities[event.episode].activity == activity and shared > 0:
            seconds[event.object] = seconds.get(event.object, 0.0) + shared
    kept = sorted(seconds, key=lambda name: -seconds[name])[: NUM_OBJECTS[num_told]]
    return tuple(name for name in seconds if name in kept)


def summary_sentences(script: Script) -> tuple[tuple[Episode, ...], ...]:
    """The activities that each sentence of a summary tells."""
    number = max(1, round(script.duration_seconds / SENTENCE_SECONDS))
    length = script.duration_seconds / number
    return tuple(told_episodes(script, Span(k * length, (k + 1) * length)) for k in range(number))


def parse_facts(text: str, level: str) -> Facts:
    """Facts from a caption, true or generated; what it does not say in known words is None or empty.

    Args:
        text: the caption.
        level: "clip", "segment" or "summary".

    Raises:
        ConfigError: if there is no such level.
    """
    check_level(level)
    plain = " ".join(re.findall(r"[a-z]+", text.lower()))
    if level == "clip":
        verbs, rest = _take("actions", plain)
        kinds, colours = _take("kinds", rest)[0], _take("colours", rest)[0]
        return Facts(action=_first(verbs), object=_first(kinds), colour=_first(colours))
    goals, rest = _take("goals", plain)
    activities, rest = _take("activities", rest)
    places, rest = _take("places", rest)
    if level == "summary":
        return Facts(place=_first(places), activities=activities, goal=_first(goals))
    return Facts(place=_first(places), activities=activities, objects=_take("kinds", rest)[0])


def _first(names: tuple[str, ...]) -> str | None:
    return names[0] if names else None


def _take(table: str, text: str) -> tuple[tuple[str, ...], str]:
    """Names whose phrases occur in the text, in order, and the text without them."""
    phrases = _phrases()[table]
    pattern = _pattern(tuple(phrases))
    found = tuple(phrases[match] for match in pattern.findall(text))
    return found, pattern.sub(" | ", text)


@lru_cache(maxsize=8)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b")


@lru_cache(maxsize=1)
def _phrases() -> Mapping[str, Mapping[str, str]]:
    """For each table, every phrase and the name it stands for."""
    return {
        "actions": {
            verb: action.name for action in ACTIONS.values() for verb in (*action.verbs, *action.heard)
        },
        "activities": {
            phrase: activity.name
            for activity in ACTIVITIES.values()
            for phrase in (activity.name, *activity.phrases)
        },
        **{
            name: _themselves(table)
            for name, table in (("kinds", KINDS), ("colours", COLOURS), ("places", PLACES), ("goals", GOALS))
        },
    }


def _themselves(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}
