"""Captions of a script in the style of Ego4D narrations: "C" wears the camera, everything is present tense.

Each level has several true paraphrases; which one is *the* caption depends on the seed and the span only.
"""

from __future__ import annotations

from videorecap.sim.facts import check_level
from videorecap.sim.script import Script
from videorecap.sim.words.clip import tellings_of_clip, told_clip
from videorecap.sim.words.phrases import Telling
from videorecap.sim.words.segment import tellings_of_segment, told_segment
from videorecap.sim.words.summary import tellings_of_summary, told_summary
from videorecap.types import Span

__all__ = [
    "Telling",
    "caption",
    "clip_caption",
    "references",
    "segment_caption",
    "summary_caption",
    "tellings",
]


def caption(script: Script, span: Span, level: str) -> str:
    """The one caption of a window, chosen from its references by seed and span.

    Args:
        script: what happens.
        span: the window, in seconds.
        level: "clip", "segment" or "summary".

    Raises:
        ConfigError: if there is no such level.
    """
    check_level(level)
    if level == "clip":
        return clip_caption(script, span)
    return segment_caption(script, span) if level == "segment" else summary_caption(script, span)


def clip_caption(script: Script, span: Span) -> str:
    """The event that takes most of a window: "C picks up the red mug from the counter"."""
    return told_clip(script, span).text


def segment_caption(script: Script, span: Span) -> str:
    """What C does in a window of minutes: activities in order, main steps, people, what came between."""
    return told_segment(script, span).text


def summary_caption(script: Script, span: Span) -> str:
    """A window of hours: activities and places in order, people, and the goal where it shows."""
    return told_summary(script, span).text


def tellings(script: Script, span: Span, level: str) -> tuple[Telling, ...]:
    """Paraphrases that are all true, each with exactly the facts that it tells, without repetition.

    All tellings of a segment or summary tell the same facts, those of ``facts_of``; those of a clip may
    leave out its place, surface or tool.

    Args:
        script: what happens.
        span: the window, in seconds.
        level: "clip", "segment" or "summary".

    Raises:
        ConfigError: if there is no such level.
    """
    check_level(level)
    if level == "clip":
        told = tellings_of_clip(script, span)
    else:
        of_level = tellings_of_segment if level == "segment" else tellings_of_summary
        told = of_level(script, span)
    return tuple({telling.text: telling for telling in told}.values())


def references(script: Script, span: Span, level: str) -> tuple[str, ...]:
    """The words of ``tellings``.

    Args:
        script: what happens.
        span: the window, in seconds.
        level: "clip", "segment" or "summary".

    Raises:
        ConfigError: if there is no such level.
    """
    return tuple(telling.text for telling in tellings(script, span, level))
