"""From the order of samples to batches: each sample's caption is drawn, and its inputs are fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from videorecap.captioners.recap import RecapCaptioner
from videorecap.training.inputs import Inputs
from videorecap.training.naming import Labels, labels_of, reversed_labels
from videorecap.training.recipe import Objective, Stage
from videorecap.training.samples import Order, Sample
from videorecap.training.tasks import CaptionBatch

MIRRORED = 0.5  # of the clips that name an action with an opposite are also shown backwards


@dataclass(frozen=True, eq=False)
class Drawing:
    """The batches of a stage that learns from captions; ``training.batch.Batches``.

    Attributes:
        stage: which objectives.
        order: which samples when.
        inputs: what they see and read.
        captioner: whose tokens are counted; None where nothing is captioned.
    """

    stage: Stage
    order: Order
    inputs: Inputs
    captioner: RecapCaptioner | None

    def __call__(self, step: int, part: int, num_parts: int) -> CaptionBatch:
        """Part of the samples of a step."""
        drawn = self.order.at(step, part, num_parts)
        samples = [sample for _, sample in drawn]
        chances = [self.order.chance(step, position) for position, _ in drawn]
        texts = [chance.choice(sample.texts) for chance, sample in zip(chances, samples, strict=True)]
        seeds = [chance.getrandbits(62) for chance in chances]
        requests = tuple(self.inputs.request(sample) for sample in samples)
        level = self.inputs.hierarchy.level(samples[0].level)
        pixels: Tensor | None = None
        labels: tuple[Labels, ...] = ()
        if level is self.inputs.hierarchy.base and not self.inputs.stores_clips:
            pixels, labels = self._see(samples, texts, seeds)
        counts = self._counts(texts, labels, level.max_tokens, has_pixels=pixels is not None)
        return CaptionBatch(
            name=level.name,
            samples=tuple(sample.id for sample in samples),
            counts=counts,
            requests=requests,
            texts=tuple(texts),
            pixels=pixels,
            labels=labels,
        )

    def _see(
        self, samples: Sequence[Sample], texts: Sequence[str], seeds: Sequence[int]
    ) -> tuple[Tensor, tuple[Labels, ...]]:
        """Pixels of clips, and of some of them played backwards; and what is named of each."""
        shown = [self.inputs.pixels(sample) for sample in samples]
        labels: list[Labels] = []
        if Objective.NAMING in self.stage.objectives:
            labels = [labels_of(text) for text in texts]
            for clip, label, seed in zip(tuple(shown), tuple(labels), seeds, strict=True):
                mirrored = reversed_labels(label)
                if mirrored is not None and seed % 1000 < 1000 * MIRRORED:
                    shown.append(clip.flip(1))
                    labels.append(mirrored)
        return torch.stack(shown), tuple(labels)

    def _counts(
        self, texts: Sequence[str], labels: Sequence[Labels], max_tokens: int, *, has_pixels: bool
    ) -> dict[str, int]:
        """The denominators of the objectives that this batch can serve."""
        counts: dict[str, int] = {}
        wanted = self.stage.objectives
        if Objective.CAPTION in wanted and self.captioner is not None:
            counts[Objective.CAPTION] = self.captioner.num_targets(texts, max_tokens)
        if Objective.CONTRAST in wanted and has_pixels:
            counts[Objective.CONTRAST] = len(texts)
        if Objective.NAMING in wanted and has_pixels:
            counts[Objective.NAMING] = sum(label.count for label in labels)
        return counts
