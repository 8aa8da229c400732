"""What training samples see and read: frames and features from disk, captions that a model handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import torch
from torch import Tensor

from videorecap.captioners.base import CaptionRequest
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.features import FeatureStore, VideoFeatures
from videorecap.data.frames import ChooseSpans, ClipFrames, FrameStore, clip_windows
from videorecap.hierarchy import Hierarchy, Level, Visual
from videorecap.training.recipe import ClipSpans, Stage
from videorecap.training.samples import Sample
from videorecap.types import Span

Told: TypeAlias = tuple[tuple[Span, str], ...]
"""Captions of one level of one video, in order."""
OPEN_VIDEOS: Final = 128  # whose files are kept open: many systems let a process open 1024
KNOWN_VIDEOS: Final = 1024  # whose clips' numbers are remembered


@dataclass(eq=False)
class Inputs:
    """Where the inputs of samples come from.

    Attributes:
        videos: by id.
        hierarchy: of the system that is trained.
        frames: of clips.
        features: of clips, from the encoder as it is; None while it learns.
        clips: the clips of a video that are samples; by default the windows.
        stores_clips: whether ``features`` holds what samples of clips see; otherwise their pixels do.
        keeps_tokens: whether it holds the spacetime tokens of every window.
        told: captions of lower levels that a model wrote, by level and video.
    """

    videos: Mapping[str, VideoAnnotations]
    hierarchy: Hierarchy
    frames: FrameStore
    features: FeatureStore | None = None
    clips: ChooseSpans = clip_windows
    stores_clips: bool = False
    keeps_tokens: bool = False
    told: dict[str, Mapping[str, Told]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._clip_frames = lru_cache(OPEN_VIDEOS)(self._open_frames)
        self._clip_features = lru_cache(OPEN_VIDEOS)(self._open_features)
        self._window_features = lru_cache(OPEN_VIDEOS)(self._open_windows)
        self._numbers = lru_cache(KNOWN_VIDEOS)(self._number_clips)
        self._lost = lru_cache(None)(self._find_lost)

    def pixels(self, sample: Sample) -> Tensor:
        """Frames of a clip, uint8 [3, T, S, S]."""
        frames = self._clip_frames(sample.video).frames[self.number(sample)]
        return torch.from_numpy(np.array(frames)).permute(3, 0, 1, 2)

    def tokens(self, sample: Sample) -> Tensor:
        """Spacetime tokens of a window that are kept, float32 [tokens, width]."""
        return self._window_features(sample.video).dense(self.number(sample)).float()

    def number(self, sample: Sample) -> int:
        """Which of its video's clips a sample is."""
        return self._numbers(sample.video)[sample.span]

    def is_lost(self, sample: Sample) -> bool:
        """Whether nothing of a clip could be read."""
        return sample.span in self._lost(sample.video)

    def request(self, sample: Sample) -> CaptionRequest:
        """What a sample asks for; a clip has no features where its pixels are seen."""
        level = self.hierarchy.level(sample.level)
        return CaptionRequest(
            level=level,
            span=sample.span,
            features=self._features(sample, level),
            texts=self._texts(sample, level),
        )

    def _features(self, sample: Sample, level: Level) -> Tensor | None:
        """What a level sees of a sample: a clip's tokens, or the CLS features of the windows inside."""
        is_clip = level is self.hierarchy.base
        if self.features is None or level.sees is None or (is_clip and not self.stores_clips):
            return None
        if is_clip:
            clips, number = self._clip_features(sample.video), self.number(sample)
            return clips.dense(number).float() if level.sees is Visual.DENSE else clips.cls[number, None]
        windows = self._window_features(sample.video)
        inside = [
            n for n, span in enumerate(windows.spans) if span.middle in sample.span and n not in windows.lost
        ]
        return windows.cls[inside] if inside else None

    def _texts(self, sample: Sample, level: Level) -> tuple[str, ...]:
        if level.reads is None:
            return ()
        told = self.told[level.reads].get(sample.video, ())
        return tuple(text for span, text in told if span.middle in sample.span)

    def _open_frames(self, video: str) -> ClipFrames:
        annotated = self.videos[video]
        return self.frames.open(annotated, self.clips(annotated))

    def _open_features(self, video: str) -> VideoFeatures:
        assert self.features is not None, "features are asked for once the encoder is frozen"
        annotated = self.videos[video]
        return self.features.open(annotated, self.clips(annotated))

    def _open_windows(self, video: str) -> VideoFeatures:
        assert self.features is not None, "features are asked for once the encoder is frozen"
        annotated = self.videos[video]
        return self.features.open(annotated, clip_windows(annotated))

    def _number_clips(self, video: str) -> dict[Span, int]:
        return {span: number for number, span in enumerate(self.clips(self.videos[video]))}

    def _find_lost(self, video: str) -> frozenset[Span]:
        """The clips of a video that are lost, without opening what is not."""
        spans = self.clips(self.videos[video])
        return frozenset(spans[number] for number in self.frames.lost(self.videos[video], spans))


def chosen_clips(stage: Stage, samples: Sequence[Sample], shown: Sequence[Sample]) -> ChooseSpans:
    """The clips of each video that a stage's samples of clips may be, and those to look at."""
    if stage.clips is ClipSpans.WINDOWS:
        return clip_windows
    return annotated_clips([*samples, *(sample for sample in shown if sample.level == samples[0].level)])


def annotated_clips(samples: Sequence[Sample]) -> ChooseSpans:
    """The clips of each video that samples are of, in order."""
    spans: dict[str, set[Span]] = {}
    for sample in samples:
        spans.setdefault(sample.video, set()).add(sample.span)
    ordered = {
        video: tuple(sorted(found, key=lambda span: (span.start, span.end))) for video, found in spans.items()
    }
    return lambda video: ordered.get(video.video, ())
