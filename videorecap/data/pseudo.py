"""Annotations that a language model wrote for spans that nobody described: one JSON object per line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, cast

from videorecap.data.annotations import TRAIN_SPLITS, Annotation, VideoAnnotations
from videorecap.data.levels import SEGMENT, SUMMARY
from videorecap.data.pseudo_plan import Target
from videorecap.data.records import Record, read_record
from videorecap.errors import DataError
from videorecap.outputs.journal import JSON

SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who wrote the labels of a file, from what, and how; equal work has an equal one.

    Attributes:
        teacher: name of the model.
        digest: of its files.
        trained_on: what it learnt from: data set, samples, steps.
        prompts: what stood before the captions, by level.
        decoding: how its words were chosen.
        data: digest of the spans and captions it read.
        seed: of the choice of spans.
    """

    teacher: str
    digest: str
    trained_on: Mapping[str, JSON]
    prompts: Mapping[str, JSON]
    decoding: Mapping[str, JSON]
    data: str
    seed: int

    def header(self) -> dict[str, JSON]:
        """The first line of a file of labels."""
        return {"schema_version": SCHEMA_VERSION, "provenance": asdict(self)}


def read_provenance(path: Path) -> Provenance:
    """Who wrote the labels of a file.

    Raises:
        DataError: if it cannot be read, or its first line does not tell.
    """
    for number, line in _lines(path):
        return _provenance(read_record(line, f"{path}:{number}", SCHEMA_VERSION))
    raise DataError(f"{path}: is empty; the first line of a file of labels says who wrote them")


def read_pseudo(path: Path) -> Iterator[tuple[str, Annotation]]:
    """Read labels one by one, each with the id of its video.

    Raises:
        DataError: naming file, line and field.
    """
    read_provenance(path)
    lines = _lines(path)
    next(lines)
    for number, line in lines:
        record = read_record(line, f"{path}:{number}", SCHEMA_VERSION)
        record.allow("schema_version", "video", "level", "start", "end", "text")
        level, text = record.text("level"), record.text("text")
        if level not in (SEGMENT, SUMMARY):
            raise DataError(f"{record.where}: level: is {level!r:.40}; labels are of {SEGMENT} or {SUMMARY}")
        if not text.strip():
            raise DataError(f"{record.where}: text: is empty")
        span = record.span("start", "end")
        yield record.text("video"), Annotation(level=level, span=span, texts=(text,))


def with_pseudo(
    videos: Iterable[VideoAnnotations], labels: Iterable[tuple[str, Annotation]]
) -> dict[str, tuple[Annotation, ...]]:
    """The labels of each video, by its id; videos without any have none.

    Args:
        videos: that training knows.
        labels: as ``read_pseudo`` gives them.

    Raises:
        DataError: if a label is of a video that is not there or not in training, or lasts longer than it.
    """
    known = {video.video: video for video in videos}
    found: dict[str, list[Annotation]] = {name: [] for name in known}
    for name, label in labels:
        video = known.get(name)
        where = f"label of {name!r:.60} at {label.span.start:g}-{label.span.end:g} s"
        if video is None:
            raise DataError(f"{where}: there is no such video; give the annotations that were labelled")
        if video.split not in TRAIN_SPLITS:
            raise DataError(f"{where}: the video is of split {video.split!r}, which is not trained on")
        if video.duration_seconds is not None and label.span.end > video.duration_seconds + 1:
            raise DataError(f"{where}: the video lasts {video.duration_seconds:g} s")
        found[name].append(label)
    return {name: tuple(each) for name, each in found.items()}


def label_line(target: Target, text: str) -> str:
    """A label as one line of JSON, without its end."""
    fields = {"video": target.video, "level": target.level, "start": target.span.start}
    fields |= {"end": target.span.end, "text": text}
    return json.dumps({"schema_version": SCHEMA_VERSION, **fields}, ensure_ascii=False, allow_nan=False)


def _provenance(record: Record) -> Provenance:
    """The first line of a file, checked."""
    record.allow("schema_version", "provenance")
    told = record.record("provenance")
    told.allow(*Provenance.__dataclass_fields__)
    seed = told.maybe_count("seed")
    if seed is None:
        raise DataError(f"{told.where}: has no seed")
    return Provenance(
        teacher=told.text("teacher"),
        digest=told.text("digest"),
        trained_on=_fields(told, "trained_on"),
        prompts=_fields(told, "prompts"),
        decoding=_fields(told, "decoding"),
        data=told.text("data"),
        seed=seed,
    )


def _fields(record: Record, name: str) -> dict[str, JSON]:
    inner = record.record(name)
    return {each: cast(JSON, inner.value(each)) for each in inner}


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise DataError(f"{path}: cannot be read ({reason}); give a file of labels") from error
