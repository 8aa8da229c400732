"""Training samples of each level, drawn from simulated videos: a caption request and its true caption.

The lower level's captions are those the model itself wrote, as the paper's curriculum has it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from videorecap.captioners.base import CaptionRequest
from videorecap.hierarchy import Level, bounding
from videorecap.sim.facts import main_event
from videorecap.sim.script import Event, Script
from videorecap.sim.words import references
from videorecap.training.rendered import RenderedVideo
from videorecap.types import Span

MAX_SHIFT_PIXELS = 6


@dataclass(frozen=True, eq=False)
class Track:
    """What a trained model makes of one video.

    Attributes:
        features: CLS feature of each clip, [clips, width].
        clips: caption of each clip.
        segments: span and description of each segment; empty until that level is trained.
    """

    features: Tensor
    clips: tuple[str, ...]
    segments: tuple[tuple[Span, str], ...] = ()


@dataclass(frozen=True)
class Sample:
    """A request, the caption it should get, and what mostly happens in its window."""

    request: CaptionRequest
    target: str
    event: Event


def sample_of(script: Script, request: CaptionRequest, chance: random.Random) -> Sample:
    """A request with one of its true captions."""
    target = chance.choice(references(script, request.span, request.level.name))
    return Sample(request, target, main_event(script, request.span))


def draw_clips(
    videos: Sequence[RenderedVideo], level: Level, count: int, chance: random.Random
) -> tuple[Tensor, list[Sample]]:
    """Random clips: their pixels, uint8 [count, 3, T, S, S], and samples still without features."""
    pixels, samples = [], []
    for _ in range(count):
        video = chance.choice(videos)
        number = chance.randrange(len(video.spans))
        span = video.spans[number]
        pixels.append(torch.from_numpy(np.array(video.frames[number])).permute(3, 0, 1, 2))
        samples.append(sample_of(video.script, CaptionRequest(level=level, span=span), chance))
    return torch.stack(pixels), samples


def draw_segment(video: RenderedVideo, track: Track, level: Level, chance: random.Random) -> Sample:
    """A random run of clips, mostly as long as a segment: what lies in it, and its description."""
    longest = min(len(video.spans), round(level.window_seconds / video.spans[0].duration))
    length = longest if chance.random() < 0.5 else chance.randint(1, longest)
    first = chance.randint(0, len(video.spans) - length)
    span = bounding(video.spans[first : first + length])
    request = CaptionRequest(
        level=level,
        span=span,
        features=track.features[first : first + length],
        texts=track.clips[first : first + length],
    )
    return sample_of(video.script, request, chance)


def draw_summary(video: RenderedVideo, track: Track, level: Level, chance: random.Random) -> Sample:
    """A whole video: its features, its segments' descriptions, and its summary."""
    texts = tuple(text for _, text in track.segments)
    span = bounding(video.spans)
    request = CaptionRequest(level=level, span=span, features=track.features, texts=texts)
    return sample_of(video.script, request, chance)


def augment(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Vary clips as cameras and codecs do: shift, brightness, contrast, noise.

    Args:
        pixels: uint8 [B, 3, T, S, S].
        generator: of the randomness.

    Returns:
        float32 of the same shape, 0..255.
    """
    size = pixels.shape[-1]
    padded = torch.nn.functional.pad(pixels.float().flatten(1, 2), (MAX_SHIFT_PIXELS,) * 4, mode="replicate")
    shifts = torch.randint(0, 2 * MAX_SHIFT_PIXELS + 1, (len(pixels), 2), generator=generator).tolist()
    moved = torch.stack(
        [clip[:, y : y + size, x : x + size] for clip, (y, x) in zip(padded, shifts, strict=True)]
    )
    shape = (len(pixels), 1, 1, 1)
    contrast = 1 + 0.15 * (2 * torch.rand(shape, generator=generator) - 1)
    brightness = 20 * (2 * torch.rand(shape, generator=generator) - 1)
    noise = 4 * torch.randn(moved.shape, generator=generator)
    varied = (moved - 128) * contrast + 128 + brightness + noise
    return varied.clamp(0, 255).view(pixels.shape)
