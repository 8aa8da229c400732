"""What files of predictions say of spans, in the layouts of several programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from videorecap.data.annotations import Annotation
from videorecap.data.levels import SUMMARY
from videorecap.data.readers.detect import read_any
from videorecap.data.records import Record, as_span, shown
from videorecap.data.sources import load_plain
from videorecap.errors import DataError
from videorecap.evaluation.answers import Answer
from videorecap.training.samples import Sample
from videorecap.types import Span

RESULTS: Final = "results"  # of an ActivityNet submission
ACTIVITYNET_PREFIX: Final = "v_"  # of video ids in some submissions
LEAST_OVERLAP: Final = 0.5  # intersection over union of a predicted and an annotated time
Place: TypeAlias = tuple[str, str, Span]
"""A video, a level, and a time."""


@dataclass
class Said:
    """What a file says of samples.

    Attributes:
        texts: by video, level and time; of several the last, or that whose time is most alike.
        unused: of each caption that is of no sample, the video or image that it names.
        num_repeated: captions of samples that have another.
        may_be_references: see ``CaptionFile``.
    """

    texts: dict[Place, str] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    num_repeated: int = 0
    may_be_references: bool = False

    def add(self, place: Place, text: str, *, stays: bool = False) -> None:
        """Take a caption, in place of one that there is, if that does not stay."""
        self.num_repeated += place in self.texts
        if not stays:
            self.texts[place] = text

    def answers(self, samples: Iterable[Sample]) -> list[Answer]:
        """Each sample with what was said of it."""
        return [Answer(sample, self.texts.get(_place(sample))) for sample in samples]


@dataclass(frozen=True)
class CaptionFile:
    """What a file of ours holds, or one of annotations.

    Attributes:
        captions: by video, those of systems where it has any.
        may_be_references: whether it has none, and nobody can tell who wrote its captions.
    """

    captions: Mapping[str, Sequence[Annotation]]
    may_be_references: bool


def read_captions(path: Path) -> CaptionFile:
    """Captions of a file or folder in any layout that is known.

    Raises:
        DataError: if it cannot be read.
    """
    videos = list(read_any(path))
    has_predicted = any(video.predicted for video in videos)
    captions: dict[str, list[Annotation]] = defaultdict(list)
    for video in videos:
        captions[video.video] += video.predicted if has_predicted else video.captions
    return CaptionFile(captions, may_be_references=not has_predicted and any(captions.values()))


def read_said(path: Path, samples: Sequence[Sample]) -> Said:
    """Captions of samples, from a file of predictions.

    Args:
        path: our annotations or caption trees (file or folder), COCO results (a JSON list of objects with
            ``caption`` and ``image_id``, a sample's id, or of a summary the video's), or an ActivityNet
            submission (a JSON object with ``results``).
        samples: that are asked for, of all levels.

    Raises:
        DataError: if it cannot be read, or is none of them.
    """
    found = load_plain(path) if path.is_file() and path.suffix == ".json" else None
    if isinstance(found, list):
        return _from_coco(found, samples, path)
    if isinstance(found, dict) and RESULTS in found:
        return _from_activitynet(Record(found, str(path)).record(RESULTS), samples)
    return _from_ours(read_captions(path), samples)


def _from_ours(found: CaptionFile, samples: Sequence[Sample]) -> Said:
    """Whatever is said of videos that are asked for, but not of their samples, is no fault."""
    wanted = {_place(sample) for sample in samples}
    videos, levels = {sample.video for sample in samples}, {sample.level for sample in samples}
    said = Said(may_be_references=found.may_be_references)
    for video, items in found.captions.items():
        for item in items:
            if (video, item.level, item.span) in wanted:
                said.add((video, item.level, item.span), item.caption)
            elif video not in videos and item.level in levels:
                said.unused.append(video)
    return said


def _from_coco(rows: Sequence[object], samples: Sequence[Sample], path: Path) -> Said:
    known = {name: sample for sample in samples for name in _names(sample)}
    said = Said()
    for number, row in enumerate(rows):
        record = Record(row, f"{path}: row {number}")
        name = str(record.value("image_id"))
        if name in known:
            said.add(_place(known[name]), record.text("caption"))
        else:
            said.unused.append(name)
    return said


def _names(sample: Sample) -> Iterator[str]:
    """What a sample may be called in COCO results."""
    yield sample.id
    if sample.level == SUMMARY:
        yield sample.video


def _from_activitynet(results: Record, samples: Sequence[Sample]) -> Said:
    """Each caption goes to the sample of each level that its time is most like; the most alike one stays."""
    along: dict[str, dict[str, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        along[sample.video][sample.level].append(sample)
    said, most = Said(), dict[Place, float]()
    for name in results:
        video = name if name in along else name.removeprefix(ACTIVITYNET_PREFIX)
        levels = along[video].values() if video in along else ()
        for row in (Record(row, f"{results.where}: {name}") for row in results.list(name)):
            span, text = _time_of(row), row.text("sentence")
            alike = [max((_likeness(one.span, span), _place(one)) for one in level) for level in levels]
            belongs = [(likeness, place) for likeness, place in alike if likeness >= LEAST_OVERLAP]
            if not belongs:
                said.unused.append(name)
            for likeness, place in belongs:
                said.add(place, text, stays=likeness <= most.get(place, 0.0))
                most[place] = max(likeness, most.get(place, 0.0))
    return said


def _place(sample: Sample) -> Place:
    return sample.video, sample.level, sample.span


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
