"""Captions of whole videos and of parts: setting, people, activities in order, a sentence for 15 minutes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from videorecap.sim.facts import facts_of
from videorecap.sim.script import Script
from videorecap.sim.told import Story, told_goal, told_of_span
from videorecap.sim.words.phrases import Choice, Telling, article, listed
from videorecap.sim.words.segment import activity_text
from videorecap.types import Span

NEXT: Final = ("Later, C", "After that, C", "Then C")
COMPANY: Final = (", joined by {}", ", in the company of {}")


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to tell a day: phrases by number, and whether C is "busy" with the goal."""

    wording: int
    is_busy: bool


FORMS: Final = tuple(_Form(wording, is_busy) for wording in (0, 1) for is_busy in (False, True))


def told_summary(script: Script, span: Span) -> Telling:
    """The one telling of a window, chosen by seed and span."""
    form = Choice(script.seed, f"{span.start:.3f} {span.end:.3f} summary").of(FORMS)
    text = _text(told_of_span(script, span), told_goal(script, span), form)
    return Telling(text, facts_of(script, span, "summary"))


def tellings_of_summary(script: Script, span: Span) -> Iterator[Telling]:
    """Every telling of a window, all with the same facts; some come twice."""
    stories, goal = told_of_span(script, span), told_goal(script, span)
    facts = facts_of(script, span, "summary")
    for form in FORMS:
        yield Telling(_text(stories, goal, form), facts)


def _text(stories: tuple[Story, ...], goal: str | None, form: _Form) -> str:
    sentences = []
    known: set[str] = set()
    for index, story in enumerate(stories):
        subject = NEXT[(index + form.wording) % len(NEXT)] if index else "C"
        sentences.append(f"{subject} {_events(story, form.wording, known)}")
        known.update(story.activities)
    if goal is not None:
        start = f"busy {goal}" if form.is_busy else goal
        sentences[0] = f"{start[0].upper()}{start[1:]}, {sentences[0]}"
    return ". ".join(sentences)


def _events(story: Story, wording: int, known: set[str]) -> str:
    """Activities with their places, said to happen again where they are known, and who is met."""
    text = listed(
        [activity_text(part, wording) + (" again" if part.activity in known else "") for part in story.parts]
    )
    if not story.people:
        return text
    return text + COMPANY[wording].format(listed([article(person) for person in story.people]))
