"""Scripts are invented here: what C does, second by second, sampled from a seed.

The same seed and duration give the same script on any machine: one ``random.Random`` decides everything,
and nothing depends on the order of sets or on ``hash``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from videorecap.errors import ConfigError
from videorecap.sim.ending import cut_to_length
from videorecap.sim.script import Episode, Event, Guest, Item, Script, StepSpan
from videorecap.sim.splits import PHONE, choices, held_out, split_of
from videorecap.sim.state import State
from videorecap.sim.world import (
    ACTIONS,
    ACTIVITIES,
    COLOURS,
    DAYTIMES,
    GOALS,
    KINDS,
    PEOPLE,
    PLACES,
    Activity,
    Step,
)
from videorecap.types import Span

MAX_SECONDS: Final = 7200.0
EPISODE_SECONDS: Final = (70.0, 280.0)
DETOUR_CHANCE: Final = 0.15  # of an activity that does not serve the goal
LATE_CHANCE: Final = 0.5  # of an activity that is already going on when it is first seen
NOVEL_CHANCE: Final = 0.5  # outside training, of a combination that training never shows
PAUSE_CHANCE: Final = 0.05  # of looking around, between two steps
CALL_CHANCE: Final = 0.025  # of the phone, between two steps
VISIT_CHANCE: Final = 0.03  # of somebody coming in, between two steps
TALK_CHANCE: Final = 0.3  # between two steps, while somebody is there
LEAVE_CHANCE: Final = 0.15  # likewise
DROP_CHANCE: Final = 0.05  # of dropping what is held
WRONG_CHANCE: Final = 0.03  # of taking the wrong thing first
SINK_PLACES: Final = ("kitchen", "bathroom", "laundry room")  # where what has fallen is washed
LAST_STEP_SECONDS: Final = 12.0
CLOSED_CHANCE: Final = 0.3  # of a container, when it is first needed
CALL: Final = Step(kinds=(PHONE,), actions=("pick up", "inspect", "put down"), main="inspect", again=True)


def sample_script(seed: int, duration_seconds: float) -> Script:
    """Invent a script.

    Args:
        seed: decides everything about it; see ``splits.seed_of``.
        duration_seconds: from 1 second to 2 hours.

    Raises:
        ConfigError: if the duration is outside that range.
    """
    if not 1 <= duration_seconds <= MAX_SECONDS:
        raise ConfigError(f"a script lasts 1 to {MAX_SECONDS:g} seconds, got {duration_seconds:g}")
    rng = random.Random(seed if seed >= 0 else str(seed))  # Random(-1) is Random(1)
    return _Writer(rng, duration_seconds, split_of(seed)).write(seed)


@dataclass
class _Writer:
    """A script in the making."""

    rng: random.Random
    duration: float
    split: str | None
    seconds: float = 0.0
    visit: int = 0
    place: str = ""
    role: str = "step"
    guest: tuple[str, str, float] | None = None  # who, clothes, since when
    events: list[Event] = field(default_factory=list)
    steps: list[StepSpan] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)

    def write(self, seed: int) -> Script:
        goal, daytime = self.rng.choice(list(GOALS)), self.rng.choice(DAYTIMES)
        for name in _plan(self.rng, goal):
            self._episode(ACTIVITIES[name])
            if self.seconds >= self.duration:
                break
        script = Script(
            seed=seed,
            duration_seconds=self.duration,
            goal=goal,
            daytime=daytime,
            episodes=tuple(self.episodes),
            steps=tuple(self.steps),
            events=tuple(self.events),
            items=tuple(self.items),
            guests=tuple(self.guests),
        )
        return cut_to_length(script)

    def _episode(self, activity: Activity) -> None:
        """Write one activity, from walking there to the end of its last step."""
        start, before = self.seconds, self.place
        end = start + self.rng.uniform(*EPISODE_SECONDS)
        if self.duration - end < EPISODE_SECONDS[0] / 2:
            end = self.duration
        self.place, self.known = self.rng.choice(activity.places), {}
        if before not in ("", self.place):
            self._aside("walk", None, "pause")
        for step in self._steps(activity, end):
            self._between_steps()
            self._step(step, activity.name)
        if self.guest is not None:
            self._aside("leave", self.guest[0], "interruption")
        span = Span(start, self.seconds)
        self.episodes.append(Episode(activity=activity.name, place=self.place, span=span))

    def _steps(self, activity: Activity, end: float) -> Iterator[Step]:
        """Steps of an activity, its rounds repeated until ``end`` (seconds) is near."""
        index = 0
        if self.rng.random() < LATE_CHANCE:
            index = self.rng.randrange(len(activity.rounds))
        else:
            yield from activity.first
        tail = LAST_STEP_SECONDS * len(activity.last)
        is_first = True
        while is_first or self.seconds < end - tail:
            yield activity.rounds[index % len(activity.rounds)]
            index, is_first = index + 1, False
        yield from activity.last

    def _between_steps(self) -> None:
        """What may come between: a look around, a call, somebody who comes in, talks or leaves."""
        chance = self.rng.random()
        if self.guest is not None:
            if chance < TALK_CHANCE:
                self._aside("talk", self.guest[0], "interruption")
            elif chance < TALK_CHANCE + LEAVE_CHANCE:
                self._aside("leave", self.guest[0], "interruption")
        elif not self.events:
            return
        elif chance < PAUSE_CHANCE:
            self._aside("look", None, "pause")
        elif chance < PAUSE_CHANCE + CALL_CHANCE:
            self._act(CALL, self._item_for(CALL, CALL.kinds), None, "interruption")
        elif chance < PAUSE_CHANCE + CALL_CHANCE + VISIT_CHANCE:
            self._come_in()
            if self.rng.random() < 0.5:
                self._aside(self.rng.choice(("wave", "talk")), self._there(), "interruption")

    def _there(self) -> str:
        assert self.guest is not None, "somebody has come in"
        return self.guest[0]

    def _come_in(self) -> None:
        person, colour = self.rng.choice(PEOPLE), self.rng.choice(list(COLOURS))
        self.guest = (person, colour, self.seconds)
        self._aside("enter", person, "interruption")

    def _aside(self, action: str, person: str | None, role: str) -> None:
        """A step of one action that needs no object."""
        start = self.seconds
        self.visit += 1
        self._event(action, None, person, role)
        self._close_step(start, action, None, "pause" if role == "pause" else "interruption")
        if action == "leave":
            assert self.guest is not None, "somebody leaves"
            who, colour, since = self.guest
            span = Span(since, self.seconds)
            self.guests.append(Guest(person=who, colour=colour, place=self.place, span=span))
            self.guest = None

    def _step(self, step: Step, activity: str) -> None:
        """Write one step: choose or remember its objects, then do what they allow."""
        if self.guest is None and any(ACTIONS[name].with_other == "person" for name in step.actions):
            self._come_in()
        kinds = choices(step.kinds, activity, self.place, self.split)
        novel = [kind for kind in kinds if kind in held_out(activity, self.place)]
        if novel and self.rng.random() < NOVEL_CHANCE:
            kinds = tuple(novel)
        item = self._item_for(step, kinds)
        container = None if step.container is None else self._container(step.container)
        if self.rng.random() < WRONG_CHANCE and self.states[item].allows("pick up"):
            self._take_the_wrong_one(kinds)
        self._act(step, item, container, "step")

    def _act(self, step: Step, item: int, container: int | None, role: str) -> None:
        """The actions of a step that the state of the item allows."""
        start, done = self.seconds, list[str]()
        if self.events and self.events[-1].item != item:
            self.visit += 1
        for name in step.actions:
            if self.states[item].where == "held" and self.rng.random() < DROP_CHANCE:
                self._drop(item)
            if self.states[item].allows(name):
                self._event(name, item, None, role, container)
                done.append(name)
        if done:
            main = step.main if step.main in done else done[-1]
            self._close_step(start, main, self.items[item].kind, role)

    def _drop(self, item: int) -> None:
        """It falls and is taken up again, and washed where that can be done."""
        self._event("drop", item, None, "mistake")
        self._event("pick up", item, None, "repair")
        if self.place in SINK_PLACES:
            self._event("wash", item, None, "repair")

    def _take_the_wrong_one(self, kinds: tuple[str, ...]) -> None:
        """Something else of the same kinds is taken and put back."""
        start, kind = self.seconds, self.rng.choice(kinds)
        wrong = self._add(Item(kind=kind, colour=self.rng.choice(KINDS[kind].colours), at_first=_fresh(kind)))
        self.visit += 1
        self._event("pick up", wrong, None, "mistake")
        self._event("put down", wrong, None, "repair")
        self._close_step(start, "pick up", kind, "mistake")

    def _item_for(self, step: Step, kinds: tuple[str, ...]) -> int:
        kind = self.rng.choice(kinds)
        if not (step.again and kind in self.known):
            state = _ready(kind, step.actions)
            self.known[kind] = self._add(
                Item(kind=kind, colour=self.rng.choice(KINDS[kind].colours), at_first=state)
            )
        return self.known[kind]

    def _container(self, kind: str) -> int:
        """The container of that kind that is at hand, opened first where it is closed."""
        if kind not in self.known or self.states[self.known[kind]].where != "table":
            colour = self.rng.choice(KINDS[kind].colours)
            state = _fresh(kind) if self.rng.random() < CLOSED_CHANCE else State()
            self.known[kind] = self._add(Item(kind=kind, colour=colour, at_first=state))
        item = self.known[kind]
        for name in ("untie", "open"):
            if name in _undone(kind) and self.states[item].allows(name):
                start = self.seconds
                self.visit += 1
                self._event(name, item, None, "step")
                self._close_step(start, name, kind, "step")
        return item

    def _add(self, item: Item) -> int:
        self.items.append(item)
        self.states.append(item.at_first)
        return len(self.items) - 1

    def _event(
        self, name: str, item: int | None, person: str | None, role: str, container: int | None = None
    ) -> None:
        """Append one event and apply what it makes true."""
        action = ACTIONS[name]
        end = round(self.seconds + self.rng.uniform(*action.seconds), 2)
        if item is not None:
            self.states[item] = self.states[item].after(name)
        used = container if action.with_other == "container" else None
        self.events.append(
            Event(
                span=Span(self.seconds, end),
                action=name,
                object=None if item is None else self.items[item].kind,
                colour=None if item is None else self.items[item].colour,
                place=self.place,
                actor=person if action.actor == "other" and person is not None else "C",
                target=self._target(name, person, used),
                item=item,
                container=used,
                visit=self.visit,
                episode=len(self.episodes),
                step=len(self.steps),
                role=role,
            )
        )
        self.seconds = end

    def _target(self, name: str, person: str | None, container: int | None) -> str | None:
        """The other thing or person involved in an action."""
        if name in ("pick up", "put down"):
            return PLACES[self.place].surface
        if container is not None:
            return self.items[container].kind
        if ACTIONS[name].with_other == "person" and ACTIONS[name].actor == "C":
            return person if person is not None else self._there()
        return None

    def _close_step(self, start: float, action: str, kind: str | None, role: str) -> None:
        span = Span(start, self.seconds)
        self.steps.append(
            StepSpan(span=span, action=action, object=kind, episode=len(self.episodes), role=role)
        )


def _fresh(kind: str) -> State:
    """How an object is when nothing is asked of it."""
    return State(open="open" not in KINDS[kind].has)


def _undone(kind: str) -> tuple[str, ...]:
    """What may have to be done to a container before something goes in or out."""
    return tuple(name for name, part in (("untie", "tied"), ("open", "open")) if part in KINDS[kind].has)


def _ready(kind: str, actions: tuple[str, ...]) -> State:
    """How an object must be for these actions, in this order."""
    state, made = _fresh(kind), set[str]()
    for name in actions:
        for attribute, value in ACTIONS[name].needs:
            if attribute not in made and (attribute != "open" or attribute in KINDS[kind].has):
                state = replace(state, **{attribute: value})  # type: ignore[arg-type]
                made.add(attribute)
        made |= {attribute for attribute, _ in ACTIONS[name].makes}
    return state


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
