"""Looking through a data set for what would spoil training or evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from videorecap.data.annotations import Annotation, VideoAnnotations
from videorecap.data.files import VideoFiles
from videorecap.data.findings import ERROR, WARNING, Finding, Severity
from videorecap.data.leaks import Leaks
from videorecap.data.levels import SEGMENT, SUMMARY
from videorecap.data.readers.detect import read_any
from videorecap.errors import DataError

TOLERANCE_SECONDS: Final = 0.1  # by which times may disagree
TILING: Final = frozenset({SEGMENT, SUMMARY})  # levels whose spans are meant not to overlap


def check(
    *paths: Path, videos_folder: Path | None = None, forbidden: frozenset[str] = frozenset()
) -> Iterator[Finding]:
    """Everything that is wrong, or looks wrong, with a data set.

    Args:
        paths: whatever ``read_any`` reads, usually a folder; several, as one for each split, are checked for
            leaks between them too.
        videos_folder: where the video files are; by default "videos" in each folder, if that is there.
        forbidden: ids of videos that must not be in training, such as EgoSchema's.

    Returns:
        Findings, as they are made.

    Raises:
        DataError: if the annotations cannot be read at all.
    """
    faults: list[DataError] = []
    leaks = Leaks(forbidden)
    question_ids: set[str] = set()
    for path in paths:
        folder = path if path.is_dir() else path.parent
        files = VideoFiles(folder, videos_folder)
        is_empty = True
        for video in read_any(path, faults.append):
            is_empty = False
            yield from _drained(faults)
            yield from check_video(video)
            yield from _questions(video, question_ids)
            yield from leaks.see(video, folder)
            yield from files.check(video)
        yield from _drained(faults)
        yield from files.findings()
        if is_empty:
            yield Finding(ERROR, str(path), "holds no videos")
    yield from leaks.findings()


def check_video(video: VideoAnnotations) -> Iterator[Finding]:
    """What is wrong with the captions of one video, one finding for each level and kind of fault."""
    if not video.video.strip():
        yield Finding(ERROR, repr(video.video), "is no id of a video")
    if not video.captions and not video.questions:
        yield Finding(WARNING, video.video, "has neither captions nor questions")
    seconds = video.duration_seconds
    for level in dict.fromkeys(caption.level for caption in video.captions):
        captions = sorted(video.at(level), key=lambda caption: caption.span)
        empty = [caption for caption in captions if not all(text.strip() for text in caption.texts)]
        yield from _summed_up(video, empty, ERROR, "has an empty text")
        if seconds is not None:
            beyond = [caption for caption in captions if caption.span.end > seconds + TOLERANCE_SECONDS]
            yield from _summed_up(video, beyond, ERROR, f"lies beyond the video's end at {seconds:g} s")
        if video.seed is None or level not in TILING:  # of a simulated video any span may be described
            severity: Severity = ERROR if level in TILING else WARNING
            yield from _summed_up(video, _overlapping(captions), severity, "begins before another one ends")


def _drained(faults: list[DataError]) -> Iterator[Finding]:
    """Faults of reading as findings."""
    while faults:
        where, _, what = str(faults.pop(0)).partition(": ")
        yield Finding(ERROR, where, what)


def _summed_up(
    video: VideoAnnotations, wrong: Sequence[Annotation], severity: Severity, what: str
) -> Iterator[Finding]:
    """One finding for all captions of a level with one fault: how many, and the first."""
    if wrong:
        first = wrong[0]
        more = f" (and {len(wrong) - 1} more of the level)" if len(wrong) > 1 else ""
        span = f"{first.level} {first.span.start:g}-{first.span.end:g} s"
        yield Finding(severity, video.video, f"{span} {what}{more}")


def _overlapping(captions: Sequence[Annotation]) -> list[Annotation]:
    """Those, of captions in order of time, that begin before an earlier one ends."""
    reached = 0.0
    found = []
    for caption in captions:
        if caption.span.start < reached - TOLERANCE_SECONDS:
            found.append(caption)
        reached = max(reached, caption.span.end)
    return found


def _questions(video: VideoAnnotations, seen: set[str]) -> Iterator[Finding]:
    for question in video.questions:
        where = f"{video.video}, question {question.id}"
        if question.id in seen:
            yield Finding(ERROR, where, "another question has this id too")
        seen.add(question.id)
        if not question.text.strip() or not all(option.strip() for option in question.options):
            yield Finding(ERROR, where, "has an empty text")
        if len(set(question.options)) < max(2, len(question.options)):
            yield Finding(ERROR, where, f"has {len(set(question.options))} different options")
