"""Simulated days as annotated videos."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Final

from videorecap.config import paper_levels
from videorecap.data.annotations import Annotation, Question, VideoAnnotations
from videorecap.hierarchy import bounding, windows
from videorecap.sim.questions import questions
from videorecap.sim.script import Script
from videorecap.sim.splits import combinations, held_out, split_of
from videorecap.sim.words import caption, references
from videorecap.types import Span

MAX_TEXTS: Final = 5  # references of one caption


def annotate(
    script: Script, video: str, *, path: str | None = None, num_questions: int = 0, num_spans: int = 0
) -> VideoAnnotations:
    """Everything that is true of a simulated day, in words.

    Each event has a clip caption for its own time; segments and the summary have the paper's windows.

    Args:
        script: what happens.
        video: the id to give it.
        path: of its file, relative to the data set's folder, or None if its frames are to be rendered.
        num_questions: at most so many are asked about it.
        num_spans: at most so many other segments are described, which begin anywhere, and parts of the day
            summed up, which are runs of whole segments.
    """
    shown = sorted(combinations(script))
    return VideoAnnotations(
        video=video,
        duration_seconds=script.duration_seconds,
        captions=(
            *_captions(script),
            *_other_segments(script, num_spans),
            *_other_summaries(script, num_spans),
        ),
        questions=tuple(_questions(script, video, num_questions)),
        path=path,
        split=split_of(script.seed),
        seed=script.seed,
        scenarios=tuple(dict.fromkeys(episode.activity for episode in script.episodes)),
        combinations=tuple(shown),
        held_out=tuple(triple for triple in shown if triple[2] in held_out(*triple[:2])),
    )


def _captions(script: Script) -> Iterator[Annotation]:
    """Captions of every level, lowest first."""
    clip, segment, summary = paper_levels()
    for event in script.events:
        yield _annotation(script, event.span, clip.name)
    for level in (segment, summary):
        for span in windows(script.duration_seconds, level.window_seconds):
            yield _annotation(script, span, level.name)


def _other_segments(script: Script, number: int) -> Iterator[Annotation]:
    """Captions of shorter segments that begin anywhere: the simulated world knows the truth of any span.

    Any length is as likely, down to a single clip, as a video's last window may be.
    """
    rng = random.Random(f"spans of {script.seed}")
    clip, segment, _ = paper_levels()
    clips = list(windows(script.duration_seconds, clip.window_seconds))
    longest = round(segment.window_seconds / clip.window_seconds)
    drawn = (rng.randint(1, longest) for _ in range(number))
    spans = {bounding(_run_of(clips, length, rng)) for length in drawn if length < len(clips)}
    for span in sorted(spans):
        yield _annotation(script, span, segment.name)


def _other_summaries(script: Script, number: int) -> Iterator[Annotation]:
    """Summaries of parts of a day, as if each were a video: the captions that they read are there already.

    Any number of segments in a row is as likely; what comes twice is told once.
    """
    rng = random.Random(f"parts of {script.seed}")
    _, segment, summary = paper_levels()
    segments = list(windows(script.duration_seconds, segment.window_seconds))
    drawn = (rng.randint(1, len(segments) - 1) for _ in range(number if len(segments) > 1 else 0))
    for span in sorted({bounding(_run_of(segments, length, rng)) for length in drawn}):
        yield _annotation(script, span, summary.name)


def _run_of(spans: Sequence[Span], length: int, rng: random.Random) -> Sequence[Span]:
    first = rng.randint(0, len(spans) - length)
    return spans[first : first + length]


def _annotation(script: Script, span: Span, level: str) -> Annotation:
    first = caption(script, span, level)
    others = [text for text in references(script, span, level) if text != first]
    step = max(1, -(-len(others) // (MAX_TEXTS - 1)))  # neighbours differ least
    return Annotation(level=level, span=span, texts=(first, *others[::step]))


def _questions(script: Script, video: str, number: int) -> Iterator[Question]:
    for index, asked in enumerate(questions(script, number), 1):
        yield Question(
            id=f"{video}-{index}",
            text=asked.text,
            options=asked.options,
            answer=asked.answer,
            topic=asked.topic,
        )
