"""The stored outputs of the authors' code, and the same models converted to ours."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from videorecap.build import SystemModules, build_modules
from videorecap.config import CaptionerConfig
from videorecap.models.checkpoints import fill
from videorecap.models.convert import Converted, convert
from videorecap.models.recap import RecapModel
from videorecap.models.sizes import Hints, read_hints

torch.set_num_threads(1)

FIXTURES = Path(os.environ.get("VIDEORECAP_FIXTURES", Path(__file__).parents[1] / "fixtures"))
TOLERANCE = 1e-4  # of the largest magnitude
TEXT_TOWER_HEADS = 4  # of fixtures whose configuration does not say


@dataclass(frozen=True)
class Reference:
    """One of the authors' models with its inputs and outputs, and the same model as ours."""

    folder: Path
    suffix: str
    converted: Converted
    modules: SystemModules

    @cached_property
    def inputs(self) -> dict[str, Tensor]:
        return {key: torch.from_numpy(value) for key, value in self.arrays("inputs").items()}

    @cached_property
    def expected(self) -> dict[str, np.ndarray]:
        return self.arrays("expected")

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        with np.load(self.folder / f"{name}{self.suffix}.npz") as file:
            return dict(file)

    @property
    def captioner(self) -> CaptionerConfig:
        (config,) = self.converted.config.captioners.values()
        return config

    @property
    def model(self) -> RecapModel:
        (model,) = self.modules.captioners.values()
        assert isinstance(model, RecapModel)
        return model

    @property
    def end_token(self) -> int:
        return self.captioner.decoder.end_token

    @property
    def max_tokens(self) -> int:
        return int(self.expected["greedy_ids_noearlystop"].shape[1])

    def features(self) -> Tensor:
        """What the alignment sees: the features given, or what the encoder makes of the frames given."""
        video = self.inputs.get("video_features", self.inputs.get("video"))
        assert video is not None
        if video.dim() < 5:
            return video
        assert self.modules.encoder is not None
        tokens: Tensor = self.modules.encoder(video)
        return tokens

    def embeddings(self) -> Tensor:
        texts = self.inputs.get("text_features"), self.inputs.get("text_mask")
        video_mask = self.inputs.get("video_mask")
        return self.model.embeddings(self.features(), video_mask, *texts, official=True)


def assert_close(ours: Tensor, theirs: np.ndarray) -> None:
    """Equal within the tolerance, relative to the largest magnitude."""
    difference = np.abs(ours.detach().double().numpy() - theirs)
    assert difference.max() <= TOLERANCE * np.abs(theirs).max()


def checkpoint_of(name: str) -> Path:
    (path,) = (FIXTURES / name).glob("checkpoint.pt*")
    return path


def fixture_hints() -> Hints:
    hints = read_hints(FIXTURES / "tiny_config.json")
    return replace(hints, text_tower_heads=hints.text_tower_heads or TEXT_TOWER_HEADS)


@cache
@torch.inference_mode(mode=False)  # a test that only infers may be the first to ask
def load_reference(name: str, suffix: str = "") -> Reference:
    converted = convert([checkpoint_of(name)], name=name, hints=fixture_hints())
    with torch.device("meta"):
        modules = build_modules(converted.config)
    fill(modules, converted.weights, source=name)
    return Reference(FIXTURES / name, suffix, converted, modules.eval())


@pytest.fixture(scope="session")
def fixtures() -> Path:
    return FIXTURES


@pytest.fixture(scope="session")
def reference() -> Callable[..., Reference]:
    return load_reference


@pytest.fixture(scope="session")
def hints() -> Hints:
    return fixture_hints()


@pytest.fixture(scope="session")
def checkpoint() -> Callable[[str], Path]:
    return checkpoint_of


@pytest.fixture(scope="session")
def close() -> Callable[[Tensor, np.ndarray], None]:
    return assert_close
