"""A few captions beside their references, while a stage learns."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import torch

from videorecap.build import System
from videorecap.captioners.recap import RecapCaptioner
from videorecap.training.handover import requests_of
from videorecap.training.inputs import Inputs
from videorecap.training.progress import Progress
from videorecap.training.recipe import Stage
from videorecap.training.run import Data
from videorecap.training.samples import Sample, found_samples

NUMBER: Final = 3


@dataclass(frozen=True, eq=False)
class Glimpse:
    """Captions of the same samples, one epoch after the other.

    Attributes:
        system: as it is trained, on the device of the training.
        captioner: that learns.
        inputs: of the samples.
        samples: of one level, prepared.
        progress: told of the captions.
    """

    system: System
    captioner: RecapCaptioner
    inputs: Inputs
    samples: Sequence[Sample]
    progress: Progress

    @torch.inference_mode()
    def __call__(self, epochs: float) -> None:
        """Write the captions; training goes on as if it had not been done."""
        self.captioner.model.eval()
        requests = requests_of(self.system, self.inputs, self.samples)
        asked = [(s, r) for s, r in zip(self.samples, requests, strict=True) if r is not None]
        written = self.captioner.write([request for _, request in asked])
        for (sample, _), caption in zip(asked, written, strict=True):
            self.progress.note(f"after {epochs:.3g} epochs: {sample.id}")
            self.progress.note(f"  written:   {caption.text}")
            self.progress.note(f"  reference: {sample.texts[0]}")


def shown_samples(
    stage: Stage, data: Data, pools: Mapping[str, Sequence[Sample]], seed: int, *, base: str
) -> tuple[Sample, ...]:
    """A few samples of a stage's own level, the same in every run: held out, or else trained on."""
    held_out = found_samples(data.held_out, {}, stage, stage.level, is_base=stage.level == base)
    samples = held_out or pools[stage.level]
    return tuple(random.Random(f"{seed}/{stage.name}/glimpse").sample(samples, min(NUMBER, len(samples))))
