"""Writing annotations in the layouts that other programs read."""

from __future__ import annotations

import json
import pickle
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from videorecap.data.annotations import FILE_NAME, JSON_LINES, Annotation, VideoAnnotations, write_annotations
from videorecap.data.levels import CLIP, SEGMENT, SUMMARY
from videorecap.data.readers.egoschema import ANSWERS, EGO4D_IDS, OPTION, QUESTIONS
from videorecap.data.readers.hcap import ALL_SPLITS, FILE_NAMES
from videorecap.errors import DataError
from videorecap.outputs.files import written_aside
from videorecap.outputs.naming import safe_stem
from videorecap.types import Span
from videorecap.video.sampling import CLOCK_HZ

PICKLE_PROTOCOL: Final = 4
NARRATIONS: Final = "narration.json"
Row: TypeAlias = dict[str, object]


@dataclass(slots=True)
class _Split:
    clips: list[tuple[str, float, float, str]] = field(default_factory=list)
    segments: list[Row] = field(default_factory=list)
    videos: list[Row] = field(default_factory=list)


def export(videos: Iterable[VideoAnnotations], directory: Path, layout: str) -> list[Path]:
    """Write annotations in one of ``LAYOUTS``.

    Args:
        videos: taken one at a time.
        directory: where the files go; made if needed.
        layout: a key of ``LAYOUTS``.

    Returns:
        The files that were written.

    Raises:
        DataError: if there is no such layout, or nothing that it could hold.
        OutputError: if a file cannot be written.
    """
    if layout not in LAYOUTS:
        raise DataError(f"no layout {layout!r}; there is {', '.join(LAYOUTS)}")
    return LAYOUTS[layout](videos, directory)


def check_target(source: Path, directory: Path, layout: str) -> None:
    """Make sure that writing a layout takes no file away that is read meanwhile.

    Args:
        source: file or folder of the annotations that are read.
        directory: where the files of the layout go.
        layout: a key of ``LAYOUTS``.

    Raises:
        DataError: if they would go to the source's folder, which has such files already.
    """
    folder = source if source.is_dir() else source.parent
    is_file = directory.suffix == JSON_LINES
    target = directory.parent if is_file else directory
    patterns = (directory.name,) if is_file else FILES[layout]
    if target.resolve() != folder.resolve():
        return
    there = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
    if there and (source.is_dir() or source.name in {path.name for path in there}):
        raise DataError(f"{there[0]}: would be written over; give another folder than that of the source")


def write_hcap(videos: Iterable[VideoAnnotations], directory: Path) -> list[Path]:
    """Write the files of Ego4D-HCap: clips and segments as pickles, videos as JSON, for each split.

    Predicted clip captions also go to all_captions.json, so that those outside every segment are kept.
    """
    splits: dict[str, _Split] = defaultdict(_Split)
    predicted: dict[str, list[object]] = {}
    for video in videos:
        split = splits[video.split or ALL_SPLITS]
        split.clips += [_timed(video, item) for item in video.at(CLIP)]
        split.segments += [_segment(video, item) for item in video.at(SEGMENT)]
        split.videos += [_summary(video, item) for item in video.at(SUMMARY)]
        if clips := [list(_timed(video, item)) for item in video.predicted if item.level == CLIP]:
            predicted.setdefault(video.video, []).extend(clips)
    written = []
    for name, split in splits.items():
        stem = safe_stem(name)
        written += _write_plain(directory / f"clips_{stem}.pkl", split.clips)
        written += _write_plain(directory / f"segments_{stem}.pkl", split.segments)
        written += _write_plain(directory / f"videos_{stem}.json", split.videos)
    written += _write_plain(directory / "all_captions.json", predicted)
    if not written:
        raise DataError(f"nothing to write to {directory}: there are no clips, segments or summaries")
    return written


def write_narrations(videos: Iterable[VideoAnnotations], directory: Path) -> list[Path]:
    """Write Ego4D's narration.json: clips as narrations at their middle, segments as summaries."""
    path = directory / NARRATIONS
    with written_aside(path, make_folder=True) as file:
        file.write(b'{"videos": {')
        for number, video in enumerate(videos):
            entry = {
                "narration_pass_1": {
                    "narrations": [_narration(item) for item in video.at(CLIP)],
                    "summaries": [_description(item) for item in video.at(SEGMENT)],
                }
            }
            comma = ",\n" if number else "\n"
            file.write(f"{comma}{json.dumps(video.video)}: {json.dumps(entry)}".encode())
        file.write(b"\n}}\n")
    return [path]


