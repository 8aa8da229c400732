"""Training samples: which spans of which videos, each with its true captions, and in which order they come.

Every choice is a pure function of the seed, the stage and the step: a run that was stopped goes on as if it
had not been, and no number of processes changes what is learned from.
"""

from __future__ import annotations

import logging
import math
import random
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from videorecap.data.annotations import TRAIN_SPLITS, Annotation, VideoAnnotations
from videorecap.data.frames import clip_windows
from videorecap.errors import DataError
from videorecap.training.recipe import ClipSpans, Labels, Stage
from videorecap.types import Span

log = logging.getLogger(__name__)

HELD_OUT_SPLIT: Final = "val"


@dataclass(frozen=True, slots=True)
class Sample:
    """A span to caption, and the captions that would be right.

    Attributes:
        video: id.
        level: of the captions.
        span: in seconds.
        texts: references, one of which is learned at a time.
        labels: who wrote them.
    """

    video: str
    level: str
    span: Span
    texts: tuple[str, ...]
    labels: Labels = Labels.HUMAN

    @property
    def id(self) -> str:
        """What reports call it."""
        return f"{self.video}:{self.level}:{self.span.start:.12g}-{self.span.end:.12g}"


def split_videos(
    videos: Iterable[VideoAnnotations], num_held_out: int
) -> tuple[dict[str, VideoAnnotations], dict[str, VideoAnnotations]]:
    """Videos that may be trained on, by id, and the first few of those that are for validation.

    A video that is also in another split, whole or in parts, is not trained on.

    Raises:
        DataError: if there is none to train on, or two of training have the same id.
    """
    listed = list(videos)
    others = [video for video in listed if video.split not in TRAIN_SPLITS]
    kept_away = {name for video in others for name in (video.video, video.source) if name is not None}
    chosen: dict[str, VideoAnnotations] = {}
    num_leaking = 0
    for video in listed:
        if video.split not in TRAIN_SPLITS:
            continue
        if {video.video, video.source} & kept_away:
            num_leaking += 1
        elif video.video in chosen:
            raise DataError(f"two videos have the id {video.video!r}; ids must differ")
        else:
            chosen[video.video] = video
    if num_leaking:
        log.warning("%d videos are in another split too, and are not trained on", num_leaking)
    if not chosen:
        raise DataError("no video to train on: every one is of another split than train")
    held_out = [video for video in others if video.split == HELD_OUT_SPLIT][:num_held_out]
    return chosen, {video.video: video for video in held_out}


def samples_of(
    videos: Mapping[str, VideoAnnotations],
    pseudo: Mapping[str, Sequence[Annotation]],
    stage: Stage,
    base: str,
    seed: int,
) -> dict[str, tuple[Sample, ...]]:
    """The samples of a stage, by level.

    Args:
        videos: to train on.
        pseudo: captions that a teacher wrote, by video.
        stage: says which levels, how many of each, and whose labels.
        base: name of the lowest level.
        seed: of the choice, where fewer are wanted than there are.

    Raises:
        DataError: if a level has no sample.
    """
    pools = {}
    for level, number in stage.data.items():
        found = found_samples(videos, pseudo, stage, level, is_base=level == base)
        if not found:
            who = " or ".join(stage.labels)
            raise DataError(f"stage {stage.name!r}: the data has no {who} captions of level {level!r}")
        if number is not None and number < len(found):
            # a later stage that takes fewer takes some of these
            random.Random(f"{seed}/{level}").shuffle(found)
            found = found[:number]
        pools[level] = tuple(found)
    return pools


def found_samples(
    videos: Mapping[str, VideoAnnotations],
    pseudo: Mapping[str, Sequence[Annotation]],
    stage: Stage,
    level: str,
    *,
    is_base: bool,
) -> list[Sample]:
    """All samples of one level that a stage may take; there may be none."""
    if is_base and stage.clips is ClipSpans.WINDOWS:
        return [sample for video in videos.values() for sample in window_samples(video, level)]
    labels = (Labels.HUMAN,) if is_base else stage.labels
    return [sample for video in videos.values() for sample in annotated_samples(video, pseudo, level, labels)]


def annotated_samples(
    video: VideoAnnotations,
    pseudo: Mapping[str, Sequence[Annotation]],
    level: str,
    labels: tuple[Labels, ...],
) -> list[Sample]:
    """A sample for each caption of a level."""
    written = {Labels.HUMAN: video.captions, Labels.PSEUDO: pseudo.get(video.video, ())}
    return [
        Sample(video.video, level, item.span, item.texts, who)
        for who in labels
        for item in written[who]
        if item.level == level
    ]


def window_samples(video: VideoAnnotations, level: str) -> list[Sample]:
    """A sample for each window that will be captioned, told as the annotation that fills most of it."""
    items = sorted(video.at(level), key=lambda item: item.span.start)
    starts = [item.span.start for item in items]
    longest = max((item.span.duration for item in items), default=0.0)
    samples = []
    for window in clip_windows(video):
        first, last = bisect_left(starts, window.start - longest), bisect_left(starts, window.end)
        inside = [item for item in items[first:last] if item.span.overlap(window) > 0]
        if inside:
            best = max(inside, key=lambda item: item.span.overlap(window))
            samples.append(Sample(video.video, level, window, best.texts))
    return samples


@dataclass(frozen=True)
class Order:
    """Which samples each step takes: a batch of each level in turn, each level's samples shuffled anew.

    Source: Video ReCap, section S1 (alternate batching for the unified model).

    Attributes:
        pools: samples by level, in the order of the turns.
        batch_size: samples of one step.
        seed: text that the order depends on.
    """

    pools: Mapping[str, Sequence[Sample]]
    batch_size: int
    seed: str
    _shuffled: dict[tuple[str, int], list[int]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which the stage's own level, the last, gives all of its samples."""
        own = list(self.pools.values())[-1]
        return len(self.pools) * math.ceil(len(own) / self.batch_size)

    def at(self, step: int, part: int, num_parts: int) -> list[tuple[int, Sample]]:
        """Position in the step's batch and sample, of one part of the batch."""
        level = list(self.pools)[step % len(self.pools)]
        first = step // len(self.pools) * self.batch_size
        positions = range(self.batch_size * part // num_parts, self.batch_size * (part + 1) // num_parts)
        return [(position, self._sample(level, first + position)) for position in positions]

    def _sample(self, level: str, number: int) -> Sample:
        """Sample ``number`` of the endless sequence of a level."""
        pool = self.pools[level]
        epoch, place = divmod(number, len(pool))
        if (level, epoch) not in self._shuffled:
            for old in [key for key in self._shuffled if key[0] == level and key[1] < epoch - 1]:
                del self._shuffled[old]
            numbers = list(range(len(pool)))
            random.Random(f"{self.seed}/{level}/{epoch}").shuffle(numbers)
            self._shuffled[level, epoch] = numbers
        return pool[self._shuffled[level, epoch][place]]

    def chance(self, step: int, position: int) -> random.Random:
        """The randomness of one sample of one step."""
        return random.Random(f"{self.seed}/{step}/{position}")
