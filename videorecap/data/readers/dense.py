"""Dense captions as ActivityNet Captions stores them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from videorecap.data.annotations import Annotation, OnFault, VideoAnnotations, attempt
from videorecap.data.levels import SEGMENT, in_order
from videorecap.data.records import Record, as_list, as_span, as_text
from videorecap.errors import DataError

FIELDS: Final = {"timestamps", "sentences"}


def is_dense(content: object) -> bool:
    """Whether a file's content is dense captions by video."""
    entries = content.values() if isinstance(content, Mapping) else ()
    return any(isinstance(entry, Mapping) and entry.keys() >= FIELDS for entry in entries)


def read_dense(content: object, path: Path, on_fault: OnFault | None = None) -> Iterator[VideoAnnotations]:
    """Read events of some dozens of seconds, which may overlap, as segment captions.

    Args:
        content: ``{video: {"duration", "timestamps": [[start, end], ...], "sentences": [...]}}``.
        path: of the file, for errors.
        on_fault: called for each item that is wrong, which is then left out; by default it is raised.

    Raises:
        DataError: naming file, video and field.
    """
    videos = Record(content, str(path))
    for name in videos:
        for record in attempt(on_fault, videos.record, name):
            yield from attempt(on_fault, _video, name, record, on_fault)


def _video(name: str, record: Record, on_fault: OnFault | None) -> VideoAnnotations:
    times, sentences = record.list("timestamps"), record.list("sentences")
    if len(times) != len(sentences):
        raise DataError(f"{record.where}: has {len(times)} timestamps for {len(sentences)} sentences")
    captions = [
        caption
        for number, pair in enumerate(zip(times, sentences, strict=True))
        for caption in attempt(on_fault, _event, *pair, f"{record.where}: event {number}")
    ]
    return VideoAnnotations(
        video=name, duration_seconds=record.maybe_length("duration"), captions=in_order(captions)
    )


def _event(times: object, sentence: object, where: str) -> Annotation:
    pair = as_list(times, where)
    if len(pair) != 2:
        raise DataError(f"{where}: has {len(pair)} times, not a start and an end")
    return Annotation(
        level=SEGMENT, span=as_span(pair[0], pair[1], where), texts=(as_text(sentence, where).strip(),)
    )
