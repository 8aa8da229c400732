"""Stand-ins for what a run has not made yet, with everything that may be asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import cycle

import numpy as np
import torch
from torch import Tensor

from videorecap.data.annotations import VideoAnnotations
from videorecap.data.features import FeatureStore, VideoFeatures
from videorecap.data.frames import ClipFrames, FrameStore
from videorecap.hierarchy import Level, windows
from videorecap.training.inputs import OPEN_VIDEOS, Told
from videorecap.types import Span


class NoiseFrames(FrameStore):
    """As a store in which all frames are, every clip of the same noise."""

    def __init__(self, store: FrameStore) -> None:
        super().__init__(
            store.folder,
            store.data,
            image_size=store.image_size,
            num_frames=store.num_frames,
            antialias=store.antialias,
        )
        shape = store.num_frames, store.image_size, store.image_size, 3
        self._clip = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)

    def open(self, video: VideoAnnotations, spans: Sequence[Span]) -> ClipFrames:
        """Noise for every clip."""
        return ClipFrames(tuple(spans), np.broadcast_to(self._clip, (len(spans), *self._clip.shape)), {})

    def name(self, video: VideoAnnotations, spans: Sequence[Span]) -> str:
        """Of the times of the clips."""
        return f"{spans[0].start:.12g}-{spans[-1].end:.12g}"


class NoiseFeatures(FeatureStore):
    """As a store in which all features are, those of every clip the same noise."""

    def open(self, video: VideoAnnotations, spans: Sequence[Span]) -> VideoFeatures:
        """Noise for every clip."""
        cls = self._noise[0, :1].float().expand(len(spans), -1)
        return VideoFeatures(tuple(spans), cls, {}, dict.fromkeys(range(len(spans)), 0), self)

    def get_slice(self, _: str) -> Tensor:
        """The dense tokens, as safetensors gives them."""
        return self._noise

    @cached_property
    def _noise(self) -> Tensor:
        generator = torch.Generator().manual_seed(0)
        return torch.randn(1, self._tokens, self._width, generator=generator).to(torch.float16)


class ToldWindows(Mapping[str, Told]):
    """Captions of every window of a level, as if they had been handed over.

    Args:
        videos: by id.
        level: of the captions.
        texts: which are told in turn.
    """

    def __init__(self, videos: Mapping[str, VideoAnnotations], level: Level, texts: Sequence[str]) -> None:
        self._videos = videos
        self._level = level
        self._texts = texts
        self._told = lru_cache(OPEN_VIDEOS)(self._tell)

    def __getitem__(self, video: str) -> Told:
        return self._told(video)

    def __iter__(self) -> Iterator[str]:
        return iter(self._videos)

    def __len__(self) -> int:
        return len(self._videos)

    def _tell(self, video: str) -> Told:
        if not self._texts:
            return ()
        spans = windows(self._videos[video].duration_seconds or 0.0, self._level.window_seconds)
        return tuple(zip(spans, cycle(self._texts), strict=False))
