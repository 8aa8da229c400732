"""Ego4D-HCap as its authors published it: clips, segments and videos in lists, one file for each split."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from videorecap.data.annotations import Annotation, OnFault, VideoAnnotations, attempt
from videorecap.data.levels import CLIP, SEGMENT, SUMMARY, in_order
from videorecap.data.records import Record, as_list, as_span, as_text, shown
from videorecap.errors import DataError
from videorecap.types import Span

SEGMENT_SECONDS: Final = 180.0  # the window of predicted descriptions, which are stored without times
FILE_NAMES: Final = ("clips_*", "segments_*", "videos_*", "all_captions.json", "all_segments.json")
DESCRIPTIONS: Final = frozenset({"segment_description", "video_summary"})
PSEUDO: Final = "pseudo"  # in the names of files whose texts a language model made up
ALL_SPLITS: Final = "all"  # in the names of files that belong to no split
_SPLIT: Final = re.compile(r"(?:clips|segments|videos)_([^_.]+)")


@dataclass(slots=True)
class _Video:
    """What the files say of one video; the many clips stay as they came until they are asked for."""

    clips: list[tuple[Path, int, Sequence[object]]] = field(default_factory=list)
    captions: list[Annotation] = field(default_factory=list)
    predicted: list[Annotation] = field(default_factory=list)

    def add(self, other: _Video) -> None:
        self.clips += other.clips
        self.captions += other.captions
        self.predicted += other.predicted


def find_hcap(folder: Path) -> list[Path]:
    """The data set's files in a folder, without those that hold a language model's texts as references."""
    found = (path for pattern in FILE_NAMES for path in sorted(folder.glob(pattern)))
    return [path for path in found if path.suffix in {".pkl", ".json"} and PSEUDO not in path.name]


def is_hcap(content: object) -> bool:
    """Whether a file's content is in one of the layouts of Ego4D-HCap."""
    if isinstance(content, Mapping):
        return any(
            isinstance(items, list) and all(isinstance(item, str | list | tuple) for item in items)
            for items in content.values()
        )
    return isinstance(content, list) and any(
        isinstance(item, list | tuple) or (isinstance(item, Mapping) and not DESCRIPTIONS.isdisjoint(item))
        for item in content
    )


def read_hcap(
    files: Iterable[tuple[Path, object]], on_fault: OnFault | None = None
) -> Iterator[VideoAnnotations]:
    """Read files of Ego4D-HCap, and join what they say of one video.

    References become captions; what a model wrote (``captions_pred``, ``segment_descriptions_pred``,
    all_captions.json, all_segments.json) becomes ``predicted``. Predicted segment descriptions have no times;
    they follow each other every 180 seconds. The ``segment_descriptions`` of a video have none either, and
    are left out: the segments file has them with their times.

    Args:
        files: clips, segments and videos files and their content; the split is taken from their names.
        on_fault: called for each item that is wrong, which is then left out; by default it is raised.

    Raises:
        DataError: naming file, item and field.
    """
    videos: dict[tuple[str, str | None], _Video] = {}
    for path, content in files:
        _collect(content, path, videos, on_fault)
    for (name, split), video in _with_shared(videos).items():
        clips = [clip for found in video.clips for clip in attempt(on_fault, _clip, *found)]
        yield VideoAnnotations(
            video=name,
            duration_seconds=None,
            captions=in_order([*clips, *video.captions]),
            predicted=in_order(video.predicted),
            split=split,
        )


def _with_shared(videos: dict[tuple[str, str | None], _Video]) -> dict[tuple[str, str | None], _Video]:
    """Give what files for all splits say of a video to its entry in a split, where it has one."""
    in_splits = [key for key in videos if key[1] is not None]
    shared = {(name, None) for name, _ in in_splits} & videos.keys()
    for name, split in in_splits:
        if (name, None) in shared:
            videos[name, split].add(videos[name, None])
    return {key: video for key, video in videos.items() if key not in shared}


