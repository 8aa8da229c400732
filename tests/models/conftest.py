"""The stored outputs of the authors' code, and the same models converted to ours."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from videorecap.apps.cli import main
from videorecap.build import System, SystemModules, load_system
from videorecap.config import CaptionerConfig
from videorecap.models.convert import Converted, convert
from videorecap.models.recap import RecapModel
from videorecap.models.sizes import Hints, read_hints

torch.set_num_threads(1)

OWN_FIXTURES = Path(__file__).parents[1] / "fixtures"
FIXTURES = Path(os.environ.get("VIDEORECAP_FIXTURES", OWN_FIXTURES))
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
    folder = FIXTURES / name
    if FIXTURES != OWN_FIXTURES and not folder.exists():
        pytest.skip(f"the fixtures given have no {name}")
    (path,) = folder.glob("checkpoint.pt*")
    return path


def text_tower_heads() -> int:
    return read_hints(FIXTURES / "tiny_config.json").text_tower_heads or TEXT_TOWER_HEADS


def fixture_hints() -> Hints:
    return replace(read_hints(FIXTURES / "tiny_config.json"), text_tower_heads=text_tower_heads())


@cache
@torch.inference_mode(mode=False)  # a test that only infers may be the first to ask
def load_reference(name: str, suffix: str = "") -> Reference:
    converted = convert([checkpoint_of(name)], name=name, hints=fixture_hints())
    modules = convert_and_load(name).modules.requires_grad_(True)
    return Reference(FIXTURES / name, suffix, converted, modules)


@cache
def convert_and_load(name: str) -> System:
    """Through the command and the directory that it writes, as a user would."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["convert", str(checkpoint_of(name)), "-o", folder]
        command += ["--language-models", str(FIXTURES / "tiny_config.json")]
        command += ["--tokenizer", str(FIXTURES / "tokenizer"), "--text-heads", str(text_tower_heads())]
        assert main(command) == 0
        return load_system(folder, device="cpu")


@pytest.fixture(scope="session")
def fixtures() -> Path:
    return FIXTURES


@pytest.fixture(scope="session")
def reference() -> Callable[..., Reference]:
    return load_reference


@pytest.fixture(scope="session")
def system_of() -> Callable[[str], System]:
    return convert_and_load


@pytest.fixture(scope="session")
def hints() -> Hints:
    return fixture_hints()


@pytest.fixture(scope="session")
def checkpoint() -> Callable[[str], Path]:
    return checkpoint_of


@pytest.fixture(scope="session")
def close() -> Callable[[Tensor, np.ndarray], None]:
    return assert_close
