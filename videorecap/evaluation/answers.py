"""What was to be said of spans, and what a system said: from a run, or from a file of predictions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from videorecap.data.annotations import Annotation, VideoAnnotations
from videorecap.data.levels import CLIP, SUMMARY
from videorecap.data.readers.detect import read_any
from videorecap.data.records import Record, as_span, shown
from videorecap.data.sources import load_plain
from videorecap.errors import DataError
from videorecap.training.recipe import ClipSpans, Labels
from videorecap.training.samples import Sample, annotated_samples, window_samples
from videorecap.types import CaptionTree, Span

RESULTS: Final = "results"  # of an ActivityNet submission
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
        path: our annotations or caption trees (file or folder), COCO results (a JSON list of objects with
            ``caption`` and ``image_id``, a sample's id, or of a summary the video's), or an ActivityNet
            submission (a JSON object with ``results``).
        samples: that are asked for, of one level.

    Raises:
        DataError: if it cannot be read, or is none of them.
    """
    found = load_plain(path) if path.is_file() and path.suffix == ".json" else None
    if isinstance(found, list):
        return _from_coco(found, samples, path)
    if isinstance(found, dict) and RESULTS in found:
        return _from_activitynet(Record(found, str(path)).record(RESULTS), samples)
    level = samples[0].level if samples else ""
    return {
        video.video: {item.span: item.caption for item in video.predicted if item.level == level}
        for video in read_any(path)
    }


@dataclass(frozen=True)
class CaptionFile:
    """What a file of captions holds.

    Attributes:
        captions: by video, those of systems where it has any.
        has_predicted: whether it has; otherwise nobody can tell whether they are references.
    """

    captions: Mapping[str, tuple[Annotation, ...]]
    has_predicted: bool


def read_captions(path: Path) -> CaptionFile:
    """Captions of a file or folder in any layout that is known.

    Raises:
        DataError: if it cannot be read.
    """
    videos = list(read_any(path))
    has_predicted = any(video.predicted for video in videos)
    captions = {video.video: video.predicted if has_predicted else video.captions for video in videos}
    return CaptionFile(captions, has_predicted)


def answers(samples: Iterable[Sample], said: Mapping[str, Mapping[Span, str]]) -> list[Answer]:
    """Each sample with what was said of it."""
    return [Answer(sample, said.get(sample.video, {}).get(sample.span)) for sample in samples]


def from_tree(tree: CaptionTree, video: str, level: str) -> list[Answer]:
    """Every window of a level that a system has captioned, without references; nothing is said of a gap.

    Args:
        tree: of the video.
        video: its id.
        level: of the windows; one that the tree has not has none.
    """
    captions = tree.at(level) if level in tree.levels else ()
    said = {item.span: item.text for item in captions}
    gaps = [gap.span for gap in tree.gaps if gap.level == level and gap.span not in said]
    return [Answer(Sample(video, level, span, ()), said.get(span)) for span in (*said, *gaps)]


def _from_coco(rows: Sequence[object], samples: Sequence[Sample], path: Path) -> Said:
    known = {name: sample for sample in samples for name in _names(sample)}
    said: Said = {}
    for number, row in enumerate(rows):
        record = Record(row, f"{path}: row {number}")
        sample = known.get(str(record.value("image_id")))
        if sample is not None:
            said.setdefault(sample.video, {})[sample.span] = record.text("caption")
    return said


def _names(sample: Sample) -> Iterator[str]:
    """What a sample may be called in COCO results."""
    yield sample.id
    if sample.level == SUMMARY:
        yield sample.video


def _from_activitynet(results: Record, samples: Sequence[Sample]) -> Said:
    timed: dict[str, list[tuple[Span, str]]] = {}
    for name in results:
        rows = (Record(row, f"{results.where}: {name}") for row in results.list(name))
        timed[name] = [(_time_of(row), row.text("sentence")) for row in rows]
    said: Said = {}
    for sample in samples:
        found = timed.get(sample.video, timed.get(ACTIVITYNET_PREFIX + sample.video, []))
        best = max(found, key=lambda item: _likeness(item[0], sample.span), default=None)
        if best is not None and _likeness(best[0], sample.span) >= LEAST_OVERLAP:
            said.setdefault(sample.video, {})[sample.span] = best[1]
    return said


def _time_of(row: Record) -> Span:
    times = row.list("timestamp")
    if len(times) != 2:
        raise DataError(f"{row.where}: timestamp is {shown(times)}, not a start and an end in seconds")
    start, end = times
    return as_span(start, end, row.where)


def _likeness(first: Span, second: Span) -> float:
    """Intersection over union."""
    shared = first.overlap(second)
    return shared / (first.duration + second.duration - shared)
