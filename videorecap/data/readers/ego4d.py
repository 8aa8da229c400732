"""Narrations of Ego4D, as it publishes them and in a simpler form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from videorecap.data.annotations import Annotation, OnFault, VideoAnnotations, attempt
from videorecap.data.levels import CLIP, SEGMENT, in_order
from videorecap.data.narrations import narration_spans
from videorecap.data.records import Record
from videorecap.errors import DataError

PASSES: Final = ("narration_pass_1", "narration_pass_2")
FIELDS: Final = frozenset({*PASSES, "narrations"})
NARRATION_FIELDS: Final = (("timestamp_sec", "narration_text"), ("time", "text"))


def is_narrations(content: object) -> bool:
    """Whether a file's content holds narrations by video."""
    if not isinstance(content, Mapping):
        return False
    videos = content.get("videos", content)
    entries = videos.values() if isinstance(videos, Mapping) else ()
    return any(isinstance(entry, Mapping) and not FIELDS.isdisjoint(entry) for entry in entries)


def read_narrations(
    content: object, path: Path, on_fault: OnFault | None = None
) -> Iterator[VideoAnnotations]:
    """Read narrations as clip captions, and the descriptions of up to 5 minutes as segment captions.

    Tags as in "#C C opens a door" stay in the text; see ``untagged``. A narration is a moment; its clip is
    as ``narration_spans`` says, separately for each of the two annotators. Ego4D's placeholder videos
    without narrations, and those that it took back ("redacted"), have no captions.

    Args:
        content: by video id, "narration_pass_1" and "narration_pass_2" with "narrations"
            (timestamp_sec, narration_text) and "summaries" (start_sec, end_sec, summary_text), or at once
            "narrations" (time, text); all of it may be under "videos".
        path: of the file, for errors.
        on_fault: called for each item that is wrong, which is then left out; by default it is raised.

    Raises:
        DataError: naming file, video and field.
    """
    record = Record(content, str(path))
    videos = record.record("videos") if "videos" in record else record
    for name in videos:
        for video in attempt(on_fault, videos.record, name):
            yield from attempt(on_fault, _video, name, video, on_fault)


def _video(name: str, video: Record, on_fault: OnFault | None) -> VideoAnnotations:
    parts = [made for part in PASSES if part in video for made in attempt(on_fault, video.record, part)]
    duration = video.maybe_length("duration_seconds")
    captions = [found for part in parts or [video] for found in _captions(part, duration, on_fault)]
    return VideoAnnotations(video=name, duration_seconds=duration, captions=in_order(captions))


def _captions(record: Record, duration: float | None, on_fault: OnFault | None) -> Iterator[Annotation]:
    items = enumerate(record.maybe_list("narrations"))
    found = [
        made
        for number, item in items
        for made in attempt(on_fault, _narration, item, f"{record.where}: narrations[{number}]")
    ]
    spans = narration_spans([seconds for seconds, _, _ in found], duration_seconds=duration)
    for (_, text, where), span in zip(found, spans, strict=True):
        if span is None:
            fault = DataError(f"{where}: its clip is empty or outside the video")
            if on_fault is None:
                raise fault
            on_fault(fault)
        else:
            yield Annotation(level=CLIP, span=span, texts=(text,))
    for number, item in enumerate(record.maybe_list("summaries")):
        yield from attempt(on_fault, _description, item, f"{record.where}: summaries[{number}]")


def _narration(item: object, where: str) -> tuple[float, str, str]:
    record = Record(item, where)
    time, text = next((names for names in NARRATION_FIELDS if names[0] in record), NARRATION_FIELDS[0])
    return record.number(time), record.text(text), where


def _description(item: object, where: str) -> Annotation:
    record = Record(item, where)
    return Annotation(
        level=SEGMENT, span=record.span("start_sec", "end_sec"), texts=(record.text("summary_text"),)
    )
