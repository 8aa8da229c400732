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
from videorecap.build import System, load_system
from videorecap.config import CaptionerConfig
from videorecap.models.checkpoints import fill
from videorecap.models.convert import Converted, convert
from videorecap.models.dual_encoder import DualEncoder
from videorecap.models.hints import Hints, read_hints
from videorecap.models.recap import RecapModel
from videorecap.networks import SystemModules, build_modules

OWN_FIXTURES = Path(__file__).parents[1] / "fixtures"
FIXTURES = Path(os.environ.get("VIDEORECAP_FIXTURES", OWN_FIXTURES))
TOLERANCE = 1e-4  # of the largest magnitude
DUAL_ENCODER = "lavila_dual_encoder"


def stored(name: str) -> Path:
    """A stored file or folder; a test of one that fixtures given by the environment lack is skipped."""
    path = FIXTURES / name
    if FIXTURES != OWN_FIXTURES and not path.exists():
        pytest.skip(f"the fixtures given have no {name}")
    return path


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
        return arrays_of(f"{self.folder.name}/{name}{self.suffix}.npz")

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


def arrays_of(name: str) -> dict[str, np.ndarray]:
    with np.load(stored(name)) as file:
        return dict(file)


def assert_close(ours: Tensor, theirs: np.ndarray) -> None:
    """Of one shape, and equal within the tolerance, relative to the largest magnitude."""
    assert tuple(ours.shape) == theirs.shape
    assert is_close(ours, theirs)


def is_close(ours: Tensor, theirs: np.ndarray) -> bool:
    difference = np.abs(ours.detach().double().numpy() - theirs)
    return bool(difference.max() <= TOLERANCE * np.abs(theirs).max())


def checkpoint_of(name: str) -> Path:
    (path,) = stored(name).glob("checkpoint.pt*")
    return path


@cache
def fixture_hints(name: str = "") -> Hints:
    """What the fixtures' configuration tells, and of a dual encoder also the heads of its text tower."""
    hints = read_hints(stored("tiny_config.json"))
    if name != DUAL_ENCODER or hints.text_tower_heads is not None:
        return hints
    return replace(hints, text_tower_heads=text_tower_heads(hints))


def text_tower_heads(hints: Hints) -> int:
    """The only number of heads with which the text tower gives the stored embeddings."""
    converted = convert([checkpoint_of(DUAL_ENCODER)], name="x", hints=replace(hints, text_tower_heads=1))
    expected = arrays_of(f"{DUAL_ENCODER}/expected.npz")["text_embed"]
    ids = torch.from_numpy(arrays_of(f"{DUAL_ENCODER}/inputs.npz")["text_tokens"])
    tower = converted.config.text_tower
    assert tower is not None
    fitting = []
    for num_heads in (n for n in range(1, tower.width + 1) if tower.width % n == 0):
        config = replace(converted.config, text_tower=replace(tower, num_heads=num_heads))
        with torch.device("meta"):
            modules = build_modules(config)
        fill(modules, converted.weights, source="")
        assert modules.encoder is not None
        assert modules.text_tower is not None
        embeddings = DualEncoder(modules.encoder, modules.text_tower).embed_text(ids)
        if is_close(embeddings, expected):
            fitting.append(num_heads)
    (num_heads,) = fitting
    return num_heads


@cache
@torch.inference_mode(mode=False)  # a test that only infers may be the first to ask
def load_reference(name: str, suffix: str = "") -> Reference:
    converted = convert([checkpoint_of(name)], name=name, hints=fixture_hints(name))
    modules = convert_and_load(name).modules.requires_grad_(True)
    return Reference(FIXTURES / name, suffix, converted, modules)


@cache
def convert_and_load(name: str) -> System:
    """Through the command and the directory that it writes, as a user would."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["convert", str(checkpoint_of(name)), "-o", folder]
        command += ["--language-models", str(stored("tiny_config.json"))]
        command += ["--tokenizer", str(stored("tokenizer"))]
        if (num_heads := fixture_hints(name).text_tower_heads) is not None:
            command += ["--text-heads", str(num_heads)]
        assert main(command) == 0
        return load_system(folder, device="cpu")


@pytest.fixture(scope="session", name="stored")
def stored_fixture() -> Callable[[str], Path]:
    return stored


@pytest.fixture(scope="session")
def arrays() -> Callable[[str], dict[str, np.ndarray]]:
    return arrays_of


@pytest.fixture(scope="session")
def reference() -> Callable[..., Reference]:
    return load_reference


@pytest.fixture(scope="session")
def system_of() -> Callable[[str], System]:
    return convert_and_load


@pytest.fixture(scope="session")
def hints() -> Hints:
    return fixture_hints()


@pytest.fixture
def dual_hints() -> Hints:
    return fixture_hints(DUAL_ENCODER)


@pytest.fixture(scope="session")
def checkpoint() -> Callable[[str], Path]:
    return checkpoint_of


@pytest.fixture(scope="session")
def close() -> Callable[[Tensor, np.ndarray], None]:
    return assert_close