def write_egoschema(videos: Iterable[VideoAnnotations], directory: Path) -> list[Path]:
    """Write EgoSchema's questions, the answers that are known, and where each video was cut from."""
    questions: dict[str, Row] = {}
    answers: dict[str, object] = {}
    origins: dict[str, object] = {}
    for video in videos:
        for question in video.questions:
            if question.id in questions:
                raise DataError(f"{video.video}: another question has the id {question.id!r} too")
            options = {f"{OPTION}{number}": text for number, text in enumerate(question.options)}
            questions[question.id] = {"q_uid": question.id, "question": question.text, **options}
            origins[question.id] = _origin(video)
            if question.answer is not None:
                answers[question.id] = question.answer
    if not questions:
        raise DataError(f"nothing to write to {directory}: there are no questions")
    return [
        *_write_plain(directory / QUESTIONS, list(questions.values())),
        *_write_plain(directory / ANSWERS, answers),
        *_write_plain(directory / EGO4D_IDS, origins),
    ]


LAYOUTS: Final[dict[str, Callable[[Iterable[VideoAnnotations], Path], list[Path]]]] = {
    "jsonl": lambda videos, directory: [write_annotations(directory, videos)],
    "ego4d-hcap": write_hcap,
    "ego4d-narrations": write_narrations,
    "egoschema": write_egoschema,
}
FILES: Final[dict[str, tuple[str, ...]]] = {
    "jsonl": (FILE_NAME,),
    "ego4d-hcap": FILE_NAMES,
    "ego4d-narrations": (NARRATIONS,),
    "egoschema": (QUESTIONS, ANSWERS, EGO4D_IDS),
}
"""Patterns of the files that each layout has."""


def _timed(video: VideoAnnotations, item: Annotation) -> tuple[str, float, float, str]:
    return video.video, item.span.start, item.span.end, item.caption


def _segment(video: VideoAnnotations, item: Annotation) -> Row:
    clips = ((name, _inside(found, CLIP, item.span)) for name, found in _sources(video))
    return {
        **_times(video, item),
        **{f"captions_{name}": [list(_timed(video, clip)) for clip in found] for name, found in clips},
        "segment_description": item.caption,
    }


def _summary(video: VideoAnnotations, item: Annotation) -> Row:
    gt, pred = (_inside(found, SEGMENT, item.span) for _, found in _sources(video))
    return {
        **_times(video, item),
        "segment_descriptions": [found.caption for found in gt],
        "segment_descriptions_pred": [found.caption for found in pred],
        "video_summary": item.caption,
    }


def _sources(video: VideoAnnotations) -> tuple[tuple[str, Sequence[Annotation]], ...]:
    return ("gt", video.captions), ("pred", video.predicted)


def _inside(items: Sequence[Annotation], level: str, span: Span) -> list[Annotation]:
    """Those of a level that lie wholly in a span, as the authors' files have it."""
    return [
        item
        for item in items
        if item.level == level and span.start <= item.span.start and item.span.end <= span.end
    ]


def _times(video: VideoAnnotations, item: Annotation) -> Row:
    return {"vid": video.video, "start_sec": item.span.start, "end_sec": item.span.end}


def _narration(item: Annotation) -> Row:
    middle = item.span.middle
    return {
        "timestamp_sec": middle,
        "timestamp_frame": round(middle * CLOCK_HZ),
        "narration_text": item.caption,
    }


def _description(item: Annotation) -> Row:
    return {"start_sec": item.span.start, "end_sec": item.span.end, "summary_text": item.caption}


def _origin(video: VideoAnnotations) -> Row:
    """Where a video lies in the one it was cut from, which may be itself."""
    start = video.source_start_seconds or 0.0
    end = {} if video.duration_seconds is None else {"ending_sec": start + video.duration_seconds}
    return {"video_uid": video.source or video.video, "starting_sec": start, **end}


def _write_plain(path: Path, content: Sequence[object] | Mapping[str, object]) -> list[Path]:
    """Write a pickle or JSON, as the name says, unless there is nothing in it."""
    if not content:
        return []
    with written_aside(path, make_folder=True) as file:
        if path.suffix == ".pkl":
            pickle.dump(content, file, protocol=PICKLE_PROTOCOL)
        else:
            file.write(json.dumps(content).encode() + b"\n")
    return [path]
