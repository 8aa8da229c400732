"""What a stage minimises: pixels, features and captions go in, sums of losses come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from videorecap.build import System
from videorecap.captioners.base import CaptionRequest
from videorecap.captioners.recap import RecapCaptioner
from videorecap.hierarchy import Visual
from videorecap.training.contrast import contrast_sum, text_identities, tower_ids
from videorecap.training.naming import Labels, Naming
from videorecap.training.recipe import Objective, Scope, Stage

MODEL, ENCODER, TOWER = "model.", "encoder.", "tower."  # before the names of what a stage hands over


@dataclass(frozen=True, eq=False, kw_only=True)
class CaptionBatch:
    """Part of a step's samples, all of one level.

    Attributes:
        name: of the level.
        samples: identities.
        counts: denominators of the objectives: target tokens, clips, labels.
        requests: what is to be captioned; without features where pixels stand for them.
        texts: the caption to learn of each.
        pixels: frames [B + R, 3, T, S, S] of 0..255, where the encoder runs too: those of the requests, then
            some of them played backwards, for naming only.
        labels: what is named of each row of the pixels.
    """

    name: str
    samples: tuple[str, ...]
    counts: Mapping[str, int]
    requests: tuple[CaptionRequest, ...]
    texts: tuple[str, ...]
    pixels: Tensor | None = None
    labels: tuple[Labels, ...] = ()


class RecapTask(nn.Module):
    """The parts of a system that a stage trains or runs, and the losses of its objectives.

    Args:
        system: its modules are trained in place.
        stage: says what is trained.
    """

    def __init__(self, system: System, stage: Stage) -> None:
        super().__init__()
        self.captioner = captioner_of(system, stage.trains) if stage.trains is not None else None
        self.model = self.captioner.model if self.captioner is not None else None
        self.encoder = system.modules.encoder
        self.preprocess = system.preprocess
        self._stage = stage
        self.tower = system.modules.text_tower if Objective.CONTRAST in stage.objectives else None
        self.tokenizer = system.tokenizer
        self.naming: Naming | None = None
        if Objective.NAMING in stage.objectives:
            assert system.config.encoder is not None, "a recipe that names has an encoder"
            self.naming = Naming(system.config.encoder.width)

    def forward(self, batch: CaptionBatch) -> dict[str, Tensor]:
        """The sum of each objective that the batch counts."""
        tokens = self._tokens(batch.pixels) if batch.pixels is not None else None
        sums: dict[str, Tensor] = {}
        if Objective.CAPTION in batch.counts:
            sums[Objective.CAPTION] = self._caption(batch, tokens)
        if Objective.CONTRAST in batch.counts:
            assert tokens is not None, "clips are compared as pixels"
            sums[Objective.CONTRAST] = self._contrast(tokens[: len(batch.texts), 0], batch.texts)
        if Objective.NAMING in batch.counts:
            assert tokens is not None and self.naming is not None, "clips are named from pixels"
            sums[Objective.NAMING] = self.naming(tokens[:, 0], batch.labels)
        return sums

    def trained(self) -> dict[str, nn.Parameter]:
        """What learns: what the captioner's modules declare or all of it, and the encoder where it does."""
        trained: dict[str, nn.Parameter] = {}
        if self.model is not None:
            is_whole = self._stage.scope is Scope.WHOLE
            named = self.model.named_parameters() if is_whole else self.model.trainable_parameters()
            trained |= {f"{MODEL}{name}": parameter for name, parameter in named}
        for prefix, module in ((ENCODER, self._learner), (TOWER, self.tower), ("naming.", self.naming)):
            if module is not None:
                trained |= {f"{prefix}{name}": parameter for name, parameter in module.named_parameters()}
        return trained

    def weights(self) -> dict[str, Tensor]:
        """What later stages start from: the whole captioner, and the encoder where it has learned."""
        parts = ((MODEL, self.model), (ENCODER, self._learner), (TOWER, self.tower))
        return {
            f"{prefix}{name}": parameter
            for prefix, module in parts
            if module is not None
            for name, parameter in module.named_parameters()
        }

    @property
    def _learner(self) -> nn.Module | None:
        return self.encoder if self._stage.trains_encoder else None

    def _tokens(self, pixels: Tensor) -> Tensor:
        assert self.encoder is not None, "only a system with an encoder has pixels to see"
        frames = self.preprocess.normalise(pixels.to(self.encoder.positions.device))
        with torch.set_grad_enabled(self._stage.trains_encoder and torch.is_grad_enabled()):
            tokens: Tensor = self.encoder(frames)
        return tokens

    def _caption(self, batch: CaptionBatch, tokens: Tensor | None) -> Tensor:
        """Cross-entropy summed over the tokens of all captions."""
        requests = batch.requests
        if tokens is not None:
            rows = tokens if requests[0].level.sees is Visual.DENSE else tokens[:, :1]
            pairs = zip(requests, rows[: len(requests)], strict=True)
            requests = tuple(replace(item, features=row) for item, row in pairs)
        assert self.captioner is not None, "captions are learned by a captioner"
        groups = self.captioner.grouped(requests)
        return torch.stack([self._group(batch, requests, numbers) for numbers in groups]).sum()

    def _group(
        self, batch: CaptionBatch, requests: Sequence[CaptionRequest], numbers: Sequence[int]
    ) -> Tensor:
        """The same of requests that all have texts to read, or none has."""
        assert self.captioner is not None
        z = self.captioner.embeddings([requests[number] for number in numbers])
        texts = [batch.texts[number] for number in numbers]
        ids, mask = self.captioner.targets(texts, requests[0].level.max_tokens)
        return self.captioner.model.loss(z, ids, mask) * mask[:, 1:].sum()

    def _contrast(self, cls: Tensor, texts: Sequence[str]) -> Tensor:
        assert self.tower is not None and self.tokenizer is not None, "clips are compared with captions"
        ids = tower_ids(self.tokenizer, texts, self.tower.positions.shape[0]).to(cls.device)
        video, text = self.tower.embed_video(cls), self.tower.embed_text(ids)
        return contrast_sum(video, text, self.tower.limited_scale(), text_identities(texts).to(cls.device))


def captioner_of(system: System, key: str) -> RecapCaptioner:
    """The captioner that a key names."""
    captioner = system.captioners[key]
    assert isinstance(captioner, RecapCaptioner), "a system has no other kind"
    return captioner