def _collect(
    content: object, path: Path, videos: dict[tuple[str, str | None], _Video], on_fault: OnFault | None
) -> None:
    match = _SPLIT.match(path.name)
    split = match[1] if match and match[1] != ALL_SPLITS else None
    if isinstance(content, Mapping):
        for key, items in content.items():
            for name in attempt(on_fault, as_text, key, f"{path}: a video's id"):
                video = videos.setdefault((name, split), _Video())
                for made in attempt(on_fault, _texts_of_video, items, f"{path}: {name}"):
                    video.predicted += made
        return
    for number, item in enumerate(as_list(content, str(path))):
        if isinstance(item, list | tuple):
            for name in attempt(on_fault, _vid, item, f"{path}: item {number}"):
                videos.setdefault((name, split), _Video()).clips.append((path, number, item))
            continue
        for record in attempt(on_fault, Record, item, f"{path}: item {number}"):
            for name in attempt(on_fault, record.text, "vid"):
                _add(videos.setdefault((name, split), _Video()), record, on_fault)


def _add(video: _Video, record: Record, on_fault: OnFault | None) -> None:
    """Take a segment's or a video's dict."""
    for found in attempt(on_fault, _described, record):
        video.captions.append(found)
    for name, target in (("captions_gt", video.captions), ("captions_pred", video.predicted)):
        for number, item in enumerate(record.maybe_list(name)):
            where = f"{record.where}: {name}[{number}]"
            target.extend(attempt(on_fault, _timed, item, where))
    if "segment_descriptions_pred" in record:
        for made in attempt(on_fault, _predicted_segments, record):
            video.predicted += made


def _described(record: Record) -> Annotation:
    level, name = (
        (SUMMARY, "video_summary") if "video_summary" in record else (SEGMENT, "segment_description")
    )
    return Annotation(level=level, span=record.span("start_sec", "end_sec"), texts=(record.text(name),))


def _predicted_segments(record: Record) -> list[Annotation]:
    """The predicted descriptions of a video, which one version of the files stores as one text."""
    where = f"{record.where}: segment_descriptions_pred"
    value = record.value("segment_descriptions_pred")
    if isinstance(value, str):
        try:
            value = ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            raise DataError(f"{where}: is {shown(value)}, not a list of texts") from None
    return _evenly(as_list(value, where), where, record.span("start_sec", "end_sec"))


def _texts_of_video(items: object, where: str) -> list[Annotation]:
    """A video's entry of all_captions.json or all_segments.json."""
    listed = as_list(items, where)
    if listed and isinstance(listed[0], str):
        return _evenly(listed, where, None)
    return [_timed(item, f"{where}[{number}]") for number, item in enumerate(listed)]


def _evenly(texts: Sequence[object], where: str, whole: Span | None) -> list[Annotation]:
    """Descriptions one after another; the last one ends where the video does, if that is known."""
    first = whole.start if whole else 0.0
    made = []
    for number, text in enumerate(texts):
        start = first + number * SEGMENT_SECONDS
        end = min(start + SEGMENT_SECONDS, whole.end) if whole else start + SEGMENT_SECONDS
        span = as_span(start, end, f"{where}[{number}]")
        made.append(Annotation(level=SEGMENT, span=span, texts=(as_text(text, f"{where}[{number}]"),)))
    return made


def _vid(item: Sequence[object], where: str) -> str:
    if not item:
        raise DataError(f"{where}: is empty, not (vid, start, end, caption)")
    return as_text(item[0], f"{where}: vid")


def _clip(path: Path, number: int, item: Sequence[object]) -> Annotation:
    return _timed(item, f"{path}: item {number}")


def _timed(item: object, where: str) -> Annotation:
    """A clip caption from (vid, start, end, caption)."""
    parts = as_list(item, where)
    if len(parts) == 3:
        raise DataError(f"{where}: (vid, start, end) is a clip to caption; give a file with captions")
    if len(parts) != 4:
        raise DataError(f"{where}: has {len(parts)} parts, not (vid, start, end, caption)")
    _, start, end, text = parts
    if isinstance(start, str) and isinstance(text, int | float):
        raise DataError(f"{where}: (vid, sid, start, end) is a segment to caption; give a file with captions")
    return Annotation(
        level=CLIP, span=as_span(start, end, where), texts=(as_text(text, f"{where}: caption"),)
    )
