"""What of a window deserves telling: the main activities, their main steps, people, and what came between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from videorecap.sim.script import Episode, Event, Script
from videorecap.sim.world import GOALS
from videorecap.types import Span

SENTENCE_SECONDS: Final = 900.0  # of video behind each sentence of a summary: about five segments
MIN_SHARE: Final = 0.27  # of a window, for an activity to be told
MAX_ACTIVITIES: Final = int(1 / MIN_SHARE)  # therefore, in one sentence
STEP_SHARE: Final = {1: 0.2, 2: 0.3, 3: 0.3}  # likewise for a step, by the number of activities told
MAX_STEPS: Final = 3  # told of one activity
INCIDENT_SHARE: Final = 0.08  # likewise for what comes between to be told
PEOPLE_SHARE: Final = 0.15  # likewise for somebody to be told of
WITH_PEOPLE: Final = ("talk", "wave", "enter")  # what is told of somebody: the first that happens
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One activity as it is told: ``place`` is None where it goes without saying, after another one."""

    activity: str
    place: str | None
    steps: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is told of one window; the attributes are those of ``Facts``."""

    parts: tuple[Part, ...]
    incidents: tuple[Pair, ...] = ()
    people: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """Each place once, in order."""
        return tuple(dict.fromkeys(part.place for part in self.parts if part.place is not None))

    @property
    def activities(self) -> tuple[str, ...]:
        """Names, in order."""
        return tuple(part.activity for part in self.parts)

    @property
    def steps(self) -> tuple[Pair, ...]:
        """Of all activities, in order."""
        return tuple(step for part in self.parts for step in part.steps)


def told_of_minutes(script: Script, span: Span) -> Story:
    """What a segment's caption tells."""
    episodes = _main_episodes(script, span)
    people = _people(script, span)
    incidents = _incidents(script, span, people)
    named = [person for action, person in incidents if action in WITH_PEOPLE]
    return Story(
        parts=tuple(
            replace(part, steps=_main_steps(script, span, part.activity, STEP_SHARE[len(episodes)]))
            for part in _parts(episodes, None)
        ),
        incidents=incidents,
        people=tuple(dict.fromkeys([*named, *people])),
    )


def told_of_span(script: Script, span: Span) -> tuple[Story, ...]:
    """What each sentence of a summary tells; nobody is introduced twice."""
    number = max(1, round(span.duration / SENTENCE_SECONDS))
    length = span.duration / number
    stories: list[Story] = []
    place, met = None, set[str]()
    for index in range(number):
        part = Span(span.start + index * length, span.start + (index + 1) * length)
        episodes = _main_episodes(script, part)
        people = tuple(person for person in _people(script, part) if person not in met)
        stories.append(Story(parts=_parts(episodes, place), people=people))
        place, met = episodes[-1].place, met | set(people)
    return tuple(stories)


def told_goal(script: Script, span: Span) -> str | None:
    """The goal, where what is told lets infer it: of all goals, only it holds most of the activities told.

    A single activity tells no goal.
    """
    told = {name for story in told_of_span(script, span) for name in story.activities}
    shared = {name: len(told & set(goal.activities)) for name, goal in GOALS.items()}
    fewest = max(2, len(told) // 2 + 1, *shared.values())
    return script.goal if [name for name in shared if shared[name] >= fewest] == [script.goal] else None


def _main_episodes(script: Script, span: Span) -> tuple[Episode, ...]:
    """The main activities of a window, in order, each once although C may come back to it; at least one.

    Of several episodes of one activity, the longest counts. A window after the end shows the last.
    """
    shares: dict[str, float] = {}
    chosen: dict[str, Episode] = {}
    for episode in script.episodes:
        shared = episode.span.overlap(span) / span.duration
        if shared > 0:
            known = chosen.setdefault(episode.activity, episode)
            if shared > known.span.overlap(span) / span.duration:
                chosen[episode.activity] = episode
            shares[episode.activity] = shares.get(episode.activity, 0.0) + shared
    if not shares:
        return script.episodes[-1:]
    main = max(shares, key=lambda name: shares[name])
    return tuple(episode for name, episode in chosen.items() if shares[name] >= MIN_SHARE or name == main)


def _parts(episodes: Iterable[Episode], place: str | None) -> tuple[Part, ...]:
    """Activities, with their place where it is not that of the one before; ``place`` was told last."""
    parts = []
    for episode in episodes:
        parts.append(Part(activity=episode.activity, place=None if episode.place == place else episode.place))
        place = episode.place
    return tuple(parts)


def _main_steps(script: Script, span: Span, activity: str, share: float) -> tuple[Pair, ...]:
    """The steps of an activity that take at least a share of a window, in order, each once.

    A step is told where the action that it is for is seen.
    """
    seconds: dict[Pair, float] = {}
    seen = _seen(script.events_in(span))
    for step in script.steps[script.events[script.index_at(span.start)].step :]:
        if step.span.start >= span.end:
            break
        if step.role == "step" and step.object and script.episodes[step.episode].activity == activity:
            pair = (step.action, step.object)
            seconds[pair] = seconds.get(pair, 0.0) + step.span.overlap(span)
    ranked = sorted(seconds, key=lambda pair: -seconds[pair])[:MAX_STEPS]
    least = share * span.duration
    return tuple(pair for pair in seconds if pair in ranked and pair in seen and seconds[pair] >= least)


def _incidents(script: Script, span: Span, people: tuple[str, ...]) -> tuple[Pair, ...]:
    """What comes between and takes long enough, in order; of each of the people one thing.

    What falls at the very end of a window is not told, for it is not taken up again there.
    """
    seconds: dict[Pair, float] = {}
    mistake: Pair | None = None
    events = script.events_in(span)
    seen = _seen(events[:-1] if events[-1].action == "drop" else events)
    for event in events:
        if event.role == "mistake":
            mistake = ("drop", event.object or "") if event.action == "drop" else None
        pair = mistake if event.role in ("mistake", "repair") else _interruption(event)
        if pair is not None:
            seconds[pair] = seconds.get(pair, 0.0) + event.span.overlap(span)
    chosen = {(action, person) for person in people if (action := _doing(person, seconds)) is not None}
    least = INCIDENT_SHARE * span.duration
    return tuple(pair for pair in seconds if pair in chosen or (pair in seen and seconds[pair] >= least))


def _seen(events: Iterable[Event]) -> frozenset[Pair]:
    """What is done to objects in some events: action and kind."""
    return frozenset((event.action, event.object) for event in events if event.object is not None)


def _interruption(event: Event) -> Pair | None:
    """The incident that an event belongs to, or None."""
    if event.role != "interruption":
        return None
    if event.action in WITH_PEOPLE:
        return event.action, event.target or event.actor
    return None if event.object is None else ("inspect", event.object)


def _doing(person: str, pairs: Iterable[Pair]) -> str | None:
    """What is told of somebody, or None if they are merely there."""
    return next((action for action in WITH_PEOPLE if (action, person) in pairs), None)


def _people(script: Script, span: Span) -> tuple[str, ...]:
    """Who is there long enough to be told of, in order of coming in, each once."""
    seconds: dict[str, float] = {}
    for guest in script.guests:
        shared = guest.span.overlap(span)
        if shared > 0:
            seconds[guest.person] = seconds.get(guest.person, 0.0) + shared
    return tuple(person for person in seconds if seconds[person] >= PEOPLE_SHARE * span.duration)
