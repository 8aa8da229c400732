"""What was to be said of spans, and what a system said: from a run, or from a file of predictions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from videorecap.data.annotations import Annotation, VideoAnnotations
from videorecap.data.levels import CLIP
from videorecap.data.readers.detect import read_any
from videorecap.errors import DataError
from videorecap.training.recipe import ClipSpans, Labels
from videorecap.training.samples import Sample, annotated_samples, window_samples
from videorecap.types import Span

ACTIVITYNET_PREFIX: Final = "v_"  # of video ids in some submissions
LEAST_OVERLAP: Final = 0.5  # intersection over union of a predicted and an annotated time
Said: TypeAlias = dict[str, dict[Span, str]]
"""Captions by video and span."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A span with its references, and what was said of it; None if nothing was."""

    sample: Sample
    text: str | None


def samples_at(video: VideoAnnotations, level: str, clips: ClipSpans) -> list[Sample]:
    """The spans of a video that are scored, each with its references.

    Args:
        video: with its captions.
        level: of the spans.
        clips: whether clips are the annotated ones, or the windows that a video is captioned in.
    """
    if level == CLIP and clips is ClipSpans.WINDOWS:
        return window_samples(video, level)
    return annotated_samples(video, {}, level, (Labels.HUMAN,))


def read_said(path: Path, samples: Sequence[Sample]) -> Said:
    """Captions of samples of one level, from a file of predictions.

    Args:
        path: our annotations or caption trees (file or folder), COCO results (a JSON list with ``image_id``,
            which is a sample's id, or of a summary the video's, and ``caption``), or an ActivityNet submission
            (a JSON object with ``results``).
        samples: that are asked for.

    Raises:
        DataError: if it cannot be read, or is none of them.
    """
    found = _load(path) if path.is_file() and path.suffix == ".json" else None
    if isinstance(found, list):
        return _from_coco(found, samples, path)
    if isinstance(found, dict) and "results" in found:
        return _from_activitynet(found["results"], samples, path)
    level = samples[0].level if samples else ""
    return {
        video.video: {item.span: item.caption for item in video.predicted if item.level == level}
        for video in read_any(path)
    }


def answers(samples: Iterable[Sample], said: Mapping[str, Mapping[Span, str]]) -> list[Answer]:
    """Each sample with what was said of it."""
    return [Answer(sample, said.get(sample.video, {}).get(sample.span)) for sample in samples]


def as_record(video: VideoAnnotations, given: Iterable[Answer]) -> VideoAnnotations:
    """Answers as an annotated video: references as captions, what was said as predictions."""
    listed = list(given)
    return VideoAnnotations(
        video=video.video,
        duration_seconds=video.duration_seconds,
        captions=tuple(
            Annotation(level=one.sample.level, span=one.sample.span, texts=one.sample.texts) for one in listed
        ),
        predicted=tuple(
            Annotation(level=one.sample.level, span=one.sample.span, texts=(one.text,))
            for one in listed
            if one.text is not None
        ),
        split=video.split,
        seed=video.seed,
        path=video.path,
    )


def from_record(video: VideoAnnotations, level: str) -> list[Answer]:
    """The way back."""
    said = {item.span: item.caption for item in video.predicted if item.level == level}
    return answers(annotated_samples(video, {}, level, (Labels.HUMAN,)), {video.video: said})


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: is no JSON that can be read ({error})") from None


def _from_coco(rows: Sequence[Any], samples: Sequence[Sample], path: Path) -> Said:
    known = {name: sample for sample in samples for name in _names(sample)}
    said: Said = {}
    for number, row in enumerate(rows):
        try:
            name, text = str(row["image_id"]), str(row["caption"])
        except (KeyError, TypeError):
            raise DataError(
                f"{path}: row {number} has no image_id and caption, as COCO results have"
            ) from None
        if name in known:
            said.setdefault(known[name].video, {})[known[name].span] = text
    if not said:
        raise DataError(f"{path}: no image_id is one of the data's, such as {next(iter(known), 'none')!r}")
    return said


def _names(sample: Sample) -> Iterator[str]:
    yield sample.id
    if sample.level == "summary":
        yield sample.video


def _from_activitynet(results: Any, samples: Sequence[Sample], path: Path) -> Said:
    said: Said = {}
    for sample in samples:
        rows = results.get(sample.video, results.get(ACTIVITYNET_PREFIX + sample.video, ()))
        try:
            timed = [(Span(*map(float, row["timestamp"])), str(row["sentence"])) for row in rows]
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path}: video {sample.video!r} is not as in a submission ({error!r})") from None
        best = max(timed, key=lambda item: _likeness(item[0], sample.span), default=None)
        if best is not None and _likeness(best[0], sample.span) >= LEAST_OVERLAP:
            said.setdefault(sample.video, {})[sample.span] = best[1]
    return said


def _likeness(first: Span, second: Span) -> float:
    """Intersection over union."""
    shared = first.overlap(second)
    return shared / (first.duration + second.duration - shared)
