"""Whether captions depend on how they are computed: on what shares their batch, on the bits of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from itertools import chain
from typing import Any, Final
from unittest.mock import patch

from captioning_speed.accounts import identical
from captioning_speed.captioning import words
from captioning_speed.precisions import NOT_HERE, in_precision, is_here
from captioning_speed.random_systems import open_system
from videorecap.build import System
from videorecap.captioners.base import Captioner, CaptionRequest, Written
from videorecap.hierarchy import Level
from videorecap.jobs import Job
from videorecap.pipeline import Course, recap
from videorecap.types import Caption, Gap
from videorecap.video.reader import VideoReader

ALONE: Final = "fp32, one at a time"
CONTINUOUS: Final = "fp32, continuous batching"
Said = list[list[Any]]
"""Of captions: level, start, end, text."""


def agreement(
    *,
    videos: list[str],
    system: str,
    precisions: list[str],
    device: str,
    num_tokens: int | None,
    batch_size: int,
    seed: int,
) -> dict[str, dict[str, Any]]:
    """Caption videos in every way, and compare.

    Returns:
        Of each way: the share of captions that are identical to those written one at a time, and, where bits
        were saved, their CIDEr with those written with all.
    """
    opened = open_system(system, device=device, seed=seed, num_tokens=num_tokens)
    ways: dict[str, Callable[[], Said]] = {
        ALONE: lambda: _one_by_one(videos, opened, batch_size=1),
        f"fp32, batches of {batch_size}": lambda: _one_by_one(videos, opened, batch_size=batch_size),
        CONTINUOUS: lambda: _captions(videos, opened, batch_size=batch_size),
        f"fp32, {len(videos)} files at once": lambda: _captions(
            videos, opened, batch_size=batch_size, at_once=len(videos)
        ),
    }
    said = {way: write() for way, write in ways.items()}
    told: dict[str, dict[str, Any]] = {
        way: {"captions": len(own), "identical": identical(said[ALONE], own)} for way, own in said.items()
    }
    for precision in precisions:
        if precision == "fp32":
            continue
        if not is_here(precision, opened.device):
            told[precision] = {"missing": NOT_HERE}
            continue
        own = _captions(videos, in_precision(opened, precision), batch_size=batch_size)
        told[precision] = {"captions": len(own), **compared(said[CONTINUOUS], own)}
    return told


def compared(said: Sequence[Sequence[Any]], other: Sequence[Sequence[Any]]) -> dict[str, float]:
    """How alike captions are to others of the same windows; CIDEr is x 100: 1000 where words are the same."""
    from videorecap.evaluation.metrics import Item, Metric, compute

    texts = {tuple(caption[:3]): caption[3] for caption in said}
    items = [Item(caption[3], (texts[tuple(caption[:3])],)) for caption in other]
    cider = compute([Metric.CIDER], items)[Metric.CIDER].value
    return {"identical": identical(said, other), "cider": 100 * cider}


def table(told: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Lines of what ``agreement`` found."""
    yield f"{'':30}{'captions':>9}{'identical':>11}{'CIDEr (1000 = the same)':>25}"
    for way, found in told.items():
        if "missing" in found:
            yield f"{way:30}{found['missing']}"
            continue
        cider = f"{found['cider']:25.1f}" if "cider" in found else ""
        yield f"{way:30}{found['captions']:9}{found['identical']:11.1%}{cider}"


def _one_by_one(videos: Sequence[str], system: System, *, batch_size: int) -> Said:
    """Without continuous batching: each batch of clips is captioned before the next is begun."""
    return _captions(videos, system, batch_size=batch_size, is_streamed=False)


def _captions(
    videos: Sequence[str], system: System, *, batch_size: int, at_once: int = 1, is_streamed: bool = True
) -> Said:
    """Of all levels of all videos; levels are called by the video's number too."""
    said: Said = []
    plain = patch("videorecap.describe.written_of", _batch_by_batch)
    groups = [list(enumerate(videos))] if at_once > 1 else [[pair] for pair in enumerate(videos)]
    with nullcontext() if is_streamed else plain:
        for group in groups:
            items: dict[int, list[Caption | Gap]] = {number: [] for number, _ in group}
            readers = {number: VideoReader(path) for number, path in group}
            courses: Iterator[Course] = (
                Job(reader, system, None, batch_size).course(items[number].append)
                for number, reader in readers.items()
            )
            with closing(recap(courses, system, batch_size=batch_size, at_once=at_once)) as over:
                for course in over:
                    if course.failure is not None:
                        raise course.failure
            for number, own in items.items():
                readers[number].close()
                captions = words(item for item in own if isinstance(item, Caption))
                said += [[f"{level} {number}", *rest] for level, *rest in captions]
    return said


def _batch_by_batch(
    captioner: Captioner, _: Level, batches: Iterable[Sequence[CaptionRequest]], *, num_rows: int
) -> Iterator[Written]:
    """In place of ``written_of``, for captioners that could take a stream."""
    del num_rows
    return chain.from_iterable(map(captioner.write, batches))
