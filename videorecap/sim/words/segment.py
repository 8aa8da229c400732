"""Captions of minutes: activities in order, their main steps, people, and what came between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from videorecap.sim.facts import facts_of
from videorecap.sim.script import Script
from videorecap.sim.told import WITH_PEOPLE, Pair, Part, Story, told_of_minutes
from videorecap.sim.words.phrases import LATE, Choice, Telling, listed, pronoun, with_object
from videorecap.sim.world import ACTIONS, ACTIVITIES
from videorecap.types import Span

JOINS: Final = (", then ", ", and then ")
# what comes between, by action, in two wordings; {0} is the object or person, {1} a pronoun for it
INCIDENTS: Final[dict[str, tuple[str, str]]] = {
    "drop": ("drops the {0} and picks {1} up again", "lets the {0} fall and lifts {1} again"),
    "inspect": ("looks at the {}", "checks the {}"),
    "talk": ("talks to a {}", "speaks to a {}"),
    "wave": ("is greeted by a {}", "sees a {} wave"),
    "enter": ("is joined by a {}", "sees a {} come in"),
}
PRESENT: Final = ("has a {} there", "is with a {}")  # somebody who does nothing of that


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to tell minutes: phrases and joint, by number, and how sentences are laid out."""

    wording: int
    join: int
    layout: str


# layouts as often as they are chosen: the place after the first activity, before it, or many short sentences
LAYOUTS: Final = (*["after"] * 4, *["before"] * 4, "sentences")
FORMS: Final = tuple(
    _Form(wording, join, layout) for layout in LAYOUTS for wording in (0, 1) for join in range(len(JOINS))
)


def told_segment(script: Script, span: Span) -> Telling:
    """The one telling of a window, chosen by seed and span."""
    form = Choice(script.seed, f"{span.start:.3f} {span.end:.3f} segment").of(FORMS)
    return Telling(_text(told_of_minutes(script, span), form), facts_of(script, span, "segment"))


def tellings_of_segment(script: Script, span: Span) -> Iterator[Telling]:
    """Every telling of a window, all with the same facts; some come twice."""
    story, facts = told_of_minutes(script, span), facts_of(script, span, "segment")
    for form in FORMS:
        yield Telling(_text(story, form), facts)


def activity_text(part: Part, wording: int, *, with_place: bool = True) -> str:
    """An activity and its place: "makes a salad in the kitchen"."""
    phrase = ACTIVITIES[part.activity].phrases[wording]
    return f"{phrase} in the {part.place}" if with_place and _needs_place(part) else phrase


def _needs_place(part: Part) -> bool:
    """Whether the place is to be told and the activity's name does not tell it."""
    return part.place is not None and part.place not in part.activity


def incident_text(incident: Pair, wording: int) -> str:
    """What C does or sees between the steps: "drops the plate and picks it up again"."""
    action, name = incident
    return INCIDENTS[action][wording].format(name, pronoun(name))


def _text(story: Story, form: _Form) -> str:
    first, is_split = story.parts[0], form.wording == 1
    if form.layout == "sentences":
        return ". ".join(_sentences(story, form.wording))
    is_before = form.layout == "before" and _needs_place(first)
    parts = [
        activity_text(part, form.wording, with_place=not is_before or index > 0)
        + (f", {_steps_text(part.steps, is_split=is_split)}" if part.steps else "")
        for index, part in enumerate(story.parts)
    ]
    text = f"C {listed(parts, JOINS[form.join])}"
    if is_before:
        text = f"In the {first.place}, {text}"
    between = _between(story, form.wording)
    if not between:
        return text
    last = ", and " if any(" and " in each for each in between) else " and "
    return f"{text}. C {listed(between, last)}"


def _sentences(story: Story, wording: int) -> Iterator[str]:
    """The same at greater length: "C is in the kitchen. There C makes a salad. ..."."""
    for index, part in enumerate(story.parts):
        subject = "After that, C" if index else "C"
        if _needs_place(part):
            yield f"{subject} is in the {part.place}"
            subject = "There C"
        yield f"{subject} {activity_text(part, wording, with_place=False)}"
        if part.steps:
            yield f"For this, C is busy {_steps_text(part.steps, is_split=wording == 1)}"
    for told in _between(story, wording):
        yield f"In between, C {told}"


def _steps_text(steps: tuple[Pair, ...], *, is_split: bool) -> str:
    """Steps as gerunds; one action on two things, or two on one thing, are told together."""
    parts = []
    for actions, kinds in _together(steps):
        gerunds, things = (
            [ACTIONS[name].gerund for name in actions],
            listed([f"the {kind}" for kind in kinds]),
        )
        last = with_object(actions[-1], gerunds[-1], things, is_split=is_split and len(actions) == 1)
        parts.append(listed([*gerunds[:-1], last]))
    return listed(parts)


def _together(steps: tuple[Pair, ...]) -> list[tuple[list[str], list[str]]]:
    """Runs of steps with the same action or the same kind of object, as actions and kinds."""
    runs: list[tuple[list[str], list[str]]] = []
    for action, kind in steps:
        actions, kinds = runs[-1] if runs else ([], [])
        if actions == [action]:
            kinds.append(kind)
        elif kinds == [kind] and not any(ACTIONS[name].gerund.endswith(LATE) for name in (*actions, action)):
            actions.append(action)
        else:
            runs.append(([action], [kind]))
    return runs


def _between(story: Story, wording: int) -> list[str]:
    """What comes between, and who is merely there."""
    doing = {person for action, person in story.incidents if action in WITH_PEOPLE}
    there = [person for person in story.people if person not in doing]
    told = [incident_text(incident, wording) for incident in story.incidents]
    return told + [PRESENT[wording].format(person) for person in there]
