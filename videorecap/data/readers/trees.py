"""What this program writes about a video, and lists of captions by level, as annotations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from videorecap.data.annotations import Annotation, OnFault, VideoAnnotations, attempt
from videorecap.data.levels import in_order
from videorecap.data.records import Record, as_list
from videorecap.errors import DataError, OutputError
from videorecap.outputs.json_tree import tree_from_json

FACTS: Final = frozenset({"video", "duration_seconds"})


def is_tree(content: object) -> bool:
    """Whether a file's content is a caption tree as ``videorecap caption`` writes it."""
    return isinstance(content, Mapping) and "schema_version" in content and "captions" in content


def is_levels(content: object) -> bool:
    """Whether a file's content is one video with a list of captions for each level."""
    return isinstance(content, Mapping) and isinstance(content.get("video"), str)


def read_tree(content: object, path: Path, on_fault: OnFault | None = None) -> Iterator[VideoAnnotations]:
    """Read the captions of a tree as if they were references; drafts are left out.

    Args:
        content: the JSON of a captioned video.
        path: of the file, for errors.
        on_fault: called if it is wrong, and nothing is read; by default the fault is raised.

    Raises:
        DataError: naming file and field.
    """
    yield from attempt(on_fault, _tree, content, str(path))


def _tree(content: object, where: str) -> VideoAnnotations:
    try:
        tree = tree_from_json(json.dumps(content), where)
    except OutputError as error:
        raise DataError(str(error)) from None
    except (ValueError, RecursionError) as error:  # a pickle may hold itself
        raise DataError(f"{where}: is no caption tree ({error})") from None
    return VideoAnnotations(
        video=Path(tree.video.path).stem,
        duration_seconds=tree.video.duration_seconds or None,
        captions=in_order(
            Annotation(level=item.level, span=item.span, texts=(item.text,))
            for item in tree.captions
            if item.final
        ),
    )


def read_levels(content: object, path: Path, on_fault: OnFault | None = None) -> Iterator[VideoAnnotations]:
    """Read one video whose captions are in lists by level.

    Args:
        content: ``{"video", "duration_seconds", level: [{"start", "end", "text"}, ...], ...}``; a text in
            place of a list is about the whole video.
        path: of the file, for errors.
        on_fault: called for each caption that is wrong, which is then left out; by default it is raised.

    Raises:
        DataError: naming file, caption and field.
    """
    record = Record(content, str(path))
    captions = [
        caption
        for level in record
        if level not in FACTS
        for number, item in enumerate(_items(record, level))
        for caption in attempt(on_fault, _caption, level, item, f"{path}: {level}[{number}]")
    ]
    yield VideoAnnotations(
        video=record.text("video"),
        duration_seconds=record.maybe_length("duration_seconds"),
        captions=in_order(captions),
    )


def _items(record: Record, level: str) -> Sequence[object]:
    """The captions of a level, of which one that is a mere text is about the whole video."""
    value = record.value(level)
    if isinstance(value, str):
        return [{"start": 0.0, "end": record.value("duration_seconds"), "text": value}]
    return as_list(value, f"{record.where}: {level}")


def _caption(level: str, item: object, where: str) -> Annotation:
    record = Record(item, where)
    return Annotation(level=level, span=record.span("start", "end"), texts=(record.text("text"),))
