"""Which spans of training videos a teacher is to describe, because no human did."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from videorecap.data.annotations import TRAIN_SPLITS, VideoAnnotations
from videorecap.data.levels import CLIP, SEGMENT, SUMMARY
from videorecap.types import Span

MAX_SHARED: Final = 0.5  # of the time of two segments together; those that share more are the same
FEWEST_CAPTIONS: Final = 2  # in a span, for there to be anything to sum up
MAX_DRAWS: Final = 20  # for each segment wanted
DECIMALS: Final = 2  # of a drawn time in seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A span to be labelled.

    Attributes:
        video: its id.
        level: "segment" or "summary".
        span: of the video.
        captions: what the human clip captions inside say, in order.
    """

    video: str
    level: str
    span: Span
    captions: tuple[str, ...]


def captions_in(video: VideoAnnotations, span: Span) -> tuple[str, ...]:
    """What the human clip captions whose middle is in a span say, in order; neighbours that repeat once."""
    clips = sorted((item for item in video.at(CLIP) if item.span.middle in span), key=lambda item: item.span)
    texts = [item.caption for item in clips]
    return tuple(text for index, text in enumerate(texts) if index == 0 or text != texts[index - 1])


def labelable(
    videos: Iterable[VideoAnnotations], forbidden: frozenset[str] = frozenset()
) -> Iterator[VideoAnnotations]:
    """The videos that may be labelled: of the training split, with clip captions, and not kept away.

    Args:
        videos: of a data set.
        forbidden: ids of videos, or of those they were cut from, that are kept for evaluation.
    """
    for video in videos:
        kept = forbidden & {video.video, video.source or video.video}
        if video.split in TRAIN_SPLITS and not kept and video.at(CLIP):
            yield video


def plan_segments(
    videos: Sequence[VideoAnnotations], count: int, lengths_seconds: Sequence[float], seed: int
) -> tuple[Target, ...]:
    """Spans of minutes that nobody described, drawn at random; sorted by video and time.

    A video is drawn in proportion to its length. A span that shares more than ``MAX_SHARED`` with a
    segment of a human, or with one drawn before, is left out.

    Args:
        videos: that may be labelled.
        count: how many; fewer where there is no more room.
        lengths_seconds: quantiles of the length of a span, at equal distances; at least two.
        seed: of the draws.
    """
    drawn = random.Random(f"{seed} {SEGMENT}")
    taken = [[item.span for item in video.at(SEGMENT)] for video in videos]
    ends = list(accumulate(_seconds(video) for video in videos))
    targets: list[tuple[int, Target]] = []
    for _ in range(MAX_DRAWS * count if ends else 0):
        if len(targets) == count:
            break
        index = bisect_left(ends, drawn.random() * ends[-1])
        span = _draw_span(drawn, _seconds(videos[index]), lengths_seconds)
        if any(_shared(span, each) > MAX_SHARED for each in taken[index]):
            continue
        captions = captions_in(videos[index], span)
        if len(captions) < FEWEST_CAPTIONS:
            continue
        taken[index].append(span)
        target = Target(video=videos[index].video, level=SEGMENT, span=span, captions=captions)
        targets.append((index, target))
    return tuple(target for _, target in sorted(targets, key=lambda item: (item[0], item[1].span)))


def plan_summaries(
    videos: Sequence[VideoAnnotations], count: int, seed: int, *, again: bool = False
) -> tuple[Target, ...]:
    """Whole videos that nobody summed up, drawn at random, in the order of the videos.

    Args:
        videos: that may be labelled.
        count: how many; fewer where there are no more.
        seed: of the draws.
        again: also those that a human has summed up, after all others.
    """
    open_ones = [video for video in videos if again or not video.at(SUMMARY)]
    targets: list[tuple[bool, int, Target]] = []
    for index, video in enumerate(open_ones):
        span = Span(0.0, _seconds(video))
        captions = captions_in(video, span)
        if len(captions) >= FEWEST_CAPTIONS:
            target = Target(video=video.video, level=SUMMARY, span=span, captions=captions)
            targets.append((bool(video.at(SUMMARY)), index, target))
    random.Random(f"{seed} {SUMMARY}").shuffle(targets)
    chosen = sorted(targets, key=lambda item: item[0])[:count]
    return tuple(target for _, _, target in sorted(chosen, key=lambda item: item[1]))


def _seconds(video: VideoAnnotations) -> float:
    """How long a video is; by its captions, where the source does not say."""
    return video.duration_seconds or max(item.span.end for item in video.captions)


def _draw_span(drawn: random.Random, seconds: float, lengths_seconds: Sequence[float]) -> Span:
    at = drawn.random() * (len(lengths_seconds) - 1)
    low = min(int(at), len(lengths_seconds) - 2)
    length = lengths_seconds[low] + (at - low) * (lengths_seconds[low + 1] - lengths_seconds[low])
    length = min(length, seconds)
    start = round(drawn.random() * (seconds - length), DECIMALS)
    return Span(start, min(round(start + length, DECIMALS), seconds))


def _shared(one: Span, other: Span) -> float:
    """Time that two spans share, over the time of both together."""
    both = one.overlap(other)
    return both / (one.duration + other.duration - both)
