"""The paper's curriculum for one unified model: clips, then segments too, then summaries too.

Each stage starts from the one before, and each hands the captions it writes over to the next.

Source: Video ReCap, sections 3.3 and S1. Departs: the simulated world has no pretrained parts, so the
encoder learns in the first stage, from the captions and from naming what is seen, and is frozen after it.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from videorecap.build import System
from videorecap.captioners.base import CaptionRequest
from videorecap.captioners.recap import RecapCaptioner
from videorecap.hierarchy import Level, bounding
from videorecap.sim.world import ACTIONS, COLOURS, KINDS
from videorecap.training.loop import Schedule, train
from videorecap.training.rendered import RenderedVideo
from videorecap.training.samples import Sample, Track, augment, draw_clips, draw_segment, draw_summary

log = logging.getLogger(__name__)

NAMED: Final[dict[str, list[str | None]]] = {
    "action": [*ACTIONS],
    "object": [None, *KINDS],
    "colour": [None, *COLOURS],
}
NAMING_WEIGHT = 0.5  # of the loss of naming, beside that of captions
HANDOVER_BATCH = 64


@dataclass(frozen=True, kw_only=True)
class Stages:
    """Schedules and batch sizes of the three stages."""

    clip: Schedule
    segment: Schedule
    summary: Schedule
    batch_sizes: dict[str, int] = field(default_factory=lambda: {"clip": 32, "segment": 16, "summary": 16})


class Curriculum:
    """Trains a unified system on simulated videos.

    Args:
        system: with one captioner on all three levels; its modules are changed in place.
        videos: to train on.
        seed: of batches, augmentation and fresh weights.
        autocast: compute in bfloat16 where that is safe.
    """

    def __init__(self, system: System, videos: Sequence[RenderedVideo], *, seed: int, autocast: bool) -> None:
        self.system = system
        self.videos = videos
        self.tracks: list[Track] = []
        self.clip, self.segment, self.summary = system.hierarchy.levels
        captioner = system.captioners[self.clip.captioner]
        assert isinstance(captioner, RecapCaptioner)
        assert system.modules.encoder is not None
        self.captioner, self.encoder = captioner, system.modules.encoder
        self.chance = random.Random(seed)
        self.generator = torch.Generator().manual_seed(seed)
        self.is_autocast = autocast
        width = self.encoder.norm.weight.shape[0]
        self.naming = nn.ModuleDict({name: nn.Linear(width, len(values)) for name, values in NAMED.items()})

    def run(self, stages: Stages, *, after_stage: Callable[[str], None]) -> None:
        """Train all three stages; ``after_stage`` is called with the name of each as it ends."""
        sizes = stages.batch_sizes
        model, encoder = self.captioner.model, self.encoder
        self.system.modules.requires_grad_(True).train()
        everything = [*self.system.modules.parameters(), *self.naming.parameters()]
        log.info("stage clip: %d videos, %d parameters", len(self.videos), sum(p.numel() for p in everything))
        train({"clip": lambda: self.clip_loss(sizes["clip"])}, everything, stages.clip)
        after_stage("clip")

        encoder.requires_grad_(False)
        log.info("handing over: features and captions of every clip")
        self.tracks = [self.track(video) for video in self.videos]
        losses = {
            "clip": lambda: self.clip_loss(sizes["clip"]),
            "segment": lambda: self.loss_of(self.segment, draw_segment, sizes["segment"]),
        }
        train(losses, model.parameters(), stages.segment)
        after_stage("segment")

        log.info("handing over: descriptions of every segment")
        self.tracks = [self.with_segments(v, t) for v, t in zip(self.videos, self.tracks, strict=True)]
        losses["summary"] = lambda: self.loss_of(self.summary, draw_summary, sizes["summary"])
        train(losses, model.parameters(), stages.summary)
        after_stage("summary")
        self.system.modules.requires_grad_(False).eval()

    def clip_loss(self, count: int) -> Tensor:
        """Loss of captions of random clips, and while the encoder learns also of naming from CLS."""
        pixels, samples = draw_clips(self.videos, self.clip, count, self.chance)
        is_learning = next(self.encoder.parameters()).requires_grad
        frames = self.system.preprocess.normalise(augment(pixels, self.generator))
        with torch.autocast("cpu", torch.bfloat16, enabled=self.is_autocast):
            tokens = self.encoder(frames)
            seen = [
                replace(sample, request=replace(sample.request, features=dense))
                for sample, dense in zip(samples, tokens, strict=True)
            ]
            loss = self.caption_loss(seen)
            if is_learning:
                loss = loss + NAMING_WEIGHT * self.naming_loss(tokens[:, 0], samples)
        return loss

    def naming_loss(self, cls: Tensor, samples: Sequence[Sample]) -> Tensor:
        """Mean cross-entropy of naming action, object and colour from CLS features [B, width]."""
        losses = []
        for name, values in NAMED.items():
            truth = torch.tensor([values.index(getattr(sample.event, name)) for sample in samples])
            losses.append(F.cross_entropy(self.naming[name](cls).float(), truth))
        return torch.stack(losses).mean()

    def loss_of(
        self,
        level: Level,
        draw: Callable[[RenderedVideo, Track, Level, random.Random], Sample],
        count: int,
    ) -> Tensor:
        """Loss of captions of random windows of an upper level."""
        numbers = [self.chance.randrange(len(self.videos)) for _ in range(count)]
        samples = [draw(self.videos[number], self.tracks[number], level, self.chance) for number in numbers]
        with torch.autocast("cpu", torch.bfloat16, enabled=self.is_autocast):
            return self.caption_loss(samples)

    def caption_loss(self, samples: Sequence[Sample]) -> Tensor:
        """Mean cross-entropy of the samples' targets."""
        z = self.captioner.embeddings([sample.request for sample in samples])
        level = samples[0].request.level
        tokens, mask = self.captioner.targets([sample.target for sample in samples], level.max_tokens)
        return self.captioner.model.loss(z, tokens, mask)

    @torch.inference_mode()
    def track(self, video: RenderedVideo) -> Track:
        """Features and captions of every clip of a video, by the model as it is now."""
        features: list[Tensor] = []
        captions: list[str] = []
        self.captioner.model.eval()
        for first in range(0, len(video.spans), HANDOVER_BATCH):
            spans = video.spans[first : first + HANDOVER_BATCH]
            pixels = torch.from_numpy(video.frames[first : first + HANDOVER_BATCH].copy())
            tokens = self.system.encode(
                self.system.preprocess.normalise(pixels.permute(0, 4, 1, 2, 3).float())
            )
            requests = [
                CaptionRequest(level=self.clip, span=span, features=dense)
                for span, dense in zip(spans, tokens, strict=True)
            ]
            captions += [written.text for written in self.captioner.write(requests)]
            features.append(tokens[:, 0])
        self.captioner.model.train()
        return Track(torch.cat(features).clone(), tuple(captions))

    @torch.inference_mode()
    def with_segments(self, video: RenderedVideo, track: Track) -> Track:
        """The track with a description of every segment, by the model as it is now."""
        per_window = round(self.segment.window_seconds / self.clip.window_seconds)
        requests = []
        for first in range(0, len(video.spans), per_window):
            clips = slice(first, first + per_window)
            requests.append(
                CaptionRequest(
                    level=self.segment,
                    span=bounding(video.spans[clips]),
                    features=track.features[clips],
                    texts=track.clips[clips],
                )
            )
        self.captioner.model.eval()
        texts = [written.text for written in self.captioner.write(requests)]
        self.captioner.model.train()
        spans = [request.span for request in requests]
        return replace(track, segments=tuple(zip(spans, texts, strict=True)))
