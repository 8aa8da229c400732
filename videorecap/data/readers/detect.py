"""Reading annotations in any known layout, recognised by what is in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from videorecap.data.annotations import FILE_NAME, JSON_LINES, OnFault, VideoAnnotations, read_annotations
from videorecap.data.readers.dense import is_dense, read_dense
from videorecap.data.readers.ego4d import is_narrations, read_narrations
from videorecap.data.readers.egoschema import QUESTIONS, is_questions, read_egoschema
from videorecap.data.readers.hcap import find_hcap, is_hcap, read_hcap
from videorecap.data.readers.trees import is_levels, is_tree, read_levels, read_tree
from videorecap.data.records import shown
from videorecap.data.sources import load_plain
from videorecap.errors import DataError
from videorecap.outputs.journal import JOURNAL_SUFFIX

Reader: TypeAlias = Callable[[object, Path, OnFault | None], Iterator[VideoAnnotations]]
KNOWN: Final = (
    "this program's annotations or captions, Ego4D-HCap, Ego4D narrations, EgoSchema and ActivityNet captions"
)


LAYOUTS: Final[tuple[tuple[Callable[[object], bool], Reader], ...]] = (
    (is_tree, read_tree),
    (is_levels, read_levels),
    (is_narrations, read_narrations),
    (is_dense, read_dense),
    (is_questions, read_egoschema),
    (is_hcap, lambda content, path, on_fault: read_hcap([(path, content)], on_fault)),
)
"""What tells a layout by a file's content, and what reads it."""


def read_any(path: Path, on_fault: OnFault | None = None) -> Iterator[VideoAnnotations]:
    """Read annotations in any known layout.

    Args:
        path: a file, or a folder: with annotations.jsonl, with EgoSchema's questions.json, with the clips,
            segments and videos files of Ego4D-HCap, or with nothing but files of known layouts, JSON or JSON
            lines, each video in one of them; journals of runs that were stopped are passed over.
        on_fault: called for each item that is wrong, which is then left out; by default it is raised.

    Raises:
        DataError: if there is no such file, it is of no known layout, or damaged.
    """
    if not path.is_dir():
        return _read_file(path, on_fault)
    if (path / FILE_NAME).exists():
        return read_annotations(path, on_fault)
    if (path / QUESTIONS).exists():
        return _read_file(path / QUESTIONS, on_fault)
    if hcap := find_hcap(path):
        return read_hcap(((file, load_plain(file)) for file in hcap), on_fault)
    lines = (file for file in path.glob(f"*{JSON_LINES}") if not file.name.endswith(JOURNAL_SUFFIX))
    files = sorted([*path.glob("*.json"), *lines])
    if not files:
        raise DataError(f"{path}: holds no annotations; known are {KNOWN}")
    return _read_each(files, on_fault)


def _read_each(files: Sequence[Path], on_fault: OnFault | None) -> Iterator[VideoAnnotations]:
    """Videos of several files; those of JSON may tell of the same, as ActivityNet's two validation files do.

    Raises:
        DataError: if two files have the same video, and one of them lines.
    """
    seen: dict[str, Path] = {}
    for file in files:
        for video in _read_file(file, on_fault):
            before = seen.setdefault(video.video, file)
            if before != file and JSON_LINES in (before.suffix, file.suffix):
                raise DataError(
                    f"{file}: holds video {video.video!r}, as {before.name} does; keep one of them"
                )
            yield video


def _read_file(path: Path, on_fault: OnFault | None) -> Iterator[VideoAnnotations]:
    if path.suffix == JSON_LINES:
        return read_annotations(path, on_fault)
    content = load_plain(path)
    for recognises, read in LAYOUTS:
        if recognises(content):
            return read(content, path, on_fault)
    raise DataError(f"{path}: holds {shown(content)} in no known layout; known are {KNOWN}")
