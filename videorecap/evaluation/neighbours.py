"""The nearest neighbour as a captioner: what is true of the training window that looks most alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from videorecap.captioners.base import CaptionRequest, Written
from videorecap.errors import ConfigError


@dataclass(frozen=True, eq=False)
class Remembered:
    """Training windows of one level.

    Attributes:
        features: mean CLS feature of each, float [windows, width].
        texts: one true caption of each.
    """

    features: Tensor
    texts: Sequence[str]


class NearestNeighbour:
    """A ``Captioner`` that repeats the caption of the training window nearest in mean CLS features.

    Mean features of all training windows are taken off first, for a common part says nothing.

    Args:
        remembered: training windows by level.
    """

    def __init__(self, remembered: Mapping[str, Remembered]) -> None:
        self._centres = {level: seen.features.mean(0) for level, seen in remembered.items()}
        self._units = {
            level: F.normalize(seen.features - self._centres[level], dim=1)
            for level, seen in remembered.items()
        }
        self._texts = {level: seen.texts for level, seen in remembered.items()}

    def write(self, requests: Sequence[CaptionRequest]) -> list[Written]:
        """The caption of each request's nearest neighbour; CLS features of the window are wanted.

        Raises:
            ConfigError: if a request has no features, or nothing of its level is remembered.
        """
        return [Written(self._nearest(request)) for request in requests]

    def _nearest(self, request: CaptionRequest) -> str:
        name = request.level.name
        if request.features is None or name not in self._units:
            have = ", ".join(self._units) or "nothing"
            raise ConfigError(
                f"level {name!r} has no features here, or none to compare with; there is {have}"
            )
        own = request.features.to(self._units[name]).mean(0) - self._centres[name]
        best = int((self._units[name] @ F.normalize(own, dim=0)).argmax())
        return self._texts[name][best]
