"""Captions of a script in the style of Ego4D narrations: "C" wears the camera, everything is present tense.

Each level has several true paraphrases; which one is *the* caption depends on the seed and the span only.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

from videorecap.sim.facts import (
    check_level,
    main_event,
    summary_sentences,
    told_episodes,
    told_objects,
)
from videorecap.sim.script import Event, Script
from videorecap.sim.world import ACTIONS, ACTIVITIES, PLACES
from videorecap.types import Span

PREPOSITIONS: Final = {"pick up": "from"}  # of the surface; "on" for every other action


def caption(script: Script, span: Span, level: str) -> str:
    """The one caption of a window, chosen from its references by seed and span.

    Args:
        script: what happens.
        span: the window, in seconds.
        level: "clip", "segment" or "summary".

    Raises:
        ConfigError: if there is no such level.
    """
    choices = references(script, span, level)
    return choices[_number(f"{script.seed} {span.start:.3f} {span.end:.3f} {level}") % len(choices)]


def clip_caption(script: Script, span: Span) -> str:
    """The action that takes most of a window: "C picks up the red mug from the counter"."""
    return caption(script, span, "clip")


def segment_caption(script: Script, span: Span) -> str:
    """What C does in a window of minutes: activities in order, with the objects handled most."""
    return caption(script, span, "segment")


def summary_caption(script: Script) -> str:
    """The whole script: the goal, and the main activities in order, a sentence for about 15 minutes."""
    return caption(script, Span(0.0, script.duration_seconds), "summary")


def references(script: Script, span: Span, level: str) -> tuple[str, ...]:
    """Paraphrases that are all true and all tell the same facts, without repetition.

    Args:
        script: what happens.
        span: the window, in seconds; a summary is about the whole script, whatever the span.
        level: "clip", "segment" or "summary".

    Raises:
        ConfigError: if there is no such level.
    """
    check_level(level)
    if level == "clip":
        sentences = _of_event(main_event(script, span))
    elif level == "segment":
        sentences = _of_segment(script, span)
    else:
        sentences = _of_day(script)
    return tuple(dict.fromkeys(sentences))


def _of_event(event: Event) -> list[str]:
    action = ACTIONS[event.action]
    if event.action == "walk":
        return [f"C {verb} the {event.place}" for verb in action.verbs]
    if event.object is None:
        return [f"C {verb}{tail}" for verb in action.verbs for tail in ("", f" the {event.place}")]
    thing = f"the {event.colour} {event.object}"
    surface = f"{PREPOSITIONS.get(event.action, 'on')} the {PLACES[event.place].surface}"
    tails = [surface, f"in the {event.place}"]
    if action.tool is not None:
        tails = [f"with {_article(action.tool)} {action.tool}", f"in the {event.place}"]
    return [
        f"C {verb} {thing}{tail}" for tail in (*(" " + each for each in tails), "") for verb in action.verbs
    ]


def _of_segment(script: Script, span: Span) -> list[str]:
    told = told_episodes(script, span)
    places = [f" in the {told[0].place}", *[""] * (len(told) - 1)]
    things = [told_objects(script, span, episode.activity, len(told)) for episode in told]
    sentences = []
    for turn, using in enumerate((" with ", " using ")):
        parts = [
            ACTIVITIES[episode.activity].phrases[turn] + place + (using + _listed(kinds) if kinds else "")
            for episode, place, kinds in zip(told, places, things, strict=True)
        ]
        sentences += [f"C {_in_turn(parts, ', then ')}", f"C {_in_turn(parts, ' and then ')}"]
    return sentences


def _of_day(script: Script) -> list[str]:
    told = summary_sentences(script)
    texts = []
    for turn in (0, 1):
        phrases = [[ACTIVITIES[episode.activity].phrases[turn] for episode in each] for each in told]
        phrases[0][0] += f" in the {told[0][0].place}"
        first = _in_turn(phrases[0], " and then ")
        rest = "".join(f". Later C {_in_turn(each, ' and then ')}" for each in phrases[1:])
        texts += [
            f"C spends the {script.daytime} {script.goal}. C {first}{rest}",
            f"C {first}, {script.goal} through the {script.daytime}{rest}",
        ]
    return texts


def _in_turn(parts: Sequence[str], last: str) -> str:
    """Parts separated by commas, the last one by ``last``."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + last + parts[-1]


def _listed(kinds: Sequence[str]) -> str:
    return _in_turn([f"the {kind}" for kind in kinds], " and ")


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _number(text: str) -> int:
    """A number that is the same on any machine."""
    return zlib.crc32(text.encode())
